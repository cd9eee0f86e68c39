"""Where an undertaking stands: how far it has come, and since when nobody has heard of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

#: How far an undertaking has come, in order; the last three end or halt it.
STATES: Final = (
    "explored",
    "invited",
    "requested",
    "offered",
    "promised",
    "agreed",
    "disbursed",
    "delivering",
    "completed",
    "suspended",
    "refused",
    "cancelled",
)
_STATE_OF: Final = {
    "exploration": "explored",
    "invitation": "invited",
    "request": "requested",
    "call": "requested",
    "offer": "offered",
    "pledge": "promised",
    "agreement": "agreed",
    "contract": "agreed",
    "disbursement": "disbursed",
    "delivery": "delivering",
    "completion": "completed",
    "suspension": "suspended",
    "refusal": "refused",
    "cancellation": "cancelled",
}
_HALTS: Final = frozenset({"suspended", "refused", "cancelled"})


@dataclass(frozen=True, slots=True)
class TrailState:
    """Where an undertaking stands. ``state`` is one of ``STATES``, None where no step is a deed (all are denied or
    only planned). ``first`` and ``last`` are the first and the last day with a sign of life, ``silent_days`` the days
    from the last to the day asked about; None where no step has a day.
    """

    state: str | None
    first: dt.date | None
    last: dt.date | None
    silent_days: int | None


class Deed(Protocol):
    """What must be known of a step, all of it as in ``steps.Step``."""

    @property
    def stage(self) -> str: ...  # noqa: D102
    @property
    def negated(self) -> bool: ...  # noqa: D102
    @property
    def planned(self) -> bool: ...  # noqa: D102
    @property
    def earliest(self) -> dt.date | None: ...  # noqa: D102
    @property
    def latest(self) -> dt.date | None: ...  # noqa: D102
    @property
    def told(self) -> dt.date | None: ...  # noqa: D102
    @property
    def heard(self) -> dt.date | None: ...  # noqa: D102


def trail_state(steps: Iterable[Deed], as_of: dt.date | None = None) -> TrailState:
    """The state of a trail on the day ``as_of`` (None: with all that is known), in whatever order its steps come.

    A step counts if the first report of it, or if that has no day the act, is not later than ``as_of``; one without
    any day counts. The state is the furthest stage reached, unless the trail was suspended, refused or cancelled and
    every dated deed of another kind is earlier; a completion stands. Denied and planned steps reach nothing,
    conditional ones do. Signs of life are the days of the reports that tell a step and, unless it is denied or planned,
    of the act: the first and last day it can have happened on, as far as they are no later than its reports and
    ``as_of``.
    """
    known = [s for s in steps if as_of is None or (_first_heard(s) or as_of) <= as_of]
    signs = [day for s in known for day in _signs(s) if as_of is None or day <= as_of]
    last = max(signs, default=None)
    return TrailState(
        state=_state([s for s in known if not (s.negated or s.planned)]),
        first=min(signs, default=None),
        last=last,
        silent_days=(as_of - last).days if as_of and last else None,
    )


def _state(deeds: list[Deed]) -> str | None:
    reached = [(_STATE_OF[s.stage], s.latest or s.earliest or s.told) for s in deeds]
    furthest = max((state for state, _ in reached if state not in _HALTS), key=STATES.index, default=None)
    halts = [(state, day) for state, day in reached if state in _HALTS]
    if not halts or furthest == "completed":
        return furthest
    halted = max((day for _, day in halts if day), default=None)
    went_on = max((day for state, day in reached if day and state not in _HALTS), default=None)
    if halted and went_on and went_on > halted:
        return furthest
    return max((state for state, day in halts if day == halted), key=STATES.index)


def _first_heard(step: Deed) -> dt.date | None:
    return step.told or step.earliest


def _signs(step: Deed) -> Iterator[dt.date]:
    """The days on which a step shows that the undertaking is alive."""
    yield from (day for day in (step.told, step.heard) if day)
    if not (step.planned or step.negated):  # "in 2022", told in May 2022, is no sign of December
        yield from (day for day in (step.earliest, step.latest) if day and not (step.heard and day > step.heard))
