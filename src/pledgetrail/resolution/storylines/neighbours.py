"""Which reports speak of the same things: pairs of digests whose terms have at least a given cosine.

Reports are looked up by their weightiest terms. Where many reports share one, a report is compared with those nearest
to it in time, and with those nearest in what else weighs most, so that none is compared with more than a fixed number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from pledgetrail.resolution.storylines.digests import TERMS, Digest

Columns = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

#: Days between two reports beyond which they are not compared. A report without a day is compared with all.
WINDOW: Final = 31
#: A report is looked up by so many terms, ...
_KEYS: Final = 20
#: ... with each of which it is compared with so many reports before it in each of two orders, ...
_NEAREST: Final = 24
#: ... of which so many are compared exactly, those with the most in common first.
_MOST: Final = 96
_NEVER: Final = 1 << 40


class Vectors:
    """The digests as unit vectors: row by row the columns of their terms and the weights. The last column is none."""

    def __init__(self, digests: Sequence[Digest]) -> None:
        """Takes memory for ``TERMS`` columns and weights a digest."""
        hashes = [np.frombuffer(d.terms, dtype="<u4")[:TERMS] for d in digests]
        known = np.unique(np.concatenate(hashes)) if hashes else np.empty(0, dtype=np.uint32)
        self.width = len(known) + 1
        self.columns: Columns = np.full((len(digests), TERMS), len(known), dtype=np.uint32)
        self.weights: Weights = np.zeros((len(digests), TERMS), dtype=np.float32)
        for row, (digest, terms) in enumerate(zip(digests, hashes, strict=True)):
            weights = np.frombuffer(digest.weights, dtype=np.uint8)[: len(terms)].astype(np.float32)
            self.columns[row, : len(terms)] = np.searchsorted(known, terms)
            self.weights[row, : len(terms)] = weights / max(float(np.sqrt(weights @ weights)), 1.0)

    def row(self, row: int) -> tuple[Columns, Weights]:
        """One digest's columns, ascending, and weights."""
        held = self.columns[row] < self.width - 1
        order = np.argsort(self.columns[row][held])
        return self.columns[row][held][order], self.weights[row][held][order]


def neighbours(digests: Sequence[Digest], vectors: Vectors, least: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of rows, the second before the first, and their cosine where it is ``least`` or more.

    Give the digests in order of their documents' ids. A report costs at most 2 x _KEYS x _NEAREST looks and _MOST
    comparisons, however many there are.
    """
    first = np.array([_NEVER if d.first is None else d.first for d in digests], dtype=np.int64)
    last = np.array([_NEVER if d.last is None else d.last for d in digests], dtype=np.int64)
    by_day, by_matter = _orders(digests, first)
    keys = vectors.columns[:, :_KEYS]
    before = [_Postings(keys, order, vectors.width) for order in (by_day, by_matter)]
    scratch = np.zeros(vectors.width, dtype=np.float32)
    for row in range(len(digests)):
        found = np.concatenate([postings.near(row) for postings in before])
        if not len(found):
            continue
        others, shared = np.unique(found, return_counts=True)
        apart = np.maximum(first[others] - last[row], first[row] - last[others])
        dated = (first[others] != _NEVER) & (first[row] != _NEVER)
        others, shared = others[(apart <= WINDOW) | ~dated], shared[(apart <= WINDOW) | ~dated]
        if len(others) > _MOST:
            others = others[np.argsort(-shared, kind="stable")[:_MOST]]
        scratch[vectors.columns[row]] = vectors.weights[row]
        cosines = np.einsum("ij,ij->i", scratch[vectors.columns[others]], vectors.weights[others])
        scratch[vectors.columns[row]] = 0.0
        for other, cosine in zip(others.tolist(), cosines.tolist(), strict=True):
            if cosine >= least:
                yield row, other, cosine


def _orders(digests: Sequence[Digest], first: Indices) -> tuple[Indices, Indices]:
    """The rank of each row by day, and by its weightiest terms; those without a day come last by their terms."""
    matter = [d.terms[:16] for d in digests]
    ids = [d.document for d in digests]
    rows = range(len(digests))
    by_day = sorted(rows, key=lambda row: (first[row], matter[row] if first[row] == _NEVER else b"", ids[row]))
    by_matter = sorted(rows, key=lambda row: (matter[row], ids[row]))
    return _ranks(by_day), _ranks(by_matter)


def _ranks(order: Sequence[int]) -> Indices:
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[list(order)] = np.arange(len(order))
    return ranks


class _Postings:
    """For each term the rows that it is a key of, in an order; and for each row where it stands in them."""

    def __init__(self, keys: Columns, ranks: Indices, width: int) -> None:
        columns = keys.ravel().astype(np.int64)
        rows = np.repeat(np.arange(len(keys), dtype=np.int64), keys.shape[1])
        held = columns < width - 1
        columns, rows = columns[held], rows[held]
        order = np.lexsort((ranks[rows], columns))
        self._rows = rows[order]
        starts = np.searchsorted(columns[order], columns)  # of each entry's posting
        at = np.empty(len(order), dtype=np.int64)
        at[order] = np.arange(len(order))
        self._first = np.searchsorted(rows, np.arange(len(keys) + 1))  # entries of a row stand together
        self._from = np.maximum(starts, at - _NEAREST)
        self._to = at

    def near(self, row: int) -> Indices:
        """The rows that stand shortly before one in its postings, each as often as they share a key."""
        mine = slice(int(self._first[row]), int(self._first[row + 1]))
        parts = [self._rows[low:high] for low, high in zip(self._from[mine], self._to[mine], strict=True)]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
