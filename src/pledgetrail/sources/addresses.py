"""The addresses of pages that a file lists, whatever kind of list it is: what ``pledgetrail fetch`` is to fetch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from pledgetrail.sources.decoding import NotText
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.json_files import records
from pledgetrail.sources.objects import address_of
from pledgetrail.sources.rows import BadRecord

_SCHEMES: Final = ("http://", "https://")
_PARQUET: Final = b"PAR1"
_LONGEST: Final = 8192  # characters of an address; browsers and servers take no more
_SAMPLE: Final = 50


def addresses(item: Input, settings: Settings) -> Iterator[str]:
    """The addresses that a file lists, in order, repeats included; streamed.

    Read are plain lists (one a line, lines that start with ``#`` left out), tables with a column of addresses or, where
    they have no header, an address in each row, JSON and JSON Lines, Parquet. Nothing is said of lines and records
    without one. Raises OSError.
    """
    with item.open() as stream:
        head = stream.read(4096)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(_PARQUET):
        yield from _in_parquet(item, settings)
    elif start.startswith((b"{", b"[")):
        for record in records(item, settings):
            if not isinstance(record, BadRecord) and (address := address_of(record[0], settings.columns)):
                yield address
    elif is_list(head.decode("utf-8", "replace")):
        yield from _in_lines(item)
    else:
        yield from _in_table(item, settings)


def is_list(text: str) -> bool:
    """Whether a text is nothing but addresses, one a line, and comments. A last line may be cut."""
    lines = [line.strip() for line in itertools.islice(text.splitlines(), _SAMPLE)]
    told = [line for line in lines if line and not line.startswith("#")]
    return bool(told) and all(line.startswith(_SCHEMES) and not _is_row(line) for line in told[: max(1, len(told) - 1)])


def count(text: str) -> int:
    """How many addresses a list of addresses has."""
    return sum(line.lstrip().startswith(_SCHEMES) for line in text.splitlines())


def _is_row(line: str) -> bool:
    return any(mark in line for mark in (" ", "\t", ",http", ";http"))


def _in_lines(item: Input) -> Iterator[str]:
    with item.open() as stream:
        while line := stream.readline(_LONGEST):
            address = line.decode("utf-8", "replace").lstrip("\ufeff").strip()
            if address.startswith(_SCHEMES) and len(line) < _LONGEST:
                yield address


def _in_table(item: Input, settings: Settings) -> Iterator[str]:
    from pledgetrail.sources.delimited import rows, text_lines
    from pledgetrail.sources.tables import addresses_in, manner_for, open_table

    try:
        manner = manner_for(item, settings)
    except NotText:
        return
    limit = settings.limits.line_bytes
    with item.open() as stream:
        table = open_table(rows(text_lines(stream, manner, limit), manner, limit), settings)
        if table is not None:
            yield from addresses_in(table, settings.columns)


def _in_parquet(item: Input, settings: Settings) -> Iterator[str]:
    from pledgetrail.sources.parquet import addresses_in

    yield from addresses_in(item, settings)
