"""Trails as pages show them: which, in which order, and each drawn as a line through its stages."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection, select

from pledgetrail.language.edtf import days_of
from pledgetrail.ledger.schema import datings, documents, row_statements, rows, statements, trail_rows
from pledgetrail.ledger.surveying import newest_day
from pledgetrail.ledger.trails import Trail, TrailFilter, key_names, matching, passes, read_trails
from pledgetrail.resolution.undertakings.states import STATES
from pledgetrail.serving.kept import PATIENCE, Held, kept_of
from pledgetrail.serving.scales import Days, Tick
from pledgetrail.serving.site import Site

#: How high each stage stands in a picture: what is asked for below what is promised, below what is done. Stages that
#: halt an undertaking stand where the line has come.
LEVELS: Final = ("asked or offered", "promised", "agreed", "paid", "delivered")
_LEVEL: Final = {
    "exploration": 0, "invitation": 0, "request": 0, "call": 0, "offer": 0, "pledge": 1, "agreement": 2, "contract": 2,
    "disbursement": 3, "delivery": 4, "completion": 4,
}  # fmt: skip

#: Columns of a row that its trail is told with.
_SHOWN: Final = (
    *("id", "issued", "kind", "stage", "by_names", "to_names", "via_names", "what", "amount_value", "amount_currency"),
    *("amount_qualifier", "sector", "place_names", "when_edtf", "when_basis", "earliest", "latest", "conditional"),
    *("negated", "planned", "cumulative", "status", "confidence", "origins", "sentence", "document"),
)

_VALUES: Final = 500

#: Parties and places whose trails are remembered.
_LOOKED_UP: Final = 200


@dataclass(frozen=True)
class Whole:
    """All trails as they stood on a day, those that may still go on and are silent longest first."""

    trails: tuple[Trail, ...]
    as_of: dt.date | None
    names: Mapping[str, str]  # what givers and receivers are called
    sectors: Mapping[str, frozenset[str]]  # the trails that have rows of each
    worth: frozenset[str]  # those shown unless all are asked for: of several rows, or of a promise

    def among(self, connection: Connection, wanted: TrailFilter) -> frozenset[str]:
        """The ids of the trails of some parties and place, looked up once as long as all trails stay as they are."""
        if wanted not in self._among:
            if len(self._among) >= _LOOKED_UP:
                self._among.clear()
            self._among[wanted] = frozenset(matching(connection, wanted))
        return self._among[wanted]

    @cached_property
    def _among(self) -> dict[TrailFilter, frozenset[str]]:
        return {}

    @cached_property
    def by_id(self) -> Mapping[str, Trail]:
        """The trails by their ids."""
        return {trail.id: trail for trail in self.trails}


@dataclass(frozen=True, slots=True)
class Standing:
    """The trails that a page lists, the day they are seen from, and how many stand in each state."""

    trails: Sequence[Trail]
    as_of: dt.date | None
    states: Mapping[str, int]
    names: Mapping[str, str]
    sectors: tuple[str, ...]  # those that rows of any trails are of


@dataclass(frozen=True, slots=True)
class Step:
    """A row in the picture of its trail. ``days`` says when: its own day, or that of the first report of it."""

    row: Mapping[str, Any]
    day: dt.date | None
    told: bool  # whether the day is that of the report
    x: float | None
    y: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A trail drawn: steps from left to right, stages from the bottom up, and the silence after the last sign."""

    steps: tuple[Step, ...]
    line: str  # points of a polyline
    silence: tuple[float, float, float] | None  # from, to, height
    ticks: tuple[Tick, ...]
    width: int
    height: int


#: Orders of the list with what the page calls them.
SORTS: Final = {"silent": "longest silent first", "steps": "most steps first", "newest": "last heard of first"}


def whole_of(site: Site, as_of: dt.date | None, patience: float = PATIENCE) -> Held[Whole]:
    """All trails as they stood on a day (None: that of the newest report), as they are kept."""
    return kept_of(site).get(("trails", as_of), lambda connection: whole(connection, as_of), patience)


def whole(connection: Connection, as_of: dt.date | None) -> Whole:
    """All trails, read from the ledger."""
    found = sorted(read_trails(connection, TrailFilter(every=True), as_of), key=lambda trail: order(trail, "silent"))
    return Whole(
        tuple(found),
        as_of or newest_day(connection),
        key_names(connection, found),
        _sectors(connection),
        frozenset(matching(connection, TrailFilter())),
    )


def order(trail: Trail, sort: str) -> tuple[Any, ...]:
    """What trails are sorted by, the least first; no two are equal. Days of silence go by the last sign of life, which
    stays when a newer report comes.
    """
    silent = (trail.ended, trail.last is None, trail.last.toordinal() if trail.last else 0, trail.id)
    if sort == "steps":
        return (-len(trail.rows), *silent)
    return (-silent[2], *silent) if sort == "newest" else silent


def standing(connection: Connection, known: Whole, wanted: TrailFilter, sector: str, sort: str = "silent") -> Standing:
    """The trails of a filter; of a sector if one is named (five digits of the DAC's list, or the first three)."""
    among: set[str] | frozenset[str] | None = None if wanted.every else known.worth
    if wanted.by or wanted.to or wanted.place:
        among = known.among(connection, replace(wanted, state=None, silent_for=None))
    if sector:
        its = frozenset[str]().union(*(names for code, names in known.sectors.items() if code.startswith(sector)))
        among = its if among is None else its & among
    any_state = replace(wanted, state=None)
    found = [trail for trail in known.trails if (among is None or trail.id in among) and passes(trail, any_state)]
    states = Counter(trail.state or "none" for trail in found)
    if wanted.state:
        found = [trail for trail in found if (trail.state or "none") == wanted.state]
    if sort != "silent":
        found.sort(key=lambda trail: order(trail, sort))
    ordered = {state: states[state] for state in (*STATES, "none") if states[state]}
    return Standing(found, known.as_of, ordered, known.names, tuple(known.sectors))


def rows_of(connection: Connection, found: Sequence[Trail]) -> dict[str, list[Mapping[str, Any]]]:
    """The rows of some trails in their order, each with ``first_told``, the first day of its reports."""
    names = sorted({row for trail in found for row in trail.rows})
    known: dict[str, Mapping[str, Any]] = {}
    told: dict[str, dt.date] = {}
    for at in range(0, len(names), _VALUES):
        some = names[at : at + _VALUES]
        query = select(*(rows.c[column] for column in _SHOWN)).where(rows.c.id.in_(some), rows.c.content.is_not(None))
        known |= {row["id"]: row for row in connection.execute(query).mappings()}
        telling = (
            select(row_statements.c.row_id, documents.c.published, datings.c.earliest)
            .join(statements, statements.c.id == row_statements.c.statement_id)
            .join(documents, documents.c.id == statements.c.document)
            .outerjoin(datings, datings.c.document == documents.c.id)
        )
        for row, published, sibling in connection.execute(telling.where(row_statements.c.row_id.in_(some)).distinct()):
            if day := _first_day(published, sibling):
                told[row] = min(told.get(row, day), day)
    return {
        trail.id: [{**known[row], "first_told": told.get(row)} for row in trail.rows if row in known] for trail in found
    }


def _first_day(published: str | None, sibling: str | None) -> dt.date | None:
    """The first day that a report can be of, by what it bears or else by what others tell."""
    first, _ = days_of(published)
    return first or (dt.date.fromisoformat(sibling) if sibling else None)


def heading(members: Sequence[Mapping[str, Any]]) -> str:
    """What a trail is about: the fullest account of one of its rows, sums before words."""
    told = [row for row in members if row["what"]] or members
    best = max(told, key=lambda row: (row["amount_value"] is not None, row["confidence"] or 0.0), default=None)
    return str(best["what"] or "") if best is not None else ""


def picture(trail: Trail, members: Sequence[Mapping[str, Any]], scale: Days | None, width: int, height: int) -> Picture:
    """A trail on a scale of days; steps without a day are listed and not drawn."""
    pad = 7.0
    rise = (height - 2 * pad) / (len(LEVELS) - 1)
    steps, level = [], 0
    for row in members:
        level = _LEVEL.get(row["stage"], level)
        day = dt.date.fromisoformat(row["earliest"] or row["latest"]) if row["earliest"] or row["latest"] else None
        shown = day or row["first_told"]
        x = scale.at(shown) if scale and shown else None
        steps.append(Step(row, shown, day is None and shown is not None, x, round(height - pad - level * rise, 1)))
    drawn = sorted((step for step in steps if step.x is not None), key=lambda step: step.x or 0.0)
    points = [f"{step.x},{step.y}" for step in drawn]
    silence = None
    if scale and trail.last and not trail.ended and drawn:
        begin, end = max(scale.at(trail.last), drawn[-1].x or 0.0), scale.at(scale.last)
        silence = (begin, end, drawn[-1].y) if end > begin else None
        if begin > (drawn[-1].x or 0.0):
            points.append(f"{begin},{drawn[-1].y}")
    return Picture(tuple(steps), " ".join(points), silence, tuple(scale.ticks() if scale else ()), width, height)


def scale_for(found: Sequence[Trail], as_of: dt.date | None, width: int) -> Days | None:
    """One scale for several trails, from the first sign of any to the day they are seen from."""
    days = [day for trail in found for day in (trail.first, trail.last) if day] + ([as_of] if as_of else [])
    return Days(min(days), max(days), 8.0, width - 8.0) if days else None


def _sectors(connection: Connection) -> dict[str, frozenset[str]]:
    """The sectors that rows of trails are of, in order, with the trails."""
    query = select(rows.c.sector, trail_rows.c.trail).join(trail_rows, trail_rows.c.row_id == rows.c.id)
    found: dict[str, set[str]] = {}
    for sector, trail in connection.execute(query.where(rows.c.sector.is_not(None)).order_by(rows.c.sector)):
        found.setdefault(sector, set()).add(trail)
    return {sector: frozenset(its) for sector, its in found.items()}
