"""A folder of WARC files that grows by whole records, and that alone says what has been fetched."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import os
import zlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal
from uuid import uuid4

from pledgetrail.sources.fetching.addresses import Address
from pledgetrail.sources.fetching.exchange import Answer
from pledgetrail.sources.locks import Held, holding

#: What our files are called; others in the folder are neither read nor changed.
_PREFIX: Final = "pledgetrail-"
_SUFFIX: Final = ".warc.gz"

#: A file that has grown to this many bytes is followed by a new one (the size that the WARC guidelines recommend).
FILE_BYTES: Final = 1_000_000_000

_CHUNK: Final = 1 << 18

#: A record's own headers are far shorter; what has none within this length is no record of ours.
_HEAD: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ending:
    """Where the whole members of a file end, and whether anything follows."""

    at: int
    state: Literal["whole", "torn", "damaged"]


class FolderError(Exception):
    """The folder cannot be used; the message names it."""


class Archive:
    """The WARC files of a folder. Use it in a ``with`` block: it is locked from the beginning to the end.

    A record is one gzip member. What is left of a record that was being written when a run was killed is cut off when
    the folder is opened next. The answers to an address are written in one piece, that of the address itself last, so
    an address whose answer is in the folder is there with everything that it led to.
    """

    def __init__(self, folder: Path, software: str, file_bytes: int = FILE_BYTES) -> None:
        """``software`` is what the files say they were written by."""
        self._folder = folder
        self._software = software
        self._file_bytes = file_bytes
        self._known: set[str] = set()
        self._file: BinaryIO | None = None
        self._info = ""  # record id of the open file's warcinfo
        self._open = contextlib.ExitStack()
        self._young: Path | None = None  # the file to go on with
        self.mended: str | None = None  # the file whose torn end was cut off
        self.damaged: list[str] = []  # files that could not be read to the end

    def __enter__(self) -> Archive:
        """Lock the folder, mend it and read what it has. Raises FolderError."""
        with self._named():
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                self._open.enter_context(holding(self._folder / ".lock"))
            except Held:
                raise FolderError(f"{self._folder}: another run is fetching into this folder") from None
            for path in (paths := self._paths()):
                self._settle(path, self._read(path), youngest=path == paths[-1])
        return self

    def look(self) -> None:
        """Read what the folder has, without locking or changing anything. Raises FolderError."""
        with self._named():
            for path in self._paths():
                self._read(path)

    def __exit__(self, *_: object) -> None:
        """Close the file and let go of the folder."""
        self._close()
        self._open.close()

    def __contains__(self, address: object) -> bool:
        """Whether an address was answered and stored."""
        return isinstance(address, Address) and address.text in self._known

    def put(self, answers: Sequence[Answer]) -> None:
        """Store the answers to an address, from its own to the last that it led to. Raises FolderError."""
        with self._named():
            file = self._writable()
            records = b"".join(_pair(answer, self._info) for answer in reversed(answers))
            file.write(records)
            file.flush()
        self._known.update(answer.address.text for answer in answers)

    def _paths(self) -> list[Path]:
        return sorted(path for path in self._folder.glob(f"{_PREFIX}*{_SUFFIX}") if path.is_file())

    def _read(self, path: Path) -> Ending:
        """Note what a file has."""
        with path.open("rb") as file:
            found = members(file)
            while True:
                try:
                    head = next(found)
                except StopIteration as stop:
                    ending: Ending = stop.value
                    return ending
                if (address := _answered(head)) is not None:
                    self._known.add(address)

    def _settle(self, path: Path, ending: Ending, youngest: bool) -> None:
        """Cut a torn record off the youngest file, the only one that a killed run can have been writing."""
        if youngest and ending.state == "torn":
            os.truncate(path, ending.at)
            self.mended = path.name
        elif ending.state != "whole":
            self.damaged.append(path.name)
            return
        if youngest and path.stat().st_size < self._file_bytes:
            self._young = path

    def _writable(self) -> BinaryIO:
        """The file to write to: the youngest while it is sound and small, else a new one. Begins with a warcinfo."""
        if self._file is not None and self._file.tell() >= self._file_bytes:
            self._close()
            self._young = None
        if self._file is None:
            self._file = (self._young or self._new(self._paths())).open("ab")
            self._info, record = _warcinfo(Path(self._file.name).name, self._software)
            self._file.write(record)
        return self._file

    def _new(self, paths: Sequence[Path]) -> Path:
        """A name that comes after all others in order of name, so that files are in order of time."""
        number = int(paths[-1].name.removeprefix(_PREFIX)[:6]) + 1 if paths and _numbered(paths[-1]) else len(paths) + 1
        return self._folder / f"{_PREFIX}{number:06}-{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}{_SUFFIX}"

    def _close(self) -> None:
        if self._file is not None:
            with self._named(), self._file as file:
                file.flush()
                os.fsync(file.fileno())
            self._file = None

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise FolderError(f"{self._folder}: cannot be used ({error.strerror or error})") from error


def _numbered(path: Path) -> bool:
    return path.name.removeprefix(_PREFIX)[:6].isdigit()


def members(file: BinaryIO) -> Generator[bytes, None, Ending]:
    """The first bytes of each gzip member of a file, unpacked. Returns where the last whole one ends, and what follows.

    ``torn`` is a member that the end of the file cuts off, ``damaged`` what is no gzip member at all.
    """
    end = 0
    data = file.read(_CHUNK)
    while data:
        unpacker = zlib.decompressobj(31)
        head = b""
        while not unpacker.eof:
            if not data:
                return Ending(end, "torn")
            try:
                piece = unpacker.decompress(data, _CHUNK)
            except zlib.error:
                return Ending(end, "damaged")
            head += piece[: _HEAD - len(head)]
            data = unpacker.unused_data or unpacker.unconsumed_tail or file.read(_CHUNK)
        end = file.tell() - len(data)
        yield head
    return Ending(end, "whole")


def _answered(head: bytes) -> str | None:
    """The address that a response record answers; None for other records."""
    fields: dict[bytes, bytes] = {}
    for line in head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        fields[name.strip().lower()] = value.strip()
    if fields.get(b"warc-type") != b"response":
        return None
    return fields.get(b"warc-target-uri", b"").decode("utf-8", "replace") or None


def _pair(answer: Answer, info: str) -> bytes:
    """A request and its response as two members. The response is the later one."""
    answer_id, request_id = (f"<urn:uuid:{uuid4()}>" for _ in range(2))
    shared = {
        "WARC-Target-URI": answer.address.text,
        "WARC-IP-Address": answer.peer,
        "WARC-Warcinfo-ID": info,
    }
    asked = {"Content-Type": "application/http; msgtype=request", "WARC-Concurrent-To": answer_id}
    head = b"HTTP/1.1 %d %s\r\n" % (answer.status, answer.reason)
    head += b"".join(b"%s: %s\r\n" % pair for pair in _kept(answer)) + b"\r\n"
    payload = hashlib.sha1(answer.body, usedforsecurity=False).digest()
    given = {"Content-Type": "application/http; msgtype=response", "WARC-Concurrent-To": request_id}
    return _record("request", request_id, answer.began, shared | asked, answer.request) + _record(
        "response", answer_id, answer.began, shared | given, head + answer.body, payload
    )


def _kept(answer: Answer) -> Iterator[tuple[bytes, bytes]]:
    """The headers as they came, but the transfer coding, which is undone, under a name that no reader obeys."""
    for name, value in answer.headers:
        yield (b"X-Archive-Orig-" + name if name.lower() == b"transfer-encoding" else name), value


def _warcinfo(name: str, software: str) -> tuple[str, bytes]:
    """Id and bytes of the record that says what wrote the records after it."""
    number = f"<urn:uuid:{uuid4()}>"
    fields = f"software: {software}\r\nformat: WARC File Format 1.1\r\nrobots: obey\r\n"
    headers = {"Content-Type": "application/warc-fields", "WARC-Filename": name}
    return number, _record("warcinfo", number, dt.datetime.now(dt.UTC), headers, fields.encode())


def _record(
    kind: str, number: str, when: dt.datetime, headers: dict[str, str], block: bytes, payload: bytes | None = None
) -> bytes:
    """A record as one gzip member."""
    from fastwarc.stream_io import GzipWriter
    from fastwarc.warc import WarcRecord, WarcRecordType

    record = WarcRecord()
    record.init_headers(getattr(WarcRecordType, kind))
    record.record_id = number
    record.record_date = when
    for name, value in headers.items():
        record.headers[name] = value
    record.set_bytes_content(block)
    packed = io.BytesIO()
    record.write(GzipWriter(packed), checksum_data=True, payload_digest=payload)
    return packed.getvalue()
