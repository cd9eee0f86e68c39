"""What all rows say together, as it is exported: on the bundled reports."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger.store import open_ledger
from pledgetrail.publishing import export

CONTRACT = {
    "trails": "id rows state first last silent_days givers receivers subject",
    "disagreements": "id kind subject about claims relations",
    "copies": "document source kind share alignment",
    "actors": "id name aliases type country identifiers note roles joined rows evidence",
}


@pytest.fixture(scope="module")
def lines(sample_ledger: Path) -> dict[str, list[dict[str, Any]]]:
    """The sample ledger's export, by file."""
    files = sorted(sample_ledger.with_suffix("").glob("*.jsonl"))
    return {file.stem: [json.loads(line) for line in file.read_text().splitlines()] for file in files}


def test_every_name_of_the_contract(lines: dict[str, list[dict[str, Any]]]) -> None:
    for name, fields in CONTRACT.items():
        assert lines[name] and all(set(line) == set(fields.split()) for line in lines[name]), name


def test_every_commitment_is_in_the_trail_it_names(lines: dict[str, list[dict[str, Any]]]) -> None:
    trails = {trail["id"]: trail for trail in lines["trails"]}
    for row in lines["commitments"]:
        assert row["id"] in trails[row["trail"]]["rows"]
    assert {row for trail in trails.values() for row in trail["rows"]} == {row["id"] for row in lines["commitments"]}
    assert not [row for name in ("encounters", "figures") for row in lines[name] if row["trail"]]
    assert [t["id"] for t in lines["trails"]] == sorted(trails)
    assert all(t["silent_days"] is None or t["silent_days"] >= 0 for t in lines["trails"])


def test_parties_are_actors(lines: dict[str, list[dict[str, Any]]]) -> None:
    actors = {actor["id"] for actor in lines["actors"]}
    named = {
        party["id"]
        for name in ("commitments", "encounters", "figures")
        for row in lines[name]
        for cell in ("by", "to", "via", "participants", "speaker", "claimed_by")
        for party in (row.get(cell) if isinstance(row.get(cell), list) else [row.get(cell)])
        if party
    }
    assert named and named <= actors


def test_disagreements_are_named_both_ways(lines: dict[str, list[dict[str, Any]]]) -> None:
    rows = {row["id"]: row for name in ("commitments", "encounters", "figures") for row in lines[name]}
    for its in lines["disagreements"]:
        for claim in its["claims"]:
            assert its["id"] in rows[claim["row"]]["disagreements"]
        for relation in its["relations"]:
            one, other = (its["claims"][relation[which]] for which in ("first", "second"))
            if its["subject"] != "figure" or one["row"] == other["row"]:
                continue
            for mine, theirs in ((one, other), (other, one)):
                rivals = {rival.get("row") for rival in rows[mine["row"]]["disagreement"] or ()}
                assert (theirs["row"] in rivals) == (relation["kind"] == "competing")


def test_spans_quote_the_documents(lines: dict[str, list[dict[str, Any]]]) -> None:
    texts = {line["id"]: line for line in lines["documents"]}
    spans = [span for link in lines["copies"] for pair in link["alignment"] for span in pair]
    spans += [span for actor in lines["actors"] for role in actor["roles"] for span in role["evidence"]]
    spans += [t["evidence"] for its in lines["disagreements"] for claim in its["claims"] for t in claim["tellings"]]
    for span in spans:
        assert texts[span["document"]][span["field"]][span["start"] : span["end"]] == span["quote"]
    assert len(spans) > 20
    for link in lines["copies"]:
        assert all(here["document"] == link["document"] for here, _ in link["alignment"])


def test_origins_are_documents_and_count_once(lines: dict[str, list[dict[str, Any]]]) -> None:
    names = {line["id"] for line in lines["documents"]}
    assert all(line["origin"] in names for line in lines["documents"])
    assert len({line["origin"] for line in lines["documents"]}) < len(names)


def test_spreadsheets(sample_ledger: Path, tmp_path: Path, lines: dict[str, list[dict[str, Any]]]) -> None:
    with open_ledger(sample_ledger) as ledger:
        counts = export(ledger, "csv", tmp_path)
    tables = {}
    for name in ("trails", "disagreements", "actors", "commitments"):
        text = (tmp_path / f"{name}.csv").read_bytes().decode("utf-8-sig")
        tables[name] = list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(tables[name]) == counts[f"{name}.csv"] > 0
    assert [t["id"] for t in tables["trails"]] == [t["id"] for t in lines["trails"]]
    assert [int(t["size"]) for t in tables["trails"]] == [len(t["rows"]) for t in lines["trails"]]
    assert {r["trail"] for r in tables["commitments"]} <= {t["id"] for t in tables["trails"]}
    assert {d["disagreement"] for d in tables["disagreements"]} == {its["id"] for its in lines["disagreements"]}
    assert all(d["quote"] in d["sentence"] for d in tables["disagreements"])
    assert any(actor["roles"] for actor in tables["actors"]) and any(actor["by"] for actor in tables["actors"])
