"""From a form or a JSON body to a row that reading has missed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection
from starlette.datastructures import FormData

from pledgetrail.language.quantities import find_quantities
from pledgetrail.ledger.adding import Told, add
from pledgetrail.ledger.decisions import Decision
from pledgetrail.ledger.errors import InvalidDecision
from pledgetrail.ledger.queries import document_text
from pledgetrail.records import Span
from pledgetrail.resolution.rows import CELLS
from pledgetrail.serving.deciding import read_span, signature
from pledgetrail.serving.editing import CHOICES, EDITABLE, read_value
from pledgetrail.serving.pointing import said, words_of
from pledgetrail.serving.sentences import Place, trimmed
from pledgetrail.serving.site import Site
from pledgetrail.serving.team import Person

#: Most code points of a sentence that a row is added from, and of what is typed into a field.
LONGEST_SENTENCE: Final = 5_000
_LONGEST: Final = 2_000

#: Places of one cell, as a form writes them: "12-20,31-40".
_PLACES: Final = re.compile(r"\d{1,9}-\d{1,9}(?:,\d{1,9}-\d{1,9}){0,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form says of a cell: its value, and the words that show it, by their places or as they are typed."""

    text: str = ""
    words: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A row that somebody wants to add. Cells are as they were typed, or in the form of the export contract."""

    kind: str
    sentence: Span
    cells: Mapping[str, Typed | Told] = field(default_factory=dict)
    reason: str = ""


def add_missed(site: Site, person: Person | None, missed: Missed) -> Decision:
    """Add a row under somebody's name. Raises as ``deciding.decide``; nothing is recorded then."""
    name = signature(site, person)
    if missed.kind not in EDITABLE:
        raise InvalidDecision(f"{missed.kind!r} is no kind of row; there are {', '.join(EDITABLE)}")
    with site.ledger.reading() as connection:
        sentence = read_sentence(connection, missed.sentence)
        cells: dict[str, Told] = {}
        for cell, its in missed.cells.items():
            if isinstance(its, Typed):
                cells |= _read(connection, missed.kind, sentence, cell, its)
            else:
                cells[cell] = Told(its.value, [read_span(connection, span) for span in its.spans])
        _complete(missed, cells)
    return add(site.ledger, missed.kind, sentence, cells, reviewer=name, reason=missed.reason.strip())


def read_sentence(connection: Connection, span: Span) -> Span:
    """The sentence with the words that stand there. Raises InvalidDecision for a place that is none, or too long."""
    if span.end - span.start > LONGEST_SENTENCE:
        raise InvalidDecision(f"a row is added from one sentence, of at most {LONGEST_SENTENCE:,} characters")
    found = read_span(connection, span)
    if not found.quote.strip():
        raise InvalidDecision(f"{span.document}: has no words at {span.start}-{span.end}")
    return found


def _read(connection: Connection, kind: str, sentence: Span, cell: str, typed: Typed) -> dict[str, Told]:
    """What was typed into a cell, with its words: those that were chosen, or those that are found."""
    words = _chosen(connection, sentence, cell, typed) if cell in CELLS[kind] else ()
    text = typed.text.strip()
    if not text and words and cell not in CHOICES:
        text = " ".join(words[0].quote.split())
    if max(len(text), len(typed.words)) > _LONGEST:
        raise InvalidDecision(f"{cell}: more than {_LONGEST:,} characters")
    value = read_value(connection, kind, cell, text, words[0] if words else sentence)
    if value is None or value is False or value == []:
        return {}
    if cell in CELLS[kind] and not words and cell not in CHOICES:
        words = words_of(connection, sentence, cell, text, value)
    return {cell: Told(value, words)}


def _chosen(connection: Connection, sentence: Span, cell: str, typed: Typed) -> tuple[Span, ...]:
    if typed.places:
        text = document_text(connection, sentence.document) or ""
        ends = [trimmed(text, start, end) for start, end in typed.places if start <= end <= len(text)]
        if len(ends) != len(typed.places):
            raise InvalidDecision(f"{sentence.document}: has no words at the place of {cell}")
        return tuple(read_span(connection, Span(sentence.document, start, end, "")) for start, end in ends)
    if not typed.words.strip() or len(typed.words) > _LONGEST:
        return ()
    found = said(connection, sentence, typed.words, whole=False)
    if found is None:
        raise InvalidDecision(f"{cell}: {sentence.document} has not the words {typed.words.strip()!r}")
    return (found,)


def _complete(missed: Missed, cells: dict[str, Told]) -> None:
    """A figure typed with its currency or qualifier ("at least USD 5 million") has these too."""
    value = missed.cells.get("value")
    if missed.kind == "figure" and isinstance(value, Typed):
        for quantity in find_quantities(value.text)[:1]:
            for cell in ("currency", "qualifier"):
                if getattr(quantity, cell) and cell not in cells:
                    cells[cell] = Told(getattr(quantity, cell))


def missed_of(form: FormData) -> Missed:
    """What a form asks for. Raises InvalidDecision for fields that do not fit."""
    fields = {name: str(value) for name, value in form.multi_items()}
    kind = fields.get("kind", "")
    start, end = (fields.get(name, "") for name in ("start", "end"))
    if not all(re.fullmatch(r"\d{1,9}", place, re.ASCII) for place in (start, end)):
        raise InvalidDecision("choose the sentence that says it: start and end say where it lies")
    return Missed(
        kind=kind,
        sentence=Span(fields.get("document", ""), int(start), int(end), ""),
        cells={cell: typed for cell in EDITABLE.get(kind, ()) if (typed := _typed(fields, cell)) != Typed()},
        reason=fields.get("reason", "")[:10_000],
    )


def _typed(fields: Mapping[str, Any], cell: str) -> Typed:
    places = fields.get(f"places.{cell}", "")
    if places and not _PLACES.fullmatch(places):
        raise InvalidDecision(f"the place of {cell} is written START-END, in characters of the report")
    pairs = [tuple(map(int, place.split("-"))) for place in places.split(",") if place]
    return Typed(fields.get(f"cell.{cell}", ""), fields.get(f"words.{cell}", ""), tuple((a, b) for a, b in pairs))
