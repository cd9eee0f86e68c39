"""Second opinions beside the verdicts that they were given on: how far reviewers agree, and on which rows they differ.

A pair is a verdict (accept, edit and add: the row stays; reject: it does not) and a second opinion on it. The verdict
is the one that stood when the opinion was given: settling a difference later, or taking a verdict back, changes nothing
about how far the two agreed. An opinion that was taken back makes no pair; of several by one person on one row the last
counts.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, case, select

from pledgetrail.ledger.decisions import VERDICTS, Decision, read_decision, selection, undone
from pledgetrail.ledger.kappa import SIDES, Agreement, Table, measured
from pledgetrail.ledger.schema import attachments, decisions

#: A reviewer's decisions looked at together when the last opinion is wanted.
_CHUNK: Final = 50


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict or an opinion: who found a row accepted or rejected, by which decision and action, when."""

    reviewer: str
    side: str  # of ``SIDES``
    action: str
    decision: int
    time: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A row's verdict and a second opinion on it. ``again``: its giver had given another before, and so knew."""

    row: str
    kind: str
    first: Given
    second: Given
    again: bool
    settled: Given | None  # the last verdict that stands, if it was given after the opinion

    @property
    def agree(self) -> bool:
        """Whether both say the same."""
        return self.first.side == self.second.side


@dataclass(frozen=True, slots=True)
class Between:
    """The agreement of two reviewers; in its table the lines are those of ``one``, whoever was first."""

    one: str
    other: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Found:
    """All pairs of a ledger taken together, by kind of row and by reviewers; and those that differ, unsettled first.

    In the table of ``overall`` and of kinds the lines are the first verdicts, the columns the second opinions.
    """

    overall: Agreement
    kinds: Mapping[str, Agreement]
    between: Sequence[Between]
    again: int
    differences: Sequence[Pair]


def agreement(connection: Connection) -> Found:
    """How far reviewers agree. Reads each decision on a seconded row once; holds what differs and little else."""
    counts: Counter[tuple[str, str, str, str, str]] = Counter()
    again, differences = 0, []
    for pair in pairs(connection):
        counts[pair.kind, pair.first.reviewer, pair.first.side, pair.second.reviewer, pair.second.side] += 1
        again += pair.again
        if not pair.agree:
            differences.append(pair)
    differences.sort(key=lambda pair: (pair.settled is not None, -pair.second.decision))
    roles = Counter[tuple[str, str]]()
    kinds: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    people: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for (kind, first, verdict, second, opinion), n in counts.items():
        roles[verdict, opinion] += n
        kinds[kind][verdict, opinion] += n
        sides = (verdict, opinion) if first < second else (opinion, verdict)
        people[min(first, second), max(first, second)][sides] += n
    between = [Between(*names, measured(_table(its))) for names, its in sorted(people.items())]
    by_kind = {kind: measured(_table(its)) for kind, its in sorted(kinds.items())}
    return Found(measured(_table(roles)), by_kind, between, again, differences)


def _table(counts: Mapping[tuple[str, str], int]) -> Table:
    yes, no = SIDES
    return (counts.get((yes, yes), 0), counts.get((yes, no), 0)), (counts.get((no, yes), 0), counts.get((no, no), 0))


def pairs(connection: Connection, rows: Sequence[str] | None = None) -> Iterator[Pair]:
    """The pairs of a ledger, or of some rows (their ids), row by row in the order of their ids."""
    undos = _undos(connection) if rows is None else {}
    for row, its in groupby(_told(connection, rows), key=itemgetter(0)):
        made = [(kind, given) for _, kind, given in its]
        if rows is not None:
            undos = _undos_of(connection, [given.decision for _, given in made])
        yield from _pairs(row, made, undos)


def opinion_of(connection: Connection, row: str, reviewer: str) -> Pair | None:
    """The pair of somebody's opinion on a row, None without one."""
    return next((pair for pair in pairs(connection, [row]) if pair.second.reviewer == reviewer), None)


def last_opinion(connection: Connection, reviewer: str) -> Decision | None:
    """Somebody's latest second opinion that stands and applies to a row."""
    mine = selection().where(decisions.c.reviewer == reviewer, decisions.c.action == "second")
    query, before = mine.order_by(None).order_by(decisions.c.id.desc()).limit(_CHUNK), None
    while True:
        page = connection.execute(query if before is None else query.where(decisions.c.id < before)).mappings().all()
        gone = undone(connection, [row["id"] for row in page])
        for row in page:
            if row["id"] not in gone and row["attached"] is not None:
                return read_decision(row)
        if len(page) < _CHUNK:
            return None
        before = page[-1]["id"]


def _told(connection: Connection, rows: Sequence[str] | None) -> Iterator[tuple[str, str, Given]]:
    """Verdicts and opinions on some rows, or on all that have an opinion; undone ones too, row by row in order."""
    other, its = attachments.alias("other"), decisions.alias("its")
    seconded = select(other.c.row_id).join(its, its.c.id == other.c.decision_id).where(its.c.action == "second")
    value = case((decisions.c.action == "second", decisions.c.new))
    columns = (attachments.c.row_id, decisions.c.kind, decisions.c.reviewer, decisions.c.action, value)
    query = (
        select(*columns, decisions.c.id, decisions.c.time)
        .join(decisions, decisions.c.id == attachments.c.decision_id)
        .where(decisions.c.action.in_((*VERDICTS, "second")))
        .where(attachments.c.row_id.in_(seconded if rows is None else rows))
        .order_by(attachments.c.row_id, decisions.c.id)
    )
    for row, kind, reviewer, action, new, number, time in connection.execute(query):
        side = json.loads(new) if action == "second" else SIDES[action == "reject"]
        yield row, kind, Given(reviewer, side, action, number, time)


def _undos(connection: Connection) -> dict[int, list[int]]:
    """The undos of each decision that has any."""
    found: dict[int, list[int]] = {}
    query: Any = select(decisions.c.id, decisions.c.other).where(decisions.c.action == "undo").order_by(decisions.c.id)
    for number, other in connection.execute(query):
        found.setdefault(int(other), []).append(number)
    return found


def _undos_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[int]]:
    """The same for some decisions, with the undos of these undos."""
    found: dict[int, list[int]] = {}
    wave = list(ids)
    while wave:
        query = select(decisions.c.id, decisions.c.other).where(
            decisions.c.action == "undo", decisions.c.other.in_([str(number) for number in wave])
        )
        wave = []
        for number, other in connection.execute(query):
            found.setdefault(int(other), []).append(number)
            wave.append(number)
    return found


def _pairs(row: str, made: Sequence[tuple[str, Given]], undos: Mapping[int, list[int]]) -> list[Pair]:
    """The pairs of one row, by the last opinion of each person. Rows have a handful of decisions."""
    verdicts: list[Given] = []
    found: dict[str, Pair] = {}
    seen: set[str] = set()
    last = next((g for _, g in reversed(made) if g.action in VERDICTS and _stands(g.decision, undos)), None)
    for kind, given in made:
        if given.action in VERDICTS:
            verdicts.append(given)
            continue
        again = given.reviewer in seen
        seen.add(given.reviewer)
        first = next((v for v in reversed(verdicts) if _stands(v.decision, undos, given.decision)), None)
        if first is None or first.reviewer == given.reviewer or not _stands(given.decision, undos):
            continue
        settled = last if last is not None and last.decision > given.decision else None
        found[given.reviewer] = Pair(row, kind, first, given, again, settled)
    return list(found.values())


def _stands(number: int, undos: Mapping[int, list[int]], by: int | None = None) -> bool:
    """Whether a decision stands, or stood when the decision ``by`` was made: an undo can be undone in its turn."""
    if number not in undos:
        return True
    chain, wave = {number: 0}, [number]
    while wave:
        wave_undos = [(undo, target) for target in wave for undo in undos.get(target, ()) if by is None or undo < by]
        chain |= dict(wave_undos)
        wave = [undo for undo, _ in wave_undos]
    gone: set[int] = set()
    for undo in sorted(chain, reverse=True):  # an undo is made after what it undoes
        if undo not in gone and undo != number:
            gone.add(chain[undo])
    return number not in gone
