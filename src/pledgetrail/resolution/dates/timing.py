"""From a report's day to the day of an event it tells, and back: what the words of time allow.

Every rule gives the widest interval that the words allow; only ``by_convention`` narrows it by how news is written.
"""

from __future__ import annotations

from typing import Final

from pledgetrail.resolution.dates.clues import Clues, Telling
from pledgetrail.resolution.dates.intervals import Days

#: Days within which a report names a day without its year (the bound of ``language.dating``).
_YEARLESS: Final = 244
#: Days within which an event announced without its day is taken to come.
_AHEAD: Final = 92
#: Times that a report must name its weekday as past if not the first paragraph, but one as near as ``_LEAD``, is the
#: first to name it.
_OFTEN: Final = 4
_LEAD: Final = 2
_FRIDAY: Final = 4


def event(telling: Telling, published: Days) -> Days:
    """The days on which the event told may have been, given those on which the report may have been published."""
    when = telling.when
    if when is None:
        return published.moved(0, _AHEAD)
    if full := when.full:
        return Days(full, full)
    if when.days is not None:
        return published.moved(when.days, when.days)
    first, last = _reach(telling)
    fitting = published.moved(first, last)
    return Days(fitting.earliest, fitting.latest, when.weekday, when.month, when.day) & Days() or fitting


def published(telling: Telling, event: Days) -> Days:
    """The days on which the report may have been published, given those on which the event told may have been."""
    when = telling.when
    if when is None:
        return event.moved(-_AHEAD, 0)
    if when.days is not None:
        return event.moved(-when.days, -when.days)
    if when.full:
        return Days()
    first, last = _reach(telling)
    return event.moved(-last, -first)


def _reach(telling: Telling) -> tuple[int, int]:
    """How many days the event lies from the report's, at least and at most (past days are negative)."""
    when = telling.when
    assert when is not None
    if when.month is not None:
        near, far = (0, 0), (-_YEARLESS, _YEARLESS)
    elif when.shift is not None:
        return {-1: (-13, -1), 0: (-6, 6), 1: (1, 13)}[when.shift]
    else:
        near, far = (0, 0), (-6, 6)
    past, future = (far[0], near[1]), (near[0], far[1])
    return {"past": past, "future": future, None: far}[telling.side]


def by_convention(report: Clues, telling: Telling, event: Days) -> Days | None:
    """The days of publication where the telling is the report's lead and its day is known; else None.

    News names the day it tells of and comes out on it or on the next; what Friday brought, until Sunday. Of 1,773 dated
    reports of outlets whose first paragraph is the first to name a bare weekday, as past, 97 in 100 did so, 54 on the
    day itself (``scripts/score_dating.py --lead``). Offices do not write so (8 of 25), nor does it hold of a weekday
    first named further down (80 in 100), unless the report comes back to it again and again (15 of 15).
    """
    day = event.only
    if day is None or not leads(report, telling):
        return None
    return Days(day, day).moved(0, 2 if day.weekday() == _FRIDAY else 1)


def leads(report: Clues, telling: Telling) -> bool:
    """Whether the telling is of the weekday that the report of an outlet names first, bare, as past, in its lead."""
    bare = [t for t in report.tellings if t.when and t.when.weekday is not None and t.when.month is None]
    if report.office or not bare or telling.when is None or telling.when.shift is not None:
        return False
    same = [t for t in bare if t.when == bare[0].when and t.side == "past"]
    if telling not in same or bare[0] not in same:
        return False
    return bare[0].paragraph == 0 or (bare[0].paragraph <= _LEAD and len(same) >= _OFTEN)
