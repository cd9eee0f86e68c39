"""Parquet files, some rows at a time. A row is a report; columns are named by the user or by custom."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.columns import Columns, NoColumn, address_column, columns_of
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.rows import BadRecord, addresses_only, report

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

_ROWS: Final = 32  # at a time: few, since each text may be as long as a report may be
_SPOOLED: Final = 64 * 1024 * 1024  # of an unpacked member, held in memory before it goes to disk


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The reports of a Parquet file in order; a bad row is a Problem named ``source#record``, counted from 1.

    Only the columns that are wanted are read. A table that names pages without their texts is one Problem. Raises
    OSError where the file itself cannot be opened.
    """
    import pyarrow as pa  # slow to import, and seldom needed

    source = item.source
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(_seekable(stack.enter_context(item.open()), settings.limits.spooled_bytes))
        try:
            file = _opened(stream)
            columns = _columns(file, settings, source)
            if isinstance(columns, Problem):
                yield columns
                return
            yield from _reports(file, columns, item, settings)
        except (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError) as error:
            why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            yield Problem(source, "corrupt", f"{source}: no valid Parquet from here on ({why})")


def addresses_in(item: Input, settings: Settings) -> Iterator[str]:
    """The addresses in a file's column of addresses, as far as the file is valid. Raises OSError."""
    import pyarrow as pa

    with item.open() as opened, _seekable(opened, settings.limits.spooled_bytes) as stream:
        with contextlib.suppress(pa.ArrowException, ValueError, MemoryError):
            file = _opened(stream)
            name = address_column(file.schema_arrow.names, settings.columns)
            for batch in file.iter_batches(columns=[name], use_threads=False) if name is not None else ():
                values = (_value(cell) for cell in batch.column(0))
                yield from (v.strip() for v in values if isinstance(v, str) and v.startswith(("http://", "https://")))


@contextlib.contextmanager
def _seekable(stream: BinaryIO, limit: int) -> Iterator[BinaryIO]:
    """The stream itself, or a copy of one that can only be read forwards: a Parquet file is read from its end.

    A copy holds no more than ``limit`` bytes, and what was cut off there is no Parquet.
    """
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as copy:
        while copy.tell() < limit and (chunk := stream.read(1 << 20)):
            copy.write(chunk)
        copy.seek(0)
        yield copy  # type: ignore[misc]  # it has all methods of a binary stream


def _opened(stream: BinaryIO) -> ParquetFile:
    from pyarrow.parquet import ParquetFile

    # limits on what the footer may claim
    return ParquetFile(stream, thrift_string_size_limit=1 << 26, thrift_container_size_limit=1 << 20)


def _columns(file: ParquetFile, settings: Settings, source: str) -> Columns | Problem:
    """The columns to read, or why there are none."""
    header: list[str] = file.schema_arrow.names
    try:
        columns = columns_of(header, settings.columns)
    except NoColumn as error:
        name = address_column(header, settings.columns)
        if error.kind == "no-text" and name is not None:
            return addresses_only(source, file.metadata.num_rows)
        return Problem(source, error.kind, f"{source}: {error}")
    if not file.metadata.num_rows:
        return Problem(source, "empty", f"{source}: no record in it")
    return columns


def _reports(file: ParquetFile, columns: Columns, item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    wanted = sorted({*columns.names.values(), *([columns.teaser] if columns.teaser else [])})
    number = 0
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if _size(file, group, wanted) > settings.limits.spooled_bytes:
            place = f"{item.source}#{number + 1}"
            yield Problem(place, "too-long", f"{place}: {rows:,} rows unpack to too much; skipped")
            number += rows
            continue
        for batch in file.iter_batches(batch_size=_ROWS, row_groups=[group], columns=wanted, use_threads=False):
            for row in _rows(batch):
                number += 1
                place = f"{item.source}#{number}"
                try:
                    yield report(row, columns, source=item.source, fallback=f"{item.id}#{number}")
                except BadRecord as error:
                    yield Problem(place, error.kind, f"{place}: {error}")


def _size(file: ParquetFile, group: int, wanted: list[str]) -> int:
    """What the wanted columns of a row group unpack to, as its footer says."""
    held = file.metadata.row_group(group)
    parts = [held.column(index) for index in range(held.num_columns)]
    return sum(part.total_uncompressed_size for part in parts if part.path_in_schema.split(".")[0] in wanted)


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, object]]:
    """The rows with Python values. Points in time are cut to microseconds, the finest that Python has."""
    import pyarrow as pa

    columns = []
    for column in batch.columns:
        kind = column.type
        if pa.types.is_timestamp(kind):
            column = column.cast(pa.timestamp("us", tz=kind.tz), safe=False)
        columns.append([_value(cell) for cell in column])
    for values in zip(*columns, strict=True):
        yield dict(zip(batch.schema.names, values, strict=True))


def _value(cell: pa.Scalar) -> object:
    try:
        value: object = cell.as_py()
    except (ValueError, OverflowError, OSError):  # a year that Python has not, or text that is no UTF-8
        return None
    return value
