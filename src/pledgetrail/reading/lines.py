"""A text cut into stretches: first its lines, later the paragraphs that wrapped lines make up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pledgetrail.records import BlockKind

_LINE: Final = re.compile("[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_BREAK: Final = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_NO_WORD: Final = re.compile(r"[\W_]+")
_SENTENCE_END: Final = re.compile(r"""[.!?…][\])}"'”’»*_]{0,4}(?:\s?\[\d{1,3}\])?\Z""")
_BULLET: Final = re.compile(r"(?:[•*▪◦‣●■·►▶–—+-]|ï·|\(?\d{1,2}[.)]|\(?[a-z]\))\s+")
_HEADING_MARK: Final = re.compile(r"#{1,6}\s+")


@dataclass(slots=True)
class Stretch:
    """A line or paragraph without the white space around it, and what it was taken for so far."""

    start: int
    end: int
    text: str
    gap: int = 0  # blank lines before it
    kind: BlockKind | None = None
    rule: str = ""
    words: int = 0
    _key: str | None = None

    def __post_init__(self) -> None:
        self.words = len(self.text.split())

    @property
    def key(self) -> str:
        """The text folded: equal for two stretches that differ in case, quotation marks or punctuation only."""
        if self._key is None:
            self._key = fold(self.text)
        return self._key

    def mark(self, kind: BlockKind, rule: str) -> None:
        """Say what this is, and by which rule."""
        self.kind, self.rule = kind, rule

    @property
    def free(self) -> bool:
        """Not yet taken for anything."""
        return self.kind is None

    @property
    def bulleted(self) -> bool:
        """It starts with the sign of a list item."""
        return _BULLET.match(self.text) is not None

    @property
    def marked_heading(self) -> bool:
        """It starts with Markdown's sign of a heading."""
        return _HEADING_MARK.match(self.text) is not None


def fold(text: str) -> str:
    """Lower-case words with single spaces between them; everything else is gone."""
    return _NO_WORD.sub(" ", text.casefold()).strip()


def split(text: str) -> list[Stretch]:
    """The lines of ``text`` that are not blank, in order, trimmed. Offsets are into ``text``."""
    found: list[Stretch] = []
    previous = 0
    for match in _LINE.finditer(text):
        line = match.group()
        trimmed = line.strip()
        if not trimmed:
            continue
        start = match.start() + len(line) - len(line.lstrip())
        gap = max(0, len(_BREAK.findall(text, previous, start)) - 1) if found else 0
        found.append(Stretch(start, start + len(trimmed), trimmed, gap))
        previous = start + len(trimmed)
    return found


def cut(stretch: Stretch, text: str, at: int) -> tuple[Stretch, Stretch]:
    """Two stretches out of one, parted at offset ``at`` of ``text``; both keep something that is not blank."""
    left, right = text[stretch.start : at].rstrip(), text[at : stretch.end].lstrip()
    first = Stretch(stretch.start, stretch.start + len(left), left, stretch.gap, stretch.kind, stretch.rule)
    return first, Stretch(stretch.end - len(right), stretch.end, right, 0, stretch.kind, stretch.rule)


def ends_sentence(text: str) -> bool:
    """The text ends as a sentence does."""
    return _SENTENCE_END.search(text, max(0, len(text) - 12)) is not None


def is_prose(stretch: Stretch) -> bool:
    """It reads like a paragraph of a report, not like a headline or an item of a menu."""
    if stretch.words < 8:
        return False
    if ends_sentence(stretch.text):
        return True
    return stretch.words >= 25 and sum(map(str.islower, stretch.text[:400])) > 0.6 * min(400, len(stretch.text))
