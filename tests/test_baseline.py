"""How well reports are read: on the bundled samples no worse than the committed baseline, elsewhere by fixed marks."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

#: How far a score may fall before a change has to be explained by a new baseline (`make baseline`).
TOLERANCE = 0.01

#: What the first release is to reach on annotated reports outside the repository.
MARKS = {
    "commitments": {"f1": 0.66, "full_row_f1": 0.33},
    "encounters": {"f1": 0.72},
    "figures": {"f1": 0.70, "full_row_f1": 0.50},
}


@pytest.fixture(scope="module")
def scores(root: Path, sample_ledger: Path) -> dict[str, Any]:
    """The score of the bundled reports, by kind."""
    spec = importlib.util.spec_from_file_location("sample_scoring", root / "tests" / "support" / "scoring.py")
    assert spec is not None and spec.loader is not None
    scoring = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = scoring  # dataclasses look their module up
    spec.loader.exec_module(scoring)
    found: dict[str, Any] = scoring.score_export(root / "samples" / "gold", sample_ledger.with_suffix(""))
    return found


@pytest.fixture(scope="module")
def baseline(root: Path) -> dict[str, dict[str, float]]:
    """The committed score."""
    kept: dict[str, dict[str, float]] = json.loads((root / "samples" / "baseline.json").read_text(encoding="utf-8"))
    return kept


@pytest.mark.parametrize("kind", MARKS)
def test_the_samples_are_read_as_well_as_before(
    kind: str, scores: dict[str, Any], baseline: dict[str, dict[str, float]]
) -> None:
    now, before = scores[kind].summary(), baseline[kind]
    assert now["gold"] == before["gold"], "the gold has changed: run `make baseline` and commit samples/baseline.json"
    fallen = {name: (before[name], now[name]) for name in ("f1", "full_f1") if now[name] < before[name] - TOLERANCE}
    assert not fallen, "see what went wrong with `make score-samples SHOW=missed` (or false, wrong)"


@pytest.fixture(scope="module")
def dev_scores(shared: Path, built: Callable[[str, Path], Path]) -> dict[str, dict[str, float]]:
    """The score of the annotated reports outside the repository, by the scorer that comes with them."""
    export = built("dev", shared / "dev" / "docs.jsonl").with_suffix("")
    command = [sys.executable, shared / "score" / "score.py", shared / "dev" / "gold", export, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("kind", MARKS)
def test_other_reports_are_read_well_enough(kind: str, dev_scores: dict[str, dict[str, float]]) -> None:
    if not dev_scores[kind]["hit"] + dev_scores[kind]["false"]:
        pytest.skip(f"{kind} are not read yet")
    short = {name: dev_scores[kind][name] for name, mark in MARKS[kind].items() if dev_scores[kind][name] < mark}
    assert not short, f"below {MARKS[kind]}"
