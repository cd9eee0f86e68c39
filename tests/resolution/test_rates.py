from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.resolution.undertakings.rates import REACH, convert, covered


def test_the_rate_of_the_day() -> None:
    # 2014-03-28 is the example of the package's own documentation: 1 EUR = 1.3759 USD
    found = convert(100.0, "EUR", dt.date(2014, 3, 28), "USD")
    assert found is not None
    assert (found.value, found.currency, found.day_of_rate) == (pytest.approx(137.59), "USD", dt.date(2014, 3, 28))
    back = convert(137.59, "USD", dt.date(2014, 3, 28), "EUR")
    assert back is not None and back.value == pytest.approx(100.0)


def test_between_two_other_currencies_both_rates_are_of_one_day() -> None:
    day = dt.date(2014, 3, 28)
    yen, dollars = convert(1.0, "EUR", day, "JPY"), convert(1.0, "EUR", day, "USD")
    cross = convert(1.0, "JPY", day, "USD")
    assert yen and dollars and cross
    assert cross.rate == pytest.approx(dollars.rate / yen.rate)


def test_a_weekend_takes_the_friday_before() -> None:
    found = convert(1.0, "GBP", dt.date(2014, 3, 30))
    assert found is not None and found.day_of_rate == dt.date(2014, 3, 28)


@pytest.mark.parametrize(
    ("currency", "day"),
    [
        ("RUB", dt.date(2022, 6, 1)),  # no rate since March 2022
        ("ISK", dt.date(2012, 6, 1)),  # none between December 2008 and February 2018
        ("GBP", dt.date(1998, 12, 30)),  # before the euro
        ("HRK", dt.date(2024, 1, 10)),  # gave way to the euro
        ("PKR", dt.date(2022, 6, 1)),  # never had one
        ("AZN", dt.date(2022, 6, 1)),
        ("GBP", dt.date(9999, 1, 1)),
        ("GBP", dt.date(1, 1, 2)),
        ("GBP", None),
        (None, dt.date(2022, 6, 1)),
    ],
)
def test_nothing_is_guessed(currency: str | None, day: dt.date | None) -> None:
    assert convert(1.0, currency, day) is None


def test_the_last_rate_reaches_a_week_and_no_further() -> None:
    bounds = covered("RUB")
    assert bounds is not None and bounds[1] == dt.date(2022, 3, 1)
    assert convert(1.0, "RUB", bounds[1] + dt.timedelta(days=REACH)) is not None
    assert convert(1.0, "RUB", bounds[1] + dt.timedelta(days=REACH + 1)) is None


def test_the_same_currency_needs_no_rate() -> None:
    found = convert(5.0, "USD", None, "USD")
    assert found is not None and (found.value, found.rate, found.day_of_rate) == (5.0, 1.0, None)


def test_an_unknown_target_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="XXX"):
        convert(1.0, "USD", dt.date(2020, 1, 2), "XXX")
    assert covered("XXX") is None


@given(
    st.dates(dt.date(1999, 1, 5), dt.date(2024, 12, 31)),
    st.sampled_from(["USD", "JPY", "GBP", "CHF", "RUB", "ISK"]),
    st.floats(0.01, 1e12),
)
def test_there_and_back_is_the_same_sum(day: dt.date, currency: str, amount: float) -> None:
    there = convert(amount, currency, day, "EUR")
    if there is None:
        return
    back = convert(there.value, "EUR", there.day_of_rate, currency)
    assert back is not None and back.value == pytest.approx(amount)
    assert there.day_of_rate is not None and 0 <= (day - there.day_of_rate).days <= REACH
