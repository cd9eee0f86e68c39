"""The ledger as JSON Lines, after the export contract: one file a kind, one object a line, UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from pledgetrail.ledger.disagreements import read_disagreements, rivals
from pledgetrail.ledger.origins import copy_records
from pledgetrail.ledger.queries import Filter, document_rows, entries
from pledgetrail.publishing.contract import document_dict, row_dict
from pledgetrail.publishing.files import replacing
from pledgetrail.publishing.together import actor_dicts, trail_dicts

#: File names by kind of row.
FILES: Final = {"commitment": "commitments.jsonl", "encounter": "encounters.jsonl", "figure": "figures.jsonl"}


def export_jsonl(connection: Connection, folder: Path) -> dict[str, int]:
    """Write all files of the contract into a folder; the number of lines of each."""
    counts = {name: 0 for name in FILES.values()}
    against = rivals(connection)
    for kind, name in FILES.items():
        lines = (row_dict(entry, against.get(entry.row.id, ())) for entry in entries(connection, Filter(kind=kind)))
        counts[name] = _write(folder, name, lines)
    documents = (document_dict(dict(row)) for row in document_rows(connection))
    others: dict[str, Iterable[Mapping[str, Any]]] = {
        "documents.jsonl": documents,
        "actors.jsonl": actor_dicts(connection),
        "trails.jsonl": trail_dicts(connection),
        "disagreements.jsonl": read_disagreements(connection),
        "copies.jsonl": copy_records(connection),
    }
    return counts | {name: _write(folder, name, found) for name, found in others.items()}


def _write(folder: Path, name: str, lines: Iterable[Mapping[str, Any]]) -> int:
    number = 0
    with replacing(folder, name) as file:
        for line in lines:
            # Line separators of Unicode are escaped: some readers split lines at them.
            text = json.dumps(line, ensure_ascii=False)
            text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")
            file.write(text + "\n")
            number += 1
    return number
