"""Rows that have a bearing on each other's disagreements: what is told of each can be set side by side with the others.

A row is tied to others by keys that follow from its own claims and meetings. Rows that no keys lead to from each other
make no difference to each other, so each such block can be worked out by itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pledgetrail.resolution.disputes.claims import Claim
from pledgetrail.resolution.disputes.disagreements import keys as claim_keys
from pledgetrail.resolution.disputes.facts import Meeting
from pledgetrail.resolution.disputes.facts import keys as meeting_keys

Numbers = npt.NDArray[np.int64]

_ENTRY: Final = np.dtype([("key", "<u8"), ("first", "<i4"), ("last", "<i4"), ("window", "<i4")])
#: No key ties over more days than this: longer than all of time.
_EVER: Final = dt.date.max.toordinal()


def ties(claims: Iterable[Claim], meetings: Iterable[Meeting]) -> bytes:
    """The keys of what one row tells, packed: each with the days that it is told on, and how many days of silence end
    what it ties together. Takes bounded time.
    """
    found = {entry for claim in claims for entry in _entries(claim_keys(claim))}
    found |= {entry for meeting in meetings for entry in _entries(meeting_keys(meeting))}
    return np.array(sorted(found), dtype=_ENTRY).tobytes()


def reached(rows: Iterable[int], packed: Iterable[bytes], start: Iterable[int]) -> set[int]:
    """The rows that ties lead to from those of ``start``, and these.

    ``packed`` are the ties of ``rows``; a row may be there twice, with the ties that it had and with those that it has.
    Takes time near-linear in the ties, with a small constant.
    """
    numbers, parts = list(rows), list(packed)
    counts = [len(part) // _ENTRY.itemsize for part in parts]
    entries: Any = np.frombuffer(b"".join(parts), dtype=_ENTRY)
    names, at = np.unique(np.repeat(np.array(numbers, dtype=np.int64), counts), return_inverse=True)
    run = _runs(entries)
    asked = np.array(sorted(start), dtype=np.int64)
    within = np.isin(names, asked)
    while True:
        touched = np.zeros(int(run.max(initial=-1)) + 1, dtype=bool)
        touched[run[within[at]]] = True
        wider = within.copy()
        wider[at[touched[run]]] = True
        if np.array_equal(wider, within):
            return set(names[within].tolist()) | set(asked.tolist())
        within = wider


def _entries(found: Iterable[tuple[tuple[object, ...], dt.date | None, dt.date | None, int | None]]) -> Iterator[Any]:
    for key, first, last, window in found:
        words = repr(key).encode("utf-8", "surrogatepass")
        number = int.from_bytes(hashlib.blake2b(words, digest_size=8).digest(), "little")
        days = (first.toordinal() if first else 0, last.toordinal() if last else 0)
        yield number, *days, _EVER if window is None else window


def _runs(entries: Any) -> Numbers:
    """For each tie the number of its run: those of one key, without a silence longer than its window between them."""
    order = np.lexsort((entries["first"], entries["key"]))
    key, first, last, window = (entries[name][order] for name in ("key", "first", "last", "window"))
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = key[1:] != key[:-1]
    of_key = np.cumsum(begins)
    # the latest day told so far under the same key: each key's days are lifted above those of the keys before it
    lift = of_key * (_EVER + 1)
    so_far = np.maximum.accumulate(last + lift) - lift
    begins[1:] |= first[1:] - so_far[:-1] > window[1:]
    run = np.empty(len(order), dtype=np.int64)
    run[order] = np.cumsum(begins) - 1
    return run
