"""What reads the encoder's vectors: one head for each decision, a layer of weights over the words decided on.

A single head scores the labels of one word; a pair head scores a second place seen from the first (a mention as the
giver of an act), given what was decided of the first. Both were trained with the encoder.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pledgetrail.extraction.decisions import Place
from pledgetrail.extraction.encoder import Encoding

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """Trained weights by name, the labels they score, and the row of ``given`` for what may be given."""

    labels: tuple[str, ...]
    weights: Mapping[str, Array]
    given: Mapping[str, int]

    def scores(self, encoding: Encoding, places: Sequence[Place]) -> npt.NDArray[np.float64]:
        """Scores (logits) of the labels for each place: places x labels. A place outside the text scores nothing."""
        found = np.zeros((len(places), len(self.labels)))
        seen = [(n, p, at) for n, p in enumerate(places) if (at := encoding.stretch(*p.at)) is not None]
        if not seen:
            return found
        words = np.stack([encoding.mean(at) for _, _, at in seen])
        w = self.weights
        hidden = words @ w["at"] + w["bias"]
        if "other" in w:
            others, steps = [], []
            for _, place, at in seen:
                there = encoding.stretch(*place.other) if place.other is not None else None
                others.append(w["nobody"] if there is None else encoding.mean(there))
                steps.append(0 if there is None else step(there[0] - at[0]))
            second = np.stack(others)
            hidden += second @ w["other"] + (words * second) @ w["both"]
            hidden += w["given"][[self.given.get(p.given, 0) for _, p, _ in seen]] + w["step"][steps]
        found[[n for n, _, _ in seen]] = gelu(hidden) @ w["out"] + w["out bias"]
        return found


def step(distance: int) -> int:
    """The class of a distance in word pieces: by powers of two up to 512, before and after apart."""
    size = 0 if distance == 0 else min(int(math.log2(abs(distance))) + 1, 9)
    return size if distance >= 0 else 10 + size


def gelu(x: Array) -> Array:
    """The activation that the heads were trained with (by tanh: nearer to the exact one than int8 weights are)."""
    found: Array = 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return found


def read_heads(path: Path) -> dict[str, Head]:
    """The heads of a file, by decision. Nothing in it is executed. Raises OSError or ValueError."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    given = {str(name): row for row, name in enumerate(arrays.pop("given names"))}
    weights: dict[str, dict[str, Array]] = {}
    labels: dict[str, tuple[str, ...]] = {}
    for name, array in arrays.items():
        decision, part = name.split("/")
        if part == "labels":
            labels[decision] = tuple(map(str, array))
        else:
            weights.setdefault(decision, {})[part] = array
    return {decision: Head(labels[decision], weights[decision], given) for decision in labels}
