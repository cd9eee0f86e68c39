"""The language that a report is written in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pledgetrail.reading import lexicon
from pledgetrail.reading.lines import fold

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

ENGLISH: Final = "en"
#: ISO 639-2's code for what nobody could tell.
UNDETERMINED: Final = "und"
_LOOKED_AT: Final = 6000  # code points of the body; more tells nothing more
_OF_EACH: Final = 600  # code points of a passage, so that a long quotation in another language is not all that is seen
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


@dataclass(frozen=True, slots=True)
class _Signs:
    words: frozenset[str]
    share: float
    letters: int
    script: int
    confidence: float


@cache
def _signs() -> _Signs:
    data = lexicon.table("languages")
    least = data["least"]
    return _Signs(
        words=frozenset(data["english"]),
        share=least["share"] / 100,
        letters=least["letters"],
        script=least["script"],
        confidence=least["confidence"] / 100,
    )


@cache
def _identifier() -> LanguageIdentifier:
    """py3langid's own model, which takes most of a second to load: only texts that need it pay for it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify(passages: Iterable[str]) -> str:
    """The ISO 639-1 code of the language of a report's passages, ``en`` in doubt, ``und`` for another script unnamed.

    Function words tell English; only a text that has next to none is identified by py3langid. The bounds and what they
    were measured on are in docs/decisions/0014-language-and-repair.md.
    """
    text = _sample(passages)
    signs = _signs()
    words = fold(text).split()
    if sum(word in signs.words for word in words) > signs.share * len(words):
        return ENGLISH
    letters = sum(map(str.isalpha, text))
    if letters >= signs.script and 2 * len(_LATIN.findall(text)) < letters:
        code, _ = _identifier().classify(text)
        return UNDETERMINED if code == ENGLISH else str(code)
    if letters < signs.letters:
        return ENGLISH
    code, confidence = _identifier().classify(text)
    return str(code) if confidence >= signs.confidence else ENGLISH


def _sample(passages: Iterable[str]) -> str:
    parts: list[str] = []
    length = 0
    for passage in passages:
        parts.append(passage[:_OF_EACH])
        length += len(parts[-1])
        if length >= _LOOKED_AT:
            break
    return " ".join(parts)
