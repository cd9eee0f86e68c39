"""Which reports speak of the same things: pairs of digests whose terms have at least a given cosine.

Reports are looked up by their weightiest terms. Where many reports share one, a report is compared with those nearest
to it in time, and with those of its month that are nearest in what else weighs most (without a day, with those of all
time), so that none is compared with more than a fixed number. So a report also makes a difference to few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
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
#: Bytes of the terms by which reports are near in matter: the four weightiest.
_MATTER: Final = 16


class Vectors:
    """The digests as unit vectors: row by row the columns of their terms and the weights. The last column is none."""

    def __init__(self, digests: Sequence[Digest]) -> None:
        """Takes memory for ``TERMS`` columns and weights a digest."""
        sizes = np.array([min(len(d.terms) // 4, TERMS) for d in digests], dtype=np.int64)
        terms = np.frombuffer(b"".join(d.terms[: 4 * TERMS] for d in digests), dtype="<u4")
        weights = np.frombuffer(b"".join(d.weights[:TERMS] for d in digests), dtype=np.uint8).astype(np.float32)
        known, columns = np.unique(terms, return_inverse=True)
        self.width = len(known) + 1
        self.columns: Columns = np.full((len(digests), TERMS), len(known), dtype=np.uint32)
        self.weights: Weights = np.zeros((len(digests), TERMS), dtype=np.float32)
        rows = np.repeat(np.arange(len(digests)), sizes)
        places = np.arange(len(terms)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        # sums of squares of at most TERMS bytes, which a float32 holds exactly
        length = np.sqrt(np.bincount(rows, weights * weights, len(digests)).astype(np.float32))
        self.columns[rows, places] = columns
        self.weights[rows, places] = weights / np.maximum(length, np.float32(1.0))[rows]

    def row(self, row: int) -> tuple[Columns, Weights]:
        """One digest's columns, ascending, and weights."""
        held = self.columns[row] < self.width - 1
        order = np.argsort(self.columns[row][held])
        return self.columns[row][held][order], self.weights[row][held][order]


class Neighbourhood:
    """Which reports look at which, among those of some digests, given in order of their documents' ids.

    A report costs at most 2 x _KEYS x _NEAREST looks and _MOST comparisons, however many there are.
    """

    def __init__(self, digests: Sequence[Digest]) -> None:
        """The digests may be cut to their ``keys`` if only ``looking_at`` is asked."""
        self._digests = digests
        self._first = np.array([_NEVER if d.first is None else d.first for d in digests], dtype=np.int64)
        self._last = np.array([_NEVER if d.last is None else d.last for d in digests], dtype=np.int64)
        self._before = _arranged(digests, self._first)

    def looking_at(self, names: Collection[str]) -> set[str]:
        """The documents that look at any of some, and these: those for which it makes a difference whether these are
        there.
        """
        flags = np.fromiter((d.document in names for d in self._digests), np.bool_, len(self._digests))
        found = flags.copy()
        for postings in self._before:
            found |= postings.looks_at(flags)
        return {self._digests[row].document for row in np.flatnonzero(found).tolist()}

    def pairs(self, vectors: Vectors, least: float, rows: Iterable[int]) -> Iterator[tuple[int, int, float]]:
        """Each of ``rows`` with the rows that it looks at, and their cosine where it is ``least`` or more."""
        scratch = np.zeros(vectors.width, dtype=np.float32)
        for row in sorted(rows):
            others = self._others(row)
            scratch[vectors.columns[row]] = vectors.weights[row]
            cosines = np.einsum("ij,ij->i", scratch[vectors.columns[others]], vectors.weights[others])
            scratch[vectors.columns[row]] = 0.0
            for other, cosine in zip(others.tolist(), cosines.tolist(), strict=True):
                if cosine >= least:
                    yield row, other, cosine

    def _others(self, row: int) -> Indices:
        """The rows that a row is compared with."""
        first, last = self._first, self._last
        others, shared = np.unique(np.concatenate([its.near(row) for its in self._before]), return_counts=True)
        apart = np.maximum(first[others] - last[row], first[row] - last[others])
        dated = (first[others] != _NEVER) & (first[row] != _NEVER)
        near = (apart <= WINDOW) | ~dated
        others, shared = others[near], shared[near]
        if len(others) > _MOST:
            others = others[np.argsort(-shared, kind="stable")[:_MOST]]
        found: Indices = others
        return found


def keys(one: Digest) -> Digest:
    """What of a digest decides which others are looked at from it, and from which it is looked at."""
    return Digest(one.document, one.first, one.last, one.terms[: 4 * _KEYS], one.weights[:_KEYS])


def _arranged(digests: Sequence[Digest], first: Indices) -> list[_Postings]:
    """The orders in which reports look at those before them; those without a day come last by their terms."""
    matter = [d.terms[:_MATTER] for d in digests]
    ids = [d.document for d in digests]
    rows = range(len(digests))
    undated = first == _NEVER
    by_day = _ranks(sorted(rows, key=lambda row: (first[row], matter[row] if undated[row] else b"", ids[row])))
    by_matter = _ranks(sorted(rows, key=lambda row: (matter[row], ids[row])))
    all_time = np.zeros(len(digests), dtype=np.int64)
    every = np.ones(len(digests), dtype=np.bool_)
    return [
        _Postings(digests, by_day, all_time, every),
        _Postings(digests, by_matter, np.where(undated, 0, first // WINDOW), ~undated),
        _Postings(digests, by_matter, all_time, undated),
    ]


def _ranks(order: Sequence[int]) -> Indices:
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[list(order)] = np.arange(len(order))
    return ranks


class _Postings:
    """For each term, and part of time, the rows that it is a key of, in an order; and for each row where it stands in
    them. Only those of ``asking`` look at others.
    """

    def __init__(self, digests: Sequence[Digest], ranks: Indices, part: Indices, asking: npt.NDArray[np.bool_]) -> None:
        sizes = [min(len(d.terms) // 4, _KEYS) for d in digests]
        terms = np.frombuffer(b"".join(d.terms[: 4 * _KEYS] for d in digests), dtype="<u4").astype(np.int64)
        rows = np.repeat(np.arange(len(digests), dtype=np.int64), sizes)
        columns = (terms << 31) | part[rows]
        order = np.lexsort((ranks[rows], columns))
        self._rows = rows[order]
        columns, at = columns[order], np.empty(len(order), dtype=np.int64)
        at[order] = np.arange(len(order))
        begins = np.ones(len(order), dtype=np.bool_)
        begins[1:] = columns[1:] != columns[:-1]
        starts = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))[at]  # of each entry's posting
        self._first = np.searchsorted(rows, np.arange(len(digests) + 1))  # entries of a row stand together
        self._from = np.where(asking[rows], np.maximum(starts, at - _NEAREST), at)
        self._to = at
        self._owners = rows

    def near(self, row: int) -> Indices:
        """The rows that stand shortly before one in its postings, each as often as they share a key."""
        mine = slice(int(self._first[row]), int(self._first[row + 1]))
        parts = [self._rows[low:high] for low, high in zip(self._from[mine], self._to[mine], strict=True)]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def looks_at(self, flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which rows have any of the flagged ones shortly before them."""
        counted = np.concatenate(([0], np.cumsum(flags[self._rows])))
        found = np.zeros(len(flags), dtype=np.bool_)
        found[self._owners[counted[self._to] > counted[self._from]]] = True
        return found
