"""Streams that unpack as they are read: gzip, bzip2 and xz, bounded in size and memory."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, Final, Protocol

from pledgetrail.sources.bounds import Budget, Unreadable

__all__ = ["PACKINGS", "Unpacking", "counted", "packing"]

_CHUNK: Final = 1 << 16
_WINDOW: Final = 64 * 1024 * 1024  # memory that xz may ask for; its strongest preset asks for 65 MB to unpack


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class _Gzip:
    """zlib's decoder with the manners of the other two."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._decoder.unconsumed_tail

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes:
        return self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)


def _xz() -> _Decoder:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_WINDOW + (4 << 20))


#: The first bytes of each kind of packing, and what unpacks it.
PACKINGS: Final[dict[bytes, Callable[[], _Decoder]]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": _xz,
}


def packing(head: bytes) -> bytes | None:
    """The first bytes of the packing that ``head`` starts with, a key of PACKINGS; None if it is not packed."""
    return next((magic for magic in PACKINGS if head.startswith(magic)), None)


class Unpacking(io.RawIOBase):
    """What a packed stream unpacks to; several packed parts one after another are one text, as everywhere.

    Raises Unreadable: ``damaged`` for broken data, ``truncated`` where the end is missing, ``bomb`` beyond the
    budget. With ``mend``, a damaged part is cut off where it breaks and the next part that starts anywhere behind is
    gone on with; ``mended`` counts these.
    """

    def __init__(self, stream: BinaryIO, magic: bytes, budget: Budget, *, mend: bool = False) -> None:
        """``stream`` stands at its start, and is closed with this one."""
        super().__init__()
        self._stream, self._magic, self._budget, self._mend = stream, magic, budget, mend
        self._make = PACKINGS[magic]
        self._decoder: _Decoder | None = self._make()
        self._waiting = b""  # packed bytes read and not yet given to the decoder
        self._given = b""  # those given to it last
        self._opens = True  # whether a part starts with them
        self.mended = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Close the packed stream, too."""
        self._stream.close()
        super().close()

    def readinto(self, buffer: Any, /) -> int:
        """Fill the buffer as far as one step of unpacking goes; 0 at the end."""
        while self._decoder is not None:
            try:
                data = self._step(self._decoder, len(buffer))
            except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
                if not self._mend or (isinstance(error, Unreadable) and error.kind == "bomb"):
                    raise error if isinstance(error, Unreadable) else _damaged(error) from None
                self.mended += 1
                self._decoder = self._make() if self._find_next() else None
                continue
            if data:
                self._budget.take(len(data))
                buffer[: len(data)] = data
                return len(data)
        return 0

    def _step(self, decoder: _Decoder, size: int) -> bytes:
        if decoder.eof:
            self._waiting, self._given = decoder.unused_data, b""
            self._decoder = self._make() if self._another() else None
            self._opens = True
            return b""
        if not decoder.needs_input:
            return decoder.decompress(b"", size)
        self._opens = self._opens and not self._given
        self._given, self._waiting = self._waiting or self._stream.read(_CHUNK), b""
        if not self._given:
            raise Unreadable("truncated", "the packed data are cut off")
        return decoder.decompress(self._given, size)

    def _another(self) -> bool:
        """Whether another part follows. Zeros that fill a tape's block, and nothing else, may follow the last."""
        while True:
            self._waiting = self._waiting.lstrip(b"\0")
            if len(self._waiting) >= len(self._magic):
                break
            more = self._stream.read(_CHUNK)
            if not more:
                break
            self._waiting += more
        if not self._waiting:
            return False
        if self._waiting.startswith(self._magic):
            return True
        raise zlib.error("something else follows the packed data")

    def _find_next(self) -> bool:
        """Go on to the next place behind the damage where a part may start."""
        kept, start = self._given + self._waiting, int(self._opens and bool(self._given))
        sign = self._magic + b"\x08" if self._magic == b"\x1f\x8b" else self._magic
        self._given, self._opens = b"", True
        while (place := kept.find(sign, start)) < 0:
            more = self._stream.read(_CHUNK)
            if not more:
                return False
            kept, start = kept[-len(sign) :] + more, 0
        self._waiting = kept[place:]
        return True


class _Counted(io.RawIOBase):
    """A stream of an archive's member, its bytes noted in the budget and its errors named."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        super().__init__()
        self._stream, self._budget = stream, budget

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()
        super().close()

    def readinto(self, buffer: Any, /) -> int:
        try:
            data = self._stream.read(min(len(buffer), _CHUNK))
        except Unreadable:
            raise
        except EOFError:
            raise Unreadable("truncated", "the packed data are cut off") from None
        except Exception as error:  # zipfile raises its own errors, zlib's, and whatever odd headers lead to
            raise _damaged(error) from None
        self._budget.take(len(data))
        buffer[: len(data)] = data
        return len(data)


def counted(stream: BinaryIO, budget: Budget) -> BinaryIO:
    """A buffered stream over a member: what it gives counts in the budget, and whatever goes wrong is Unreadable."""
    return io.BufferedReader(_Counted(stream, budget), _CHUNK)


def _damaged(error: Exception) -> Unreadable:
    what = str(error).split(" for file")[0] or type(error).__name__
    return Unreadable("damaged", f"the packed data are damaged ({what})")
