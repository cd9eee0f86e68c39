"""Reads one number at a place of a text: in figures ("12,292", "3.5bn"), in words ("one hundred and eighty-one"), or
vague ("tens of thousands").
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from pledgetrail.language.lexicon import load
from pledgetrail.language.numerals import tens, units

_SPACE: Final = "[ \u00a0\u2009\u202f]"
_FIGURES: Final = re.compile(
    rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,2}}(?:,\d\d)+,\d{{3}}|\d{{1,3}}(?:,\s000)+|\d{{1,3}}(?:\.\d{{3}}){{2,}}"
    rf"|\d{{1,3}}(?:{_SPACE}\d{{3}})+(?![\d,.]*\d)|\d{{1,15}})(?!\d|,\d)(?P<decimals>\.\d{{1,6}}(?![\d.]*\d))?(?P<part>\s?[½¼¾])?"
)
_PARTS: Final = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_LOOSE_MARK: Final = re.compile(r"\s(m|b)\b(?!\.)")
_WORD: Final = re.compile(r"[A-Za-z]{1,12}")
_GAP: Final = re.compile(r"\s{1,2}|\s?-\s?")
_SCALE_GAP: Final = re.compile(r"[\s]{0,2}-?\s?")
_HALF: Final = re.compile(
    r"(?:(?P<half>half)|(?:a|one)[\s-]quarter(?P<quarter>\sof|(?=-))|three[\s-]quarters(?P<three>\sof))[\s-](?:an?[\s-])?(?P<scale>[a-z]+)\b",
    re.IGNORECASE,
)
_AND_A_HALF: Final = re.compile(r"[\s-]and[\s-]a[\s-]half(?=[\s-](?P<scale>[a-z]+)\b)", re.IGNORECASE)
_VAGUE_OF: Final = re.compile(
    r"\s(?:(?:and|or)\s(?:possibly\s|perhaps\s|even\s)?[a-z]{4,9}\s)?of\s(?P<scale>[a-z]{5,9})\b", re.IGNORECASE
)


class Number(NamedTuple):
    """A number read: ``value`` is None for a vague one, whose unit is ``low``. ``scale`` is what figures were
    multiplied by; ``mark`` is the letter after figures that may be no scale at all ("5m").
    """

    end: int
    value: Decimal | None
    low: Decimal | None = None
    scale: int = 1
    mark: str = ""
    words: bool = False
    grouped: bool = False  # figures with separators: certainly a count or sum


@cache
def _marks() -> dict[str, int]:
    return dict(load("numerals.toml")["marks"])


@cache
def _small() -> dict[str, int]:
    return {**units(), **tens()}


@cache
def _scales() -> dict[str, int]:
    return dict(load("numerals.toml")["scales"])


@cache
def _vague() -> dict[str, int]:
    return dict(load("numerals.toml")["vague"])


def starters() -> frozenset[str]:
    """The words, in small letters, with which a number in words can begin."""
    return frozenset([*units(), *tens(), *_vague(), "a", "an", "half", "three"])


def read_number(text: str, pos: int, *, sum_of_money: bool = False) -> Number | None:
    """The number that begins at this place (the start of a word or of figures), or None.

    After a currency (``sum_of_money``) a lone "m" or "b" is a scale even behind a space ("£9 m").
    """
    first = text[pos : pos + 1]
    if "0" <= first <= "9":
        number = _read_figures(text, pos)
        loose = _LOOSE_MARK.match(text, number.end) if number and sum_of_money and number.scale == 1 else None
        if number and number.value is not None and loose:
            factor = _marks()[loose[1].lower()]
            return number._replace(end=loose.end(), value=number.value * factor, scale=factor)
        return number
    return _read_words(text, pos) if first.isalpha() else None


def _read_figures(text: str, pos: int) -> Number | None:
    found = _FIGURES.match(text, pos)
    if not found:
        return None
    decimals, part = found["decimals"] or "", found["part"]
    whole = found[0][: len(found[0]) - len(part or "") - len(decimals)]
    digits = "".join(c for c in whole if "0" <= c <= "9")
    if len(digits) > 18:
        return None
    value = Decimal(digits + decimals)
    if part:
        value += _PARTS[part.strip()]
    end, grouped = found.end(), len(digits) != len(whole)
    mark = _WORD.match(text, end)
    if mark:
        factor = _marks().get(mark[0].lower()) or (_scales().get(mark[0].lower()) if len(mark[0]) > 3 else None)
        if factor is None or _alnum(text, mark.end()) or (mark[0] in ("K", "B") and grouped):
            return Number(end, value, grouped=grouped, mark=mark[0])
        return Number(mark.end(), value * factor, scale=factor, mark=mark[0].lower(), grouped=grouped)
    half = _AND_A_HALF.match(text, end)
    if half and half["scale"].lower() in _scales():
        value, end = value + _PARTS["½"], half.end()
    return _scaled(text, Number(end, value, grouped=grouped))


def _alnum(text: str, pos: int) -> bool:
    return text[pos : pos + 1].isalnum()


def _scaled(text: str, number: Number) -> Number:
    """Multiply by the scale words that follow, at most two ("3 hundred thousand", "1.5 lakh crore")."""
    for _ in range(2):
        gap = _SCALE_GAP.match(text, number.end)
        word = _WORD.match(text, gap.end()) if gap and gap.end() > number.end else None
        factor = _scales().get(word[0].lower()) if word else None
        if word is None or factor is None or number.value is None or _alnum(text, word.end()):
            break
        if len(word[0]) == 2 and word[0].isupper() and word[0].lower() == "tn":
            break
        number = number._replace(end=word.end(), value=number.value * factor, scale=number.scale * factor)
    return number


# --- words -------------------------------------------------------------------------------------------


def _read_words(text: str, pos: int) -> Number | None:
    fraction = _HALF.match(text, pos)
    if fraction and fraction["scale"].lower() in _scales():
        share = (
            Decimal("0.5")
            if fraction["half"]
            else Decimal("0.25")
            if fraction["quarter"] is not None
            else Decimal("0.75")
        )
        scale = _scales()[fraction["scale"].lower()]
        return Number(fraction.end(), share * scale, scale=scale, words=True, grouped=True)
    word = _WORD.match(text, pos)
    if word is None:
        return None
    name = word[0].lower()
    if name in _vague():
        return _read_vague(text, word.end(), name)
    if name in ("a", "an"):
        return _read_article(text, word.end())
    return _read_sequence(text, pos)


def _read_vague(text: str, end: int, name: str) -> Number | None:
    low = _vague()[name]
    of = _VAGUE_OF.match(text, end)
    scale = _vague().get(of["scale"].lower()) if of else None
    if of and scale and scale >= 100:
        return Number(of.end(), None, Decimal(low * scale), words=True)
    if name == "tens" or (name == "scores" and not of):
        return None
    return Number(end, None, Decimal(low), words=True)


def _read_article(text: str, pos: int) -> Number | None:
    """Read "a hundred and fifty", "a million", "a dozen": the article stands for one."""
    gap = _GAP.match(text, pos)
    word = _WORD.match(text, gap.end()) if gap else None
    if word is None or word[0].lower() not in _scales() or _alnum(text, word.end()) or len(word[0]) < 4:
        return None
    return _read_sequence(text, word.start(), first=1)


def _read_sequence(text: str, pos: int, first: int = 0) -> Number | None:
    """Number words in a row. Below each scale word they must fall: tens, then units."""
    total, current, end, scale, largest = 0, first, -1, 1, 0
    room = 10**9 if first else 100  # what the next unit or ten must stay below
    place = pos
    for _ in range(24):
        word = _WORD.match(text, place)
        if word is None or _alnum(text, word.end()):
            break
        name = word[0].lower()
        small = _small().get(name)
        factor = _scales().get(name) if len(name) > 2 else None
        if small is not None and small < room and not (end >= 0 and small == 0):
            current += small
            room = 10 if small >= 20 else 0
        elif factor is not None and (end >= 0 or first):
            if current >= 100 and factor == 100 or total and factor >= largest:
                break
            if factor == 100:
                current, room = max(current, 1) * 100, 100
            else:
                total, current, room = total + max(current, 1) * factor, 0, 100 if factor != 12 else 0
                largest = factor
            scale = factor
        elif name == "and" and end >= 0 and (scale >= 100 and room == 100):
            following = _GAP.match(text, word.end())
            after = _WORD.match(text, following.end()) if following else None
            if after is None or after[0].lower() not in _small():
                break
            place = after.start()
            continue
        else:
            break
        end = word.end()
        gap = _GAP.match(text, end)
        if gap is None:
            break
        place = gap.end()
    if end < 0:
        return None
    half = _AND_A_HALF.match(text, end)
    if half and half["scale"].lower() in _scales():
        return _scaled(text, Number(half.end(), Decimal(total + current) + _PARTS["½"], words=True))
    return Number(end, Decimal(total + current), scale=scale, words=True, grouped=scale > 1)
