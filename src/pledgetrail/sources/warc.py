"""WARC files: each HTML page that a crawler was given is one report. Plain or gzip, read from front to back."""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.archives import budget_of, unpacked
from pledgetrail.sources.bounds import Unreadable
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.limits import Limits
from pledgetrail.sources.names import printable
from pledgetrail.sources.pages import report_from_page
from pledgetrail.sources.payloads import content, is_page
from pledgetrail.sources.tape import HEADER, Tape

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

#: What Settings.passed_over counts the records under that hold no page: requests, images, redirects, metadata.
PASSED_OVER: Final = "WARC records without a page"

_MENDS: Final = 1000  # broken places after which the rest of a file is given up
_HEADERS: Final = 64 * 1024  # of a record or a response
_BLANK: Final = re.compile(rb"\r?\n")
_END_OF_HEADERS: Final = re.compile(rb"\r?\n\r?\n")


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The pages of a WARC file in order, one record in memory at a time. Raises OSError.

    Only responses of status 200 that are HTML are read; what else there is, is counted in ``passed_over``. A page's
    id is ``item#record id``, its url the record's target. Where records are broken, the break is a Problem, and
    reading goes on at the next record that can be found.
    """
    limits = settings.limits
    budget = budget_of(item, limits)
    layer = unpacked(item, budget, mend=True)
    with io.BufferedReader(layer, 1 << 16) if layer else item.open() as stream:
        try:
            for found in _Reading(item, settings, stream).all():
                if layer is None or not layer.mended or not isinstance(found, Problem) or found.kind != "no-record":
                    yield found
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # how code in Rust says that it met what it did not expect
                raise
            yield Problem(item.source, "damaged", f"{item.source}: damaged so that the rest cannot be read ({error})")
        if layer is not None and layer.mended:
            places = "one place" if layer.mended == 1 else f"{layer.mended:,} places"
            yield Problem(item.source, "damaged", f"{item.source}: the packed data are damaged or cut off in {places}")


@dataclass(slots=True)
class _Held:
    """The last record, until what follows has shown that its length was right."""

    name: str
    start: int
    result: RawReport | Problem | None
    complete: bool = True


class _Reading:
    """One pass over a file."""

    def __init__(self, item: Input, settings: Settings, stream: BinaryIO) -> None:
        self._item, self._settings = item, settings
        self._tape = Tape(stream, settings.limits.record_bytes + (1 << 20))
        self._number = 0
        self._held: _Held | None = None

    def all(self) -> Iterator[RawReport | Problem]:
        start = self._tape.find(0)
        if start is None:
            yield self._problem("no-record", "no WARC record in it")
            return
        if start > 0:
            yield self._problem("damaged", f"the first record starts only at byte {start:,}")
        for _ in range(_MENDS):
            broken = yield from self._until_broken(start)
            if not broken:
                return
            next_start = self._tape.find(self._held.start + 1 if self._held else start + 1)
            self._held = None
            if next_start is None:
                return
            start = next_start
        yield self._problem("damaged", f"broken in {_MENDS:,} places; the rest of it is not read")

    def _until_broken(self, start: int) -> Generator[RawReport | Problem, None, bool]:
        """Records from a position on. Returns whether the file is broken behind the last of them."""
        from fastwarc.warc import ArchiveIterator

        records = iter(ArchiveIterator(self._tape, parse_http=False, stream_detect=False, max_header_len=_HEADERS))
        while True:
            try:
                record = next(records)
            except StopIteration:
                yield from self._release()
                return not (self._held is None or self._held.complete)
            except Unreadable:
                raise
            except OSError as error:
                yield from self._release_before_break(start, str(error))
                return True
            yield from self._release()
            self._number += 1
            held = _Held(self._name(record), record.stream_pos, None)
            self._tape.forget(held.start)
            self._held = held
            held.result = self._read(record, held)
            if not held.complete:
                yield from self._release()
                return True

    def _release(self) -> Iterator[RawReport | Problem]:
        if self._held is not None and self._held.result is not None:
            yield self._held.result
            self._held.result = None

    def _release_before_break(self, start: int, why: str) -> Iterator[RawReport | Problem]:
        """After a break: the record before it, unless its length was what is wrong."""
        held = self._held
        if held is None:
            yield self._problem("damaged", f"the record at byte {start:,} cannot be read ({why}); went on at the next")
        elif self._ends_where_it_says(held.start):
            yield from self._release()
            yield self._problem("damaged", f"something that is no record follows {held.name}; went on at the next")
        else:
            held.result = None
            yield self._problem("wrong-length", "the record is longer than it says; not read", held.name)

    def _ends_where_it_says(self, start: int) -> bool:
        headers = self._tape.at(start, _HEADERS)
        end = _END_OF_HEADERS.search(headers)
        length = re.search(rb"\nContent-Length:[ \t]*(\d{1,15})\s", headers[: end.end()] if end else b"", re.IGNORECASE)
        if end is None or length is None:
            return False
        return _BLANK.match(self._tape.at(start + end.end() + int(length[1]), 2)) is not None

    def _read(self, record: WarcRecord, held: _Held) -> RawReport | Problem | None:
        """What a record holds, None if no page. Notes in ``held`` if the record is not complete."""
        limits = self._settings.limits
        if "Content-Length" not in record.headers:
            held.complete = False
            return self._problem("damaged", "the record's headers are cut off or have no length", held.name)
        page = False
        if record.is_http and (record.headers.get("WARC-Type") or "").strip().lower() == "response":
            try:
                record.parse_http(auto_decode="none", quirks_mode=True, max_header_len=_HEADERS)
            except Unreadable:
                raise
            except OSError as error:
                return self._problem("damaged", f"its HTTP headers cannot be read ({error})", held.name)
            page = is_page(record)
        length = record.content_length
        if not page or length > limits.record_bytes:
            held.complete = record.reader.consume() >= length
            if page:
                return self._problem("too-long", f"longer than {limits.record_bytes:,} bytes", held.name)
            self._settings.passed_over[PASSED_OVER] += 1
            return None if held.complete else self._cut(held.name)
        body = record.reader.read(length)
        return self._page(record, body, length, held, limits)

    def _page(
        self, record: WarcRecord, body: bytes, length: int, held: _Held, limits: Limits
    ) -> RawReport | Problem | None:
        if HEADER.search(body):
            held.complete = False
            return self._problem("wrong-length", "the record says a length that reaches into the next", held.name)
        if len(body) < length:
            held.complete = False
            return self._cut(held.name)
        try:
            data = content(record, body, limits.page_bytes + 1)
        except Unreadable as error:
            return self._problem(error.kind, str(error), held.name)
        if data is None:
            self._settings.passed_over[PASSED_OVER] += 1
            return None
        found = report_from_page(
            data,
            source=f"{self._item.source}#{held.name}",
            id=f"{self._item.id}#{held.name}",
            url=(record.headers.get("WARC-Target-URI") or "").strip("<> ") or None,
            charset=record.http_charset,
            limits=limits,
        )
        if isinstance(found, Problem):
            return found
        return replace(found, source=self._item.source, partial=found.partial or "WARC-Truncated" in record.headers)

    def _name(self, record: WarcRecord) -> str:
        """What the record is called: its id without brackets, or its number."""
        return printable((record.record_id or "").strip("<> ")) or str(self._number)

    def _cut(self, name: str) -> Problem:
        return self._problem("truncated", "the record is cut off, or says a wrong length; not read", name)

    def _problem(self, kind: str, what: str, record: str | None = None) -> Problem:
        place = self._item.source if record is None else f"{self._item.source}#{record}"
        return Problem(place, kind, f"{place}: {what}")
