"""Classes of people and states that only words name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pledgetrail.records import Mention, Parsed

Parse = Callable[..., Parsed]


def by_words(parsed: Parsed) -> dict[str, Mention]:
    return {m.text: m for m in parsed.mentions}


@pytest.mark.parametrize(
    ("text", "words", "country"),
    [
        ("Syrian refugees need shelter.", "Syrian refugees", "SYR"),
        ("The loan pleased private creditors.", "private creditors", None),
        ("Aid reached developing countries.", "developing countries", None),
        ("The donors promised help to the displaced families.", "displaced families", None),
        ("The donors promised help to the displaced families.", "donors", None),
        ("The warring parties agreed.", "warring parties", None),
    ],
)
def test_a_group_is_a_party_named_by_its_words(parse_text: Parse, text: str, words: str, country: str | None) -> None:
    found = by_words(parse_text(text))[words]
    assert found.kind == "description"
    (party,) = found.parties
    assert (party.type, party.country) == ("group", country)
    assert party.name == words


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("African countries", "African countries"),
        ("Gulf states", "Gulf states"),
        ("EU member states", "European Union member states"),
    ],
)
def test_states_of_a_region_or_organisation_are_a_group(parse_text: Parse, words: str, name: str) -> None:
    (party,) = by_words(parse_text(f"The ship brings grain to {words}."))[words].parties
    assert (party.name, party.type, party.country) == (name, "group", None)


def test_the_united_nations_are_no_group(parse_text: Parse) -> None:
    (party,) = by_words(parse_text("The United Nations sent grain."))["United Nations"].parties
    assert party.type == "organisation"


@pytest.mark.parametrize("words", ["Syrian officials", "Syrian troops", "Syrian forces"])
def test_a_states_own_hands_are_the_state(parse_text: Parse, words: str) -> None:
    parsed = parse_text(f"{words} agreed to leave the city.")
    assert {(p.type, p.country) for m in parsed.mentions if m.start == 0 for p in m.parties} == {("state", "SYR")}


def test_the_nationality_within_a_group_is_no_mention_of_its_own(parse_text: Parse) -> None:
    parsed = parse_text("Norway helped Syrian refugees in Lebanon.")
    assert [m.text for m in parsed.mentions] == ["Norway", "Syrian refugees", "Lebanon"]
    assert "SYR" not in {p.country for m in parsed.mentions for p in m.parties if p.type == "state"}


def test_the_two_countries_are_states_and_no_group(parse_text: Parse) -> None:
    parsed = parse_text("Norway and Sweden pledged aid. The two countries will send tents.")
    assert "group" not in {p.type for m in parsed.mentions for p in m.parties}
