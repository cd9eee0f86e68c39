"""Who is called what office in a report."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
