"""The dates that stand in the head or foot of a report, as EDTF days, months or years."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from pledgetrail.reading import lexicon

_FIRST_YEAR: Final = 1850
_LAST_YEAR: Final = 2100
_PIVOT: Final = 40  # two-digit years below it are of this century
_ISO: Final = re.compile(r"(?<![\d.])(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?=$|[T\s]|Z$)")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?\d{4,6}Z?)?")
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a line: its offsets there, and what it says as EDTF (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``)."""

    start: int
    end: int
    edtf: str


@cache
def _grammar() -> re.Pattern[str]:
    months = "|".join(sorted(lexicon.dates().months, key=len, reverse=True))
    month = rf"(?P<{{}}>{months})(?![^\W\d_])\.?"
    year = r"(?P<{}>\d{{4}}|['’]\d{{2}}|\d{{2}})(?![\w:^])"
    day = r"(?P<{}>\d{{1,2}})(?:st|nd|rd|th)?"
    forms = (
        rf"(?<![\d/.,$€£-]){day.format('d1')}[\s.-]{{0,2}}(?:of\s)?{month.format('m1')}[\s,.-]{{0,3}}{year.format('y1')}",
        rf"\b{month.format('m2')}[\s-]{{0,2}}{day.format('d2')}(?:[\s,.-]{{1,3}})(?P<y2>\d{{4}})(?!\d)",
        rf"\b{month.format('m3')}[\s,-]{{1,2}}(?P<y3>\d{{4}})(?!\d)",
        r"(?<![\d/.-])(?P<y4>\d{4})(?P<s4>[-/.])(?P<m4>\d{1,2})(?P=s4)(?P<d4>\d{1,2})(?!\d)",
        r"(?<![\d/.-])(?P<a5>\d{1,2})(?P<s5>[/.-])(?P<b5>\d{1,2})(?P=s5)(?P<y5>\d{4}|\d{2})(?![\d/])",
    )
    return re.compile("|".join(forms), re.IGNORECASE)


def find(line: str) -> list[Found]:
    """The dates with a year in ``line``, in order. Offsets are into ``line``.

    ``3/4/2021`` is a day only where a number above 12 or a weekday in the line tells day from month; else the
    year is all that is certain.
    """
    found = []
    for match in _grammar().finditer(line):
        edtf = _read(match, line)
        if edtf:
            found.append(Found(match.start(), match.end(), edtf))
    return found


def _read(match: re.Match[str], line: str) -> str | None:
    months = lexicon.dates().months
    group = match.groupdict()
    if group["m1"]:
        return day(_year(group["y1"]), months[group["m1"].lower()], int(group["d1"]))
    if group["m2"]:
        return day(_year(group["y2"]), months[group["m2"].lower()], int(group["d2"]))
    if group["m3"]:
        year = _year(group["y3"])
        return f"{year:04}-{months[group['m3'].lower()]:02}" if year else None
    if group["y4"]:
        return day(int(group["y4"]), int(group["m4"]), int(group["d4"]))
    year, first, second = _year(group["y5"]), int(group["a5"]), int(group["b5"])
    if group["s5"] == "." and len(group["y5"]) == 4:  # dots go with the day before the month
        return day(year, second, first)
    return _ambiguous(year, first, second, line)


def _ambiguous(year: int | None, first: int, second: int, line: str) -> str | None:
    readings = {r for r in (day(year, second, first), day(year, first, second)) if r}
    if len(readings) > 1:
        said = weekday(line)
        fitting = {r for r in readings if dt.date.fromisoformat(r).weekday() == said}
        if len(fitting) == 1:
            readings = fitting
    if len(readings) == 1:
        return readings.pop()
    return f"{year:04}" if year and readings else None


def weekday(line: str) -> int | None:
    """The first weekday named in ``line`` (Monday is 0)."""
    known = lexicon.dates().weekdays
    return next((known[w] for w in map(str.lower, _WORD.findall(line)) if w in known), None)


def day(year: int | None, month: int, number: int) -> str | None:
    """The day as EDTF, or None if there is no such day or the year is out of all reason."""
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return dt.date(year, month, number).isoformat()
    except ValueError:
        return None


def _year(words: str) -> int | None:
    digits = words.lstrip("'’")
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year < _PIVOT else 1900
    return year if _FIRST_YEAR <= year <= _LAST_YEAR else None


def from_metadata(published: str) -> str | None:
    """What an input's ``published`` says, as EDTF: ISO 8601, RFC 2822, a month, a year, or a date in words.

    A time of day is dropped and its zone not applied: the day is the one that the source wrote.
    """
    value = published.strip()
    if len(value) > 100:
        return None
    if match := _COMPACT.fullmatch(value) or _ISO.match(value):
        year, month, number = match.groups()
        if month is None:
            return year if _FIRST_YEAR <= int(year) <= _LAST_YEAR and match.end() == len(value) else None
        if number is None:
            return f"{year}-{month:0>2}" if 1 <= int(month) <= 12 and day(int(year), 1, 1) else None
        return day(int(year), int(month), int(number))
    if found := find(value):
        return found[0].edtf
    try:
        return email.utils.parsedate_to_datetime(value).date().isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
