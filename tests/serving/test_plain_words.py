"""What a reader who knows no codes asks, and is told."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger


def test_the_csv_of_decisions_tells_every_new_value(client: Any, ledger: Path) -> None:
    row = client.row("roads")
    with open_ledger(ledger, write=True) as opened:
        review.record(opened, "edit", row, reviewer="bob", cell="when", new={"when": "2021", "when_basis": "stated"})
    client.send_form("/decisions", action="edit", row=row, cell="sector", value="120")
    client.send_form("/decisions", action="edit", row=row, cell="places", value="Baku; Fuzuli")
    lines = csv.DictReader(io.StringIO(client.get("/audit.csv").text.removeprefix("\ufeff")))
    told = {line["cell"]: line["new"] for line in lines}
    assert told["when"] == '{"when": "2021", "when_basis": "stated"}' and "120" in told["sector"]
    assert told["places"] == "Baku; Fuzuli"


def test_parties_are_asked_for_by_name_alias_or_code(reader: Any) -> None:
    wanted = reader.get("/ledger.json?by=state:PAK").json()["count"]
    assert wanted
    for name in ("Pakistan", "pakistan", "PAK", "Pak"):
        assert reader.get(f"/ledger.json?by={name}").json()["count"] == wanted, name
        assert reader.get(f"/api/rows?by={name}").json()["count"] == wanted, name
    page = reader.get("/ledger?by=Pakistan").text
    assert "Nothing is called" not in page and page.count("(chosen: take away)") == 1
    assert reader.get("/timeline.csv?by=Pakistan").text == reader.get("/timeline.csv?by=state:PAK").text


def test_what_nothing_is_called_is_said(reader: Any) -> None:
    assert "Nothing is called “Nobody”" in reader.get("/ledger?by=Nobody").text
    assert "Nothing is called “Atlantis”" in reader.get("/ledger?place=Atlantis").text
    for address in ("/api/rows?stage=nope", "/ledger?stage=nope", "/ledger.json?kind=figure&stage=pledge"):
        assert reader.get(address).status_code == 422, address


def test_a_state_is_found_by_each_of_its_names(reader: Any) -> None:
    counts = {q: reader.get(f"/ledger.json?q={q}").json()["count"] for q in ("Turkey", "Türkiye", "turkiye")}
    assert len(set(counts.values())) == 1 and counts["Turkey"] > 30
    assert reader.get("/ledger.json?q=Turkey bridges").json()["count"] == 1


def test_the_stage_of_a_row_is_one_of_its_words(reader: Any) -> None:
    every = reader.get("/ledger.json?stage=pledge").json()["count"]
    assert reader.get("/ledger.json?q=pledge").json()["count"] == every
    assert reader.get("/ledger.json?q=refusals bridges").json()["count"] == 1
    assert "No row has “zeppelins”." in reader.get("/ledger?q=schools zeppelins").text


def test_sums_of_which_some_rows_cannot_be_converted_say_so_first(reader: Any) -> None:
    answer = reader.get("/funnel?silent=99999999999")
    assert answer.status_code == 422 and "at most nine digits" in answer.text
    page = reader.get("/funnel?silent=0").text
    assert "promises:" in page and "the one below it of their promises" in page


def test_one_leads_to_the_rows_and_no_further_than_there_are_sentences(client: Any) -> None:
    page = client.get("/ledger").text
    assert '<a class="skip" href="#rows">' in page and 'id="rows" tabindex="-1"' in page
    one, two = (client.get(f"/rows/{client.row(what)}").text for what in ("bridges", "schools"))
    assert ">next</a>" not in one and two.count(">next</a>") == 1


def test_actors_are_listed_by_how_many_rows_name_them(reader: Any) -> None:
    found = reader.get("/actors.json").json()["actors"]
    counts = [actor["rows"] for actor in found]
    assert counts == sorted(counts, reverse=True) and counts[0] > 30
    named = [actor["name"] for actor in reader.get("/actors.json?sort=name").json()["actors"]]
    assert named == sorted(named, key=str.lower) and set(named) == {actor["name"] for actor in found}
    lines = list(csv.DictReader(io.StringIO(reader.get("/actors.csv").text.removeprefix("\ufeff"))))
    assert [int(line["rows"]) for line in lines] == counts
    assert reader.get("/actors?sort=nope").status_code == 422


def test_who_is_chosen_is_called_by_name_where_no_row_passes(reader: Any) -> None:
    page = reader.get("/ledger?by=PAK&q=zeppelins").text
    assert '<span class="name">Pakistan</span>' in page and '<span class="name">state:PAK</span>' not in page
