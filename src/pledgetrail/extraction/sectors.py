"""Sector and flow of a commitment, by words of its object (``data/sectors.toml``); empty where no word tells."""

from __future__ import annotations

import re
from functools import cache

from pledgetrail.language.lexicon import load

#: Words up to this length are matched whole ("port" is not in "portable"), longer ones as beginnings.
_WHOLE = 5


@cache
def _tables() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    data = load("sectors.toml", "pledgetrail.extraction")

    def table(rows: list[dict[str, object]], key: str) -> list[tuple[str, re.Pattern[str]]]:
        found = []
        for row in rows:
            words = row["words"]
            assert isinstance(words, list)
            shapes = [re.escape(w) + (r"s?\b" if len(w) <= _WHOLE else "") for w in words]
            found.append((str(row[key]), re.compile(r"\b(?:" + "|".join(shapes) + ")", re.I)))
        return found

    return {"sector": table(data["sector"], "code"), "flow": table(data["flow"], "name")}


def sector_of(what: str) -> str | None:
    """The DAC code (a key of vocabulary.SECTORS) that an object's words tell, or None."""
    return next((code for code, words in _tables()["sector"] if words.search(what)), None)


def flow_of(what: str) -> str | None:
    """How it is given (one of vocabulary.FLOWS), or None where the words do not say."""
    return next((name for name, words in _tables()["flow"] if words.search(what)), None)
