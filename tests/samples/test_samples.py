"""The bundled reports and their gold: that every gold cell is well formed and its evidence stands in the report."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.vocabulary import ENCOUNTERS, STAGES

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
GOLD = sorted((SAMPLES / "gold").glob("*.json"))
#: Reports that are neither UTF-8 nor UTF-16; samples/README.md lists them.
ENCODINGS = {
    "karabakh/02-pakistan-column.txt": "cp1252",
    "tsunami/02-jakarta-summit.txt": "cp1252",
    "pakistan-floods/02-uk-release.txt": "latin-1",
    "ukraine/01-lugano.txt": "latin-1",
}

COMMITMENT = {
    "who", "to", "what", "stage", "amount", "sector", "place", "when",
    "conditional", "part_of", "cumulative", "optional", "evidence",
}  # fmt: skip
ENCOUNTER = {"kind", "participants", "place", "when", "status", "optional", "evidence"}
FIGURE = {"value", "unit", "of", "claimed_by", "optional", "evidence"}
EDTF = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?")


def squash(text: str) -> str:
    return " ".join(text.split())


def decoded(path: Path, name: str) -> str:
    content = path.read_bytes()
    if content.startswith(codecs.BOM_UTF16_LE):
        return content.decode("utf-16")
    return content.decode(ENCODINGS.get(name, "utf-8-sig"))


def reports() -> dict[str, str]:
    """Text of every report by the id that the product gives it."""
    folder = SAMPLES / "reports"
    texts = {}
    for path in sorted(folder.rglob("*.txt")):
        name = path.relative_to(folder).as_posix()
        texts[name] = decoded(path, name)
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            texts[record["id"]] = record["text"]
    return texts


TEXTS = reports()


@pytest.fixture(params=GOLD, ids=lambda path: path.stem)
def gold(request: pytest.FixtureRequest) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(request.param.read_text(encoding="utf-8"))
    return report


def test_every_report_has_gold_and_every_gold_a_report() -> None:
    ids = [json.loads(path.read_text(encoding="utf-8"))["id"] for path in GOLD]
    assert sorted(ids) == sorted(TEXTS)
    assert len(ids) >= 30


def test_evidence_stands_in_the_report(gold: dict[str, Any]) -> None:
    text = squash(TEXTS[gold["id"]])
    for entry in gold["commitments"] + gold["encounters"] + gold["figures"]:
        assert entry["evidence"] == squash(entry["evidence"]) != ""
        assert entry["evidence"] in text


def test_commitments_are_well_formed(gold: dict[str, Any]) -> None:
    for index, entry in enumerate(gold["commitments"]):
        assert set(entry) == COMMITMENT
        assert entry["stage"] in STAGES
        assert entry["what"]
        assert all(isinstance(party, str) and party for party in entry["who"] + entry["to"])
        assert all(isinstance(entry[flag], bool) for flag in ("conditional", "cumulative", "optional"))
        assert entry["when"] is None or EDTF.fullmatch(entry["when"])
        if entry["amount"] is not None:
            assert set(entry["amount"]) == {"value", "currency", "qualifier"}
            assert entry["amount"]["value"] > 0
            assert re.fullmatch("[A-Z]{3}", entry["amount"]["currency"])
        if entry["part_of"] is not None:
            assert entry["part_of"] in range(len(gold["commitments"]))
            assert entry["part_of"] != index


def test_parts_are_no_more_than_their_total(gold: dict[str, Any]) -> None:
    commitments = gold["commitments"]
    for index, total in enumerate(commitments):
        if total["amount"] is None or total["amount"]["qualifier"] in ("more than", "over", "at least"):
            continue
        parts = [part["amount"] for part in commitments if part["part_of"] == index and not part["cumulative"]]
        same = [part["value"] for part in parts if part and part["currency"] == total["amount"]["currency"]]
        assert sum(same) <= total["amount"]["value"] * 1.05, total["evidence"]  # outlets round


def test_encounters_are_well_formed(gold: dict[str, Any]) -> None:
    for entry in gold["encounters"]:
        assert set(entry) == ENCOUNTER
        assert entry["kind"] in ENCOUNTERS
        assert entry["status"] in ("held", "planned")
        assert entry["participants"]
        assert entry["when"] is None or EDTF.fullmatch(entry["when"])


def test_figures_are_well_formed(gold: dict[str, Any]) -> None:
    for entry in gold["figures"]:
        assert set(entry) == FIGURE
        assert entry["unit"]
        ends = entry["value"] if isinstance(entry["value"], list) else [entry["value"]]
        assert all(isinstance(end, int | float) for end in ends)
        assert ends == sorted(ends)


def test_publication_day_is_a_day(gold: dict[str, Any]) -> None:
    assert gold["published"] is None or re.fullmatch(r"\d{4}-\d{2}-\d{2}", gold["published"])


def test_no_act_is_listed_twice(gold: dict[str, Any]) -> None:
    for kind in ("commitments", "encounters", "figures"):
        seen = [json.dumps(entry, sort_keys=True) for entry in gold[kind]]
        assert len(seen) == len(set(seen))


def test_every_stage_and_kind_has_several_cases() -> None:
    entries = [json.loads(path.read_text(encoding="utf-8")) for path in GOLD]
    stages = Counter(entry["stage"] for report in entries for entry in report["commitments"])
    kinds = Counter(entry["kind"] for report in entries for entry in report["encounters"])
    assert {stage: count for stage, count in stages.items() if count >= 4}.keys() == set(STAGES)
    assert sum(stages.values()) >= 180
    assert sum(kinds.values()) >= 40
    assert {"meeting", "visit", "conference"} <= kinds.keys()
    assert sum(len(report["figures"]) for report in entries) >= 60


def test_the_encodings_named_are_the_ones_used() -> None:
    for name in ENCODINGS:
        content = (SAMPLES / "reports" / name).read_bytes()
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8")
    assert b"\r\n" in (SAMPLES / "reports/karabakh/05-eu-aid.txt").read_bytes()


def test_copies_of_one_agency_story_share_its_words() -> None:
    wire = set(squash(TEXTS["pakistan-floods/07-geneva-wire.txt"]).split())
    for copy in ("gulf-2023-01-09-0417", "pakistan-floods/08-geneva-short.txt"):
        words = set(squash(TEXTS[copy]).split())
        assert len(words & wire) / len(words) > 0.4
