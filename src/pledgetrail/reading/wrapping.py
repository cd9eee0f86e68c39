"""Prose that was broken into lines of a regular width, joined into paragraphs again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pledgetrail.reading import lexicon
from pledgetrail.reading.lines import Stretch, ends_sentence

_WIDEST: Final = 160  # code points of a broken line
_NARROWEST: Final = 20
_LOWER_START: Final = re.compile(r"""["'“‘(\[]{0,2}[a-zà-öø-ÿ]""")
_CLOSED: Final = (":", ";")
_LAST_WORD: Final = re.compile(r"([^\W\d_]+)\Z")
_LONG: Final = 25  # words from which a line without a stop is a paragraph cut short, not a heading
_SENTENCE_INSIDE: Final = re.compile(r"[a-z\d)][.!?][\"'”’]?\s+[\"'“‘]?[A-Z]")


@cache
def _abbreviated() -> re.Pattern[str]:
    words = "|".join(map(re.escape, lexicon.table("wrapping")["abbreviations"]))
    return re.compile(rf"(?:\b(?:{words})|\b(?:[A-Z]\.){{1,3}}[A-Z])\.\Z")


@cache
def _open_ends() -> frozenset[str]:
    return frozenset(lexicon.table("wrapping")["open_ends"])


@dataclass(frozen=True, slots=True)
class _Manner:
    """How this text was broken: the usual width of its broken lines, and whether blank lines stand between them."""

    width: int
    gap: int


def join(stretches: Sequence[Stretch], text: str) -> list[Stretch]:
    """Stretches with wrapped lines made one. Only free ones are joined; a sentence end at a line end stays a cut."""
    manners = [m for gap in (0, 1) if (m := _manner(stretches, gap))]
    joined: list[Stretch] = []
    run: list[Stretch] = []
    for stretch in stretches:
        if run and _continues(run[-1], stretch, manners):
            run.append(stretch)
            continue
        joined.extend(_merged(run, text))
        run = [stretch]
    joined.extend(_merged(run, text))
    return joined


def _merged(run: list[Stretch], text: str) -> list[Stretch]:
    if len(run) < 2:
        return run
    start, end = run[0].start, run[-1].end
    whole = Stretch(start, end, text[start:end], run[0].gap)
    whole.words = sum(part.words for part in run)
    whole.rule = "wrapped lines"
    return [whole]


def _manner(stretches: Sequence[Stretch], gap: int) -> _Manner | None:
    """How lines are broken at this gap, or None if two lines and a tenth of the text do not show it."""
    widths: list[int] = []
    pairs = 0
    for line, after in zip(stretches, stretches[1:], strict=False):
        if line.free and after.free and after.gap == gap:
            pairs += 1
            if 30 <= len(line.text) <= _WIDEST and _open(line) and _LOWER_START.match(after.text):
                widths.append(len(line.text))
    if len(widths) < 2 or len(widths) < 0.1 * pairs:
        return None
    return _Manner(sorted(widths)[len(widths) // 2], gap)


def _open(line: Stretch) -> bool:
    """The line does not end a sentence or a list's introduction."""
    tail = line.text
    if tail.endswith(_CLOSED):
        return False
    return not ends_sentence(tail) or _abbreviated().search(tail, max(0, len(tail) - 12)) is not None


def _continues(line: Stretch, after: Stretch, manners: Sequence[_Manner]) -> bool:
    if not (line.free and after.free) or after.bulleted or after.marked_heading:
        return False
    if not _open(line):
        return False
    if (_shouts(line, 2) and not _shouts(after, 1)) or (_shouts(after, 3) and not _shouts(line, 1)):
        return False
    manner = next((m for m in manners if m.gap == after.gap), None)
    if _LOWER_START.match(after.text):
        return manner is not None or (after.gap <= 1 and len(line.text) >= _NARROWEST * (1 + after.gap))
    if after.gap <= 1 and _cut_short(line):
        return True
    if manner is None or len(line.text) > _WIDEST:
        return False
    first = after.text.partition(" ")[0]
    return len(line.text) + len(first) + 1 >= 0.72 * manner.width and len(line.text) >= 30


def _cut_short(line: Stretch) -> bool:
    """The line breaks off: after a word that needs another, or in the second sentence of a paragraph."""
    tail = line.text[-40:]
    last = _LAST_WORD.search(tail)
    if last and line.words >= 4 and last.group(1).lower() in _open_ends() and last.group(1)[1:].islower():
        return True
    return line.words >= _LONG or (line.words >= 18 and _SENTENCE_INSIDE.search(line.text[-600:]) is not None)


def _shouts(line: Stretch, words: int) -> bool:
    """At least so many words, all in capitals, as a title of a release is."""
    return line.words >= words and line.text.isupper()
