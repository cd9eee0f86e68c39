"""The ledger as CSV for a spreadsheet: UTF-8 with a byte-order mark, CRLF, and no cell that runs as a formula.

A text that begins with = + - @, a tab or a carriage return gets an apostrophe before it (OWASP, "CSV injection");
numbers stay numbers. Lists are joined by "; ".
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from pledgetrail.ledger.disagreements import read_disagreements
from pledgetrail.ledger.dossiers import read_actors
from pledgetrail.ledger.queries import Entry, Filter, document_rows, entries
from pledgetrail.publishing.contract import document_dict, row_dict
from pledgetrail.publishing.files import replacing
from pledgetrail.publishing.together import (
    ACTORS,
    DISAGREEMENTS,
    TRAILS,
    actor_record,
    disagreement_records,
    trail_records,
)

#: What a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_ROW: Final = (
    *("confidence", "origins", "trail", "disagreements", "status", "sentence", "document", "start", "end"),
    *("alternatives", "second"),
)

_AMOUNT: Final = ("amount", "amount_currency", "amount_text", "amount_qualifier")

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "commitment": (
        *("id", "stage", "by", "to", "via", "what", *_AMOUNT),
        *("flow", "sector", "sector_name", "places", "when", "when_basis", "period", "conditional", "negated"),
        *("planned", "cumulative", "part_of", "speaker", *_ROW),
    ),
    "encounter": ("id", "kind", "participants", "places", "when", "when_basis", "planned", *_ROW),
    "figure": (
        *("id", "value", "low", "high", "qualifier", "currency", "measure", "unit", "of", "places", "when"),
        *("when_basis", "claimed_by", "part_of", *_ROW),
    ),
}

FILES: Final = {"commitment": "commitments.csv", "encounter": "encounters.csv", "figure": "figures.csv"}

_DOCUMENT: Final = (
    *("id", "url", "title", "outlet", "agency", "author", "published", "published_basis", "language", "origin"),
    *("story", "source", "text_sha256", "content_sha256", "section", "partial", "page_sha256", "text"),
)
_EVIDENCE: Final = ("row", "kind", "cell", "document", "field", "start", "end", "quote")

#: Excel shows no more of a cell than this, and calls a longer one damaged.
_CELL_LIMIT: Final = 32_767


def export_csv(connection: Connection, folder: Path) -> dict[str, int]:
    """Write all files into a folder; the number of records of each."""
    counts = {}
    for kind, name in FILES.items():
        records = (row_record(entry) for entry in entries(connection, Filter(kind=kind)))
        counts[name] = _write(folder, name, COLUMNS[kind], records)
    documents = (document_dict(dict(row)) for row in document_rows(connection))
    counts["documents.csv"] = _write(folder, "documents.csv", _DOCUMENT, documents)
    counts["evidence.csv"] = _write(folder, "evidence.csv", _EVIDENCE, _evidence(connection))
    others: dict[str, tuple[tuple[str, ...], Iterable[Mapping[str, Any]]]] = {
        "actors.csv": (ACTORS, map(actor_record, read_actors(connection))),
        "trails.csv": (TRAILS, trail_records(connection)),
        "disagreements.csv": (DISAGREEMENTS, disagreement_records(read_disagreements(connection))),
    }
    return counts | {name: _write(folder, name, columns, found) for name, (columns, found) in others.items()}


def row_record(entry: Entry) -> dict[str, Any]:
    """A row in columns: the contract's cells, nested ones taken apart, with its fullest sentence and where that is."""
    row = row_dict(entry)
    if amount := row.get("amount"):
        row |= {f"amount_{name}": amount[name] for name in ("currency", "text", "qualifier")}
        row["amount"] = amount["value"]
    if sector := row.get("sector"):
        row |= {"sector": sector["code"], "sector_name": sector["name"]}
    if isinstance(row.get("value"), list):
        row["low"], row["high"] = row.pop("value")
    first = row["evidence"][0] if row["evidence"] else {}
    row |= {"sentence": first.get("quote"), **{name: first.get(name) for name in ("document", "start", "end")}}
    row["alternatives"] = [f"{item['cell']}: {_plain(item['value'])}" for item in row["alternatives"]]
    return row


def _evidence(connection: Connection) -> Iterator[dict[str, Any]]:
    for entry in entries(connection, Filter()):
        row = row_dict(entry)
        about = {"row": entry.row.id, "kind": entry.row.content.kind}
        for cell, spans in {"": row["evidence"], **row["cell_evidence"]}.items():
            for span in spans:
                yield about | {"cell": cell} | span


def _write(folder: Path, name: str, columns: tuple[str, ...], records: Iterable[Mapping[str, Any]]) -> int:
    number = 0
    with replacing(folder, name, encoding="utf-8-sig") as file:
        writer = csv.writer(file, dialect="excel", lineterminator="\r\n")
        writer.writerow(columns)
        for record in records:
            writer.writerow([safe(record.get(column)) for column in columns])
            number += 1
    return number


def safe(value: Any) -> str | int | float:
    """A value as a cell. Booleans are yes and no; texts too long for a cell are cut, with an ellipsis."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, int | float):
        return value
    text = _plain(value).replace("\x00", "")
    if text.lstrip(" \u00a0\ufeff").startswith(_FORMULA):
        text = "'" + text
    return text if len(text) <= _CELL_LIMIT else text[: _CELL_LIMIT - 1] + "…"


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("text") or value.get("value") or "")
    if isinstance(value, list | tuple):
        return "; ".join(_plain(item) for item in value)
    return str(value)
