"""The user's own list of actors as a CSV file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.resolution.identity import ActorGroup, read_actors, write_actors
from pledgetrail.resolution.identity.known import COLUMNS

HEAD = ",".join(COLUMNS) + "\n"


def test_a_line_is_an_actor() -> None:
    known, problems = read_actors(
        "# our list\n" + HEAD + "OSCE,Organization for Security|ОБСЕ,organisation,,iati:XM-DAC-47131,NATO,checked\n"
    )
    assert problems == []
    (one,) = known.listed
    assert (one.line, one.name, one.type, one.country) == (3, "OSCE", "organisation", None)
    assert one.aliases == ("Organization for Security", "ОБСЕ")
    assert one.identifiers == (("iati", "XM-DAC-47131"),)
    assert (one.not_same_as, one.note) == (("NATO",), "checked")


def test_the_example_of_the_documentation(root: Path) -> None:
    known, problems = read_actors((root / "docs/reference/actors.csv").read_text(encoding="utf-8"))
    assert problems == []
    assert len(known.listed) >= 5
    assert known.find("Ilhan Aliyev", "person", "AZE") == known.find("Ilham Aliyev", "person", None)
    page = (root / "docs/reference/actors.md").read_text(encoding="utf-8")
    assert all(f"| `{column}` |" in page for column in COLUMNS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_order_of_columns_delimiter_and_line_end(delimiter: str) -> None:
    rows = (("Country", "NAME", "same_as"), ("Türkiye", "Mevlut Cavusoglu", "M. Cavusoglu"))
    text = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows) + "\r\n\r\n"
    known, problems = read_actors(text)
    assert problems == []
    assert (known.listed[0].country, known.listed[0].aliases) == ("TUR", ("M. Cavusoglu",))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (",Alias,,,,,", "line 2: has no name"),
        ("A B,,persons,,,,", "line 2: 'persons' is no type of actor"),
        ("A B,,person,Atlantis,,,", "line 2: 'Atlantis' is no state"),
        ("A B,,person,,Q43,,", "line 2: 'Q43' is no identifier"),
        ("A B,,person,,,,,,x", "line 2: has more cells"),
        ("A B,,person,,,,\nC D,A B,person,,,,", "line 3: 'a b' is also named in line 2"),
    ],
)
def test_a_bad_line_is_named_and_the_others_stay(lines: str, said: str) -> None:
    known, problems = read_actors(HEAD + lines + "\nOmar Haddad,,,,,,\n")
    (problem,) = problems
    assert problem.startswith(said)
    assert known.listed[-1].name == "Omar Haddad"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: no columns"),
        ("title,type\nx,y\n", "line 1: there is no column called name"),
        ("name,colour\nA,red\n", "line 1: the column colour is not known"),
    ],
)
def test_a_file_without_its_columns(text: str, said: str) -> None:
    _, problems = read_actors(text)
    assert [p for p in problems if p.startswith(said)]


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    for content in (text, HEAD + text, HEAD + '"' + text):
        known, problems = read_actors(content)
        assert all(isinstance(problem, str) for problem in problems)
        known.find("Omar Haddad", "person", None)


def test_a_line_with_a_state_is_for_that_state_only() -> None:
    known, problems = read_actors(HEAD + "Imran Khan,,person,PAK,,,\nImran Khan,,person,GBR,,,\n")
    assert problems == []
    pakistani, british = known.listed
    assert known.find("Prime Minister Imran Khan", "person", "PAK") == pakistani
    assert known.find("imran khan", "person", "GBR") == british
    assert known.find("Imran Khan", "person", None) is None
    assert known.find("Imran Khan", "organisation", "PAK") is None


def test_what_is_written_can_be_read_and_runs_nothing() -> None:
    groups = [
        ActorGroup(("a",), ("a",), "=HYPERLINK(1)", "organisation", None, ("+1", "ok"), (("wikidata", "Q1"),)),
        ActorGroup(("b",), ("b",), "Ünal Ç., the second", "person", "TUR"),
    ]
    text = write_actors(groups)
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    known, problems = read_actors(text)
    assert problems == []
    assert [(one.name, one.aliases, one.country) for one in known.listed] == [
        ("=HYPERLINK(1)", ("+1", "ok"), None),
        ("Ünal Ç., the second", (), "TUR"),
    ]
    assert known.listed[0].identifiers == (("wikidata", "Q1"),)


def test_what_a_list_says_is_kept_when_its_actors_are_written() -> None:
    rows = "Ilham Aliyev,,person,AZE,wikidata:Q1,Heydar Aliyev,the president\nNobody Known,N. K.,,,,,in no report\n"
    known, problems = read_actors(HEAD + rows)
    assert problems == []
    groups = [
        ActorGroup(("a",), ("a",), "Ilham Aliyev", "person", "AZE", ("Ilhan Aliyev",), (("wikidata", "Q1"),)),
        ActorGroup(("b",), ("b",), "Heydar Aliyev", "person", "AZE"),
    ]
    again, problems = read_actors(write_actors(groups, known))
    assert problems == []
    first, second, third = again.listed
    assert (first.not_same_as, first.note, first.aliases) == (("Heydar Aliyev",), "the president", ("Ilhan Aliyev",))
    assert (second.name, second.not_same_as) == ("Heydar Aliyev", ())
    assert (third.name, third.aliases, third.note) == ("Nobody Known", ("N. K.",), "in no report")
