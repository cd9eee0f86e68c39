from __future__ import annotations

from typing import Any

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger
from pledgetrail.serving.dating import in_words


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2023-22", "summer 2023"),
        ("2024-35", "3rd quarter 2024"),
        ("../2026", "until 2026"),
        ("2021/..", "from 2021 on"),
        ("2021-02/2022-24", "2021-02 to winter 2022"),
        ("2023-05~", "about May 2023"),
        ("2023?", "perhaps 2023"),
        ("199X", "1990s"),
        ("XXXX-01-13", "XXXX-01-13"),
        ("2021-01-13", "2021-01-13"),
        ("2021-01", "2021-01"),
        ("", ""),
        (None, ""),
        ("2021-99", "2021-99"),
    ],
)
def test_days_and_times_in_words(edtf: str | None, words: str) -> None:
    assert in_words(edtf) == words


def test_pages_say_it_in_words_and_lists_for_programs_in_edtf(client: Any, ledger: Any) -> None:
    row = client.row("schools")
    with open_ledger(ledger, write=True) as opened:
        review.record(opened, "edit", row, reviewer="bob", cell="when", new="2023-22")
    for address in ("/ledger", f"/rows/{row}"):
        assert '<span title="2023-22"><span class="day">summer 2023</span></span>' in client.get(address).text
    assert "2023-22" in client.get("/ledger.csv").text and "summer 2023" not in client.get("/ledger.csv").text
