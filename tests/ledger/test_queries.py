from __future__ import annotations

from typing import Any

import pytest

from pledgetrail.ledger.queries import Filter, count, document_rows, entries, tally
from pledgetrail.ledger.resolving import resolve_ledger
from pledgetrail.ledger.searching import search
from pledgetrail.ledger.store import create_or_open
from pledgetrail.ledger.writing import add_batch, start_build

REPORTS = {
    "a": ("PAK pledged AZE 5 for schools. PAK met AZE in Baku.", "2021-01-13"),
    "b": ("TUR refused ARM 3 for roads.", "2020-11"),
    "c": ("TUR counted 12 killed.", None),
    "d": ("TUR refused ARM 3 for ROADS.\n\n", None),
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory, fake: Any) -> Any:
    with create_or_open(tmp_path_factory.mktemp("l") / "l.sqlite") as ledger:
        reports = [fake.raw(n, text, title=f"Title {n}", published=day) for n, (text, day) in REPORTS.items()]
        add_batch(ledger, start_build(ledger, "fake"), fake.interpret(reports))
        resolve_ledger(ledger)
        with ledger.reading() as opened:
            yield opened


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ({}, 5),
        ({"kind": "figure"}, 1),
        ({"stage": "pledge"}, 1),
        ({"by": "Pakistan"}, 2),
        ({"by": "pakistan"}, 2),
        ({"by": "PAK"}, 2),
        ({"by": "Pak"}, 2),
        ({"by": "turkiye"}, 3),
        ({"by": "Paki"}, 0),
        ({"by": "%"}, 0),
        ({"by": "_akistan"}, 0),
        ({"by": "' OR 1=1 --"}, 0),
        ({"to": "Armenia"}, 2),
        ({"place": "baku"}, 1),
        ({"since": "2021-01-01"}, 1),
        ({"until": "2020-11-15"}, 1),
        ({"since": "2020-11-15", "until": "2020-11-15"}, 1),
        ({"since": "2022-01-01"}, 0),
        ({"undated": True}, 3),
        ({"min_confidence": 0.81}, 0),
        ({"min_confidence": 0.8}, 5),
    ],
)
def test_filters(connection: Any, wanted: dict[str, Any], number: int) -> None:
    assert count(connection, Filter(**wanted)) == number == len(list(entries(connection, Filter(**wanted))))


def test_pages_do_not_lose_rows(connection: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [entry.row.id for entry in entries(connection, Filter())]
    monkeypatch.setattr("pledgetrail.ledger.queries.PAGE", 2)
    assert [entry.row.id for entry in entries(connection, Filter())] == whole
    assert [entry.row.id for entry in entries(connection, Filter(), 3)] == whole[:3]
    assert [row["id"] for row in document_rows(connection)] == list(REPORTS)


def test_documents_know_the_first_with_their_words(connection: Any) -> None:
    assert {row["id"]: row["origin"] for row in document_rows(connection)} == {"a": "a", "b": "b", "c": "c", "d": "b"}


def test_tally(connection: Any) -> None:
    assert tally(connection)[("commitment", "refusal")] == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("schools", ["a"]),
        ("SCHOOLS baku", ["a"]),
        ('"met AZE"', ["a"]),
        ('"AZE met"', []),
        ("title", ["a", "b", "c", "d"]),
        ('schools OR "', []),
        ("text:schools", []),
        ("NEAR(a b", []),
        ("*", []),
        ("  ", []),
    ],
)
def test_search_takes_words_as_words(connection: Any, query: str, found: list[str]) -> None:
    assert sorted(name for name, _, _ in search(connection, query)) == found


@pytest.mark.parametrize("words", ["schools\x00", 'schools "\x00', "\udcff schools", '"" schools', "schools !!"])
def test_no_words_break_a_search(connection: Any, words: str) -> None:
    assert search(connection, words) == search(connection, "schools") != []
