"""Time expressions of a passage, resolved against the report's date (``timereader`` reads, ``dating`` resolves)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from pledgetrail.language.dating import EIGHT_MONTHS, date_spec
from pledgetrail.language.edtf import bounds
from pledgetrail.language.lexicon import load
from pledgetrail.language.timereader import read_time, read_times
from pledgetrail.language.timespecs import Anchor, Dated, Direction, Open, Point, Range, Spec
from pledgetrail.records import Time

__all__ = ["Anchor", "Direction", "anchor_of", "carry_years", "find_times", "resolve"]

_WORD: Final = re.compile(r"'?[a-z]+")
_ANCHOR: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def anchor_of(published: str | None) -> Anchor | None:
    """The anchor that a publication date in EDTF gives, as finely as it is known; None if it tells no year.

    A time of day after the date is ignored; an interval, season or malformed date counts by its year alone.
    """
    found = _ANCHOR.match(published or "")
    if not found or not int(found[1]):
        return None
    year = int(found[1])
    month, day = (int(part) if part else None for part in found.group(2, 3))
    if "/" in (published or "") or (month is not None and not 1 <= month <= 12):
        return Anchor(year)
    try:
        dt.date(year, month or 1, day or 1)
    except ValueError:
        return Anchor(year, month)
    return Anchor(year, month, day)


def find_times(text: str, anchor: Anchor | None, *, offset: int = 0) -> list[Time]:
    """The time expressions of one passage, in order, without overlap; ``offset`` is added to start and end.

    A date without its year, a month or a weekday is taken to be past (see ``dating``), unless the words nearest before
    it in its sentence look ahead ("will meet on Wednesday"). A reader that knows better (from the verb) asks
    ``resolve`` for the direction it wants.
    """
    return [
        _time(text[start:end], start + offset, end + offset, _date_in_context(text, start, spec, anchor), spec)
        for start, end, spec in read_times(text)
    ]


def _date_in_context(text: str, start: int, spec: Spec, anchor: Anchor | None) -> Dated:
    if anchor and _lean(text, start, spec) == "future":
        ahead = date_spec(spec, anchor, "future")
        if ahead.earliest is None or ahead.earliest - anchor.latest <= EIGHT_MONTHS:
            return ahead
    return date_spec(spec, anchor)


def _lean(text: str, start: int, spec: Spec) -> Direction | None:
    """Return "future" if the expression leaves its direction open and the last telling word before it looks ahead."""
    point = spec.first if isinstance(spec, Range) else spec.point if isinstance(spec, Open) else spec
    if not isinstance(point, Point) or point.year is not None or point.shift is not None:
        return None
    future, past = _leans()
    before = text[max(0, start - 150) : start]
    before = before[max(before.rfind(mark) for mark in (". ", "? ", "! ", "\n\n")) + 1 :]
    following = ""
    for word in reversed(_WORD.findall(before.lower())):
        if word in future or f"{word} {following}" in future:
            return "future"
        if word in past or (len(word) > 4 and word.endswith("ed")):
            return None
        following = word
    return None


@cache
def _leans() -> tuple[frozenset[str], frozenset[str]]:
    """Words that look ahead or back, as listed in ``data/times.toml``."""
    leans = load("times.toml")["leans"]
    return frozenset(leans["future"]), frozenset(leans["past"])


def _time(words: str, start: int, end: int, dated: Dated, spec: Spec) -> Time:
    if dated.edtf is None or dated.edtf.startswith("XXXX"):
        return Time(start, end, words, dated.edtf, None, None, None)
    basis = "from the report's date" if dated.inferred else "stated"
    return Time(start, end, words, dated.edtf, dated.earliest, dated.latest, basis)  # type: ignore[arg-type]


def resolve(time: Time, anchor: Anchor | None, direction: Direction) -> Time:
    """The same expression resolved in the direction given: "on Wednesday" that was or will be, "Jan. 13" of the past
    or the coming year. Words that carry their own direction or full date ("last Friday", "2021") stay as they are.
    """
    spec = _reread(time)
    if spec is None:
        return time
    return _time(time.text, time.start, time.end, date_spec(spec, anchor, direction), spec)


def _reread(time: Time) -> Spec | None:
    """The meaning of an expression found before. A lead-in word stands in for the context it was found in."""
    lead = "in "
    read = read_time(lead + time.text, len(lead))
    return read[0] if read and read[1] == len(lead) + len(time.text) else None


def carry_years(times: Sequence[Time]) -> list[Time]:
    """Give dates without a year ("XXXX-11-10") the year of the nearest full date before them in the list.

    For a document without a date of its own; pass times of the same or of neighbouring sentences only. A date that
    would thereby lie before the full date is taken into the next year if it lies more than eight months back. The
    basis is "stated": the year stands in the text.
    """
    carried: list[Time] = []
    known: dt.date | None = None
    for time in times:
        if time.edtf is not None and time.edtf.startswith("XXXX") and known is not None:
            time = _with_year(time, known)
        if time.basis == "stated" and time.edtf and "-" in time.edtf:
            known = time.earliest or time.latest
        carried.append(time)
    return carried


def _with_year(time: Time, known: dt.date) -> Time:
    edtf = time.edtf or ""
    for year in (known.year, known.year + 1):
        try:
            earliest, latest = bounds(edtf.replace("XXXX", f"{year:04d}"))
        except ValueError:
            continue
        if earliest and (year > known.year or (known - earliest).days <= EIGHT_MONTHS.days):
            return replace(
                time, edtf=edtf.replace("XXXX", f"{year:04d}"), earliest=earliest, latest=latest, basis="stated"
            )
    return time
