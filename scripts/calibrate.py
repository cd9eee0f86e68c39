"""Fit the curves of calibrated confidence on cross-validated readings, and measure them on reports they have not seen.

usage: python scripts/calibrate.py out/readings/NAME.train.pickle --reader model --scorer ../shared/score/score.py
                                   [--data src/pledgetrail/extraction/data/calibration.tsv] [--out FILE]

The readings are those of scripts/cross_validate.py: every report read by weights that were fitted without it. A
statement is right if the scorer pairs its row with an annotation (borderline annotations and restated rows count
neither way). The curves written to --data are fitted on all readings; the numbers told are of curves fitted on the
other folds, so that neither weights nor curve have seen the report that they are measured on.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np

import judging
from pledgetrail.extraction import calibration

KINDS = {"commitments": "commitment", "encounters": "encounter", "figures": "figure"}
#: How strongly the curve is drawn to the raw probability itself (of 3, 10 and 30 the least log loss of every kind on
#: the other folds; expected calibration errors differed by chance only).
RIDGE = 10.0
#: Weights nearer to zero are left out of the table.
FLOOR = 0.005
BINS = 10
#: ``--min-confidence`` is tried in so many steps.
STEPS = 20
#: What a reader who wants few errors asks for.
PRECISION = 0.90

Curve = dict[str, float]
#: Inputs, whether the statement is right, and how much the example weighs.
Example = tuple[dict[str, float], bool, float]


def verdicts(judged: Iterable[judging.Judged]) -> dict[tuple[str, str], bool]:
    """(document, statement id) -> whether the row that it is part of is right; without those that count neither way."""
    return {
        (j.document, member): j.verdict == "hit"
        for j in judged
        if j.verdict in ("hit", "false")
        for member in j.members
    }


def examples(readings: Iterable[judging.Reading], right: dict[tuple[str, str], bool], kind: str) -> list[Example]:
    """Every statement of a kind that counts; statements of one row share its weight."""
    found = []
    for reading in readings:
        size = {s.id: len(act.statements) for act in reading.acts for s in act.statements}
        beside = calibration.surer_beside(reading.statements)
        for statement, surer in zip(reading.statements, beside, strict=True):
            verdict = right.get((reading.document.id, statement.id))
            if statement.kind == kind and verdict is not None:
                named = dict(calibration.inputs(statement, surer))
                found.append((named, verdict, 1 / size[statement.id]))
    return found


def fit_curve(found: Sequence[Example]) -> Curve:
    """A logistic regression that starts from the raw probability as it is: its pieces weigh one, all else nothing.

    No piece may weigh less than nothing, so that the chance never falls where the raw probability grows.
    """
    from scipy.optimize import minimize

    names = sorted({name for features, _, _ in found for name in features})
    at = {name: i for i, name in enumerate(names)}
    matrix = np.zeros((len(found), len(names)))
    for row, (features, _, _) in enumerate(found):
        for name, value in features.items():
            matrix[row, at[name]] = value
    sign = np.array([1.0 if right else -1.0 for _, right, _ in found])
    weight = np.array([w for _, _, w in found])
    ridge = np.array([0.0 if name == "always" else RIDGE for name in names])
    centre = np.array([1.0 if name.startswith("raw") else 0.0 for name in names])

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin, away = sign * (matrix @ w), w - centre
        value = float((weight * np.logaddexp(0, -margin)).sum() + 0.5 * (ridge * away * away).sum())
        return value, matrix.T @ (-weight * sign / (1 + np.exp(margin))) + ridge * away

    bounds = [(0, None) if name.startswith("raw") else (None, None) for name in names]
    fitted = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000})
    return {name: round(float(w), 3) for name, w in zip(names, fitted.x, strict=True) if abs(w) >= FLOOR}


def fit_curves(readings: Sequence[judging.Reading], right: dict[tuple[str, str], bool]) -> dict[str, Curve]:
    """Kind of statement -> its curve."""
    return {kind: fit_curve(found) for kind in KINDS.values() if (found := examples(readings, right, kind))}


def with_curves(reading: judging.Reading, curves: dict[str, Curve]) -> judging.Reading:
    """A reading with calibrated confidences."""
    statements = calibration.calibrated(reading.statements, "given", {"given": curves})
    return judging.Reading(reading.document, reading.gold, reading.fold, statements)


def cross_fitted(scorer: ModuleType, readings: Sequence[judging.Reading]) -> list[judging.Reading]:
    """Every reading calibrated by curves that were fitted on the other folds."""
    right = verdicts(judging.judge(scorer, readings))
    found = []
    for fold in sorted({r.fold for r in readings}):
        curves = fit_curves([r for r in readings if r.fold != fold], right)
        found += [with_curves(r, curves) for r in readings if r.fold == fold]
    return found


@dataclass(frozen=True)
class Bin:
    """Rows whose confidence lies in one tenth: how many, how sure on average, and the share that is right."""

    rows: int
    confidence: float
    right: float


def reliability(judged: Iterable[judging.Judged]) -> list[Bin]:
    """The tenths that hold rows, from the least sure."""
    tenths: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for j in judged:
        if j.row is not None and j.verdict in ("hit", "false"):
            tenths[min(int(j.row.confidence * BINS), BINS - 1)].append((j.row.confidence, j.verdict == "hit"))
    return [
        Bin(len(t), round(sum(c for c, _ in t) / len(t), 4), round(sum(r for _, r in t) / len(t), 4))
        for t in tenths
        if t
    ]


def expected_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error: the mean distance of confidence and share, weighed by rows."""
    rows = sum(b.rows for b in bins)
    return round(sum(b.rows * abs(b.confidence - b.right) for b in bins) / rows, 4) if rows else math.nan


def at_least(rows: judging.Exported, confidence: float) -> judging.Exported:
    """The exported rows that ``--min-confidence`` lets through."""
    return {
        kind: {document: [row for row in found if row["confidence"] >= confidence] for document, found in its.items()}
        for kind, its in rows.items()
    }


def thresholds(scorer: ModuleType, readings: Sequence[judging.Reading]) -> Iterator[dict[str, Any]]:
    """Precision and recall of each kind at each ``--min-confidence``."""
    rows = judging.exported(scorer, readings)
    for step in range(STEPS):
        confidence = step / STEPS
        scores = judging.scores(scorer, readings, at_least(rows, confidence))
        shown = ("precision", "recall", "full_row_f1")
        kinds = {kind: {name: score[name] for name in shown} for kind, score in scores.items()}
        yield {"min_confidence": confidence, **kinds}


def advised(rows: Sequence[dict[str, Any]], kind: str) -> dict[str, float] | None:
    """The least ``--min-confidence`` from which on the precision stays what is asked for, with the recall there."""
    found = None
    for row in reversed(rows):
        if row[kind]["recall"] and row[kind]["precision"] < PRECISION:
            break
        if row[kind]["recall"]:
            found = {"min_confidence": row["min_confidence"], **row[kind]}
    return found


def measure(scorer: ModuleType, readings: Sequence[judging.Reading]) -> dict[str, Any]:
    """What the calibrated confidences of readings are worth."""
    judged = judging.judge(scorer, readings)
    table = list(thresholds(scorer, readings))
    found: dict[str, Any] = {"thresholds": table, "reliability": {}, "expected_calibration_error": {}, "advised": {}}
    for kind in (*KINDS, "all"):
        bins = reliability(j for j in judged if kind in (j.kind, "all"))
        found["reliability"][kind] = [[b.rows, b.confidence, b.right] for b in bins]
        found["expected_calibration_error"][kind] = expected_error(bins)
    for kind in KINDS:
        found["advised"][kind] = advised(table, kind)
    return found


def write(path: Path, reader: str, curves: dict[str, Curve]) -> None:
    """Put the curves of one reader into the table; those of others stay."""
    head = "reader\tkind\tinput\tweight"
    lines = path.read_text(encoding="utf-8").splitlines()[1:] if path.is_file() else []
    others = [line for line in lines if line.partition("\t")[0] != reader]
    own = [f"{reader}\t{kind}\t{name}\t{w:g}" for kind, curve in curves.items() for name, w in sorted(curve.items())]
    path.write_text("\n".join([head, *sorted(others + own)]) + "\n", encoding="utf-8")


def main() -> None:
    """Fit, write, and tell what the confidences are worth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readings", type=Path)
    parser.add_argument("--reader", required=True, help="whose curves these are: model, rules, ...")
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("src/pledgetrail/extraction/data/calibration.tsv"))
    parser.add_argument("--out", type=Path, help="where the numbers go: out/calibration-READER.json")
    options = parser.parse_args()
    scorer = judging.load_scorer(options.scorer)
    readings = judging.kept(options.readings)
    numbers = measure(scorer, cross_fitted(scorer, readings))
    write(options.data, options.reader, fit_curves(readings, verdicts(judging.judge(scorer, readings))))
    out = options.out or Path(f"out/calibration-{options.reader}.json")
    out.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print("expected calibration error", numbers["expected_calibration_error"])
    for kind, found in numbers["advised"].items():
        print(f"{kind}: precision {PRECISION} or more:", found or "at no confidence")


if __name__ == "__main__":
    main()
