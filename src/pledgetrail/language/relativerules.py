"""Rules of the times grammar for what is counted from the report's date, and for seasons, quarters and fiscal years.

A rule reads at one place of the text, ``rule(text, pos) -> (spec, end) | None``; all its repetitions are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final, Literal

from pledgetrail.language.lexicon import load
from pledgetrail.language.numerals import small_number, tens, units
from pledgetrail.language.timerules import (
    RELATIVE,
    Pattern,
    Rule,
    alternation,
    months,
    previous_word,
    read_calendar,
    read_figures,
    read_month_start,
    read_weekday,
    read_year,
    read_years,
)
from pledgetrail.language.timespecs import Point, Range, Shift, Spec, Unit, Vague, Window

_UNIT: Final = r"(?P<unit>day|week|weekend|month|quarter|year|decade)"


def seasons() -> dict[str, int]:
    """Names of seasons, in small letters, with their EDTF codes."""
    return dict(load("months.toml")["seasons"])


def _named() -> str:
    data = load("months.toml")
    return alternation([*data["weekdays"], *data["seasons"], *months()])


@cache
def _number() -> str:
    ones = [w for w in units() if w != "zero"]
    return rf"(?:\d{{1,3}}|an?|(?:{alternation(tens())})(?:[\s-](?:{alternation(ones)}))?|{alternation(ones)})"


_SHIFT: Final = Pattern(
    lambda: (
        r"(?:(?P<side>earlier|later)\s(?:on\s)?)?"
        rf"(?P<how>{alternation(load('times.toml')['shifts'])})\s{{1,3}}"
        rf"(?:(?P<coming>coming|past)\s)?(?P<fiscal>(?:financial|fiscal|budget|calendar|academic|school)\s)?"
        rf"(?:{_UNIT}|(?P<name>{_named()}))\b(?P<hours>\s(?:morning|afternoon|evening|night)\b)?(?!-)"
    )
)
_DAY_WORD: Final = Pattern(lambda: rf"(?:(?:earlier|later)\s)?({alternation(load('times.toml')['days'])})\b(?!-)")
_DAY_THEN_DATE: Final = Pattern(lambda: r"\s?,\s(?:on\s)?(?=[\dA-Z])")
_AGO: Final = Pattern(
    lambda: (
        rf"(?:(?P<n>{_number()})(?:\sand\sa\shalf)?"
        r"|(?P<vague>a\sfew|few|several|some|a\scouple\sof|many|(?=(?:day|week|month|year|decade)s)))"
        rf"\s{{0,2}}(?:(?:more|full|calendar|short)\s)?{_UNIT}s?\s"
        r"(?P<how>ago|from\snow|hence|earlier|later|before|after|afterwards?|previously|on)\b"
    )
)
_WINDOW: Final = Pattern(
    lambda: (
        r"(?P<lead>within\s(?:a\speriod\sof\s)?|in\s(?!the\b))?(?:the\s)?"
        r"(?P<how>last|past|previous|next|coming|following|first)?\s?"
        rf"(?:(?P<n>{_number()})|(?P<vague>few|several|couple\sof|a\sfew|many|some|(?=(?:day|week|month|year)s)))"
        rf"[\s-]{{0,2}}(?:(?:full|calendar|short|consecutive|financial|fiscal|straight)\s)?"
        rf"{_UNIT}s?\b(?!-|\sold)(?!\s(?:ago|earlier|later|before|after)\b)"
    )
)
_SEASON: Final = Pattern(lambda: rf"(?P<name>{alternation(seasons())})\b(?:\s(?:of\s)?(?P<year>YEAR))?")
_SEASON_OTHER: Final = Pattern(lambda: r"\s(?:of|olympic|games|school|[a-z]+s)\b")
_QUARTER: Final = Pattern(
    lambda: (
        r"(?:q(?P<q>[1-4])|(?:the\s)?(?P<nth>first|second|third|fourth|final|last)"
        r"[\s-](?P<unit>quarter|half))\b"
        r"(?:\s{0,2},?\s?(?:(?:of|in)\s)?(?:(?P<year>YEAR)"
        r"|(?:the\s)?(?P<fiscal>fiscal|financial)\s(?:year\s)?(?:YEAR)?|(?P<rel>this|the|last|next)\s(?:calendar\s)?year\b))?"
    )
)
_FISCAL: Final = Pattern(lambda: r"(?:FY|(?:fiscal|financial|budget)(?:\syear)?)\s?'?(?=\d)")
_FISCAL_SHORT: Final = Pattern(lambda: r"(\d\d)(?:[-/](\d\d))?(?!\d|[,.]\d)")
_THE_UNIT: Final = Pattern(lambda: rf"(?:the\s)?(?P<fiscal>(?:financial|fiscal)\s)?{_UNIT}\b(?!-)")
_THE_WEEKEND: Final = Pattern(lambda: r"the\sweekend\b(?!\s(?:of|before|after)\b)")


def read_shift(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "last year", "this week", "the coming month", "last Friday", "next July", "earlier this year"."""
    found = _SHIFT.match(text, pos)
    if not found:
        return None
    how = " ".join(found["how"].lower().split())
    amount: int = load("times.toml")["shifts"][how]
    if found["fiscal"] and found["fiscal"].lower().strip() != "calendar":
        return Vague(), found.end()
    if found["name"]:
        return _shift_named(found, amount)
    unit = _unit(found)
    if unit == "day" or how == "the previous":
        return None
    if how.startswith("the ") and amount and unit not in ("weekend", "quarter"):
        return Window(unit, amount, interval=True), found.end()
    side: Literal["earlier", "later"] | None = None
    if found["side"]:
        side = "earlier" if found["side"].lower() == "earlier" else "later"
    return Shift(unit, amount if not found["coming"] else 1, side=side), found.end()


def _shift_named(found: re.Match[str], amount: int) -> tuple[Spec, int] | None:
    name = found["name"].lower()
    data = load("months.toml")
    if name in data["seasons"]:
        return Point(season=data["seasons"][name], shift=amount), found.end()
    if not found["name"][0].isupper():
        return None
    if name in data["weekdays"]:
        return Point(weekday=data["weekdays"][name], shift=1 if found["coming"] else amount), found.end()
    return Point(month=months()[name], shift=amount), found.end()


def read_day_word(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "today", "yesterday", "last night", with a date that repeats them ("tomorrow, December 21")."""
    days: dict[str, int] = load("times.toml")["days"]
    found = _DAY_WORD.match(text, pos)
    if not found or (text[pos] == "T" and text[pos - 4 : pos - 1] == "USA"):
        return None
    date = _DAY_THEN_DATE.match(text, found.end())
    read = read_calendar(text, date.end()) if date else None
    return read or (Shift("day", days[" ".join(found[1].lower().split())]), found.end())


def read_ago(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "two years ago", "10 days from now" (points); "five days earlier" and "decades ago" (vague)."""
    found = _AGO.match(text, pos)
    if not found:
        return None
    how = found["how"].lower()
    if found["vague"] is not None or how not in ("ago", "from now", "hence"):
        return (Vague(), found.end()) if how != "on" else None
    number = small_number(found["n"])
    if number is None:
        return None
    return Window(_unit(found), -number if how == "ago" else number, interval=False), found.end()


def _unit(found: re.Match[str]) -> Unit:
    unit: Unit = found["unit"].lower()  # type: ignore[assignment]
    return unit


def read_window(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "the next five years", "the past few weeks", "within six months", "in three years"."""
    found = _WINDOW.match(text, pos)
    if not found or not (found["lead"] or found["how"]):
        return None
    lead, how = (found["lead"] or "").lower(), (found["how"] or "").lower()
    if how in ("following", "first", "previous") or found["vague"] is not None:
        return (Vague(), found.end()) if how or lead.startswith("with") else None
    number = small_number(found["n"])
    if number is None or (not how and lead.startswith("in") and number == 1):
        return None
    interval = bool(how) or lead.startswith("with")
    return Window(_unit(found), -number if how in ("last", "past") else number, interval), found.end()


# --- seasons, quarters, halves, fiscal years ---------------------------------------------------------


def read_season(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "summer 2022", "the winter of 2020"; without a year only after "in", "by", "since" and "the"."""
    found = _SEASON.match(text, pos)
    if not found:
        return None
    season = seasons()[found["name"].lower()]
    if found["year"]:
        return Point(int(found["year"]), season=season), found.end()
    before = previous_word(text, pos)
    led = before in ("in", "by", "since", "until", "early", "late", "mid") or (
        before == "the"
        and previous_word(text, text.rfind("the", 0, pos)) in ("in", "by", "since", "until", "over", "of", "during")
    )
    if not led or _SEASON_OTHER.match(text, found.end()):
        return None
    return Point(season=season), found.end()


_ORDINAL: Final = {"first": 0, "second": 1, "third": 2, "fourth": 3, "final": 3, "last": 3}


def read_quarter(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "Q3 2024", "the third quarter of last year", "the first half of 2023" (EDTF 33-36, 40, 41)."""
    found = _QUARTER.match(text, pos)
    if not found:
        return None
    if found["fiscal"]:
        return Vague(), found.end()
    half = (found["unit"] or "").lower() == "half"
    nth = int(found["q"]) - 1 if found["q"] else _ORDINAL[found["nth"].lower()]
    stated = found["year"] or found["rel"]
    if (half and (nth > 1 or not stated)) or (not stated and (found["nth"] or "").lower() in ("last", "final")):
        return None
    shift = RELATIVE.get(found["rel"].lower(), 0) if found["rel"] else None
    year = int(found["year"]) if found["year"] else None
    return Point(year, season=(40 if half else 33) + nth, year_shift=shift), found.end()


def read_fiscal(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "FY 2023", "fiscal year 2022-23": the year or pair of years named."""
    found = _FISCAL.match(text, pos)
    if not found:
        return None
    short = _FISCAL_SHORT.match(text, found.end())
    if short and not short[2]:
        return Point(2000 + int(short[1])), short.end()
    if short:
        return Range(Point(2000 + int(short[1])), Point(2000 + int(short[2]))), short.end()
    return read_years(text, found.end()) or read_year(text, found.end())


def read_the_unit(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "the year", "the month" — this one; only for use after "the end of" and the like — and "the weekend"."""
    found = _THE_UNIT.match(text, pos)
    if not found:
        return None
    return (Vague() if found["fiscal"] else Shift(_unit(found), 0)), found.end()


def read_weekend(text: str, pos: int) -> tuple[Spec, int] | None:
    """Read "the weekend"."""
    found = _THE_WEEKEND.match(text, pos)
    return (Shift("weekend", 0), found.end()) if found else None


@cache
def rules() -> dict[str, tuple[Rule, ...]]:
    """The rules to try at a word, in order; under "0" those for figures."""
    data, times = load("months.toml"), load("times.toml")
    table: dict[str, list[Rule]] = {}

    def add(rule: Rule, words: Iterable[str]) -> None:
        for word in words:
            table.setdefault(word.split()[0].lower(), []).append(rule)

    add(read_figures, ["0"])
    add(read_ago, ["0"])
    add(read_month_start, months())
    add(read_weekday, data["weekdays"] | data["weekdays_short"])
    add(read_day_word, [*times["days"], "earlier", "later"])
    add(read_window, ["within", "in", "the", "last", "past", "next", "coming", "previous", "following"])
    add(read_shift, [*times["shifts"], "earlier", "later"])
    add(
        read_ago,
        [*units(), *tens(), "a", "an", "few", "several", "some", "many", "days", "weeks", "months", "years", "decades"],
    )
    add(read_season, data["seasons"])
    add(read_quarter, ["q", "the", "first", "second", "third", "fourth", "final", "last"])
    add(read_fiscal, ["fy", "fiscal", "financial", "budget"])
    add(read_weekend, ["the"])
    return {word: tuple(found) for word, found in table.items()}


def second_words() -> frozenset[str]:
    """The words that may follow "the" where a rule of this module reads."""
    shifts = [word.split()[1] for word in load("times.toml")["shifts"] if word.startswith("the ")]
    seasons_and_units = ["weekend", "few", "days", "weeks", "months", "years", "decade"]
    return frozenset(
        [*shifts, *seasons_and_units, *_ORDINAL, "following", "previous", "coming", "last", "past", "next"]
    )


def read_point(text: str, pos: int) -> tuple[Spec, int] | None:
    """The first rule that reads at this place (the start of a word or of figures)."""
    word = _WORD.match(text, pos)
    if not word:
        return None
    key = "0" if word[0][0].isdecimal() else word[0].lower()
    for rule in rules().get(key, ()):
        read = rule(text, pos)
        if read:
            return read
    return None


_WORD: Final = re.compile(r"[0-9]|[A-Za-z]{1,12}")
