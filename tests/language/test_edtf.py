"""EDTF bounds."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.language.edtf import add_months, bounds, write_date


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2021-01-13", "2021-01-13", "2021-01-13"),
        ("199X", "1990-01-01", "1999-12-31"),
        ("2015~", "2015-01-01", "2015-12-31"),
        ("2022-22", "2022-06-01", "2022-08-31"),
        ("2022-24", "2022-12-01", "2023-02-28"),
        ("2024-35", "2024-07-01", "2024-09-30"),
        ("2023-40", "2023-01-01", "2023-06-30"),
        ("2021/2025", "2021-01-01", "2025-12-31"),
        ("1991/..", "1991-01-01", None),
        ("../2025-03", None, "2025-03-31"),
        ("XXXX-01-13", None, None),
    ],
)
def test_bounds(edtf: str, earliest: str | None, latest: str | None) -> None:
    found = bounds(edtf)
    assert [day.isoformat() if day else None for day in found] == [earliest, latest]


@pytest.mark.parametrize("edtf", ["", "2021-13", "2021-02-30", "XXXX-04-31", "January", "2021-1", "199X-05"])
def test_what_is_no_date_is_refused(edtf: str) -> None:
    with pytest.raises(ValueError):
        bounds(edtf)


@given(st.dates())
def test_a_day_bounds_itself(day: dt.date) -> None:
    assert bounds(write_date(day.year, day.month, day.day)) == (day, day)


@given(st.dates(), st.integers(-5000, 5000))
def test_months_add_up(day: dt.date, months: int) -> None:
    later = add_months(day, months)
    if dt.date.min < later < dt.date.max:
        assert (later.year - day.year) * 12 + later.month - day.month == months
        assert later.day <= day.day
