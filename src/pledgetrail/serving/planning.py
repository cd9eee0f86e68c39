"""What many decisions made as one would do: every row before and after, those left alone with the reason, the sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from pledgetrail.ledger.codec import dumps
from pledgetrail.ledger.decisions import Decision, apply, attached_to, selection, show_cell, undone
from pledgetrail.ledger.decisions import read_decision as read_made
from pledgetrail.ledger.errors import InvalidDecision, UnknownRow
from pledgetrail.ledger.flat import row_columns
from pledgetrail.ledger.queries import Entry, extracted, read_entries, read_entry
from pledgetrail.ledger.schema import decisions
from pledgetrail.records import AnyStatement
from pledgetrail.resolution.rows import Folded
from pledgetrail.serving import cells
from pledgetrail.serving.columns import left_out
from pledgetrail.serving.history import standing_at

#: Why a row is left as it is.
SAME: Final = "already so"
REJECTED: Final = "rejected"
MERGED: Final = "part of another row by now"
GONE: Final = "not there"
UNFIT: Final = "does not fit"
UNDONE: Final = "undone already"
NOWHERE: Final = "applies nowhere"
REMARK: Final = "a comment stays"

#: Rows looked up at a time.
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done to each row; ``new`` is in the form of the export contract."""

    action: str
    cell: str | None = None
    new: Any = None
    rejected: bool = False  # also to rows that were rejected, which accepting or editing would bring back


@dataclass(frozen=True, slots=True)
class Line:
    """A row before and after. ``why_not`` is empty if it would be decided, else the reason, with ``detail``.

    ``undoes`` is the decision that would be undone; ``cell`` the one that would get another value.
    """

    row: str
    summary: str
    status: tuple[str, str]
    cell: str | None = None
    before: str = ""
    after: str = ""
    why_not: str = ""
    detail: str = ""
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The sum of the amounts of one stage and currency over the rows that change, before and after."""

    stage: str
    currency: str
    before: float
    after: float
    rows: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, line by line in the order of the rows, and which sums would change."""

    lines: tuple[Line, ...]
    sums: tuple[Change, ...]

    @property
    def deciding(self) -> tuple[Line, ...]:
        """The lines whose rows would be decided."""
        return tuple(line for line in self.lines if not line.why_not)

    def left(self) -> dict[str, int]:
        """How many rows are left as they are, by the reason."""
        return dict(Counter(line.why_not for line in self.lines if line.why_not).most_common())


class _Sums:
    """Adds amounts up as the totals of the ledger do."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0, 0])

    def add(self, columns: Mapping[str, Any], side: int) -> None:
        if columns["kind"] == "commitment" and not left_out(columns):
            its = self._found[columns["stage"], columns["amount_currency"] or ""]
            its[side] += columns["amount_value"]
            its[2 + side] += 1

    def changed(self) -> tuple[Change, ...]:
        listed = [Change(*key, before, after, (int(m), int(n))) for key, (before, after, m, n) in self._found.items()]
        return tuple(sorted((c for c in listed if c.before != c.after or c.rows[0] != c.rows[1]), key=_by_stage))


def _by_stage(change: Change) -> tuple[str, int, str]:
    return change.stage, -max(change.rows), change.currency


def plan_rows(connection: Connection, names: Sequence[str], deed: Deed) -> Plan:
    """What a deed would do to rows, by their names. Those that are no row are among the lines too."""
    found, lines, sums = read_entries(connection, names), [], _Sums()
    made = _made(connection, list(found))
    for name in names:
        entry = found.get(name)
        if entry is None:
            lines.append(_missing(connection, name))
            continue
        wanted = _imagined(entry, deed, made.get(name, ()))
        lines.append(_line(entry, made.get(name, ()), wanted, deed, sums))
    return Plan(tuple(lines), sums.changed())


def plan_undo(connection: Connection, batch: str) -> Plan:
    """What undoing the decisions of a batch would do. Without lines if there is no such batch."""
    query = selection().where(decisions.c.batch == batch)
    own = [read_made(row) for row in connection.execute(query).mappings()]
    names = list(dict.fromkeys(d.attached for d in own if d.attached))
    found, made, sums = read_entries(connection, names), _made(connection, names), _Sums()
    gone, lines = undone(connection, [d.id for d in own]), []
    for d in own:
        entry = found.get(d.attached or "")
        summary, status = (cells.summary(entry.columns), entry.row.status) if entry else (d.row_id, "")
        why = NOWHERE if d.attached is None else UNDONE if d.id in gone else REMARK if d.action == "comment" else ""
        if why or entry is None or d.attached is None:
            detail = (d.note or "") if why == NOWHERE else ""
            lines.append(Line(d.attached or d.row_id, summary, (status, status), None, "", "", why, detail, d.id))
            continue
        its = made.get(d.attached, ())
        wanted = _decision(entry, "undo", its, other=str(d.id))
        root = next((m for m in its if m.id == _root(d, its)), d)
        lines.append(_line(entry, its, wanted, Deed("undo", root.cell), sums, d.id))
    return Plan(tuple(lines), sums.changed())


def _root(decision: Decision, made: Sequence[Decision]) -> int:
    """The decision that an undo, or the undo of an undo, is about in the end."""
    by_id = {d.id: d for d in made}
    while decision.action == "undo" and decision.other and int(decision.other) in by_id:
        decision = by_id[int(decision.other)]
    return decision.id


def _made(connection: Connection, names: Sequence[str]) -> dict[str, list[Decision]]:
    found: dict[str, list[Decision]] = {}
    for at in range(0, len(names), _CHUNK):
        for decision in attached_to(connection, names[at : at + _CHUNK]):
            found.setdefault(decision.attached or "", []).append(decision)
    return found


def _missing(connection: Connection, name: str) -> Line:
    try:
        entry = read_entry(connection, name)
    except UnknownRow as error:
        return Line(name, name, ("", ""), why_not=GONE, detail=str(error))
    status = entry.row.status
    return Line(
        name, cells.summary(entry.columns), (status, status), why_not=MERGED, detail=f"it is {entry.row.id} now"
    )


def _imagined(entry: Entry, deed: Deed, made: Sequence[Decision]) -> Decision:
    return _decision(entry, deed.action, made, cell=deed.cell, new=deed.new)


def _decision(entry: Entry, action: Any, made: Sequence[Decision], **more: Any) -> Decision:
    """A decision as it would be recorded, behind all others."""
    fields: dict[str, Any] = {"cell": None, "old": None, "new": None, "other": None, "note": None, "spans": ()}
    number = max((d.id for d in made), default=0) + 1
    row, kind = entry.row.id, entry.row.content.kind
    return Decision(
        id=number, reviewer="", time="", action=action, reason="", row_id=row, kind=kind, attached=row,
        **{**fields, **more},
    )  # fmt: skip


def _line(
    entry: Entry, made: Sequence[Decision], wanted: Decision, deed: Deed, sums: _Sums, undoes: int | None = None
) -> Line:
    """The line of a row that is there, its amount added to the sums if it would change."""
    row, columns = entry.row, entry.columns
    summary, cell = cells.summary(columns), deed.cell
    try:
        before = show_cell(row.content, cell) if cell else None
        folded = Folded(extracted(columns), (), row.origins, ())
        content, status, _ = apply(folded, standing_at([*made, wanted]))
        after = show_cell(content, cell) if cell else None
    except InvalidDecision as error:
        return Line(row.id, summary, (row.status, row.status), None, "", "", UNFIT, str(error), undoes)
    why = _why_not(row.status, status, deed, dumps(before) == dumps(after))
    if why:
        status, after = row.status, before
    else:
        sums.add(columns, 0)
        sums.add(_columns(entry, content, status), 1)
    shown = (in_words(cell, before), in_words(cell, after)) if cell else ("", "")
    return Line(row.id, summary, (row.status, status), cell, *shown, why, "", undoes)


def _why_not(now: str, then: str, deed: Deed, same: bool) -> str:
    if deed.action in ("undo", "comment"):
        return ""
    if now == "rejected" and deed.action != "reject" and not deed.rejected:
        return REJECTED
    if deed.action == "edit":
        return SAME if same else ""
    return SAME if now == then else ""


def _columns(entry: Entry, content: AnyStatement, status: str) -> Mapping[str, Any]:
    """What totals are made of, after a decision."""
    part = getattr(content, "part_of", None)
    stays = part == getattr(entry.row.content, "part_of", None)
    total = entry.part_of if stays else part
    return {**entry.columns, **row_columns(content), "status": status, "part_of": total}


def in_words(cell: str | None, value: Any) -> str:
    """A cell's value in a few words; empty if there is none."""
    return cells.sector(value) if cell == "sector" and isinstance(value, str) else cells.plain(value)
