"""What time expressions can mean, apart from where they stand: the specs that reading makes and dating resolves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

from pledgetrail.language.edtf import bounds, month_end

Direction = Literal["past", "future"]
Part = Literal["early", "mid", "late"]
Unit = Literal["day", "week", "weekend", "month", "year", "decade", "quarter"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The report's date, as finely as it is known (a month has no ``day``, a year neither)."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def date(self) -> dt.date | None:
        """The day itself, if known."""
        return dt.date(self.year, self.month, self.day) if self.month and self.day else None

    @property
    def latest(self) -> dt.date:
        """The last day the anchor can mean."""
        return self.date or (month_end(self.year, self.month) if self.month else dt.date(self.year, 12, 31))


@dataclass(frozen=True, slots=True)
class Point:
    """A day, month, season (or EDTF quarter, half), year or decade of the calendar, perhaps without its year."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    season: int | None = None
    decade: str | None = None  # "199X"
    shift: int | None = None  # "last July" -1, "this July" 0, "next July" 1; "July last year" uses year_shift
    year_shift: int | None = None
    part: Part | None = None
    about: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """A unit counted from the report's: "last year", "this week", "yesterday" (day, -1)."""

    unit: Unit
    amount: int
    part: Part | None = None
    side: Literal["earlier", "later"] | None = None  # "earlier this year"
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A length of time from the report's date: "two years ago" (a point), "the next five years" (an interval)."""

    unit: Unit
    amount: int
    interval: bool


@dataclass(frozen=True, slots=True)
class Range:
    """From one point to another."""

    first: Point | Shift | Window
    last: Point | Shift | Window


@dataclass(frozen=True, slots=True)
class Open:
    """An interval open to the past ("by 2025") or to the future ("since 1991")."""

    point: Point | Shift | Window
    side: Literal["from", "to"]


@dataclass(frozen=True, slots=True)
class Vague:
    """Words that no report's date resolves."""


Spec = Point | Shift | Window | Range | Open | Vague


@dataclass(frozen=True, slots=True)
class Dated:
    """The outcome: ``inferred`` if the anchor was used."""

    edtf: str | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None
    inferred: bool = False


UNRESOLVED: Final = Dated()


def narrowed(edtf: str, part: Part | None, about: bool, inferred: bool) -> Dated:
    """Bounds of an EDTF point or interval, narrowed to its first, middle or last third."""
    earliest, latest = bounds(edtf)
    if part and earliest and latest and latest > earliest:
        third = (latest - earliest) / 3
        if part != "early":
            earliest = earliest + third * (1 if part == "mid" else 2)
        if part != "late":
            latest = latest - third * (1 if part == "mid" else 2)
    return Dated(edtf + "~" if about and "/" not in edtf else edtf, earliest, latest, inferred)
