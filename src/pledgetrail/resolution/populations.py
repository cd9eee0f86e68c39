"""What a figure counts: its population, whose side it is of, and the occasion, from its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

from pledgetrail.extraction.inflection import noun_forms, plain
from pledgetrail.language.forms import fold_lower
from pledgetrail.language.gazetteer import find, lookup
from pledgetrail.language.lexicon import load

_PACKAGE: Final = "pledgetrail.resolution"
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
#: The widest population of measures that count people when the words name none ("49 killed").
_COUNTS_PEOPLE: Final = frozenset({"killed", "injured", "missing", "displaced"})
_JOINS: Final = re.compile(r",?\s+(?:and|&)\s+(?:\w+(?:ern)?\s+)?|,\s+")
PEOPLE: Final = "people"


@dataclass(frozen=True, slots=True)
class Occasion:
    """An occasion of figures: how long reports go on speaking of it, and whether a whole state is too wide a place."""

    name: str
    days: int
    local: bool


@dataclass(frozen=True, slots=True)
class Population:
    """Who or what is counted: classes of the lexicon or the text's own nouns, and the sides they belong to."""

    classes: tuple[str, ...]
    sides: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """In words: "civilians (Azerbaijan)"."""
        whose = f" ({', '.join(self.sides)})" if self.sides else ""
        return " and ".join(self.classes) + whose


@cache
def _data() -> dict[str, Any]:
    return load("populations.toml", _PACKAGE)


@cache
def _classes() -> dict[str, str]:
    """Word form -> population."""
    forms: dict[str, str] = {}
    for entry in _data()["population"]:
        for word in entry.get("words", ()):
            for form in noun_forms(word):
                forms.setdefault(form, entry["name"])
        for form in entry.get("as_is", ()):
            forms.setdefault(form, entry["name"])
    return forms


@cache
def occasions() -> dict[str, Occasion]:
    """Name -> occasion."""
    return {
        entry["name"]: Occasion(entry["name"], entry["days"], entry.get("local", False))
        for entry in _data()["occasion"]
    }


@cache
def _occasion_words() -> dict[str, str]:
    return {form: e["name"] for e in _data()["occasion"] for word in e["words"] for form in (word, *noun_forms(word))}


@cache
def _ignored() -> frozenset[str]:
    return frozenset(_data()["ignored"]["words"])


def words_of(text: str) -> list[str]:
    """The words of a text, folded and in lower case."""
    return _WORD.findall(fold_lower(text))


def occasions_of(text: str) -> tuple[str, ...]:
    """The occasions that a text names, in alphabetical order."""
    table = _occasion_words()
    return tuple(sorted({table[word] for word in words_of(text) if word in table}))


def place_key(name: str) -> str:
    """A place by the gazetteer's name for it, whichever of its names is used; of a people, the name of its state."""
    entry = lookup(name)
    return entry.name if entry is not None else " ".join(fold_lower(name).split())


def joined_places(name: str, sentence: str, start: int, end: int) -> tuple[str, ...]:
    """A place at ``sentence[start:end]`` with those that "and" or a comma joins to it, by their keys, in order."""
    found = [m for m in find(sentence) if m.entry.kind in ("state", "region", "city", "capital")]
    here = next((i for i, m in enumerate(found) if m.start < end and start < m.end), None)
    if here is None:
        return (place_key(name),)
    first = last = here
    while first > 0 and _JOINS.fullmatch(sentence[found[first - 1].end : found[first].start]):
        first -= 1
    while last + 1 < len(found) and _JOINS.fullmatch(sentence[found[last].end : found[last + 1].start]):
        last += 1
    joined = {place_key(sentence[m.start : m.end]) for m in found[first : last + 1]} if last > first else set()
    # a list without "and" is "Homs, Syria": a place within a place
    if not any(" and " in sentence[a.end : b.start] for a, b in pairwise(found[first : last + 1])):
        joined = set()
    return tuple(sorted(joined)) or (place_key(name),)


def is_earlier(sentence: str) -> bool:
    """Whether a sentence speaks of an earlier occasion in words that tell no day ("earlier this year")."""
    folded = fold_lower(sentence)
    return any(phrase in folded for phrase in _data()["earlier"]["phrases"])


def is_state(name: str) -> bool:
    """Whether a place is a whole state (or wider than one and of none)."""
    entry = lookup(name)
    return entry is not None and entry.kind in ("state", "nationality")


def population(measure: str, unit: str, evidence: str = "", after: int = 0) -> Population | None:
    """Who or what a figure counts, from its unit's words; None where nothing tells.

    ``evidence`` is the sentence and ``after`` where the number ends in it: "both sides" close behind is a population
    of its own. A specific class outranks "people": "children among the victims" are children.
    """
    named = [match for match in find(unit) if match.entry.kind == "nationality"]
    sides = {match.entry.name for match in named}
    rest = "".join(" " if any(m.start <= i < m.end for m in named) else char for i, char in enumerate(unit))
    words = [word for word in words_of(rest) if word]
    table, ignored = _classes(), _ignored()
    found = {table[word] for word in words if word in table}
    specific = found - {PEOPLE}
    own = {plain(word) for word in words if word not in table and word not in ignored and len(word) > 2}
    if any(phrase in fold_lower(evidence[after : after + 80]) for phrase in _data()["sides"]["both"]):
        sides = {"both sides"}
    if specific:
        classes: Iterable[str] = specific
    elif found or (measure in _COUNTS_PEOPLE and not own):
        classes = {PEOPLE}
    elif own:
        classes = own
    else:
        return None
    return Population(tuple(sorted(classes)), tuple(sorted(sides)))
