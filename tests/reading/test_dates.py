from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.reading import dates, read
from pledgetrail.records import RawReport

DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))


@pytest.mark.parametrize(
    ("line", "edtf"),
    [
        ("17:19 - 13/01/2021 Wednesday", "2021-01-13"),
        ("Published May 16,2024", "2024-05-16"),
        ("PUBLISHED: 11:06 EST, 16 September 2013", "2013-09-16"),
        ("AA 03 015 20 Mar 2003", "2003-03-20"),
        ("Date: 11 March 92", "1992-03-11"),
        ("Wednesday, 20 June 2012", "2012-06-20"),
        ("Saturday, 18th August 2007", "2007-08-18"),
        ("Tue Sept. 3, 2019", "2019-09-03"),
        ("2024-05-16T10:00:00Z", "2024-05-16"),
        ("2023/05/12", "2023-05-12"),
        ("12.05.2023", "2023-05-12"),
        ("5/25/2024", "2024-05-25"),
        ("25/5/2024", "2024-05-25"),
        ("03/04/2021 Saturday", "2021-04-03"),
        ("Thursday 03/04/2021", "2021-03-04"),
        ("03/04/2021", "2021"),
        ("09.02.25", "2025"),
        ("05/05/2021", "2021-05-05"),
        ("The Valley Courier, September 2025", "2025-09"),
        ("6 APRIL1999", "1999-04-06"),
    ],
)
def test_dates_in_lines(line: str, edtf: str) -> None:
    assert [f.edtf for f in dates.find(line)] == [edtf]


@pytest.mark.parametrize(
    "line",
    [
        "31 February 2020",
        "2021",
        "17 years",
        "32/13/2020",
        "1/2/3/2004",
        "May 16",
        "12 March 19^2",
    ],
)
def test_no_date(line: str) -> None:
    assert dates.find(line) == []


@pytest.mark.parametrize(
    ("given_", "edtf"),
    [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("2024-05-16", "2024-05-16"),
        (" 2024-05-16T23:30:00-05:00 ", "2024-05-16"),
        ("2024-05-16 08:00", "2024-05-16"),
        ("20240516", "2024-05-16"),
        ("Thu, 16 May 2024 10:00:00 GMT", "2024-05-16"),
        ("May 16, 2024", "2024-05-16"),
        ("0000-00-00", None),
        ("2024-13-01", None),
        ("9999", None),
        ("soon", None),
        ("", None),
    ],
)
def test_metadata(given_: str, edtf: str | None) -> None:
    assert dates.from_metadata(given_) == edtf


@given(
    DAYS,
    st.sampled_from(
        [
            "{0:%d} {0:%B} {0:%Y}",
            "{0:%B} {0:%d}, {0:%Y}",
            "{0:%d}-{0:%b}-{0:%Y}",
            "{0:%d}.{0:%m}.{0:%Y}",
            "{0:%Y}-{0:%m}-{0:%d}",
        ]
    ),
)
def test_every_day_is_read_in_every_form(day: dt.date, form: str) -> None:
    line = f"Posted {form.format(day)} at noon"
    (found,) = dates.find(line)
    assert found.edtf == day.isoformat()
    assert line[found.start : found.end] == form.format(day)


@given(DAYS, st.booleans())
def test_a_numeric_day_is_never_the_wrong_one(day: dt.date, day_first: bool) -> None:
    numbers = f"{day:%d/%m/%Y}" if day_first else f"{day:%m/%d/%Y}"
    (found,) = dates.find(numbers)
    assert found.edtf in {day.isoformat(), f"{day.year}"}
    assert [f.edtf for f in dates.find(f"{numbers} {day:%A}")][0] in {day.isoformat(), f"{day.year}"}


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    dates.from_metadata(text)
    for found in dates.find(text):
        assert 0 <= found.start < found.end <= len(text)


SENTENCE = "The county will pay for the repair of the bridges, the mayor of Arden said, and for the roads behind them."


@pytest.mark.parametrize(
    ("text", "published"),
    [
        (f"Senator Kari Moe Member for Arden 9 May 2013 Bridges for the Valley {SENTENCE}", "2013-05-09"),
        (f"{SENTENCE}\n\nARDEN 13 January 2009\n\nContact: Kari Moe", "2009-01-13"),
        (f"{SENTENCE}\n\nArden: May 15 1991", "1991-05-15"),
        (f"{SENTENCE} {SENTENCE} ARDEN 13 JULY 2011", "2011-07-13"),
        (f"{SENTENCE} {SENTENCE} MONDAY, 7 SEPTEMBER 2015 MEDIA CONTACT: KARI MOE", "2015-09-07"),
        (f"Mayor Kari Moe will travel to Arden from May 5 – May 9, 2022. {SENTENCE}", None),
        (f"Mayor Kari Moe opened the Upper Bridge on 9 May 2022. {SENTENCE}", None),
        (f"{SENTENCE} The bridge was opened on 9 May 2022.", None),
    ],
)
def test_days_in_a_head_that_runs_on_and_below_the_report(text: str, published: str | None) -> None:
    found = read(RawReport(id="d", source="s", text=text, content_sha256=""))
    assert found.published == published
