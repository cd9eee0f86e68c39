"""Pictures of a view of the ledger: its rows by time, by place, and by who stands to whom. Counted over the columns."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, overload

import numpy as np
from starlette.requests import Request

from pledgetrail.serving.choosing import Chosen
from pledgetrail.serving.columns import Array, Columns, Words
from pledgetrail.serving.listing import named, words_of
from pledgetrail.serving.site import Site
from pledgetrail.serving.view import View, read_view
from pledgetrail.vocabulary import ENCOUNTERS, MEASURES, STAGES

#: What rows of a kind are told apart by, in order.
CLASSES: Final = {"commitment": STAGES, "encounter": ENCOUNTERS, "figure": MEASURES}

#: A timeline of more months goes by years.
_MONTHS: Final = 96

#: Meetings of more parties are conferences: who met whom at them is not said.
PARTIES: Final = 12


@dataclass(frozen=True, slots=True)
class Look:
    """A view with the columns and the rows of it, for as long as the columns stay as they are."""

    view: View
    columns: Columns
    mask: Array
    kinds: Mapping[str, int]


@contextmanager
def looking(site: Site, request: Request) -> Iterator[Look]:
    """The view of an address. Raises BadView."""
    view = read_view(request.query_params.multi_items())
    with site.ledger.reading() as connection:
        view, found = named(connection, view), words_of(connection, view)
        with site.index.fresh(connection) as columns:
            chosen = Chosen(columns, view, None if found is None else columns.places(found))
            yield Look(view, columns, chosen.mask, chosen.kinds())


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a year."""

    first: dt.date
    last: dt.date
    name: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many rows of each class began in each period. ``wide`` rows may have begun later too."""

    unit: str
    periods: tuple[Period, ...]
    lanes: tuple[tuple[str, tuple[int, ...]], ...]
    undated: int
    wide: int


def timeline(look: Look, unit: str) -> Timeline:
    """The rows of a view by month or year ("month", "year", or "" for what fits)."""
    columns, mask = look.columns, look.mask
    first, last = columns.column("first")[mask], columns.column("last")[mask]
    classes = columns.column("class")[mask]
    dated = first > 0
    undated = int(np.count_nonzero(~dated))
    first, last, classes = first[dated], last[dated], classes[dated]
    if not len(first):
        return Timeline(unit or "month", (), (), undated, 0)
    days, inverse = np.unique(first, return_inverse=True)
    months = np.array([day.year * 12 + day.month - 1 for day in map(dt.date.fromordinal, days.tolist())])[inverse]
    low, high = int(months.min()), int(months.max())
    # a month's timeline longer than any screen is one of years, whoever asks
    by_year = unit == "year" or high - low + 1 > (_MONTHS * 4 if unit == "month" else _MONTHS)
    places = months // 12 if by_year else months
    start, count = int(places.min()), int(places.max() - places.min() + 1)
    lanes = []
    for name in CLASSES[look.view.kind]:
        number = columns.words["class"].find(name)
        if number is not None and np.any(classes == number):
            counts = np.bincount(places[classes == number] - start, minlength=count)
            lanes.append((name, tuple(int(n) for n in counts)))
    wide = int(np.count_nonzero(last - first > (366 if by_year else 31)))
    periods = tuple(_year(start + n) if by_year else _month(start + n) for n in range(count))
    return Timeline("year" if by_year else "month", periods, tuple(lanes), undated, wide)


def _year(year: int) -> Period:
    return Period(dt.date(year, 1, 1), dt.date(year, 12, 31), f"{year:04}")


def _month(number: int) -> Period:
    first = dt.date(number // 12, number % 12 + 1, 1)
    following = dt.date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return Period(first, following - dt.timedelta(days=1), f"{first:%Y-%m}")


def places(look: Look) -> dict[str, dict[str, int]]:
    """Rows of a view by place and class; a row counts once at each of its places."""
    columns = look.columns
    rows, its = columns.pairs("place")
    within = look.mask[rows]
    pairs = np.stack((its[within], columns.column("class")[rows[within]]))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    if pairs.size:
        unique, counts = np.unique(pairs, axis=1, return_counts=True)
        for place, klass, count in zip(*unique.tolist(), counts.tolist(), strict=True):
            found[columns.words["place"].list[place]][columns.words["class"].list[klass]] = count
    return dict(found)


@dataclass(frozen=True, slots=True)
class Tie:
    """Rows that name two actors, from one to the other; of meetings in the order of their names."""

    source: str
    target: str
    rows: int
    classes: Mapping[str, int]


class Ties(Sequence[Tie]):
    """Ties in order, each made when it is looked at: there may be far more than a page shows."""

    def __init__(self, make: Callable[[int], Tie], count: int) -> None:
        """``make`` makes the tie of a place."""
        self._make = make
        self._count = count

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    @overload
    def __getitem__(self, place: int) -> Tie: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Tie]: ...
    def __getitem__(self, place: int | slice) -> Tie | Sequence[Tie]:
        """The tie of a place, or those of several."""
        if isinstance(place, slice):
            return [self._make(number) for number in range(self._count)[place]]
        return self._make(range(self._count)[place])


@dataclass(frozen=True, slots=True)
class Network:
    """Ties, the most rows first, what the actors are called, and the meetings too large to tell who met."""

    ties: Sequence[Tie]
    names: Mapping[str, str]
    crowds: int


def network(look: Look) -> Network:
    """Who promises whom (commitments: who acts, and to or through whom), or who meets whom (encounters)."""
    acting, words = _parties(look, "by"), look.columns.words["by"]
    crowds = 0
    if look.view.kind == "encounter":
        times = np.bincount(acting[0])
        crowds = int(np.count_nonzero(times > PARTIES))
        few = times[acting[0]] <= PARTIES
        acting = acting[0][few], acting[1][few]
        others, rank = words, _ranks(words)
        rows, sources, targets = _together(acting, acting)
        each = rank[sources] < rank[targets]  # of two who met once, in the order of their names
    else:
        others = look.columns.words["to"]
        rows, sources, targets = _together(acting, _parties(look, "to"))
        same = np.array([-1 if (found := words.find(word)) is None else found for word in others.list])
        each = sources != same[targets]
    ties = _counted(look, rows[each], sources[each], targets[each], words, others)
    names = {words.list[number]: words.name(number) for number in np.unique(sources[each]).tolist()}
    names |= {others.list[number]: others.name(number) for number in np.unique(targets[each]).tolist()}
    return Network(ties, names, crowds)


def _counted(look: Look, rows: Array, sources: Array, targets: Array, words: Words, others: Words) -> Ties:
    """Ties by the numbers of those who are tied, one for each pair, with the rows of each class."""
    classes = look.columns.words["class"].list
    pairs = sources.astype(np.int64) * len(others.list) + targets
    found, times = np.unique(pairs * len(classes) + look.columns.column("class")[rows], return_counts=True)
    pairs, first = np.unique(found // len(classes), return_index=True)
    if not len(pairs):
        return Ties(lambda _: Tie("", "", 0, {}), 0)
    ends = np.append(first[1:], len(found))
    sums = np.add.reduceat(times, first)
    one, other = pairs // len(others.list), pairs % len(others.list)
    order = np.lexsort((_ranks(others)[other], _ranks(words)[one], -sums))

    def make(place: int) -> Tie:
        at = int(order[place])
        its = {classes[int(found[n]) % len(classes)]: int(times[n]) for n in range(int(first[at]), int(ends[at]))}
        return Tie(words.list[int(one[at])], others.list[int(other[at])], int(sums[at]), its)

    return Ties(make, len(pairs))


def _parties(look: Look, role: str) -> tuple[Array, Array]:
    """The rows of a view with the actors that they name in a role, in the order of the rows."""
    rows, its = look.columns.pairs(role)
    within = np.flatnonzero(look.mask[rows])
    within = within[np.argsort(rows[within], kind="stable")]
    return rows[within], its[within]


def _together(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Each actor of a row with each of the others of it: the row, the one, the other. Both sides are sorted by row."""
    left, right = np.searchsorted(other[0], one[0], "left"), np.searchsorted(other[0], one[0], "right")
    times = right - left
    first = np.repeat(left, times)
    places = first + np.arange(len(first)) - np.repeat(np.cumsum(times) - times, times)
    return np.repeat(one[0], times), np.repeat(one[1], times), other[1][places]


def _ranks(words: Words) -> Array:
    """The place of each actor in the order of their names, by its number."""
    order = sorted(range(len(words.list)), key=lambda number: (words.name(number), words.list[number]))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def chips(view: View, path: str) -> list[tuple[str, str, str]]:
    """What a view is narrowed by: facet, value, and the address without it."""
    return [
        (facet, value, view.toggled(facet, value).address(path)) for facet, its in view.chosen.items() for value in its
    ]


def narrowed(view: View, **chosen: Sequence[str]) -> View:
    """A view with other values of some facets."""
    return view.with_(chosen={**view.chosen, **{facet: tuple(values) for facet, values in chosen.items()}})


def class_counts(classes: Mapping[str, int], kind: str) -> list[tuple[str, int]]:
    """Counts by class in the order of the vocabulary."""
    return [(name, classes[name]) for name in CLASSES[kind] if name in classes]
