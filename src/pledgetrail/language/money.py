"""Currencies before and after a number, as listed in ``data/currencies.toml`` (ISO 4217)."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from pledgetrail.language.lexicon import load

_AFTER: Final = re.compile(
    r"[\s-]{0,2}(?:(?:of|in)\s)?(?:(?P<nation>[A-Z][A-Za-z.]{1,14}(?:\s[A-Z][a-z]{3,9})?)[\s-])?(?P<word>[A-Za-z]{3,9})(?![A-Za-z])"
)


class Currency(NamedTuple):
    """A currency mark and where it ends. ``code`` is None where the words are money of some currency."""

    end: int
    code: str | None


@cache
def _before() -> re.Pattern[str]:
    data = load("currencies.toml")
    symbols = sorted(data["symbols"], key=len, reverse=True)
    wordy = "|".join(re.escape(s) for s in symbols if s[-1].isalnum() or s[-1] == ".")
    marks = "|".join(re.escape(s) for s in symbols if not (s[-1].isalnum() or s[-1] == "."))
    return re.compile(rf"(?:(?P<word>{wordy}|{'|'.join(data['codes']['list'])})(?=[\s\d])|(?P<mark>{marks}))\s{{0,2}}")


@cache
def marks() -> tuple[str, ...]:
    """The symbols and codes with which a currency before its number begins."""
    data = load("currencies.toml")
    return (*data["symbols"], *data["codes"]["list"])


@cache
def starters() -> frozenset[str]:
    """The first word or sign of each of the ``marks``."""
    firsts = (re.match(r"[A-Za-z]+|.", mark) for mark in marks())
    return frozenset(first[0] for first in firsts if first)


def currency_before(text: str, pos: int, dollar: str) -> Currency | None:
    """The currency mark that begins at this place, with the white space after it; None if there is none."""
    found = _before().match(text, pos)
    if not found:
        return None
    name = found["mark"] or found["word"]
    code = load("currencies.toml")["symbols"].get(name, name)
    return Currency(found.end(), _settle(code, dollar))


def currency_after(text: str, pos: int, dollar: str, *, sure: bool, scaled: bool) -> Currency | None:
    """The currency word or code after a number that ends here ("million Australian dollars", "m euros", "bn AUD").

    Words that mean other things too ("won") count only if ``sure``: the number has a scale or is large.
    Pounds of something are money only if ``scaled``.
    """
    data = load("currencies.toml")
    found = _AFTER.match(text, pos)
    if not found:
        return None
    word, nation = found["word"], found["nation"]
    if word in data["codes"]["list"]:
        return Currency(found.end(), word) if not nation else None
    name = word.lower()
    if name not in data["words"]:
        return _bare_code(text, pos)
    if name in data["unsure"]["words"] and not sure and not nation:
        return None
    if name in data["unsure"]["weights"] and not scaled and text[found.end() : found.end() + 4].lower() == " of ":
        return None
    code = _by_nation(nation, name) if nation else None
    if nation and code is None and nation.lower() not in data["nations"]:
        return None
    return Currency(_sterling(text, found.end()), code or _settle(data["words"][name], dollar))


def _bare_code(text: str, pos: int) -> Currency | None:
    """A code followed by another word in capitals ("10m AUD Australia")."""
    found = re.compile(r"[\s-]{0,2}([A-Z]{3})\b").match(text, pos)
    return Currency(found.end(), found[1]) if found and found[1] in load("currencies.toml")["codes"]["list"] else None


def _sterling(text: str, end: int) -> int:
    return end + len(" sterling") if text[end : end + 9].lower() == " sterling" else end


def _by_nation(nation: str, name: str) -> str | None:
    stems = load("currencies.toml")["nations"].get(nation.lower(), {})
    return next((code for stem, code in stems.items() if name.startswith(stem)), None)


def _settle(code: str, dollar: str) -> str | None:
    return dollar if code == "dollar" else code or None
