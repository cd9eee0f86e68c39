"""Deciding by a linear model over named features: one mechanism for stages, roles, encounters and figures.

A model is a text table (``data/*.weights.tsv``): the first line names the labels, each further line a feature and its
weight for each label. It is fitted by ``scripts/fit.py``; every weight can be read, and ``explain`` shows which
features spoke for a decision.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Protocol

import numpy as np
import numpy.typing as npt

#: The feature that every item has; its weights are the labels' biases.
BIAS = "bias"


class Decider(Protocol):
    """What decides about candidates from their named features: fitted weights (:class:`Model`), or rules."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What it can decide for."""

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Label -> probability, summing to one."""

    def batch(self, items: Iterable[Iterable[str]]) -> list[dict[str, float]]:
        """:meth:`probabilities` of many items at once, in order."""

    def choose(self, items: Sequence[Iterable[str]]) -> list[float]:
        """Probability of each of competing items; the sum is one."""

    def reasons(self, features: Iterable[str], label: str, most: int = 4) -> list[tuple[str, float]]:
        """What spoke most for a label, strongest first."""


class Model:
    """A multinomial linear model with named features. Unknown features weigh nothing."""

    def __init__(self, labels: tuple[str, ...], rows: dict[str, int], weights: npt.NDArray[np.float64]) -> None:
        self.labels = labels
        self._rows = rows
        self._weights = weights
        self._column: list[float] = weights[:, 0].tolist()

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Label -> probability, summing to one."""
        return self.batch([features])[0]

    def batch(self, items: Iterable[Iterable[str]]) -> list[dict[str, float]]:
        """:meth:`probabilities` of many items at once, in order."""
        rows, bias = self._rows, self._rows[BIAS]
        indices: list[int] = []
        begins: list[int] = []
        for features in items:
            begins.append(len(indices))
            indices.append(bias)
            indices.extend(rows[f] for f in features if f in rows)
        if not begins:
            return []
        scores = np.add.reduceat(self._weights[indices], begins, axis=0)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        return [dict(zip(self.labels, row, strict=True)) for row in odds.tolist()]

    def choose(self, items: Sequence[Iterable[str]]) -> list[float]:
        """Probability of each of competing items under a model with one label; the sum is one."""
        rows, weights = self._rows, self._column
        scores = [sum(weights[rows[f]] for f in item if f in rows) for item in items]
        top = max(scores)
        odds = [math.exp(score - top) for score in scores]
        total = sum(odds)
        return [odd / total for odd in odds]

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
