"""A network of actors drawn flat: who promises on the left and whom on the right, or all who met in a circle."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pledgetrail.serving.viewing import Network, Tie

#: Ties and actors of a picture; the table and the JSON have more.
MOST_TIES: Final = 80
_MOST_ACTORS: Final = 30

WIDTH: Final = 1000.0
_LINE: Final = 22.0
_LEFT: Final = 300.0
_RIGHT: Final = 700.0


@dataclass(frozen=True, slots=True)
class Spot:
    """An actor in the picture."""

    actor: str
    name: str
    x: float
    y: float
    anchor: str  # which end of the name stands at it
    rows: int


@dataclass(frozen=True, slots=True)
class Thread:
    """A tie in the picture."""

    tie: Tie
    path: str
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A network drawn; ``left_out`` ties had no room."""

    spots: tuple[Spot, ...]
    threads: tuple[Thread, ...]
    height: float
    left_out: int


def drawn(found: Network, directed: bool) -> Drawing:
    """The heaviest ties of a network."""
    ties = _heaviest(found.ties, directed)
    if directed:
        spots, height = _columns(found, ties)
    else:
        spots, height = _circle(found, ties)
    # an actor that gives and takes stands in both columns
    by_end = {(spot.actor, spot.anchor if directed else ""): spot for spot in spots}
    most = max((tie.rows for tie in ties), default=1)
    threads = []
    for tie in ties:
        one = by_end[tie.source, "end" if directed else ""]
        other = by_end[tie.target, "start" if directed else ""]
        threads.append(Thread(tie, _bow(one, other, directed, height), round(1 + 7 * math.sqrt(tie.rows / most), 1)))
    return Drawing(tuple(spots), tuple(threads), height, len(found.ties) - len(ties))


def _heaviest(ties: Sequence[Tie], directed: bool) -> list[Tie]:
    """The first ties whose ends still find room."""
    sides: tuple[set[str], set[str]] = (set(), set())
    kept = []
    for tie in ties[:MOST_TIES]:
        ends = (sides[0] | {tie.source}, sides[1] | {tie.target})
        crowded = max(map(len, ends)) if directed else len(ends[0] | ends[1])
        if crowded <= _MOST_ACTORS:
            sides = ends
            kept.append(tie)
    return kept


def _columns(found: Network, ties: Sequence[Tie]) -> tuple[list[Spot], float]:
    """Two columns, the heaviest actors first; takers stand by the middle of those who give to them."""
    givers, takers = Counter[str](), Counter[str]()
    for tie in ties:
        givers[tie.source] += tie.rows
        takers[tie.target] += tie.rows
    left = sorted(givers, key=lambda actor: (-givers[actor], found.names[actor], actor))
    place = {actor: n for n, actor in enumerate(left)}
    middle = {
        taker: sum(place[t.source] * t.rows for t in ties if t.target == taker) / weight
        for taker, weight in takers.items()
    }
    right = sorted(takers, key=lambda actor: (middle[actor], found.names[actor], actor))
    height = _LINE * max(len(left), len(right), 1)
    spots = []
    for actors, x, anchor, weights in ((left, _LEFT, "end", givers), (right, _RIGHT, "start", takers)):
        gap = height / max(1, len(actors))
        spots += [
            Spot(actor, found.names[actor], x, round((n + 0.5) * gap, 1), anchor, weights[actor])
            for n, actor in enumerate(actors)
        ]
    return spots, height


def _circle(found: Network, ties: Sequence[Tie]) -> tuple[list[Spot], float]:
    """A circle on which those who met most stand beside each other."""
    weights = Counter[str]()
    near: dict[str, Counter[str]] = {}
    for tie in ties:
        weights[tie.source] += tie.rows
        weights[tie.target] += tie.rows
        near.setdefault(tie.source, Counter())[tie.target] += tie.rows
        near.setdefault(tie.target, Counter())[tie.source] += tie.rows
    order: list[str] = []
    left = set(weights)
    while left:
        last = near[order[-1]] if order else Counter[str]()
        following = min(left, key=lambda actor: (-last[actor], -weights[actor], found.names[actor], actor))
        order.append(following)
        left.discard(following)
    half = -(-len(order) // 2)
    radius = max(90.0, half * _LINE / 2)
    height = 2 * radius + _LINE
    spots = []
    for n, actor in enumerate(order):
        # down the right side and up the left, each name a line below the last, so that none overlaps another
        right = n < half
        place = n if right else len(order) - 1 - n
        lines = half if right else len(order) - half
        y = height / 2 + ((place + 0.5) / lines - 0.5) * 2 * radius
        x = math.sqrt(max(0.0, radius**2 - (y - height / 2) ** 2))
        x = WIDTH / 2 + (x if right else -x)
        spots.append(
            Spot(actor, found.names[actor], round(x, 1), round(y, 1), "start" if right else "end", weights[actor])
        )
    return spots, height


def _bow(one: Spot, other: Spot, directed: bool, height: float) -> str:
    if directed:
        middle = (_LEFT + _RIGHT) / 2
        return f"M{one.x + 6:g} {one.y:g}C{middle:g} {one.y:g} {middle:g} {other.y:g} {other.x - 6:g} {other.y:g}"
    x, y = WIDTH / 2, height / 2
    a, b = (one.x + other.x) / 2, (one.y + other.y) / 2
    pull = 0.6 * min(1.0, math.dist((one.x, one.y), (other.x, other.y)) / height)  # neighbours bow little
    return f"M{one.x:g} {one.y:g}Q{a + (x - a) * pull:g} {b + (y - b) * pull:g} {other.x:g} {other.y:g}"
