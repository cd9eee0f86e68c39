"""One item of a second reader's reply: its quotations are placed in the excerpt, and those that hold become cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pledgetrail.extraction.binding import Binding, Meaning
from pledgetrail.extraction.cells import span_of
from pledgetrail.extraction.commitments import statement_id
from pledgetrail.extraction.excerpts import Excerpt, clean_quote, places
from pledgetrail.records import Parsed, Party, Span

#: A language model gives no probability that has been measured, so all it says stands at this confidence.
CONFIDENCE: Final = 0.5
#: Quotations taken for one cell.
MOST_QUOTED_IN_CELL: Final = 20
#: Sentences that one quotation may touch and still be the sentence of a statement.
MOST_SENTENCES: Final = 4

#: What is counted as left out, and why.
MALFORMED, NO_SENTENCE = "statements not in form", "statements without their sentence"
NOT_FOUND, NOT_UNDERSTOOD = "quotations not in the text", "quotations not understood"


@dataclass(slots=True)
class Telling:
    """One item of a reply. Ask :meth:`settle` first; cells that hold are collected on the way."""

    parsed: Parsed
    binding: Binding
    excerpt: Excerpt
    item: Mapping[str, Any]
    tally: Counter[str]
    reader: str
    evidence: tuple[Span, ...] = ()
    trigger: Span | None = None
    cells: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _home: tuple[int, int] = (0, 0)  # the sentence, in offsets of the excerpt
    _center: int = 0

    def settle(self, trigger: str) -> bool:
        """Place the sentence, then the words of the key ``trigger`` in it; False if the sentence is not there."""
        sentence, words = self._quote("sentence"), self._quote(trigger)
        at = self._sentence(sentence, words) if sentence else None
        if at is None:
            self.tally[NO_SENTENCE] += 1
            return False
        self._home = (at, at + len(sentence))
        start, end = self.excerpt.span(*self._home)
        touched = self.binding.sentences(start, end)
        if not 0 < len(touched) <= MOST_SENTENCES:
            self.tally[NO_SENTENCE] += 1
            return False
        self._center = at
        inside = places(self.excerpt, words, *self._home) if words else []
        if inside:
            self._center = inside[0]
            self.trigger = span_of(self.parsed, *self.excerpt.span(inside[0], inside[0] + len(words)))
            first = self.binding.sentences(self.trigger.start, self.trigger.end)
            touched = [*first, *(s for s in touched if s not in first)]
        else:
            self.trigger = span_of(self.parsed, start, end)
            self._left_out(trigger, NOT_FOUND)
        self.evidence = tuple(span_of(self.parsed, *s) for s in touched)
        return True

    def _sentence(self, sentence: str, words: str) -> int | None:
        """Where the sentence stands; of several places the first that the trigger's words are in."""
        found = places(self.excerpt, sentence)
        with_words = (at for at in found if words and places(self.excerpt, words, at, at + len(sentence)))
        return next(with_words, found[0] if found else None)

    def choice(self, key: str, known: Sequence[str]) -> str | None:
        """The word of a vocabulary under a key, None if it is no word of it."""
        value = self.item.get(key)
        if isinstance(value, str) and value in known:
            return value
        self.tally[MALFORMED] += 1
        return None

    def _quote(self, key: str) -> str:
        value = self.item.get(key)
        return clean_quote(value) if isinstance(value, str) else ""

    def _quotes(self, key: str) -> list[str]:
        value = self.item.get(key)
        values = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
        cleaned = (clean_quote(v) for v in values[:MOST_QUOTED_IN_CELL] if isinstance(v, str))
        return [quote for quote in dict.fromkeys(cleaned) if quote]

    def spans(self, key: str) -> list[Span]:
        """The quotations of a cell, each placed in the sentence, else nearest to it; the others are counted."""
        found = []
        for quote in self._quotes(key):
            start, end = self._home
            ats = places(self.excerpt, quote, start, end) or places(self.excerpt, quote)
            if not ats:
                self._left_out(key, NOT_FOUND)
                continue
            at = min(ats, key=lambda a: (abs(a - self._center), a))
            found.append(span_of(self.parsed, *self.excerpt.span(at, at + len(quote))))
        return list(dict.fromkeys(found))

    def words(self, key: str) -> str:
        """The words of a cell as the document has them, on one line; they are kept as its evidence."""
        spans = self.spans(key)[:1]
        if spans:
            self.cells[key] = tuple(spans)
        return " ".join(" ".join(s.quote.split()) for s in spans)

    def flag(self, key: str, cell: str) -> bool:
        """Whether words of the text stand behind a yes."""
        spans = self.spans(key)[:1]
        if spans:
            self.cells[cell] = tuple(spans)
        return bool(spans)

    def meant(self, key: str) -> list[tuple[Span, Meaning]]:
        """The quotations of a cell that stand for parties."""
        found = []
        for span in self.spans(key):
            meaning = self.binding.parties(span.start, span.end)
            if not meaning.parties:
                self._left_out(key, NOT_UNDERSTOOD)
                continue
            found.append((span, meaning))
            self.notes.append(f"{key}: “{span.quote}”")
            self.notes += [f"  {step}" for step in meaning.chain]
        return found

    def cast(self, key: str, without: Iterable[Party] = ()) -> tuple[Party, ...]:
        """Whom a role's words bind, but for parties that have another role."""
        taken = {p.id for p in without}
        chosen = [(s, [p for p in m.bound if p.id not in taken]) for s, m in self.meant(key)]
        if any(bound for _, bound in chosen):
            self.cells[key] = tuple(span for span, bound in chosen if bound)
        return tuple(dict.fromkeys(p for _, bound in chosen for p in bound))

    def speaker(self, key: str) -> Party | None:
        """The first party that words stand for."""
        for span, meaning in self.meant(key):
            self.cells[key] = (span,)
            return meaning.parties[0]
        return None

    def time(self, key: str) -> tuple[str | None, str | None]:
        """The date of a cell's words with its basis."""
        for span in self.spans(key):
            time = self.binding.time(span.start, span.end)
            if time is not None:
                self.cells[key] = (span_of(self.parsed, time.start, time.end),)
                return time.edtf, time.basis
            self._left_out(key, NOT_UNDERSTOOD)
        return None, None

    def where(self) -> tuple[str, ...]:
        """The names of the places."""
        spans = self.spans("places")
        if spans:
            self.cells["places"] = tuple(spans)
        return tuple(dict.fromkeys(self.binding.place(s.start, s.end) for s in spans))

    def left_out(self, key: str) -> None:
        """Count words whose meaning our own reading of the text does not know."""
        self._left_out(key, NOT_UNDERSTOOD)

    def _left_out(self, key: str, why: str) -> None:
        self.tally[why] += 1
        self.notes.append(f"left out: {key} ({why})")

    def shared(self, kind: str) -> dict[str, Any]:
        """The fields that every statement has; call it when the cells are filled."""
        document, trigger = self.parsed.document, self.trigger
        assert trigger is not None
        return {
            "id": statement_id(document.id, document.text_sha256, kind, trigger.start, trigger.end),
            "document": document.id,
            "text_sha256": document.text_sha256,
            "trigger": trigger,
            "evidence": self.evidence,
            "cells": self.cells,
            "confidence": CONFIDENCE,
            "reader": self.reader,
            "trace": ("words chosen by a language model, bound by the rules", *self.notes),
        }
