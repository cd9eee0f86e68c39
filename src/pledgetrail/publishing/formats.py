"""The formats of an export, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from pledgetrail.ledger.store import Ledger
from pledgetrail.publishing.files import make_folder
from pledgetrail.publishing.jsonl import export_jsonl
from pledgetrail.publishing.spreadsheet import export_csv

#: Every format with what writes it: from a connection into a folder, to the number of records by file.
FORMATS: Final[dict[str, Callable[[Connection, Path], dict[str, int]]]] = {"jsonl": export_jsonl, "csv": export_csv}


def export(ledger: Ledger, name: str, folder: Path) -> dict[str, int]:
    """Write the ledger, in one state of it, into a folder, which is made if need be. The records of each file.

    Raises KeyError for a format that is not in FORMATS, ExportError if the folder cannot be written.
    """
    write = FORMATS[name]
    make_folder(folder)
    with ledger.reading() as connection:
        return write(connection, folder)
