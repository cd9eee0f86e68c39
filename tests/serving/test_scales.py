from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.serving.scales import Days, numbers

DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
SUMS = st.floats(0, 1e15, allow_nan=False)


@given(st.tuples(DAYS, DAYS).map(sorted), DAYS, DAYS)
def test_later_days_lie_further_right(ends: list[dt.date], one: dt.date, other: dt.date) -> None:
    scale = Days(ends[0], ends[1], 8.0, 400.0)
    assert 8.0 <= scale.at(one) <= 400.0
    if one <= other:
        assert scale.at(one) <= scale.at(other)
    ticks = scale.ticks()
    assert not ticks or ticks[0].label[-4:].isdigit()
    assert len(ticks) <= 9 and [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)


@given(st.lists(SUMS, min_size=1, max_size=6))
def test_greater_numbers_lie_further_right(values: list[float]) -> None:
    scale = numbers(values, 10.0, 700.0)
    assert scale is not None
    places = [scale.at(value) for value in sorted(values)]
    assert places == sorted(places) and all(10.0 <= place <= 700.0 for place in places)
    assert len(scale.ticks()) <= 16


def test_numbers_far_apart_go_by_magnitude() -> None:
    assert numbers([12.0, 15.0], 0, 1).by_magnitude is False  # type: ignore[union-attr]
    scale = numbers([12.0, 9_000_000.0], 0, 100)
    assert scale is not None and scale.by_magnitude
    assert [tick.label for tick in scale.ticks()][:3] == ["10", "100", "1,000"]
    assert numbers([], 0, 1) is None and numbers([float("inf")], 0, 1) is None
    assert numbers([0.0], 0, 1) is not None


def test_ticks_are_years_or_months() -> None:
    years = Days(dt.date(2004, 12, 26), dt.date(2025, 7, 10), 0, 100).ticks()
    assert [tick.label for tick in years] == ["2005", "2010", "2015", "2020", "2025"]
    months = Days(dt.date(2021, 11, 3), dt.date(2022, 3, 20), 0, 100).ticks()
    assert [tick.label for tick in months] == ["Dec 2021", "2022", "Feb", "Mar"]
