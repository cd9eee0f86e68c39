"""Reviewers' decisions, and what they make of an extracted row. A decision is never changed; an undo is a new one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from sqlalchemy import Connection, RowMapping, select

from pledgetrail.language.edtf import bounds
from pledgetrail.ledger.codec import read_field, read_span
from pledgetrail.ledger.errors import InvalidDecision
from pledgetrail.ledger.schema import attachments, decisions
from pledgetrail.records import AnyStatement, Span, Status
from pledgetrail.resolution.rows import CELLS, Folded, cell_value, plain
from pledgetrail.vocabulary import ENCOUNTERS, FLOWS, SECTORS, STAGES

Action = Literal["accept", "reject", "edit", "add", "second", "merge", "split", "undo", "comment"]

ACTIONS: Final[tuple[Action, ...]] = (
    *("accept", "reject", "edit", "add", "second", "merge", "split", "undo", "comment"),
)

#: Decisions that settle what a row is; the last of them that stands gives the row its status.
VERDICTS: Final = ("accept", "reject", "edit", "add")

#: What a second reviewer may think of a row.
OPINIONS: Final = ("accepted", "rejected")

#: Cells that hold one of a list of words, with the field and the words.
_CHOICES: Final[dict[str, dict[str, tuple[str, Iterable[str]]]]] = {
    "commitment": {"stage": ("stage", STAGES), "flow": ("flow", FLOWS), "sector": ("sector", SECTORS)},
    "encounter": {"kind": ("encounter", ENCOUNTERS)},
    "figure": {},
}

#: Cells that hold yes or no, and cells that hold plain words, beside those of ``CELLS``.
_FLAGS: Final = {
    "commitment": ("conditional", "negated", "planned", "cumulative"),
    "encounter": ("planned",),
    "figure": ("planned",),
}
_WORDS: Final = {"commitment": (), "encounter": (), "figure": ("measure", "qualifier", "currency")}

#: What an emptied cell holds where that is not None, and the cells that hold words.
_EMPTY: Final[dict[str, Any]] = {
    **dict.fromkeys(("by", "to", "via", "places", "participants"), ()),
    **dict.fromkeys(("what", "unit"), ""),
}
_TEXTS: Final = frozenset({"what", "when", "period", "part_of", "unit", "of", "measure", "qualifier", "currency"})

_REQUIRED: Final = frozenset({"stage", "kind", "measure"})

#: Where the day of an act may be known from, besides being said.
_BASES: Final = ("stated", "from the report's date", "from sibling reports")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as it was made, with ``attached`` and ``spans`` as they stand now."""

    id: int
    reviewer: str
    time: str
    action: Action
    reason: str
    row_id: str
    kind: str
    cell: str | None
    old: Any
    new: Any
    other: str | None
    attached: str | None
    note: str | None
    spans: tuple[Span, ...]
    batch: str | None = None


def read_decision(row: RowMapping) -> Decision:
    """The decision of a row of ``decisions`` joined with ``attachments``."""
    return Decision(
        id=row["id"],
        reviewer=row["reviewer"],
        time=row["time"],
        action=row["action"],
        reason=row["reason"],
        row_id=row["row_id"],
        kind=row["kind"],
        cell=row["cell"],
        old=json.loads(row["old"]) if row["old"] else None,
        new=json.loads(row["new"]) if row["new"] else None,
        other=row["other"],
        attached=row["attached"],
        note=row["note"],
        spans=tuple(read_span(span) for span in json.loads(row["spans"])),
        batch=row["batch"],
    )


def selection() -> Any:
    """A select of decisions with their attachments, in the order they were made."""
    return (
        select(
            decisions,
            attachments.c.row_id.label("attached"),
            attachments.c.note,
            attachments.c.spans,
        )
        .join(attachments, attachments.c.decision_id == decisions.c.id)
        .order_by(decisions.c.id)
    )


def attached_to(connection: Connection, rows: Sequence[str]) -> list[Decision]:
    """The decisions attached to any of the rows, in the order they were made."""
    query = selection().where(attachments.c.row_id.in_(rows))
    return [read_decision(row) for row in connection.execute(query).mappings()]


def undone(connection: Connection, ids: Iterable[int]) -> frozenset[int]:
    """Which of the decisions have been undone, and not redone by undoing the undo."""
    wanted = set(ids)
    undos: dict[int, int] = {}
    frontier = wanted
    while frontier:
        query = select(decisions.c.id, decisions.c.other).where(
            decisions.c.action == "undo", decisions.c.other.in_([str(number) for number in frontier])
        )
        found = {number: int(other) for number, other in connection.execute(query)}
        frontier = {number for number in found if number not in undos}
        undos |= found
    out: set[int] = set()
    for number in sorted(undos, reverse=True):
        if number not in out:
            out.add(undos[number])
    return frozenset(out & wanted)


def active(connection: Connection, made: Sequence[Decision]) -> list[Decision]:
    """The decisions that stand, without undos and comments."""
    gone = undone(connection, (decision.id for decision in made))
    return [d for d in made if d.id not in gone and d.action not in ("undo", "comment")]


def apply(folded: Folded, made: Sequence[Decision]) -> tuple[AnyStatement, Status, tuple[Mapping[str, object], ...]]:
    """What a row shows: its content, status and alternatives after the decisions that stand, in order.

    A human edit outranks extraction, and the extracted value stays as an alternative. An edited row is "edited",
    accepted or not; a rejected row is "rejected" until a later decision accepts or edits it. A row that a reviewer
    added is "added", edited or not, until it is accepted or rejected. Second opinions change nothing here.
    """
    content, by_hand = folded.content, any(decision.action == "add" for decision in made)
    status: Status = "added" if by_hand else "extracted"
    edited: dict[str, Decision] = {}
    for decision in made:
        if decision.action == "accept":
            status = "edited" if edited and not by_hand else "accepted"
        elif decision.action == "reject":
            status = "rejected"
        elif decision.action == "edit" and decision.cell:
            content = edit(content, decision.cell, decision.new, decision.spans)
            edited[decision.cell] = decision
            status = "added" if by_hand else "edited"
    alternatives = list(folded.alternatives)
    for cell in edited:
        extracted = show_cell(folded.content, cell)
        if extracted not in (None, "", []) and extracted != show_cell(content, cell):
            spans = folded.content.cells.get(cell) or folded.content.evidence
            source = "reviewer" if by_hand else "extraction"
            alternatives.append({"cell": cell, "value": extracted, "evidence": spans, "source": source})
    return content, status, tuple(alternatives)


def opinions(made: Sequence[Decision]) -> tuple[str | None, str | None]:
    """Who gave the verdict that a row's status is, and what another reviewer thinks of it, after the decisions that
    stand. A second opinion counts beside the verdict that stood when it was given, whoever overruled that since.
    """
    reviewer: str | None = None
    second: str | None = None
    for decision in made:
        if decision.action in VERDICTS:
            reviewer = decision.reviewer
        elif decision.action == "second" and decision.reviewer != reviewer:
            second = str(decision.new)
    return reviewer, second if reviewer else None


def show_cell(content: AnyStatement, cell: str) -> Any:
    """A cell's value in the form of the export contract. Raises InvalidDecision if the kind has no such cell."""
    kind = content.kind
    if cell in _CHOICES[kind]:
        return getattr(content, _CHOICES[kind][cell][0])
    if cell in (*CELLS[kind], *_FLAGS[kind], *_WORDS[kind]):
        return plain(cell_value(content, cell))
    known = sorted({*_CHOICES[kind], *CELLS[kind], *_FLAGS[kind], *_WORDS[kind]})
    raise InvalidDecision(f"a {kind} has no cell {cell!r}; its cells are {', '.join(known)}")


def edit(content: AnyStatement, cell: str, new: Any, spans: Sequence[Span]) -> AnyStatement:
    """The content with a cell set to a value in the form of the export contract (None empties it).

    A day that is not said in so many words is ``{"when": EDTF, "when_basis": ...}``. The cell's spans become the given
    ones. Raises InvalidDecision for a cell or value that does not fit.
    """
    show_cell(content, cell)
    try:
        changes = _changes(content, cell, new)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidDecision(f"{new!r} is no value for the cell {cell!r}") from error
    cells = {name: its for name, its in content.cells.items() if name != cell}
    if new is not None and spans and cell in CELLS[content.kind]:
        cells[cell] = tuple(spans)
    return replace(content, cells=cells, **changes)


def check_days(cell: str, new: Any) -> None:
    """Raises InvalidDecision for a day or period that is no EDTF. For what is to be recorded: a decision of before is
    shown as it was made.
    """
    if cell not in ("when", "period") or new is None:
        return
    told = new.get("when") if isinstance(new, dict) else new
    try:
        bounds(str(told))
    except ValueError as error:
        raise InvalidDecision(f"{told!r} is no date in EDTF, for instance 2021-01-13, 2021-01 or 2021") from error


def _changes(content: AnyStatement, cell: str, new: Any) -> dict[str, Any]:
    kind = content.kind
    if new is None and cell in _REQUIRED:
        raise ValueError
    if cell in _CHOICES[kind]:
        field, words = _CHOICES[kind][cell]
        if new is not None and new not in words:
            raise InvalidDecision(f"{new!r} is no {cell}; it is one of {', '.join(words)}")
        return {field: new}
    if cell in _FLAGS[kind]:
        if not isinstance(new, bool):
            raise TypeError
        return {cell: new}
    if cell == "value":
        if isinstance(new, list):
            low, high = (None if bound is None else float(bound) for bound in new)
            return {"value": None, "low": low, "high": high}
        return {"value": None if new is None else float(new), "low": None, "high": None}
    if cell == "when":
        return _day(new)
    if new is not None and isinstance(_EMPTY.get(cell), tuple) and not isinstance(new, list):
        raise TypeError
    value = _EMPTY.get(cell) if new is None else read_field(cell, new)
    if new is not None and isinstance(value, str) is not (cell in _TEXTS):
        raise TypeError
    return {cell: value}


def _day(new: Any) -> dict[str, Any]:
    """The day of an act and where it is known from: a day alone is one that is said."""
    if new is None:
        return {"when": None, "when_basis": None}
    when, basis = (new, "stated") if isinstance(new, str) else (new["when"], new["when_basis"])
    if not isinstance(when, str) or basis not in _BASES:
        raise ValueError
    return {"when": when, "when_basis": basis}
