"""Sums in another currency, by the European Central Bank's reference rates of the day.

The rates come with the package CurrencyConverter: working days from 4 January 1999 to the day the package's release was
made (``covered``). They are against the euro; between two other currencies the rate is the quotient of two rates of one
day. Nothing is looked up over the network. Reading them takes about half a second and 24 MB, once a process, at the
first conversion that needs them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from currency_converter import CurrencyConverter

#: How many days before the day wanted a rate may be of. The bank sets none on weekends and on its holidays, of which
#: the longest run (Easter, or Christmas with a weekend) is four days; a week leaves no honest gap open and bridges none
#: of the long ones (the Icelandic króna 2008-2018, the rouble since 2 March 2022).
REACH: Final = 7


@dataclass(frozen=True, slots=True)
class Converted:
    """A sum in another currency. ``value`` is the original times ``rate``; ``day_of_rate`` is None where the
    currencies are the same and nothing was converted.
    """

    value: float
    currency: str
    rate: float
    day_of_rate: dt.date | None


def convert(amount: float, currency: str | None, day: dt.date | None, into: str = "USD") -> Converted | None:
    """``amount`` of ``currency`` (ISO 4217) in the currency ``into``, at the rate of ``day``.

    On a day without rates the nearest earlier day that has both counts, up to ``REACH`` days back. None where the
    currency or the day is not known, or the bank has no rate for either currency there: nothing is guessed, and the
    original always stays beside what comes out. Raises ValueError if the bank never had rates of ``into``.
    """
    if into not in _rates().currencies:
        raise ValueError(f"no reference rates of {into!r}")
    if currency == into:
        return Converted(amount, into, 1.0, None)
    if currency is None or day is None or currency not in _rates().currencies:
        return None
    found = _rate(currency, into, day)
    return found and Converted(amount * found[0], into, *found)


def covered(currency: str) -> tuple[dt.date, dt.date] | None:
    """First and last day with a reference rate of a currency, or None if there never was one.

    Between them there may be gaps; see ``REACH``.
    """
    bounds = _rates().bounds.get(currency)
    return bounds and (bounds.first_date, bounds.last_date)


@cache
def _rates() -> CurrencyConverter:
    from currency_converter import CurrencyConverter  # half a second and 24 MB: see the module

    return CurrencyConverter()


@cache
def _rate(currency: str, into: str, day: dt.date) -> tuple[float, dt.date] | None:
    """What one unit is worth, and the day of the rate. Remembered: ledgers name the same days over and over."""
    from currency_converter import RateNotFoundError

    for back in range(REACH + 1):
        try:
            tried = day - dt.timedelta(days=back)
        except OverflowError:  # the first days of the calendar
            return None
        try:
            return float(_rates().convert(1.0, currency, into, tried)), tried
        except RateNotFoundError:
            continue
    return None
