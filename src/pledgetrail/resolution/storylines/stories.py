"""The reports of one event, grouped: a story.

Reports are joined by average linkage of the cosines of their digests, and with one condition more: what lies between
two groups must not be much weaker than what holds each of them together. Two fires in two shops of one chain share the
chain's name and the words of fires, but each fire's reports share more.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from pledgetrail.resolution.storylines.digests import Digest
from pledgetrail.resolution.storylines.neighbours import Columns, Vectors, Weights, neighbours

#: Mean cosine between two groups from which they are joined, and the share of the groups' own mean cosine that it must
#: reach. These two, and those below, were chosen by scripts/score_stories.py (docs/decisions/0018-stories.md).
JOINED: Final = 0.16
HELD: Final = 0.68
#: What the mean cosine must be above JOINED for each day between the nearest reports of the two groups.
_DAY: Final = 0.02
#: Days between the first and the last report of a story.
_SPAN: Final = 92
#: A group's own mean cosine is drawn towards this value as if it were that of so many pairs more.
_USUAL: Final = 0.15
_PAIRS: Final = 15


@dataclass(slots=True)
class _Group:
    """Reports joined so far: the sum of their vectors, the sum of the cosines between them, and near groups."""

    rows: list[int]
    columns: Columns
    weights: Weights
    first: int | None
    last: int | None
    inside: float = 0.0
    near: dict[int, float] = field(default_factory=dict)  # the sum of the cosines between it and another

    @property
    def cohesion(self) -> float:
        """The mean cosine between two of its reports, drawn towards the usual one."""
        pairs = len(self.rows) * (len(self.rows) - 1) / 2
        return (self.inside + _USUAL * _PAIRS) / (pairs + _PAIRS)


def stories(digests: Iterable[Digest], joined: float = JOINED, held: float = HELD) -> list[tuple[str, ...]]:
    """The documents by story, also those that are alone in theirs; ids sorted within a story, stories by their first.

    A function of the set of digests: their order makes no difference, nor do reports that none of a story's reports
    resembles. Time grows as the number of reports: each has a bounded number of neighbours (see ``neighbours``).
    """
    ordered = sorted(digests, key=lambda digest: digest.document)
    vectors = Vectors(ordered)
    edges: list[dict[int, float]] = [{} for _ in ordered]
    for one, other, cosine in neighbours(ordered, vectors, joined):
        edges[one][other] = edges[other][one] = cosine
    found: list[tuple[str, ...]] = []
    for component in _components(edges):
        if len(component) == 1:
            found.append((ordered[component[0]].document,))
            continue
        groups = {
            row: _Group([row], *vectors.row(row), ordered[row].first, ordered[row].last, near=edges[row])
            for row in component
        }
        found.extend(
            tuple(ordered[row].document for row in sorted(group.rows)) for group in _linked(groups, joined, held)
        )
    return sorted(found)


def _components(edges: list[dict[int, float]]) -> Iterator[list[int]]:
    """The rows that edges lead to from each other."""
    seen = bytearray(len(edges))
    for start in range(len(edges)):
        if seen[start]:
            continue
        seen[start] = 1
        component = [start]
        for row in component:
            for other in edges[row]:
                if not seen[other]:
                    seen[other] = 1
                    component.append(other)
        yield component


def _linked(groups: dict[int, _Group], joined: float, held: float) -> Iterable[_Group]:
    """The groups after every join that may be made, the closest two first; a tie goes to the first rows.

    A pair is queued when its mean is learnt, so the queue holds as many entries as there are edges, and for each join
    as many more as the joined groups had neighbours.
    """
    queue = [
        (-cosine, row, other) for row, group in groups.items() for other, cosine in group.near.items() if row < other
    ]
    heapq.heapify(queue)
    while queue:
        mean, row, other = heapq.heappop(queue)
        one, two = groups.get(row), groups.get(other)
        if one is None or two is None or other not in one.near or -mean != _mean(one, two, one.near[other]):
            continue  # joined meanwhile
        if not _may_join(one, two, -mean, joined, held):
            continue
        _join(groups, row, other, joined)
        for near, total in groups[row].near.items():
            entry = (-_mean(groups[row], groups[near], total), min(row, near), max(row, near))
            heapq.heappush(queue, entry)
    return groups.values()


def _mean(one: _Group, two: _Group, total: float) -> float:
    return total / (len(one.rows) * len(two.rows))


def _may_join(one: _Group, two: _Group, mean: float, joined: float, held: float) -> bool:
    if one.first is not None and one.last is not None and two.first is not None and two.last is not None:
        apart = max(one.first - two.last, two.first - one.last, 0)
        if mean < joined + _DAY * apart or max(one.last, two.last) - min(one.first, two.first) > _SPAN:
            return False
    alone = len(one.rows) == 1 or len(two.rows) == 1
    return alone or mean >= held * (one.cohesion + two.cohesion) / 2


def _join(groups: dict[int, _Group], row: int, other: int, joined: float) -> None:
    """Put the group of ``other`` into that of ``row``. What lies between the two and a third group is summed; where it
    was below the bound for one of them, it is computed from the sums of their vectors.
    """
    one, two = groups[row], groups.pop(other)
    between = one.near.pop(other)
    del two.near[row]
    near: dict[int, float] = {}
    for third in one.near.keys() | two.near.keys():
        group = groups[third]
        mine, theirs = one.near.get(third), two.near.get(third)
        total = (_dot(one, group) if mine is None else mine) + (_dot(two, group) if theirs is None else theirs)
        group.near.pop(other, None)
        group.near.pop(row, None)
        if total >= joined * (len(one.rows) + len(two.rows)) * len(group.rows):
            near[third] = group.near[row] = total
    one.columns, one.weights = _sum(one, two)
    one.inside += two.inside + between
    one.rows += two.rows
    one.first = min((day for day in (one.first, two.first) if day is not None), default=None)
    one.last = max((day for day in (one.last, two.last) if day is not None), default=None)
    one.near = near


def _dot(one: _Group, two: _Group) -> float:
    """The sum of the cosines between the reports of two groups. Takes time linear in the smaller's terms."""
    if len(one.columns) > len(two.columns):
        one, two = two, one
    if not len(one.columns):
        return 0.0
    at = np.minimum(np.searchsorted(two.columns, one.columns), len(two.columns) - 1)
    return float((one.weights * two.weights[at])[two.columns[at] == one.columns].sum())


def _sum(one: _Group, two: _Group) -> tuple[Columns, Weights]:
    columns, place = np.unique(np.concatenate((one.columns, two.columns)), return_inverse=True)
    weights = np.bincount(place, np.concatenate((one.weights, two.weights))).astype(np.float32)
    return columns, weights
