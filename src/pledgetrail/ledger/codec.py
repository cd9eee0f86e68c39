"""Records to JSON and back. Dictionaries have the names of the export contract where the contract names them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final

from pledgetrail.records import Amount, AnyStatement, Commitment, Encounter, Figure, Party, Span
from pledgetrail.resolution.rows import plain

KINDS: Final[dict[str, type[AnyStatement]]] = {"commitment": Commitment, "encounter": Encounter, "figure": Figure}

_KNOWN: Final = {kind: frozenset(field.name for field in fields(cls)) for kind, cls in KINDS.items()}

_PARTIES: Final = frozenset({"by", "to", "via", "participants"})
_PARTY: Final = frozenset({"speaker", "claimed_by"})
_STRINGS: Final = frozenset({"places", "trace"})


def dumps(value: Any) -> str:
    """Compact JSON with the text's own characters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def span_dict(span: Span) -> dict[str, Any]:
    """A span as the contract writes it."""
    return {
        "document": span.document,
        "field": span.field,
        "start": span.start,
        "end": span.end,
        "quote": span.quote,
    }


def read_span(value: Mapping[str, Any]) -> Span:
    """The span of a dictionary."""
    return Span(value["document"], value["start"], value["end"], value["quote"], value.get("field", "text"))


def spans_list(spans: Iterable[Span]) -> list[dict[str, Any]]:
    """Spans as the contract writes them."""
    return [span_dict(span) for span in spans]


def statement_dict(statement: AnyStatement) -> dict[str, Any]:
    """A statement with all its fields."""
    found: dict[str, Any] = {}
    for field in fields(statement):
        value = getattr(statement, field.name)
        if field.name == "trigger":
            value = span_dict(value)
        elif field.name == "evidence":
            value = spans_list(value)
        elif field.name == "cells":
            value = {cell: spans_list(spans) for cell, spans in value.items()}
        else:
            value = plain(value)
        found[field.name] = value
    return found


def read_statement(value: Mapping[str, Any]) -> AnyStatement:
    """The statement of a dictionary; unknown names in it are ignored."""
    kind = value["kind"]
    return KINDS[kind](**{name: read_field(name, item) for name, item in value.items() if name in _KNOWN[kind]})


def read_field(name: str, value: Any) -> Any:
    """The value of a statement's field from its JSON form. Raises KeyError or TypeError if it is not that form."""
    if value is None:
        return None
    if name == "trigger":
        return read_span(value)
    if name == "evidence":
        return tuple(read_span(item) for item in value)
    if name == "cells":
        return {cell: tuple(read_span(item) for item in spans) for cell, spans in value.items()}
    if name in _PARTIES:
        return tuple(read_party(item) for item in value)
    if name in _PARTY:
        return read_party(value)
    if name == "amount":
        return Amount(float(value["value"]), value.get("currency"), value.get("text", ""), value.get("qualifier"))
    if name in _STRINGS:
        return tuple(str(item) for item in value)
    return value


def read_party(value: Mapping[str, Any]) -> Party:
    """The party of a dictionary."""
    return Party(
        id=value["id"],
        name=value["name"],
        type=value["type"],
        country=value.get("country"),
        aliases=tuple(value.get("aliases") or ()),
    )
