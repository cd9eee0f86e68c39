"""The grammar of time expressions: from words to a spec (``dating``), without resolving it.

The reader looks at a place only if the word there is in the lexicon or is a figure, and every pattern is bounded, so
the time taken grows linearly with the text, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Final, NamedTuple

from pledgetrail.language.lexicon import load
from pledgetrail.language.numerals import tens, units
from pledgetrail.language.relativerules import read_point, read_the_unit, rules, second_words
from pledgetrail.language.timerules import Pattern, alternation, day_number, months
from pledgetrail.language.timespecs import Open, Part, Point, Range, Shift, Spec, Vague, Window

_SPLIT: Final = re.compile(r"([A-Za-z]+|[0-9]+)")
_TOKEN: Final = re.compile(r"[A-Za-z]+|[0-9]+")


class Reading(NamedTuple):
    """A time expression where it stands: ``text[start:end]`` and its meaning."""

    start: int
    end: int
    spec: Spec


class _Grammar(NamedTuple):
    """The words by which an expression can begin, and the patterns that join points to intervals."""

    openers: dict[str, str]
    parts: dict[str, Part]
    opener: re.Pattern[str]
    part: re.Pattern[str]
    vague: re.Pattern[str]
    opener_words: frozenset[str]
    part_words: frozenset[str]
    vague_words: frozenset[str]
    starters: frozenset[str]
    second: dict[str, frozenset[str]]


@cache
def _grammar() -> _Grammar:
    data = load("times.toml")
    openers = {word: side for side, words in data["openers"].items() for word in words}
    parts: dict[str, Part] = {word: part for part, words in data["parts"].items() for word in words}
    phrases = data["vague"]["phrases"]

    def first(words: dict[str, str] | dict[str, Part] | list[str]) -> frozenset[str]:
        return frozenset(word.split()[0] for word in words)

    about = frozenset(("around", "about", "circa", "ca"))
    starters = frozenset(rules()) | first(openers) | first(parts) | first(phrases) | about | {"between"}
    second = _second_words(starters, openers, parts, phrases)
    return _Grammar(
        openers,
        parts,
        re.compile(rf"({alternation(openers)})\s{{1,3}}(?:the\s)?(?=[\w'])", re.IGNORECASE),
        re.compile(rf"({alternation(parts)})(?:\s?[-–]\s?|\s{{1,3}})(?:on\s|in\s)?(?=[\w'])", re.IGNORECASE),
        re.compile(rf"(?:{alternation(phrases)})\b", re.IGNORECASE),
        first(openers),
        first(parts),
        first(phrases),
        frozenset(form for word in starters for form in (word, word.capitalize(), word.upper())),
        second,
    )


_UNITS: Final = frozenset("day week month quarter year decade few couple".split())


def _second_words(
    starters: frozenset[str], openers: dict[str, str], parts: dict[str, Part], phrases: list[str]
) -> dict[str, frozenset[str]]:
    """For common first words (and figures, under "0") the words that may follow; figures may always."""
    second = dict.fromkeys([*(w.split()[0] for w in openers), "around", "about", "circa", "between"], starters)
    second["in"] = starters - {"the", "in"}
    second["the"] = second_words() | _second(parts) | _second(phrases)
    second["that"] = second["a"] = second["an"] = _UNITS | _second(phrases)
    counted = _UNITS | {f"{unit}s" for unit in _UNITS} | {"more", "full", "calendar", "short"}
    for word in ("some", "many", "several", "few", *units(), *tens()):
        second[word] = counted | set(units())
    second["0"] = counted | set(months()) | set("st nd rd th and to or through of the".split())
    for word in (
        "up",
        "no",
        "not",
        "prior",
        "as",
        "ahead",
        "on",
        "ever",
        "middle",
        "end",
        "start",
        "beginning",
        "close",
    ):
        second[word] = _second([*openers, *parts]) | (starters if word == "beginning" else frozenset())
    for word in ("first", "second", "third", "fourth", "final"):
        second[word] = frozenset(("quarter", "half"))
    return second


def _second(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(words[1] for words in map(str.split, phrases) if len(words) > 1)


_ABOUT: Final = re.compile(r"(?:around|about|circa|ca\.?)\s{1,2}(?:the\s)?(?=[\dA-Z])", re.IGNORECASE)
_RANGE_OPEN: Final = re.compile(r"(from|between)\s{1,3}(?:the\s)?(?=[\w'])", re.IGNORECASE)
_JOINER: Final = re.compile(
    r"\s{0,2}(?:--?|–|—)\s{0,2}(?=[\w'])|(?:,?\s{1,3}and)?\s{1,3}(?P<word>to|until|till|through|up\sto|and)\s{1,3}(?:on\s)?(?:the\s)?(?=[\w'])",
    re.IGNORECASE,
)
_BARE_DAY: Final = Pattern(
    lambda: r"DAY(?=LINK(?:DAY)[\s-]{0,2}(?:of\s)?MONTH)|DAY(?=\s(?:to|until|and|through)\sDAY\s(?:of\s)?MONTH)"
)


def read_times(text: str) -> list[Reading]:
    """All time expressions of a text, in order, without overlap."""
    grammar = _grammar()
    starters, second = grammar.starters, grammar.second
    readings: list[Reading] = []
    last = end = 0
    parts = _SPLIT.split(text)  # what lies between, token, what lies between, token ...
    parts.append("")
    for index in range(1, len(parts) - 1, 2):
        token = parts[index]
        start = end + len(parts[index - 1])
        end = start + len(token)
        if start < last or (token not in starters and token[0] > "9"):
            continue
        allowed = second.get(token.lower() if token[0] > "9" else "0" if len(token) < 4 else "")
        if allowed is not None:
            following = parts[index + 2].lower()
            if following not in allowed and not following[:1].isdecimal():
                continue
        if start and (text[start - 1].isalnum() or text[start - 1] in "_@"):
            continue
        read = read_time(text, start)
        if read:
            readings.append(Reading(start, read[1], read[0]))
            last = read[1]
    return readings


def read_time(text: str, pos: int) -> tuple[Spec, int] | None:
    """The time expression that begins at this place, with its opener and range."""
    grammar = _grammar()
    word = _first_word(text, pos)
    if word in ("from", "between"):
        return _read_range(text, pos) or (_read_open(text, pos, grammar) if word == "from" else None)
    if word in grammar.opener_words:
        read = _read_open(text, pos, grammar)
        if read:
            return read
    read = _read_narrowed(text, pos, grammar)
    if read is None:
        if word in grammar.vague_words:
            found = grammar.vague.match(text, pos)
            if found:
                return Vague(), found.end()
        return None
    return _join(text, *read, grammar)


def _first_word(text: str, pos: int) -> str:
    token = _TOKEN.match(text, pos, pos + 16)
    return token[0].lower() if token else ""


def _read_narrowed(text: str, pos: int, grammar: _Grammar) -> tuple[Spec, int] | None:
    """A point, with "early", "the end of" or "about" before it."""
    word = _first_word(text, pos)
    if word in grammar.part_words:
        found = grammar.part.match(text, pos)
        if found:
            part = grammar.parts[" ".join(found[1].lower().split())]
            read = (
                read_point(text, found.end()) or ("of" in found[1].lower() and read_the_unit(text, found.end())) or None
            )
            if read and isinstance(read[0], Point | Shift):
                return replace(read[0], part=part), read[1]
            if read and isinstance(read[0], Vague):
                return read
    if word in ("around", "about", "circa", "ca"):
        found = _ABOUT.match(text, pos)
        read = read_point(text, found.end()) if found else None
        return (replace(read[0], about=True), read[1]) if read and isinstance(read[0], Point) else None
    return read_point(text, pos)


def _read_open(text: str, pos: int, grammar: _Grammar) -> tuple[Spec, int] | None:
    found = grammar.opener.match(text, pos)
    if not found:
        return None
    read = _read_narrowed(text, found.end(), grammar) or _read_after_the(text, found, grammar)
    if not read:
        return None
    spec, end = _join(text, *read, grammar)
    side = grammar.openers[" ".join(found[1].lower().split())]
    if isinstance(spec, Range):  # "by 2015-16", "from 2004-05": the pair of years as one
        return (Open(spec.last, "to"), end) if side == "to" else (Open(spec.first, "from"), end)
    if isinstance(spec, Point | Shift | Window):
        return Open(spec, "from" if side == "from" else "to"), end
    return spec, end


def _read_after_the(text: str, found: re.Match[str], grammar: _Grammar) -> tuple[Spec, int] | None:
    """Try again from the article that the opener took ("by the end of the year", "since the weekend")."""
    the = text.rfind("the", found.start(), found.end())
    return _read_narrowed(text, the, grammar) if the > found.start() else None


def _read_range(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "from X to Y", "between X and Y"."""
    found = _RANGE_OPEN.match(text, pos)
    if not found:
        return None
    read = _end_of_range(text, found.end())
    if not read:
        return None
    if isinstance(read[0], Range):
        return read
    joiner = _JOINER.match(text, read[1])
    if not joiner or (joiner["word"] or "").lower() == "and" and found[1].lower() != "between":
        return None
    last = _end_of_range(text, joiner.end())
    if not last or not _is_end(read[0]) or not _is_end(last[0]):
        return None
    return Range(read[0], last[0]), last[1]  # type: ignore[arg-type]


def _end_of_range(text: str, pos: int) -> tuple[Spec, int] | None:
    day = _BARE_DAY.match(text, pos)
    if day:
        calendar = read_point(text, pos)
        return calendar or (Point(day=day_number(day[0])), day.end())
    return _read_narrowed(text, pos, _grammar())


def _is_end(spec: Spec) -> bool:
    return isinstance(spec, Point | Shift | Window)


def _join(text: str, spec: Spec, end: int, grammar: _Grammar) -> tuple[Spec, int]:
    """Take in the second half of a range without an opening word: "May 5 - May 9, 2022", "July to September"."""
    if not isinstance(spec, Point) or (spec.weekday is not None and spec.month is None):
        return spec, end
    joiner = _JOINER.match(text, end)
    if not joiner or (joiner["word"] or "").lower() == "and":
        return spec, end
    if spec.day is None and spec.month is None and spec.year is None:
        return spec, end
    last = _read_narrowed(text, joiner.end(), grammar)
    if last and isinstance(last[0], Point) and _same_kind(spec, last[0]):
        return Range(spec, last[0]), last[1]
    return spec, end


def _same_kind(first: Point, last: Point) -> bool:
    return (
        (first.day is None) == (last.day is None)
        and (first.month is None) == (last.month is None)
        and last.season == first.season
        and last.weekday is None
    )
