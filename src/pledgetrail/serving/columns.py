"""The rows of a ledger as columns in memory: what lists are filtered, counted and sorted by, and nothing else.

A few hundred bytes a row. Counting nine facets over 100,000 rows takes milliseconds here and seconds in SQL.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

#: Why a row's amount is not in a total; the first is for amounts that are. The words are what the page says.
LEFT_OUT: Final = (
    "counted",
    "no amount",
    "rejected",
    "part of a total that is listed",
    "running total",
    "negated",
)

#: Columns of numbers, with their type and what stands for nothing.
_NUMBERS: Final[dict[str, tuple[Any, float]]] = {
    "issued": (np.int64, 0),
    "kind": (np.int16, 0),
    "class": (np.int16, 0),
    "status": (np.int16, 0),
    "sector": (np.int16, 0),
    "currency": (np.int16, 0),
    "year": (np.int16, 0),
    "first": (np.int32, 0),  # first and last day as ordinals, each for the other where only one is known; 0: neither
    "last": (np.int32, 0),
    "origins": (np.int32, 0),
    "confidence": (np.float64, 0.0),
    "amount": (np.float64, math.nan),
    "left_out": (np.int8, 0),
    "value": (np.float64, 0.0),  # of deciding it, see ``review_value``
    "reviewer": (np.int16, 0),  # whose verdict the status is
    "second": (np.int16, 0),  # whether a second opinion is what the status says: see ``second``
    "lot": (np.float64, 0.0),  # drawn for it, see ``lot``
    "alive": (np.bool_, 0),
}

#: Columns of words, kept as the number of the word.
WORDS: Final = ("kind", "class", "status", "sector", "currency", "reviewer", "second")

#: Columns of several words a row, kept as pairs of row and word.
SEVERAL: Final = ("by", "to", "place")


class Words:
    """Words and their numbers; 0 is for none."""

    def __init__(self) -> None:
        """Know no word yet."""
        self.list: list[str] = [""]
        self.names: dict[int, str] = {}
        self._numbers: dict[str, int] = {"": 0}

    def number(self, word: str | None, name: str | None = None) -> int:
        """The number of a word, new if need be. ``name`` is what it is shown as from now on."""
        found = self._numbers.setdefault(word or "", len(self.list))
        if found == len(self.list):
            self.list.append(word or "")
        if name is not None:
            self.names[found] = name
        return found

    def find(self, word: str) -> int | None:
        """The number of a word, None if no row ever had it."""
        return self._numbers.get(word)

    def name(self, number: int) -> str:
        """What a word is shown as."""
        return self.names.get(number, self.list[number])


@dataclass(slots=True)
class _Pairs:
    """Rows and words in parallel arrays with room to grow. A pair that is gone points at place 0."""

    rows: Array
    words: Array
    size: int = 0

    def add(self, row: int, words: Sequence[int]) -> None:
        while self.size + len(words) > len(self.rows):
            self.rows = np.concatenate((self.rows, np.zeros_like(self.rows)))
            self.words = np.concatenate((self.words, np.zeros_like(self.words)))
        for word in words:
            self.rows[self.size], self.words[self.size] = row, word
            self.size += 1

    def drop(self, row: int) -> None:
        self.rows[: self.size][self.rows[: self.size] == row] = 0


class Columns:
    """The columns. Place 0 is no row, so that pairs can be dropped by pointing there."""

    def __init__(self, room: int = 1024) -> None:
        """Hold no row; ``room`` is for how many to begin with."""
        self._numbers = {name: np.full(room + 1, empty, kind) for name, (kind, empty) in _NUMBERS.items()}
        self._pairs = {name: _Pairs(np.zeros(2 * room, np.int32), np.zeros(2 * room, np.int32)) for name in SEVERAL}
        self.words = {name: Words() for name in (*WORDS, *SEVERAL)}
        self._places: dict[int, int] = {}
        self._size = 1

    def __len__(self) -> int:
        """How many places there are, dropped rows and place 0 with them."""
        return self._size

    def column(self, name: str) -> Array:
        """A column of numbers, one a place."""
        return self._numbers[name][: self._size]

    def pairs(self, name: str) -> tuple[Array, Array]:
        """Places and words of a column of several words."""
        pairs = self._pairs[name]
        return pairs.rows[: pairs.size], pairs.words[: pairs.size]

    def places(self, issued: Sequence[int]) -> Array:
        """Where rows lie; those that are not here are left out."""
        return np.array([self._places[number] for number in issued if number in self._places], np.int64)

    def put(self, row: Mapping[str, Any], several: Mapping[str, Mapping[str, str]]) -> None:
        """Add a row, or write it anew. ``several`` has the words of the columns of ``SEVERAL``, with their names."""
        place = self._places.get(row["issued"])
        if place is None:
            place = self._places[row["issued"]] = self._size
            if self._size == len(self._numbers["issued"]):
                self._numbers = {name: np.concatenate((its, its)) for name, its in self._numbers.items()}
            self._size += 1
        else:
            for pairs in self._pairs.values():
                pairs.drop(place)
        for name, value in _values(row).items():
            number = self.words[name].number(value) if name in WORDS else value
            self._numbers[name][place] = number
        for name, found in several.items():
            words = self.words[name]
            self._pairs[name].add(place, [words.number(word, shown) for word, shown in found.items()])

    def drop(self, issued: int) -> None:
        """Forget a row."""
        place = self._places.get(issued)
        if place is not None:
            self._numbers["alive"][place] = False
            for pairs in self._pairs.values():
                pairs.drop(place)


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    first, last = _ordinal(row["earliest"]), _ordinal(row["latest"])
    day = row["earliest"] or row["latest"]
    return {
        "issued": row["issued"],
        "kind": row["kind"],
        "class": row["stage"] or row["encounter"] or row["measure"],
        "status": row["status"],
        "sector": row["sector"],
        "currency": row["amount_currency"],
        "year": int(day[:4]) if day else 0,
        "first": first or last,
        "last": last or first,
        "origins": row["origins"] or 0,
        "confidence": row["confidence"] or 0.0,
        "amount": math.nan if row["amount_value"] is None else row["amount_value"],
        "left_out": left_out(row),
        "value": review_value(row),
        "reviewer": row["reviewer"],
        "second": second(row),
        "lot": lot(row["id"]),
        "alive": True,
    }


def _ordinal(day: str | None) -> int:
    return dt.date.fromisoformat(day).toordinal() if day else 0


def left_out(row: Mapping[str, Any]) -> int:
    """Whether a row's amount may be added to others of its stage and currency: 0, or the reason in ``LEFT_OUT``."""
    if row["amount_value"] is None:
        return 1
    if row["status"] == "rejected":
        return 2
    if row["part_of"]:
        return 3
    if row["cumulative"]:
        return 4
    return 5 if row["negated"] else 0


def second(row: Mapping[str, Any]) -> str:
    """Whether a row's second opinion is what its status says: "agreed", "differs", or "" where there is none."""
    if not row["second"]:
        return ""
    return "agreed" if (row["second"] == "accepted") == (row["status"] != "rejected") else "differs"


def lot(name: str) -> float:
    """A number from 0 to 1 that is drawn for a row: always the same, and it hangs on nothing that the row says."""
    return int.from_bytes(hashlib.sha256(f"lot:{name}".encode()).digest()[:6], "big") / 2**48


def review_value(row: Mapping[str, Any]) -> float:
    """How much a reviewer's decision on a row is worth: doubt, times what hangs on it.

    Doubt is greatest at an even chance and never nothing, since no reading is certain. On a row hang its amount (by
    order of magnitude: currencies are not compared finer), values that compete in its cells, and its origins.
    """
    confidence = row["confidence"] or 0.0
    doubt = 0.15 + 4 * confidence * (1 - confidence)
    weight = 1.0 + 0.15 * math.log10(max(row["amount_value"] or 0.0, 1.0))
    weight += 0.5 if row["alternatives"] not in (None, "[]") else 0.0
    weight += 0.25 * math.log2(max(row["origins"] or 1, 1))
    return doubt * weight
