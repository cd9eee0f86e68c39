"""Packed files and zip archives: what is in them, as inputs that are read like any other. Nothing is written out."""

from __future__ import annotations

import io
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final

from pledgetrail.records import Problem
from pledgetrail.sources.bounds import Budget, Unreadable
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.limits import Limits
from pledgetrail.sources.names import printable
from pledgetrail.sources.unpacking import Unpacking, counted, packing

__all__ = ["SUFFIXES", "budget_of", "packed", "unpacked", "zipped"]

#: What a packed file's name says of what is in it.
SUFFIXES: Final = {".gz": "", ".bz2": "", ".xz": "", ".gzip": "", ".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar"}
_IN_MEMORY: Final = 8 * 1024 * 1024  # of an archive within an archive; more goes to a nameless temporary file
_ENCRYPTED: Final = 0x1
_PLAIN_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack without bounds in zipfile
_OFFICE: Final = ("[Content_Types].xml", "mimetype")  # a zip that holds one of these is a document of its own kind
_LITTER: Final = ("thumbs.db", "desktop.ini", "icon\r")


def budget_of(item: Input, limits: Limits) -> Budget:
    """What may come out of an input: the rest of its archive's budget, or a new one for its own size."""
    if item.budget is not None:
        return item.budget
    with item.open() as stream:
        return Budget(stream.seek(0, io.SEEK_END), limits)


def unpacked(item: Input, budget: Budget, *, mend: bool = False) -> Unpacking | None:
    """The stream that a packed input unpacks to, ``mend`` as in Unpacking; None if it is not packed. Raises OSError."""
    with item.open() as stream:
        magic = packing(stream.read(8))
    return None if magic is None else Unpacking(item.open(), magic, budget, mend=mend)


def packed(item: Input, settings: Settings) -> Iterator[Input | Problem]:
    """The one thing in a file packed by gzip, bzip2 or xz. It keeps the id; its name loses the suffix."""
    budget = budget_of(item, settings.limits)
    folded = item.name.casefold()
    ending = next((s for s in SUFFIXES if folded.endswith(s)), None)
    name = item.name if ending is None else item.name[: -len(ending)] + SUFFIXES[ending]

    def opened() -> BinaryIO:
        layer = unpacked(item, budget)
        if layer is None:
            raise Unreadable("damaged", "its name says that it is packed, but it is not in any way that is known")
        return io.BufferedReader(layer, 1 << 16)

    yield Input(item.source, item.id, name, opened, depth=item.depth + 1, budget=budget)


class _Modest(io.BufferedReader):
    """A file that gives no more than so much at a time: zipfile reads the list of members, however long, at once."""

    limit = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > max(self.limit, 1 << 20):
            raise Unreadable("too-long", f"its list of members is longer than {self.limit:,} bytes")
        return super().read(size)


def zipped(item: Input, settings: Settings) -> Iterator[Input | Problem]:
    """The members of a zip archive in its own order, each with the id ``archive.zip#member``. Raises OSError.

    A member can be opened until the next is asked for. Its name is only a name: nothing is ever written under it.
    Folders, hidden files and what systems leave behind are left out; of a WACZ only its records are read.
    """
    limits, budget = settings.limits, budget_of(item, settings.limits)
    with _seekable(item, budget, limits) as file:
        try:
            archive = zipfile.ZipFile(file)
        except Unreadable:
            raise
        except Exception as error:  # zipfile raises whatever odd numbers lead to
            raise Unreadable("damaged", f"not a zip archive, or a damaged one ({error})") from None
        with archive:
            names = set(archive.namelist())
            if not names.isdisjoint(_OFFICE):
                yield Problem(item.source, "unsupported", f"{item.source}: Office document is not read yet")
                return
            yield from _members(archive, item, budget, wacz=_is_wacz(names))


def _members(archive: zipfile.ZipFile, item: Input, budget: Budget, *, wacz: bool) -> Iterator[Input | Problem]:
    found = False
    for info in archive.infolist():
        if info.is_dir() or _is_litter(info.filename) or (wacz and not _is_wacz_record(info.filename)):
            continue
        found = True
        yield _member(archive, info, item, budget)
        if budget.spent:
            yield Problem(item.source, "bomb", f"{item.source}: {budget.reason} The rest of it is not read")
            return
    if not found:
        yield Problem(item.source, "empty", f"{item.source}: no file in this archive")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, item: Input, budget: Budget) -> Input | Problem:
    name = printable(info.filename)
    source = f"{item.source}!{name}"
    if info.flag_bits & _ENCRYPTED:
        return Problem(source, "encrypted", f"{source}: encrypted; unpack it with its password first")
    if info.compress_type not in _PLAIN_METHODS:
        return Problem(source, "unsupported", f"{source}: packed by a method that is not read (only deflate is)")
    if stat.S_ISLNK(info.external_attr >> 16):
        return Problem(source, "link", f"{source}: a link, and no file; not followed")

    def opened() -> BinaryIO:
        try:
            return counted(archive.open(info), budget)  # type: ignore[arg-type]
        except Exception as error:  # the member's own header is broken, or says something else than the list
            raise Unreadable("damaged", f"damaged in the archive ({error})") from None

    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return Input(source, f"{item.id}#{name}", last, opened, depth=item.depth + 1, budget=budget)


def _seekable(item: Input, budget: Budget, limits: Limits) -> _Modest:
    """The archive's bytes where they can be read in any order: the file itself, or a copy without a name."""
    stream = item.open()
    if item.path is None:
        with stream:
            stream = _copy(stream, limits)
    modest = _Modest(stream)  # type: ignore[arg-type]
    modest.limit = limits.directory_bytes
    return modest


def _copy(stream: BinaryIO, limits: Limits) -> BinaryIO:
    copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    size = 0
    while chunk := stream.read(1 << 20):
        size += len(chunk)
        if size > limits.spooled_bytes:
            copy.close()
            raise Unreadable("too-long", f"an archive within an archive over {limits.spooled_bytes:,} bytes")
        copy.write(chunk)
    copy.seek(0)
    return copy  # type: ignore[return-value]


def _is_wacz(names: set[str]) -> bool:
    return "datapackage.json" in names and any(map(_is_wacz_record, names))


def _is_wacz_record(name: str) -> bool:
    return name.startswith("archive/") and name.casefold().endswith((".warc", ".warc.gz"))


def _is_litter(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return hidden or parts[0] == "__MACOSX" or parts[-1].casefold() in _LITTER
