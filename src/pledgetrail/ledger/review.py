"""Reviewers' work on a ledger: record a decision, see a row as decided, list what applies nowhere.

Decisions are append-only. What a row shows is the fold of the decisions that stand over what was extracted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pledgetrail.ledger import reattaching
from pledgetrail.ledger.decisions import Action, Decision, selection, undone
from pledgetrail.ledger.decisions import read_decision as _read
from pledgetrail.ledger.errors import InvalidDecision, StaleRow, UnknownRow
from pledgetrail.ledger.folding import CHUNK, resolve
from pledgetrail.ledger.queries import read_row, read_rows
from pledgetrail.ledger.recording import Ready, Wanted, append_all, check, make, next_number, stamp
from pledgetrail.ledger.schema import decisions, row_changes, rows
from pledgetrail.ledger.store import Ledger
from pledgetrail.records import Row, Span

__all__ = [
    "Action",
    "Batch",
    "Decision",
    "Wanted",
    "decision",
    "decisions_on",
    "last_change",
    "last_standing",
    "record",
    "record_all",
    "shown",
    "stamp",
    "unattached",
]

#: What can be decided for many rows at once.
BATCHED: Final[tuple[Action, ...]] = ("accept", "reject", "edit", "comment", "undo")


@dataclass(frozen=True, slots=True)
class Batch:
    """Decisions made as one: their common name, their numbers, and the rows that were refused with the reason."""

    name: str
    made: tuple[int, ...]
    refused: tuple[tuple[str, str], ...]


def record(
    ledger: Ledger,
    action: Action,
    row: str,
    *,
    reviewer: str,
    reason: str = "",
    cell: str | None = None,
    new: Any = None,
    other: str | None = None,
    moved: Sequence[str] = (),
    undoes: int | None = None,
    spans: Sequence[Span] = (),
    time: dt.datetime | None = None,
    expected: str | None = None,
) -> Decision:
    """Append a decision about a row (id or alias) and fold the row anew. Returns the decision.

    ``edit`` needs ``cell`` and ``new`` (in the form of the export contract, None empties the cell); ``second`` needs
    ``new``, accepted or rejected, and a verdict of somebody else; ``merge`` needs ``other``, the row to take in;
    ``split`` needs ``moved``, ids of statements that leave for a row of their own, whose id is the decision's
    ``other``; ``undo`` needs ``undoes``, a decision's id. Rows are added by ``adding.add``. ``spans`` are the words
    the decision was made on; without them, those of the row's sentences. ``expected`` is the stamp of
    the row as the reviewer saw it. Raises UnknownRow, InvalidDecision and, if the row has another stamp by now,
    StaleRow; then nothing is recorded.
    """
    wanted = Wanted(
        action=action, row=row, reason=reason, cell=cell, new=new, other=other, moved=moved, undoes=undoes,
        spans=spans, expected=expected,
    )  # fmt: skip
    with ledger.writing() as connection:
        number, touched = make(connection, wanted, reviewer, time)
        reattaching.refresh_with_parts(connection, touched)
        return decision(connection, number)


def record_all(
    ledger: Ledger,
    wanted: Iterable[Wanted],
    *,
    reviewer: str,
    seen: int | None = None,
    time: dt.datetime | None = None,
) -> Batch:
    """Append many decisions under one name, in one transaction; each can be undone by itself.

    ``seen`` is the number of the ledger's last change that the reviewer knew of (``last_change``): a row that has
    changed since is refused, as is a decision that does not fit its row. The others are recorded. Merges, splits and
    second opinions are made one by one. Raises InvalidDecision for those, and for a reviewer without a name.
    """
    ready: list[Ready] = []
    refused: list[tuple[str, str]] = []
    whole = list(wanted)
    with ledger.writing() as connection:
        changed = _changed_since(connection, seen)
        rows_read = read_rows(connection, sorted({one.row for one in whole}))
        undone_read = _read_undone(connection, whole)
        name, made = f"b-{next_number(connection)}", list[int]()
        for one in whole:
            if one.action not in BATCHED:
                raise InvalidDecision(f"{one.action} is decided one by one; together go {', '.join(BATCHED)}")
            if one.expected is not None or (one.undoes is not None and one.undoes not in undone_read):
                # the stamp may be of a row that was decided just before, and so may be what is undone
                made += append_all(connection, ready[len(made) :], reviewer, time, name)
            try:
                if changed and resolve(connection, one.row) in changed:
                    raise StaleRow(f"{one.row}: has changed since it was shown; look again, then decide", one.row)
                before = undone_read.get(one.undoes) if one.undoes is not None else None
                ready.append(check(connection, one, reviewer, rows_read.get(one.row), before))
            except (UnknownRow, InvalidDecision, StaleRow) as error:
                refused.append((one.row, str(error)))
        made += append_all(connection, ready[len(made) :], reviewer, time, name)
        reattaching.refresh_with_parts(connection, sorted({row for one in ready for row in one.touched}))
    return Batch(name, tuple(made), tuple(refused))


def _read_undone(connection: Connection, wanted: Sequence[Wanted]) -> dict[int, Decision]:
    """The decisions that are to be undone."""
    numbers = sorted({one.undoes for one in wanted if one.undoes is not None})
    found: dict[int, Decision] = {}
    for at in range(0, len(numbers), CHUNK):
        query = selection().where(decisions.c.id.in_(numbers[at : at + CHUNK]))
        found |= {row["id"]: _read(row) for row in connection.execute(query).mappings()}
    return found


def last_change(connection: Connection) -> int:
    """The number of the ledger's last change of a row."""
    return int(connection.execute(select(func.coalesce(func.max(row_changes.c.seq), 0))).scalar_one())


def _changed_since(connection: Connection, seen: int | None) -> frozenset[str]:
    """The rows that have changed since a change; none if there is none to ask for."""
    if seen is None:
        return frozenset()
    query = select(rows.c.id).join(row_changes, rows.c.issued == row_changes.c.issued).where(row_changes.c.seq > seen)
    return frozenset(connection.execute(query).scalars())


def last_standing(connection: Connection, reviewer: str) -> Decision | None:
    """The latest decision of a reviewer that can be undone: one that stands, and is no undo or comment."""
    before: int | None = None
    while True:
        query = selection().where(decisions.c.reviewer == reviewer, decisions.c.action.not_in(("undo", "comment")))
        query = query.order_by(None).order_by(decisions.c.id.desc()).limit(50)
        page = connection.execute(query if before is None else query.where(decisions.c.id < before)).mappings().all()
        if not page:
            return None
        gone = undone(connection, [row["id"] for row in page])
        for row in page:
            if row["id"] not in gone and row["attached"] is not None:
                return _read(row)
        before = page[-1]["id"]


def shown(ledger: Ledger, row: str) -> Row:
    """A row (id or alias) as decided; a row that was merged into another is shown as that. Raises UnknownRow."""
    with ledger.reading() as connection:
        return read_row(connection, row)


def decisions_on(ledger: Ledger, row: str) -> list[Decision]:
    """All decisions that apply to a row, undone ones and undos too, in the order they were made."""
    with ledger.reading() as connection:
        return reattaching.decided(connection, read_row(connection, row).id)


def unattached(ledger: Ledger) -> list[Decision]:
    """The decisions that apply to no row any more, each with the reason in ``note``."""
    with ledger.reading() as connection:
        return reattaching.unattached(connection)


def decision(connection: Connection, number: int) -> Decision:
    """A decision by its number."""
    return _read(connection.execute(selection().where(decisions.c.id == number)).mappings().one())
