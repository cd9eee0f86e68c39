"""Who is called what office in a report."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pledgetrail.language import gazetteer
from pledgetrail.language.lexicon import load
from pledgetrail.language.offices import offices
from pledgetrail.records import Parsed

Parse = Callable[..., Parsed]


def said(parsed: Parsed) -> list[tuple[str, str, str | None, bool]]:
    return [(o.party.name, o.title, o.of.id if o.of else None, o.former) for o in offices(parsed)]


@pytest.mark.parametrize(
    ("text", "name", "title", "of"),
    [
        ("Turkish Foreign Minister Deniz Aksoy met donors.", "Deniz Aksoy", "Foreign Minister", "state-tur"),
        ("Turkey's foreign minister, M. Cavusoglu, was there.", "M. Cavusoglu", "foreign minister", "state-tur"),
        ("Leyla Hasanova, the president of Azerbaijan, spoke.", "Leyla Hasanova", "president", "state-aze"),
        ("Azeri FM Jeyhun Bayramov was in Geneva.", "Jeyhun Bayramov", "FM", "state-aze"),
        ("World Bank President Anna Brandt spoke.", "Anna Brandt", "President", "org-world-bank"),
        ("Deputy Foreign Minister Omar Haddad met donors.", "Omar Haddad", "Deputy Foreign Minister", None),
    ],
)
def test_a_title_beside_a_name_is_an_office(
    parse_text: Parse, text: str, name: str, title: str, of: str | None
) -> None:
    assert said(parse_text(text)) == [(name, title, of, False)]


def test_a_former_office_is_marked_and_loses_the_word(parse_text: Parse) -> None:
    parsed = parse_text("Former Prime Minister Omar Haddad of Lebanon met President Salim Nassar in Beirut.")
    assert ("Omar Haddad", "Prime Minister", "state-lbn", True) in said(parsed)
    assert ("Salim Nassar", "President", None, False) in said(parsed)


def test_forms_of_address_and_nameless_offices_are_none(parse_text: Parse) -> None:
    assert said(parse_text("Mr Omar Haddad met the foreign minister of Turkey. Dr Aksoy stayed away.")) == []


def test_the_state_said_once_counts_for_the_whole_report_and_a_guess_never(parse_text: Parse) -> None:
    parsed = parse_text(
        "Lebanese Prime Minister Omar Haddad spoke in Beirut. Lebanon will ask for help, Prime Minister Haddad said. "
        "President Jens Holm promised help for Lebanon."
    )
    found = said(parsed)
    assert [of for name, _, of, _ in found if name == "Omar Haddad"] == ["state-lbn", "state-lbn"]
    assert [of for name, _, of, _ in found if name == "Jens Holm"] == [None]


def test_spans_quote_the_text(parse_text: Parse) -> None:
    parsed = parse_text("On Monday Turkish Foreign Minister Deniz Aksoy met Michael Jordan, the US envoy.")
    assert offices(parsed)
    for office in offices(parsed):
        text = parsed.document.text[office.span.start : office.span.end]
        assert office.span.quote == text and office.title in text


def test_a_release_does_not_make_foreign_presidents_its_own(parse_text: Parse) -> None:
    parsed = parse_text("President Andrzej Duda was in Washington.", outlet="The White House")
    assert said(parsed) == [("Andrzej Duda", "President", None, False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Kenyan President Amina Okello phoned her Ugandan counterpart, Joseph Mugabi.",
            ("Joseph Mugabi", "president", "state-uga", False),
        ),
        (
            "French Foreign Minister Luc Morel met his Turkish counterpart Deniz Aksoy in Paris.",
            ("Deniz Aksoy", "foreign minister", "state-tur", False),
        ),
        (
            "French Foreign Minister Luc Morel met his U.S. counterpart John Miller in Paris.",
            ("John Miller", "secretary of state", "state-usa", False),
        ),
        (
            "U.S. Secretary of State John Miller met his French counterpart Luc Morel in Paris.",
            ("Luc Morel", "foreign minister", "state-fra", False),
        ),
        (
            "Danish Prime Minister Ida Holm called her Norwegian counterpart Nils Berg.",
            ("Nils Berg", "prime minister", "state-nor", False),
        ),
    ],
)
def test_a_counterpart_holds_the_office_of_the_other(
    parse_text: Parse, text: str, expected: tuple[str, str, str, bool]
) -> None:
    parsed = parse_text(text)
    assert said(parsed)[1:] == [expected]
    office = offices(parsed)[1]
    assert office.span.quote == parsed.document.text[office.span.start : office.span.end]


@pytest.mark.parametrize(
    "text",
    [
        # leaders are counterparts whatever their titles
        "Armenian Prime Minister Aram Petrosyan met his Azerbaijani counterpart Rauf Quliyev.",
        "Chilean President Rosa Diaz met her Indian counterpart Arjun Rao.",
        # a deputy's is a deputy, but of what name
        "Chilean Deputy Foreign Minister Rosa Diaz met her Peruvian counterpart Mario Vega.",
        # the office is another passage's
        "Chilean Foreign Minister Rosa Diaz spoke.\nPeruvian counterpart Mario Vega listened.",
        "Foreign Minister Rosa Diaz met her Peruvian counterpart Mario Vega.",
    ],
)
def test_a_counterpart_of_no_clear_office_has_none(parse_text: Parse, text: str) -> None:
    assert len(said(parse_text(text))) == 1


def test_the_list_of_states_led_by_a_prime_minister_names_states() -> None:
    table = load("counterparts.toml")
    codes = [*table["led_by_prime_minister"], *table["own_title"]]
    assert len(set(table["led_by_prime_minister"])) == len(table["led_by_prime_minister"])
    assert all(gazetteer.state(code).country == code for code in codes)
    assert all(gazetteer.roles().lookup(own) for titles in table["own_title"].values() for own in titles.values())


def test_former_stands_before_the_state_as_well(parse_text: Parse) -> None:
    parsed = parse_text(
        "Former Iraqi Foreign Minister Omar Haddad spoke. Iraqi Foreign Minister Salim Nassar listened."
    )
    assert said(parsed) == [
        ("Omar Haddad", "Foreign Minister", "state-irq", True),
        ("Salim Nassar", "Foreign Minister", "state-irq", False),
    ]
