"""Text that was decoded wrongly on its way ("â€™" for an apostrophe): read as it was meant, quoted as it came in."""

from __future__ import annotations

import contextlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from pledgetrail.records import AnyStatement, Block, Document, Office, Span

#: What the bytes 80 to BF look like in Windows-1252, or in Latin-1 where that has no sign for them. 85 is a line break.
_CONTINUED: Final = "\x80-\x84\x86-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
#: A UTF-8 sequence whose bytes were taken for letters of their own, once or more often; or several in a row.
_SUSPECT: Final = re.compile(rf"(?:[\xc2-\xf4][{_CONTINUED}]{{1,3}})+")
_LINE_END: Final = re.compile("\\s{0,20}(?:[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]|\\Z)")
_SEQUENCE: Final = re.compile(
    rf"[\xc2-\xdf][{_CONTINUED}]|[\xe0-\xef][{_CONTINUED}]{{2}}|[\xf0-\xf4][{_CONTINUED}]{{3}}"
)
_MARKS: Final = frozenset("‘’“”‚„–—…«»·")  # stand beside letters for reasons of their own
_LONGEST: Final = 2000  # of a run that is repaired at once; a longer one is no word of a report


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with its wrongly decoded words put right. ``pieces`` are those that changed, in order.

    A piece is (start, end) in the repaired text and (start, end) in the original. Between pieces both run alike.
    """

    text: str
    pieces: tuple[tuple[int, int, int, int], ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of a span of the repaired text; a piece that it touches comes whole."""
        return self._moved(start, end, 0, 2)

    def repaired(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the repaired text of a span of the original."""
        return self._moved(start, end, 2, 0)

    def _moved(self, start: int, end: int, here: int, there: int) -> tuple[int, int]:
        at = bisect_right(self.pieces, start, key=lambda p: p[here + 1])  # the first piece that ends behind start
        moved = self._shifted(start, at - 1, here, there)
        if at < len(self.pieces) and self.pieces[at][here] <= start:
            moved = self.pieces[at][there]
        at = bisect_left(self.pieces, end, key=lambda p: p[here])  # the first piece that begins at or behind end
        ended = self._shifted(end, at - 1, here, there)
        if at and self.pieces[at - 1][here + 1] >= end:
            ended = self.pieces[at - 1][there + 1]
        return moved, max(moved, ended) if end > start else moved

    def _shifted(self, offset: int, piece: int, here: int, there: int) -> int:
        """The offset moved by what the pieces up to ``piece`` differ in length."""
        return offset if piece < 0 else offset + self.pieces[piece][there + 1] - self.pieces[piece][here + 1]


def repair(text: str) -> Repaired:
    """``text`` with wrongly decoded sequences put right by ftfy, and where they stood. Never fails.

    A text without a suspicious pair of letters costs one search and is given back as it is.
    """
    pieces: list[tuple[int, int, int, int]] = []
    parts: list[str] = []
    last = shift = 0
    for match in _SUSPECT.finditer(text):
        words = match.group()
        meant = _meant(words, _in_word(match)) if len(words) <= _LONGEST else words
        if meant == words or (words[-1].isspace() and _LINE_END.match(text, match.end())):
            continue  # a space at the end of a line is no part of a block
        parts += [text[last : match.start()], meant]
        start = match.start() + shift
        pieces.extend(
            (start + a, start + b, match.start() + c, match.start() + d) for a, b, c, d in _parted(words, meant)
        )
        shift += len(meant) - len(words)
        last = match.end()
    return Repaired("".join([*parts, text[last:]]), tuple(pieces)) if pieces else Repaired(text)


def _parted(words: str, meant: str) -> list[tuple[int, int, int, int]]:
    """A piece for each letter meant, where each came of one sequence; else one for all."""
    sequences = list(_SEQUENCE.finditer(words))
    if len(sequences) != len(meant) or sum(len(s.group()) for s in sequences) != len(words):
        return [(0, len(meant), 0, len(words))]
    return [(at, at + 1, *sequence.span()) for at, sequence in enumerate(sequences)]


@lru_cache(maxsize=1024)
def _meant(words: str, in_word: bool) -> str:
    """What the letters stand for, or themselves. ftfy judges; inside a word a letter needs no further sign.

    ftfy leaves "ErdoÄŸan" alone because Ä and Ÿ are letters; no language puts them side by side.
    """
    import ftfy

    meant = ftfy.fix_encoding(words)
    while in_word and not _MARKS.intersection(meant):
        with contextlib.suppress(UnicodeError):
            letters = meant.encode("sloppy-windows-1252").decode("utf-8")
            if letters != meant and all("\u00c0" <= letter <= "\u024f" for letter in letters):
                meant = letters
                continue
        break
    return meant if meant.isprintable() and meant.strip() == meant != "" else words


def _in_word(match: re.Match[str]) -> bool:
    text, start, end = match.string, match.start(), match.end()
    return text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()


def mend(document: Document) -> Document:
    """The document as it was meant: text, blocks and spans repaired. The same object where there is nothing to repair.

    It is what the language is read from. What is found in it goes through :func:`restore`.
    """
    whole = repair(document.text)
    if not whole.pieces:
        return document
    blocks = tuple(Block(b.kind, *whole.repaired(b.start, b.end), b.rule) for b in document.blocks)

    def there(span: Span | None) -> Span | None:
        return (
            _moved(span, whole.text, *whole.repaired(span.start, span.end)) if span and span.field == "text" else span
        )

    return replace(
        document,
        text=whole.text,
        blocks=blocks,
        title_span=there(document.title_span),
        published_span=there(document.published_span),
    )


def restore(statements: Iterable[AnyStatement], document: Document) -> list[AnyStatement]:
    """Statements read from ``mend(document)`` with their spans in the document's own text, quoting it."""
    whole = repair(document.text)
    if not whole.pieces:
        return list(statements)

    def back(span: Span) -> Span:
        return _moved(span, document.text, *whole.original(span.start, span.end)) if span.field == "text" else span

    return [
        replace(
            statement,
            trigger=back(statement.trigger),
            evidence=tuple(map(back, statement.evidence)),
            cells={name: tuple(map(back, spans)) for name, spans in statement.cells.items()},
        )
        for statement in statements
    ]


def restore_offices(offices: Iterable[Office], document: Document) -> tuple[Office, ...]:
    """Offices read from ``mend(document)`` with their spans in the document's own text, quoting it."""
    whole = repair(document.text)
    if not whole.pieces:
        return tuple(offices)
    return tuple(replace(office, span=restored_span(office.span, whole, document.text)) for office in offices)


def restored_blocks(blocks: Iterable[Block], whole: Repaired) -> tuple[Block, ...]:
    """Blocks of the repaired text with their offsets in the original."""
    if not whole.pieces:
        return tuple(blocks)
    return tuple(Block(b.kind, *whole.original(b.start, b.end), b.rule) for b in blocks)


def restored_span(span: Span, whole: Repaired, text: str) -> Span:
    """A span of the repaired text in the original ``text``."""
    return _moved(span, text, *whole.original(span.start, span.end)) if span.field == "text" else span


def _moved(span: Span, text: str, start: int, end: int) -> Span:
    return replace(span, start=start, end=end, quote=text[start:end])
