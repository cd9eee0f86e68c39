"""Objects, sums, times, places and conditions of an act."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pledgetrail.extraction import cells
from pledgetrail.extraction.candidates import Candidate, propose
from pledgetrail.extraction.views import View, views
from pledgetrail.records import Parsed, Quantity

ViewOf = Callable[..., View]


def act(view: View, word: str) -> Candidate:
    (found,) = [c for c in propose(view) if view.doc[c.token].lower_ == word and c.pos != "sum"]
    return found


def object_of(view: View, word: str) -> str | None:
    """The object's words, taken from the passage by their place."""
    found = cells.object_words(view, act(view, word))
    return view.doc.text[found[0] - view.offset : found[1] - view.offset] if found else None


@pytest.mark.parametrize(
    ("text", "word", "words"),
    [
        ("Turkey delivered 200 tents to Nepal.", "delivered", "200 tents"),
        ("200 tents were delivered to Nepal by Turkey.", "delivered", "200 tents"),
        ("Iran offered to help Armenia rebuild the road.", "offered", "help Armenia rebuild the road"),
        ("Nepal thanked Japan for its pledge of clean water.", "pledge", "clean water"),
        ("Norway and Chile signed an agreement on fishing.", "signed", "an agreement on fishing"),
        ("Nepal appealed for tents.", "appealed", "tents"),
        ("Norway refused.", "refused", None),
    ],
)
def test_what_an_act_is_about(view_of: ViewOf, text: str, word: str, words: str | None) -> None:
    assert object_of(view_of(text), word) == words


def test_a_long_object_is_cut(view_of: ViewOf) -> None:
    view = view_of("Turkey delivered " + "very " * 60 + "warm tents to Nepal.")
    found = object_of(view, "delivered")
    assert found is not None and len(found.split()) <= 31


def test_an_object_keeps_no_punctuation_at_its_end(view_of: ViewOf) -> None:
    found = object_of(view_of("Norway, it was said, delivered tents, blankets, stoves, and left."), "delivered")
    assert found is not None and found[-1].isalnum()


def test_sums_of_the_sentence_only_the_nearest_first(view_of: ViewOf) -> None:
    view = view_of(
        "Japan pledged $5 million (£4 million) for a road that cost $9 million. Norway paid $7 million for tents."
    )
    assert [q.value for q in cells.sums_of(view, act(view, "pledged"))] == [5e6, 9e6]


def quantity(**more: object) -> Quantity:
    plain: dict[str, object] = {"start": 0, "end": 9, "text": "$5-7m", "value": None, "currency": "USD"}
    return Quantity(**(plain | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "value"),
    [({"value": 5e6}, 5e6), ({"low": 5e6, "high": 7e6}, 6e6), ({"low": 5e6}, 5e6), ({"high": 7e6}, 7e6)],
)
def test_the_amount_of_a_range_is_its_middle(more: dict[str, object], value: float) -> None:
    found = cells.amount_from(quantity(qualifier="about", **more))
    assert (found.value, found.currency, found.text, found.qualifier) == (value, "USD", "$5-7m", "about")


def test_times_under_the_act_come_before_others(view_of: ViewOf) -> None:
    view = view_of("Norway, which gave nothing in 2019, delivered 20 tents to Nepal on 3 March 2021.")
    assert [t.edtf for t in cells.times_of(view, act(view, "delivered"))][0] == "2021-03-03"


def test_places_are_regions_and_states_after_a_preposition_of_place(view_of: ViewOf) -> None:
    view = view_of("Norway opened a school in Lebanon and another in Kashmir.")
    found = [m.text for m in cells.places_of(view, act(view, "opened"))]
    assert set(found) == {"Lebanon", "Kashmir"}


@pytest.mark.parametrize(
    ("text", "conditional"),
    [
        ("Iran will help if Armenia asks.", True),
        ("Iran will help unless Armenia objects.", True),
        ("Iran will help, provided that Armenia asks.", True),
        ("Iran will help Armenia, subject to a vote.", True),
        ("Iran will help Armenia.", False),
        ("Iran did not say whether it will help.", False),
    ],
)
def test_conditions(view_of: ViewOf, text: str, conditional: bool) -> None:
    view = view_of(text)
    assert cells.conditional(act(view, "help"), text) is conditional


def dates(
    parse_text: Callable[..., Parsed], text: str, word: str, stage: str, outlet: str | None = None
) -> cells.Dates:
    parsed = parse_text(text, published="2016-03-10", outlet=outlet)
    view = next(v for v in views(parsed) if v.kind == "body")
    return cells.dates_of(parsed, view, act(view, word), stage, release=outlet is not None)


@pytest.mark.parametrize(
    ("text", "word", "stage", "when", "period"),
    [
        # what runs on beyond the report's day says when it was done, not when it will be
        ("This year Norway has committed $9 million to Chad.", "committed", "pledge", "2016", None),
        ("Norway will give Chad $9 million this year.", "give", "pledge", None, "2016"),
        ("Norway pledged on Friday to give Chad tents by June 2017.", "pledged", "pledge", "2016-03-04", "../2017-06"),
        # a day right before the verb is the verb's, whatever the parse hangs it on
        ("Trucks carrying items such as blankets on Monday entered Aleppo.", "entered", "delivery", "2016-03-07", None),
    ],
)  # fmt: skip
def test_the_day_of_an_act_and_the_time_of_its_fulfilment(
    parse_text: Callable[..., Parsed], text: str, word: str, stage: str, when: str | None, period: str | None
) -> None:
    found = dates(parse_text, text, word, stage)
    assert (found.when, found.period) == (when, period)


@pytest.mark.parametrize(
    ("text", "word", "stage", "when"),
    [
        ("The ministers discussed help for Chad.", "discussed", "exploration", "2016-03-10"),
        ("In 2014 the ministers discussed help for Chad.", "discussed", "exploration", "2014"),
        ("Norway provided tents to Chad.", "provided", "delivery", None),
    ],
)
def test_a_release_tells_of_its_own_day(
    parse_text: Callable[..., Parsed], text: str, word: str, stage: str, when: str | None
) -> None:
    assert dates(parse_text, text, word, stage, outlet="The White House").when == when
