"""Scales of pictures: days and numbers to places along an axis, with the marks that are written beside it. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pledgetrail.serving.words import short_number

#: Numbers that differ by more than so many times are shown by their orders of magnitude.
_WIDE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Days:
    """Days from ``first`` to ``last`` laid along ``left`` to ``right``."""

    first: dt.date
    last: dt.date
    left: float
    right: float

    def at(self, day: dt.date) -> float:
        """The place of a day; days outside lie at the ends."""
        span = max(1, (self.last - self.first).days)
        share = min(1.0, max(0.0, (day - self.first).days / span))
        return round(self.left + share * (self.right - self.left), 1)

    def ticks(self, most: int = 8) -> list[Tick]:
        """Years, or months where there are few of them, at most so many; the first says its year."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        step = next((n for n in (1, 2, 3, 6, 12, 60, 120, 240, 600, 1200) if months / n <= most), 6000)
        found: list[Tick] = []
        for number in range(self.first.year * 12, self.last.year * 12 + 12):
            day = dt.date(number // 12, number % 12 + 1, 1)
            if number % step == 0 and self.first <= day <= self.last:
                month = f"{day:%b}" if found else f"{day:%b %Y}"
                found.append(Tick(self.at(day), str(day.year) if step >= 12 or day.month == 1 else month))
        return found


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers from ``low`` to ``high`` laid along ``left`` to ``right``, by magnitude if they are far apart."""

    low: float
    high: float
    left: float
    right: float
    by_magnitude: bool

    def at(self, number: float) -> float:
        """The place of a number; numbers outside lie at the ends."""
        low, high, value = self.low, self.high, min(self.high, max(self.low, number))
        if self.by_magnitude:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        share = (value - low) / (high - low) if high > low else 0.5
        return round(self.left + share * (self.right - self.left), 1)

    def ticks(self, most: int = 7) -> list[Tick]:
        """Round numbers within the scale, at most so many or few more."""
        if self.by_magnitude:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            every = max(1, math.ceil((last - first + 1) / most))
            return [Tick(self.at(10.0**n), short_number(10.0**n)) for n in range(first, last + 1, every)]
        step = _round_step((self.high - self.low) / most)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [Tick(self.at(n * step), short_number(round(n * step, 10))) for n in range(first, last + 1)]


def numbers(values: Iterable[float], left: float, right: float) -> Numbers | None:
    """A scale with room for numbers; None without any."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return None
    low, high = min(known), max(known)
    if low > 1e-9 and high / low > _WIDE:
        return Numbers(10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high)), left, right, True)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    low, high = (0.0 if 0 <= low <= (high - low) * 2 else low - room), high + room
    return Numbers(low, high, left, right, False)


def _round_step(wanted: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is no less than wanted."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= wanted * 0.999)
