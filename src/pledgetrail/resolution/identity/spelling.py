"""Words of names compared: marks folded, ways of writing them in Latin letters, initials, and slips of one letter."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import Final, Literal

#: How two words are one, from the same letters to a likely slip; None where they are two words.
Likeness = Literal["equal", "variant", "short", "initial", "slip"]

_LETTERS: Final = str.maketrans(
    {"ə": "a", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"}
)
_MARKS: Final = re.compile(r"[\u0300-\u036f'’ʼʻ`´‘]")
_WORD: Final = re.compile(r"[^\W_]+")

#: Ways of romanising one sound, brought to one form in this order. What they have in common is that English reports
#: write all of them for the same Arabic, Persian, Turkic, Urdu or Slavic letter.
_SOUNDS: Final = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"^abd[aeu][lrsn]?(?=[a-z]{4})", "abdul"),
        (r"^(?:ye|je)", "e"),
        (r"ph", "f"),
        (r"sch", "sh"),
        (r"tch", "ch"),
        (r"dzh|dj|zh", "j"),
        (r"kh", "h"),
        (r"gh", "g"),
        (r"([tdb])h", r"\1"),
        (r"ck|q", "k"),
        (r"c(?=[aourlt]|$)", "k"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"ff$", "v"),
        (r"oo|ou", "u"),
        (r"ee", "i"),
        (r"y", "i"),
        (r"(.)\1+", r"\1"),
        (r"ie(?=.)", "e"),
        (r"(?<=[aeiou])h(?=[^aeiou]|$)", ""),
    )
)
_VOWELS: Final = re.compile(r"[aeiou]+")
#: Vowels that stand for each other: the left one's partners. "a" and "i", "a" and "o" tell names apart.
_NEAR_VOWELS: Final = {"a": "ae", "e": "aeiy", "i": "eiy", "o": "ou", "u": "ou", "y": "eiy"}
_GLIDES: Final = {"ai": "y", "ei": "y", "ia": "a", "ie": "e", "au": "u", "eu": "u", "io": "o", "iu": "u"}
_SHORTEST_VARIANT: Final = 5  # letters of a word whose vowels may differ
_SHORTEST_LOOSE: Final = 8  # of a family name that may end in "a" or "o" ("Lukashenko", "Lukashenka")
_SHORT_FORM: Final = 3  # letters of a given name that is a short form of a longer one: "Bob", "Bobby"
_SHORTEST_SLIP: Final = 5  # of a word in which one wrong letter is a slip: "Ilham", "Ilhan"
_WOMAN: Final = re.compile(r"(?:ova|eva|ina|aya|ska|dottir)$")


def folded(word: str) -> str:
    """A word in lower-case Latin letters without marks and apostrophes; other scripts stay, in lower case."""
    plain = word.lower().translate(_LETTERS)
    return _MARKS.sub("", unicodedata.normalize("NFKD", plain).casefold().translate(_LETTERS))


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a name; hyphens, dots and spaces part them: "Ban Ki-moon" -> ban, ki, moon."""
    return tuple(_WORD.findall(folded(text)))


@lru_cache(maxsize=65_536)
def sounded(word: str) -> str:
    """A folded word with its sounds written one way: "khalid", "halid" -> "halid"; "zelenskyy" -> "zelenski"."""
    for pattern, to in _SOUNDS:
        word = pattern.sub(to, word)
    return word


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """The consonants of a word's sounds, by which candidates are found; vowels alone stay as they are."""
    sounds = sounded(word)
    return _VOWELS.sub("", sounds) or sounds


def deletions(word: str) -> set[str]:
    """The word and all that it becomes by losing one letter: two words a slip apart have one of these in common."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def likeness(a: str, b: str, *, given: bool = False) -> Likeness | None:
    """How two folded words of names are the same word, if they are.

    ``given``: they stand where given names do. There names that are known to be two are never one ("Hassan",
    "Hussein"), known spellings of one are ("Mykola", "Nikolai"), and an added "a" makes another ("Daniel", "Daniela").
    """
    if a == b:
        return "equal"
    if len(a) == 1 or len(b) == 1:
        return "initial" if a[0] == b[0] else None
    if given:
        ours, theirs = _given().get(a), _given().get(b)
        if ours is not None and theirs is not None:
            if ours != theirs:
                return None
            return "variant" if skeleton(a) == skeleton(b) and min(len(a), len(b)) > _SHORT_FORM else "short"
        if a in (b + "a", b + "e") or b in (a + "a", a + "e"):
            return None
    elif bool(_WOMAN.search(a)) != bool(_WOMAN.search(b)) and (a.startswith(b[:-1]) or b.startswith(a[:-1])):
        return None  # a woman's form of the same family name
    if _one_sound(a, b, loose=not given):
        return "variant"
    if min(len(a), len(b)) < _SHORTEST_SLIP and not (len(a) == len(b) == 4 and sorted(a) == sorted(b) and a[0] == b[0]):
        return None
    return "slip" if _one_apart(a, b) else None


def one_sound(a: str, b: str) -> bool:
    """Whether two folded words, or names written together, sound the same, as :func:`likeness` has it."""
    return _one_sound(a, b, loose=False)


def given_name(word: str) -> str | None:
    """The given name of ``given_names.csv`` that a folded word is a spelling of."""
    return _given().get(word)


def _one_sound(a: str, b: str, *, loose: bool) -> bool:
    """Whether the sounds are the same but for vowels that stand for each other; ``loose``: also a last "a" and "o"."""
    left, right = sounded(a), sounded(b)
    if left == right:
        return True
    if min(len(a), len(b)) < _SHORTEST_VARIANT or skeleton(a) != skeleton(b) or not _VOWELS.sub("", left):
        return False
    ours, theirs = _slots(left), _slots(right)
    if len(ours) != len(theirs) or ours[0][:1] != theirs[0][:1] and not _near(ours[0], theirs[0]):
        return False
    pairs = list(zip(ours, theirs, strict=True))
    if loose and min(len(a), len(b)) >= _SHORTEST_LOOSE and set(pairs[-1]) == {"a", "o"}:
        pairs.pop()
    return all(_near(x, y) for x, y in pairs)


def _slots(sounds: str) -> list[str]:
    """What vowel stands before, between and after the consonants: "halid" -> "", "a", "i", ""."""
    slots = re.split(r"[^aeiou]", sounds)
    return [slot if len(slot) < 2 else _GLIDES.get(slot, slot) for slot in slots]


def _near(a: str, b: str) -> bool:
    return a == b or (len(a) == len(b) == 1 and b in _NEAR_VOWELS.get(a, ""))


def _one_apart(a: str, b: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein

    return DamerauLevenshtein.distance(a, b, score_cutoff=1) <= 1


@cache
def _given() -> dict[str, str]:
    """Folded spelling -> the given name it is of."""
    source = resources.files("pledgetrail.resolution") / "data" / "given_names.csv"
    found: dict[str, str] = {}
    for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        for form in (row["name"], *row["spellings"].split("|")):
            if form:
                found[folded(form)] = row["name"]
    return found
