"""A classifier of sectors: a linear model over words and letters, trained by ``scripts/train_sectors.py``.

It reads an object's words and the sentence around them, where it was trained on the title and the description that aid
coders wrote (docs/reference/sector-card.md). Nothing here needs the library that it was trained with.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pledgetrail.language.forms import fold_lower
from pledgetrail.language.stems import stem

Floats = npt.NDArray[np.float32]

#: Blocks of features in the order of the model's rows: words of the title, words of both, letters of both.
BLOCKS: Final = ("title", "words", "letters")
#: Letters that are looked at: what is longer tells no more.
LONGEST: Final = 2000
_WORD: Final = re.compile(r"[a-z]+|\d[\d.,]*")
_SIZES: Final = (3, 4, 5)


def words(text: str, masked: frozenset[str]) -> list[str]:
    """The stems of a text and their pairs. Numbers are all "0", the names of recipients all "@"."""
    found = _WORD.findall(fold_lower(text[:LONGEST]))
    stems = ["0" if word[0].isdigit() else "@" if word in masked else stem(word) for word in found]
    return stems + [f"{one} {two}" for one, two in zip(stems, stems[1:], strict=False)]


def letters(text: str) -> list[str]:
    """Three to five letters in a row inside each word, the spaces around it among them."""
    grams: list[str] = []
    for word in fold_lower(text[:LONGEST]).split():
        padded = f" {word} "
        for size in _SIZES:
            grams.extend(padded[at : at + size] for at in range(max(1, len(padded) - size + 1)))
    return grams


@dataclass(frozen=True, slots=True)
class SectorModel:
    """Per block the row of each feature, its rarity, and the block's share; per row and class a weight of a byte."""

    rows: tuple[dict[str, int], ...]
    rarity: Floats
    shares: Floats
    weights: npt.NDArray[np.int8]
    scale: Floats  # of each class's weights
    bias: Floats
    temperature: float
    classes: tuple[str, ...]
    masked: frozenset[str]

    def probabilities(self, title: str, text: str) -> Floats:
        """How likely each class is, for a title and a description; calibrated on records not trained on."""
        both = f"{title} {text}"
        total = self.bias.copy()
        for block, features in enumerate((words(title, self.masked), words(both, self.masked), letters(both))):
            known = self.rows[block]
            counts = Counter(row for feature in features if (row := known.get(feature)) is not None)
            if not counts:
                continue
            at = np.fromiter(counts, dtype=np.int64, count=len(counts))
            values = np.array([1.0 + math.log(n) for n in counts.values()], dtype=np.float32) * self.rarity[at]
            values *= self.shares[block] / np.sqrt(values @ values)
            total += (values @ self.weights[at].astype(np.float32)) * self.scale
        raised = np.exp((total - total.max()) / self.temperature)
        found: Floats = raised / raised.sum()
        return found


def read_model(path: Path) -> SectorModel:
    """The model in a file. Raises OSError, KeyError or ValueError if it is none."""
    with np.load(path, allow_pickle=False) as held:
        terms = bytes(held["terms"]).decode("utf-8").split("\n")
        sizes = held["sizes"].tolist()
        starts = [sum(sizes[:block]) for block in range(len(sizes))]
        rows = tuple(
            {term: row for row, term in enumerate(terms[start : start + size], start=start)}
            for start, size in zip(starts, sizes, strict=True)
        )
        return SectorModel(
            rows,
            held["rarity"].astype(np.float32),
            held["shares"].astype(np.float32),
            held["weights"],
            held["scale"].astype(np.float32),
            held["bias"].astype(np.float32),
            float(held["temperature"]),
            tuple(held["classes"].tolist()),
            frozenset(bytes(held["masked"]).decode("utf-8").split("\n")),
        )


def write_model(path: Path, model: SectorModel) -> None:
    """Write a model to a file that ``read_model`` reads."""

    def joined(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
        return np.frombuffer("\n".join(texts).encode("utf-8"), dtype=np.uint8)

    np.savez_compressed(
        path,
        terms=joined([term for known in model.rows for term in known]),
        sizes=np.array([len(known) for known in model.rows]),
        rarity=model.rarity.astype(np.float16),
        shares=model.shares,
        weights=model.weights,
        scale=model.scale,
        bias=model.bias,
        temperature=np.array(model.temperature),
        classes=np.array(model.classes),
        masked=joined(sorted(model.masked)),
    )


@cache
def load_model() -> SectorModel | None:
    """The shipped model, loaded once a process; None where it is not installed (the word list then tells alone)."""
    path = Path(str(resources.files("pledgetrail.extraction"))) / "data" / "sectors.npz"
    return read_model(path) if path.is_file() else None
