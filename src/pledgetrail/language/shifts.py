"""Resolves what is counted from the report's date: "yesterday", "last year", "two weeks ago", "the next five years"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pledgetrail.language.edtf import add_months, write_date
from pledgetrail.language.timespecs import UNRESOLVED, Anchor, Dated, Direction, Shift, Unit, Window, narrowed


def date_shift(shift: Shift, anchor: Anchor, direction: Direction | None) -> Dated:
    """A unit counted from the report's date; empty if the anchor is coarser than the unit."""
    edtf = _SHIFTS[shift.unit](shift, anchor, direction)
    if edtf is None:
        return UNRESOLVED
    dated = narrowed(edtf, shift.part, False, True)
    if shift.side and anchor.date and dated.earliest and dated.latest:
        if shift.side == "earlier":
            return replace(dated, latest=max(dated.earliest, min(dated.latest, anchor.date)))
        return replace(dated, earliest=min(dated.latest, max(dated.earliest, anchor.date)))
    return dated


def _shift_day(shift: Shift, anchor: Anchor, _: Direction | None) -> str | None:
    return (anchor.date + dt.timedelta(days=shift.amount)).isoformat() if anchor.date else None


def _shift_week(shift: Shift, anchor: Anchor, _: Direction | None) -> str | None:
    if anchor.date is None:
        return None
    monday = anchor.date + dt.timedelta(days=7 * shift.amount - anchor.date.weekday())
    return f"{monday.isoformat()}/{(monday + dt.timedelta(days=6)).isoformat()}"


def _shift_weekend(shift: Shift, anchor: Anchor, direction: Direction | None) -> str | None:
    """The Saturday and Sunday last begun; the coming ones for "next", or looking forward from a weekday."""
    if anchor.date is None:
        return None
    since = (anchor.date.weekday() - 5) % 7  # days since the last Saturday
    saturday = anchor.date - dt.timedelta(days=since)
    if since > 1 and (shift.amount == 1 or direction == "future"):
        saturday += dt.timedelta(days=7)
    elif since <= 1 and shift.amount:
        saturday += dt.timedelta(days=7 * shift.amount)
    return f"{saturday.isoformat()}/{(saturday + dt.timedelta(days=1)).isoformat()}"


def _shift_month(shift: Shift, anchor: Anchor, _: Direction | None) -> str | None:
    if anchor.month is None:
        return None
    day = add_months(dt.date(anchor.year, anchor.month, 1), shift.amount)
    return write_date(day.year, day.month)


def _shift_quarter(shift: Shift, anchor: Anchor, _: Direction | None) -> str | None:
    if anchor.month is None:
        return None
    day = add_months(dt.date(anchor.year, anchor.month, 1), 3 * shift.amount)
    return f"{day.year:04d}-{33 + (day.month - 1) // 3}"


def _shift_year(shift: Shift, anchor: Anchor, _: Direction | None) -> str | None:
    return write_date(anchor.year + shift.amount)


def _shift_decade(shift: Shift, anchor: Anchor, _: Direction | None) -> str | None:
    return f"{anchor.year // 10 + shift.amount:03d}X"


_SHIFTS: Final[dict[Unit, Callable[[Shift, Anchor, Direction | None], str | None]]] = {
    "day": _shift_day,
    "week": _shift_week,
    "weekend": _shift_weekend,
    "month": _shift_month,
    "quarter": _shift_quarter,
    "year": _shift_year,
    "decade": _shift_decade,
}

_IN_DAYS: Final[dict[Unit, int]] = {"day": 1, "weekend": 7, "week": 7}
_IN_MONTHS: Final[dict[Unit, int]] = {"month": 1, "quarter": 3, "year": 12, "decade": 120}


def date_window(window: Window, anchor: Anchor) -> Dated:
    """A point as fine as its unit ("two years ago" is a year; weeks give a day, marked ``~``), or the interval."""
    base = anchor.date or anchor.latest
    if window.unit in _IN_DAYS:
        if anchor.date is None:
            return UNRESOLVED
        other = base + dt.timedelta(days=_IN_DAYS[window.unit] * window.amount)
        edtf, here = other.isoformat(), base.isoformat()
    else:
        other = add_months(base, _IN_MONTHS[window.unit] * window.amount)
        if window.unit in ("year", "decade"):
            edtf, here = write_date(other.year), write_date(anchor.year)
        elif anchor.month is None:
            return UNRESOLVED
        else:
            edtf, here = write_date(other.year, other.month), write_date(anchor.year, anchor.month)
    if not window.interval:
        return narrowed(edtf, None, window.unit in ("week", "decade"), True)
    pair = (edtf, here) if window.amount < 0 else (here, edtf)
    return Dated("/".join(pair), min(base, other), max(base, other), True)
