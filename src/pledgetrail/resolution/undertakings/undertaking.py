"""A growing group of strands, and what keeps two groups from being one undertaking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pledgetrail.resolution.undertakings.steps import lifetime
from pledgetrail.resolution.undertakings.strands import (
    GIFTS,
    PROMISES,
    PURPOSE,
    WORDS,
    WORKS,
    Strand,
    alike,
    is_pointing,
)
from pledgetrail.resolution.undertakings.subjects import window

#: Stages that begin an undertaking: after its completion they begin another.
_BEGINS: Final = frozenset({"exploration", "invitation", "request", "offer", "pledge", "agreement", "contract"})
#: Days after a completion on which reports still restate what was promised.
_RESTATED: Final = 30
#: Ways of giving that exclude each other.
_FLOWS: Final = frozenset({"grant", "loan", "guarantee", "debt relief"})
#: A purpose alone holds a group together over this many of its windows at most.
_WINDOWS: Final = 3

#: Sums by stage, currency and whether they are parts: the distinct values, each with the first day it was named on.
Sums = Mapping[tuple[str, str | None, bool], frozenset[tuple[float, dt.date | None]]]


@dataclass(frozen=True, slots=True)
class Undertaking:
    """What the strands of a group have in common, as far as it can be contradicted."""

    sides: frozenset[str]
    givers: frozenset[str]
    receivers: frozenset[str]
    places: frozenset[str]
    works: frozenset[str]
    channels: frozenset[str]
    flows: frozenset[str]
    sums: Sums
    themes: frozenset[str]
    common: frozenset[str] | None  # purposes that all name who name any; None if nobody does
    first: dt.date | None
    last: dt.date | None
    begun: dt.date | None  # the last day on which it was begun, as far as the texts date it
    completed: dt.date | None  # the first day on which it was completed
    pointing: bool  # a lone strand that only points at another

    @classmethod
    def of(cls, strand: Strand) -> Undertaking:
        """The group of one strand."""
        step = strand.step
        first, last = lifetime(step)
        sums: Sums = {}
        if step.amount and not step.cumulative:  # a part is measured against other parts, never against its total
            sums = {(step.stage, step.amount[1], step.part_of is not None): frozenset({(step.amount[0], first)})}
        real = not (step.negated or step.planned)
        return cls(
            sides=strand.sides,
            givers=frozenset({strand.giver} if strand.giver else ()),
            receivers=frozenset({strand.receiver} if strand.receiver else ()),
            places=step.places,
            works=step.subject.works,
            channels=step.channels,
            flows=frozenset({step.flow} & _FLOWS if step.flow else ()),
            sums=sums,
            themes=step.subject.purposes,
            common=step.subject.purposes or None,
            first=first,
            last=last,
            begun=first if step.stage in _BEGINS and real else None,
            completed=last if step.stage == "completion" and real else None,
            pointing=is_pointing(step),
        )

    def joined(self, other: Undertaking, strength: float) -> Undertaking | None:
        """The two groups as one, or None if they contradict each other, given how strongly they are linked."""
        both = Undertaking(
            sides=self.sides | other.sides,
            givers=self.givers | other.givers,
            receivers=self.receivers | other.receivers,
            places=self.places | other.places,
            works=self.works | other.works,
            channels=self.channels | other.channels,
            flows=self.flows | other.flows,
            sums={k: self.sums.get(k, frozenset()) | other.sums.get(k, frozenset()) for k in {*self.sums, *other.sums}},
            themes=self.themes | other.themes,
            common=_common(self.common, other.common),
            first=min((d for d in (self.first, other.first) if d), default=None),
            last=max((d for d in (self.last, other.last) if d), default=None),
            begun=max((d for d in (self.begun, other.begun) if d), default=None),
            completed=min((d for d in (self.completed, other.completed) if d), default=None),
            pointing=False,
        )
        parted = (
            len(both.sides) > 2
            or len(both.givers) > 1
            or len(both.receivers) > 1
            or len(both.flows) > 1
            or _apart(self.places, other.places)
            or _apart(self.works, other.works)
            or _apart(self.channels, other.channels)
            or not _sums_agree(self.sums, other.sums, strength)
            or both._begun_again()
            or (strength < PURPOSE and not (self.pointing or other.pointing))  # it would make two trails one
            or (strength < WORDS and (both._outlasts() or both.common == frozenset()))
        )
        return None if parted else both

    def _begun_again(self) -> bool:
        return bool(self.begun and self.completed and (self.begun - self.completed).days > _RESTATED)

    def _outlasts(self) -> bool:
        """Whether the group is spread over more time than purposes alone can hold together."""
        if self.first is None or self.last is None:
            return False
        return (self.last - self.first).days > _WINDOWS * max(map(window, self.themes), default=0)


def _apart(a: frozenset[str], b: frozenset[str]) -> bool:
    return bool(a and b and not a & b)


def _common(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    return a & b if a is not None and b is not None else (b if a is None else a)


def _sums_agree(a: Sums, b: Sums, strength: float) -> bool:
    """Whether no stage names two different sums. Of one works at one place a sum may change with time (a
    loan is raised), but not on one day.
    """
    for key in a.keys() & b.keys():
        for value, day in a[key]:
            for other, its in b[key]:
                if not alike(value, other) and not (strength >= WORKS and day and its and day != its):
                    return False
    return strength >= WORKS or not (_outgiven(a, b) or _outgiven(b, a))


def _outgiven(a: Sums, b: Sums) -> bool:
    """Whether more was given on the one side than the other promised."""
    for (stage, currency, part), values in a.items():
        promised = [v for (s, c, p), vs in b.items() if s in PROMISES and (c, p) == (currency, part) for v, _ in vs]
        if stage in GIFTS and promised:
            given, most = max(v for v, _ in values), max(promised)
            if given > most and not alike(given, most):
                return True
    return False
