"""Which steps to compare: those that share a side and a word, sum, place or purpose, and are next in time among them.

What finding them needs to know of a step is small (``Marks``), and is kept, so that a step is read again only where it
has got another neighbour.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pledgetrail.resolution.undertakings.steps import Step, lifetime
from pledgetrail.resolution.undertakings.strands import Strand, reach, strands
from pledgetrail.resolution.undertakings.subjects import weight

#: How many of the next rows in time that share a token a row is compared with: what keeps the work linear where
#: thousands of rows share a purpose.
_NEXT: Final = 4
#: The rarest words of an object by which rows find each other. A pair linked by words shares some of them.
_RAREST: Final = 6
#: Words lighter than this are in so many objects that sharing one finds nothing.
_FINDS: Final = 3.5
#: More strands than a step can have (``strands.MOST_PAIRS``): so they can be numbered through.
_STRANDS: Final = 16

_HEADER: Final = struct.Struct("<iiiI")
_ENTRY: Final = np.dtype([("token", "<u8"), ("reach", "<i4"), ("low", "<i4"), ("high", "<i4"), ("strand", "<i4")])
_NO_DAY: Final = 0
_LATER: Final = dt.date.max.toordinal()

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Marks:
    """What finding a step's like needs to know of it. Days are proleptic ordinals, 0 for unknown.

    ``first`` and ``last`` bound the act (``steps.lifetime``), ``until`` is the last day of any kind that it bears.
    ``entries`` are its tokens, packed.
    """

    statement: str
    first: int
    last: int
    until: int
    entries: bytes

    def pack(self) -> bytes:
        """The marks in bytes."""
        name = self.statement.encode("utf-8", "surrogatepass")
        return _HEADER.pack(self.first, self.last, self.until, len(name)) + name + self.entries


def unpack(packed: bytes) -> Marks:
    """The marks that were packed. Raises ValueError if the bytes are none."""
    if len(packed) < _HEADER.size:
        raise ValueError("no marks: too short")
    first, last, until, length = _HEADER.unpack_from(packed)
    end = _HEADER.size + length
    if end > len(packed) or (len(packed) - end) % _ENTRY.itemsize:
        raise ValueError("no marks: the length is wrong")
    return Marks(packed[_HEADER.size : end].decode("utf-8", "surrogatepass"), first, last, until, packed[end:])


def marks(step: Step) -> Marks:
    """The marks of a step. Takes bounded time."""
    entries = [
        (_hash(token), reach(token[1], token[2]), low, high, number)
        for number, strand in enumerate(strands(step))
        for token, low, high in _tokens(strand)
    ]
    first, last = lifetime(step)
    until = max((d for d in (step.earliest, step.latest, step.told, step.heard) if d), default=None)
    packed = np.array(entries, dtype=_ENTRY).tobytes()
    return Marks(step.statement, _ordinal(first), _ordinal(last), _ordinal(until), packed)


def candidates(found: Sequence[Marks]) -> Numbers:
    """The pairs to compare, each once, in four columns: the place of a step in ``found`` and the number of its strand,
    and the same of the other.

    For each token a strand is paired with the ``_NEXT`` that come next in time among all that have it, or for a report
    next in its text, unless more days are between them than the token can link. Which pairs are found does not hang on
    the order of ``found``.
    """
    order = sorted(range(len(found)), key=lambda at: (found[at].last or _LATER, found[at].statement))
    counts = [len(found[at].entries) // _ENTRY.itemsize for at in order]
    entries: Any = np.frombuffer(b"".join(found[at].entries for at in order), dtype=_ENTRY)
    place = np.repeat(np.arange(len(order), dtype=np.int64), counts)
    node = place * _STRANDS + entries["strand"]
    by_token = np.lexsort((node, entries["high"], entries["low"], entries["token"]))
    token, days, node, place = (its[by_token] for its in (entries["token"], entries["reach"], node, place))
    first = np.array([found[at].first for at in order], dtype=np.int64)
    last = np.array([found[at].last for at in order], dtype=np.int64)
    pairs = [np.empty(0, dtype=np.int64)]
    for step in range(1, _NEXT + 1):
        one, other = place[:-step], place[step:]
        gap = np.maximum(first[other] - last[one], first[one] - last[other])
        undated = (first[one] == _NO_DAY) | (first[other] == _NO_DAY)
        fit = (token[:-step] == token[step:]) & (one != other) & (undated | (gap <= days[step:]))
        a, b = node[:-step][fit], node[step:][fit]
        pairs.append((np.minimum(a, b) << 32) | np.maximum(a, b))
    codes = np.unique(np.concatenate(pairs))
    rows = np.array(order, dtype=np.int64)
    a, b = codes >> 32, codes & 0xFFFFFFFF
    columns = (rows[a // _STRANDS], a % _STRANDS, rows[b // _STRANDS], b % _STRANDS)
    return np.stack(columns, axis=1) if len(codes) else np.empty((0, 4), dtype=np.int64)


def _ordinal(day: dt.date | None) -> int:
    return day.toordinal() if day else _NO_DAY


def _hash(token: tuple[Hashable, str, Hashable]) -> int:
    words = repr(token).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(words, digest_size=8).digest(), "little")


def _tokens(strand: Strand) -> Iterator[tuple[tuple[Hashable, str, Hashable], int, int]]:
    """What strands must share to be compared; a bounded number for each strand. With each token where the strand stands
    among those that have it, if not by its day: the places of the report where it is told.
    """
    step = strand.step
    words = sorted((w for w in step.subject.words if weight(w) >= _FINDS), key=lambda w: (-weight(w), w))[:_RAREST]
    works = sorted(step.subject.works | step.subject.site)[:_RAREST]
    themes = sorted(step.subject.purposes)
    places = sorted(step.places)[:_RAREST]
    amount = (f"{step.amount[0]:.1e}", step.amount[1]) if step.amount else None
    for side in sorted(strand.sides):
        for place in places:
            for word in dict.fromkeys((*words, *works, *themes)):
                yield (side, "place", (place, word)), 0, 0
        if amount:
            yield (side, "sum", amount), 0, 0
    if not strand.whole:
        return
    sides = tuple(sorted(strand.sides))
    for word in words:
        yield (sides, "word", word), 0, 0
    for theme in themes:
        yield (sides, "purpose", theme), 0, 0
    if amount:
        yield (sides, "sum", amount), 0, 0
    for document in sorted({d for d, _ in step.spots}):
        spots = [spot for d, spot in step.spots if d == document]
        yield (sides, "document", document), min(spots), max(spots)
