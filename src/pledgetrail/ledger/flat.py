"""A row's content laid out in columns and side tables, for people and for filters. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pledgetrail.language.edtf import days_of
from pledgetrail.ledger.codec import dumps, statement_dict
from pledgetrail.records import AnyStatement, Commitment, Encounter, Figure, Party, Span
from pledgetrail.resolution.rows import plain

#: Roles in ``row_parties`` per kind, with the field that holds them.
ROLES: Final[dict[str, dict[str, str]]] = {
    "commitment": {"by": "by", "to": "to", "via": "via", "speaker": "speaker"},
    "encounter": {"participant": "participants"},
    "figure": {"claimed_by": "claimed_by"},
}

#: How names and places are strung together in one column.
JOINER: Final = "; "


def fold_name(text: str) -> str:
    """A name as filters compare it: without case, marks and accents, words set off by single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare.casefold().replace("ı", "i")))


def row_columns(content: AnyStatement) -> dict[str, Any]:
    """The flat columns of table ``rows`` that follow from the content."""
    earliest, latest = _days(content.when)
    columns: dict[str, Any] = {
        "place_names": JOINER.join(content.places) or None,
        "when_edtf": content.when,
        "when_basis": content.when_basis,
        "earliest": earliest,
        "latest": latest,
        "planned": int(content.planned),
        "confidence": content.confidence,
        "sentence": content.evidence[0].quote if content.evidence else None,
        "document": content.evidence[0].document if content.evidence else content.document,
        "content": dumps(statement_dict(content)),
    }
    if isinstance(content, Commitment):
        columns |= _commitment(content)
    elif isinstance(content, Encounter):
        columns |= {"encounter": content.encounter, "participant_names": _names(content.participants)}
    else:
        columns |= _figure(content)
    return columns


def _commitment(content: Commitment) -> dict[str, Any]:
    amount = content.amount
    return {
        "stage": content.stage,
        "by_names": _names(content.by),
        "to_names": _names(content.to),
        "via_names": _names(content.via),
        "what": content.what or None,
        "amount_value": amount.value if amount else None,
        "amount_currency": amount.currency if amount else None,
        "amount_text": amount.text if amount else None,
        "amount_qualifier": amount.qualifier if amount else None,
        "flow": content.flow,
        "sector": content.sector,
        "period": content.period,
        "conditional": int(content.conditional),
        "negated": int(content.negated),
        "cumulative": int(content.cumulative),
        "speaker": content.speaker.name if content.speaker else None,
    }


def _figure(content: Figure) -> dict[str, Any]:
    return {
        "value": content.value,
        "low": content.low,
        "high": content.high,
        "qualifier": content.qualifier,
        "amount_currency": content.currency,
        "measure": content.measure,
        "unit": content.unit or None,
        "of": content.of,
        "claimed_by": content.claimed_by.name if content.claimed_by else None,
    }


def party_rows(row: str, content: AnyStatement) -> list[dict[str, Any]]:
    """The rows of table ``row_parties``."""
    found = []
    for role, name in ROLES[content.kind].items():
        for position, party in enumerate(_as_tuple(getattr(content, name))):
            found.append(
                {
                    "row_id": row,
                    "role": role,
                    "position": position,
                    "actor_id": party.id,
                    "name": party.name,
                    "type": party.type,
                    "country": party.country,
                    "folded": " | ".join(("", *map(fold_name, (party.name, *party.aliases)), "")),
                    "content": dumps(plain(party)),
                    "party": party.id,
                }
            )
    return found


def place_rows(row: str, content: AnyStatement) -> list[dict[str, Any]]:
    """The rows of table ``row_places``."""
    return [
        {"row_id": row, "position": n, "place": place, "folded": f" {fold_name(place)} "}
        for n, place in enumerate(content.places)
    ]


def evidence_rows(row: str, content: AnyStatement) -> list[dict[str, Any]]:
    """The rows of table ``evidence``: the act's sentences under cell "", then every cell's spans."""
    groups: Mapping[str, Iterable[Span]] = {"": content.evidence, **content.cells}
    return [
        {
            "row_id": row,
            "cell": cell,
            "position": position,
            "document": span.document,
            "field": span.field,
            "start": span.start,
            "end": span.end,
            "quote": span.quote,
        }
        for cell, spans in groups.items()
        for position, span in enumerate(spans)
    ]


def _as_tuple(value: Any) -> tuple[Party, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, Party) else tuple(value)


def _names(parties: tuple[Party, ...]) -> str | None:
    return JOINER.join(party.name for party in parties) or None


def _days(edtf: str | None) -> tuple[str | None, str | None]:
    """The first and last day a date allows, as ISO days; (None, None) for no date or one we cannot read."""
    first, last = days_of(edtf)
    return (first.isoformat() if first else None, last.isoformat() if last else None)
