"""Rules of the times grammar for dates, months, weekdays and years.

A rule reads at one place of the text, ``rule(text, pos) -> (spec, end) | None``; all its repetitions are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from pledgetrail.language.lexicon import load
from pledgetrail.language.timespecs import Point, Range, Spec

Rule = Callable[[str, int], "tuple[Spec, int] | None"]

_YEAR: Final = r"(?:1[6-9]|20)\d\d(?!\d|[.,]\d|%|[-–/]\d)"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])(?!\d|[.:]\d|,\d{1,3}(?!\d)|\s?%)(?:\s?(?:st|nd|rd|th)\b)?"
_LINK: Final = r"\s{0,2}(?:-|–|/|\bto\b|\band\b|\bor\b|\bthrough\b|&)\s{0,2}"
_TAIL: Final = r"(?:\s{0,2},?\s{0,3}(?P<year>YEAR)|\s{1,2}(?:of\s)?(?P<rel>this|last|next)\syear\b)?"
_NOT_COUNT: Final = r"(?!\s(?:[a-z]{2,20}s|people|children|men|women|million|billion|per)\b)"


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest first, with any white space between their parts."""
    return "|".join(re.escape(w).replace(r"\ ", r"\s{1,3}") for w in sorted(words, key=len, reverse=True))


@cache
def months() -> dict[str, int]:
    """Month names and abbreviations, in small letters, with their numbers."""
    return {name.lower(): m["number"] for m in load("months.toml")["month"] for name in m["names"]}


@cache
def weekdays() -> dict[str, int]:
    """Weekday names and abbreviations, in small letters, Monday being 0."""
    data = load("months.toml")
    return {**data["weekdays"], **data["weekdays_short"]}


@cache
def _month() -> str:
    return rf"(?:{alternation(months())})\b\.?"


def month_number(word: str) -> int | None:
    """The number of a month's name as written; None unless it begins with a capital."""
    return months().get(word.rstrip(". ").lower()) if word[:1].isupper() else None


def day_number(words: str) -> int:
    """The number in "13", "13th" or "13 th"."""
    return int("".join(c for c in words if c.isdecimal()))


class Pattern:
    """A regular expression compiled at first use, without regard to case. Its source is given by a function, since the
    lexicon is read at first use too. ``MONTH``, ``DAY``, ``YEAR``, ``LINK`` and ``TAIL`` are spelled out: TAIL is what
    may follow a day and month, a year or "this year".
    """

    __slots__ = ("_compiled", "_source")

    def __init__(self, source: Callable[[], str]) -> None:
        self._source = source
        self._compiled: re.Pattern[str] | None = None

    def match(self, text: str, pos: int) -> re.Match[str] | None:
        """The match at this place, as ``re.Pattern.match``."""
        if self._compiled is None:
            pattern = self._source()
            for name, value in (("TAIL", _TAIL), ("MONTH", _month()), ("DAY", _DAY), ("YEAR", _YEAR), ("LINK", _LINK)):
                pattern = pattern.replace(name, value)
            self._compiled = re.compile(pattern, re.IGNORECASE)
        return self._compiled.match(text, pos)


def previous_word(text: str, pos: int) -> str:
    """The word before a place, in small letters ("" at the start or after a mark other than a comma or hyphen)."""
    found = _PREVIOUS.search(text[max(0, pos - 24) : pos])
    return found[1].lower() if found else ""


_PREVIOUS: Final = re.compile(r"([A-Za-z']+)[ \t\n\xa0,-]{1,3}\Z")
RELATIVE: Final = {"last": -1, "this": 0, "next": 1}


#: Figures that can begin a date: four of them, or one or two before a mark, a link or a month.
_DATE_LIKE: Final = Pattern(
    lambda: r"\d{4}(?!\d|,\d|\.\d)|\d{1,2}(?:[/.]\d|\s?(?:st|nd|rd|th)\b|LINK\d|[\s-]{0,2}(?:of\s)?(?:the\s)?MONTH)"
)
_MONTH_DAY: Final = Pattern(
    lambda: r"(?P<month>MONTH)\s{0,3}(?:the\s)?(?P<day>DAY)" rf"(?:LINK(?P<day2>DAY)(?!\s?MONTH){_NOT_COUNT})?TAIL"
)
_DAY_MONTH: Final = Pattern(
    lambda: r"(?P<day>DAY)(?:LINK(?P<day2>DAY))?[\s-]{0,2}(?:of\s)?(?:the\s)?(?P<month>MONTH)TAIL"
)
_MONTH_ALONE: Final = Pattern(lambda: r"(?P<month>MONTH)TAIL")
_WEEKDAY: Final = Pattern(
    lambda: (
        rf"(?P<day_name>{alternation(weekdays())})\b\.?"
        r"(?P<hours>\s(?:morning|afternoon|evening|night)\b)?"
    )
)
_THEN_DATE: Final = Pattern(lambda: r"\s{0,2},?\s{1,3}(?:on\s)?(?:the\s)?(?=[\dA-Z])")
_ISO: Final = Pattern(lambda: r"(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?![-\d]|,\d)")
_SLASHED: Final = Pattern(lambda: r"(\d{1,2})([/.])(\d{1,2})\2((?:19|20)\d\d|(?<=/)\d\d)(?![\d/])")
_YEARS: Final = Pattern(lambda: r"((?:1[6-9]|20)\d\d)\s?[-–/]\s?((?:1[6-9]|20)\d\d|\d\d)(?!\d|,\d|[-/.]\d|%)")
_DECADE: Final = Pattern(lambda: r"((?:1[6-9]|20)\d)0s\b")
_YEAR_ALONE: Final = Pattern(lambda: r"YEAR(?![\w°])(?!-\w)")
_COUNTED_AFTER: Final = Pattern(lambda: _COUNTED)


# --- days and months ---------------------------------------------------------------------------------


def read_calendar(text: str, pos: int) -> tuple[Point | Range, int] | None:
    """A day with its month ("Jan. 13", "13 January 2021", "July 10 and 11, 2025"), or a month with its year."""
    found = _MONTH_DAY.match(text, pos) or _DAY_MONTH.match(text, pos)
    if not found:
        return None
    month = month_number(found["month"])
    if month is None:
        return None
    point = Point(month=month, day=day_number(found["day"]), **_tail(found))
    if found["day2"]:
        last = Point(month=month, day=day_number(found["day2"]), **_tail(found))
        return Range(point, last), found.end()
    return point, found.end()


def _tail(found: re.Match[str]) -> dict[str, Any]:
    year, rel = found["year"], found["rel"]
    return {"year": int(year) if year else None, "year_shift": RELATIVE[rel.lower()] if rel else None}


def read_month(text: str, pos: int) -> tuple[Spec, int] | None:
    """A month with or without its year; words such as "May" need a lead-in word if they stand alone."""
    found = _MONTH_ALONE.match(text, pos)
    month = month_number(found["month"]) if found else None
    if not found or month is None:
        return None
    tail = _tail(found)
    if tail["year"] is None and tail["year_shift"] is None and not _month_stands(text, pos, found["month"]):
        return None
    return Point(month=month, **tail), _trim(text, found)


def _trim(text: str, found: re.Match[str]) -> int:
    """The end of a match without a full stop that ends the sentence rather than a month's abbreviation."""
    end = found.end()
    if text[end - 1] == "." and len(found["month"].rstrip(".")) > 4:
        return end - 1
    return end


def _month_stands(text: str, pos: int, name: str) -> bool:
    bare = load("months.toml")["bare"]
    return name.rstrip(".").lower() not in bare["ambiguous"] or previous_word(text, pos) in bare["lead_in"]


def read_month_start(text: str, pos: int) -> tuple[Spec, int] | None:
    """What begins with a month's name."""
    return (read_calendar(text, pos) or read_month(text, pos)) if text[pos].isupper() else None


def read_weekday(text: str, pos: int) -> tuple[Spec, int] | None:
    """A weekday, with the part of the day, and with a date that follows it ("Friday, May 6")."""
    if not text[pos].isupper():
        return None
    found = _WEEKDAY.match(text, pos)
    if not found:
        return None
    if previous_word(text, pos) in load("times.toml")["names"]["weekday_names"]:
        return None
    name = found["day_name"].lower()
    weekday = weekdays()[name]
    data = load("months.toml")
    follows = _THEN_DATE.match(text, found.end())
    date = read_calendar(text, follows.end()) if follows else None
    if date and isinstance(date[0], Point):
        point = date[0]
        return Point(point.year, point.month, point.day, weekday, year_shift=point.year_shift), date[1]
    if name in data["weekdays_short"] or (found["hours"] is None and text[found.end() - 1] == "."):
        return (Point(weekday=weekday), found.end() - 1) if name in data["weekdays"] else None
    return Point(weekday=weekday), found.end()


# --- figures -----------------------------------------------------------------------------------------


def read_figures(text: str, pos: int) -> tuple[Spec, int] | None:
    """What begins with figures: dates in figures, "13 January", years and pairs of years, decades."""
    if pos and (text[pos - 1] in "$£€¥₹#/.:+@" or (text[pos - 1] == "," and text[pos - 2 : pos - 1].isdecimal())):
        return None
    if not _DATE_LIKE.match(text, pos):
        return None
    return (
        _read_iso(text, pos)
        or _read_slashed(text, pos)
        or read_calendar(text, pos)
        or read_years(text, pos)
        or _read_decade(text, pos)
        or read_year(text, pos)
    )


def _read_iso(text: str, pos: int) -> tuple[Spec, int] | None:
    found = _ISO.match(text, pos)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    if not found[3] and month > year % 100:  # "2005-10" and "2011-12" are pairs of years
        return None
    return Point(year, month, int(found[3]) if found[3] else None), found.end()


def _read_slashed(text: str, pos: int) -> tuple[Spec, int] | None:
    """Day and month in figures with the year. Day first, unless the second number can only be a day."""
    found = _SLASHED.match(text, pos)
    if not found:
        return None
    day, month, year = int(found[1]), int(found[3]), int(found[4])
    if len(found[4]) == 2:
        year += 2000 if year < 70 else 1900
    if month > 12:
        day, month = month, day
    return (Point(year, month, day), found.end()) if 1 <= month <= 12 and 1 <= day <= 31 else None


def read_years(text: str, pos: int) -> tuple[Spec, int] | None:
    """Two years in one: "2012-13", "1994/95", "2021-2025"."""
    found = _YEARS.match(text, pos)
    if not found:
        return None
    first, last = int(found[1]), int(found[2])
    if last < 100:
        last += first - first % 100 + (100 if last < first % 100 else 0)
    return (Range(Point(first), Point(last)), found.end()) if 0 < last - first <= 60 else None


def _read_decade(text: str, pos: int) -> tuple[Spec, int] | None:
    found = _DECADE.match(text, pos)
    return (Point(decade=f"{found[1]}X"), found.end()) if found else None


_YEAR_LEAD: Final = frozenset(
    "in since until till by from during through before after early late mid between to and year fiscal around circa"
    " summer winter spring autumn fall for the a of this last or".split()
)
_YEAR_CERTAIN: Final = frozenset("in since until till by during through before early late mid year the a circa".split())
_COUNT_LEAD: Final = frozenset(
    "least most than over about some nearly almost up many approximately roughly only estimated another further "
    "additional under around total exactly".split()
)
_COUNTED: Final = (
    r"\s(?:[a-z]{3,20}\s)?(?:people|personnel|men|women|children|staff|troops|police|percent|per\scent|million|billion"
    r"|tonnes|tons|km|kilometers|kilometres|miles|meters|metres|hectares|acres|soldiers|refugees|homes|houses|dead)\b"
    r"|\s[a-z]{4,20}[^su\W]s\b"
)


def read_year(text: str, pos: int) -> tuple[Spec, int] | None:
    """A year in figures, unless its neighbours make it a count ("more than 2000 troops")."""
    found = _YEAR_ALONE.match(text, pos)
    if not found or (
        pos and text[pos - 1] == "-" and previous_word(text, pos) not in ("mid", "early", "late", "pre", "post")
    ):
        return None
    before = previous_word(text, pos)
    counted = _COUNTED_AFTER.match(text, found.end()) is not None
    if before in _COUNT_LEAD and (counted or before not in ("over", "around", "about", "under")):
        return None
    if counted and before not in _YEAR_CERTAIN and not _in_parentheses(text, pos):
        return None
    return Point(year=int(found[0])), found.end()


def _in_parentheses(text: str, pos: int) -> bool:
    return pos > 0 and text[pos - 1] in "(["
