"""Whose office issued a report, and whose dollar its bare "$" is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.language import home
from pledgetrail.records import Document


def document(text: str = "Nothing much.", outlet: str | None = None) -> Document:
    return Document("d", "s", text, "", "", (), outlet=outlet)


@pytest.mark.parametrize(
    ("outlet", "code"),
    [
        ("Government of Canada", "CAN"),
        ("Australian Minister for Foreign Affairs", "AUS"),
        ("Ministry of Foreign Affairs of Japan", "JPN"),
        ("Prime Minister of New Zealand", "NZL"),
        ("Pakistan Today", None),
        ("The Valley Herald", None),
        (None, None),
    ],
)
def test_an_office_is_its_states_and_a_newspaper_nobodys(outlet: str | None, code: str | None) -> None:
    assert home.country(document(outlet=outlet)) == code


def test_a_release_may_say_it_itself() -> None:
    text = "Media release\n\nThe Australian Government will provide tents to Fiji."
    assert home.country(document(text)) == "AUS"


def test_a_newspaper_that_writes_of_a_government_is_not_its_office() -> None:
    assert home.country(document("The Australian Government will provide tents to Fiji.")) is None


@pytest.mark.parametrize(
    ("outlet", "currency"),
    [
        ("Government of Canada", "CAD"),
        ("Prime Minister of New Zealand", "NZD"),
        ("Australian Minister for Foreign Affairs", "AUD"),
        ("Ministry of Foreign Affairs of Japan", "USD"),
        (None, "USD"),
    ],
)
def test_whose_dollar(outlet: str | None, currency: str) -> None:
    assert home.dollar(document(outlet=outlet)) == currency


@given(st.text(max_size=200), st.none() | st.text(max_size=40))
def test_any_text_has_a_dollar(text: str, outlet: str | None) -> None:
    assert home.dollar(document(text, outlet)).isalpha()
