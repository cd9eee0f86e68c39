"""What an undertaking is for: the works, purposes and words of a commitment's object that tell it from others.

The knowledge is in ``data/undertakings.toml``; ``data/object_words.csv`` counts how common a word is in objects
(scripts/count_object_words.py).
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from pledgetrail.language.lexicon import load

#: Theme words up to this length are matched whole ("arms" is not in "armsful"), longer ones as beginnings.
_WHOLE: Final = 4
#: An ending is cut only from a word that keeps this many letters.
_STEM: Final = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """What a commitment is for. ``words`` are stems that are neither generic nor a theme's; ``works`` the things to
    be built or handed over that are among them; ``themes`` the purposes named. Where the object's words name nothing to
    go by, ``around`` are the purposes that its sentence names; where they name no works, ``site`` is the one that the
    sentence names ("steel for the school"), if it is one. All empty: nothing is said, and the object may only point
    (``points``) at something told beside it ("we will do it"). ``fresh``: it says to be new ("another $1 billion").
    """

    words: frozenset[str]
    works: frozenset[str]
    themes: frozenset[str]
    around: frozenset[str] = frozenset()
    site: frozenset[str] = frozenset()
    points: bool = False
    fresh: bool = False

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes named by the object or, failing that, by its sentence."""
        return self.themes | self.around

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.words or self.purposes)


def subject(what: str, sentence: str, skip: frozenset[str] = frozenset()) -> Subject:
    """The subject of an object's words, with what the sentence around them adds.

    ``skip`` are stems that say who and where rather than what for.
    """
    themes, rest = _themes(what)
    words = frozenset(s for s in stems(rest) if s not in _generic() and s not in skip and not s[0].isdigit())
    works = words & _works()
    nearby = frozenset() if works else frozenset(stems(sentence)) & _works()
    little = not themes and sum(map(weight, words)) < SAYS_LITTLE
    around = _themes(sentence)[0] if little else frozenset()
    plain = set(re.findall(r"[a-z]+", what.lower()))
    points = not (words or themes or around or plain.isdisjoint(_some("pointing")))
    site = nearby if len(nearby) == 1 else frozenset()
    return Subject(words, works, themes, around, site, points, not plain.isdisjoint(_some("fresh")))


#: Objects whose words weigh less than this name nothing to go by ("companies", "the matter"): about one rare word.
SAYS_LITTLE: Final = 6.0


def stems(text: str) -> list[str]:
    """The words of a text in order: lower case, without diacritics, possessives and the commonest endings."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("’", "'")
    return [stem(word) for word in re.findall(r"[^\W_]+", re.sub(r"'s\b|\u0300|[\u0301-\u036f]", "", plain))]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A lower-case word without its commonest endings, so that "repairs", "repaired" and "repairing" are one.

    Light on purpose: it need only be the same for forms of one word, and be no other word's.
    """
    if word.endswith("ies") and len(word) > _STEM + 1:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            word = word[: -len(ending)]
            break
    return word[:-1] if word.endswith("e") and len(word) > _STEM else word


@cache
def weight(word: str) -> float:
    """How much sharing a stem tells: the logarithm of how rare it is in objects, about 2 (common) to 7 (rare)."""
    counts = _counts()
    total = counts[""]
    return math.log(total / (counts.get(word, 3) + 1))


def window(theme: str) -> int:
    """How many days an undertaking of a purpose may be silent between two signs of life."""
    return _windows()[theme]


@cache
def _counts() -> dict[str, int]:
    text = files("pledgetrail.resolution").joinpath("data/object_words.csv").read_text(encoding="utf-8")
    return {row["word"]: int(row["objects"]) for row in csv.DictReader(text.splitlines())}


@cache
def _generic() -> frozenset[str]:
    return frozenset(stems(load("undertakings.toml", "pledgetrail.resolution")["generic"]))


@cache
def _some(kind: str) -> frozenset[str]:
    return frozenset(load("undertakings.toml", "pledgetrail.resolution")[kind].split())


@cache
def _works() -> frozenset[str]:
    return frozenset(stems(load("undertakings.toml", "pledgetrail.resolution")["works"]["words"]))


@cache
def _windows() -> dict[str, int]:
    return {str(t["name"]): int(t["days"]) for t in load("undertakings.toml", "pledgetrail.resolution")["theme"]}


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    def shape(word: str) -> str:
        return re.escape(word) + (r"s?\b" if len(word) <= _WHOLE else r"\w*")

    themes = load("undertakings.toml", "pledgetrail.resolution")["theme"]
    return [(str(t["name"]), re.compile(r"\b(?:" + "|".join(map(shape, t["words"])) + ")", re.I)) for t in themes]


@cache
def _any_theme() -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for _, pattern in _patterns()), re.I)


def _themes(text: str) -> tuple[frozenset[str], str]:
    """The purposes that a text names, and the text without their words."""
    if not _any_theme().search(text):
        return frozenset(), text
    found = frozenset(name for name, pattern in _patterns() if pattern.search(text))
    return found, _any_theme().sub(" ", text)
