"""The words and names of a report, counted: what tells one event's reports from another's.

Words are cut to their stems, so that "pledges" and "pledged" are one term. A word that mostly stands with a capital
inside its sentences is a name, and two names side by side are a term of their own ("red_cross").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from pledgetrail.language.forms import fold, fold_lower
from pledgetrail.language.lexicon import load
from pledgetrail.language.stems import stem
from pledgetrail.records import Document

#: Words of the body that are looked at: what a report is about, it says early.
_WORDS: Final = 1500
#: Paragraphs that count as the lead beside the headline.
_LEAD: Final = 2
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_POSSESSIVE: Final = re.compile(r"'s?$")
_OPENS: Final = frozenset('.!?:"“”`‘')  # between two words: the second may have its capital from opening a sentence


@dataclass(slots=True)
class Tally:
    """How often a term stands in a report: in all, with a capital inside a sentence, without one, and in the lead."""

    count: int = 0
    capital: int = 0
    plain: int = 0
    lead: int = 0

    @property
    def name(self) -> bool:
        """It is written as a name more often than not."""
        return self.capital > self.plain


def tally(document: Document) -> dict[str, Tally]:
    """The terms of the headline and the body, by stem, lower case without accents. Takes time linear in the text."""
    found: dict[str, Tally] = {}
    for text, headline, lead in _passages(document):
        before = ""  # the name right before
        for word, capital, opens, beside in _words(text):
            if word in _common() or len(word) < 2 and not word.isdigit():
                before = ""
                continue
            term = found.setdefault(stem(word), Tally())
            term.count += 1
            term.lead += lead
            term.capital += capital and not opens and not headline
            term.plain += not capital
            if capital and before and beside:
                pair = found.setdefault(f"{before}_{word}", Tally())
                pair.count += 1
                pair.capital += 1
                pair.lead += lead
            before = word if capital else ""
    return found


def _passages(document: Document) -> Iterator[tuple[str, bool, bool]]:
    """The headline and the paragraphs as far as they are looked at; whether each is the headline, and the lead."""
    if document.title:
        yield document.title, True, True
    bodies = (document.text[block.start : block.end] for block in document.blocks if block.kind == "body")
    left = _WORDS
    for number, text in enumerate(bodies):
        if left <= 0:
            return
        words = text.split(None, left)
        yield (" ".join(words[:left]) if len(words) > left else text), False, number < _LEAD
        left -= len(words)


def _words(text: str) -> Iterator[tuple[str, bool, bool, bool]]:
    """Each word in lower case; if it has a capital, if it may open a sentence, if it stands beside the word before."""
    plain, lower = fold(text), fold_lower(text)
    end = 0
    for match in _WORD.finditer(lower):
        start = match.start()
        gap = plain[end:start]
        opens = end == 0 or not _OPENS.isdisjoint(gap)
        yield _POSSESSIVE.sub("", match.group()), plain[start].isupper(), opens, gap in (" ", "-", " - ")
        end = match.end()


@cache
def _common() -> frozenset[str]:
    return frozenset(load("terms.toml", "pledgetrail.resolution")["common"])
