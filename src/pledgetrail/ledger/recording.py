"""One decision, from what somebody wants to what is written: checked against the row first, then appended."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pledgetrail.ledger import identity, reattaching
from pledgetrail.ledger.codec import dumps, spans_list, statement_dict
from pledgetrail.ledger.decisions import (
    ACTIONS,
    OPINIONS,
    Action,
    Decision,
    active,
    check_days,
    edit,
    opinions,
    read_decision,
    selection,
    show_cell,
)
from pledgetrail.ledger.errors import InvalidDecision, StaleRow, UnknownRow
from pledgetrail.ledger.folding import resolve
from pledgetrail.ledger.queries import read_row
from pledgetrail.ledger.schema import attachments, decision_spans, decisions
from pledgetrail.records import Row, Span

#: What can be decided about a row that is there.
ABOUT_ROWS: Final = tuple(action for action in ACTIONS if action != "add")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A decision that somebody wants recorded; the fields are those of ``review.record``."""

    action: Action
    row: str
    reason: str = ""
    cell: str | None = None
    new: Any = None
    other: str | None = None
    moved: Sequence[str] = ()
    undoes: int | None = None
    spans: Sequence[Span] = ()
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A decision that fits its row: what is to be written, the words it was made on, the rows to be folded anew."""

    values: dict[str, Any]
    words: tuple[Span, ...]
    touched: tuple[str, ...]


def make(
    connection: Connection, wanted: Wanted, reviewer: str, time: dt.datetime | None
) -> tuple[int, tuple[str, ...]]:
    """Append a decision. Returns its number and the rows to be folded anew; raises as ``review.record``, before it
    writes.
    """
    ready = check(connection, wanted, reviewer)
    (number,) = append_all(connection, [ready], reviewer, time)
    return number, ready.touched


def check(
    connection: Connection,
    wanted: Wanted,
    reviewer: str,
    read: Row | None = None,
    undone: Decision | None = None,
) -> Ready:
    """What a decision would write. Raises as ``review.record``. ``read`` is its row and ``undone`` the decision that it
    undoes, if they were read already in this transaction.
    """
    if wanted.action not in ACTIONS or wanted.action == "add":
        raise InvalidDecision(f"{wanted.action!r} is no decision about a row; there are {', '.join(ABOUT_ROWS)}")
    if not reviewer.strip():
        raise InvalidDecision("a decision needs a named reviewer")
    if wanted.action == "undo":
        return _undo(connection, wanted, read, undone)
    current = read or read_row(connection, wanted.row)
    _check_stamp(connection, wanted, current)
    values: dict[str, Any] = {"cell": None, "old": None, "new": None, "other": None}
    words = tuple(wanted.spans)
    touched = [current.id]
    if wanted.action == "edit":
        values, words = _edit(current, wanted.cell, wanted.new, words)
    elif wanted.action == "second":
        values["new"] = _second(connection, current, wanted.new, reviewer)
    elif wanted.action == "merge":
        values["other"] = _other(connection, current, wanted.other)
        touched.append(values["other"])
    elif wanted.action == "split":
        values["other"], words = _split(connection, current, wanted.moved)
        touched.append(values["other"])
    about = {"action": wanted.action, "reason": wanted.reason, "row_id": current.id, "kind": current.content.kind}
    return Ready(about | values, words or tuple(current.content.evidence), tuple(touched))


def _check_stamp(connection: Connection, wanted: Wanted, current: Row) -> None:
    if wanted.expected is not None and stamp(connection, current) != wanted.expected:
        raise StaleRow(f"{current.id}: has changed since it was shown; look again, then decide", current.id)


def stamp(connection: Connection, row: Row) -> str:
    """What tells whether a row is as it was: a hash of what it shows and of the last decision on it. Comments and
    second opinions leave it as it is.
    """
    made = [d.id for d in reattaching.decided(connection, row.id) if d.action not in ("comment", "second")]
    told = dumps([statement_dict(row.content), row.status, made[-1:]])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _edit(current: Row, cell: str | None, new: Any, words: tuple[Span, ...]) -> tuple[dict[str, Any], tuple[Span, ...]]:
    if not cell:
        raise InvalidDecision("an edit needs a cell")
    old = show_cell(current.content, cell)
    if new == old:
        words = words or tuple(current.content.cells.get(cell, ()))
    check_days(cell, new)
    edit(current.content, cell, new, words)
    return {"cell": cell, "old": dumps(old), "new": dumps(new), "other": None}, words


def _other(connection: Connection, current: Row, other: str | None) -> str:
    if not other:
        raise InvalidDecision("a merge needs the other row")
    taken = read_row(connection, other)
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


def _second(connection: Connection, current: Row, new: Any, reviewer: str) -> str:
    if new not in OPINIONS:
        raise InvalidDecision(f"a second opinion is one of {', '.join(OPINIONS)}")
    first, _ = opinions(active(connection, reattaching.decided(connection, current.id)))
    if first is None:
        raise InvalidDecision(f"{current.id}: nobody has decided it, so there is nothing to second")
    if first == reviewer:
        raise InvalidDecision(f"{current.id}: is decided by {reviewer}; a second opinion is somebody else's")
    return dumps(new)


def _undo(connection: Connection, wanted: Wanted, read: Row | None, undone: Decision | None) -> Ready:
    """Undo a decision; its row may show nothing by now, if it was the decision that added it."""
    if undone is None or undone.id != wanted.undoes:
        found = connection.execute(selection().where(decisions.c.id == wanted.undoes)).mappings().one_or_none()
        if found is None:
            raise InvalidDecision(f"there is no decision {wanted.undoes}")
        undone = read_decision(found)
    row = read.id if read else resolve(connection, wanted.row)
    try:
        current = read or read_row(connection, wanted.row)
    except UnknownRow:
        if row is None:
            raise
    else:
        _check_stamp(connection, wanted, current)
        if row not in (undone.attached, undone.row_id):
            row = current.id
    if row not in (undone.attached, undone.row_id):
        raise InvalidDecision(f"decision {wanted.undoes} is not about {row}")
    touched = [str(row), *([undone.attached] if undone.attached else [])]
    if undone.action in ("merge", "split") and undone.other:
        touched.append(resolve(connection, undone.other) or undone.other)
    about = {"action": "undo", "reason": wanted.reason, "row_id": row, "kind": undone.kind}
    values = about | {"cell": None, "old": None, "new": None, "other": str(undone.id)}
    return Ready(values, tuple(wanted.spans) or undone.spans, tuple(touched))


def append(
    connection: Connection,
    values: dict[str, Any],
    words: Sequence[Span],
    reviewer: str,
    time: dt.datetime | None = None,
) -> int:
    """Write a decision with its words, under a reviewer's name and the time (now, unless given). Its number."""
    return append_all(connection, [Ready(values, tuple(words), ())], reviewer, time)[0]


def append_all(
    connection: Connection,
    ready: Sequence[Ready],
    reviewer: str,
    time: dt.datetime | None = None,
    batch: str | None = None,
) -> list[int]:
    """Write decisions with their words, in order. Their numbers."""
    if not ready:
        return []
    when = (time or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds")
    first = next_number(connection)
    made, words, places = [], [], []
    for number, one in enumerate(ready, first):
        listed = spans_list(one.words)
        made.append(one.values | {"id": number, "reviewer": reviewer, "time": when, "batch": batch})
        words += [{"decision_id": number, "position": n, **span} for n, span in enumerate(listed)]
        places.append({"decision_id": number, "row_id": one.values["row_id"], "note": None, "spans": dumps(listed)})
    connection.execute(decisions.insert(), made)
    if words:
        connection.execute(decision_spans.insert(), words)
    connection.execute(attachments.insert(), places)
    return list(range(first, first + len(ready)))


def next_number(connection: Connection) -> int:
    """The number of the next decision; none is ever deleted."""
    return int(connection.execute(select(func.coalesce(func.max(decisions.c.id), 0) + 1)).scalar_one())
