from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.ledger import review
from pledgetrail.ledger.actors import refresh_actors
from pledgetrail.ledger.store import Ledger, create_or_open
from pledgetrail.ledger.writing import add_batch, finish_build, start_build
from pledgetrail.publishing import export
from pledgetrail.publishing.files import ExportError, replacing
from pledgetrail.publishing.spreadsheet import safe

#: The names that the contract lists, in docs and DESIGN, for each file.
CONTRACT = {
    "commitments": "id stage by to via what amount alternatives flow sector places when when_basis period conditional "
    "negated planned cumulative part_of speaker confidence origins trail status evidence cell_evidence",
    "encounters": "id kind participants places when planned confidence origins status evidence cell_evidence",
    "figures": "id value qualifier measure of places when claimed_by part_of disagreement confidence origins status "
    "evidence cell_evidence",
    "documents": "id url title outlet agency author published published_basis language origin story text text_sha256 "
    "content_sha256",
    "actors": "id name aliases type country roles evidence",
}


@pytest.fixture
def ledger(tmp_path: Path, fake: Any) -> Any:
    with create_or_open(tmp_path / "l.sqlite") as opened:
        texts = {
            "a": "PAK pledged AZE 5 for schools. PAK met AZE in Baku. AZE counted 12 killed.",
            "b": "Again: PAK pledged AZE 7 for schools.\u2028Line.",
            "=cmd": "TUR pledged ARM 9 for roads.",
        }
        build = start_build(opened, "fake")
        reports = [fake.raw(name, text, published="2021-01-13", title="=1+1") for name, text in texts.items()]
        add_batch(opened, build, fake.interpret(reports))
        refresh_actors(opened)
        finish_build(opened, build, 3, 0, 0)
        yield opened


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    text = (folder / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_jsonl_has_every_name_of_the_contract(ledger: Ledger, tmp_path: Path) -> None:
    counts = export(ledger, "jsonl", tmp_path / "out")
    assert counts["commitments.jsonl"] == 2
    for name, fields in CONTRACT.items():
        for line in lines(tmp_path / "out", name):
            assert not set(fields.split()) - set(line), name
    assert (tmp_path / "out" / "trails.jsonl").read_bytes() == b""


def test_spans_quote_the_documents(ledger: Ledger, tmp_path: Path) -> None:
    export(ledger, "jsonl", tmp_path)
    texts = {line["id"]: line["text"] for line in lines(tmp_path, "documents")}
    spans = 0
    for name in ("commitments", "encounters", "figures", "actors"):
        for line in lines(tmp_path, name):
            for span in [*line["evidence"], *(s for its in line.get("cell_evidence", {}).values() for s in its)]:
                assert texts[span["document"]][span["start"] : span["end"]] == span["quote"]
                spans += 1
    assert spans > 10


def test_a_commitment_in_full(ledger: Ledger, tmp_path: Path) -> None:
    export(ledger, "jsonl", tmp_path)
    row = lines(tmp_path, "commitments")[0]
    assert row["by"] == [{"id": "state:PAK", "name": "Pakistan", "aliases": ["Pak"], "type": "state", "country": "PAK"}]
    assert row["amount"] == {"value": 5.0, "currency": "USD", "text": "5", "qualifier": None}
    assert row["sector"] == {"code": "110", "name": "Education"}
    assert (row["origins"], row["trail"], row["status"], row["part_of"]) == (2, None, "extracted", None)
    assert [(a["cell"], a["value"]["value"]) for a in row["alternatives"]] == [("amount", 7.0)]
    assert row["cell_evidence"]["sector"] == row["cell_evidence"]["what"]
    assert [s["quote"] for s in row["cell_evidence"]["by"]] == ["PAK", "PAK"]


def test_exports_are_equal_and_follow_decisions(ledger: Ledger, tmp_path: Path) -> None:
    export(ledger, "jsonl", tmp_path / "one")
    export(ledger, "jsonl", tmp_path / "two")
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()
    row = lines(tmp_path / "one", "commitments")[0]["id"]
    review.record(ledger, "reject", row, reviewer="ada")
    export(ledger, "jsonl", tmp_path / "two")
    assert lines(tmp_path / "two", "commitments")[0]["status"] == "rejected"


def test_csv_opens_in_a_spreadsheet(ledger: Ledger, tmp_path: Path) -> None:
    export(ledger, "csv", tmp_path)
    for name in ("commitments", "encounters", "figures", "documents", "evidence"):
        raw = (tmp_path / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        text = raw.decode("utf-8-sig")
        assert text.count("\r\n") >= 2
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert len({len(row) for row in rows}) == 1
        for row in rows:
            assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)
    with (tmp_path / "commitments.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["amount"], first["by"], first["sector_name"]) == ("5", "Pakistan", "Education")
    assert first["sentence"] == "PAK pledged AZE 5 for schools."
    assert (first["document"], first["start"], first["end"]) == ("a", "0", "30")
    assert second["document"] == "'=cmd"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-5", "'-5"),
        (-5.0, -5),
        (-2.5, -2.5),
        ("@SUM", "'@SUM"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        (" =1", "' =1"),
        ("＝1", "'＝1"),
        (True, "yes"),
        (None, ""),
        (["a", "b"], "a; b"),
        ([{"name": "A"}, {"name": "B"}], "A; B"),
        ("a=b", "a=b"),
    ],
)
def test_cells(value: Any, cell: Any) -> None:
    assert safe(value) == cell


@given(st.text(max_size=40))
def test_no_text_begins_a_formula(text: str) -> None:
    cell = str(safe(text))
    assert not cell.lstrip(" \u00a0\ufeff").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.replace("\x00", "").removeprefix("'")


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("old")
    with pytest.raises(RuntimeError), replacing(tmp_path, "x") as file:
        file.write("new")
        raise RuntimeError
    assert [(f.name, f.read_text()) for f in tmp_path.iterdir()] == [("x", "old")]


def test_a_folder_that_cannot_be_written_is_named(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="file"):
        export(ledger, "jsonl", tmp_path / "file")
    with pytest.raises(ExportError, match="file"):
        export(ledger, "csv", tmp_path / "file" / "below")
