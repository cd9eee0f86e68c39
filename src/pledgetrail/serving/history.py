"""A row's decisions, what it looked like after each, and the stamp that tells whether it is still the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from pledgetrail.ledger import decisions as review
from pledgetrail.ledger.decisions import Decision, apply
from pledgetrail.ledger.errors import UnknownRow
from pledgetrail.ledger.queries import Entry, extracted, read_entry
from pledgetrail.ledger.reattaching import decided
from pledgetrail.ledger.review import stamp
from pledgetrail.records import REVIEWER, Row
from pledgetrail.resolution.rows import Folded

#: Fields of the export contract that follow from others.
_NO_CELLS: Final = frozenset({"evidence", "cell_evidence", "alternatives", "disagreement"})


@dataclass(frozen=True, slots=True)
class Step:
    """A decision on a row, and whether it stands."""

    decision: Decision
    stands: bool


def steps(connection: Connection, row: str) -> list[Step]:
    """The decisions on a row, in the order they were made."""
    made = decided(connection, row)
    gone = review.undone(connection, (decision.id for decision in made))
    return [Step(decision, decision.id not in gone) for decision in made]


def as_of(connection: Connection, name: str, number: int) -> Entry:
    """A row as it was after a decision (0: as extracted), over what is extracted today. Raises UnknownRow.

    Merges and splits change which statements a row has, and are shown as they stand now.
    """
    entry = read_entry(connection, name)
    made = [decision for decision in decided(connection, entry.row.id) if decision.id <= number]
    if number and (not made or made[-1].id != number):
        raise UnknownRow(f"{name}: has no decision {number}")
    if not number and entry.row.content.reader == REVIEWER:
        raise UnknownRow(f"{name}: was added by a reviewer; before that there was nothing")
    standing = standing_at(made)
    content, status, _ = apply(Folded(extracted(entry.columns), (), entry.row.origins, ()), standing)
    row = Row(entry.row.id, content, entry.row.statements, entry.row.origins, status, entry.row.aliases)
    return Entry(row, entry.part_of, entry.columns, entry.actors, entry.trail, entry.disagreements)


def standing_at(made: Iterable[Decision]) -> list[Decision]:
    """The decisions that stood when the last of them was made."""
    listed, gone = list(made), set[int]()
    for decision in reversed(listed):
        if decision.action == "undo" and decision.id not in gone and decision.other:
            gone.add(int(decision.other))
    return [d for d in listed if d.id not in gone and d.action not in ("undo", "comment")]


def changed_cells(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The cells in which two versions of a row differ."""
    return [name for name, value in after.items() if name not in _NO_CELLS and before.get(name) != value]


def step_dict(step: Step) -> dict[str, Any]:
    """A decision for programs."""
    d = step.decision
    return {
        "id": d.id,
        "reviewer": d.reviewer,
        "time": d.time,
        "action": d.action,
        "reason": d.reason,
        "row": d.attached or d.row_id,
        "kind": d.kind,
        "cell": d.cell,
        "old": d.old,
        "new": d.new,
        "other": d.other,
        "batch": d.batch,
        "stands": step.stands,
        "note": d.note,
    }


def outcome(connection: Connection, made: Decision) -> dict[str, Any]:
    """A decision just made, for programs, with how its row stands now; "withdrawn" if it shows nothing any more."""
    row = made.attached or made.row_id
    told = {"decision": step_dict(Step(made, True)), "row": row, "stamp": "", "status": "withdrawn", "second": None}
    try:
        entry = read_entry(connection, row)
    except UnknownRow:
        return told
    shown = {"row": entry.row.id, "stamp": stamp(connection, entry.row), "status": entry.row.status}
    return told | shown | {"second": entry.columns["second"]}
