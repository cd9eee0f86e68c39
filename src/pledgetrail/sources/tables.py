"""Tables of delimited text: CSV, TSV and their kin. A row is a report; columns are named by the user or by custom."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.columns import Columns, NoColumn, address_column, columns_of, known_columns, listed
from pledgetrail.sources.decoding import NotText, decode
from pledgetrail.sources.delimited import SAMPLE, Broken, Manner, manner_of, rows, text_lines
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.rows import BadRecord, addresses_only, report

_PREAMBLE: Final = 10  # rows among which the header is looked for
_ESCAPED: Final = re.compile("[\udc80-\udcff]")  # a byte that was not of the file's encoding

Row = list[str] | Broken


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it lies open: its header (empty if it has none), and its rows from the first record on."""

    header: list[str]
    rows: Iterator[Row]


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The reports of a CSV or TSV file in order; a row that cannot be read is a Problem named ``source#record``.

    Records are counted from 1 below the header, and one without an id of its own is ``id#record``. Encoding,
    delimiter and quoting are told from the start of the file. A table that names pages without their texts is one
    Problem. Raises OSError.
    """
    source = item.source
    try:
        manner = manner_for(item, settings)
    except NotText as error:
        yield Problem(source, error.kind, f"{source}: {error}")
        return
    with item.open() as stream:
        table = open_table(rows(text_lines(stream, manner, _limit(settings)), manner, _limit(settings)), settings)
        if table is None:
            yield Problem(source, "empty", f"{source}: no record in it")
            return
        try:
            columns = columns_of(table.header, settings.columns)
        except NoColumn as error:
            yield _not_readable(table, settings, source, error)
            return
        yield from _reports(table, columns, item)


def manner_for(item: Input, settings: Settings) -> Manner:
    """How a delimited file is written. Raises NotText and OSError."""
    with item.open() as stream:
        head = stream.read(SAMPLE)
    return manner_of(head, lambda row: known_columns(row, settings.columns))


def open_table(found: Iterator[Row], settings: Settings) -> Table | None:
    """The table in rows that may have lines of another kind above the header; None if there is no row."""
    first = list(itertools.islice(found, _PREAMBLE))
    if not first:
        return None
    names = [known_columns(row, settings.columns) if isinstance(row, list) else 0 for row in first]
    best = names.index(max(names))
    if not names[best]:
        best = next((index for index, row in enumerate(first) if isinstance(row, list)), 0)
    header = first[best]
    if not isinstance(header, list) or any(map(is_address, header)):
        return Table([], itertools.chain(first, found))
    return Table(header, itertools.chain(first[best + 1 :], found))


def is_address(cell: str) -> bool:
    """Whether a cell is the address of a page."""
    return cell.lstrip().startswith(("http://", "https://"))


def addresses_in(table: Table, chosen: Mapping[str, str]) -> Iterator[str]:
    """The addresses of the pages that a table names: its column of addresses, or the first address of each row."""
    name = address_column(table.header, chosen)
    index = table.header.index(name) if name is not None else None
    for row in table.rows:
        if isinstance(row, Broken):
            continue
        cells = row if index is None else row[index : index + 1]
        yield from itertools.islice((cell.strip() for cell in cells if is_address(cell)), 1)


def _limit(settings: Settings) -> int:
    return settings.limits.line_bytes


def _not_readable(table: Table, settings: Settings, source: str, error: NoColumn) -> Problem:
    """Why no report can be made of a table: a chosen column is not there, it only lists pages, or it has no text."""
    if error.kind == "no-text" and (number := sum(1 for _ in addresses_in(table, settings.columns))):
        return addresses_only(source, number)
    return Problem(source, error.kind, f"{source}: {error}")


def _reports(table: Table, columns: Columns, item: Input) -> Iterator[RawReport | Problem]:
    number = 0
    for number, row in enumerate(table.rows, start=1):
        place = f"{item.source}#{number}"
        try:
            if isinstance(row, Broken):
                raise BadRecord(row.kind, row.message)
            if any(map(str.strip, row)):
                named = _named(row, table.header)
                yield report(named, columns, source=item.source, fallback=f"{item.id}#{number}")
        except BadRecord as error:
            yield Problem(place, error.kind, f"{place}: {error}")
    if not number:
        yield Problem(item.source, "empty", f"{item.source}: no record in it; {listed(table.header)}")


def _named(row: list[str], header: list[str]) -> dict[str, object]:
    """The cells of a row by the names of their columns. Raises BadRecord for a row that no header explains."""
    if any("\x00" in cell for cell in row):
        raise BadRecord("binary", "the record holds NUL bytes")
    if any(map(str.strip, row[len(header) :])):
        raise BadRecord("ragged", f"the record has {len(row)} cells, the header {len(header)}: which is which?")
    pairs = zip(reversed(header[: len(row)]), reversed(row[: len(header)]), strict=True)  # of equal names the first
    return {name: _cell(cell) for name, cell in pairs}


def _cell(cell: str) -> str:
    """A cell whose bytes are of another encoding than the file's start is decoded by itself."""
    if _ESCAPED.search(cell) is None:
        return cell
    try:
        return decode(cell.encode("utf-8", errors="surrogateescape"))
    except NotText as error:
        raise BadRecord(error.kind, str(error)) from None
    except UnicodeEncodeError:
        raise BadRecord("undecodable", "a cell is of another encoding than the rest") from None
