"""Finding many fixed forms in a text at once: the folding of spellings and the search for whole words.

Folding maps every code point to exactly one, so that an offset in folded text is an offset in the text itself.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from importlib import resources

from ahocorasick_rs import AhoCorasick


def _folding() -> dict[int, str]:
    """Accented Latin letters to their base, all spaces and line ends to a space, quotes and dashes to ASCII."""
    table: dict[int, str] = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            table[code] = base
    table.update({ord(a): b for a, b in zip("ØøŁłĐđıƏəĦħ", "OoLlDdiEeHh", strict=True)})
    table.update(dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u02bb\u02b9\u00b4`"), "'"))
    table.update(dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013"), "-"))
    table.update(dict.fromkeys(map(ord, "\n\r\t\u00a0\u2007\u2009\u202f"), " "))
    return table


_FOLD = _folding()
_FOLD_LOWER = {
    **{code: char.lower() for code, char in _FOLD.items()},
    **{code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)},
}


def fold(text: str) -> str:
    """The text with accents, spaces, quotes and dashes made plain; same length, same case."""
    return text.translate(_FOLD)


def fold_lower(text: str) -> str:
    """The text folded and in lower case (Latin letters only); same length."""
    return text.translate(_FOLD_LOWER)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.combining(char) != 0


def bounded(text: str, start: int, end: int) -> bool:
    """Whether no word runs over either edge of ``text[start:end]``."""
    return not (start > 0 and _is_word(text[start - 1])) and not (end < len(text) and _is_word(text[end]))


class Finder:
    """Finds forms as whole words, leftmost first and longest first among those, without overlap."""

    def __init__(self, forms: Iterable[str]) -> None:
        """``forms`` must be folded the way the texts will be; their order gives the index in results."""
        self._automaton = AhoCorasick(list(forms))

    def candidates(self, folded: str) -> list[tuple[int, int, int]]:
        """All whole-word occurrences as (start, end, index of the form), leftmost first, then longest first."""
        found = [
            (start, end, index)
            for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True)
            if bounded(folded, start, end)
        ]
        found.sort(key=lambda hit: (hit[0], -hit[1]))
        return found


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of the package's data file ``name`` (CSV, UTF-8, one header line)."""
    source = resources.files("pledgetrail.language") / "data" / name
    yield from csv.DictReader(source.read_text(encoding="utf-8").splitlines())


def split(cell: str) -> list[str]:
    """The forms in a cell, which are separated by ``|``."""
    return [form for form in cell.split("|") if form]
