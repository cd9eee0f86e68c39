"""Two names of people: are they of one person?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pledgetrail.language import gazetteer
from pledgetrail.resolution.identity.evidence import Name, guessed_state, lexicon, like_office, listed, shared_office
from pledgetrail.resolution.identity.spelling import Likeness, given_name, likeness, one_sound, skeleton, words_of

#: Titles that are given or family names as often, and are left in a name.
_NAME_LIKE = frozenset({"shah", "khan", "king", "prince", "sultan", "pope", "marshal", "baron", "dean", "major"})
#: Those of them that go before one given name: "King Felipe" is a name of one word.
_CROWNED = frozenset({"king", "prince", "pope"})

Answer = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two names are one actor's, and why. ``rank`` orders reasons from the surest (0) to the weakest."""

    answer: Answer
    why: str
    rank: int = 9

    @property
    def same(self) -> bool:
        """The names are one actor's."""
        return self.answer == "same"


@lru_cache(maxsize=65_536)
def person_words(text: str) -> tuple[str, ...]:
    """The folded words of a person's name, without titles before it, suffixes behind it and particles within."""
    for _ in range(4):
        match = next(iter(gazetteer.roles().find(text)), None)
        if match is None or match.start > 1 or match.end >= len(text.rstrip(" .")):
            break
        if match.role in _NAME_LIKE and not (match.role in _CROWNED and len(text[match.end :].split()) == 1):
            break
        text = text[match.end :].lstrip(" .,")
    found = list(words_of(text))
    while len(found) > 1 and found[-1] in listed("suffixes"):
        found.pop()
    kept = [w for i, w in enumerate(found) if i == len(found) - 1 or w not in listed("particles")]
    return tuple(_with_abdul(kept))


def _with_abdul(words: list[str]) -> list[str]:
    """ "Abdul Fattah", "Abdel Fattah" and "Abdulfattah" as one word; "Abdul" before a family name alone stays."""
    out: list[str] = []
    for i, word in enumerate(words):
        if out and out[-1] in ("abdul", "abdel", "abdal", "abdur", "abdus", "abd") and i < len(words) - 1:
            out[-1] = "abdul" + word
        else:
            out.append(word)
    return out


def same_person(a: Name, b: Name) -> Verdict:
    """The verdict on two people's names, from their words and from what is known of states and offices.

    A difference in given names is evidence for two people; one wrong letter is overlooked only where an office or the
    state agrees; a family name alone is somebody's only with an office that one person holds. Symmetric.
    """
    ours, theirs = person_words(a.text), person_words(b.text)
    if (len(theirs), theirs) < (len(ours), ours):
        a, b, ours, theirs = b, a, theirs, ours
    if not ours or not theirs:
        return Verdict("unsure", "a name without words")
    if len(ours) == 1:
        return _lone(a, b, ours[0], theirs)
    if ours == theirs:
        marks = "" if _plain(a.text) == _plain(b.text) else " but for marks, particles or titles"
        return Verdict("same", f"same name{marks}", 0)
    if len(ours) != len(theirs) and min(map(len, ours + theirs)) > 1 and one_sound("".join(ours), "".join(theirs)):
        return Verdict("same", "same name, written together and apart", 1)
    return _full(a, b, ours, theirs)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _context(a: Name, b: Name) -> tuple[bool | None, str]:
    """Whether state and office speak for one person (True), against it (False) or not at all, and in what words."""
    office = shared_office(a, b)
    if office is not None:
        return True, f"same office at the same time ({office.title} of {office.of_name or office.of})"
    ours, theirs = a.state(), b.state()
    if ours is None or theirs is None:
        if (guess := guessed_state(a, b)) is not None:
            return True, f"same state ({guess})"
        return None, ""
    return (True, f"same state ({ours})") if ours == theirs else (False, f"different states ({ours}, {theirs})")


def _lone(a: Name, b: Name, word: str, theirs: tuple[str, ...]) -> Verdict:
    """A family name, or a name of one word, against another name."""
    office = shared_office(a, b)
    how = [likeness(word, other) for other in (theirs[-1:] if office is None else theirs[-2:])]
    if not any(how) or "initial" in how:
        return Verdict("different", f"family names differ: {a.text}, {b.text}")
    if office is not None:
        return Verdict("same", f"same family name and same office ({office.title} of {office.of_name or office.of})", 7)
    if len(theirs) == 1 and a.offices and b.offices:
        held = {(h.title, h.of) for h in a.offices} & {(h.title, h.of) for h in b.offices}
        if not held:
            return Verdict("different", "one word of a name, and different offices")
    return Verdict("unsure", "a family name alone, and no office that one person holds")


def _full(a: Name, b: Name, ours: tuple[str, ...], theirs: tuple[str, ...]) -> Verdict:
    """Two names of two words and more; ``ours`` is not the longer."""
    agreed, said = _context(a, b)
    family = likeness(ours[-1], theirs[-1])
    if family in ("variant", "slip") and _two_common(ours[-1], theirs[-1]):
        family = None
    if family is None or family == "initial":
        return _moved(a, b, ours, theirs, agreed, said)
    steps = _aligned(ours[:-1], theirs[:-1])
    if steps is None:
        return _given_differ(a, b, ours, theirs, family, agreed, said)
    worst = _worst([family, *steps.how])
    if len(ours) == len(theirs):
        return _equal_length(a, b, family, steps.how, worst, agreed, said)
    return _shorter(a, b, ours, theirs, steps, worst, family, agreed, said)


@dataclass(frozen=True, slots=True)
class _Steps:
    """How a shorter list of given names lies in a longer one."""

    how: tuple[Likeness, ...]
    first: bool  # the first of one is the first of the other
    initials: bool  # the longer one's further names are initials only


def _aligned(short: tuple[str, ...], long: tuple[str, ...]) -> _Steps | None:
    """The given names of the shorter list found in the longer one in their order, the surest way; None if they are not.

    Both lists are a few words; the search is bounded by their product.
    """
    how: list[Likeness] = []
    at = 0
    for word in short:
        while at < len(long) and likeness(word, long[at], given=True) is None:
            at += 1
        if at == len(long):
            return None
        how.append(likeness(word, long[at], given=True) or "equal")
        at += 1
    extra = len(long) - len(short)
    first = likeness(short[0], long[0], given=True) is not None
    return _Steps(tuple(how), first, bool(extra) and all(len(w) == 1 for w in long[1:]))


_ORDER: dict[Likeness, int] = {"equal": 0, "variant": 1, "short": 2, "initial": 3, "slip": 4}


def _worst(how: list[Likeness]) -> Likeness:
    return max(how, key=lambda h: _ORDER[h])


def _equal_length(
    a: Name, b: Name, family: Likeness, given: tuple[Likeness, ...], worst: Likeness, agreed: bool | None, said: str
) -> Verdict:
    slips = [family, *given].count("slip")
    if worst in ("equal", "variant", "short"):
        if agreed is False:
            return Verdict("unsure", f"forms of one name, but {said}")
        if worst == "short" and agreed is None and _common(a, b):
            return Verdict("unsure", "forms of one name that many bear, and neither office nor state agrees")
        return Verdict("same", "forms of one name" if worst == "short" else "spellings of one name", 2)
    if worst == "initial":
        if agreed is False:
            return Verdict("unsure", f"an initial agrees, but {said}")
        return Verdict("same", f"an initial for the given name{', ' + said if said else ''}", 6)
    if slips > 1 or "initial" in given:
        if slips == 2 and "initial" not in given and shared_office(a, b) is not None:
            return Verdict("same", f"{said}, and the names differ by a letter in each of two words", 5)
        return Verdict("unsure" if agreed or slips < 2 else "different", "the names differ in more than one letter")
    if agreed:
        weak = guessed_state(a, b) is not None and shared_office(a, b) is None
        return Verdict("same", f"{said}, and the names differ by one letter", 6 if weak else 4)
    if agreed is None and (office := like_office(a, b)) is not None:
        held = f"{office.title} of {office.of_name or office.of}"
        return Verdict("same", f"both {office.title}, one of them {held}, and the names differ by one letter", 6)
    if family == "slip" and agreed is None and min(len(person_words(n.text)[-1]) for n in (a, b)) >= 8:
        return Verdict("same", "the long family names differ by one letter, and the given names agree", 5)
    return Verdict("unsure", "the names differ by one letter, and neither office nor state agrees")


def _shorter(
    a: Name,
    b: Name,
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    steps: _Steps,
    worst: Likeness,
    family: Likeness,
    agreed: bool | None,
    said: str,
) -> Verdict:
    """One name has more given names than the other."""
    if family == "slip" or worst == "slip":
        if agreed and steps.first and [family, *steps.how].count("slip") == 1:
            return Verdict("same", f"{said}; a middle name is left out and one letter differs", 6)
        return Verdict("unsure", "a middle name is left out and a letter differs")
    if agreed is False:
        return Verdict("unsure", f"a given name is left out, but {said}")
    office = shared_office(a, b) is not None
    given = ours[:-1]
    if all(len(w) == 1 for w in given):
        if office:
            return Verdict("same", f"{said}, and an initial agrees", 6)
        return Verdict("unsure", "an initial against several given names")
    if steps.initials and len(given) > 1:
        return Verdict("unsure", "middle initials differ")
    otherwise = worst != "equal" and not steps.initials
    if agreed is None and (otherwise or _common(a, b) or _compound(a, b)):
        return Verdict("unsure", "a given name is left out of a common or otherwise spelled name; nothing else agrees")
    alone = len(given) == 1 and given[0] in listed("shared_first_names")
    if steps.first and not alone:
        return Verdict("same", "same name with a middle name left out", 3)
    if office or agreed and not alone and _honours(theirs):
        return Verdict("same", f"one name holds the other, and {said}", 5)
    return Verdict("unsure", "one name holds the other, and neither office nor state agrees")


def _common(a: Name, b: Name) -> bool:
    """Whether so many bear the family name that like names are no sign of one person."""
    return any(person_words(name.text)[-1] in listed("common_family_names") for name in (a, b))


def _two_common(a: str, b: str) -> bool:
    """Whether two words are two common family names ("Davies", "Davis"), not spellings of one ("Hasan", "Hassan")."""
    return {a, b} <= listed("common_family_names") and (given_name(a) is None or given_name(a) != given_name(b))


def _compound(a: Name, b: Name) -> bool:
    """Whether one family name is part of the other's: "Sanchez" of "Lopez-Sanchez"."""
    return ("-" in a.text.split()[-1]) != ("-" in b.text.split()[-1])


def _honours(words: tuple[str, ...]) -> bool:
    """Whether a name begins with a word of honour, or one that is no given name ("Makhdoom", "Mohammad")."""
    first = words[0]
    return first in listed("honours") or first in listed("shared_first_names") or given_name(first) is None


def _given_differ(
    a: Name,
    b: Name,
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    family: Likeness,
    agreed: bool | None,
    said: str,
) -> Verdict:
    """Same family name, given names not found in each other."""
    joined = likeness("".join(ours[:-1]), "".join(theirs[:-1]), given=True)
    if joined in ("equal", "variant") and len(ours) != len(theirs):
        return Verdict("same", "same given names, written together and apart", 2)
    if agreed and family in ("equal", "variant"):
        office = shared_office(a, b) is not None
        if _close("".join(ours[:-1]), "".join(theirs[:-1]), 2 if office else 1):
            return Verdict("same", f"{said}, and the given names are much alike", 5)
    return Verdict("different", f"same family name, but the given names differ: {a.text}, {b.text}")


def _close(a: str, b: str, letters: int) -> bool:
    """Long given names that have the same consonants or are so many letters apart; two known names never are."""
    if given_name(a) and given_name(b) or a[0] != b[0] or min(len(a), len(b)) < 6:
        return False
    from rapidfuzz.distance import DamerauLevenshtein

    return skeleton(a) == skeleton(b) or DamerauLevenshtein.distance(a, b, score_cutoff=letters) <= letters


def _moved(a: Name, b: Name, ours: tuple[str, ...], theirs: tuple[str, ...], agreed: bool | None, said: str) -> Verdict:
    """Family names differ: another order of the words, or a second family name behind the first."""
    if len(ours) == len(theirs) and sorted(ours) == sorted(theirs):
        first = a.state() in lexicon()["family_name_first"] or b.state() in lexicon()["family_name_first"]
        if shared_office(a, b) is not None or (first and agreed is not False):
            return Verdict("same", "same words in another order", 3)
        return Verdict("unsure", "same words in another order")
    if len(ours) < len(theirs):
        steps = _aligned(ours, theirs)
        if steps is not None and steps.first and _worst(list(steps.how)) in ("equal", "variant"):
            if agreed:
                return Verdict("same", f"one name goes on behind the other, and {said}", 5)
            return Verdict("unsure", "one name goes on behind the other")
    return Verdict("different", f"family names differ: {a.text}, {b.text}")
