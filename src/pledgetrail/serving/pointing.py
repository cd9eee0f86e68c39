"""Which words of a report show what was typed into a cell, where the reviewer did not say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from pledgetrail.language import gazetteer
from pledgetrail.language.quantities import find_quantities
from pledgetrail.ledger.queries import document_text
from pledgetrail.ledger.schema import actors
from pledgetrail.records import Quantity, Span
from pledgetrail.serving import days
from pledgetrail.serving.editing import parts

#: Cells of names, of numbers, of days, and of the text's own words; the others are judgements, which no words show.
_NAMES: Final = frozenset({"by", "to", "via", "participants", "speaker", "claimed_by", "places"})
_NUMBERS: Final = frozenset({"amount", "value"})
_DAYS: Final = frozenset({"when", "period"})
_TEXTS: Final = frozenset({"what", "unit", "of"})

#: Shorter words are too easily found where they mean something else.
_SHORTEST: Final = 3


def words_of(connection: Connection, sentence: Span, cell: str, typed: str, value: Any) -> tuple[Span, ...]:
    """The words of a sentence, or else of its report, that show a cell; nothing if none do.

    ``typed`` is what stands in the form and ``value`` what it was read as (in the form of the export contract).
    """
    if cell in _NAMES:
        values = value if isinstance(value, list) else [value]
        both = zip(parts(typed) if isinstance(value, list) else [typed], values, strict=False)
        found = [_name(connection, sentence, name, its) for name, its in both]
        return tuple(dict.fromkeys(span for span in found if span is not None))
    one: Span | None = None
    if cell in _NUMBERS:
        one = _number(sentence, value)
    elif cell in _DAYS:
        one = _day(connection, sentence, value)
    if cell in (_NUMBERS | _DAYS | _TEXTS):
        one = one or said(connection, sentence, typed)
    return (one,) if one is not None else ()


def said(connection: Connection, sentence: Span, words: str, *, whole: bool = True) -> Span | None:
    """Words as they are typed, in the sentence or else nearest to it in its report. ``whole``: not within others."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    if not pattern or (whole and len(words.strip()) < _SHORTEST):
        return None
    known = re.compile(rf"(?<!\w){pattern}(?!\w)" if whole else pattern, re.IGNORECASE)
    found = known.search(sentence.quote)
    if found is not None:
        return _span(sentence, found.start(), found.end())
    text = document_text(connection, sentence.document) or ""
    # what is said next to a sentence is rather meant in it than what the headline says
    nearest = min(known.finditer(text), key=lambda found: abs(found.start() - sentence.start), default=None)
    return Span(sentence.document, nearest.start(), nearest.end(), nearest.group()) if nearest is not None else None


def _span(sentence: Span, start: int, end: int) -> Span:
    at = sentence.start
    return Span(sentence.document, at + start, at + end, sentence.quote[start:end])


def _name(connection: Connection, sentence: Span, typed: str, value: Any) -> Span | None:
    """A name as typed, as the ledger has it, or as the gazetteer reads other words ("Azerbaijani", "Ankara")."""
    names = [typed, *_names_of(connection, value)]
    for name in names:
        found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence.quote, re.IGNORECASE) if name else None
        if found is not None:
            return _span(sentence, found.start(), found.end())
    country = value.get("country") if isinstance(value, dict) and value.get("type") == "state" else None
    wanted = {name.casefold() for name in names}
    for match in gazetteer.find(sentence.quote):
        entry = match.entry
        if entry.name.casefold() in wanted or (country and entry.type == "state" and entry.country == country):
            return _span(sentence, match.start, match.end)
    return next((span for name in names if (span := said(connection, sentence, name)) is not None), None)


def _names_of(connection: Connection, value: Any) -> Sequence[str]:
    if not isinstance(value, dict):
        return []
    query = select(actors.c.name, actors.c.aliases).where(actors.c.id == value["id"])
    known = connection.execute(query).one_or_none()
    return [str(value["name"]), *([known.name, *json.loads(known.aliases)] if known is not None else [])]


def _number(sentence: Span, value: Any) -> Span | None:
    wanted = value["value"] if isinstance(value, dict) else value
    currency = value.get("currency") if isinstance(value, dict) else None
    for quantity in find_quantities(sentence.quote):
        if wanted in list(numbers_of(quantity)) and (not currency or quantity.currency in (currency, None)):
            return _span(sentence, quantity.start, quantity.end)
    return None


def numbers_of(quantity: Quantity) -> Iterator[float | list[float]]:
    """The numbers that a quantity may be typed as: its value, or its bounds."""
    bounds = [bound for bound in (quantity.low, quantity.high) if bound is not None]
    if quantity.value is not None:
        yield quantity.value
    elif bounds:
        yield bounds
        yield from bounds


def _day(connection: Connection, sentence: Span, value: Any) -> Span | None:
    edtf = value["when"] if isinstance(value, dict) else value
    times: Iterable[Any] = days.times_in(connection, sentence)
    for time in times:
        if time.edtf == edtf:
            text = document_text(connection, sentence.document) or ""
            return Span(sentence.document, time.start, time.end, text[time.start : time.end])
    return None
