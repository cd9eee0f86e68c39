"""An editor's notes about the text itself: "(Corrects paragraph 3 ...)", "This story was updated at ..."."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from pledgetrail.reading import dates, lexicon
from pledgetrail.reading.lines import Stretch, cut

_LONGEST: Final = 700  # code points of a note
_KINDS: Final = ("correction", "update")
_BRACKETS: Final = re.compile(r"\([^()]{3,500}\)\s*")


@cache
def _openings() -> re.Pattern[str]:
    table = lexicon.table("notes")
    kinds = (f"(?P<{kind}>{'|'.join(f'(?:{opening})' for opening in table[kind])})" for kind in _KINDS)
    return re.compile("|".join(kinds), re.IGNORECASE)


def _kind(text: str) -> str | None:
    match = _openings().match(text)
    return match.lastgroup if match else None


def part(stretches: Sequence[Stretch], text: str) -> list[Stretch]:
    """Cut a note in brackets off the paragraph that it opens ("(Adds details) BAKU, May 16 - ...")."""
    parted: list[Stretch] = []
    for stretch in stretches:
        bracketed = stretch.free and stretch.text[0] == "(" and _kind(stretch.text) is not None
        match = _BRACKETS.match(stretch.text) if bracketed else None
        if match and match.end() < len(stretch.text):
            parted.extend(cut(stretch, text, stretch.start + match.end()))
        else:
            parted.append(stretch)
    return parted


def label(stretches: Sequence[Stretch]) -> None:
    """Mark the paragraphs that are notes; the rule says of which kind."""
    for stretch in stretches:
        if stretch.free and len(stretch.text) <= _LONGEST and (kind := _kind(stretch.text)):
            stretch.mark("note", kind)


def updated(stretches: Sequence[Stretch]) -> str | None:
    """The latest day that notes name as that of an update, as EDTF."""
    found = [d.edtf for s in stretches if s.rule == "update" for d in dates.find(s.text) if len(d.edtf) == 10]
    return max(found, default=None)
