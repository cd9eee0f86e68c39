"""Delimited text: how a file is written (encoding, delimiter, quotes), and its rows, however broken."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from pledgetrail.sources.decoding import encoding_of

__all__ = ["SAMPLE", "Broken", "Manner", "manner_of", "rows", "text_lines"]

#: Bytes at the start of a file that its manner is told from.
SAMPLE: Final = 256 * 1024

_DELIMITERS: Final = ",;\t|"
_SAMPLE_ROWS: Final = 200
_PUSHED_BACK: Final = 8  # times the limit of a record: what is read again after broken quotes, in one file
_DECLARED: Final = re.compile(r"sep=(.)\r?\n?\Z", re.IGNORECASE)  # the first line of some spreadsheets' files
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"\s*\Z', re.DOTALL)
_UNUSED: Final = "\x1f"  # delimits nothing: for a file of one column


@dataclass(frozen=True, slots=True)
class Manner:
    """How a delimited file is written. ``skip``: lines before the table."""

    encoding: str
    delimiter: str
    quoted: bool = True
    escape: str | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read: what is wrong with it."""

    kind: str
    message: str


def manner_of(head: bytes, known: Callable[[list[str]], int]) -> Manner:
    """How a file is written, by its first bytes. ``known`` says how many fields a row has names of columns for.

    That manner is taken which finds known names, and whose rows are as long as the header. Raises NotText.
    """
    encoding = encoding_of(head)
    text = head.decode(encoding, errors="replace")
    lines = text.splitlines(keepends=True)
    if len(head) >= SAMPLE and len(lines) > 1:
        lines.pop()  # may be cut
    skip = 0
    delimiters = _DELIMITERS
    if lines and (declared := _DECLARED.match(lines[0])):
        skip, delimiters = 1, declared.group(1)
    escapes = (None, "\\") if '\\"' in text else (None,)
    manners = [
        Manner(encoding, delimiter, quoted, escape, skip)
        for delimiter in delimiters
        for quoted, escape in [*((True, escape) for escape in escapes), (False, None)]
    ]
    tried = [(_fit(manner, lines[skip:], known), manner) for manner in manners]
    fit, best = max(tried, key=lambda pair: pair[0])
    if not fit[1]:  # one column
        return Manner(encoding, _UNUSED, True, None, skip)
    return best


def _fit(manner: Manner, lines: list[str], known: Callable[[list[str]], int]) -> tuple[int, bool, float, bool, int]:
    """How well a manner suits a sample, the most telling measure first."""
    try:
        found = list(itertools.islice((row for row in _reader(iter(lines), manner) if row), _SAMPLE_ROWS))
    except csv.Error:
        return 0, False, 0.0, False, 0
    names = [known(row) for row in found[:10]] or [0]
    header = names.index(max(names)) if any(names) else 0
    widths = [len(row) for row in found[header:]]
    width = widths[0] if any(names) else max(set(widths), key=widths.count, default=0)
    share = widths.count(width) / len(widths) if widths else 0.0
    # A field that opens with a quote and does not end with it was never quoted. If none opens so, quotes are harmless.
    literal = _reader(iter(lines[:_SAMPLE_ROWS]), Manner(manner.encoding, manner.delimiter, quoted=False))
    opened = [cell for row in literal for cell in row if cell.startswith('"')]
    proper = not opened or share > 0.9 and any(_QUOTED.match(cell) for cell in opened)
    return (
        max(names),
        width > 1,
        round(share, 2),
        proper == manner.quoted,
        width if manner.escape is None else width - 1,
    )


def text_lines(stream: BinaryIO, manner: Manner, limit: int) -> Iterator[str | None]:
    """Lines with their ends; None for one above ``limit`` characters, of which no more than that is held.

    Bytes that are not of the encoding come as lone surrogates (PEP 383).
    """
    text = io.TextIOWrapper(stream, manner.encoding, errors="surrogateescape", newline="")
    if manner.encoding.startswith(("utf-16", "utf-32")):
        text.reconfigure(errors="replace")
    try:
        for _ in range(manner.skip):
            text.readline(limit)
        while line := text.readline(limit + 1):
            if len(line) <= limit or line.endswith("\n"):
                yield line
                continue
            while line and not line.endswith(("\n", "\r")):
                line = text.readline(1 << 16)
            yield None
    finally:
        with contextlib.suppress(ValueError):  # closed already
            text.detach()  # else it would close a stream that is not its own


def rows(lines: Iterable[str | None], manner: Manner, limit: int) -> Iterator[list[str] | Broken]:
    """The rows of a file, blank lines left out.

    A quote that is never closed would swallow what follows: such a record of several lines is Broken, and reading goes
    on from its second line. Only so much is read again that no file can make this slow.
    """
    csv.field_size_limit(max(csv.field_size_limit(), limit + 2))  # one for the whole process, hence never lowered
    feed = _Feed(lines, limit)
    reader = _reader(feed, manner, strict=True)
    again = _PUSHED_BACK * limit
    while True:
        feed.begin()
        try:
            row = next(reader)
        except StopIteration:
            return
        except (_TooLong, csv.Error) as error:
            reader = _reader(feed, manner, strict=True)
            if len(feed.taken) > 1:
                again -= sum(map(len, feed.taken))
                if again > 0:
                    feed.push_back()
                yield Broken("broken-quotes", "a quotation mark opens a cell that is not closed as it should be")
                continue
            if isinstance(error, _TooLong):
                yield Broken("too-long", f"the record is longer than {limit:,} characters")
                continue
            row = _lenient(feed.taken, manner)
        if row:
            yield row


def _lenient(lines: list[str], manner: Manner) -> list[str]:
    """The cells of one line whose quotes are not as they should be, as far as they can be told."""
    try:
        return next(_reader(iter(lines), manner), [])
    except csv.Error:
        return next(_reader(iter(lines), Manner(manner.encoding, manner.delimiter, quoted=False)), [])


def _reader(lines: Iterable[str], manner: Manner, *, strict: bool = False) -> Iterator[list[str]]:
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if manner.quoted else csv.QUOTE_NONE
    return csv.reader(lines, delimiter=manner.delimiter, quoting=quoting, escapechar=manner.escape, strict=strict)


class _TooLong(Exception):
    """The record being read is longer than allowed."""


class _Feed:
    """Hands lines to the CSV reader and remembers those of the record in hand, so that they can be read again."""

    def __init__(self, lines: Iterable[str | None], limit: int) -> None:
        self.taken: list[str] = []
        self._size = 0
        self._lines = iter(lines)
        self._limit = limit
        self._waiting: deque[str] = deque()

    def begin(self) -> None:
        """A new record begins with the next line."""
        self.taken.clear()
        self._size = 0

    def push_back(self) -> None:
        """All but the first line of the record in hand are handed out again."""
        self._waiting.extendleft(reversed(self.taken[1:]))

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._fresh()
        self.taken.append(line)
        self._size += len(line)
        if self._size > self._limit:
            raise _TooLong
        return line

    def _fresh(self) -> str:
        line = next(self._lines)
        if line is None:
            raise _TooLong
        return line
