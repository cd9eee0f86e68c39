"""The funnel: of what was promised, how much was agreed, disbursed and delivered, and how much fell silent.

The rules of counting are those of docs/reference/trails.md: sums are never added across stages; a total is not added to
its parts, nor a running total to its increments; what is conditional, planned or denied stands apart; what several give
together is counted once, for them together; a sum that one undertaking names twice at one stage is one sum.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pledgetrail.records import Commitment, Party
from pledgetrail.resolution.undertakings.rates import convert
from pledgetrail.resolution.undertakings.steps import ASKING, key_of
from pledgetrail.vocabulary import SECTORS

By = Literal["by", "to", "place", "sector"]

#: The columns of the funnel, in order, and the stages counted in each. Other stages are in none.
COLUMNS: Final[dict[str, frozenset[str]]] = {
    "requested": frozenset({"request"}),
    "offered": frozenset({"offer"}),
    "promised": frozenset({"pledge"}),
    "agreed": frozenset({"agreement", "contract"}),
    "disbursed": frozenset({"disbursement"}),
    "delivered": frozenset({"delivery", "completion"}),
    "withdrawn": frozenset({"suspension", "cancellation", "refusal"}),
}
_COLUMN_OF: Final = {stage: column for column, stages in COLUMNS.items() for stage in stages}
#: States of a trail that has a promise and nothing after it.
_PROMISED: Final = frozenset({"promised", "agreed"})


@dataclass(frozen=True, slots=True)
class Counted:
    """A row as it is counted. ``ids`` are all ids by which a part may name it as its total: the row's and its
    statements'. ``day`` is the day whose rate converts its sum. ``trail`` is any name of its trail, whose ``state`` and
    ``silent_days`` are as ``states.trail_state`` gives them.
    """

    row: str
    content: Commitment
    day: dt.date | None = None
    ids: frozenset[str] = frozenset()
    trail: str | None = None
    state: str | None = None
    silent_days: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Money of one currency (None: the texts do not say which), from ``rows`` rows. ``converted`` is what of it could
    be converted, from all but ``unconverted`` rows; None if none could.
    """

    currency: str | None
    value: float
    rows: int
    converted: float | None
    unconverted: int


@dataclass(frozen=True, slots=True)
class Column:
    """Rows of one column of a line. ``sums`` are by currency, those of sums given together with others ``joint``."""

    rows: int
    sums: tuple[Sum, ...]
    joint: tuple[Sum, ...] = ()


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """One giver, taker, place or sector; ``key`` None gathers the rows that name none. ``columns`` holds the columns of
    ``COLUMNS`` that have rows; ``conditional``, ``planned`` and ``denied`` the rows kept apart, by the same columns;
    ``silent`` the promises of trails that nobody has heard of for the days asked about.
    """

    key: str | None
    name: str | None
    columns: dict[str, Column]
    conditional: dict[str, Column]
    planned: dict[str, Column]
    denied: dict[str, Column]
    silent: Column
    silent_trails: int


def funnel(rows: Iterable[Counted], by: By, into: str = "USD", silent_after: int = 365) -> Iterator[FunnelLine]:
    """The funnel's lines, most promises first, then by key; the same in whatever order the rows come.

    A row stands in the line of each of its givers (takers, places); if they are several its sum is under ``joint`` in
    each. Converted values are in the currency ``into``, at the rate of each row's day. A trail is silent if it stands
    at a promise or an agreement and was last heard of at least ``silent_after`` days ago.
    """
    ordered = sorted({r.row: r for r in rows}.values(), key=lambda r: (r.content.id, r.row))
    lines: dict[str | None, list[tuple[Counted, bool]]] = defaultdict(list)
    names: dict[str | None, list[str]] = defaultdict(list)
    for row in ordered:
        keys = dict(_keys(row.content, by))
        for key, name in keys.items():
            lines[key].append((row, len(keys) > 1))
            names[key].append(name)
        if not keys:
            lines[None].append((row, False))
    made = [_line(key, names[key], members, into, silent_after) for key, members in lines.items()]
    yield from sorted(made, key=lambda m: (-_promises(m), m.key is None, m.key or ""))


def _promises(line: FunnelLine) -> int:
    return line.columns["promised"].rows if "promised" in line.columns else 0


def _keys(content: Commitment, by: By) -> Iterator[tuple[str, str]]:
    """The keys under which a row is counted, and what they are called."""
    if by == "place":
        yield from ((place, place) for place in content.places)
    elif by == "sector":
        if content.sector:
            yield content.sector, SECTORS.get(content.sector, content.sector)
    else:
        giving, taking = _hands(content)
        for party in giving if by == "by" else taking:
            key = key_of(party)
            if key is not None:
                yield key, party.name


def _hands(content: Commitment) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Who gives, and who takes."""
    return (content.to, content.by) if content.stage in ASKING else (content.by, content.to)


def _line(
    key: str | None, names: Sequence[str], members: list[tuple[Counted, bool]], into: str, after: int
) -> FunnelLine:
    apart: dict[str, dict[str, list[tuple[Counted, bool]]]] = {
        kind: defaultdict(list) for kind in ("columns", "conditional", "planned", "denied")
    }
    for row, joint in members:
        column = _COLUMN_OF.get(row.content.stage)
        if column is not None:
            apart[_kind(row.content)][column].append((row, joint))
    silent = [m for m in apart["columns"]["promised"] + apart["columns"]["agreed"] if _is_silent(m[0], after)]
    promises = [m for m in silent if m[0].content.stage == "pledge"]
    columns = {kind: {c: _column(groups[c], into) for c in COLUMNS if groups.get(c)} for kind, groups in apart.items()}
    return FunnelLine(
        key=key,
        name=max(sorted(set(names)), key=names.count, default=None),
        silent=_column(promises, into),
        silent_trails=len({row.trail or row.row for row, _ in silent}),
        **columns,
    )


def _kind(content: Commitment) -> str:
    if content.negated:
        return "denied"
    if content.planned:
        return "planned"
    return "conditional" if content.conditional else "columns"


def _is_silent(row: Counted, after: int) -> bool:
    return row.state in _PROMISED and row.silent_days is not None and row.silent_days >= after


def _column(members: list[tuple[Counted, bool]], into: str) -> Column:
    alone = _added([row for row, joint in members if not joint])
    shared = _added([row for row, joint in members if joint])
    return Column(len(members), _sums(alone, into), _sums(shared, into))


def _added(rows: list[Counted]) -> list[Counted]:
    """The rows of one column whose sums may be added up: without parts of a total that is there, without what a running
    total holds, and each sum of an undertaking once.
    """
    priced = [row for row in rows if row.content.amount]
    there = {name for row in priced for name in (row.row, row.content.id, *row.ids)}
    whole = [row for row in priced if row.content.part_of is None or row.content.part_of not in there]
    once: dict[tuple[object, ...], Counted] = {}
    for row in whole:
        amount = row.content.amount
        assert amount is not None
        once.setdefault((row.trail or row.row, amount.value, amount.currency, row.content.cumulative), row)
    return [row for group in _series(once.values()) for row in _counted(group)]


def _series(rows: Iterable[Counted]) -> list[list[Counted]]:
    """Rows by giver and currency: among these a running total holds others."""
    series: dict[tuple[object, ...], list[Counted]] = defaultdict(list)
    for row in rows:
        assert row.content.amount is not None
        givers = tuple(sorted({key_of(p) or p.id for p in _hands(row.content)[0]}))
        series[(givers, row.content.amount.currency)].append(row)
    return list(series.values())


def _counted(rows: list[Counted]) -> list[Counted]:
    """Of the rows of one series those to add up: for each running total, the latest first, the total in place of what
    it holds; or what it holds, if that makes more (the total was of something narrower). Compares each running total,
    of which there are few, with every row.
    """
    totals = [row for row in rows if row.content.cumulative]
    totals.sort(key=lambda row: (row.day or dt.date.min, _value(row), row.content.id), reverse=True)
    takers = {row.row: frozenset(key_of(p) or p.id for p in _hands(row.content)[1]) for row in rows} if totals else {}
    rest, chosen, gone = rows, [], set[str]()
    for total in totals:
        if total.row in gone:
            continue
        ours = takers[total.row]
        held = [row for row in rest if row is not total and _holds(total, row, ours, takers[row.row])]
        gone.update(row.row for row in (total, *held))
        rest = [row for row in rest if row.row not in gone]
        steps = [row for row in held if not row.content.cumulative]
        chosen += steps if sum(map(_value, steps)) > _value(total) else [total]
    return rest + chosen


def _holds(total: Counted, row: Counted, ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether a sum is in a running total; ``theirs`` and ``ours`` are their takers.

    It is no later, or not dated, of the same takers as far as both name any, of the total's sector if it names one; and
    it is no greater running total.
    """
    if total.content.sector and row.content.sector not in (None, total.content.sector):
        return False
    if (ours and theirs and not ours & theirs) or (row.content.cumulative and _value(row) > _value(total)):
        return False
    return total.day is None or row.day is None or row.day <= total.day


def _value(row: Counted) -> float:
    assert row.content.amount is not None
    return row.content.amount.value


def _sums(rows: list[Counted], into: str) -> tuple[Sum, ...]:
    groups: dict[str | None, list[Counted]] = defaultdict(list)
    for row in rows:
        assert row.content.amount is not None
        groups[row.content.amount.currency].append(row)
    return tuple(
        _sum(currency, groups[currency], into) for currency in sorted(groups, key=lambda c: (c is None, c or ""))
    )


def _sum(currency: str | None, rows: list[Counted], into: str) -> Sum:
    converted = [found.value for row in rows if (found := convert(_value(row), currency, row.day, into))]
    return Sum(
        currency=currency,
        value=sum(sorted(map(_value, rows))),
        rows=len(rows),
        converted=sum(sorted(converted)) if converted else None,
        unconverted=len(rows) - len(converted),
    )
