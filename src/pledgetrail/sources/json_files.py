"""JSON files: an array of records, one record, an object with a list of them, or records one after the other."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.json_pieces import Piece, pieces
from pledgetrail.sources.jsonl import digest_of
from pledgetrail.sources.objects import AddressOnly, parse, records_of, report_of
from pledgetrail.sources.rows import BadRecord, addresses_only

_PATIENCE: Final = 100  # values that are no objects after which a file without any record is given up


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The reports of a JSON file in order, one in memory at a time; a bad record is a Problem named ``source#record``.

    Records are counted from 1, and one without an id of its own is ``id#record``. Records that only name a page are
    counted in one Problem. Raises OSError.
    """
    reading = _Reading(item, settings)
    yield from reading.reports(records(item, settings))
    yield from reading.end()


def records(item: Input, settings: Settings) -> Iterator[tuple[object, bytes] | BadRecord]:
    """The records of a JSON file as parsed, each with the bytes it was parsed from. Raises OSError."""
    limit = settings.limits.line_bytes
    with item.open() as stream:
        found = pieces(stream, limit)
        first = next(found, None)
        if first is None or first.data is not None:
            for piece in itertools.chain([] if first is None else [first], found):
                yield from _of_piece(piece, settings)
            return
    yield from _inside(item, settings)


def _inside(item: Input, settings: Settings) -> Iterator[tuple[object, bytes] | BadRecord]:
    """The records of a file that starts with a value too large to be held: the objects in the lists in it."""
    limit = settings.limits.line_bytes
    any_found = False
    with item.open() as stream:
        array = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    with item.open() as stream:
        for piece in pieces(stream, limit, inside=not array):
            for record in _of_piece(piece, settings):
                if isinstance(record, BadRecord) or isinstance(record[0], dict):
                    any_found = True
                    yield record
    if not any_found:
        yield BadRecord("too-long", f"it is longer than {limit:,} bytes and has no list of records")


def _of_piece(piece: Piece, settings: Settings) -> Iterator[tuple[object, bytes] | BadRecord]:
    if piece.data is None:
        yield BadRecord("too-long", f"the record is longer than {settings.limits.line_bytes:,} bytes; skipped")
        return
    if not piece.data:
        yield BadRecord("truncated-json", "the JSON is cut off here")
        return
    try:
        value = parse(piece.data)
    except BadRecord as error:
        if piece.whole:
            yield error
        return
    for record in records_of(value, settings.columns):
        yield record, piece.data if record is value else json.dumps(record, sort_keys=True).encode()


class _Reading:
    """What has been met in one file so far."""

    def __init__(self, item: Input, settings: Settings) -> None:
        self._item = item
        self._settings = settings
        self._number = 0
        self._objects = 0
        self._listed = 0

    def reports(self, found: Iterator[tuple[object, bytes] | BadRecord]) -> Iterator[RawReport | Problem]:
        """A report or problem for each record."""
        for record in found:
            self._number += 1
            place = f"{self._item.source}#{self._number}"
            try:
                if isinstance(record, BadRecord):
                    raise record
                self._objects += isinstance(record[0], dict)
                if not self._objects:
                    if self._number > _PATIENCE:
                        return
                    continue
                yield self._report(*record)
            except BadRecord as error:
                self._objects += 1
                yield Problem(place, error.kind, f"{place}: {error}")
            except AddressOnly:
                self._listed += 1

    def _report(self, value: object, data: bytes) -> RawReport:
        return report_of(
            value,
            self._settings.columns,
            source=self._item.source,
            fallback=f"{self._item.id}#{self._number}",
            digest=digest_of(data, self._settings),
        )

    def end(self) -> Iterator[Problem]:
        """What is to be said of the file as a whole."""
        source = self._item.source
        if self._listed:
            yield addresses_only(source, self._listed)
        if not self._number:
            yield Problem(source, "empty", f"{source}: no record in it")
        elif not self._objects:
            yield Problem(source, "not-a-record", f"{source}: no JSON object in it")
