"""What is kept of a report so that its copies are found without reading it again, and the pairs worth comparing.

A sketch is a sample of the hashes of the body's 5-grams: those below a bound, so that two reports that share a gram
sample it alike, whatever stands around it, and so that the share of common samples estimates the share of common text
whatever the lengths. (Whole-text measures miss a story cut to a third.) The opening is sampled more densely than the
rest, since a brief copies the opening of a long story, and has few grams.

Pairs depend on the set of sketches, not on their order. Of a hash that more than ``NEAREST`` reports share, pairs that
lie far apart in time are left out, so that work grows with the number of reports and not with its square.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

import numpy as np
import numpy.typing as npt

from pledgetrail.language.edtf import days_of
from pledgetrail.records import Document
from pledgetrail.resolution.copying.body import Hashes, body_of, grams

#: How dense the sample is: of the grams from each place on, one in so many. All of the lead, which everybody copies.
_RATES: Final = ((0, 1), (20, 3), (80, 8))
_QUOTE_RATE: Final = 4  # quotations are short
_HEADER: Final = struct.Struct("<iiII")
_NO_DAY: Final = 0

#: Days between two reports beyond which neither is looked at as a copy of the other. Of the copies that were found in
#: 7,000 reports without a window, so many lay farther apart: docs/decisions/0017-copies.md.
WINDOW: Final = 31
#: A hash is paired with so many reports before it in time that share it, no more: a phrase that thousands use says
#: nothing, and a story that thousands carry is found by its neighbours, each a copy of the next.
NEAREST: Final = 24
#: Samples that a pair must share: so many, and this share of the smaller sketch's.
_SHARED: Final = 2
_SHARE: Final = 0.08
_CHUNK: Final = 2048  # reports whose pairs are held in memory at once

Samples = npt.NDArray[np.uint32]
Indices = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Sketch:
    """A document's sample. ``own`` and ``quoted`` are sorted 32-bit hashes (little endian) of grams in its own words
    and in its quotations. ``first`` and ``last`` are the days (proleptic ordinals) between which it was published,
    both None where no day is known.
    """

    document: str
    first: int | None
    last: int | None
    own: bytes
    quoted: bytes

    def pack(self) -> bytes:
        """The sketch without its document's id, about 400 bytes for a report of 400 words."""
        first, last = self.first or _NO_DAY, self.last or _NO_DAY
        return _HEADER.pack(first, last, len(self.own), len(self.quoted)) + self.own + self.quoted


def unpack(document: str, packed: bytes) -> Sketch:
    """The sketch that was packed. Raises ValueError if the bytes are none."""
    if len(packed) < _HEADER.size:
        raise ValueError("not a sketch: too short")
    first, last, own, quoted = _HEADER.unpack_from(packed)
    if len(packed) != _HEADER.size + own + quoted or own % 4 or quoted % 4:
        raise ValueError("not a sketch: its length is wrong")
    at = _HEADER.size
    return Sketch(document, first or None, last or None, packed[at : at + own], packed[at + own :])


def sketch(document: Document) -> Sketch:
    """The sketch of a document. Takes time linear in its text."""
    body = body_of(document)
    own = grams(body.own)
    ends = [*(place for place, _ in _RATES[1:]), len(own)]
    parts = [_sample(own[start:end], rate) for (start, rate), end in zip(_RATES, ends, strict=True)]
    first, last = days(document)
    return Sketch(
        document.id,
        first,
        last,
        _packed(np.concatenate(parts)),
        _packed(_sample(grams(body.speech), _QUOTE_RATE)),
    )


def days(document: Document) -> tuple[int, int] | tuple[None, None]:
    """The first and last day on which the document may have been published, as proleptic ordinals."""
    first, last = days_of(document.published)
    return (first.toordinal(), last.toordinal()) if first and last else (None, None)


def _sample(hashes: Hashes, rate: int) -> Hashes:
    """Those below the bound of the rate: a gram sampled at a low rate is sampled at every higher one too."""
    return hashes[hashes <= np.uint64((2**64 - 1) // rate)]


def _packed(hashes: Hashes) -> bytes:
    return np.unique(hashes.astype(np.uint32)).astype("<u4").tobytes()


def candidates(sketches: Iterable[Sketch], touched: frozenset[str] | None = None) -> Iterator[tuple[str, str]]:
    """Pairs of documents worth comparing, each once, the smaller id first.

    With ``touched``, only those that have one of these documents.

    A pair shares at least two samples of its own words, and .08 of the smaller sketch's, or the same of its quotations,
    and lies at most ``WINDOW`` days apart. A report without a day is compared with all. Memory: some 30 bytes
    a sample, and the pairs of two thousand reports. At most ``NEAREST`` pairs a sample are looked at.
    """
    ordered = sorted({sketch.document: sketch for sketch in sketches}.values(), key=_place)
    if len(ordered) < 2:
        return
    names = [sketch.document for sketch in ordered]
    span = _spans(ordered)
    wanted = None if touched is None else np.fromiter((name in touched for name in names), np.bool_, len(names))
    columns = [[np.frombuffer(getattr(s, field), dtype="<u4") for s in ordered] for field in ("own", "quoted")]
    streams = [_pairs(samples, span, wanted) for samples in columns]
    for chunks in zip_longest(*streams, fillvalue=()):
        found = dict.fromkeys(pair for chunk in chunks for pair in chunk)
        for later, earlier in found:
            yield min(names[later], names[earlier]), max(names[later], names[earlier])


def _place(sketch: Sketch) -> tuple[int, str]:
    """In time, those without a day first."""
    return sketch.first or 0, sketch.document


def _spans(ordered: Sequence[Sketch]) -> tuple[Indices, Indices]:
    """First and last days, endless for those without."""
    first = [0 if s.first is None else s.first for s in ordered]
    last = [1 << 40 if s.last is None else s.last for s in ordered]
    return np.array(first, dtype=np.int64), np.array(last, dtype=np.int64)


def _pairs(
    samples: Sequence[Samples], span: tuple[Indices, Indices], wanted: npt.NDArray[np.bool_] | None
) -> Iterator[list[tuple[int, int]]]:
    """For each chunk of reports, the pairs (report, an earlier one) that share enough samples."""
    sizes = np.array([len(sample) for sample in samples], dtype=np.int64)
    hashes = np.concatenate(list(samples))
    owners = np.repeat(np.arange(len(samples), dtype=np.int32), sizes)
    order = np.argsort(hashes, kind="stable").astype(np.int32)  # equal hashes in order of time
    hashes, owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1]))) if len(hashes) else order
    starts = starts.astype(np.int32)
    rank = np.arange(len(hashes), dtype=np.int32) - np.repeat(starts, np.diff(np.append(starts, len(hashes))))
    del hashes, order
    places = np.argsort(owners, kind="stable").astype(np.int32)  # the samples of each report, as places in that order
    bounds_ = np.concatenate(([0], np.cumsum(sizes)))
    for low in range(0, len(samples), _CHUNK):
        mine = places[bounds_[low] : bounds_[min(low + _CHUNK, len(samples))]]
        yield _shared(mine, rank, owners, sizes, span, wanted)


def _shared(
    mine: Places,
    rank: Places,
    owners: Places,
    sizes: Indices,
    span: tuple[Indices, Indices],
    wanted: npt.NDArray[np.bool_] | None,
) -> list[tuple[int, int]]:
    """The pairs of the reports whose samples lie at ``mine`` with those up to ``NEAREST`` places before."""
    first, last = span
    count = len(sizes)
    codes = []
    for back in range(1, NEAREST + 1):
        mine = mine[rank[mine] >= back]
        if not len(mine):
            break
        later, earlier = owners[mine].astype(np.int64), owners[mine - back].astype(np.int64)
        near = (first[later] - last[earlier] <= WINDOW) & (first[earlier] - last[later] <= WINDOW)
        if wanted is not None:
            near &= wanted[later] | wanted[earlier]
        codes.append(later[near] * count + earlier[near])
    pairs, shared = np.unique(np.concatenate(codes or [np.empty(0, dtype=np.int64)]), return_counts=True)
    later, earlier = np.divmod(pairs, count)
    enough = (shared >= _SHARED) & (shared >= _SHARE * np.minimum(sizes[later], sizes[earlier]))
    return list(zip(later[enough].tolist(), earlier[enough].tolist(), strict=True))
