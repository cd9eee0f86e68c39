"""Reviewers' work on a ledger: record a decision, see a row as decided, list what applies nowhere.

Decisions are append-only. What a row shows is the fold of the decisions that stand over what was extracted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from pledgetrail.ledger import identity, reattaching
from pledgetrail.ledger.codec import dumps, spans_list, statement_dict
from pledgetrail.ledger.decisions import ACTIONS, Action, Decision, edit, selection, show_cell, undone
from pledgetrail.ledger.decisions import read_decision as _read
from pledgetrail.ledger.errors import InvalidDecision, StaleRow
from pledgetrail.ledger.folding import resolve
from pledgetrail.ledger.schema import attachments, decision_spans, decisions
from pledgetrail.ledger.store import Ledger
from pledgetrail.records import Row, Span

__all__ = ["Action", "Decision", "decisions_on", "last_standing", "record", "shown", "stamp", "unattached"]


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

    ``edit`` needs ``cell`` and ``new`` (in the form of the export contract, None empties the cell); ``merge`` needs
    ``other``, the row to take in; ``split`` needs ``moved``, ids of statements that leave for a row of their own,
    whose id is the decision's ``other``; ``undo`` needs ``undoes``, a decision's id. ``spans`` are the words the
    decision was made on; without them, those of the cell or of the row's evidence. ``expected`` is the stamp of the
    row as the reviewer saw it. Raises UnknownRow, InvalidDecision and, if the row has another stamp by now, StaleRow;
    then nothing is recorded.
    """
    if action not in ACTIONS:
        raise InvalidDecision(f"{action!r} is no decision; there are {', '.join(ACTIONS)}")
    if not reviewer.strip():
        raise InvalidDecision("a decision needs a named reviewer")
    with ledger.writing() as connection:
        current = _row(connection, row)
        if expected is not None and stamp(connection, current) != expected:
            raise StaleRow(f"{current.id}: has changed since it was shown; look again, then decide")
        values: dict[str, Any] = {"cell": None, "old": None, "new": None, "other": None}
        words = tuple(spans)
        touched = [current.id]
        if action == "edit":
            values, words = _edit(current, cell, new, words)
        elif action == "merge":
            values["other"] = _other(connection, current, other)
            touched.append(values["other"])
        elif action == "split":
            values["other"], words = _split(connection, current, moved)
            touched.append(values["other"])
        elif action == "undo":
            values["other"], tied = _undo(connection, current, undoes)
            touched.extend(tied)
        fixed = {
            "reviewer": reviewer,
            "time": (time or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds"),
            "action": action,
            "reason": reason,
            "row_id": current.id,
            "kind": current.content.kind,
        }
        number = _append(connection, fixed | values, words or current.content.evidence)
        reattaching.refresh_with_parts(connection, touched)
        return _read(connection.execute(selection().where(decisions.c.id == number)).mappings().one())


def stamp(connection: Connection, row: Row) -> str:
    """What tells whether a row is as it was: a hash of what it shows and of the last decision on it, comments apart."""
    made = [d.id for d in reattaching.decided(connection, row.id) if d.action != "comment"]
    told = dumps([statement_dict(row.content), row.status, made[-1:]])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


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
        return _row(connection, row)


def decisions_on(ledger: Ledger, row: str) -> list[Decision]:
    """All decisions that apply to a row, undone ones and undos too, in the order they were made."""
    with ledger.reading() as connection:
        return reattaching.decided(connection, _row(connection, row).id)


def unattached(ledger: Ledger) -> list[Decision]:
    """The decisions that apply to no row any more, each with the reason in ``note``."""
    with ledger.reading() as connection:
        return reattaching.unattached(connection)


def _row(connection: Connection, name: str) -> Row:
    from pledgetrail.ledger.queries import read_row

    return read_row(connection, name)


def _edit(current: Row, cell: str | None, new: Any, words: tuple[Span, ...]) -> tuple[dict[str, Any], tuple[Span, ...]]:
    if not cell:
        raise InvalidDecision("an edit needs a cell")
    old = show_cell(current.content, cell)
    words = words or tuple(current.content.cells.get(cell, ()))
    edit(current.content, cell, new, words)
    return {"cell": cell, "old": dumps(old), "new": dumps(new), "other": None}, words


def _other(connection: Connection, current: Row, other: str | None) -> str:
    if not other:
        raise InvalidDecision("a merge needs the other row")
    taken = _row(connection, other)
    if taken.id == current.id:
        raise InvalidDecision("a row cannot be merged with itself")
    if taken.content.kind != current.content.kind:
        raise InvalidDecision(f"a {taken.content.kind} cannot be merged into a {current.content.kind}")
    return taken.id


def _split(connection: Connection, current: Row, moved: Sequence[str]) -> tuple[str, tuple[Span, ...]]:
    own = {statement.id: statement for statement in current.statements}
    chosen = [own[name] for name in moved if name in own]
    if not chosen or len(chosen) != len(moved) or len(chosen) == len(own):
        raise InvalidDecision("a split needs some of the row's statements, and not all of them")
    name = identity.new_id(connection, "split:" + ",".join(sorted(moved)))
    identity.issue(connection, name, current.content.kind, None, split_from=current.id)
    return name, tuple(statement.trigger for statement in chosen)


def _undo(connection: Connection, current: Row, undoes: int | None) -> tuple[str, list[str]]:
    query = selection().where(decisions.c.id == undoes)
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        raise InvalidDecision(f"there is no decision {undoes}")
    decision = _read(found)
    if current.id not in (decision.attached, decision.row_id):
        raise InvalidDecision(f"decision {undoes} is not about {current.id}")
    tied = [decision.attached] if decision.attached else []
    if decision.action in ("merge", "split") and decision.other:
        tied.append(resolve(connection, decision.other) or decision.other)
    return str(decision.id), tied


def _append(connection: Connection, values: dict[str, Any], words: Sequence[Span]) -> int:
    number = connection.execute(decisions.insert().values(values).returning(decisions.c.id)).scalar_one()
    listed = spans_list(words)
    if listed:
        rows_of = [{"decision_id": number, "position": n, **span} for n, span in enumerate(listed)]
        connection.execute(decision_spans.insert(), rows_of)
    where = {"decision_id": number, "row_id": values["row_id"], "note": None, "spans": dumps(listed)}
    connection.execute(attachments.insert().values(where))
    return int(number)
