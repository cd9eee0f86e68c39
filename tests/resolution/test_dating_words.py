"""Intervals of days, the terms of tellings, and the days of acts in reports dated by others."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.language.lexicon import load
from pledgetrail.records import Commitment, Span
from pledgetrail.resolution.dates.anchoring import anchored
from pledgetrail.resolution.dates.dating import Dating
from pledgetrail.resolution.dates.intervals import Days
from pledgetrail.resolution.dates.tellings import plain, shared, stem, terms, weight

DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2022, 12, 31))
ENDS = st.none() | DAYS


@st.composite
def intervals(draw: st.DrawFn) -> Days:
    first, last = draw(ENDS), draw(ENDS)
    if first and last and first > last:
        first, last = last, first
    weekday = draw(st.none() | st.integers(0, 6))
    month = draw(st.none() | st.integers(1, 12))
    return Days(first, last, weekday, month, draw(st.integers(1, 28)) if month else None)


@given(intervals(), intervals())
def test_both_is_no_wider_and_of_no_order(a: Days, b: Days) -> None:
    both = a & b
    assert both == (b & a)
    if both is None:
        return
    for one in (a, b):
        assert one.earliest is None or (both.earliest and both.earliest >= one.earliest)
        assert one.latest is None or (both.latest and both.latest <= one.latest)


@given(intervals(), intervals(), DAYS)
def test_both_keeps_each_day_that_each_allows(a: Days, b: Days, day: dt.date) -> None:
    if Days(day, day) & a and Days(day, day) & b:
        both = a & b
        assert both is not None and Days(day, day) & both


def test_a_weekday_and_a_day_of_the_month_make_a_year() -> None:
    both = Days(dt.date(2020, 6, 1), dt.date(2022, 6, 1), month=1, day=13)
    assert both.only is None
    assert (both & Days(weekday=2)) == Days(dt.date(2021, 1, 13), dt.date(2021, 1, 13), 2, 1, 13)
    assert (both & Days(weekday=5)) is None


def test_terms_are_alike_however_a_state_or_an_event_is_named() -> None:
    one = terms("Baku hosted a three-way dialogue with the Turkish and Pakistani sides.")
    other = terms("Tri-lateral talks of Azerbaijan, Turkey and Pakistan.")
    assert {"c:AZE", "c:TUR", "c:PAK", "sides:3", "e:meeting"} <= set(one) & set(other)


def test_people_stand_for_their_states() -> None:
    assert "c:GEO" in terms("Kelivadze signed.", {"kelivadze": "GEO"})


def test_rare_terms_weigh_more() -> None:
    assert weight("kelivadze") > weight("e:meeting") > 0
    assert shared(("a", "kelivadze"), ("kelivadze", "b")) == weight("kelivadze")


@pytest.mark.parametrize(
    ("word", "root"), [("pledges", "pledg"), ("planned", "plan"), ("cities", "city"), ("aid", "aid")]
)
def test_stems(word: str, root: str) -> None:
    assert stem(word) == root


def test_the_data_has_its_form() -> None:
    path = resources.files("pledgetrail.resolution") / "data" / "telling_terms.csv"
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    found = [row["term"] for row in rows]
    assert found == sorted(set(found)) and len(found) > 1000
    assert all(1 <= float(row["per_mille"]) < 1000 for row in rows)
    events = load("events.toml", "pledgetrail.resolution")
    assert set(events) == {"classes", "sides", "counts", "stop"}
    words = [w for table in ("classes", "sides", "counts") for group in events[table].values() for w in group]
    assert len(words) == len(set(words))
    assert all(w == plain(w) for w in (*words, *events["stop"]["words"]))


SENTENCE = "On Wednesday the three states agreed to rebuild the bridge that a flood had broken last year."


def statement(sentence: str = SENTENCE, trigger: str = "agreed", when: str | None = None) -> Commitment:
    at = sentence.index(trigger)
    return Commitment(
        id="s",
        document="herald",
        text_sha256="",
        trigger=Span("herald", at, at + len(trigger), trigger),
        evidence=(Span("herald", 0, len(sentence), sentence),),
        cells={},
        confidence=0.9,
        reader="",
        stage="agreement",
        when=when,
    )


def dating(earliest: str | None, latest: str | None) -> Dating:
    first, last = (dt.date.fromisoformat(d) if d else None for d in (earliest, latest))
    return Dating("herald", None, first, last, "from sibling reports", ())


def test_a_weekday_is_anchored_where_all_days_agree() -> None:
    found = anchored(statement(), SENTENCE, dating("2021-01-13", "2021-01-14"))
    assert found is not None
    assert (found.when, found.when_basis, found.span.quote) == ("2021-01-13", "from sibling reports", "Wednesday")
    assert SENTENCE[found.span.start : found.span.end] == found.span.quote


def test_a_week_does_not_tell_which_wednesday() -> None:
    assert anchored(statement(), SENTENCE, dating("2021-01-12", "2021-01-14")) is None


@pytest.mark.parametrize(("latest", "when"), [("2021-11-30", "2020"), ("2022-01-05", None)])
def test_an_interval_in_one_year_tells_years(latest: str, when: str | None) -> None:
    text = "The three states agreed last year to rebuild the bridge."
    found = anchored(statement(text), text, dating("2021-01-13", latest))
    assert (found.when if found else None) == when


def test_what_has_a_day_or_an_open_interval_stays() -> None:
    assert anchored(statement(when="2021-01-01"), SENTENCE, dating("2021-01-13", "2021-01-14")) is None
    assert anchored(statement(), SENTENCE, dating("2021-01-13", None)) is None
    assert anchored(replace(statement(), document="x"), SENTENCE, dating("2021-01-13", "2021-01-14")) is None


def test_a_day_ahead_is_when_a_promise_is_to_be_kept() -> None:
    text = "The three states agreed to open the bridge on May 12, 2023."
    assert anchored(statement(text), text, dating("2021-01-13", "2021-01-14")) is None
