"""Deciding by a linear model over named features: one mechanism for stages, roles, encounters and figures.

A model is a text table (``data/*.weights.tsv``): the first line names the labels, each further line a feature and its
weight for each label. It is fitted by ``scripts/fit.py``; every weight can be read, and ``explain`` shows which
features spoke for a decision.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Protocol

import numpy as np
import numpy.typing as npt

#: The feature that every item has; its weights are the labels' biases.
BIAS = "bias"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words that are decided on stand, in document offsets, for deciders that read them.

    Where a second mention is weighed against a first, ``other`` is its place (None: nobody's) and ``given`` what was
    decided of the first.
    """

    at: tuple[int, int]
    other: tuple[int, int] | None = None
    given: str = ""


class Decider(Protocol):
    """What decides about candidates from their named features: fitted weights (:class:`Model`), or rules.

    ``places`` are the items' own, in the same order; deciders that look at features alone pass over them.
    """

    @property
    def labels(self) -> tuple[str, ...]:
        """What it can decide for."""

    def batch(self, items: Iterable[Iterable[str]], places: Sequence[Place] = ()) -> list[dict[str, float]]:
        """Label -> probability of each item, summing to one, in order."""

    def choose(self, items: Sequence[Iterable[str]], places: Sequence[Place] = ()) -> list[float]:
        """Probability of each of competing items; the sum is one."""

    def reasons(self, features: Iterable[str], label: str, most: int = 4) -> list[tuple[str, float]]:
        """What spoke most for a label, strongest first."""


class Model:
    """A multinomial linear model with named features. Unknown features weigh nothing."""

    def __init__(self, labels: tuple[str, ...], rows: dict[str, int], weights: npt.NDArray[np.float64]) -> None:
        self.labels = labels
        self._rows = rows
        self._weights = weights

    def scores(self, items: Iterable[Iterable[str]]) -> npt.NDArray[np.float64]:
        """The sums of the items' weights: items x labels. What has one label competes, and has no bias."""
        rows, weights = self._rows, self._weights
        lead = [rows[BIAS]] if len(self.labels) > 1 else []
        found = [weights[lead + [rows[f] for f in features if f in rows]].sum(axis=0) for features in items]
        return np.array(found).reshape(len(found), len(self.labels))

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Label -> probability, summing to one."""
        return self.batch([features])[0]

    def batch(self, items: Iterable[Iterable[str]], places: Sequence[Place] = ()) -> list[dict[str, float]]:
        """:meth:`probabilities` of many items at once, in order."""
        return [dict(zip(self.labels, row, strict=True)) for row in chances(self.scores(items)).tolist()]

    def choose(self, items: Sequence[Iterable[str]], places: Sequence[Place] = ()) -> list[float]:
        """Probability of each of competing items under a model with one label; the sum is one."""
        found: list[float] = chances(self.scores(items).T)[0].tolist()
        return found

    def reasons(self, features: Iterable[str], label: str, most: int = 4) -> list[tuple[str, float]]:
        """The features that spoke most for a label against the mean of the others, strongest first."""
        at = self.labels.index(label)
        found = []
        for feature in features:
            row = self._rows.get(feature)
            if row is not None:
                weights = self._weights[row]
                others = (weights.sum() - weights[at]) / max(1, len(weights) - 1)
                found.append((feature, float(weights[at] - others)))
        return sorted((f for f in found if f[1] > 0), key=lambda f: -f[1])[:most]


def chances(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities from scores, each row summing to one."""
    if not scores.size:
        return scores
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: npt.NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return found


def read_model(lines: Iterable[str]) -> Model:
    """A model from the lines of its table. Raises ValueError naming the line that is malformed."""
    iterator = iter(lines)
    head = next(iterator, None)
    if head is None:
        raise ValueError("line 1: the table is empty")
    labels = tuple(head.rstrip("\n").split("\t")[1:])
    rows: dict[str, int] = {}
    table: list[list[float]] = []
    for number, line in enumerate(iterator, start=2):
        feature, *values = line.rstrip("\n").split("\t")
        if len(values) != len(labels):
            raise ValueError(f"line {number}: {len(values)} weights for {len(labels)} labels")
        rows[feature] = len(table)
        try:
            row = [float(v) if v else 0.0 for v in values]
        except ValueError as error:
            raise ValueError(f"line {number}: a weight is not a number: {error}") from error
        if not all(map(math.isfinite, row)):
            raise ValueError(f"line {number}: a weight is not a number")
        table.append(row)
    if BIAS not in rows:
        raise ValueError("the table has no bias line")
    return Model(labels, rows, np.array(table))


@cache
def load_model(name: str) -> Model | None:
    """The shipped model ``data/NAME.weights.tsv``, or None when it is not there (rules alone then decide)."""
    path = resources.files("pledgetrail.extraction") / "data" / f"{name}.weights.tsv"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8") as lines:
        return read_model(lines)
