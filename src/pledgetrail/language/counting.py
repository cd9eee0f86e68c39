"""Tells numbers that count something from labels, ages, times of day, lengths of time and pronouns."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pledgetrail.language.lexicon import load
from pledgetrail.language.numbers import Number

_BEFORE: Final = re.compile(r"([A-Za-z][A-Za-z'-]*)(\.?)\s{1,2}\Z")
_AFTER: Final = re.compile(r"(\s{0,2}-?\s?)([A-Za-z][A-Za-z.']*(?:-[A-Za-z]+)?)")
#: Groups of figures side by side are telephone numbers; a year before a count is none.
_NEXT_GROUP: Final = re.compile(r" \d{3,4}\b(?![,.]\d| ?[a-z])")
_LAST_GROUP: Final = re.compile(r"(?:\(0\d{1,3}\)|\b(?!(?:19|20)\d\d)\d{3,4}|\b0\d) \Z")
_OLD: Final = re.compile(r"(?:\s|-)(?:years?|months?)(?:\s|-)olds?\b", re.IGNORECASE)
_AGE_ASIDE: Final = re.compile(r"[A-Z][a-z'’-]+,\s\Z")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load("numerals.toml")["words"][name])


def counts_nothing(text: str, start: int, number: Number) -> bool:
    """Whether the number at ``start``, which has no currency and no per cent sign, is no count."""
    if not number.words and (_is_part_of_code(text, start, number.end) or _is_unsure_mark(text, number)):
        return True
    if number.words and (_is_pronoun(text, start, number) or text[start - 1 : start] == "-" and start > 1):
        return True
    return _is_age_or_hour(text, start, number) or _is_labelled(text, start, number) or _is_fraction(text, number)


def _is_part_of_code(text: str, start: int, end: int) -> bool:
    """Whether it belongs to a code: "F-16", "3.2.1", "12:30", "9/11", "555-1234", "+44 20", "5G", "20th"."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if text[start] == "0" and text[start + 1 : start + 2].isdecimal():
        return True
    if _NEXT_GROUP.match(text, end) or _LAST_GROUP.search(text[max(0, start - 8) : start]):
        return True
    if before and before in "#@/+&*=^\\" or (before and before in ".,:" and text[start - 2 : start - 1].isdecimal()):
        return True
    if before in ("-", "–") and text[start - 2 : start - 1].isalnum():
        return True
    if after in ("/", ":", "-", ".", ",", "–") and after and text[end + 1 : end + 2].isdecimal():
        return True
    if before == " " and after == "-" and text[start - 2 : start - 1].isdecimal():  # "+44 20 555-1234"
        return True
    return (after.isalpha() and not _glued_unit(text, end)) or (after != "" and after in "_@°\\")


def _glued_unit(text: str, end: int) -> bool:
    word = _AFTER.match(text, end)
    return word is not None and word[2].lower().rstrip(".") in _words("glued_units")


def _is_unsure_mark(text: str, number: Number) -> bool:
    """Whether the mark is no scale: "5m" without a currency needs a counted word after it ("5m people")."""
    if number.mark not in _words("unsure_marks") or number.scale == 1:
        return False
    after = _AFTER.match(text, number.end)
    return after is None or after[1] != " " or not after[2].islower() or after[2].lower() in _words("metres")


def _is_pronoun(text: str, start: int, number: Number) -> bool:
    if text[start : number.end].lower() != "one":
        return False
    before = _BEFORE.search(text[max(0, start - 16) : start])
    if before and before[1].lower() in _words("one_before"):
        return True
    after = _AFTER.match(text, number.end)
    return after is None or not after[1] or after[2].lower() in _words("one_after")


_AGED = re.compile(r"\b(?:aged|ages?|age of) $", re.I)


def _is_age_or_hour(text: str, start: int, number: Number) -> bool:
    if _OLD.match(text, number.end):
        return True
    before = text[max(0, start - 24) : start]
    if _AGED.search(before):
        return True
    value = number.value or 0
    if not number.words and 9 < value < 100 and text[number.end : number.end + 1] == "," and _AGE_ASIDE.search(before):
        return True
    after = _AFTER.match(text, number.end)
    if after is None:
        return False
    word = after[2].lower()
    if word.rstrip(".") in _words("not_counts_after"):
        return True
    return "-" in after[1] and after[1].strip() == "-" and word.split("-")[0] in _words("hyphen_units")


def _is_labelled(text: str, start: int, number: Number) -> bool:
    if number.grouped or number.scale > 1:
        return False
    before = _BEFORE.search(text[max(0, start - 20) : start])
    if before is None:
        return False
    word = before[1].lower()
    if word not in _words("labels"):
        return False
    return before[1][0].isupper() or word not in _words("capital_labels")


def _is_fraction(text: str, number: Number) -> bool:
    after = _AFTER.match(text, number.end)
    return number.words and after is not None and after[2].lower() in _words("fractions") and number.scale == 1
