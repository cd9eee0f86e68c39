"""Which names are worth comparing: people who have a key in common, so that nobody is compared with everybody."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pledgetrail.resolution.identity.evidence import Held, one_holder
from pledgetrail.resolution.identity.people import person_words
from pledgetrail.resolution.identity.spelling import deletions, given_name, skeleton

#: Names under one key beyond which they are not compared: a key that so many share tells nobody apart. The pairs of a
#: key are then at most 80 x 79 / 2.
BUCKET = 80
#: Words of a name that are looked at.
_WORDS = 6

Numbers = NDArray[np.int64] | NDArray[Any]


def pairs(names: Iterable[tuple[str, tuple[Held, ...]]]) -> Iterator[tuple[int, int]]:
    """Pairs of positions of names (each with its offices) that may be one person's, each pair once, i < j, in no order.

    A name gives at most some 60 keys (15 pairs of its words, a dozen shortened forms of two of them, its offices), and
    a key compares at most ``BUCKET`` names, so that the work grows with the names and not with their square. Keys are
    kept as 64-bit hashes in a table that is sorted once: 16 bytes for each.
    """
    hashes, positions = array("q"), array("q")
    for position, (text, offices) in enumerate(names):
        for key in _keys(person_words(text)[:_WORDS], offices):
            hashes.append(hash(key))
            positions.append(position)
    for found in _buckets(np.asarray(hashes), np.asarray(positions)):
        yield from found


def _buckets(hashes: Numbers, positions: Numbers) -> Iterator[list[tuple[int, int]]]:
    """The pairs of each key that were not those of a key before."""
    order = np.lexsort((positions, hashes))
    hashes, positions = hashes[order], positions[order]
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]]) if len(hashes) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(hashes)])
    seen: set[tuple[int, int]] = set()
    for at in np.flatnonzero((sizes > 1) & (sizes <= BUCKET)).tolist():
        found = positions[starts[at] : starts[at] + sizes[at]].tolist()
        new = {(one, other) for i, one in enumerate(found) for other in found[i + 1 :]} - seen
        seen |= new
        yield sorted(new)


def _keys(words: tuple[str, ...], offices: tuple[Held, ...]) -> set[tuple[str, ...]]:
    """What a name has in common with every other that may be its bearer's."""
    if not words:
        return set()
    family = skeleton(words[-1])
    keys: set[tuple[str, ...]] = {
        ("office", h.title, h.of, family) for h in offices if h.of and not h.former and one_holder(h.title)
    }
    if len(words) == 1:
        return keys
    given, first = words[:-1], words[0]
    for i, word in enumerate(given):
        keys |= {("words", _given(word), skeleton(later)) for later in words[i + 1 :]}
    keys |= {("initial", first[0], words[-1])}
    keys |= {("joined", skeleton("".join(words))), ("order", *sorted(words))}
    keys |= {("given slip", family, form) for form in deletions(first)}
    keys |= {("family slip", _given(first), form) for form in deletions(words[-1])}
    return keys


def _given(word: str) -> str:
    return given_name(word) or skeleton(word)
