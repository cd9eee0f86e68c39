"""A stream of records that can be wound back to where the next record starts, when the one before was broken."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

__all__ = ["HEADER", "Tape"]

#: The first two lines of a record: its version, and a header of those that every record has.
HEADER: Final = re.compile(rb"(?:(?<=\n)|\A)WARC/1\.\d\r?\n(?:WARC-|Content-)", re.IGNORECASE)
_REACH: Final = 32  # bytes that a HEADER takes at most
_CHUNK: Final = 1 << 16


class Tape:
    """Reads a stream forward and keeps what was read since the last ``forget``, up to ``keep`` bytes.

    Positions are bytes from the start of the stream.
    """

    def __init__(self, stream: BinaryIO, keep: int) -> None:
        """``keep`` bounds the memory it takes."""
        self._stream, self._keep = stream, keep
        self._kept = bytearray()
        self._base = 0  # position of the first byte kept
        self._next = 0  # position of the next byte to be given

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as any stream gives them."""
        if size < 0:
            size = _CHUNK
        start = self._next - self._base
        if start >= len(self._kept):
            self._more(size)
            start = self._next - self._base
        data = bytes(self._kept[start : start + size])
        self._next += len(data)
        return data

    def tell(self) -> int:
        """The position of the next byte that ``read`` gives."""
        return self._next

    def seek(self, offset: int, whence: int = 0) -> int:
        """Not to be used: it is wound by ``find`` alone. Raises OSError."""
        raise OSError("a tape is read forward")

    def close(self) -> None:
        """The stream is its owner's to close."""

    def forget(self, position: int) -> None:
        """Let go of what lies before a position."""
        if position > self._base:
            del self._kept[: position - self._base]
            self._base = position

    def find(self, position: int) -> int | None:
        """Wind to the first record that starts at or behind a position, and say where; None if there is none."""
        position = max(position, self._base)
        while True:
            # one byte back, so that the end of the line before is seen
            found = HEADER.search(self._kept, max(0, position - 1 - self._base))
            while found is not None and found.start() + self._base < position:
                found = HEADER.search(self._kept, found.end())
            if found is not None:
                self._next = found.start() + self._base
                return self._next
            position = max(position, self._base + len(self._kept) - _REACH)
            if not self._more(_CHUNK):
                self._next = self._base + len(self._kept)
                return None

    def at(self, position: int, size: int) -> bytes:
        """What lies at a position, as far as it is kept."""
        start = position - self._base
        return bytes(self._kept[start : start + size]) if start >= 0 else b""

    def _more(self, size: int) -> bool:
        data = self._stream.read(size)
        self._kept += data
        if len(self._kept) > self._keep:
            excess = min(len(self._kept) - self._keep, max(0, self._next - self._base))
            del self._kept[:excess]
            self._base += excess
        return bool(data)
