"""Claims about one thing stand side by side; different populations, parts and later counts are no contradictions."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.records import Amount, Commitment, Encounter, Figure, Party, Span
from pledgetrail.resolution.disputes.claims import Claim, Disagreement, Report, claims
from pledgetrail.resolution.disputes.disagreements import disagreements
from pledgetrail.resolution.disputes.facts import Meeting, alternatives, meetings, table_disagreements
from pledgetrail.resolution.disputes.populations import data, occasions, population
from pledgetrail.resolution.disputes.sums import sum_claims
from pledgetrail.resolution.disputes.values import Value, compare, granularity
from pledgetrail.resolution.rows import merge

PAK = Party("state-pak", "Pakistan", "state", "PAK")
AZE = Party("state-aze", "Azerbaijan", "state", "AZE")
TUR = Party("state-tur", "Türkiye", "state", "TUR")
RUS = Party("state-rus", "Russia", "state", "RUS")
POLICE = Party("body-police", "Police", "government body")
WATCH = Party("org-watch", "Harbour Watch", "organisation")
DONORS = Party("group-donors", "donors", "group")
DAY = dt.date(2023, 2, 10)


def report(name: str = "a", day: dt.date | None = DAY, story: str | None = "s", **more: Any) -> Report:
    return Report(name, more.pop("origin", name), (day, day) if day else None, story=story, **more)


def span(name: str, text: str, words: str, start: int = 0) -> Span:
    at = text.index(words)
    return Span(name, start + at, start + at + len(words), words)


def common(name: str, sentence: str, words: str, start: int = 0) -> dict[str, Any]:
    return {
        "id": f"{name}-{start}-{words}",
        "document": name,
        "text_sha256": "",
        "trigger": span(name, sentence, words, start),
        "evidence": (Span(name, start, start + len(sentence), sentence),),
        "cells": {},
        "confidence": 0.9,
        "reader": "test",
    }


def figure(sentence: str, words: str, value: float, name: str = "a", start: int = 0, **more: Any) -> Figure:
    given = {"value": value, "measure": "killed", "unit": "people killed"} | more
    return Figure(**common(name, sentence, words, start), **given)


def claim(*found: tuple[Figure, Report]) -> list[Claim]:
    return [c for f, r in found for c in claims(f.id, f, (f,), {f.document: r})]


def toll(number: float, name: str, day: dt.date | None = DAY, story: str | None = "s", **more: Any) -> Claim:
    place = more.pop("of", "Türkiye")
    sentence = more.pop("sentence", f"The earthquake in {place} killed {number:g} people.")
    told = figure(sentence, f"{number:g}", number, name, of=place, **more)
    (made,) = claim((told, report(name, day, story)))
    return made


def kinds(found: list[Disagreement]) -> list[str]:
    return [d.kind for d in found]


# ------------------------------------------------------------------------------------------------ values


@pytest.mark.parametrize(
    ("a", "b", "agreement"),
    [
        (Value(8.57e9), Value(8e9, qualifier="more than"), "compatible"),
        (Value(8.57e9), Value(8.6e9, qualifier="about"), "compatible"),
        (Value(8.57e9), Value(8.6e9), "compatible"),  # rounded to two digits
        (Value(8.57e9), Value(9e9), "competing"),  # one digit is a number of its own
        (Value(8e9), Value(10e9), "competing"),
        (Value(146), Value(100), "competing"),
        (Value(146, qualifier="at least"), Value(146), "compatible"),
        (Value(146, qualifier="at least"), Value(100), "competing"),
        (Value(20, qualifier="at least"), Value(400), "competing"),  # not excluded in words, and far off
        (Value(1700, qualifier="nearly"), Value(1690), "compatible"),
        (Value(1700, qualifier="nearly"), Value(1739), "competing"),
        (Value(10, qualifier="up to"), Value(31), "competing"),
        (Value(None, 3e9, 5e9), Value(None, 3.8e9, 4.6e9), "compatible"),
        (Value(None, 3e9, 5e9), Value(6e9), "competing"),
        (Value(250), Value(250), "same"),
    ],
)
def test_how_two_values_stand(a: Value, b: Value, agreement: str) -> None:
    for x, y in ((a, b), (b, a)):
        verdict = compare(x, y)
        assert verdict is not None and verdict.agreement == agreement


def test_values_of_two_currencies_are_not_compared() -> None:
    assert compare(Value(1e9, currency="USD"), Value(2e9, currency="EUR")) is None


def test_a_one_digit_number_that_may_be_rounded_is_said_to_be() -> None:
    verdict = compare(Value(8.57e9, currency="USD"), Value(9e9, currency="USD"))
    assert verdict is not None and "USD 9 billion may be the other number rounded" in verdict.how


@pytest.mark.parametrize(("number", "unit"), [(146, 1), (8.57e9, 1e7), (2.5, 0.1), (100, 100), (0, 1)])
def test_granularity(number: float, unit: float) -> None:
    assert granularity(number) == pytest.approx(unit)


values = st.builds(
    Value,
    st.floats(0, 1e12, allow_nan=False) | st.integers(0, 10_000).map(float),
    qualifier=st.sampled_from([None, "at least", "more than", "up to", "less than", "about", "nearly", "estimated"]),
)


@given(values, values)
def test_comparing_is_symmetric_and_never_fails(a: Value, b: Value) -> None:
    assert compare(a, b) == compare(b, a)
    same = compare(a, a)
    assert same is not None and same.agreement == "same"


# ------------------------------------------------------------------------------------------- populations


@pytest.mark.parametrize(
    ("measure", "unit", "classes", "sides"),
    [
        ("killed", "killed", ("people",), ()),
        ("killed", "people died", ("people",), ()),
        ("killed", "civilians killed", ("civilians",), ()),
        ("killed", "Azerbaijani civilians killed", ("civilians",), ("Azerbaijan",)),
        ("killed", "children killed", ("children",), ()),
        ("killed", "women and children killed", ("children", "women"), ()),
        ("killed", "soldiers martyred", ("soldiers",), ()),
        ("damaged", "houses destroyed", ("houses",), ()),
        ("damaged", "vehicles damaged", ("vehicl",), ()),
        ("loss", "damage", ("damage",), ()),
    ],
)
def test_populations(measure: str, unit: str, classes: tuple[str, ...], sides: tuple[str, ...]) -> None:
    found = population(measure, unit)
    assert found is not None and (found.classes, found.sides) == (classes, sides)


def test_both_sides_are_a_population_of_their_own() -> None:
    found = population("killed", "civilians killed", " civilians on both sides of the line")
    assert found is not None and found.sides == ("both sides",)


def test_nothing_is_counted_by_a_number_of_anything() -> None:
    assert population("other", "people") is None
    assert population("loss", "") is None


def test_the_lexicon_of_populations_is_well_formed() -> None:
    names = [entry["name"] for entry in data()["population"]]
    assert len(names) == len(set(names))
    for entry in data()["population"]:
        assert set(entry) <= {"name", "words", "as_is"} and (entry.get("words") or entry.get("as_is"))
    for entry in data()["occasion"]:
        assert set(entry) <= {"name", "words", "days", "local", "recurring"} and entry["days"] > 0 and entry["words"]
    assert len(occasions()) == len(data()["occasion"])
    for section in ("ignored", "sides", "earlier", "apart", "not_places"):
        assert all(words == [w.lower() for w in words] for words in data()[section].values())


# ------------------------------------------------------------------------------------------------ claims


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("Sergeant Aydin, 34, was killed.", "34"),
        ("Four of the wounded were in danger.", "Four"),
        ("The quake killed another 20 people.", "20"),
        ("Hundreds were killed.", "Hundreds"),
        ("The road kills 12 people every day.", "12"),
        ("The quake killed two more people.", "two"),
        ("The quake killed eight of nine guards.", "eight"),
        ("The quake killed 20 others.", "20"),
        ("People died in 2 bomb attacks.", "2"),
    ],
)
def test_what_nothing_can_be_set_against_is_no_claim(sentence: str, number: str) -> None:
    assert claim((figure(sentence, number, 20), report())) == []


def test_one_person_is_no_toll_unless_it_is_said_to_be_the_least() -> None:
    assert claim((figure("The quake killed one man.", "one", 1), report())) == []
    assert claim((figure("The quake killed at least 1 person.", "1", 1, qualifier="at least"), report())) != []


def test_a_claim_knows_who_says_it_where_and_when() -> None:
    sentence = "The earthquake killed at least 12 people in Türkiye, Harbour Watch said."
    told = figure(sentence, "12", 12, of="Türkiye", qualifier="at least", claimed_by=WATCH, when="2023-02-06")
    (made,) = claim((told, report(outlet="Post", origin="b")))
    assert (made.words, made.claimant, made.claimant_name) == ("at least 12", "org-watch", "Harbour Watch")
    assert made.when == (dt.date(2023, 2, 6), dt.date(2023, 2, 6)) and made.days == (DAY, DAY)
    thing = made.thing
    assert thing is not None and (thing.place, thing.occasions) == ("Türkiye", ("earthquake",))
    assert [(t.document, t.outlet, t.origin) for t in made.tellings] == [("a", "Post", "b")]


def test_statements_of_one_row_that_differ_are_claims_of_their_own() -> None:
    sentence = "The earthquake killed 12 people."
    first = figure(sentence, "12", 12, "a", claimed_by=WATCH)
    second = figure(sentence.replace("12", "15"), "15", 15, "b", claimed_by=POLICE)
    found = claims("row", first, (second, first), {"a": report("a"), "b": report("b")})
    assert {(c.words, c.claimant_name) for c in found} == {("12", "Harbour Watch"), ("15", "Police")}
    assert claims("row", first, (first, second)) != [] and claims("row", first)[0].words == "12"


def test_a_joined_place_is_both_places() -> None:
    sentence = "The earthquake in Türkiye and Syria killed 50000 people."
    told = figure(sentence, "50000", 5e4, of="Türkiye")
    told = Figure(**{f: getattr(told, f) for f in told.__dataclass_fields__ if f not in ("cells", "kind")},
                  cells={"of": (span("a", sentence, "Türkiye"),)})  # fmt: skip
    (made,) = claim((told, report()))
    assert made.thing is not None and made.thing.place == "Syria and Türkiye"
    assert disagreements([made, toll(18_991, "b")]) == []


# ----------------------------------------------------------------------------------------- disagreements


def test_two_numbers_of_one_day_compete() -> None:
    (found,) = disagreements([toll(145, "a"), toll(100, "b")])
    assert (found.subject, found.kind) == ("figure", "competing")
    assert [c.words for c in found.claims] == ["100", "145"]
    assert found.about == "killed: people, in Türkiye"
    assert [(r.first, r.second, r.kind) for r in found.relations] == [(0, 1, "competing")]


def test_a_rising_toll_is_an_update_and_a_falling_one_is_not() -> None:
    later = DAY + dt.timedelta(days=2)
    assert kinds(disagreements([toll(100, "a"), toll(145, "b", later)])) == ["update"]
    assert kinds(disagreements([toll(145, "a"), toll(100, "b", later)])) == ["competing"]


def test_a_lower_number_that_is_still_told_later_competes() -> None:
    again = toll(100, "c", DAY + dt.timedelta(days=3))
    low = toll(100, "a")
    both = Claim(low.row, low.cell, low.words, (*low.tellings, *again.tellings), low.value, low.thing)
    assert kinds(disagreements([both, toll(145, "b", DAY + dt.timedelta(days=1))])) == ["competing"]


def test_fewer_missing_later_is_an_update() -> None:
    before = toll(90, "a", measure="missing", unit="missing")
    after = toll(40, "b", DAY + dt.timedelta(days=1), measure="missing", unit="missing")
    assert kinds(disagreements([before, after])) == ["update"]


@pytest.mark.parametrize(
    "other",
    [
        toll(100, "b", unit="civilians killed"),  # another population
        toll(100, "b", unit="children killed"),  # a part of it
        toll(100, "b", part_of="a"),
        toll(100, "b", measure="injured", unit="injured"),
        toll(100, "b", of="Haiti"),
        toll(100, "b", of="Haiti", story=None),
        toll(100, "b", dt.date(2026, 2, 10), story=None),  # long after
        toll(100, "b", None, story=None),  # nobody knows when
        toll(100, "b", when="1999-08"),  # an earlier one
        toll(100, "b", sentence="The flood in Türkiye killed 100 people."),
        toll(9, "b"),  # too far off to be the same thing
    ],
)
def test_other_things_are_not_compared(other: Claim) -> None:
    assert disagreements([toll(145, "a"), other]) == []


def test_one_watchdog_s_both_sides_are_not_one_side() -> None:
    sentence = "The war killed at least 146 civilians on both sides."
    both = figure(sentence, "146", 146, qualifier="at least", unit="civilians killed", claimed_by=WATCH)
    one = figure("The war killed 100 Azerbaijani civilians.", "100", 100, "b", unit="Azerbaijani civilians killed")
    assert disagreements(claim((both, report("a")), (one, report("b")))) == []


def test_across_stories_place_and_occasion_must_be_the_same() -> None:
    assert kinds(disagreements([toll(145, "a", story=None), toll(100, "b", story=None)])) == ["competing"]
    attack = "An attack in Türkiye killed {} people."
    first, second = (toll(n, name, story=None, sentence=attack.format(n)) for n, name in ((14, "a"), (10, "b")))
    assert disagreements([first, second]) == []  # a state is too wide a place to tell two attacks apart
    attack = "An attack in Izmir killed {} people."
    first, second = (toll(n, i, story=None, of="Izmir", sentence=attack.format(n)) for n, i in ((14, "a"), (10, "b")))
    assert kinds(disagreements([first, second])) == ["competing"]


def test_air_strikes_of_one_story_are_told_apart_by_town() -> None:
    first = toll(20, "a", of="Syria", sentence="An air strike in Syria killed 20 people.")
    second = toll(27, "b", of="Syria", sentence="An air strike in Syria killed 27 people.")
    assert disagreements([first, second]) == []
    first, second = (
        toll(n, i, of="Syria", sentence=f"An air strike on Aleppo in Syria killed {n} people.")
        for n, i in ((20, "a"), (27, "b"))
    )
    assert kinds(disagreements([first, second])) == ["competing"]


def test_what_one_report_tells_in_one_voice_is_not_set_against_itself() -> None:
    first = figure("The earthquake killed 14 people.", "14", 14, "a", 0)
    second = figure("The earthquake killed 20 people.", "20", 20, "a", 100)
    elsewhere = [toll(14, "b", sentence="The earthquake killed 14 people.", of=None)]
    elsewhere += [toll(20, "c", sentence="The earthquake killed 20 people.", of=None)]
    together = claim((first, report("a")), (second, report("a")))
    assert kinds(disagreements(elsewhere)) == ["competing"]
    assert disagreements([*together, *elsewhere]) == []


def test_two_claimants_in_one_report_compete_if_they_stand_together() -> None:
    def told(start: int) -> list[Claim]:
        first = figure("The earthquake killed 14 people, police said.", "14", 14, claimed_by=POLICE)
        second = figure("The earthquake killed 25 people, the Watch said.", "25", 25, "a", start, claimed_by=WATCH)
        return claim((first, report()), (second, report()))

    assert kinds(disagreements(told(60))) == ["competing"]
    assert disagreements(told(5000)) == []


def test_of_several_numbers_in_one_voice_the_greatest_is_set_against_others() -> None:
    told = "The earthquake killed {} people, police said."
    numbers = [figure(told.format(n), str(n), n, "a", n * 100, claimed_by=POLICE) for n in (5, 20)]
    other = toll(15, "b", of=None, sentence="The earthquake killed 15 people.")
    (found,) = disagreements([*claim(*((f, report("a")) for f in numbers)), other])
    assert [c.words for c in found.claims] == ["15", "20"]


def test_a_list_of_occasions_is_not_compared_with_other_reports() -> None:
    numbers = [figure(f"An attack killed {n} people.", str(n), n, "a", n * 100) for n in (11, 13, 17, 19)]
    listed = claim(*((f, report("a")) for f in numbers))
    assert disagreements([*listed, toll(15, "b", of=None, sentence="An attack killed 15 people.")]) == []


@cache
def drawn(number: float, name: str, day: dt.date | None, story: str | None, of: str | None, words: str | None) -> Claim:
    return toll(number, name, day, story, of=of, qualifier=words)


claim_sets = st.lists(
    st.builds(
        drawn,
        st.sampled_from([100, 145, 150, 400]),
        st.sampled_from("abcdefgh"),
        st.sampled_from([None, DAY, DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=9)]),
        st.sampled_from([None, "s", "t"]),
        st.sampled_from([None, "Türkiye", "Izmir"]),
        st.sampled_from([None, "at least", "about"]),
    ),
    max_size=8,
    unique_by=lambda c: c.row,
)


def unrelated() -> list[Claim]:
    told = "The flood in Haiti killed {} people."
    return [toll(n, f"x{n}", story="u", of="Haiti", sentence=told.format(n)) for n in (30, 40, 44)]


@given(claim_sets, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_unrelated_claims_change_nothing(found: list[Claim], shuffle: random.Random) -> None:
    expected = disagreements(found)
    mixed = [*found, *unrelated()]
    shuffle.shuffle(mixed)
    after = disagreements(mixed)
    assert [d for d in after if "Haiti" not in d.about] == expected
    assert [d for d in after if "Haiti" in d.about] == disagreements(unrelated()) != []
    for d in expected:
        assert d.kind in {r.kind for r in d.relations}
        assert all(0 <= r.first < r.second < len(d.claims) for r in d.relations)


# ------------------------------------------------------------------------------------------------- sums


def pledge(value: float, name: str, sentence: str = "", **more: Any) -> Commitment:
    words = f"{value:g}"
    sentence = sentence or f"Donors promised {words} dollars at the conference."
    given = {"stage": "pledge", "by": (DONORS,), "to": (PAK,), "amount": Amount(value, "USD", words)} | more
    return Commitment(**common(name, sentence, words), **given)


def sums(*found: Commitment, story: str | None = "s") -> list[Claim]:
    return [c for f in found for c in sum_claims(f.id, f, (f,), {f.document: report(f.document, story=story)})]


def test_sums_of_one_conference_compete() -> None:
    told = [pledge(8e9, "a"), pledge(8.57e9, "b"), pledge(9e9, "c"), pledge(10e9, "d")]
    for story in ("s", None):
        (found,) = disagreements(sums(*told, story=story))
        assert (found.subject, found.kind, len(found.claims)) == ("sum", "competing", 4)
        assert found.about == "pledge by donors, for Pakistan"
    more = Amount(8e9, "USD", "8e+09", "more than")
    assert kinds(disagreements(sums(pledge(8e9, "a", amount=more), pledge(8.57e9, "b")))) == ["compatible"]


def test_what_one_giver_gives_for_two_things_is_two_sums() -> None:
    schools = pledge(5e6, "a", by=(TUR,), what="5 million dollars for new schools in Sindh")
    roads = pledge(7e6, "b", by=(TUR,), what="7 million dollars for roads in Punjab")
    again = pledge(6e6, "c", by=(TUR,), what="6 million dollars for schools in Sindh")
    assert disagreements(sums(schools, roads)) == []
    assert kinds(disagreements(sums(schools, again))) == ["competing"]


@pytest.mark.parametrize("flag", ["cumulative", "conditional", "negated", "planned", "part_of"])
def test_parts_running_totals_and_conditions_are_no_claims(flag: str) -> None:
    value: Any = "total" if flag == "part_of" else True
    assert sums(pledge(5e6, "a", **{flag: value})) == []


def test_stages_and_currencies_are_kept_apart() -> None:
    paid = pledge(5e9, "b", stage="disbursement")
    euros = pledge(5e9, "b", amount=Amount(5e9, "EUR", "5e+09"))
    assert disagreements(sums(pledge(8e9, "a"), paid)) == disagreements(sums(pledge(8e9, "a"), euros)) == []


# ------------------------------------------------------------------------------------------------- facts


def meeting(name: str, *cast: Party, when: str = "2021-01-13", story: str | None = "s", **more: Any) -> list[Meeting]:
    given = {"encounter": "meeting", "places": ("Islamabad",)} | more
    told = Encounter(**common(name, "They met.", "met"), participants=cast, when=when, **given)
    return meetings(told.id, told, (told,), {name: report(name, story=story)})


def test_who_sat_at_the_table() -> None:
    found = [*meeting("a", AZE, TUR, RUS), *meeting("b", AZE, TUR, PAK)]
    (table,) = table_disagreements(found)
    assert (table.subject, table.kind) == ("participants", "competing")
    assert table.about == "meeting of Azerbaijan, Türkiye in Islamabad on 2021-01-13"
    assert {r.how for r in table.relations} <= {"Russia against Pakistan", "Pakistan against Russia"}
    assert table_disagreements(found[::-1]) == [table]


@pytest.mark.parametrize(
    "other",
    [
        meeting("b", AZE, TUR),  # told in part
        meeting("b", AZE, TUR, RUS, PAK),  # told more fully
        meeting("b", AZE, PAK),  # another meeting of the host
        meeting("b", AZE, TUR, PAK, when="2021-01-20"),
        meeting("b", AZE, TUR, PAK, places=("Baku",)),
        meeting("b", AZE, TUR, PAK, planned=True),
        meeting("b", AZE, TUR, PAK, encounter="conference"),
        meeting("a", AZE, TUR, PAK),  # one report tells both
        meeting("b", AZE, TUR, DONORS),
    ],
)
def test_tables_that_do_not_contradict(other: list[Meeting]) -> None:
    assert table_disagreements([*meeting("a", AZE, TUR, RUS), *other]) == []


def test_on_which_day() -> None:
    (found,) = table_disagreements([*meeting("a", AZE, TUR, PAK), *meeting("b", AZE, TUR, PAK, when="2021-01-14")])
    assert (found.subject, [c.words for c in found.claims]) == ("when", ["2021-01-13", "2021-01-14"])
    month = meeting("b", AZE, TUR, PAK, when="2021-01")
    assert table_disagreements([*meeting("a", AZE, TUR, PAK), *month]) == []


def test_alternatives_of_a_row_are_disagreements_of_fact() -> None:
    first = pledge(8e9, "a", when="2023-01-09", by=(TUR, PAK))
    second = pledge(8e9, "b", when="2023-01-10", by=(TUR,))
    folded = merge([first, second])
    (found,) = alternatives(
        "row", folded.content, folded.alternatives, folded.statements, {n: report(n) for n in ("a", "b")}
    )
    assert (found.subject, [c.words for c in found.claims]) == ("when", ["2023-01-09", "2023-01-10"])
    assert [t.document for c in found.claims for t in c.tellings] == ["a", "b"]


def test_an_alternative_that_says_less_is_none() -> None:
    first = pledge(8e9, "a", when="2023-01-09")
    other = [{"cell": "when", "value": "2023-01", "evidence": ()}, {"cell": "unit", "value": "x", "evidence": ()}]
    assert alternatives("row", first, other) == []


def test_the_same_report_day_needs_no_outlet() -> None:
    (found,) = disagreements([toll(145, "a"), toll(100, "b")])
    assert [t.outlet for c in found.claims for t in c.tellings] == [None, None]
    assert [c.origins for c in found.claims] == [1, 1]
