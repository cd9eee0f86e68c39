"""The ledger as JSON Lines, after the export contract: one file a kind, one object a line, UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from pledgetrail.ledger.queries import Filter, actor_evidence, actor_rows, document_rows, entries
from pledgetrail.publishing.contract import actor_dict, document_dict, row_dict
from pledgetrail.publishing.files import replacing

#: File names by kind of row.
FILES: Final = {"commitment": "commitments.jsonl", "encounter": "encounters.jsonl", "figure": "figures.jsonl"}


def export_jsonl(connection: Connection, folder: Path) -> dict[str, int]:
    """Write all files of the contract into a folder; the number of lines of each."""
    counts = {name: 0 for name in FILES.values()}
    for kind, name in FILES.items():
        lines = (row_dict(entry) for entry in entries(connection, Filter(kind=kind)))
        counts[name] = _write(folder, name, lines)
    documents = (document_dict(dict(row)) for row in document_rows(connection))
    counts["documents.jsonl"] = _write(folder, "documents.jsonl", documents)
    actors = (actor_dict(dict(row), actor_evidence(connection, row["id"])) for row in actor_rows(connection))
    counts["actors.jsonl"] = _write(folder, "actors.jsonl", actors)
    counts["trails.jsonl"] = _write(folder, "trails.jsonl", ())  # no trails are built yet; the file is the contract's
    return counts


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
