"""Finding reports by their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from sqlalchemy import Connection, text

from pledgetrail.language import gazetteer
from pledgetrail.language.forms import rows, split

#: Most words of a search, and of a state's name.
_MOST: Final = 100
_LONGEST_NAME: Final = 5

#: Short forms of states that full-text search, which knows no capitals, takes for words.
_WORDS: Final = frozenset({"us"})


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that is searched for: as it was typed, and as full-text search is asked."""

    text: str
    match: str


def search_terms(words: str) -> list[Term]:
    """The words of a search, those in quotation marks as a phrase. A state is found by each of its names.

    Nothing in them is taken for search syntax. Half surrogate pairs, and NUL at which SQLite ends a query, are no
    words.
    """
    plain = words.encode("utf-8", "ignore").decode().replace("\x00", " ")
    typed = [(a or b, bool(a)) for a, b in re.findall(r'"([^"]+)"|([^\s"]+)', plain)]
    typed = [(term, phrase) for term, phrase in typed if re.search(r"\w", term)][:_MOST]
    found, at = [], 0
    while at < len(typed):
        for length in range(min(_LONGEST_NAME, len(typed) - at), 0, -1):  # "United States" is one name
            some = typed[at : at + length]
            names = _names_of_state(" ".join(term for term, _ in some))
            if length == 1 or (names and not any(phrase for _, phrase in some)):
                break
        own = " AND ".join(_quoted(term) for term, _ in some)
        others = [_quoted(name) for name in names]
        match = " OR ".join([f"({own})" if length > 1 else own, *others])
        found.append(Term(" ".join(term for term, _ in some), f"({match})" if others else own))
        at += length
    return found


def match_words(words: str) -> str:
    """What full-text search is asked: all the words, those in quotation marks as a phrase. Empty if there are none."""
    return " AND ".join(term.match for term in search_terms(words))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """What each state is called, by its code; short forms that are words of English too ("US") are left out."""
    found: dict[str, list[str]] = {}
    for row in rows("states.csv"):
        names = [row["name"], *split(row["names"])]
        found[row["code"]] = [name for name in names if name.lower() not in _WORDS]
    return {code: tuple(dict.fromkeys(names)) for code, names in found.items()}


@lru_cache(maxsize=1000)
def _names_of_state(words: str) -> tuple[str, ...]:
    entry = gazetteer.lookup(words)
    if entry is None or entry.kind != "state" or entry.country is None:
        return ()
    return tuple(name for name in _spellings().get(entry.country, ()) if name.lower() != words.lower())


def search(connection: Connection, words: str, limit: int = 20) -> list[tuple[str, str | None, str]]:
    """Documents with all the words (words in quotation marks: as a phrase), best first: (id, title, snippet).

    Matches in the snippet stand between the control characters U+0002 and U+0003.
    """
    match = match_words(words)
    if not match:
        return []
    query = text(
        "SELECT d.id, d.title, snippet(documents_fts, 1, char(2), char(3), '…', 24) FROM documents_fts"
        " JOIN documents d ON d.seq = documents_fts.rowid WHERE documents_fts MATCH :match"
        " ORDER BY bm25(documents_fts), d.seq LIMIT :limit"
    )
    found = connection.execute(query, {"match": match, "limit": limit})
    return [(row[0], row[1], row[2]) for row in found]
