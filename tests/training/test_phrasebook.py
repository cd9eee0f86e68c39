"""The phrasebook of self-made annotated reports: its form, and that it is what its pages say."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.vocabulary import ENCOUNTERS, STAGES

HOME = Path(__file__).parents[2] / "training" / "phrasebook"
DOCS = [json.loads(line) for line in (HOME / "docs.jsonl").read_text(encoding="utf-8").splitlines()]
GOLD = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted((HOME / "gold").glob("*.json"))}
TEXTS = {doc["id"]: doc["text"] for doc in DOCS}
WORDS = ("trigger", "by_text", "to_text", "what_text", "amount_text", "when_text", "place_text", "speaker_text",
         "value_text", "measure_text", "of_text", "claimed_by_text")  # fmt: skip


def entries(kind: str) -> list[tuple[str, dict[str, Any]]]:
    return [(name, entry) for name, gold in GOLD.items() for entry in gold[kind]]


def test_each_document_has_its_gold() -> None:
    assert len(TEXTS) == len(DOCS)
    assert set(TEXTS) == set(GOLD)
    assert all(gold["id"] == name for name, gold in GOLD.items())
    assert all(doc["published"] == GOLD[doc["id"]]["published"] for doc in DOCS)
    assert len(set(TEXTS.values())) == len(TEXTS)


@pytest.mark.parametrize("kind", ["commitments", "encounters", "figures"])
def test_words_stand_in_their_evidence_and_evidence_in_the_text(kind: str) -> None:
    for name, entry in entries(kind):
        assert TEXTS[name].count(entry["evidence"]) == 1, (name, entry["evidence"])
        for words in [entry.get(key) for key in WORDS] + entry.get("participants_text", []):
            assert words is None or words and words in entry["evidence"], (name, words)


def test_stages_and_cells() -> None:
    for name, entry in entries("commitments"):
        assert entry["stage"] in STAGES, name
        assert entry["trigger"], (name, entry["evidence"])
        assert bool(entry["by_text"]) <= bool(entry["who"]), (name, entry["by_text"])
        assert bool(entry["to_text"]) <= bool(entry["to"]), (name, entry["to_text"])
        assert bool(entry["amount_text"]) == bool(entry["amount"]), (name, entry["amount_text"])


def test_every_stage_is_well_covered() -> None:
    stages = [entry["stage"] for _, entry in entries("commitments")]
    assert {stage for stage in STAGES if stages.count(stage) < 15} == set()


def test_parts_point_at_another_entry_of_their_document() -> None:
    for name, gold in GOLD.items():
        for place, entry in enumerate(gold["commitments"]):
            assert entry["part_of"] is None or 0 <= entry["part_of"] < place, name


def test_encounters_and_figures() -> None:
    for name, entry in entries("encounters"):
        assert entry["kind"] in ENCOUNTERS and entry["status"] in ("held", "planned"), name
        assert entry["trigger"], name
    for name, entry in entries("figures"):
        assert entry["value_text"] and entry["measure_text"] and entry["unit"], name


def test_it_is_what_the_pages_compile_to() -> None:
    spec = importlib.util.spec_from_file_location("phrasebook_build", HOME / "build.py")
    assert spec and spec.loader
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    made = build.compile_all()
    assert [doc for doc, _ in made] == DOCS
    assert {gold["id"]: gold for _, gold in made} == GOLD
