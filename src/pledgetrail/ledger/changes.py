"""What builds changed in a ledger: rows that came, rows that more reports speak of, rows that say something else."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, select

from pledgetrail.ledger.errors import UnknownRow
from pledgetrail.ledger.queries import Entry, read_entry
from pledgetrail.ledger.schema import builds, documents, row_aliases, row_statements, rows, statements, withdrawn_rows
from pledgetrail.ledger.store import open_ledger
from pledgetrail.records import Span

ChangeKind = Literal["new", "evidence", "changed", "withdrawn"]

#: Columns of a row whose change is no news of its own: they follow from others, or from the evidence.
_SILENT: Final = frozenset(
    "issued id act_key content extracted alternatives sentence document confidence origins earliest latest when_basis"
    " amount_text part_of".split()
)


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is not as it was. ``entry`` is None if it is gone."""

    kind: ChangeKind
    row: str
    entry: Entry | None = None
    cells: tuple[tuple[str, Any, Any], ...] = ()  # column, value before, value now
    evidence: tuple[Span, ...] = ()  # sentences that were not there before


class Before:
    """A ledger as it was at one moment, to be compared with what it has become."""

    def __init__(self, path: Path, connection: Connection | None) -> None:
        """``connection`` sees the ledger as it was; None if there was none."""
        self._path = path
        self._old = connection
        self._last = _last_build(connection) if connection is not None else 0

    def changes(self) -> Iterator[Change]:
        """What is different now, in the order in which rows were issued. Rows that are gone come last."""
        with open_ledger(self._path) as ledger, ledger.reading() as now:
            read = select(documents.c.id).where(documents.c.build_id > self._last)
            touched = _rows_of(now, list(now.execute(read).scalars()))
            if self._old is not None:
                touched |= _rows_of(self._old, list(now.execute(read).scalars()))
            later = row_aliases.c.build_id > self._last
            touched |= set(now.execute(select(row_aliases.c.row_id).where(later)).scalars())
            for row in _in_order(now, touched):
                change = self._compare(now, row)
                if change is not None:
                    yield change
            gone = select(withdrawn_rows.c.id).where(withdrawn_rows.c.build_id > self._last)
            for row in now.execute(gone.order_by(withdrawn_rows.c.id)).scalars():
                yield Change("withdrawn", row)

    def _compare(self, now: Connection, row: str) -> Change | None:
        entry = _entry(now, row)
        if entry is None:
            return None
        before = _entry(self._old, row) if self._old is not None else None
        spans = entry.row.content.evidence
        if before is None:
            return Change("new", row, entry, (), spans)
        had = {(span.document, span.quote) for span in before.row.content.evidence}
        more = tuple(span for span in spans if (span.document, span.quote) not in had)
        cells = tuple(
            (name, before.columns[name], value)
            for name, value in entry.columns.items()
            if name not in _SILENT and before.columns.get(name) != value
        )
        if cells:
            return Change("changed", row, entry, cells, more)
        return Change("evidence", row, entry, (), more) if more else None


@contextlib.contextmanager
def compared(path: Path) -> Iterator[Before]:
    """The ledger as it is at the beginning of the block, whatever is written meanwhile. Raises LedgerError."""
    if not path.exists() or not path.stat().st_size:
        yield Before(path, None)
        return
    with open_ledger(path) as ledger, ledger.reading() as connection:
        yield Before(path, connection)  # the first look, which fixes what is seen, is at the number of builds


def _last_build(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(builds.c.id), 0))).scalar_one())


def _rows_of(connection: Connection, names: Iterable[str]) -> set[str]:
    """The rows that documents speak of."""
    found: set[str] = set()
    for some in _some(names):
        query = (
            select(row_statements.c.row_id)
            .join(statements, statements.c.id == row_statements.c.statement_id)
            .where(statements.c.document.in_(some))
        )
        found |= set(connection.execute(query).scalars())
    return found


def _in_order(connection: Connection, names: Iterable[str]) -> Iterator[str]:
    found: list[tuple[int, str]] = []
    for some in _some(names):
        found += [
            (issued, row)
            for issued, row in connection.execute(select(rows.c.issued, rows.c.id).where(rows.c.id.in_(some)))
        ]
    for _, row in sorted(found):
        yield row


def _some(names: Iterable[str]) -> Iterator[list[str]]:
    """At most 500 at a time, as many as a query takes."""
    left = iter(names)
    while some := list(itertools.islice(left, 500)):
        yield some


def _entry(connection: Connection, row: str) -> Entry | None:
    try:
        entry = read_entry(connection, row)
    except UnknownRow:
        return None
    return entry if entry.row.id == row else None  # else it shows as part of another
