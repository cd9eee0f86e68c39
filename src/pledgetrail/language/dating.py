"""What a time expression means, apart from where it stands, and its resolution against the report's date.

Rule for a date without its year, a bare month, season or weekday: the nearest such day in the direction given. Without
a direction it is the nearest one not after the report's date; a date or month that would lie more than eight months
back is taken forward instead, since reports seldom name so old a day without its year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pledgetrail.language.edtf import bounds, write_date
from pledgetrail.language.shifts import date_shift, date_window
from pledgetrail.language.timespecs import (
    UNRESOLVED,
    Anchor,
    Dated,
    Direction,
    Open,
    Point,
    Range,
    Shift,
    Spec,
    Window,
    narrowed,
)

#: Farther off than this, a date without its year is rather taken the other way.
EIGHT_MONTHS: Final = dt.timedelta(days=244)


def date_spec(spec: Spec, anchor: Anchor | None, direction: Direction | None = None) -> Dated:
    """The EDTF and bounds of a spec. Never raises: what cannot be resolved or lies outside the calendar stays empty."""
    try:
        return _date_spec(spec, anchor, direction)
    except (ValueError, OverflowError):
        return UNRESOLVED


def _date_spec(spec: Spec, anchor: Anchor | None, direction: Direction | None) -> Dated:
    match spec:
        case Point():
            return _date_point(spec, anchor, direction)
        case Shift():
            return date_shift(spec, anchor, direction) if anchor else UNRESOLVED
        case Window():
            return date_window(spec, anchor) if anchor else UNRESOLVED
        case Open():
            return _date_open(spec, anchor, direction)
        case Range():
            return _date_range(spec, anchor, direction)
        case _:
            return UNRESOLVED


def _date_open(spec: Open, anchor: Anchor | None, direction: Direction | None) -> Dated:
    point = _date_spec(spec.point, anchor, direction)
    if spec.side == "to" and direction is None and anchor:  # a deadline lies ahead if it is near enough
        ahead = _date_spec(spec.point, anchor, "future")
        if ahead.earliest and ahead.earliest - anchor.latest <= EIGHT_MONTHS:
            point = ahead
    if point.edtf is None:
        return UNRESOLVED
    first, _, last = point.edtf.partition("/")
    if spec.side == "from":
        return Dated(f"{first}/..", point.earliest, None, point.inferred)
    return Dated(f"../{last or first}", None, point.latest, point.inferred)


def _date_range(spec: Range, anchor: Anchor | None, direction: Direction | None) -> Dated:
    first, last = spec.first, spec.last
    if isinstance(first, Point) and isinstance(last, Point):
        first, last = _share(first, last)
        if (
            first.month
            and first.month == last.month
            and first.year == last.year
            and (first.day or 0) > (last.day or 31)
        ):
            return UNRESOLVED  # "May 13/01" is no stretch of days
    end = _date_spec(last, anchor, direction)
    start = _date_spec(first, anchor, direction)
    if _crosses(start, end):  # "from November to March": each end was dated by itself, so move the one without a year
        if isinstance(first, Point) and first.year is None and end.earliest:
            start = _date_spec(first, _anchor_at(end.earliest), "past")
        elif isinstance(last, Point) and last.year is None and start.earliest:
            end = _date_spec(last, _anchor_at(start.earliest), "future")
        if _crosses(start, end):
            return UNRESOLVED
    if start.edtf is None or end.edtf is None:
        return UNRESOLVED
    edtf = f"{start.edtf.split('/')[0]}/{end.edtf.split('/')[-1]}"
    return Dated(edtf, start.earliest, end.latest, start.inferred or end.inferred)


def _crosses(start: Dated, end: Dated) -> bool:
    return start.earliest is not None and end.latest is not None and start.earliest > end.latest


def _anchor_at(day: dt.date) -> Anchor:
    return Anchor(day.year, day.month, day.day)


def _share(first: Point, last: Point) -> tuple[Point, Point]:
    """Fill in what one end of a range leaves to the other: the year, and the month of "5-9 May"."""
    if first.month is None and first.day and last.month:
        first = replace(first, month=last.month)
    if last.month is None and last.day and first.month:
        last = replace(last, month=first.month)
    if first.year is None and last.year and first.month:
        wraps = last.month is not None and (first.month, first.day or 0) > (last.month, last.day or 31)
        first = replace(first, year=last.year - 1 if wraps else last.year)
    elif last.year is None and first.year and last.month:
        wraps = first.month is not None and (last.month, last.day or 31) < (first.month, first.day or 0)
        last = replace(last, year=first.year + 1 if wraps else first.year)
    return first, last


# --- points of the calendar --------------------------------------------------------------------------


def _date_point(point: Point, anchor: Anchor | None, direction: Direction | None) -> Dated:
    if point.decade:
        return narrowed(point.decade, point.part, point.about, False)
    if point.year is not None:
        return narrowed(_write_point(point, point.year), point.part, point.about, False)
    if point.weekday is not None and point.month is None:
        day = _nearest_weekday(point, anchor, direction)
        return narrowed(day.isoformat(), None, point.about, True) if day else UNRESOLVED
    year = _nearest_year(point, anchor, direction)
    if year is not None:
        return narrowed(_write_point(point, year), point.part, point.about, True)
    if point.month and point.day:
        edtf = f"XXXX-{point.month:02d}-{point.day:02d}"
        bounds(edtf)
        return Dated(edtf)
    return UNRESOLVED


def _write_point(point: Point, year: int) -> str:
    if point.season:
        return f"{year:04d}-{point.season}"
    return write_date(year, point.month, point.day)


def _nearest_weekday(point: Point, anchor: Anchor | None, direction: Direction | None) -> dt.date | None:
    if anchor is None or anchor.date is None or point.weekday is None:
        return None
    base = anchor.date
    back = (base.weekday() - point.weekday) % 7
    if point.shift == -1:
        return base - dt.timedelta(days=back or 7)
    if point.shift == 1:
        return base + dt.timedelta(days=7 - back)
    if point.shift == 0:
        return base + dt.timedelta(days=point.weekday - base.weekday())
    if direction == "future":
        return base + dt.timedelta(days=(7 - back) % 7)
    return base - dt.timedelta(days=back)


def _nearest_year(point: Point, anchor: Anchor | None, direction: Direction | None) -> int | None:
    """The year of a month, day or season without one; None if the anchor does not tell."""
    if anchor is None or (point.month is None and point.season is None):
        return None
    if point.year_shift is not None:
        return anchor.year + point.year_shift
    if point.shift == 0 or anchor.month is None:
        return anchor.year if not point.shift else anchor.year + point.shift
    candidates = [(y, *bounds(_write_point(point, y))) for y in _candidate_years(point, anchor.year)]
    known = [(y, a, b) for y, a, b in candidates if a and b]
    if not known:
        return None
    day = anchor.latest
    if point.weekday is not None and point.day is not None:
        return min(known, key=lambda c: abs((c[1] - day).days))[0]
    before = [c for c in known if (c[2] < dt.date(anchor.year, anchor.month, 1) if point.shift == -1 else c[1] <= day)]
    after = [c for c in known if (c[1] > day if point.shift == 1 else c[2] >= day)]
    if point.shift == 1 or (direction == "future" and point.shift is None):
        return after[0][0] if after else None
    if before and (point.shift == -1 or direction == "past" or day - before[-1][2] <= EIGHT_MONTHS):
        return before[-1][0]
    return after[0][0] if after else None


def _candidate_years(point: Point, year: int) -> Iterable[int]:
    if point.weekday is not None and point.month and point.day:
        return [y for y in range(year - 2, year + 3) if _weekday(y, point.month, point.day) == point.weekday]
    if point.month == 2 and point.day == 29:
        return [y for y in range(year - 8, year + 9) if _weekday(y, 2, 29) is not None]
    return range(year - 2, year + 3)


def _weekday(year: int, month: int, day: int) -> int | None:
    try:
        return dt.date(year, month, day).weekday()
    except ValueError:
        return None
