"""What a second reader is shown of a document: stretches of its repaired text, with the way back to every offset."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import Final

from pledgetrail.reading import normalise
from pledgetrail.records import Document

#: Kinds of block that hold sentences of the report; chrome and repeats are shown to nobody.
_SHOWN: Final = frozenset({"title", "body", "heading"})
_PARAGRAPH: Final = "\n\n"
_WORD: Final = re.compile(r"\S+")
#: Where a long paragraph is best cut: after a sentence, else between words.
_SENTENCE_END: Final = re.compile(r"[.!?][\"')]*\s")
_SPACE: Final = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch as it is shown: runs of space are one space, paragraphs have an empty line between them.

    ``offsets[i]`` is where the character ``text[i]`` stands in the document's text (between paragraphs: where the
    paragraph before ends). Offsets never fall.
    """

    text: str
    offsets: array[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Document offsets of a stretch of ``text`` that is not empty and begins and ends with no space."""
        return self.offsets[start], self.offsets[end - 1] + 1


def excerpts(document: Document, most: int, overlap: int) -> list[Excerpt]:
    """The sentences of a document in parts of at most ``most`` characters, each with the end of the one before it.

    A part begins and ends with a paragraph where it can, else with a sentence, else with a word. ``overlap`` is how
    many characters at most two parts share; it must be less than half of ``most``. No parts for an empty document.
    """
    if not 0 <= overlap < most / 2:
        raise ValueError("parts must be more than twice as long as what they share")
    text, offsets = _shown(document)
    parts = []
    start = 0
    while start < len(text):
        end = _cut(text, start + most // 2, start + most)
        parts.append(Excerpt(text[start:end].rstrip(), offsets[start : start + len(text[start:end].rstrip())]))
        if end >= len(text):
            break
        start = _begin(text, max(start + 1, end - overlap), end)
    return [part for part in parts if part.text]


def _shown(document: Document) -> tuple[str, array[int]]:
    """The whole text that is shown, and the document's offset of each of its characters."""
    pieces: list[str] = []
    offsets = array("q")
    for block in document.blocks:
        if block.kind not in _SHOWN:
            continue
        words = list(_WORD.finditer(normalise(document.text[block.start : block.end])))
        if words and pieces:
            pieces.append(_PARAGRAPH)
            offsets.extend([offsets[-1] + 1] * len(_PARAGRAPH))
        for number, word in enumerate(words):
            if number:
                pieces.append(" ")
                offsets.append(offsets[-1] + 1)
            pieces.append(word.group())
            offsets.extend(range(block.start + word.start(), block.start + word.end()))
    return "".join(pieces), offsets


def _cut(text: str, least: int, most: int) -> int:
    """The best place to end a part between two offsets."""
    if most >= len(text):
        return len(text)
    at = text.rfind(_PARAGRAPH, least, most)
    if at >= 0:
        return at + len(_PARAGRAPH)
    for pattern in (_SENTENCE_END, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, least, most)]
        if ends:
            return ends[-1]
    return most


def _begin(text: str, least: int, end: int) -> int:
    """The best place for the next part to begin, at ``least`` or later: the sooner it begins, the more is shared."""
    at = text.find(_PARAGRAPH, least, end)
    if at >= 0:
        return at + len(_PARAGRAPH)
    for pattern in (_SENTENCE_END, _SPACE):
        match = pattern.search(text, least, end)
        if match:
            return match.end()
    return end


def clean_quote(quote: str) -> str:
    """A quotation in the form in which excerpts are shown."""
    return " ".join(normalise(quote[:MOST_QUOTED]).split())


#: Characters of a quotation that are looked at: more is no sentence.
MOST_QUOTED: Final = 2000


def places(excerpt: Excerpt, quote: str, start: int = 0, end: int | None = None) -> list[int]:
    """Where a quotation stands in an excerpt, between two of its offsets, as whole words. ``quote`` is cleaned."""
    found: list[int] = []
    if not quote:
        return found
    text = excerpt.text
    limit = len(text) if end is None else end
    at = text.find(quote, start, limit)
    while at >= 0:
        if _whole(text, at, at + len(quote)):
            found.append(at)
        at = text.find(quote, at + 1, limit)
    return found


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a stretch begins and ends at the edges of words ("US" is not in "USED")."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not before and not after
