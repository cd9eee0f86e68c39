"""The scorer: gold scored against itself is perfect, and each kind of mistake costs what it should."""

from __future__ import annotations

import copy
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"


@pytest.fixture(scope="module")
def scoring() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scoring", ROOT / "tests" / "support" / "scoring.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["scoring"] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def as_rows(report: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The gold of one report in the form of an export."""

    def party(name: str) -> dict[str, Any]:
        return {"name": name, "aliases": [], "type": None, "country": None}

    rows: dict[str, list[dict[str, Any]]] = {"commitments": [], "encounters": [], "figures": []}
    for kind, listed in rows.items():
        for entry in report[kind]:
            row = copy.deepcopy(entry)
            row["evidence"] = [{"document": report["id"], "quote": entry["evidence"]}]
            if kind == "commitments":
                row["by"], row["to"] = [party(name) for name in entry["who"]], [party(name) for name in entry["to"]]
            elif kind == "encounters":
                row["participants"] = [party(name) for name in entry["participants"]]
            else:
                row["measure"] = None
                row["claimed_by"] = party(entry["claimed_by"]) if entry["claimed_by"] else None
            listed.append(row)
    return rows


def write(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for kind, listed in rows.items():
        lines = "".join(json.dumps(row) + "\n" for row in listed)
        (folder / f"{kind}.jsonl").write_text(lines, encoding="utf-8")
    return folder


GOLD: dict[str, Any] = {
    "id": "r",
    "commitments": [
        {
            "who": ["Türkiye"], "to": ["Pakistan"], "what": "tents for flood victims", "stage": "pledge",
            "amount": {"value": 5_000_000, "currency": "USD", "qualifier": None}, "optional": False,
            "evidence": "Ankara promised tents worth $5 million",
        },
        {
            "who": ["Italy"], "to": [], "what": "a bridge", "stage": "completion", "amount": None, "optional": False,
            "evidence": "the bridge that Italy built was opened",
        },
        {
            "who": ["Qatar"], "to": [], "what": "friendship", "stage": "pledge", "amount": None, "optional": True,
            "evidence": "Doha spoke of friendship",
        },
    ],
    "encounters": [
        {
            "kind": "meeting", "participants": ["Shehbaz Sharif", "Italy"], "optional": False,
            "evidence": "Mr Sharif received the Italian ambassador",
        },
    ],
    "figures": [
        {"value": 120, "unit": "people killed", "claimed_by": "Pakistan", "optional": False,
         "evidence": "120 people were killed, Islamabad says"},
    ],
}  # fmt: skip


@pytest.fixture
def case(scoring: ModuleType, tmp_path: Path) -> Any:
    """Scores of the small report above after ``change`` was done to a perfect export of it."""

    def run(change: Any = None) -> Any:
        (tmp_path / "gold").mkdir(exist_ok=True)
        (tmp_path / "gold" / "r.json").write_text(json.dumps(GOLD), encoding="utf-8")
        rows = as_rows(GOLD)
        rows["figures"][0]["measure"] = "killed"
        if change:
            change(rows)
        return scoring.score_export(tmp_path / "gold", write(tmp_path / "export", rows))

    return run


def test_the_samples_scored_against_their_own_gold_are_perfect(scoring: ModuleType, tmp_path: Path) -> None:
    rows: dict[str, list[dict[str, Any]]] = {"commitments": [], "encounters": [], "figures": []}
    for report in scoring.load_gold(SAMPLES / "gold").values():
        own = as_rows(report)
        for row, entry in zip(own["figures"], report["figures"], strict=True):
            row["measure"] = scoring.measure_of(entry["unit"])
        for kind, listed in own.items():
            rows[kind] += listed
    for kind, score in scoring.score_export(SAMPLES / "gold", write(tmp_path, rows)).items():
        assert (score.f1, score.full_f1) == (1.0, 1.0), (kind, score.notes[:5])


def test_the_small_case_is_perfect(case: Any) -> None:
    for score in case().values():
        assert (score.gold, score.false) == (score.found, 0)
        assert score.full_f1 == 1.0


def test_optional_entries_neither_cost_nor_count(case: Any) -> None:
    score = case(lambda rows: rows["commitments"].pop())["commitments"]
    assert (score.gold, score.found, score.false) == (2, 2, 0)


def test_a_missing_row_costs_recall(case: Any) -> None:
    score = case(lambda rows: rows["commitments"].pop(0))["commitments"]
    assert (score.recall, score.precision) == (0.5, 1.0)


def test_a_row_too_many_costs_precision(case: Any) -> None:
    def change(rows: Any) -> None:
        extra = copy.deepcopy(rows["commitments"][0])
        extra |= {"stage": "request", "amount": None, "what": "rain"}
        extra["evidence"][0]["quote"] = "the sky was grey over the river that morning"
        rows["commitments"].append(extra)

    score = case(change)["commitments"]
    assert (score.found, score.false) == (2, 1)


def test_a_second_row_on_the_same_sentence_is_wrong(case: Any) -> None:
    score = case(lambda rows: rows["commitments"].append(rows["commitments"][0]))["commitments"]
    assert score.false == 1


def test_saying_it_again_elsewhere_is_neither_right_nor_wrong(case: Any) -> None:
    def change(rows: Any) -> None:
        again = copy.deepcopy(rows["commitments"][0])
        again["evidence"][0]["quote"] = "the five million dollars announced earlier by the Turkish side"
        rows["commitments"].append(again)

    score = case(change)["commitments"]
    assert (score.found, score.false) == (2, 0)


@pytest.mark.parametrize(
    ("cell", "value", "named"),
    [
        ("stage", "delivery", "stage"),
        ("by", [{"name": "Qatar", "country": "QAT"}], "by"),
        ("to", [{"name": "Qatar", "country": "QAT"}], "to"),
        ("amount", {"value": 5_000_000, "currency": "EUR"}, "currency"),
        ("amount", None, "amount"),
    ],
)
def test_a_wrong_cell_makes_the_row_less_than_full(case: Any, cell: str, value: Any, named: str) -> None:
    score = case(lambda rows: rows["commitments"][0].update({cell: value}))["commitments"]
    assert (score.found, score.full) == (2, 1)
    assert [note[2].split(" | ")[0] for note in score.notes] == [named]


def test_channel_and_receiver_count_together(case: Any) -> None:
    def change(rows: Any) -> None:
        row = rows["commitments"][0]
        row["via"], row["to"] = row["to"], []

    assert case(change)["commitments"].full == 2


def test_figures_need_their_measure_and_claimant(case: Any) -> None:
    assert case(lambda rows: rows["figures"][0].update(measure="injured"))["figures"].full == 0
    assert case(lambda rows: rows["figures"][0].update(claimed_by=None))["figures"].full == 0
    assert case(lambda rows: rows["figures"][0].update(value=121))["figures"].found == 0


def test_negated_and_rejected_rows_are_left_out(case: Any) -> None:
    assert case(lambda rows: rows["encounters"][0].update(status="rejected"))["encounters"].found == 0
    assert case(lambda rows: rows["commitments"][1].update(negated=True))["commitments"].found == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Turkey", {"name": "Türkiye"}, True),
        ("Azerbaijan", {"name": "Jeyhun Bayramov", "type": "person", "country": "AZE"}, True),
        ("Ilham Aliyev", "Aliyev", True),
        ("Mevlüt Çavuşoğlu", "Mevlut Cavusoglu", True),
        ("Asian Development Bank", "ADB", True),
        ("Pakistan", {"name": "India", "country": "IND"}, False),
        ("World Bank", "Islamic Development Bank", False),
        ("Kolin", {"name": "Turkey", "country": "TUR"}, False),
    ],
)
def test_parties(scoring: ModuleType, one: str, other: Any, same: bool) -> None:
    assert scoring.same_party(one, other) is same


def test_missing_folders_are_named(scoring: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scoring.main([str(tmp_path / "none"), str(tmp_path)]) == 2
    assert "no gold" in capsys.readouterr().err
    assert scoring.main([str(SAMPLES / "gold"), str(tmp_path)]) == 2
    assert "commitments.jsonl" in capsys.readouterr().err
