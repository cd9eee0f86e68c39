"""Trails: the rows about one undertaking, in order of time, and how far it has come (docs/reference/trails.md).

Rows are compared only with those that ``candidates`` finds, a fixed number for each; so the work grows with the number
of rows. Links are followed strongest first and two groups become one unless something in them contradicts
(``Undertaking``); so a row that could belong to two undertakings does not make them one. Rows that no links lead to
from each other have no bearing on each other: each such block can be worked out by itself.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pledgetrail.resolution.undertakings.candidates import candidates, marks
from pledgetrail.resolution.undertakings.steps import Step, lifetime
from pledgetrail.resolution.undertakings.strands import Strand, days_between, link, strands
from pledgetrail.resolution.undertakings.undertaking import Undertaking

#: A row and the number of one of its strands.
Node = tuple[str, int]


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


def trails(steps: Iterable[Step], linked: Iterable[tuple[Node, Node]] | None = None) -> list[Trail]:
    """The trails of commitments rows, the same in whatever order the rows come.

    Every row is in a trail. A row that concerns several partners ("companies of Pakistan and Türkiye are invited") is
    in the trail of each with whom more came of it; trails of the same rows are one. ``linked`` are the pairs that
    ``links`` finds among the candidates of all rows: with them a block, the rows that such pairs lead to from each
    other, can be given alone.
    """
    ordered = sorted({s.row: s for s in steps}.values(), key=_in_time)
    nodes = [strand for s in ordered for strand in strands(s)]
    numbers = {node: at for at, node in enumerate((s.row, n) for s in ordered for n, _ in enumerate(strands(s)))}
    if linked is None:
        pairs = candidates([marks(s) for s in ordered])
        linked = [((ordered[a].row, i), (ordered[b].row, j)) for a, i, b, j in pairs.tolist()]
    groups = _groups(nodes, {tuple(sorted((numbers[one], numbers[other]))) for one, other in linked})
    together = {s.step.row for group in groups if len(group) > 1 for s in group}
    found: dict[tuple[str, ...], list[Strand]] = {}
    for group in groups:
        if len(group) == 1 and group[0].step.row in together:
            continue
        rows = tuple(s.step.row for s in sorted(group, key=lambda s: _in_time(s.step)))
        found.setdefault(rows, []).extend(group)
    made = [(_in_time(group[0].step), _trail(rows, group)) for rows, group in found.items()]
    return [trail for _, trail in sorted(made, key=lambda pair: (pair[0], pair[1].givers, pair[1].receivers))]


def links(steps: Mapping[str, Step], pairs: Iterable[tuple[Node, Node]]) -> Iterator[tuple[Node, Node]]:
    """Those of the pairs whose strands are linked at all. ``steps`` are by row."""
    known: dict[str, list[Strand]] = {}

    def strand(node: Node) -> Strand:
        row, number = node
        if row not in known:
            known[row] = list(strands(steps[row]))
        return known[row][number]

    return ((one, other) for one, other in pairs if link(strand(one), strand(other)))


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


def _groups(nodes: list[Strand], pairs: Iterable[tuple[int, ...]]) -> list[list[Strand]]:
    """Strands by undertaking, each group in the order of ``nodes``; ``pairs`` of them are to be compared."""
    kinship: dict[int, int] = {}

    def root(node: int) -> int:
        while kinship.get(node, node) != node:
            kinship[node] = kinship.get(kinship[node], kinship[node])
            node = kinship[node]
        return node

    of: dict[int, Undertaking] = {}
    edges = [(link(nodes[i], nodes[j]), i, j) for i, j in sorted(pairs)]
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
