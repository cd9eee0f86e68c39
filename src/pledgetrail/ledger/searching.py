"""Finding reports by their words."""

from __future__ import annotations

import re

from sqlalchemy import Connection, text


def match_words(words: str) -> str:
    """What full-text search is asked: all the words, those in quotation marks as a phrase. Empty if there are none.

    Nothing in it is taken for search syntax. Half surrogate pairs, and NUL at which SQLite ends a query, are no words.
    """
    plain = words.encode("utf-8", "ignore").decode().replace("\x00", " ")
    terms = [a or b for a, b in re.findall(r'"([^"]+)"|([^\s"]+)', plain)]
    return " ".join('"' + term.replace('"', '""') + '"' for term in terms if re.search(r"\w", term))


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
