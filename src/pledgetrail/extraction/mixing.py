"""A decision by two who look at different things: the table at named features, the encoder's head at the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from pledgetrail.extraction.decisions import Model, Place, chances
from pledgetrail.extraction.encoder import Encoding
from pledgetrail.extraction.heads import Head


class Mixed:
    """A table and a head over one document. Their scores are added, each times its share (a product of experts)."""

    def __init__(self, table: Model, head: Head, shares: tuple[float, float], encoding: Encoding) -> None:
        """``shares`` were found by cross-validation: how much the table's and the head's scores count.

        Raises ValueError where the head does not know a label of the table.
        """
        self.labels = table.labels
        self._table, self._head, self._shares, self._encoding = table, head, shares, encoding
        missing = set(self.labels) - set(head.labels)
        if missing:
            raise ValueError(f"the head has no score for {', '.join(sorted(missing))}")
        self._columns = [head.labels.index(label) for label in self.labels]

    def scores(self, items: Sequence[Iterable[str]], places: Sequence[Place]) -> npt.NDArray[np.float64]:
        """The mixed scores: items x labels."""
        table, head = self._shares
        said = self._head.scores(self._encoding, places)[:, self._columns]
        found: npt.NDArray[np.float64] = self._table.scores(items) * table + said * head
        return found

    def batch(self, items: Iterable[Iterable[str]], places: Sequence[Place] = ()) -> list[dict[str, float]]:
        """Label -> probability of each item that stands at each place."""
        listed = list(items)
        if not listed:
            return []
        return [dict(zip(self.labels, row, strict=True)) for row in chances(self.scores(listed, places)).tolist()]

    def choose(self, items: Sequence[Iterable[str]], places: Sequence[Place] = ()) -> list[float]:
        """Probability of each of competing items; the sum is one."""
        found: list[float] = chances(self.scores(items, places)[:, :1].T)[0].tolist()
        return found

    def reasons(self, features: Iterable[str], label: str, most: int = 4) -> list[tuple[str, float]]:
        """The table's features that spoke most for a label. What moves the encoder cannot be told apart so."""
        return self._table.reasons(features, label, most)
