"""Extended Date/Time Format (ISO 8601-2:2019, levels 0 and 1, and the parts of level 2 that news needs).

Written forms: ``2021``, ``2021-01``, ``2021-01-13``; ``199X`` (a decade) and ``XXXX-01-13`` (year unknown);
``2022-22`` (seasons 21-24), ``2024-35`` (quarters 33-36), ``2023-40`` (halves 40-41); ``2021~`` (about);
intervals ``2021/2025``, open at either end with ``..``.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Final

Bounds = tuple[dt.date | None, dt.date | None]

_POINT: Final = re.compile(r"(?P<y>[0-9X]{4})(?:-(?P<m>[0-9X]{2}))?(?:-(?P<d>[0-9X]{2}))?[~?%]?\Z")

#: First month and length in months of the sub-year groupings. Seasons are the meteorological ones of the northern
#: hemisphere, in which "winter 2022" begins in December 2022; the code itself (21-24) says nothing of hemispheres.
_GROUPS: Final = {
    21: (3, 3),
    22: (6, 3),
    23: (9, 3),
    24: (12, 3),
    33: (1, 3),
    34: (4, 3),
    35: (7, 3),
    36: (10, 3),
    40: (1, 6),
    41: (7, 6),
}


def month_end(year: int, month: int) -> dt.date:
    """The last day of a month (1-12) of a year (1-9999)."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later (earlier if negative), or the month's last day if it is shorter.

    Stops at the first and last year that ``datetime`` knows.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year < 1:
        return dt.date.min
    if year > 9999:
        return dt.date.max
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def write_date(year: int, month: int | None = None, day: int | None = None) -> str:
    """A year, month or day in EDTF."""
    if month is None:
        return f"{year:04d}"
    return f"{year:04d}-{month:02d}" if day is None else f"{year:04d}-{month:02d}-{day:02d}"


def bounds(edtf: str) -> Bounds:
    """Earliest and latest day that an EDTF string can mean; None on an open side or where the year is unknown.

    Raises ValueError if the string is none of the forms this module writes, or names no day of the calendar.
    """
    if "/" not in edtf:
        return _point_bounds(edtf)
    first, last = edtf.split("/", 1)
    earliest = None if first == ".." else _point_bounds(first)[0]
    latest = None if last == ".." else _point_bounds(last)[1]
    return earliest, latest


def _point_bounds(edtf: str) -> Bounds:
    found = _POINT.match(edtf)
    if not found:
        raise ValueError(f"not an EDTF date: {edtf!r}")
    year, month, day = found["y"], found["m"], found["d"]
    if year.startswith("X"):
        if month and day and "X" not in month + day:
            dt.date(2000, int(month), int(day))  # a leap year: raises for 31 April
        return None, None
    if "X" in year:
        if month:
            raise ValueError(f"not an EDTF date: {edtf!r}")
        return dt.date(max(int(year.replace("X", "0")), 1), 1, 1), dt.date(int(year.replace("X", "9")), 12, 31)
    return _known_year_bounds(int(year), month, day)


def _known_year_bounds(year: int, month: str | None, day: str | None) -> Bounds:
    if month is None:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    number = int(month)
    if number in _GROUPS and day is None:
        first, length = _GROUPS[number]
        earliest = dt.date(year, first, 1)
        return earliest, add_months(earliest, length) - dt.timedelta(days=1)
    if day is None:
        return dt.date(year, number, 1), month_end(year, number)
    date = dt.date(year, number, int(day))
    return date, date


def days_of(edtf: str | None) -> Bounds:
    """``bounds`` for a date that may be missing or unreadable: (None, None) then."""
    try:
        return bounds(edtf) if edtf else (None, None)
    except ValueError:
        return None, None
