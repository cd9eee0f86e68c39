"""Time expressions: reading, resolving and the years carried along."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.language.edtf import bounds
from pledgetrail.language.times import Anchor, anchor_of, carry_years, find_times, resolve
from pledgetrail.records import Time

WEDNESDAY = Anchor(2021, 1, 13)
MAY = Anchor(2021, 5, 10)  # a Monday


def read(text: str, anchor: Anchor | None = WEDNESDAY) -> list[tuple[str, str | None]]:
    return [(time.text, time.edtf) for time in find_times(text, anchor)]


@pytest.mark.parametrize(
    ("text", "words", "edtf"),
    [
        ("signed on 13 January 2021 in Baku", "13 January 2021", "2021-01-13"),
        ("the talks of Jan. 13", "Jan. 13", "2021-01-13"),
        ("held on Nov. 10", "Nov. 10", "2020-11-10"),
        ("It opened Aug. 5, 2019.", "Aug. 5, 2019", "2019-08-05"),
        ("the 13th of March, 2020", "13th of March, 2020", "2020-03-13"),
        ("Published May 16,2024", "May 16,2024", "2024-05-16"),
        ("13/01/2021", "13/01/2021", "2021-01-13"),
        ("1/13/2021", "1/13/2021", "2021-01-13"),
        ("2021-01-13", "2021-01-13", "2021-01-13"),
        ("met on Wednesday", "Wednesday", "2021-01-13"),
        ("arrived late Tuesday", "late Tuesday", "2021-01-12"),
        ("Thursday night", "Thursday night", "2021-01-07"),
        ("last Friday", "last Friday", "2021-01-08"),
        ("last Wednesday", "last Wednesday", "2021-01-06"),
        ("next Monday", "next Monday", "2021-01-18"),
        ("Friday, May 6", "Friday, May 6", "2022-05-06"),
        ("yesterday", "yesterday", "2021-01-12"),
        ("the road opens tomorrow", "tomorrow", "2021-01-14"),
        ("last year", "last year", "2020"),
        ("this week", "this week", "2021-01-11/2021-01-17"),
        ("over the weekend", "the weekend", "2021-01-09/2021-01-10"),
        ("last month", "last month", "2020-12"),
        ("next month", "next month", "2021-02"),
        ("in November", "November", "2020-11"),
        ("last July", "last July", "2020-07"),
        ("in late 2020", "late 2020", "2020"),
        ("the early 1990s", "early 1990s", "199X"),
        ("since 1991", "since 1991", "1991/.."),
        ("between 2021 and 2025", "between 2021 and 2025", "2021/2025"),
        ("from May 5 to May 9", "from May 5 to May 9", "2021-05-05/2021-05-09"),
        ("from 22 to 27 January 2020", "from 22 to 27 January 2020", "2020-01-22/2020-01-27"),
        ("between 28 December and 3 January 2019", "between 28 December and 3 January 2019", "2018-12-28/2019-01-03"),
        ("the 2022-23 budget", "2022-23", "2022/2023"),
        ("in 1999/2000", "1999/2000", "1999/2000"),
        ("Q3 2024", "Q3 2024", "2024-35"),
        ("the first half of 2023", "the first half of 2023", "2023-40"),
        ("the third quarter of last year", "the third quarter of last year", "2020-35"),
        ("in three years", "in three years", "2024"),
        ("over the next five years", "the next five years", "2021/2026"),
        ("two years ago", "two years ago", "2019"),
        ("ten days ago", "ten days ago", "2021-01-03"),
        ("five days earlier", "five days earlier", None),
        ("within six months", "within six months", "2021-01/2021-07"),
        ("by 2025", "by 2025", "../2025"),
        ("by the end of the year", "by the end of the year", "../2021"),
        ("until the end of June", "until the end of June", "../2021-06"),
        ("July 10 and 11, 2025", "July 10 and 11, 2025", "2025-07-10/2025-07-11"),
        ("10-11 July 2025", "10-11 July 2025", "2025-07-10/2025-07-11"),
        ("March 2023", "March 2023", "2023-03"),
        ("in March this year", "March this year", "2021-03"),
        ("in summer 2022", "summer 2022", "2022-22"),
        ("mid-2024", "mid-2024", "2024"),
        ("around 2015", "around 2015", "2015~"),
        ("in 2016.", "2016", "2016"),
        ("over the past few weeks", "the past few weeks", None),
        ("in FY 2023", "FY 2023", "2023"),
        ("this financial year", "this financial year", None),
    ],
)
def test_a_form(text: str, words: str, edtf: str | None) -> None:
    assert read(text) == [(words, edtf)]


@pytest.mark.parametrize(
    "text",
    [
        "more than 2000 troops",
        "about 1500 people",
        "$2021 and 2,021 houses",
        "They may march in step.",
        "Black Friday",
        "a 5-3 vote, 12:30, 3.14",
        "Resolution 1325 and flight 8432",
        "the 30 countries",
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert read(text) == []


def test_part_of_a_period_narrows_the_bounds() -> None:
    (time,) = find_times("in late 2020", None)
    assert time.earliest is not None and time.earliest > dt.date(2020, 8, 1)
    assert time.latest == dt.date(2020, 12, 31)
    (time,) = find_times("earlier this year", WEDNESDAY)
    assert (time.earliest, time.latest) == (dt.date(2021, 1, 1), dt.date(2021, 1, 13))


def test_basis_says_whether_the_report_s_date_was_used() -> None:
    stated, inferred = find_times("13 January 2021 and yesterday", WEDNESDAY)
    assert stated.basis == "stated"
    assert inferred.basis == "from the report's date"


def test_without_an_anchor() -> None:
    weekday, day = find_times("on Wednesday and on Jan. 13", None)
    assert (weekday.edtf, weekday.earliest, weekday.basis) == (None, None, None)
    assert (day.edtf, day.earliest, day.latest, day.basis) == ("XXXX-01-13", None, None, None)


def test_direction() -> None:
    (weekday,) = find_times("on Wednesday", MAY)
    assert weekday.edtf == "2021-05-05"
    assert resolve(weekday, MAY, "future").edtf == "2021-05-12"
    (day,) = find_times("on Jan 13", MAY)
    assert resolve(day, MAY, "past").edtf == "2021-01-13"
    assert resolve(day, MAY, "future").edtf == "2022-01-13"
    (last,) = find_times("last Friday", MAY)
    assert resolve(last, MAY, "future") == last


def test_words_that_look_ahead_turn_the_default() -> None:
    assert read("The envoys will meet on Wednesday.", MAY) == [("Wednesday", "2021-05-12")]
    assert read("They will meet, she said on Wednesday.", MAY) == [("Wednesday", "2021-05-05")]


def test_more_than_eight_months_back_is_ahead() -> None:
    assert read("on June 7", Anchor(2021, 5, 10)) == [("June 7", "2021-06-07")]
    assert read("on October 7", Anchor(2021, 5, 10)) == [("October 7", "2020-10-07")]


@pytest.mark.parametrize(
    ("published", "anchor"),
    [
        ("2021-01-13", Anchor(2021, 1, 13)),
        ("2021-01-13T10:00:00Z", Anchor(2021, 1, 13)),
        ("2021-05", Anchor(2021, 5)),
        ("2021", Anchor(2021)),
        ("2021-02-30", Anchor(2021, 2)),
        ("2021-21", Anchor(2021)),
        ("soon", None),
        (None, None),
    ],
)
def test_anchor_of(published: str | None, anchor: Anchor | None) -> None:
    assert anchor_of(published) == anchor


def test_a_coarse_anchor_resolves_no_finer_than_it_is() -> None:
    assert read("on Wednesday, yesterday, last year, last month", Anchor(2021)) == [
        ("Wednesday", None),
        ("yesterday", None),
        ("last year", "2020"),
        ("last month", None),
    ]
    assert read("last month", Anchor(2021, 1)) == [("last month", "2020-12")]


def test_years_are_carried_on() -> None:
    times = carry_years(
        find_times("From Sept. 27, 2020, until the truce on November 10, and again on 3 February.", None)
    )
    assert [time.edtf for time in times][1:] == ["2020-11-10", "2021-02-03"]
    assert times[1].basis == "stated"
    alone = find_times("on November 10", None)
    assert carry_years(alone) == alone


# --- properties --------------------------------------------------------------------------------------

DAYS = st.dates(dt.date(1700, 1, 1), dt.date(2099, 12, 31))
ANCHORS = st.one_of(st.none(), st.dates(dt.date(1900, 1, 1)).map(lambda d: Anchor(d.year, d.month, d.day)))
PIECES = st.lists(
    st.sampled_from(
        "the a in on by of since from to between and last next this week years year days ago May March 5 31 29 "
        "Feb. 2021 2020-21 1990s early mid - end , . / first half Q3 weekend Friday summer two few within until "
        "13/01/2021 today 12:30 99999999999 ½ É\u00a0 '".split(" ")
    ),
    max_size=25,
).map(" ".join)


def written_forms(day: dt.date) -> list[str]:
    month, short = calendar.month_name[day.month], calendar.month_abbr[day.month]
    weekday = calendar.day_name[day.weekday()]
    return [
        day.isoformat(),
        f"{day.day} {month} {day.year}",
        f"{day.day:02d} {month}, {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{month.upper()} {day.day} {day.year}",
        f"{short}. {day.day}, {day.year}",
        f"{short} {day.day:02d} , {day.year}",
        f"the {day.day}th of {month} {day.year}",
        f"{weekday}, {month} {day.day}, {day.year}",
        f"{weekday} {day.day} {month} {day.year}",
        f"{day.day:02d}/{day.month:02d}/{day.year}",
        f"{day.day}.{day.month}.{day.year}",
    ]


@given(DAYS.filter(lambda d: d.year >= 1900), ANCHORS)
def test_every_written_form_of_a_day_gives_the_day(day: dt.date, anchor: Anchor | None) -> None:
    for form in written_forms(day):
        (time,) = find_times(f"It was agreed on {form} that work begins.", anchor)
        assert (time.edtf, time.earliest, time.latest, time.basis) == (day.isoformat(), day, day, "stated"), form


@given(DAYS, st.integers(0, 240), st.booleans())
def test_a_day_without_its_year_comes_back(day: dt.date, distance: int, past: bool) -> None:
    report = day + dt.timedelta(days=distance if past else -distance)
    anchor = Anchor(report.year, report.month, report.day)
    (time,) = find_times(f"{calendar.month_name[day.month]} {day.day}", anchor)
    assert resolve(time, anchor, "past" if past else "future").earliest == day


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 6))
def test_weekdays_lie_within_the_week(report: dt.date, weekday: int) -> None:
    anchor = Anchor(report.year, report.month, report.day)
    (time,) = find_times(f"on {calendar.day_name[weekday]}", anchor)
    assert time.earliest is not None
    assert 0 <= (report - time.earliest).days <= 6 and time.earliest.weekday() == weekday
    ahead = resolve(time, anchor, "future").earliest
    assert ahead is not None and 0 <= (ahead - report).days <= 6 and ahead.weekday() == weekday


def sound(text: str, times: list[Time], offset: int) -> None:
    last = 0
    for time in times:
        assert last <= time.start - offset < time.end - offset <= len(text)
        assert text[time.start - offset : time.end - offset] == time.text
        last = time.end - offset
        if time.earliest and time.latest:
            assert time.earliest <= time.latest
        assert (time.basis is None) == (time.edtf is None or time.edtf.startswith("XXXX"))
        if time.edtf:
            bounds(time.edtf)


@given(st.one_of(PIECES, st.text(max_size=300)), ANCHORS, st.integers(0, 10**6))
def test_any_text_is_read(text: str, anchor: Anchor | None, offset: int) -> None:
    times = find_times(text, anchor, offset=offset)
    sound(text, times, offset)
    sound(text, [resolve(time, anchor, "future") for time in times], offset)
    sound(text, carry_years(times), offset)


@pytest.mark.parametrize(
    "piece", ["9", "1,", "between ", "from May 5 to ", "the end of ", "2021-", "in the next ", "May  "]
)
def test_long_hostile_text_ends(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    sound(text, find_times(text, WEDNESDAY), 0)


def test_days_that_run_backwards_are_no_stretch() -> None:
    for anchor in (None, anchor_of("2021-05-20")):
        found = carry_years(find_times("11 May 2021, May 13/01", anchor))
        assert [t.edtf for t in found] == ["2021-05-11", None]
