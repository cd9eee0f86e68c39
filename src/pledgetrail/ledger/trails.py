"""Reading trails: which undertakings there are, how far each has come on a day, and the rows that show it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select

from pledgetrail.language import gazetteer
from pledgetrail.language.lexicon import load
from pledgetrail.ledger.queries import Entry, Filter, conditions, entries_of
from pledgetrail.ledger.schema import (
    row_parties,
    row_statements,
    rows,
    statements,
    trail_rows,
    trails,
)
from pledgetrail.ledger.surveying import newest_day, reports
from pledgetrail.resolution.disputes.claims import Report
from pledgetrail.resolution.undertakings.states import trail_state
from pledgetrail.resolution.undertakings.steps import ASKING

#: Stages that make a trail of one row worth showing.
PROMISES: Final = ("pledge", "agreement", "contract")

#: States after which nothing more is to come.
_ENDED: Final = frozenset({"completed", "refused", "cancelled"})

#: Values asked for in one query.
_VALUES: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which trails to read; what is None does not matter. ``by`` gives, ``to`` takes, whoever asked."""

    by: str | None = None
    to: str | None = None
    place: str | None = None
    state: str | None = None
    silent_for: int | None = None  # days, at least
    every: bool = False  # also trails of one row without a promise


@dataclass(frozen=True, slots=True)
class Trail:
    """An undertaking as it stands on the day asked about. ``givers`` and ``receivers`` are keys (a state's ISO code,
    else a party's id); ``rows`` are in order of time.
    """

    id: str
    state: str | None
    first: dt.date | None
    last: dt.date | None
    silent_days: int | None
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    subject: tuple[str, ...]
    rows: tuple[str, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """Its purposes and places, without the bare stems of other words."""
        return tuple(name for name in self.subject if name in _purposes() or not name.islower())

    @property
    def ended(self) -> bool:
        """Whether nothing more is to come: it was completed, refused or cancelled."""
        return self.state in _ENDED


@dataclass(frozen=True, slots=True)
class _Sign:
    """A row as the state of its trail needs it (``states.Deed``)."""

    stage: str
    negated: bool
    planned: bool
    earliest: dt.date | None
    latest: dt.date | None
    told: dt.date | None
    heard: dt.date | None


def read_trails(connection: Connection, wanted: TrailFilter, as_of: dt.date | None = None) -> list[Trail]:
    """The trails that a filter lets through, as they stood on a day (None: on that of the newest report).

    What may still come is first, the longest silent before the others; what has no day comes after what has. A trail
    of which nothing was heard by that day is left out.
    """
    known = dict(reports(connection)) if as_of else {}
    day = as_of or newest_day(connection)
    found = [trail for trail in _read(connection, _conditions(wanted), day, as_of, known) if passes(trail, wanted)]
    return sorted(found, key=lambda t: (t.ended, t.silent_days is None, -(t.silent_days or 0), t.id))


def trail_by_id(connection: Connection, name: str) -> Trail | None:
    """One trail as it stands on the day of the newest report; None if there is none of this id."""
    return next(_read(connection, (trails.c.id == name,), newest_day(connection), None, {}), None)


def matching(connection: Connection, wanted: TrailFilter) -> set[str]:
    """The ids of the trails of a filter's parties, place and kind, whatever their state and however long silent."""
    return set(connection.execute(select(trails.c.id).where(*_conditions(wanted))).scalars())


def _read(
    connection: Connection,
    which: Sequence[ColumnElement[bool]],
    day: dt.date | None,
    as_of: dt.date | None,
    known: Mapping[str, Report],
) -> Iterator[Trail]:
    """Trails by conditions, as on ``as_of`` if it is given, silent until ``day``; those of which rows are left."""
    listed = connection.execute(select(trails).where(*which).order_by(trails.c.id)).mappings().all()
    members = _members(connection, [row["id"] for row in listed])
    signs = _signs(connection, [r for its in members.values() for r in its], known) if as_of else {}
    for row in listed:
        trail = _trail(row, members.get(row["id"], ()), day)
        if as_of:
            trail = _as_it_stood(trail, signs, as_of)
        if trail.rows:
            yield trail


def _trail(row: RowMapping, members: tuple[str, ...], day: dt.date | None) -> Trail:
    last = _day(row["last"])
    return Trail(
        id=row["id"],
        state=row["state"],
        first=_day(row["first"]),
        last=last,
        silent_days=max(0, (day - last).days) if day and last else None,
        givers=tuple(json.loads(row["givers"])),
        receivers=tuple(json.loads(row["receivers"])),
        subject=tuple(json.loads(row["subject"])),
        rows=members,
    )


def _as_it_stood(trail: Trail, signs: Mapping[str, _Sign], as_of: dt.date) -> Trail:
    """The trail with the rows of which something was heard by a day."""
    its = [(r, sign) for r in trail.rows if (sign := signs.get(r)) and (sign.told or sign.earliest or as_of) <= as_of]
    state = trail_state((sign for _, sign in its), as_of)
    return replace(
        trail,
        state=state.state,
        first=state.first,
        last=state.last,
        silent_days=state.silent_days,
        rows=tuple(row for row, _ in its),
    )


def homes(connection: Connection) -> dict[str, str]:
    """For each row of a trail the one trail to name it by."""
    query = select(trail_rows.c.row_id, trail_rows.c.trail).where(trail_rows.c.home == 1)
    return {row: trail for row, trail in connection.execute(query)}


def entries_by_id(connection: Connection, names: Sequence[str]) -> dict[str, Entry]:
    """Rows by their ids; those that are hidden or gone are left out."""
    found: dict[str, Entry] = {}
    for some in _some(names):
        issued = list(connection.execute(select(rows.c.issued).where(rows.c.id.in_(some))).scalars())
        found |= {entry.row.id: entry for entry in entries_of(connection, issued)}
    return found


def key_names(connection: Connection, found: Iterable[Trail]) -> dict[str, str]:
    """What the givers and receivers of trails are called, by their keys: states by their names, others as most rows
    call them.
    """
    keys = sorted({key for trail in found for key in (*trail.givers, *trail.receivers)})
    names = {key: name for key in keys if (name := _state(key))}
    times = func.count().label("times")
    party = row_parties.c
    for some in _some([key for key in keys if key not in names]):
        query = select(party.actor_id, party.name, times).where(party.actor_id.in_(some))
        query = query.group_by(party.actor_id, party.name)
        for key, name, _ in connection.execute(query.order_by(times.desc(), party.name)):
            names.setdefault(key, name)
    return {key: names.get(key, key) for key in keys}


def _conditions(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if not wanted.every:
        found.append(or_(trails.c.size > 1, _has(rows.c.stage.in_(PROMISES))))
    if wanted.by:
        found.append(_has(_side(by=wanted.by)))
    if wanted.to:
        found.append(_has(_side(to=wanted.to)))
    if wanted.place:
        found.append(_has(*conditions(Filter(place=wanted.place))))
    return found


def _side(by: str | None = None, to: str | None = None) -> ColumnElement[bool]:
    """Rows in which a party gives or takes; who asks would take."""
    asking = rows.c.stage.in_(sorted(ASKING))
    return or_(
        and_(~asking, *conditions(Filter(by=by, to=to))),
        and_(asking, *conditions(Filter(by=to, to=by))),
    )


def _has(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a trail has such a row."""
    member = select(trail_rows.c.trail).join(rows, rows.c.id == trail_rows.c.row_id).where(*which)
    return trails.c.id.in_(member)


def passes(trail: Trail, wanted: TrailFilter) -> bool:
    """Whether a trail stands as a filter asks, its parties and places apart."""
    if wanted.state and trail.state != wanted.state:
        return False
    if wanted.silent_for is None:
        return True
    return not trail.ended and trail.silent_days is not None and trail.silent_days >= wanted.silent_for


def _members(connection: Connection, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The rows of trails that are shown, in order; for many trails those of all are read, which is quicker."""
    query = select(trail_rows.c.trail, trail_rows.c.row_id).join(rows, rows.c.id == trail_rows.c.row_id)
    query = query.where(rows.c.content.is_not(None), rows.c.status != "rejected")
    query = query.order_by(trail_rows.c.trail, trail_rows.c.position)
    several = len(names) > _VALUES
    found: dict[str, list[str]] = {name: [] for name in names}
    for some in (names,) if several else _some(names):
        for trail, row in connection.execute(query if several else query.where(trail_rows.c.trail.in_(some))):
            if trail in found:
                found[trail].append(row)
    return {trail: tuple(its) for trail, its in found.items()}


def _signs(connection: Connection, names: Sequence[str], known: Mapping[str, Report]) -> dict[str, _Sign]:
    """What the rows show and when, from their columns and the days of their reports. For many rows all are read."""
    several = len(names) > _VALUES
    days: dict[
        str, tuple[dt.date, dt.date]
    ] = {}  # of a report whose day is only bounded the first, as the survey takes it
    found: dict[str, _Sign] = {}
    telling = select(row_statements.c.row_id, statements.c.document)
    telling = telling.join(statements, statements.c.id == row_statements.c.statement_id)
    telling = telling.where(statements.c.kind == "commitment")
    same = (rows.c.id, rows.c.stage, rows.c.negated, rows.c.planned, rows.c.earliest, rows.c.latest)
    acts = select(*same).where(rows.c.kind == "commitment", rows.c.content.is_not(None))
    for some in (names,) if several else _some(sorted(set(names))):
        told_by = telling if several else telling.where(row_statements.c.row_id.in_(some))
        for row, document in connection.execute(told_by):
            its = known[document].days if document in known else None
            if its:
                before = days.get(row, (its[0], its[0]))
                days[row] = min(before[0], its[0]), max(before[1], its[0])
        its_acts = connection.execute(acts if several else acts.where(rows.c.id.in_(some)))
        for row, stage, negated, planned, earliest, latest in its_acts:
            told, heard = days.get(row, (None, None))
            found[row] = _Sign(stage, bool(negated), bool(planned), _day(earliest), _day(latest), told, heard)
    return found


@cache
def _state(code: str) -> str | None:
    try:
        return gazetteer.state(code).name
    except KeyError:
        return None


@cache
def _purposes() -> frozenset[str]:
    return frozenset(theme["name"] for theme in load("undertakings.toml", "pledgetrail.resolution")["theme"])


def _day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _some(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[at : at + _VALUES] for at in range(0, len(names), _VALUES))
