"""Which sentences of one report stand in another, word for word or lightly edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pledgetrail.resolution.copying.body import Body, Flags, Hashes, Sentence

_SEED: Final = 3  # words in a row that make two sentences worth laying side by side
_OFTEN: Final = 8  # sentences that share a seed beyond which it says nothing
_TRIED: Final = 3  # sentences laid beside each sentence
#: Words that are kept stand in runs of so many; lone equal words are the grammar's.
_RUN: Final = 2
#: A pair is a copy if it keeps so many words, and this share of the shorter sentence. A sentence with every fourth
#: word changed keeps .7; sentences on one matter by different writers keep .2.
_FEWEST: Final = 4
_KEPT: Final = 0.5

#: Likeness of two spellings of a name, of 100.
_SPELLING: Final = 75

#: (start, end) of a run in the one body and in the other; in words.
_Run = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Sentence ``here`` of the one body stands as sentence ``there`` in the other; numbers are their places."""

    here: int
    there: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """What one body shares with another.

    ``kept[i]``: word i of the first stands in the other. ``exchanged``: how many different names and numbers of the
    first the other has exchanged for names and numbers of its own; ``named``: how many it kept.
    """

    pairs: tuple[Pair, ...]
    kept: Flags
    exchanged: int
    named: int


def align(body: Body, other: Body) -> Alignment:
    """Lay the sentences of ``body`` beside those of ``other`` that they share words in a row with.

    A sentence may stand in several (it was cut in two) and several in one. Takes time linear in the words of both, with
    at most ``_TRIED`` comparisons a sentence.
    """
    kept = np.zeros(len(body.keys), dtype=np.bool_)
    pairs: list[Pair] = []
    exchanged: set[str] = set()
    index = _index(other)
    keys, others = body.keys.tolist(), other.keys.tolist()
    mine, theirs = frozenset(body.words), frozenset(other.words)
    for here, sentence in enumerate(body.sentences):
        votes = Counter(there for seed in _seeds(body, sentence) for there in index.get(seed, ()))
        for there, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))[:_TRIED]:
            beside = other.sentences[there]
            runs = _runs(keys, sentence, others, beside)
            count = sum(end - start for start, end, _, _ in runs)
            if count < _FEWEST or count < _KEPT * min(sentence.last - sentence.first, beside.last - beside.first):
                continue
            pairs.append(Pair(here, there))
            for start, end, _, _ in runs:
                kept[start:end] = True
            for a, b, c, d in _gaps(runs, sentence, beside):
                new = _names(other, c, d) - mine
                exchanged.update(name for name in _names(body, a, b) - theirs if new and not _spelling(name, new))
    named = len(set(body.keys[kept & body.names].tolist()))
    return Alignment(tuple(pairs), kept, len(exchanged), named)


def _seeds(body: Body, sentence: Sentence) -> list[int]:
    keys: Hashes = body.keys[sentence.first : sentence.last]
    count = len(keys) - _SEED + 1
    if count < 1:
        return []
    mixed = keys[:count] * np.uint64(5) + keys[1 : count + 1] * np.uint64(3) + keys[2 : count + 2]
    return sorted(set(mixed.tolist()))


def _index(body: Body) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for place, sentence in enumerate(body.sentences):
        for seed in _seeds(body, sentence):
            found.setdefault(seed, []).append(place)
    return {seed: places for seed, places in found.items() if len(places) <= _OFTEN}


def _runs(keys: Sequence[int], sentence: Sentence, others: Sequence[int], other: Sentence) -> list[_Run]:
    """Words of the sentence that stand in the other in the same order, in runs of ``_RUN`` words and more."""
    from rapidfuzz.distance import LCSseq

    codes = LCSseq.opcodes(keys[sentence.first : sentence.last], others[other.first : other.last])
    return [
        (
            sentence.first + code.src_start,
            sentence.first + code.src_end,
            other.first + code.dest_start,
            other.first + code.dest_end,
        )
        for code in codes
        if code.tag == "equal" and code.src_end - code.src_start >= _RUN
    ]


def _gaps(runs: Sequence[_Run], sentence: Sentence, other: Sentence) -> list[_Run]:
    """What lies between the runs on both sides, and before and after them."""
    ends = [(sentence.first, other.first), *((run[1], run[3]) for run in runs)]
    starts = [*((run[0], run[2]) for run in runs), (sentence.last, other.last)]
    return [(a, b, c, d) for (a, c), (b, d) in zip(ends, starts, strict=True)]


def _names(body: Body, start: int, end: int) -> frozenset[str]:
    return frozenset(word for word, named in zip(body.words[start:end], body.names[start:end], strict=True) if named)


def _spelling(name: str, others: Iterable[str]) -> bool:
    """One of the others is the same name in another spelling (Shehbaz, Shahbaz)."""
    from rapidfuzz import fuzz

    return name.isalpha() and any(fuzz.ratio(name, other) >= _SPELLING for other in others)
