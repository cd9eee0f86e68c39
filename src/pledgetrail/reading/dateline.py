"""The place (and day) that a report opens with: "BAKU, May 16 (AA) -", "[Islamabad, 13 January]", "ROME/PARIS:"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from pledgetrail.reading import lexicon

_LONGEST: Final = 140  # code points of a dateline
_UPPER: Final = r"[^\W\d_a-zß-öø-ÿ][^\W\d_a-zß-öø-ÿ’'.-]+"
_TITLED: Final = r"[^\W\d_a-zß-öø-ÿ][\w’'.-]*"
_SIGN: Final = r"\s*(?:--?|[–—:])(?=\s)\s*"


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline at the start of a paragraph: its length there, its place (may be empty), agency (as written), day."""

    length: int
    place: str
    agency: str | None
    rest: str  # what else it holds: a day, a month


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    months = "|".join(sorted(lexicon.dates().months, key=len, reverse=True))
    days = "|".join(sorted(lexicon.dates().weekdays, key=len, reverse=True))
    when = (
        rf"(?:(?:(?:{days})\b\.?,?\s*)?(?:(?i:{months})\b\.?\s*\d{{1,2}}|\d{{1,2}}\.?\s*(?i:{months})\b\.?|\d{{1,2}}[./]\d{{1,2}})"
        r"(?:,?\s*\d{4})?|(?:" + days.title().replace("'", "") + r")\b)"
    )
    when = rf"(?P<when>{when})"
    words = rf"(?:{_TITLED}(?:\s{_TITLED}){{0,3}})"
    place = rf"(?P<place>{words}(?:(?:,\s|\s?/\s?|\s?\|\s?){words}){{0,4}}?)"
    sender = r"[(\[](?P<agency>[^()\[\]]{2,40})[)\]]"
    return (
        re.compile(rf"[\[(]{place}(?:,?\s*{when})?[\])]{_SIGN.replace('(?:--?|[–—:])(?=', '(?:--?|[–—:])?(?=')}"),
        re.compile(rf"{place},?\s*{when}[\s,.]*(?:{sender}\s*(?:/\s*)?)?(?:{_SIGN}|(?<=[)\]])\s+)"),
        re.compile(rf"{place},?\s*{sender}(?:{_SIGN}|\s*,?\s*{when}{_SIGN})"),
        re.compile(rf"(?P<place>{_UPPER}(?:\s{_UPPER}){{0,3}}(?:(?:,\s|\s?/\s?){words}){{0,4}}?){_SIGN}"),
        re.compile(rf"{sender}\s*{place}(?:,\s*{when})?{_SIGN}"),
        re.compile(rf"(?P<place>){sender}{_SIGN}"),
    )


def find(paragraph: str) -> Dateline | None:
    """The dateline that ``paragraph`` starts with, or None."""
    head = paragraph[: _LONGEST + 40]
    if not head[:1].isupper() and head[:1] not in "[(":
        return None
    for pattern in _patterns():
        match = pattern.match(head)
        if match is None or match.end() > _LONGEST or not head[match.end() :].strip():
            continue
        groups = match.groupdict()
        agency, when = groups.get("agency"), groups.get("when")
        if not groups["place"]:
            if agency in lexicon.credits().agencies:
                return Dateline(match.end(), "", agency, "")
            continue
        if _is_place(groups["place"], agency, when, match.group()):
            return Dateline(match.end(), groups["place"].strip(" ,"), agency, when or "")
    return _bare(head)


def _is_place(place: str, agency: str | None, when: str | None, words: str) -> bool:
    lexis = lexicon.datelines()
    parts = re.split(r"[\s,/|]+", place)
    if lexis.not_places.intersection(p.upper() for p in parts[:1]):
        return False
    if agency is not None:
        return agency.strip() in lexicon.credits().agencies or when is not None or place.isupper()
    if when is not None:
        return words[0] in "[(" or place.split(",")[0].isupper() or bool(re.search(r"[-–—:]\s*\Z", words))
    if words[0] in "[(":
        return False
    return all(_capital_place(part) for part in re.split(r"\s?/\s?", place))


def _capital_place(part: str) -> bool:
    """A place in capitals, perhaps with its region ("HANOVER, Germany")."""
    first = re.split(r",\s|\s", part)[0].rstrip(".")
    lexis = lexicon.datelines()
    if not first.isupper():
        return True  # a second city in small letters
    return first in lexis.short or first in lexis.parts or (len(first) >= 6 and first not in lexis.not_places)


def _bare(head: str) -> Dateline | None:
    """Capitals with no sign after them: "HANOVER, Germany/WASHINGTON President Barack ..."."""
    end = place_end = _place_end(head, 0)
    while place_end and head[place_end : place_end + 1] == "/":
        place_end = _place_end(head, place_end + 1)
        end = place_end or end
    following = head[end : end + 3]
    if not end or not re.match(r"\s+[\"'“‘(]?[A-Z0-9$€£]", following + head[end + 3 : end + 6]):
        return None
    return Dateline(end + len(head[end:]) - len(head[end:].lstrip()), head[:end], None, "")


def _place_end(head: str, start: int) -> int:
    """Where the place in capitals that starts at ``start`` ends, or 0."""
    lexis = lexicon.datelines()
    end, words = 0, 0
    for match in re.compile(r"\s?([^\s,/]+)").finditer(head, start):
        word = match.group(1)
        bare = word.replace("-", "").replace("'", "").replace("’", "").rstrip(".")
        known = word.rstrip(".") in lexis.short or word.rstrip(".") in lexis.parts
        fits = (
            bare.isalpha()
            and bare.isupper()
            and len(bare) >= 2
            and (known or len(bare) >= 6)
            and (known or "." not in word)
        )
        if not fits or word in lexis.not_places or match.start() != (end or start):
            break
        end, words = match.end(), words + 1
        if head[end : end + 1] in {",", "/"} or words == 4:
            break
    if not end or all(word in lexis.parts for word in head[start:end].split()) and words < 2:
        return 0
    if head[end : end + 2] == ", ":
        return _region_end(head, end + 2)
    return end


def _region_end(head: str, start: int) -> int:
    for region in lexicon.datelines().regions:
        if head.startswith(region, start):
            return start + len(region)
    match = re.compile(r"[A-Z][\w’'-]*[a-z]\.?|(?:[A-Z]\.){2,3}").match(head, start)
    return match.end() if match else 0
