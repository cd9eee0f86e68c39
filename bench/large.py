"""A large ledger made of a small one: its rows and what hangs on them, again and again under other ids."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

#: Tables that are repeated, each with the columns that hold ids.
TABLES = {
    "documents": ("id", "origin", "story"),
    "statements": ("id", "document", "base_row", "origin"),
    "rows": ("id", "merged_into", "split_from", "joined_to", "part_of", "document"),
    "row_statements": ("row_id", "statement_id"),
    "row_parties": ("row_id",),
    "row_places": ("row_id",),
    "evidence": ("row_id", "document"),
    "blocks": ("document",),
    "datings": ("document",),
    "copies": ("document", "source"),
    "trails": ("id",),
    "trail_rows": ("trail", "row_id"),
    "disagreements": ("id",),
    "disagreement_rows": ("disagreement", "row_id"),
}

#: Columns that the database numbers itself.
NUMBERED = ("seq", "issued")

#: For so many repeated rows there is one actor more; most rows name few of them.
ROWS_PER_ACTOR = 25


def repeat(path: Path, wanted: int) -> int:
    """Repeat a ledger's rows with their reports, trails and disagreements until there are so many. The number then."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous=OFF")
    (own,) = database.execute("SELECT count(*) FROM rows WHERE content IS NOT NULL").fetchone()
    limits = {t: database.execute(f"SELECT max(rowid) FROM {t}").fetchone()[0] or 0 for t in TABLES}
    for number in range(1, -(-wanted // own)):
        for table, keys in TABLES.items():
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] not in NUMBERED]
            chosen = [f"\"{c}\" || '~{number}'" if c in keys else f'"{c}"' for c in columns]
            names = ", ".join(f'"{c}"' for c in columns)
            query = f"INSERT INTO {table} ({names}) SELECT {', '.join(chosen)} FROM {table} WHERE rowid <= ?"
            database.execute(query, (limits[table],))
        _rename_claims(database, number)
    database.execute(
        "UPDATE rows SET amount_value = amount_value * (1 + abs(random() % 900) / 1000.0),"
        " earliest = date(earliest, (random() % 700) || ' days'), confidence = abs(random() % 1000) / 1000.0,"
        " origins = 1 + abs(random() % 6) WHERE issued > ?",
        (limits["rows"],),
    )
    _add_actors(database, limits["row_parties"], wanted // ROWS_PER_ACTOR)
    database.commit()
    (count,) = database.execute("SELECT count(*) FROM rows WHERE content IS NOT NULL").fetchone()
    database.close()
    return int(count)


def _rename_claims(database: sqlite3.Connection, number: int) -> None:
    """Let the claims of repeated disagreements be of repeated rows and reports."""
    ending = f"~{number}"
    found = database.execute("SELECT id, content FROM disagreements WHERE id LIKE ?", (f"%{ending}",)).fetchall()
    for name, content in found:
        its: dict[str, Any] = json.loads(content)
        for claim in its["claims"]:
            claim["row"] += ending
            for telling in claim["tellings"]:
                for part, key in ((telling, "document"), (telling, "origin"), (telling["evidence"], "document")):
                    part[key] += ending
        database.execute("UPDATE disagreements SET content = ? WHERE id = ?", (json.dumps(its), name))


def _add_actors(database: sqlite3.Connection, last: int, count: int) -> None:
    """Let repeated rows name half the time one of so many other actors, the first of these far more than the last."""
    actors = [
        (f"party:made-{n}", f"Made party {n}", "organisation", "[]", f" | made party {n} | ") for n in range(count)
    ]
    database.executemany("INSERT INTO actors (id, name, type, aliases, folded) VALUES (?, ?, ?, ?, ?)", actors)
    database.execute(
        "UPDATE row_parties SET actor_id = 'party:made-' || ((abs(random() % ?) * abs(random() % 1000)) / 1000)"
        " WHERE rowid > ? AND random() % 2 = 0",
        (max(1, count), last),
    )
