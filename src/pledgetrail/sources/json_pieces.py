"""JSON of any size cut into its records, without parsing more than one at a time.

Only brackets and quotes are followed, so what is cut out may still be no JSON; parsing a piece shows that. All of
them are ASCII, and no byte of a longer character of UTF-8 is, so the bytes need not be decoded for it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

_CHUNK: Final = 1 << 18
_STRUCTURE: Final = re.compile(rb'["{}\[\],]')
_IN_STRING: Final = re.compile(rb'(?:[^"\\]+|\\.)*', re.DOTALL)
_SPACE: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """One record's bytes; None for one above the limit, of which no more than that was held."""

    data: bytes | None
    whole: bool = True  # False: the input ended inside it


def pieces(stream: BinaryIO, limit: int, *, inside: bool = False) -> Iterator[Piece]:
    """The records of a JSON file: the elements of an array, or values one after the other.

    ``inside``: the file is one object too large to be held; its records are the objects in the arrays in it.
    """
    cutter = _Cutter(limit, inside)
    for chunk in _utf8(stream):
        yield from cutter.feed(chunk)
    yield from cutter.close()


def _utf8(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in chunks, without a byte-order mark; UTF-16 and UTF-32 as UTF-8."""
    chunk = stream.read(_CHUNK)
    encoding = _wide(chunk[:4])
    if encoding is None:
        chunk = chunk.removeprefix(codecs.BOM_UTF8)
        while chunk:
            yield chunk
            chunk = stream.read(_CHUNK)
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "replace")
        chunk = stream.read(_CHUNK)
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _wide(head: bytes) -> str | None:
    """JSON starts with an ASCII character: its zeros tell (RFC 4627, section 3)."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = tuple(byte == 0 for byte in head)
    known: dict[tuple[bool, ...], str] = {
        (True, True, True, False): "utf-32-be",
        (False, True, True, True): "utf-32-le",
        (True, False, True, False): "utf-16-be",
        (False, True, False, True): "utf-16-le",
    }
    return known.get(zeros)


class _Cutter:
    """Follows brackets and quotes through the chunks; what lies between the commas of one level is collected."""

    def __init__(self, limit: int, inside: bool) -> None:
        self._limit = limit
        self._level = 2 if inside else -1  # depth of the commas between records; -1: not known yet
        self._depth = 0
        self._collecting = False
        self._in_string = False
        self._escaped = False
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """The records that end in this chunk."""
        if self._level < 0:
            chunk = chunk.lstrip(_SPACE)
            if not chunk:
                return
            self._level = 1 if chunk.startswith(b"[") else 0
            self._collecting = self._level == 0
        start = at = 0
        while at < len(chunk):
            if self._in_string:
                at = self._through_string(chunk, at)
                continue
            found = _STRUCTURE.search(chunk, at)
            if found is None:
                break
            mark, at = found.group(), found.end()
            if mark == b'"':
                self._in_string = True
            elif mark in b"[{":
                self._depth += 1
                if self._depth == self._level and (self._level < 2 or mark == b"["):
                    self._collecting, start = True, at
            elif self._ends(mark):
                self._take(chunk, start, at if self._level == 0 and mark != b"," else found.start())
                yield from self.finish()
                start = at
            if mark in b"]}":
                self._leave()
        self._take(chunk, start, len(chunk))

    def _ends(self, mark: bytes) -> bool:
        """Whether a comma or closing bracket ends a record."""
        if not self._collecting:
            return False
        if self._level == 0 and mark != b",":
            return self._depth <= 1
        return self._depth == self._level

    def _leave(self) -> None:
        if self._depth == self._level and self._level > 0:
            self._collecting = False
        self._depth = max(0, self._depth - 1)

    def _through_string(self, chunk: bytes, at: int) -> int:
        if self._escaped:
            self._escaped = False
            return at + 1
        at = _IN_STRING.match(chunk, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if at < len(chunk):
            self._in_string = self._escaped = chunk[at : at + 1] == b"\\"
            return at + 1
        return at

    def _take(self, chunk: bytes, start: int, end: int) -> None:
        if not self._collecting:
            return
        self._size += end - start
        if self._size <= self._limit:
            self._parts.append(chunk[start:end])
        else:
            self._parts.clear()

    def close(self) -> Iterator[Piece]:
        """What the input ended with: an empty piece that is not whole if it ended before its brackets were closed."""
        whole = self._depth == 0 and not self._in_string
        yield from self.finish(whole=whole)
        if not whole:
            yield Piece(b"", whole)

    def finish(self, *, whole: bool = True) -> Iterator[Piece]:
        """What has been collected, if anything, as one record."""
        size, data = self._size, b"".join(self._parts).strip(_SPACE)
        self._parts.clear()
        self._size = 0
        if size > self._limit:
            yield Piece(None, whole)
        elif data:
            yield Piece(data, whole)
