"""What a sentence tells of, as terms that another report's sentence about the same event would share.

Terms are stems of words ("rebuild"), names ("bayramov"), states ("c:AZE", whether named by land, people or capital) and
kinds of event ("e:meeting", "sides:3", "no:2"). Each has a weight in bits: how rarely a sentence with a day in it has
it, from a fixed table (``data/telling_terms.csv``, made by ``scripts/score_dating.py --count``), so that no report's
terms depend on which other reports are there.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from pledgetrail.language.forms import fold_lower
from pledgetrail.language.gazetteer import find
from pledgetrail.language.lexicon import load

_WORD: Final = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_PACKAGE: Final = "pledgetrail.resolution"
_STATES: Final = frozenset({"state", "nationality", "capital"})
#: Share of tellings that a term not in the table is taken to have: somewhat less than the rarest that stands there.
_UNSEEN: Final = 0.0008


def terms(text: str, people: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The terms of a sentence, sorted, each once. ``people``: folded surname -> code of the state it stands for."""
    states = [m for m in find(text) if m.entry.kind in _STATES and m.entry.country]
    found = {f"c:{m.entry.country}" for m in states}
    covered = [(m.start, m.end) for m in states]
    kinds = _kinds()
    stop = _stop()
    for match in _WORD.finditer(text):
        if any(a <= match.start() < b for a, b in covered):
            continue
        word = plain(match.group())
        if people and word in people:
            found.add(f"c:{people[word]}")
        if word in stop or (word.isdigit() and len(word) < 2):
            continue
        root = word if match.group()[0].isupper() else stem(word)
        found.add(kinds.get(word) or kinds.get(root) or root)
    return tuple(sorted(found - stop))


def names(text: str) -> set[str]:
    """Words of a text that have a capital though no sentence begins with them, folded; no states, no stop words."""
    found = set()
    for match in _WORD.finditer(text):
        word = match.group()
        before = text[: match.start()].rstrip()[-1:]
        if word[0].isupper() and len(word) > 2 and before and before not in '.!?:"”“':
            found.add(plain(word))
    return found - _stop()


def plain(word: str) -> str:
    """A word in lower case, without accents, hyphens, stops and the genitive."""
    folded = fold_lower(word).removesuffix("'s").rstrip("'")
    return folded.replace("-", "").replace(".", "").replace("'", "")


def stem(word: str) -> str:
    """A lower-case word without its commonest endings; crude, but alike for all reports."""
    for ending, least in (("ies", 5), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            root = word.removesuffix(ending)
            root = root + "y" if ending == "ies" else root
            if ending in ("ing", "ed") and len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls":
                root = root[:-1]
            return root.rstrip("e") if len(root) > 3 else root
    return word.rstrip("e") if len(word) > 4 else word


@lru_cache(maxsize=1 << 16)
def weight(term: str) -> float:
    """How much a shared term says, in bits. At most some 10."""
    share = _shares().get(term, _UNSEEN)
    return -math.log2(share)


def shared(a: Iterable[str], b: Iterable[str]) -> float:
    """The weight of what two sets of terms share, in bits."""
    return sum(map(weight, sorted(frozenset(a) & frozenset(b))))


@cache
def _shares() -> dict[str, float]:
    path = resources.files(_PACKAGE) / "data" / "telling_terms.csv"
    with path.open(encoding="utf-8") as lines:
        return {row["term"]: float(row["per_mille"]) / 1000 for row in csv.DictReader(lines)}


@cache
def _kinds() -> dict[str, str]:
    """Word or stem -> the term that stands for it."""
    data = load("events.toml", _PACKAGE)
    found = {}
    for table, prefix in (("classes", "e"), ("sides", "sides"), ("counts", "no")):
        for name, words in data[table].items():
            found.update(dict.fromkeys(words, f"{prefix}:{name}"))
    return found


@cache
def _stop() -> frozenset[str]:
    return frozenset(load("events.toml", _PACKAGE)["stop"]["words"])
