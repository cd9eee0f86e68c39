"""Days known in part: an interval of days, perhaps with the weekday, or the month and day, that they must be.

``None`` for an end is an open end. Everything is bounded: nothing runs over more than a few hundred days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: Days over which a pattern is spelled out: as far as a date without its year is carried, and as long again at either
#: end for the report that names it.
_SPELLED: Final = 1200


@dataclass(frozen=True, slots=True)
class Days:
    """Days of which one is meant: from ``earliest`` to ``latest``, of a weekday (0 is Monday), of a month and day."""

    earliest: dt.date | None = None
    latest: dt.date | None = None
    weekday: int | None = None
    month: int | None = None
    day: int | None = None

    def __and__(self, other: Days) -> Days | None:
        """What both allow; None if no day is both. Commutative and associative, and never wider than either."""
        earliest = max(filter(None, (self.earliest, other.earliest)), default=None)
        latest = min(filter(None, (self.latest, other.latest)), default=None)
        if earliest and latest and earliest > latest:
            return None
        parts = []
        for mine, theirs in (
            (self.weekday, other.weekday),
            (self.month, other.month),
            (self.day, other.day),
        ):
            if mine is not None and theirs is not None and mine != theirs:
                return None
            parts.append(theirs if mine is None else mine)
        return Days(earliest, latest, *parts)._narrowed()

    def _narrowed(self) -> Days | None:
        """The same with its ends at days that fit; None if none does."""
        if not self.bounded or (self.weekday is None and self.month is None):
            return self
        fitting = list(self)
        if not fitting:
            return None
        return Days(fitting[0], fitting[-1], self.weekday, self.month, self.day)

    def __iter__(self) -> Iterator[dt.date]:
        """The days that fit, in order. Nothing for an interval that is open or longer than ``_SPELLED`` days."""
        if not self.bounded or self.earliest is None or self.latest is None:
            return
        if self.month and self.day:
            for year in range(self.earliest.year, self.latest.year + 1):
                found = _day(year, self.month, self.day)
                if found and self.earliest <= found <= self.latest and self._of_weekday(found):
                    yield found
            return
        first = 0 if self.weekday is None else (self.weekday - self.earliest.weekday()) % 7
        for ahead in range(first, (self.latest - self.earliest).days + 1, 1 if self.weekday is None else 7):
            yield self.earliest + dt.timedelta(days=ahead)

    def _of_weekday(self, day: dt.date) -> bool:
        return self.weekday is None or day.weekday() == self.weekday

    @property
    def bounded(self) -> bool:
        """Whether both ends are known and near enough to each other to look at every day."""
        return bool(self.earliest and self.latest and (self.latest - self.earliest).days <= _SPELLED)

    @property
    def only(self) -> dt.date | None:
        """The day, if one alone fits."""
        if self.earliest and self.earliest == self.latest:
            return self.earliest
        if not self.bounded or (self.weekday is None and self.month is None):
            return None
        fitting = list(self)
        return fitting[0] if len(fitting) == 1 else None

    def moved(self, first: int, last: int) -> Days:
        """The interval from so many days after (before, if negative) its start to so many after its end."""
        return Days(shifted(self.earliest, first), shifted(self.latest, last))

    @property
    def edtf(self) -> str | None:
        """A day, or an interval, in EDTF; None if neither end is known."""
        if not self.earliest and not self.latest:
            return None
        first = self.earliest.isoformat() if self.earliest else ".."
        last = self.latest.isoformat() if self.latest else ".."
        return first if first == last else f"{first}/{last}"


def shifted(day: dt.date | None, days: int) -> dt.date | None:
    """The day so many days later, or the calendar's first or last; None stays None."""
    if day is None:
        return None
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return dt.date.max if days > 0 else dt.date.min


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
