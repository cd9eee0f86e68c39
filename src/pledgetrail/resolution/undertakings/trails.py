"""Trails: the rows about one undertaking, in order of time, and how far it has come (docs/reference/trails.md).

Rows are compared only with rows that share a side and a word, sum, place or purpose, and of those with a fixed number
that are next in time; so the work grows with the number of rows. Links are followed strongest first and two groups
become one unless something in them contradicts (``Undertaking``); so a row that could belong to two undertakings does
not make them one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pledgetrail.resolution.undertakings.steps import Step, lifetime
from pledgetrail.resolution.undertakings.strands import Strand, days_between, link, reach, strands
from pledgetrail.resolution.undertakings.subjects import weight
from pledgetrail.resolution.undertakings.undertaking import Undertaking

#: How many of the next rows in time that share a token a row is compared with: what keeps the work linear where
#: thousands of rows share a purpose.
_NEXT: Final = 4
#: The rarest words of an object by which rows find each other. A pair linked by words shares some of them.
_RAREST: Final = 6
#: Words lighter than this are in so many objects that sharing one finds nothing.
_FINDS: Final = 3.5


@dataclass(frozen=True, slots=True)
class Trail:
    """The rows of one undertaking, in order of time; one row alone is a trail too.

    ``givers`` and ``receivers`` are the keys of its sides, as far as told; where the steps do not tell them apart (two
    states agree), both are ``givers``. ``subject`` are the purposes, places and words that half or more of its telling
    steps share.
    """

    rows: tuple[str, ...]
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    subject: tuple[str, ...]


def trails(steps: Iterable[Step]) -> list[Trail]:
    """The trails of commitments rows, the same in whatever order the rows come.

    Every row is in a trail. A row that concerns several partners ("companies of Pakistan and Türkiye are invited") is
    in the trail of each with whom more came of it; trails of the same rows are one.
    """
    ordered = sorted({s.row: s for s in steps}.values(), key=_in_time)
    nodes = [strand for s in ordered for strand in strands(s)]
    groups = _groups(nodes)
    together = {s.step.row for group in groups if len(group) > 1 for s in group}
    found: dict[tuple[str, ...], list[Strand]] = {}
    for group in groups:
        if len(group) == 1 and group[0].step.row in together:
            continue
        rows = tuple(s.step.row for s in sorted(group, key=lambda s: _in_time(s.step)))
        found.setdefault(rows, []).extend(group)
    made = [(_in_time(group[0].step), _trail(rows, group)) for rows, group in found.items()]
    return [trail for _, trail in sorted(made, key=lambda pair: (pair[0], pair[1].givers, pair[1].receivers))]


def homes(found: Sequence[Trail]) -> dict[str, int]:
    """For each row the index of the one trail to name it by where only one can be: the longest, of equals the first."""
    best: dict[str, int] = {}
    for index, trail in enumerate(found):
        for row in trail.rows:
            if row not in best or len(trail.rows) > len(found[best[row]].rows):
                best[row] = index
    return best


def _in_time(step: Step) -> tuple[dt.date, str]:
    first, last = lifetime(step)
    return (last or first or dt.date.max, step.statement)


def _groups(nodes: list[Strand]) -> list[list[Strand]]:
    """Strands by undertaking, each group in the order of ``nodes``."""
    kinship: dict[int, int] = {}

    def root(node: int) -> int:
        while kinship.get(node, node) != node:
            kinship[node] = kinship.get(kinship[node], kinship[node])
            node = kinship[node]
        return node

    of: dict[int, Undertaking] = {}
    edges = [(link(nodes[i], nodes[j]), i, j) for i, j in sorted(_candidates(nodes))]
    nearest = {(i, j): days_between(nodes[i].step, nodes[j].step) for strength, i, j in edges if strength}
    for strength, i, j in sorted((e for e in edges if e[0]), key=lambda e: (-e[0], nearest[e[1], e[2]], e[1], e[2])):
        a, b = root(i), root(j)
        if a == b:
            continue
        one = of.get(a) or Undertaking.of(nodes[a])
        joined = one.joined(of.get(b) or Undertaking.of(nodes[b]), strength)
        if joined is not None:
            first, second = min(a, b), max(a, b)
            kinship[second] = first
            of.pop(second, None)
            of[first] = joined
    groups: dict[int, list[Strand]] = defaultdict(list)
    for index, strand in enumerate(nodes):
        groups[root(index)].append(strand)
    return list(groups.values())


def _candidates(nodes: list[Strand]) -> set[tuple[int, int]]:
    """Pairs of strands to compare: for each token those that come next in time, ``_NEXT`` at most."""
    index: dict[tuple[Hashable, str, Hashable], list[int]] = defaultdict(list)
    for number, strand in enumerate(nodes):  # in order of time
        for token in _tokens(strand):
            index[token].append(number)
    pairs: set[tuple[int, int]] = set()
    for token, members in index.items():
        if token[1] == "document":
            members.sort(key=lambda n: nodes[n].step.spots)
        if len(members) == 1:
            continue
        days = reach(token[1], token[2])
        for place, number in enumerate(members):
            for other in members[place + 1 : place + 1 + _NEXT]:
                a, b = nodes[number].step, nodes[other].step
                if a.row != b.row and days_between(a, b) <= days:
                    pairs.add((min(number, other), max(number, other)))
    return pairs


def _tokens(strand: Strand) -> Iterator[tuple[Hashable, str, Hashable]]:
    """What strands must share to be compared; a bounded number for each strand."""
    step = strand.step
    words = sorted((w for w in step.subject.words if weight(w) >= _FINDS), key=lambda w: (-weight(w), w))[:_RAREST]
    works = sorted(step.subject.works | step.subject.site)[:_RAREST]
    themes = sorted(step.subject.purposes)
    places = sorted(step.places)[:_RAREST]
    for side in sorted(strand.sides):
        for place in places:
            yield from ((side, "place", (place, word)) for word in dict.fromkeys((*words, *works, *themes)))
        if step.amount:
            yield side, "sum", (f"{step.amount[0]:.1e}", step.amount[1])
    if not strand.whole:
        return
    for word in words:
        yield strand.sides, "word", word
    for theme in themes:
        yield strand.sides, "purpose", theme
    if step.amount:
        yield strand.sides, "sum", (f"{step.amount[0]:.1e}", step.amount[1])
    for document in sorted({d for d, _ in step.spots}):
        yield strand.sides, "document", document


def _trail(rows: tuple[str, ...], group: list[Strand]) -> Trail:
    givers = {s.giver for s in group if s.giver}
    receivers = {s.receiver for s in group if s.receiver}
    rest = {side for s in group for side in s.sides} - receivers - givers
    counts: dict[str, int] = defaultdict(int)
    steps = {s.step.row: s.step for s in group}
    telling = [step for step in steps.values() if step.subject]
    for step in telling:
        for name in (*step.subject.purposes, *step.subject.words, *step.places):
            counts[name] += 1
    most = sorted((name for name, count in counts.items() if 2 * count >= len(telling)), key=lambda n: (-counts[n], n))
    return Trail(rows, tuple(sorted(givers or rest)), tuple(sorted(receivers or (rest if givers else ()))), tuple(most))
