from __future__ import annotations

from typing import Any

import pytest

from pledgetrail.ledger.errors import InvalidDecision
from pledgetrail.serving.editing import CHOICES, choice
from pledgetrail.vocabulary import SECTORS


@pytest.mark.parametrize(
    ("cell", "typed", "meant"),
    [
        ("sector", "120", "120"),
        ("sector", "health", "120"),
        ("sector", " WATER ", "140"),
        ("sector", "Education", "110"),
        ("sector", "magic", "magic"),
        ("stage", "Pledge", "pledge"),
        ("stage", "OFFER", "offer"),
        ("stage", "wish", "wish"),
        ("planned", "Yes", "yes"),
        ("planned", "y", "y"),
    ],
)
def test_a_choice_is_read_in_any_case_and_by_its_name(cell: str, typed: str, meant: str) -> None:
    assert choice(cell, typed) == meant


@pytest.mark.parametrize("cell", CHOICES)
def test_every_choice_means_itself(cell: str) -> None:
    assert [choice(cell, its) for its in CHOICES[cell]] == list(CHOICES[cell])
    if cell == "sector":
        assert [choice(cell, name.upper()) for name in SECTORS.values()] == list(SECTORS)


def test_what_begins_several_sectors_is_no_choice() -> None:
    with pytest.raises(InvalidDecision, match="begins several sectors: "):
        choice("sector", "other")


def test_what_is_typed_is_kept_as_the_choice(client: Any) -> None:
    row = client.row("roads")
    for cell, typed in (("sector", "health"), ("stage", "Offer"), ("planned", "YES")):
        assert client.send_form("/decisions", action="edit", row=row, cell=cell, value=typed).status_code == 303
    now = client.get(f"/rows/{row}.json").json()
    assert (now["sector"]["code"], now["stage"], now["planned"]) == ("120", "offer", True)


def test_a_weekday_is_read_from_the_row_s_own_report(client: Any) -> None:
    row = client.row("roads")  # of a report of Wednesday, 13 January 2021
    answer = client.send_form("/decisions", action="edit", row=row, cell="when", value="Monday")
    assert answer.status_code == 303, answer.text
    now = client.get(f"/rows/{row}.json").json()
    assert (now["when"], now["when_basis"]) == ("2021-01-11", "from the report's date")
