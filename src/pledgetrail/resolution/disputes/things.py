"""What a number is about, read from its own sentence: population, place, occasion; or that it stands for itself.

Ages, rates, shares ("four of the wounded"), additions ("another 20") and vague numbers ("hundreds") are no claims that
another could contradict, and give nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from pledgetrail.language.forms import fold_lower
from pledgetrail.language.gazetteer import find, lookup
from pledgetrail.records import Figure, Span, Statement
from pledgetrail.resolution.disputes.populations import (
    counts_occasions,
    data,
    occasions_of,
    place_key,
    population,
    words_of,
)

#: Nobody is older.
_OLDEST: Final = 115
_PLACES: Final = frozenset({"state", "region", "city", "capital"})
#: A place that stands beside one that the gazetteer does not know: "Jableh and Tartous".
_BESIDE: Final = re.compile(r"\s+and\s+([A-Z][\w'-]+)")
#: Other dead than those told before. Other injured are mostly others than the dead.
_OTHER: Final = re.compile(r"\s+others?\b")
#: "Eight of nine soldiers" is a share.
_OF_NUMBER: Final = r"of\s+(?:\d+|two|three|four|five|six|seven|eight|nine|ten)"
_JOINS: Final = re.compile(r",?\s+(?:and|&)\s+(?:\w+ern\s+)?|,\s+")


@dataclass(frozen=True, slots=True)
class Thing:
    """What a number is about. Only claims about one thing are set side by side."""

    measure: str
    classes: tuple[str, ...]
    sides: tuple[str, ...]
    money: str | None  # the currency, for money
    place: str | None = None
    occasions: tuple[str, ...] = ()
    around: tuple[str, ...] = ()  # other places that the sentence names
    given: str = ""  # for sums: by whom
    objects: tuple[str, ...] = ()  # for sums: words of what they are for

    @property
    def where(self) -> tuple[str, ...]:
        """The sides, or else the place."""
        return self.sides or ((self.place,) if self.place else ())

    @property
    def name(self) -> str:
        """In words: "killed: civilians (Azerbaijan), in Nagorno-Karabakh"."""
        whose = f" ({', '.join(self.sides)})" if self.sides else ""
        what = " and ".join(self.classes) + whose
        said = f"{self.measure}: {what}" if what else " ".join(part for part in (self.measure, self.given) if part)
        where = f"{'for' if self.given else 'in'} {self.place}" if self.place and self.place not in self.sides else ""
        return ", ".join(part for part in (said, where) if part)


def thing_of(figure: Figure, title: str = "") -> Thing | None:
    """What a figure is about; None where nothing tells, or nothing can be set against it.

    The occasion is what the sentence names, or else ``title``, the report's.
    """
    sentence = sentence_of(figure)
    before, after = _around(sentence, figure.trigger)
    if _is_age(before, after, figure.trigger.quote) or _stands_alone(before, after, figure.trigger.quote):
        return None
    if _is_single(figure) or counts_occasions(after) or (figure.measure == "killed" and _OTHER.match(after)):
        return None
    counted = population(figure.measure, figure.unit, after)
    if counted is None:
        return None
    place = _place(figure, sentence)
    own = {*counted.sides, *((place or "").split(" and "))}
    return Thing(
        figure.measure,
        counted.classes,
        counted.sides,
        figure.currency,
        place,
        occasions_of(sentence.quote) or occasions_of(title),
        tuple(sorted(_named(sentence.quote) - own)),
    )


def sentence_of(statement: Statement) -> Span:
    """The sentence that tells a statement best, or else the words that it hangs on."""
    return statement.evidence[0] if statement.evidence else statement.trigger


def is_earlier(sentence: str) -> bool:
    """Whether a sentence speaks of an earlier occasion in words that tell no day ("earlier this year")."""
    folded = fold_lower(sentence)
    return any(phrase in folded for phrase in data()["earlier"]["phrases"])


def _around(sentence: Span, number: Span) -> tuple[str, str]:
    """The sentence before and after a number; nothing where the number stands elsewhere."""
    if sentence.document != number.document or not sentence.start <= number.start <= sentence.end:
        return "", ""
    at = number.start - sentence.start
    return sentence.quote[:at], sentence.quote[at + len(number.quote) :]


def _is_age(before: str, after: str, number: str) -> bool:
    """Whether a bare number between a name and a comma is somebody's age ("Sergeant Lee, 34, was killed")."""
    if not number.isdecimal() or int(number) > _OLDEST:
        return False
    opened = before.rstrip().endswith((",", "aged", "age", "("))
    return opened and after.lstrip().startswith((",", ".", ";", ")", "and", "years"))


@cache
def _alone() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What stands before an addition, after a share or a rate, and in a vague number."""
    apart = data()["apart"]
    before, after, vague = ("|".join(map(re.escape, apart[key])) for key in ("before", "after", "vague"))
    return (
        re.compile(rf"\b(?:{before})\W+(?:\w+\s+)?$"),
        re.compile(rf"^\s*(?:{after}|{_OF_NUMBER})\b|^\W*(?:\w+\W+){{0,3}}(?:{'|'.join(apart['rates'])})\b"),
        re.compile(rf"\b(?:{vague})\b"),
    )


def _stands_alone(before: str, after: str, number: str) -> bool:
    addition, share, vague = _alone()
    return bool(addition.search(fold_lower(before)) or share.search(fold_lower(after)) or vague.search(number.lower()))


def _is_single(figure: Figure) -> bool:
    """Whether a figure is of one person, thus mostly of somebody whom the report tells of: "one victim was treated"."""
    return figure.value == 1 and figure.qualifier is None and figure.currency is None


def _place(figure: Figure, sentence: Span) -> str | None:
    """The place of a figure; of "in Syria and Iraq", both. A "Britain-based" observer is in no place of the figure."""
    name = figure.of or next(iter(figure.places), None)
    if name is None or not is_place(name):
        return None
    spans = figure.cells.get("of") or figure.cells.get("places") or ()
    if not spans or spans[0].document != sentence.document:
        return place_key(name)
    start, end = spans[0].start - sentence.start, spans[0].end - sentence.start
    if start >= 0 and sentence.quote[end:].startswith("-based"):
        return None
    if start >= 0 and lookup(name) is None and (beside := _BESIDE.match(sentence.quote, end)):
        return " and ".join(sorted((place_key(name), place_key(beside[1]))))
    return " and ".join(joined_places(name, sentence.quote, start, end))


def is_place(name: str) -> bool:
    """Whether a name can be a place: "Government" and the army's name are none."""
    entry = lookup(name)
    if entry is not None:
        return entry.kind in _PLACES or entry.kind == "nationality"
    return not set(words_of(name)) & set(data()["not_places"]["words"])


def joined_places(name: str, sentence: str, start: int, end: int) -> tuple[str, ...]:
    """A place at ``sentence[start:end]`` with those that "and" joins to it, by their keys, in order."""
    found = [m for m in find(sentence) if m.entry.kind in _PLACES]
    here = next((i for i, m in enumerate(found) if m.start < end and start < m.end), None)
    if here is None:
        return (place_key(name),)
    first = last = here
    while first > 0 and _JOINS.fullmatch(sentence[found[first - 1].end : found[first].start]):
        first -= 1
    while last + 1 < len(found) and _JOINS.fullmatch(sentence[found[last].end : found[last + 1].start]):
        last += 1
    run = found[first : last + 1]
    # a list without "and" is "Homs, Syria": a place within a place
    if not any(" and " in sentence[a.end : b.start] for a, b in pairwise(run)):
        return (place_key(name),)
    return tuple(sorted({place_key(sentence[m.start : m.end]) for m in run}))


def _named(sentence: str) -> set[str]:
    return {
        m.entry.name for m in find(sentence) if m.entry.kind in _PLACES and not sentence[m.end :].startswith("-based")
    }
