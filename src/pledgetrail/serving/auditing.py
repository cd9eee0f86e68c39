"""Who decided what, when and why: decisions by what is asked for, those of one batch folded into one line."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from typing import cast as cast_to

from sqlalchemy import Connection, Integer, String, cast, func, or_, select

from pledgetrail.ledger import decisions as review
from pledgetrail.ledger.codec import read_statement
from pledgetrail.ledger.decisions import Decision
from pledgetrail.ledger.flat import row_columns
from pledgetrail.ledger.folding import resolve
from pledgetrail.ledger.schema import attachments, decisions, row_aliases
from pledgetrail.serving import cells
from pledgetrail.serving.history import Step

#: Rows that the line of a batch names.
EXAMPLES: Final = 5

#: Decisions looked up at a time; stays far below SQLite's limit of variables.
_CHUNK: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which decisions are wanted; what is empty does not matter. ``nowhere``: those that apply to no row any more."""

    reviewer: str = ""
    action: str = ""
    row: str = ""
    kind: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    batch: str = ""
    nowhere: bool = False


@dataclass(frozen=True, slots=True)
class Fold:
    """A batch in one line: how many of its decisions are asked for, how many of them stand, some of their rows.

    ``of`` is the batch that it undoes, empty if it undoes none or several.
    """

    name: str
    count: int
    standing: int
    rows: tuple[str, ...]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A decision. ``depth`` is 0 for one about a row, odd for an undo, even for a redo of ``root`` (an undone undo)."""

    step: Step
    depth: int
    root: Decision
    fold: Fold | None = None

    @property
    def name(self) -> str:
        """What was done."""
        return ("redo", "undo")[self.depth % 2] if self.depth else self.step.decision.action

    @property
    def added(self) -> str:
        """What was added, in one line."""
        return added(self.step.decision.new) if self.step.decision.action == "add" else ""

    @property
    def back(self) -> str:
        """What would be done to take it back; empty if nothing can be."""
        if self.root.action == "comment" or not self.step.stands or self.step.decision.attached is None:
            return ""
        return "Redo" if self.depth % 2 else "Undo"


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines, the latest first; how many decisions are asked for; the number to go on before, if more follow."""

    lines: Sequence[Line]
    count: int
    before: int | None


def lines(connection: Connection, asked: Asked, before: int | None, limit: int) -> Lines:
    """Decisions, the latest first; those of a batch as one line, at the place of its last, unless it is asked for."""
    wanted = _conditions(connection, asked)
    query = _latest(wanted, before, limit + 1)
    if not asked.batch:
        last = _of(func.max(decisions.c.id)).where(*wanted, decisions.c.batch.is_not(None)).group_by(decisions.c.batch)
        query = query.where(or_(decisions.c.batch.is_(None), decisions.c.id.in_(last)))
    made = [review.read_decision(row) for row in connection.execute(query).mappings()]
    told = _lines(connection, made[:limit])
    if not asked.batch:
        folds = _folds(connection, [d.batch for d in made[:limit] if d.batch], wanted)
        folds = {name: fold for name, fold in folds.items() if fold.count > 1}
        told = [Line(t.step, t.depth, t.root, folds.get(t.step.decision.batch or "")) for t in told]
    return Lines(told, _count(connection, wanted), made[limit - 1].id if len(made) > limit else None)


def steps(connection: Connection, asked: Asked, before: int | None, limit: int) -> tuple[list[Step], int, int | None]:
    """Decisions one by one, the latest first; how many are asked for; the number to go on before, if more follow."""
    wanted = _conditions(connection, asked)
    made = _made(connection, wanted, before, limit + 1)
    return (
        _steps(connection, made[:limit]),
        _count(connection, wanted),
        made[limit - 1].id if len(made) > limit else None,
    )


def every_step(connection: Connection, asked: Asked) -> Iterator[Step]:
    """All decisions asked for, the latest first."""
    wanted, before = _conditions(connection, asked), None
    while made := _made(connection, wanted, before, _CHUNK):
        yield from _steps(connection, made)
        before = made[-1].id


def deed_of(connection: Connection, batch: str) -> Line | None:
    """A batch in one line, None if there is none of the name."""
    found = lines(connection, Asked(batch=batch), None, 1).lines
    folds = _folds(connection, [batch], [])
    return Line(found[0].step, found[0].depth, found[0].root, folds[batch]) if found else None


def added(new: object) -> str:
    """What the decision that added a row wrote down, in one line; empty if that cannot be read."""
    try:
        content = read_statement(cast_to(Mapping[str, Any], new))
        return cells.summary(defaultdict(lambda: None, {**row_columns(content), "kind": content.kind}))
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""


def _conditions(connection: Connection, asked: Asked) -> list[Any]:
    wanted: list[Any] = []
    for name in ("reviewer", "action", "kind", "batch"):
        if value := getattr(asked, name):
            wanted.append(decisions.c[name] == value)
    if asked.row:
        known = resolve(connection, asked.row)
        aliases = select(row_aliases.c.alias).where(row_aliases.c.row_id == known)
        names = {asked.row, *([known] if known else []), *connection.execute(aliases).scalars()}
        wanted.append(or_(attachments.c.row_id.in_(names), decisions.c.row_id.in_(names)))
    if asked.since:
        wanted.append(decisions.c.time >= asked.since.isoformat())
    if asked.until and asked.until < dt.date.max:
        wanted.append(decisions.c.time < (asked.until + dt.timedelta(days=1)).isoformat())
    if asked.nowhere:
        wanted.append(attachments.c.row_id.is_(None))
    return wanted


def _of(*columns: Any) -> Any:
    """A select from decisions, with where they apply."""
    return select(*columns).select_from(decisions.join(attachments, attachments.c.decision_id == decisions.c.id))


def _latest(wanted: Sequence[Any], before: int | None, limit: int) -> Any:
    """A select of the latest decisions."""
    query = review.selection().where(*wanted).order_by(None).order_by(decisions.c.id.desc()).limit(limit)
    return query if before is None else query.where(decisions.c.id < before)


def _made(connection: Connection, wanted: Sequence[Any], before: int | None, limit: int) -> list[Decision]:
    return [review.read_decision(row) for row in connection.execute(_latest(wanted, before, limit)).mappings()]


def _steps(connection: Connection, made: Sequence[Decision]) -> list[Step]:
    gone = review.undone(connection, [d.id for d in made])
    return [Step(d, d.id not in gone) for d in made]


def _count(connection: Connection, wanted: Sequence[Any]) -> int:
    return int(connection.execute(_of(func.count()).where(*wanted)).scalar_one())


def _lines(connection: Connection, made: Sequence[Decision]) -> list[Line]:
    """Decisions with what each undo is about in the end."""
    by_id = {d.id: d for d in made}
    missing = {int(d.other) for d in made if d.action == "undo" and d.other} - by_id.keys()
    while missing:
        found = review.selection().where(decisions.c.id.in_(missing))
        more = {row["id"]: review.read_decision(row) for row in connection.execute(found).mappings()}
        by_id |= more
        missing = {int(d.other) for d in more.values() if d.action == "undo" and d.other} - by_id.keys()
    told = []
    for step in _steps(connection, made):
        depth, root = 0, step.decision
        while root.action == "undo" and root.other and int(root.other) in by_id:
            depth, root = depth + 1, by_id[int(root.other)]
        told.append(Line(step, depth, root))
    return told


def _folds(connection: Connection, names: Sequence[str], wanted: Sequence[Any]) -> Mapping[str, Fold]:
    """Batches in short."""
    if not names:
        return {}
    ours = [*wanted, decisions.c.batch.in_(names)]
    counting = _of(decisions.c.batch, func.count()).where(*ours).group_by(decisions.c.batch)
    counts = {name: number for name, number in connection.execute(counting)}
    gone = _undone_in(connection, ours)
    of = decisions.alias("undone")
    undoing = _of(decisions.c.batch, of.c.batch.label("of")).where(*ours).distinct()
    undoing = undoing.where(decisions.c.action == "undo", of.c.id == cast(decisions.c.other, Integer))
    sources: dict[str, set[str | None]] = {}
    for name, source in connection.execute(undoing):
        sources.setdefault(name, set()).add(source)
    found = {}
    for name in counts:
        some = _of(attachments.c.row_id).where(*wanted, decisions.c.batch == name).order_by(decisions.c.id)
        examples = [row for row in connection.execute(some.limit(EXAMPLES)).scalars() if row]
        (single,) = its if len(its := sources.get(name, set())) == 1 else ("",)
        found[name] = Fold(name, counts[name], counts[name] - gone.get(name, 0), tuple(examples), single or "")
    return found


def _undone_in(connection: Connection, wanted: Sequence[Any]) -> dict[str, int]:
    """How many decisions of batches are undone."""
    undos = decisions.alias("undos")
    query = _of(decisions.c.id, decisions.c.batch).where(
        *wanted, undos.c.action == "undo", undos.c.other == cast(decisions.c.id, String)
    )
    batch_of = {number: name for number, name in connection.execute(query)}
    numbers, counts = sorted(batch_of), dict[str, int]()
    for at in range(0, len(numbers), _CHUNK):
        for number in review.undone(connection, numbers[at : at + _CHUNK]):
            counts[batch_of[number]] = counts.get(batch_of[number], 0) + 1
    return counts
