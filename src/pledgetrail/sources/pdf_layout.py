"""From the lines of printed pages to paragraphs: page numbers and running heads out, broken lines and words joined."""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

#: A piece of text as it is drawn: the words, where they start, and the size of the letters, in points.
Piece = tuple[str, float, float, float]

_WIDE_GAP: Final = 1.35  # times the usual distance of lines: a new paragraph
_INDENT: Final = 6.0  # points by which a first line may be set in
_SHORT: Final = 0.75  # of the usual length of a line: the last line of a paragraph
_RUNNING: Final = 3  # pages that open or close with the same line, numbers aside
_NUMBERED: Final = re.compile(
    r"(?:page\s+|p\.\s*|[-–—|]\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?(?:\s*[-–—|])?", re.IGNORECASE
)
_DIGITS: Final = re.compile(r"\d+")
_SPACES: Final = re.compile(r"[ \t\u00a0\u2007\u202f]+")
_ENDS: Final = re.compile(r"[.!?:;…][\"'”’»)\]]*\Z")
_HYPHEN: Final = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]\Z")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ITEM: Final = re.compile(r"(?:[•▪◦●■\uf0b7*–—-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s")

#: First parts of words that keep their hyphen: "long-\nterm" is no "longterm".
_KEPT: Final = frozenset(
    "all anti co cross ex far four full half high ill inter long low many mid mini multi near non off on one post pre "
    "pro quasi self semi short six so sub ten three two under vice well year".split()
)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: its words, where it starts (points from the lower left corner), the size of its letters."""

    text: str
    x: float
    y: float
    size: float


def lines_of(pieces: Iterable[Piece]) -> list[Line]:
    """The lines of a page. Spaces are made single; empty lines are left out."""
    lines: list[Line] = []
    held: list[Piece] = []
    for text, x, y, size in pieces:
        first, *more = text.split("\n")
        held.append((first, x, y, size))
        for part in more:
            lines.extend(_line(held))
            held = [(part, x, y, size)]
    lines.extend(_line(held))
    return lines


def _line(pieces: list[Piece]) -> list[Line]:
    text = _SPACES.sub(" ", "".join(piece[0] for piece in pieces)).strip()
    shown = [piece for piece in pieces if piece[0].strip()]
    if not text:
        return []
    _, x, y, size = shown[0]
    return [Line(text, x, y, size)]


def paragraphs(pages: Sequence[Sequence[Line]]) -> str:
    """The text of printed pages, a blank line between paragraphs.

    A word broken at the end of a line is joined; its hyphen stays where the document writes the word with one, or where
    its first part usually has one. A paragraph that goes on over the page is one.
    """
    kept = _without_running(pages)
    written = Counter(word.lower() for page in kept for line in page for word in _WORD.findall(line.text))
    found: list[list[Line]] = []
    for page in kept:
        blocks = _blocks(page)
        if found and blocks and _goes_on(found[-1][-1].text, blocks[0][0].text):
            found[-1].extend(blocks.pop(0))
        found.extend(blocks)
    return "\n\n".join(_joined(block, written) for block in found)


def _without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without their numbers and the lines that many of them open or close with."""
    edges = [[*page[:2], *page[-2:]] if len(page) > 4 else list(page) for page in pages]
    counted = Counter(key for edge in edges for key in {_DIGITS.sub("0", line.text) for line in edge})
    running = {key for key, number in counted.items() if number >= max(_RUNNING, len(pages) / 3)}
    kept = []
    for page, edge in zip(pages, edges, strict=True):
        dropped = {
            id(line) for line in edge if _NUMBERED.fullmatch(line.text) or _DIGITS.sub("0", line.text) in running
        }
        kept.append([line for line in page if id(line) not in dropped])
    return kept


def _blocks(lines: list[Line]) -> list[list[Line]]:
    """The paragraphs of a page."""
    steps = [a.y - b.y for a, b in itertools.pairwise(lines) if 0 < a.y - b.y < 4 * max(a.size, b.size, 1)]
    usual = _mode(steps)
    length = statistics.median(len(line.text) for line in lines) if lines else 0
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and not _opens(blocks[-1], line, usual, length):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _mode(steps: list[float]) -> float:
    """The usual distance of two lines: the smallest of those that come up often."""
    counted = Counter(round(step) for step in steps)
    often = [step for step, number in counted.items() if number >= max(2, max(counted.values()) / 3)]
    return float(min(often)) if often else float(min(steps, default=0))


def _opens(block: list[Line], line: Line, usual: float, length: float) -> bool:
    """Whether a line opens a new paragraph after the block before it."""
    before = block[-1]
    step = before.y - line.y
    if abs(step) < 0.5 * before.size:  # the same line, drawn in pieces: a table's cells
        return False
    if abs(line.size - before.size) > 0.1 * max(line.size, before.size, 1) or _ITEM.match(line.text):
        return True
    if step < 0:  # the next column
        return not _goes_on(before.text, line.text)
    if usual and step > _WIDE_GAP * usual:
        return step > 2 * usual or not _goes_on(before.text, line.text)
    ended = _ENDS.search(before.text) is not None
    if ended and line.x - before.x > _INDENT:
        return True
    return ended and len(before.text) < _SHORT * length


def _goes_on(before: str, after: str) -> bool:
    """Whether the text after a break goes on with the sentence before it."""
    if _ENDS.search(before):
        return False
    return after[:1].islower() or (_HYPHEN.search(before) is not None and after[:1].isalpha())


def _joined(block: list[Line], written: Counter[str]) -> str:
    text = block[0].text
    for line in block[1:]:
        broken = _HYPHEN.search(text)
        if broken is None or not line.text[:1].isalpha():
            text += " " + line.text
        elif _keeps_hyphen(broken.group(1), line.text, written):
            text = text[:-1] + "-" + line.text
        else:
            text = text[:-1] + line.text
    return text


def _keeps_hyphen(first: str, after: str, written: Counter[str]) -> bool:
    second = _WORD.match(after)
    rest = second.group() if second else ""
    if not rest[:1].islower() or first.isupper():
        return True
    whole, parted = (first + rest).lower(), f"{first}-{rest}".lower()
    if written[whole] != written[parted]:
        return written[parted] > written[whole]
    return first.lower() in _KEPT
