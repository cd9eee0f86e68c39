"""Which tellings of different reports tell of one event: an index of rare pairs of terms, then a look at each pair.

Bounds: a telling has at most ``_KEYED`` terms that are looked up, hence at most 36 pairs; of a pair that very many
tellings have, the ``_SAMPLE`` with the smallest hashes are looked at, whichever order they come in.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pledgetrail.resolution.dates.clues import Clues, Telling
from pledgetrail.resolution.dates.tellings import shared, weight

_KEYED: Final = 9
_SAMPLE: Final = 64
_LEAST: Final = 3.0  # bits of a term that is looked up
#: Bits that two tellings, and the names of their reports, must share to be compared at all.
TELLING_BITS: Final = 18.0
NAMES_BITS: Final = 10.0
#: Log odds that two tellings whose words of time agree are of one event: a logistic regression on pairs of news reports
#: whose dates are known (``scripts/score_dating.py``). Bits count by tens, rare terms are those not in the table.
_ODDS: Final = {
    "base": -3.9,
    "bits": 0.09,
    "part": 1.94,  # of the shorter telling's bits that are shared
    "rare": 0.24,
    "numbers": 0.37,
    "names": 0.06,
    "rare names": 0.11,
    "today": -1.6,  # one says "today" or "yesterday", which fits any day
}
_RARE: Final = 9.9
#: Log odds below which two tellings are of different events.
_LEAST_ODDS: Final = -2.2

#: A kind of event that others hold: there are meetings at a visit, a conference and a signing.
_MEETING: Final = "e:meeting"

Place = tuple[int, int]  # number of the report, and of its telling


@dataclass(frozen=True, slots=True)
class Sibling:
    """A telling of another report that may tell of the same event, and the log odds that it does."""

    report: int
    telling: int
    odds: float


def siblings(reports: Sequence[Clues], wanted: frozenset[int]) -> dict[Place, list[Sibling]]:
    """For each telling of the wanted reports the tellings of all others that tell of the same event."""
    keys = {key for at in sorted(wanted) for telling in reports[at].tellings for key in _keys(telling)}
    index: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for at, report in enumerate(reports):
        for number, telling in enumerate(report.tellings):
            for key in _keys(telling):
                if key in keys:
                    index[key].append((_mark(report.document, telling), at, number))
    for places in index.values():
        if len(places) > _SAMPLE:
            places.sort()
            del places[_SAMPLE:]
    found: dict[Place, list[Sibling]] = {}
    for at in sorted(wanted):
        for number, telling in enumerate(reports[at].tellings):
            near = {place[1:] for key in _keys(telling) for place in index[key] if place[1] != at}
            same = list(_same(reports, at, telling, sorted(near)))
            if same:
                found[at, number] = same
    return found


def _same(reports: Sequence[Clues], at: int, telling: Telling, near: Sequence[Place]) -> Iterator[Sibling]:
    for other, number in near:
        theirs = reports[other].tellings[number]
        if _differ(telling.terms, theirs.terms):
            continue
        if shared(telling.terms, theirs.terms) < TELLING_BITS:
            continue
        if shared(reports[at].names, reports[other].names) < NAMES_BITS:
            continue
        odds = _odds(telling, theirs, frozenset(reports[at].names) & frozenset(reports[other].names))
        if odds >= _LEAST_ODDS:
            yield Sibling(other, number, odds)


def _odds(mine: Telling, theirs: Telling, names: frozenset[str]) -> float:
    common = frozenset(mine.terms) & frozenset(theirs.terms)
    bits = shared(common, common)
    today = any(t.when is not None and t.when.days is not None for t in (mine, theirs))
    return (
        _ODDS["base"]
        + _ODDS["bits"] * bits / 10
        + _ODDS["part"] * bits / min(shared(mine.terms, mine.terms), shared(theirs.terms, theirs.terms))
        + _ODDS["rare"] * sum(weight(t) > _RARE for t in common)
        + _ODDS["numbers"] * sum(t.isdigit() for t in common)
        + _ODDS["names"] * shared(names, names) / 10
        + _ODDS["rare names"] * sum(weight(t) > _RARE for t in names)
        + _ODDS["today"] * today
    )


def _differ(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two events are told apart by their number in a row, by how many sides take part, or by their kind."""
    for prefix in ("no:", "sides:"):
        mine, theirs = ({t for t in terms if t.startswith(prefix)} for terms in (a, b))
        if mine and theirs and not mine & theirs:
            return True
    mine, theirs = ({t for t in terms if t.startswith("e:")} for terms in (a, b))
    return bool(mine and theirs) and not mine & theirs and _MEETING not in mine | theirs


def _keys(telling: Telling) -> list[tuple[str, str]]:
    """Pairs of the telling's weightiest terms, states and kinds of event before others of equal weight."""
    heavy = [t for t in telling.terms if weight(t) >= _LEAST]
    kinds = sorted((t for t in heavy if ":" in t), key=lambda t: (-weight(t), t))[:4]
    plain = sorted((t for t in heavy if ":" not in t), key=lambda t: (-weight(t), t))[: _KEYED - len(kinds)]
    return list(combinations(sorted((*kinds, *plain)), 2))


def _mark(document: str, telling: Telling) -> int:
    return zlib.crc32(f"{document}\n{telling.start}".encode("utf-8", "surrogatepass"))
