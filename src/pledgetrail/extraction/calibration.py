"""Raw probabilities -> the chance that a statement is right, counted on reports that the weights had not seen.

What decides gives each statement a probability of its own making. ``data/calibration.tsv`` says, for each reader and
kind of statement, what share of such statements the annotators confirm. It is written by ``scripts/calibrate.py`` from
a cross-validation. The chance grows with the raw probability whatever else is equal.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources

from pledgetrail.records import AnyStatement, Commitment, Encounter, Figure

#: Between these log odds the curve is straight: raw probabilities of .18, .38, .62, .82, .92 and .97.
KNOTS = (-1.5, -0.5, 0.5, 1.5, 2.5, 3.5)
#: A raw probability is taken no nearer to 0 and 1 than this.
_EDGE = 0.003
#: No statement is certain, and what is shown was likely enough to be told.
LEAST, MOST = 0.01, 0.99

#: Reader -> kind -> input -> weight.
Curves = Mapping[str, Mapping[str, Mapping[str, float]]]


def inputs(statement: AnyStatement, beside: int) -> Iterator[tuple[str, float]]:
    """What the chance is told from: the raw probability piece by piece, the class, which cells are filled.

    ``beside`` counts the surer statements of the same kind on the same sentence: of two that share one, often one is
    right.
    """
    yield "always", 1.0
    odds = math.log(max(statement.confidence, _EDGE) / max(1 - statement.confidence, _EDGE))
    for number, knot in enumerate(KNOTS):
        after = KNOTS[number + 1] if number + 1 < len(KNOTS) else math.inf
        yield f"raw {number}", min(max(odds - knot, 0.0), after - knot)
    yield f"beside {min(beside, 2)}", 1.0
    for name in _said(statement):
        yield name, 1.0


def _said(statement: AnyStatement) -> Iterator[str]:
    if statement.when:
        yield "dated"
    if len(statement.evidence) > 1:
        yield "told again"
    if isinstance(statement, Commitment):
        yield f"stage {statement.stage}"
        yield f"giver {min(len(statement.by), 2)}"
        yield f"receiver {min(len(statement.to) + len(statement.via), 2)}"
        alone = statement.amount is not None and statement.cells.get("amount", ())[:1] == (statement.trigger,)
        yield "sum alone" if alone else "sum" if statement.amount else "no sum"
        yield "thing" if statement.what else "no thing"
        for flag in ("conditional", "negated", "cumulative", "planned"):
            if getattr(statement, flag):
                yield flag
    elif isinstance(statement, Encounter):
        yield f"kind {statement.encounter}"
        yield f"participants {min(len(statement.participants), 3)}"
        yield "place" if statement.places else "no place"
        if statement.planned:
            yield "planned"
    elif isinstance(statement, Figure):
        yield f"measure {statement.measure}"
        yield "claimed" if statement.claimed_by else "not claimed"
        yield "of somebody" if statement.of else "of nobody"
        yield "money" if statement.currency else "count"


def surer_beside(statements: Sequence[AnyStatement]) -> list[int]:
    """For each statement, how many of its kind on its first sentence are surer (or as sure and before it)."""
    order = sorted(range(len(statements)), key=lambda i: (-statements[i].confidence, statements[i].trigger.start, i))
    seen: Counter[tuple[str, int, int]] = Counter()
    found = [0] * len(statements)
    for i in order:
        statement = statements[i]
        place = (statement.kind, statement.evidence[0].start, statement.evidence[0].end)
        found[i] = seen[place]
        seen[place] += 1
    return found


def chance(weights: Mapping[str, float], statement: AnyStatement, beside: int) -> float:
    """The calibrated probability of one statement, between LEAST and MOST."""
    odds = sum(weights.get(name, 0.0) * value for name, value in inputs(statement, beside))
    return min(max(1 / (1 + math.exp(-max(min(odds, 30.0), -30.0))), LEAST), MOST)


@cache
def curves() -> Curves:
    """The shipped curves; empty when their file is missing. Raises ValueError naming a malformed line."""
    path = resources.files("pledgetrail.extraction") / "data" / "calibration.tsv"
    found: dict[str, dict[str, dict[str, float]]] = {}
    if path.is_file():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if number == 1:
                continue
            try:
                reader, kind, name, weight = line.split("\t")
                found.setdefault(reader, {}).setdefault(kind, {})[name] = float(weight)
            except ValueError as error:
                raise ValueError(f"calibration.tsv, line {number}: {error}") from error
    return found


def calibrated(
    statements: Sequence[AnyStatement], reader: str | None, given: Curves | None = None
) -> list[AnyStatement]:
    """The statements of one document with calibrated confidences.

    As they were for a reader that has no curve. ``given`` are the curves, those shipped unless named.
    """
    kinds = (curves() if given is None else given).get(reader or "", {})
    return [
        replace(s, confidence=round(chance(kinds[s.kind], s, beside), 4)) if s.kind in kinds else s
        for s, beside in zip(statements, surer_beside(statements), strict=True)
    ]
