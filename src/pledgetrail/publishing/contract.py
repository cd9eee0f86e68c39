"""Rows, documents and actors in the form of the export contract (docs/reference/export.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pledgetrail.ledger.codec import spans_list
from pledgetrail.ledger.queries import Entry
from pledgetrail.records import AnyStatement, Commitment, Encounter, Figure
from pledgetrail.resolution.rows import CELLS, cell_value, plain
from pledgetrail.vocabulary import SECTORS

#: Cells that hold no evidence of their own: a classified sector cites the words of ``what``.
_CITES = {"sector": "what"}


def row_dict(entry: Entry, rivals: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A row as a line of commitments.jsonl, encounters.jsonl or figures.jsonl, after its kind.

    Parties have the ids of their actors. ``rivals`` are the values of other rows that compete with a figure's
    (``ledger.disagreements.rivals``).
    """
    content = entry.row.content
    if isinstance(content, Commitment):
        own = _commitment(content)
    elif isinstance(content, Encounter):
        own = _encounter(content)
    else:
        own = _figure(content)
    alternatives = _alternatives(entry)
    shared = {
        "alternatives": alternatives,
        "confidence": content.confidence,
        "origins": entry.row.origins,
        "trail": entry.trail,
        "disagreements": list(entry.disagreements),
        "status": entry.row.status,
        "second": entry.columns.get("second"),
        "evidence": spans_list(content.evidence),
        "cell_evidence": _cell_evidence(content),
        "aliases": list(entry.row.aliases),
    }
    if isinstance(content, Figure):
        own["disagreement"] = [*(a for a in alternatives if a["cell"] == "value"), *rivals] or None
    if "part_of" in own:
        own["part_of"] = entry.part_of
    return {"id": entry.row.id, **{name: _with_actors(value, entry.actors) for name, value in own.items()}, **shared}


def _with_actors(value: Any, actors: Mapping[str, str]) -> Any:
    """A cell with the actor's id for the id that each party was read under."""
    if isinstance(value, list):
        return [_with_actors(item, actors) for item in value]
    if isinstance(value, dict) and "aliases" in value:
        return {**value, "id": actors.get(value["id"], value["id"])}
    return value


def _commitment(content: Commitment) -> dict[str, Any]:
    return {
        "stage": content.stage,
        "by": plain(content.by),
        "to": plain(content.to),
        "via": plain(content.via),
        "what": content.what,
        "amount": plain(content.amount),
        "flow": content.flow,
        "sector": sector(content.sector),
        "places": list(content.places),
        "when": content.when,
        "when_basis": content.when_basis,
        "period": content.period,
        "conditional": content.conditional,
        "negated": content.negated,
        "planned": content.planned,
        "cumulative": content.cumulative,
        "part_of": None,
        "speaker": plain(content.speaker),
    }


def _encounter(content: Encounter) -> dict[str, Any]:
    return {
        "kind": content.encounter,
        "participants": plain(content.participants),
        "places": list(content.places),
        "when": content.when,
        "when_basis": content.when_basis,
        "planned": content.planned,
    }


def _figure(content: Figure) -> dict[str, Any]:
    return {
        "value": plain(cell_value(content, "value")),
        "qualifier": content.qualifier,
        "currency": content.currency,
        "measure": measure_words(content),
        "measure_class": content.measure,
        "unit": content.unit,
        "of": content.of,
        "places": list(content.places),
        "when": content.when,
        "when_basis": content.when_basis,
        "claimed_by": plain(content.claimed_by),
        "part_of": None,
    }


def measure_words(content: Figure) -> str:
    """What was counted and what befell it: "civilians killed"; the class is added where the words do not say it."""
    if not content.unit:
        return content.measure
    said = content.measure == "other" or content.measure[:5] in content.unit.lower()
    return content.unit if said else f"{content.unit} {content.measure}"


def sector(code: str | None) -> dict[str, str | None] | None:
    """A sector with the DAC's name for its code."""
    return None if code is None else {"code": code, "name": SECTORS.get(code)}


def _alternatives(entry: Entry) -> list[dict[str, Any]]:
    return [
        {**item, "value": _with_actors(item["value"], entry.actors), "evidence": spans_list(item["evidence"])}  # type: ignore[arg-type]
        for item in entry.row.alternatives
    ]


def _cell_evidence(content: AnyStatement) -> dict[str, Any]:
    """The spans of every filled cell; where reading kept none for a cell, those of the act's sentences."""
    found: dict[str, Any] = {}
    for cell in CELLS[content.kind]:
        if cell_value(content, cell) in (None, (), ""):
            continue
        spans = content.cells.get(cell) or content.cells.get(_CITES.get(cell, "")) or content.evidence
        found[cell] = spans_list(spans)
    return found


def document_dict(row: Mapping[str, Any]) -> dict[str, Any]:
    """A document as a line of documents.jsonl. A day that siblings tell says so in ``published_basis``; how it was
    inferred is in ``dating``.
    """
    spans = json.loads(row["spans"])
    given = spans["published_span"]
    same = ("id", "url", "title", "outlet", "agency", "author", "language", "origin", "story")
    return {
        **{name: row[name] for name in same},
        "published": row["published"] or row["edtf"],
        "published_basis": row["published_basis"] or row["basis"],
        "dating": json.loads(row["dating"]) if row["dating"] else None,
        "text": row["text"],
        "text_sha256": row["text_sha256"],
        "content_sha256": row["content_sha256"],
        "source": row["source"],
        "title_span": spans["title_span"],
        "published_span": spans["published_span"],
        # what a span in the field "published" counts in: the day as the record gave it
        "published_given": given["quote"] if given is not None and given.get("field") == "published" else None,
        "section": row["section"],
        "partial": bool(row["partial"]),
        "page_sha256": row["page_sha256"],
    }
