"""Lists of givers or receivers with their sums are read by their order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pledgetrail.extraction.lists import listed_givers, listed_receivers
from pledgetrail.extraction.views import View

ViewOf = Callable[..., View]


def pairs(view: View, read: Callable[[View, int, int], dict[int, object]]) -> dict[str, str]:
    """The words of each sum -> the words of the party listed with it."""
    found = read(view, view.offset, view.offset + len(view.doc.text))
    sums = {q.start: q.text for q in view.quantities}
    return {sums[start]: mention.text for start, mention in found.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "World Bank $2 billion, Japan $77 million, Norway $5 million.",
            {"$2 billion": "World Bank", "$77 million": "Japan", "$5 million": "Norway"},
        ),
        (
            "Pledges came from the World Bank ($2 billion), Japan ($77 million) and Norway ($5 million).",
            {"$2 billion": "World Bank", "$77 million": "Japan", "$5 million": "Norway"},
        ),
        (
            "Germany pledged $10 million, France $8 million and Spain $3 million for Nepal.",
            {"$10 million": "Germany", "$8 million": "France", "$3 million": "Spain"},
        ),
        (
            "The fund took $1 million from Norway and $2 million from Qatar.",
            {"$1 million": "Norway", "$2 million": "Qatar"},
        ),
        (
            "World Bank: $2 billion; Japan: about $77 million; Norway: up to $5 million.",
            {"$2 billion": "World Bank", "$77 million": "Japan", "$5 million": "Norway"},
        ),
    ],
)
def test_givers(view_of: ViewOf, text: str, expected: dict[str, str]) -> None:
    assert pairs(view_of(text), listed_givers) == expected


def test_receivers(view_of: ViewOf) -> None:
    view = view_of("Turkey gave $2 million to UNICEF and $3 million to the World Food Programme.")
    assert pairs(view, listed_receivers) == {"$2 million": "UNICEF", "$3 million": "World Food Programme"}


@pytest.mark.parametrize(
    "text",
    [
        "Japan pledged $5 million for food.",
        "Japan pledged $5 million for food and $3 million for shelter.",
        "Tents came from Norway and Qatar.",
        "Japan gave $5 million (£4 million).",
    ],
)
def test_what_is_no_list(view_of: ViewOf, text: str) -> None:
    view = view_of(text)
    assert pairs(view, listed_givers) == {}


def test_only_the_stretch_asked_for_is_read(view_of: ViewOf) -> None:
    view = view_of("Japan $5 million, Norway $4 million. Qatar $3 million, Spain $2 million.")
    middle = view.doc.text.index("Qatar")
    found = listed_givers(view, middle, len(view.doc.text))
    assert [m.text for m in found.values()] == ["Qatar", "Spain"]
