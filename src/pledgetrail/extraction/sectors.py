"""Sector and flow of a commitment: clear words of its object first (``data/sectors.toml``), then a trained classifier.

Empty where no word tells and the classifier is not sure enough.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pledgetrail.extraction.sector_model import load_model
from pledgetrail.language.lexicon import load

#: Words up to this length are matched whole ("port" is not in "portable"), longer ones as beginnings.
_WHOLE: Final = 5
#: The classifier is believed from this probability (docs/reference/sector-card.md).
_SURE: Final = 0.8


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


@cache
def _codes() -> dict[str, str]:
    """The DAC code for each class of the classifier that has one."""
    codes: dict[str, str] = load("sectors.toml", "pledgetrail.extraction")["classes"]
    return codes


def sector_of(what: str, sentence: str = "") -> str | None:
    """The DAC code (a key of vocabulary.SECTORS) that an object's words tell, or they and their sentence; or None.

    Without the sentence the classifier is not asked: few words alone are told from nothing.
    """
    found = listed(what)
    if found is None and (guessed := guess(what, sentence)) and guessed[1] >= _SURE:
        return guessed[0]
    return found


def listed(what: str) -> str | None:
    """The DAC code of the first sector that lists one of the object's words."""
    return next((code for code, words in _tables()["sector"] if words.search(what)), None)


def guess(what: str, sentence: str) -> tuple[str, float] | None:
    """The likeliest DAC code and its probability; None without both, or where no sector is likeliest."""
    model = load_model()
    if model is None or not sentence or not any(map(str.isalpha, what)):
        return None
    likely = model.probabilities(what, sentence)
    best = int(likely.argmax())
    code = _codes().get(model.classes[best])
    return (code, float(likely[best])) if code else None


def flow_of(what: str) -> str | None:
    """How it is given (one of vocabulary.FLOWS), or None where the words do not say."""
    return next((name for name, words in _tables()["flow"] if words.search(what)), None)
