"""Reading trails, disagreements, documents and actors out of a ledger."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger.counting import _rate_day, counted
from pledgetrail.ledger.documents import read_document, stream_documents
from pledgetrail.ledger.dossiers import read_actors
from pledgetrail.ledger.origins import copy_groups
from pledgetrail.ledger.queries import Filter, entries
from pledgetrail.ledger.store import create_or_open, open_ledger
from pledgetrail.ledger.trails import TrailFilter, key_names, newest_day, read_trails
from pledgetrail.ledger.writing import add_batch, start_build
from pledgetrail.resolution.likeness import in_common
from pledgetrail.resolution.matching import Signature

EVERY = TrailFilter(every=True)


def test_trails_of_today_are_the_same_from_their_rows(sample_ledger: Path) -> None:
    """What is stored, and what is worked out from columns for a day, agree on the newest day."""
    with open_ledger(sample_ledger) as ledger, ledger.reading() as connection:
        today = newest_day(connection)
        assert today is not None
        stored, made = read_trails(connection, EVERY), read_trails(connection, EVERY, today)
    assert stored and stored == made


def test_nothing_is_known_before_it_is_told(sample_ledger: Path) -> None:
    with open_ledger(sample_ledger) as ledger, ledger.reading() as connection:
        now = {trail.id: trail for trail in read_trails(connection, EVERY)}
        for day in (dt.date(2005, 1, 6), dt.date(2015, 7, 1), dt.date(2022, 12, 31)):
            for trail in read_trails(connection, EVERY, day):
                assert set(trail.rows) <= set(now[trail.id].rows)
                assert trail.last is None or trail.last <= day
                assert trail.silent_days == ((day - trail.last).days if trail.last else None)


def test_who_gives_and_who_takes_whoever_asked(sample_ledger: Path) -> None:
    with open_ledger(sample_ledger) as ledger, ledger.reading() as connection:
        for trail in read_trails(connection, TrailFilter(by="Australia", every=True)):
            assert "AUS" in (*trail.givers, *trail.receivers)
        found = read_trails(connection, EVERY)
        names = key_names(connection, found)
    assert {"AUS": "Australia", "PAK": "Pakistan"}.items() <= names.items()
    assert not [key for key, name in names.items() if name == key and key.startswith(("org-", "person-"))]


def test_every_row_is_counted_with_its_trail(sample_ledger: Path) -> None:
    with open_ledger(sample_ledger) as ledger, ledger.reading() as connection:
        rows = list(counted(connection))
        shown = [entry.row.id for entry in entries(connection, Filter(kind="commitment"))]
        states = {trail.id: trail.state for trail in read_trails(connection, EVERY)}
    assert [row.row for row in rows] == shown
    assert all(row.trail is not None and states[row.trail] == row.state for row in rows)


@pytest.mark.parametrize(
    ("earliest", "latest", "told", "day"),
    [
        ("2021-01-13", "2021-01-13", "2021-02-01", "2021-01-13"),  # the day of the act
        ("2021-01-01", "2021-12-31", "2021-05-03", "2021-05-03"),  # a year, in which it is told
        ("2021-01-01", "2021-12-31", "2022-05-03", None),  # a year gone: no day is better than another
        ("2021-03-01", "2021-03-31", "2022-05-03", "2021-03-01"),  # a month gone
        (None, None, "2022-05-03", "2022-05-03"),
        (None, "2021-03-31", "2022-05-03", "2021-03-31"),
        (None, None, None, None),
    ],
)
def test_the_day_whose_rate_converts(earliest: Any, latest: Any, told: Any, day: Any) -> None:
    days = [dt.date.fromisoformat(value) if value else None for value in (earliest, latest, told, day)]
    assert _rate_day(days[0], days[1], days[2]) == days[3]


def test_documents_are_streamed_as_they_are_read(sample_ledger: Path) -> None:
    with open_ledger(sample_ledger) as ledger, ledger.reading() as connection:
        streamed = list(stream_documents(connection))
        assert len({document.id for document in streamed}) == len(streamed)
        assert streamed == [read_document(connection, document.id) for document in streamed]
        english = list(stream_documents(connection, "en"))
    assert english == [document for document in streamed if document.language == "en"]


def test_texts_too_short_to_compare_are_copies_if_their_words_are_the_same(fake: Any, tmp_path: Path) -> None:
    from pledgetrail.ledger.resolving import resolve_ledger

    with create_or_open(tmp_path / "l.sqlite") as ledger:
        short = [fake.raw(name, "PAK met AZE in Baku.", published="2021-01-13") for name in "ab"]
        add_batch(ledger, start_build(ledger, "fake"), fake.interpret(short))
        resolve_ledger(ledger)
        with ledger.reading() as connection:
            (group,) = copy_groups(connection)
            (row,) = entries(connection, Filter())
    assert (group.origin, [copy.document for copy in group.copies]) == ("a", ["b"])
    assert group.copies[0].share == 1.0 and row.row.origins == 1


def test_actors_are_found_by_whole_words_and_ids(sample_ledger: Path) -> None:
    with open_ledger(sample_ledger) as ledger, ledger.reading() as connection:
        everybody = list(read_actors(connection))
        for actor in everybody[::20]:
            assert actor in list(read_actors(connection, actor["name"]))
            assert actor in list(read_actors(connection, actor["id"]))
        assert list(read_actors(connection, "")) == list(read_actors(connection, "?")) == []


def one(**more: Any) -> Signature:
    values: dict[str, Any] = dict(
        row="r-1", order="", kind="commitment", sort="pledge", flags="0000", actors=frozenset({"PAK"}), sum="5 USD",
        receivers=frozenset({"AZE"}), words=frozenset({"schools"}), places=frozenset(), first=10, last=10, told=True,
        sentence=None, documents=frozenset({"a"}),
    )  # fmt: skip
    return Signature(**values | more)


def test_what_two_reports_have_in_common() -> None:
    said = ("who acts: PAK", "for whom: AZE", "the sum 5 USD", "the words schools", "the day")
    assert in_common(one(), one()) == said
    assert in_common(one(), one(first=12, last=12))[-1] == "2 days between the reports"
    assert "the same sentence" in in_common(one(sentence="x.1"), one(sentence="x.1"))
    assert in_common(one(), one(first=None, last=None, sum=None, receivers=frozenset(), words=frozenset())) == said[:1]
