"""The reports of one event, grouped: a story.

Reports are joined by average linkage of the cosines of their digests, and with one condition more: what lies between
two groups must not be much weaker than what holds each of them together. Two fires in two shops of one chain share the
chain's name and the words of fires, but each fire's reports share more.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from pledgetrail.resolution.storylines.digests import Digest
from pledgetrail.resolution.storylines.neighbours import Columns, Neighbourhood, Vectors, Weights

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


@dataclass(frozen=True, slots=True)
class Grouped:
    """What is kept of a document that has its story: what of its digest finds its neighbours (``neighbours.keys``), the
    sum of its digest, and the name of the block of documents that hang together with it.
    """

    keys: Digest
    digest: bytes
    block: str


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Stories, and the blocks of their documents."""

    groups: list[tuple[str, ...]]
    blocks: dict[str, str]


def stories(digests: Iterable[Digest], joined: float = JOINED, held: float = HELD) -> list[tuple[str, ...]]:
    """The documents by story, also those that are alone in theirs; ids sorted within a story, stories by their first.

    A function of the set of digests: their order makes no difference, nor do reports that none of a story's reports
    resembles. Time grows as the number of reports: each has a bounded number of neighbours (see ``neighbours``).
    """
    return regrouped(digests, joined=joined, held=held).groups


def regrouped(
    digests: Iterable[Digest], before: Iterable[Grouped] = (), joined: float = JOINED, held: float = HELD
) -> Regrouped:
    """The stories of all documents whose stories can be others than they were, and which documents hang together now.

    ``before`` is what was said of documents the last time: with it the result is a part of that without it, and what is
    left out is as it was. Takes time with what has changed, and little more for each document.
    """
    ordered = sorted(digests, key=lambda digest: digest.document)
    were = sorted(before, key=lambda its: its.keys.document)
    known = {its.keys.document: its for its in were}
    fresh = {d.document for d in ordered if d.document not in known or known[d.document].digest != digest_sum(d)}
    gone = (known.keys() - {d.document for d in ordered}) | (fresh & known.keys())
    if not fresh and not gone:
        return Regrouped([], {})
    around, vectors = Neighbourhood(ordered), Vectors(ordered)
    moved = around.looking_at(fresh)
    moved |= Neighbourhood([its.keys for its in were]).looking_at(gone) if gone else set()
    rows = {digest.document: row for row, digest in enumerate(ordered)}
    edges: dict[int, dict[int, float]] = {}

    def look(found: Iterable[int]) -> None:
        for one, other, cosine in around.pairs(vectors, joined, found):
            if cosine < joined + _DAY * _apart(ordered[one], ordered[other]):
                continue  # by itself it joins nothing; what it adds to the mean of two groups is summed when they meet
            edges.setdefault(one, {})[other] = edges.setdefault(other, {})[one] = cosine

    asked = {rows[name] for name in moved if name in rows}
    look(asked)
    blocks = {known[name].block for name in (moved | {ordered[row].document for row in edges}) & known.keys()}
    regrouped = asked | {rows[n] for n, its in known.items() if its.block in blocks and n in rows}
    look(regrouped - asked)
    result = Regrouped([], {})
    for component in _components(edges, sorted(regrouped)):
        block = ordered[component[0]].document
        result.blocks.update((ordered[row].document, block) for row in component)
        if len(component) == 1:
            result.groups.append((block,))
            continue
        groups = {
            row: _Group([row], *vectors.row(row), ordered[row].first, ordered[row].last, near=edges[row])
            for row in component
        }
        result.groups.extend(
            tuple(ordered[row].document for row in sorted(group.rows)) for group in _linked(groups, joined, held)
        )
    result.groups.sort()
    return result


def digest_sum(one: Digest) -> bytes:
    """A short sum of a digest: of another digest, it is another."""
    return hashlib.blake2b(one.pack(), digest_size=8).digest()


def _components(edges: Mapping[int, Mapping[int, float]], rows: Sequence[int]) -> Iterator[list[int]]:
    """The rows that edges lead to from each other; the least first, the others as they are reached."""
    seen: set[int] = set()
    for start in rows:
        if start in seen:
            continue
        seen.add(start)
        component = [start]
        for row in component:
            for other in edges.get(row, ()):
                if other not in seen:
                    seen.add(other)
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
        if mean < joined + _DAY * _apart(one, two) or max(one.last, two.last) - min(one.first, two.first) > _SPAN:
            return False
    alone = len(one.rows) == 1 or len(two.rows) == 1
    return alone or mean >= held * (one.cohesion + two.cohesion) / 2


def _apart(one: Digest | _Group, two: Digest | _Group) -> int:
    """Days between the nearest reports of two groups, or between two reports; 0 where they are not known."""
    if one.first is None or one.last is None or two.first is None or two.last is None:
        return 0
    return max(one.first - two.last, two.first - one.last, 0)


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
