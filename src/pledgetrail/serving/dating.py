"""Days and times of EDTF in the words of a page: "summer 2023", "until 2026", "about May 2023"."""

from __future__ import annotations

import calendar
import re
from typing import Final

_POINT: Final = re.compile(r"(?P<year>[0-9]{3}[0-9X])(?:-(?P<part>[0-9]{2}))?(?:-(?P<day>[0-9]{2}))?(?P<sign>[~?%]?)\Z")

#: Parts of a year that are no months.
_PARTS: Final = {
    **dict(zip(range(21, 25), ("spring", "summer", "autumn", "winter"), strict=True)),
    **dict(zip(range(33, 37), ("1st quarter", "2nd quarter", "3rd quarter", "4th quarter"), strict=True)),
    **{40: "1st half", 41: "2nd half"},
}

_SIGNS: Final = {"": "", "~": "about ", "?": "perhaps ", "%": "perhaps about "}


def in_words(edtf: str | None) -> str:
    """A day or time for reading. Plain days, months and years stay as they are (they sort, and say no less), and so
    does what is none of the forms of EDTF that the program writes.
    """
    if not edtf:
        return ""
    first, stroke, last = edtf.partition("/")
    if not stroke:
        return _point(edtf)
    if first == "..":
        return f"until {_point(last)}" if last != ".." else "at some time"
    return f"from {_point(first)} on" if last == ".." else f"{_point(first)} to {_point(last)}"


def _point(edtf: str) -> str:
    found = _POINT.match(edtf)
    if not found:
        return edtf
    year, part, sign = found["year"], found["part"], _SIGNS[found["sign"]]
    if year.endswith("X"):
        return f"{sign}{year[:3]}0s" if not part else edtf
    if found["day"] or not part:
        return f"{sign}{edtf.rstrip('~?%')}"
    number = int(part)
    if number in _PARTS:
        return f"{sign}{_PARTS[number]} {year}"
    return f"{sign}{calendar.month_name[number]} {year}" if sign and 1 <= number <= 12 else f"{sign}{year}-{part}"
