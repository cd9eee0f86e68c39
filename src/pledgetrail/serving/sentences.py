"""Where the sentences of a report lie, by a plain rule: for people to choose one, where no parse is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pledgetrail.resolution.copying.body import SHORT

#: Blocks that are no sentences of the report's own.
_LEFT_OUT: Final = frozenset({"chrome", "repeat", "byline", "agency", "date"})

#: A full stop of any script with what closes after it, before white space and no small letter; or a blank line.
_STOP: Final = re.compile(
    "[.!?…\u061f\u06d4\u0964]+[\"')\\]»”’\u200e\u200f\u2069]*(?=\\s+[^\\sa-z])|[。！？]+[」』”）]*|\\n[^\\S\\n]*\\n\\s*"
)

Place = tuple[int, int]


def sentences(text: str, blocks: Sequence[Any]) -> list[Place]:
    """The sentences of a report in order, in code points; without its chrome and bylines. All of a text without blocks
    is the report's own.
    """
    own = [(b["start"], b["end"]) for b in blocks if b["kind"] not in _LEFT_OUT] if blocks else [(0, len(text))]
    return [place for start, end in sorted(own) for place in _cut(text, start, min(end, len(text)))]


def _cut(text: str, start: int, end: int) -> Iterator[Place]:
    for stop in _STOP.finditer(text, start, end):
        short = stop.group()[0] == "." and SHORT.search(text, max(start, stop.start() - 8), stop.start())
        if not short:
            yield from _trimmed(text, start, stop.end())
            start = stop.end()
    yield from _trimmed(text, start, end)


def trimmed(text: str, start: int, end: int) -> Place:
    """A place without the white space at its ends; empty if there is nothing else."""
    inside = text[start:end]
    first = start + len(inside) - len(inside.lstrip())
    return first, max(first, end - len(inside) + len(inside.rstrip()))


def _trimmed(text: str, start: int, end: int) -> Iterator[Place]:
    found = trimmed(text, start, end)
    if found[1] > found[0]:
        yield found


def widened(text: str, blocks: Sequence[Any], start: int, end: int) -> Place:
    """The sentence that holds words, or the sentences from the first to the last that they reach into.

    Words of no sentence (chrome) stay as they are, without white space at their ends.
    """
    start, end = trimmed(text, start, end)
    reached = [(a, b) for a, b in sentences(text, blocks) if a < end and b > start]
    return (min(start, reached[0][0]), max(end, reached[-1][1])) if reached else (start, end)
