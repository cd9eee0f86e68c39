"""The words of a report's body, one by one: what is its own, what it quotes, and where its sentences lie.

Copies are told by these words alone. Chrome, datelines, bylines and headlines are left out, and direct speech is kept
apart: two reports that quote one sentence have not copied each other.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from pledgetrail.language.forms import fold_lower
from pledgetrail.language.speech import find_quotes
from pledgetrail.reading import mending, normalise
from pledgetrail.records import Document

Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

#: Words between marks from which they are somebody's speech; fewer are a name or a word held at arm's length.
_SPEECH: Final = 4
#: Speech between single marks, as British papers set it. The closing one follows a stop, or no plural's s.
_SINGLE: Final = re.compile(r"(?<!\w)'(?=\w)[^\"]{15,1500}?(?:[.,!?]'(?!\w)|(?<=[^s\s])'(?![\w']))")
#: A word or a number, "9bn" being one of each.
_WORD: Final = re.compile(r"\d+|[^\W\d_]+")
_STOP: Final = re.compile(r"[.!?…][\"')\]]*(?=\s+[\"'(\[]*[A-Z0-9$€£])")
#: What stands before a full stop that ends no sentence.
SHORT: Final = re.compile(
    r"(?:\b(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Brig|Adm|Sen|Rep|Gov|Rev|Hon|St|Jr|Sr|Messrs|No|Nos|vs"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|Corp|approx|est|Art|Ph))\Z"
)
#: Weights of a word's place in a 5-gram: odd numbers without a pattern (digits of the golden ratio).
_PLACES: Final = tuple(0x9E3779B97F4A7C15**n & 0xFFFFFFFFFFFFFFFF for n in range(1, 6))
GRAM: Final = len(_PLACES)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the body: words ``[first, last)`` of the body, and where it stands in the document's text."""

    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a body in order, folded. ``keys[i]`` is equal for equal words; ``quoted[i]``: it is direct speech;
    ``names[i]``: it has a capital inside a sentence, or is a number.
    """

    words: tuple[str, ...]
    keys: Hashes
    quoted: Flags
    names: Flags
    sentences: tuple[Sentence, ...]

    @property
    def own(self) -> Hashes:
        """The words outside quotations."""
        return self.keys[~self.quoted]

    @property
    def speech(self) -> Hashes:
        """The words inside quotations."""
        return self.keys[self.quoted]


def body_of(document: Document) -> Body:
    """The words of the body's blocks. Case, accents, marks and wrongly decoded letters make no difference.

    Sentence offsets are code points of ``document.text``. Takes time linear in the text.
    """
    whole = mending.repair(document.text)
    words: list[str] = []
    quoted: list[bool] = []
    names: list[bool] = []
    sentences: list[Sentence] = []
    for block in document.blocks:
        if block.kind != "body":
            continue
        start, end = whole.repaired(block.start, block.end)
        text = normalise(whole.text[start:end])
        found = list(_WORD.finditer(fold_lower(text)))  # of the same length
        at = [match.start() for match in found]
        speech = [False] * len(found)
        for first, last in _speech(text):
            here = slice(bisect_left(at, first), bisect_left(at, last))
            speech[here] = [True] * len(speech[here])
        for first, last in _sentences(text):
            i, j = bisect_left(at, first) + len(words), bisect_left(at, last) + len(words)
            if i < j:
                sentences.append(Sentence(i, j, *whole.original(start + first, start + last)))
        words.extend(_plain(match.group()) for match in found)
        quoted.extend(speech)
        names.extend(text[place].isupper() or text[place].isdigit() for place in at)
    for sentence in sentences:  # a capital at the start says nothing
        names[sentence.first] = words[sentence.first].isdigit()
    keys = np.fromiter(map(_key, words), dtype=np.uint64, count=len(words))
    return Body(
        tuple(words),
        keys,
        np.array(quoted, dtype=np.bool_),
        np.array(names, dtype=np.bool_),
        tuple(sentences),
    )


def grams(keys: Hashes) -> Hashes:
    """A hash for each five words in a row, in order; none for fewer words."""
    count = len(keys) - GRAM + 1
    if count < 1:
        return np.empty(0, dtype=np.uint64)
    mixed = np.zeros(count, dtype=np.uint64)
    for place, weight in enumerate(_PLACES):
        mixed += keys[place : place + count] * np.uint64(weight)
    mixed ^= mixed >> np.uint64(31)  # the last steps of splitmix64, so that every bit depends on every word
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    return mixed


def _plain(word: str) -> str:
    """The word in one spelling; Latin letters are folded already."""
    return word if word.isascii() else unicodedata.normalize("NFKC", word.casefold())


@lru_cache(maxsize=1 << 16)
def _key(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _speech(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a block's text that are somebody's words."""
    found = find_quotes([(0, text)])
    if not found:
        found = [match.span() for match in _SINGLE.finditer(text)] if "'" in text else []
    return (span for span in found if len(text[slice(*span)].split()) >= _SPEECH)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a block's text lie, without the white space between them."""
    start = 0
    for stop in _STOP.finditer(text):
        if stop.group()[0] == "." and SHORT.search(text, max(start, stop.start() - 8), stop.start()):
            continue
        yield _trimmed(text, start, stop.end())
        start = stop.end()
    yield _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
