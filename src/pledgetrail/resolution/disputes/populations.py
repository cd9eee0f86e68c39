"""What a figure counts: its population, whose side it is of, and the occasion, from its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from pledgetrail.extraction.figure_features import measure_words
from pledgetrail.extraction.inflection import noun_forms, plain
from pledgetrail.language.forms import fold_lower
from pledgetrail.language.gazetteer import find, lookup
from pledgetrail.language.lexicon import load

_PACKAGE: Final = "pledgetrail.resolution"
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
#: The widest population of measures that count people when the words name none ("49 killed").
_COUNTS_PEOPLE: Final = frozenset({"killed", "injured", "missing", "displaced"})
#: How far behind a number, in letters, words still say whom it counts.
_NEAR: Final = 80
#: Nouns that measures share with people who are told of in other ways.
_NAMES: Final = frozenset({"victim", "victims", "casualty", "casualties", "refugee", "refugees", "migrant", "migrants"})
#: So many words behind a number say what it counts.
_COUNTED: Final = 3
PEOPLE: Final = "people"


@dataclass(frozen=True, slots=True)
class Occasion:
    """An occasion of figures: how long reports go on speaking of it, whether a whole state is too wide a place to
    tell one by, and whether one follows another in one story.
    """

    name: str
    days: int
    local: bool
    recurring: bool


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


def data() -> dict[str, Any]:
    """The lexicon of populations and occasions."""
    return load("populations.toml", _PACKAGE)


@cache
def _classes() -> dict[str, str]:
    """Word form -> population."""
    forms: dict[str, str] = {}
    for entry in data()["population"]:
        for word in entry.get("words", ()):
            for form in noun_forms(word):
                forms.setdefault(form, entry["name"])
        for form in entry.get("as_is", ()):
            forms.setdefault(form, entry["name"])
    return forms


@cache
def occasions() -> dict[str, Occasion]:
    """Name -> occasion."""
    entries = data()["occasion"]
    return {
        e["name"]: Occasion(e["name"], e["days"], e.get("local", False), e.get("recurring", False)) for e in entries
    }


@cache
def _occasion_words() -> dict[str, str]:
    return {form: e["name"] for e in data()["occasion"] for word in e["words"] for form in (word, *noun_forms(word))}


@cache
def _ignored() -> frozenset[str]:
    return frozenset(data()["ignored"]["words"])


def words_of(text: str) -> list[str]:
    """The words of a text, folded and in lower case."""
    return _WORD.findall(fold_lower(text))


def occasions_of(text: str) -> tuple[str, ...]:
    """The occasions that a text names, in alphabetical order."""
    table = _occasion_words()
    return tuple(sorted({table[word] for word in words_of(text) if word in table}))


def _tells(measure: str, unit: str) -> bool:
    """Whether a unit's words tell of their measure: "people killed", and not "people arrested"."""
    events, lists = data()["events"][measure], measure_words()
    return any(word in events or measure in lists.get(word, ()) for word in words_of(unit) if word not in _NAMES)


def counts_occasions(after: str) -> bool:
    """Whether a number counts occasions and nobody: "two shootings", but not "two shooting victims"."""
    words = words_of(after[:_NEAR])[:_COUNTED]
    named = next((n for n, word in enumerate(words) if word in _occasion_words()), None)
    return named is not None and not any(word in _classes() for word in words[: named + 2])


@lru_cache(maxsize=65_536)
def place_key(name: str) -> str:
    """A place by the gazetteer's name for it, whichever of its names is used; of a people, the name of its state."""
    entry = lookup(name)
    return entry.name if entry is not None else " ".join(fold_lower(name).split())


@lru_cache(maxsize=65_536)
def is_state(name: str) -> bool:
    """Whether a place is a whole state (or wider than one and of none)."""
    entry = lookup(name)
    return entry is not None and entry.kind in ("state", "nationality")


def population(measure: str, unit: str, after: str = "") -> Population | None:
    """Who or what a figure counts, from its unit's words; None where nothing tells.

    ``after`` is the sentence behind the number: "both sides" close by is a population of its own. A specific class
    outranks "people": "children among the victims" are children. Of the measure "other", which is anything, "people"
    tells nothing.
    """
    named = [match for match in find(unit) if match.entry.kind == "nationality"]
    sides = {match.entry.name for match in named}
    rest = "".join(" " if any(m.start <= i < m.end for m in named) else char for i, char in enumerate(unit))
    words = [word for word in words_of(rest) if word]
    table, ignored = _classes(), _ignored()
    found = {table[word] for word in words if word in table}
    specific = found - {PEOPLE}
    own = {plain(word) for word in words if word not in table and word not in ignored and len(word) > 2}
    if measure in _COUNTS_PEOPLE and own and not _tells(measure, unit):
        return None
    if any(phrase in fold_lower(after[:_NEAR]) for phrase in data()["sides"]["both"]):
        sides = {"both sides"}
    if specific:
        classes: Iterable[str] = specific
    elif measure != "other" and (found or (measure in _COUNTS_PEOPLE and not own)):
        classes = {PEOPLE}
    elif own:
        classes = own
    else:
        return None
    return Population(tuple(sorted(classes)), tuple(sorted(sides)))
