"""The scripts around cross-validation: dealing reports, judging rows as the scorer does, curves, counted errors."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from pledgetrail.records import Block, Commitment, Document, Party, Span

SCORER = Path(__file__).resolve().parents[3] / "shared" / "score" / "score.py"
TEXT = "Norway pledged tents to Nepal. Sweden pledged water to Nepal. Fiji sang."


@pytest.fixture(scope="module")
def scripts(root: Path) -> Any:
    folder = str(root / "scripts")
    sys.path.insert(0, folder)
    yield lambda name: importlib.import_module(name)
    sys.path.remove(folder)


@pytest.fixture(scope="module")
def judging(scripts: Any) -> ModuleType:
    return scripts("judging")  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def scorer(judging: ModuleType) -> ModuleType:
    if not SCORER.is_file():
        pytest.skip(f"no scorer at {SCORER}: it lies with the annotated reports")
    return judging.load_scorer(SCORER)  # type: ignore[no-any-return]


def row(sentence: str, who: str, code: str, confidence: float, stage: str = "pledge") -> Commitment:
    start = TEXT.index(sentence)
    evidence = Span("d", start, start + len(sentence), sentence)
    giver = Party(f"state-{code.lower()}", who, "state", code)
    return Commitment(
        id=f"s{start}{stage}", document="d", text_sha256="0", trigger=evidence, evidence=(evidence,), cells={},
        confidence=confidence, reader="r", stage=stage, by=(giver,), to=(Party("state-npl", "Nepal", "state", "NPL"),),
    )  # fmt: skip


def gold(sentence: str, who: str, **more: Any) -> dict[str, Any]:
    said = {"evidence": sentence, "stage": "pledge", "who": [who], "to": ["Nepal"], "what": "", "amount": None}
    return said | {"when": None, "conditional": False, "optional": False} | more


NORWAY, SWEDEN, FIJI = (s.strip() + "." for s in TEXT.rstrip(".").split(". "))


@pytest.fixture
def reading(judging: ModuleType) -> Any:
    document = Document("d", "x", TEXT, "0", "0", (Block("body", 0, len(TEXT), "r"),), outlet="Us", published="2020-05")
    answers = {
        "id": "d",
        "commitments": [gold(NORWAY, "Norway"), gold(SWEDEN, "Denmark")],
        "encounters": [],
        "figures": [],
    }
    rows = [row(NORWAY, "Norway", "NOR", 0.9), row(FIJI, "Fiji", "FJI", 0.2)]
    return judging.Reading(document, answers, 0, rows)


def test_rows_are_judged_as_the_scorer_does(judging: ModuleType, scorer: ModuleType, reading: Any) -> None:
    judged = {(j.verdict, j.expected, j.found) for j in judging.judge(scorer, [reading])}
    assert judged == {("hit", "pledge", "pledge"), ("missed", "pledge", None), ("false", None, "pledge")}
    (hit,) = (j for j in judging.judge(scorer, [reading]) if j.verdict == "hit")
    assert hit.full and hit.cells["by"] and hit.cells["to, when stated"] and hit.members == (reading.rows[0].id,)
    score = judging.scores(scorer, [reading])["commitments"]
    assert (score["gold"], score["hit"], score["false"]) == (2, 1, 1)


def test_judging_counts_what_the_scorer_counts(judging: ModuleType, scorer: ModuleType, reading: Any) -> None:
    reading.gold["commitments"][1]["optional"] = True
    score = judging.scores(scorer, [reading])["commitments"]
    judged = judging.judge(scorer, [reading])
    for verdict, name in (("hit", "hit"), ("false", "false"), ("restated", "restated")):
        assert sum(j.verdict == verdict for j in judged) == score[name]


def test_readings_are_kept(judging: ModuleType, reading: Any, tmp_path: Path) -> None:
    judging.keep([reading], tmp_path / "a" / "r.pickle")
    (back,) = judging.kept(tmp_path / "a" / "r.pickle")
    assert (back.rows, back.gold, back.fold) == (reading.rows, reading.gold, reading.fold)


def test_errors_are_counted_by_kind(scripts: Any, judging: ModuleType, scorer: ModuleType, reading: Any) -> None:
    measuring = scripts("measuring")
    judged = judging.judge(scorer, [reading])
    assert dict(measuring.errors(judged)) == {"commitments: missed, no sum": 1, "commitments: no act at all": 1}
    (stage,) = measuring.by_stage(judged).items()
    assert stage == ("pledge", {"gold": 2, "found": 0.5, "recall": 0.5, "precision": 0.5, "full": 0.5})
    assert measuring.by_group(scorer, [reading]).keys() == {"others, 2020"}


def test_reports_are_dealt_alike_for_the_same_seed(scripts: Any) -> None:
    deal = scripts("cross_validate").deal
    pairs = [(SimpleNamespace(document=SimpleNamespace(id=str(n))), {}) for n in range(5)]
    names = [[p.document.id for p, _ in part] for part in deal(pairs, 2)]
    assert names == [[p.document.id for p, _ in part] for part in deal(pairs[::-1], 2)]
    assert sorted(n for part in names for n in part) == [str(n) for n in range(5)]
    assert sorted(map(len, names)) == [2, 3]


def test_a_curve_learns_the_share_that_is_right(scripts: Any) -> None:
    pytest.importorskip("scipy")
    calibrate = scripts("calibrate")
    found = [({"always": 1.0, "raw 0": odds}, right, 1.0) for odds in (0.0, 2.0) for right in (True, False)]
    found += [({"always": 1.0, "raw 0": 2.0}, True, 1.0)] * 20
    curve = calibrate.fit_curve(found)
    assert curve["raw 0"] > 0
    backwards = [(features, not right, weight) for features, right, weight in found]
    assert "raw 0" not in calibrate.fit_curve(backwards * 20), "a surer statement is never less likely right"


def test_the_error_of_calibration(scripts: Any, judging: ModuleType, scorer: ModuleType, reading: Any) -> None:
    calibrate = scripts("calibrate")
    bins = calibrate.reliability(judging.judge(scorer, [reading]))
    assert [(b.rows, b.confidence, b.right) for b in bins] == [(1, 0.2, 0.0), (1, 0.9, 1.0)]
    assert calibrate.expected_error(bins) == pytest.approx(0.15)


def test_advice_is_the_least_threshold_that_keeps_the_precision(scripts: Any) -> None:
    calibrate = scripts("calibrate")
    rates = [(0.0, 0.5, 0.9), (0.3, 0.95, 0.8), (0.6, 0.85, 0.6), (0.8, 0.93, 0.4), (0.9, 0.0, 0.0)]
    rows = [{"min_confidence": m, "k": {"precision": p, "recall": r}} for m, p, r in rates]
    assert calibrate.advised(rows, "k") == {"min_confidence": 0.8, "precision": 0.93, "recall": 0.4}
    assert calibrate.advised(rows[:1], "k") is None


def test_a_readers_curves_replace_its_own_only(scripts: Any, tmp_path: Path) -> None:
    calibrate = scripts("calibrate")
    table = tmp_path / "c.tsv"
    calibrate.write(table, "b", {"figure": {"always": 1.0}})
    calibrate.write(table, "a", {"figure": {"always": 2.0}})
    calibrate.write(table, "b", {"figure": {"always": 3.0}})
    lines = table.read_text().splitlines()
    assert lines == ["reader\tkind\tinput\tweight", "a\tfigure\talways\t2", "b\tfigure\talways\t3"]


def test_the_pages_are_those_of_the_results(scripts: Any, root: Path) -> None:
    reports = scripts("report_scores")
    if not (root / reports.RESULTS).is_file():
        pytest.skip("no results were measured yet")
    for name, text in reports.pages().items():
        assert (root / name).read_text(encoding="utf-8") == text, "run `make readme-scores`"


def test_every_kind_of_error_has_an_example(scripts: Any, root: Path) -> None:
    import tomllib

    listed = tomllib.loads((root / "training" / "error-examples.toml").read_text(encoding="utf-8"))["error"]
    keys = [entry["key"] for entry in listed]
    assert len(set(keys)) == len(keys)
    assert all(entry[part].strip() for entry in listed for part in ("says", "text", "read", "right"))
    measuring = scripts("measuring")
    assert {f"{kind}: {said}" for (kind, _), said in measuring._WRONG.items()} <= set(keys)
