"""What can be read cheaply from a sentence, offered to who adds a row from it. Nothing of it is stored unasked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from pledgetrail.language import gazetteer
from pledgetrail.language.quantities import find_quantities
from pledgetrail.ledger.schema import actors, row_parties, row_places, row_statements, statements
from pledgetrail.records import Quantity, Span
from pledgetrail.serving import days
from pledgetrail.serving.pointing import numbers_of
from pledgetrail.serving.sentences import Place
from pledgetrail.serving.words import number

#: Cells that each sort of finding is offered for, by kind of row.
_FOR: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "commitment": {
        "actor": ("by", "to", "via", "speaker"),
        "place": ("places",),
        "day": ("when", "period"),
        "sum": ("amount",),
        "words": ("what",),
    },
    "encounter": {"actor": ("participants",), "place": ("places",), "day": ("when",)},
    "figure": {
        "actor": ("claimed_by",),
        "place": ("places",),
        "day": ("when",),
        "count": ("value",),
        "words": ("unit", "of"),
    },
}

_PLACES: Final = frozenset({"state", "capital", "city", "region"})

#: Most actors and places of a report's other rows that a sentence is searched for, and offers for one cell.
_KNOWN: Final = 300
_MOST: Final = 8

#: Longer words are no value of a cell.
_LONGEST: Final = 150


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that a cell may have, as one would type it, with its words in the report.

    ``note`` says what is behind it.
    """

    value: str
    start: int
    end: int
    words: str
    note: str = ""


def offers(connection: Connection, sentence: Span, kind: str, chosen: Place | None = None) -> dict[str, list[Offer]]:
    """What a sentence offers for the cells of a kind, those of the words chosen in it first."""
    found: dict[str, list[Offer]] = {}
    for sort, offer in _read(connection, sentence, chosen):
        for cell in _FOR[kind].get(sort, ()):
            listed = found.setdefault(cell, [])
            if all(offer.value != its.value for its in listed):
                listed.append(offer)

    def within(offer: Offer) -> bool:
        return chosen is not None and offer.start < chosen[1] and offer.end > chosen[0]

    return {cell: sorted(its, key=lambda one: (not within(one), one.start))[:_MOST] for cell, its in found.items()}


def _read(connection: Connection, sentence: Span, chosen: Place | None) -> Iterator[tuple[str, Offer]]:
    def offer(value: str, start: int, end: int, note: str = "") -> Offer:
        at = sentence.start
        return Offer(value, at + start, at + end, sentence.quote[start:end], note)

    if chosen is not None:
        first, last = max(0, chosen[0] - sentence.start), chosen[1] - sentence.start
        if last - first <= _LONGEST and sentence.quote[first:last].strip():
            yield "words", offer(" ".join(sentence.quote[first:last].split()), first, last, "the words you chose")
    for name, start, end in _known_names(connection, sentence, "actor"):
        yield "actor", offer(name, start, end)
    for name, start, end in _known_names(connection, sentence, "place"):
        yield "place", offer(name, start, end)
    for match in gazetteer.find(sentence.quote):
        if match.entry.type is not None:
            yield "actor", offer(_actor(match.entry), match.start, match.end)
        if match.entry.kind in _PLACES:
            yield "place", offer(match.entry.name, match.start, match.end)
    for time in days.times_in(connection, sentence):
        day = days.published(connection, sentence.document)
        note = day.basis if time.basis == days.FROM_REPORT else ""
        yield "day", offer(str(time.edtf), time.start - sentence.start, time.end - sentence.start, note)
    for quantity in find_quantities(sentence.quote):
        yield from _number(quantity, offer)


def _actor(entry: gazetteer.Entry) -> str:
    """Who acts where a name stands: "Ankara" and "Turkish" are the state."""
    return gazetteer.state(entry.country).name if entry.type == "state" and entry.country else entry.name


def _number(quantity: Quantity, offer: Any) -> Iterator[tuple[str, Offer]]:
    values = list(numbers_of(quantity))
    if quantity.percent or not values:
        return

    def written(typed: str) -> str:
        return " ".join(part for part in (quantity.qualifier, quantity.currency, typed) if part)

    value, place = values[0], (quantity.start, quantity.end)
    if quantity.currency:
        yield "sum", offer(written(number(value[-1] if isinstance(value, list) else value)), *place)
    both = "-".join(f"{bound:.15g}" for bound in value) if isinstance(value, list) else number(value)
    yield "count", offer(written(both), *place)


def _known_names(connection: Connection, sentence: Span, sort: str) -> Iterator[tuple[str, int, int]]:
    """Actors or places of the rows of the same report, where the sentence names them."""
    own = (
        select(row_statements.c.row_id)
        .join(statements, statements.c.id == row_statements.c.statement_id)
        .where(statements.c.document == sentence.document)
    )
    known: dict[str, Iterable[str]] = {}
    if sort == "actor":
        ids = select(row_parties.c.actor_id).where(row_parties.c.row_id.in_(own))
        query = select(actors.c.name, actors.c.aliases).where(actors.c.id.in_(ids)).order_by(actors.c.id).limit(_KNOWN)
        known = {name: (name, *json.loads(aliases)) for name, aliases in connection.execute(query)}
    else:
        places = select(row_places.c.place).where(row_places.c.row_id.in_(own)).distinct().limit(_KNOWN)
        known = {place: (place,) for place in connection.execute(places).scalars()}
    for name, forms in sorted(known.items()):
        for form in forms:
            found = re.search(rf"(?<!\w){re.escape(form)}(?!\w)", sentence.quote) if len(form) > 1 else None
            if found is not None:
                yield name, found.start(), found.end()
                break
