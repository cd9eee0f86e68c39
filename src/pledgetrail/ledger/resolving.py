"""From what single reports say to what they say together: run when documents have been written, over what has changed.

Every step is a function of what the ledger holds, not of the order in which it came, and may be broken off: the next
pass goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, select

from pledgetrail.ledger.actors import refresh_actors
from pledgetrail.ledger.copying import link_copies
from pledgetrail.ledger.dates import date_documents
from pledgetrail.ledger.folding import refresh
from pledgetrail.ledger.joining import forget, join
from pledgetrail.ledger.schema import row_statements, statements
from pledgetrail.ledger.store import Ledger
from pledgetrail.ledger.storylines import group_stories
from pledgetrail.ledger.surveying import survey

_VALUES = 500


def resolve_ledger(ledger: Ledger) -> None:
    """Find copies and stories, join what is one act, and write anew what follows from it."""
    moved = link_copies(ledger)
    group_stories(ledger)
    dated = date_documents(ledger)
    if dated:
        with ledger.writing() as connection:
            forget(connection, _base_rows(connection, dated))
    join(ledger)
    if moved or dated:
        with ledger.writing() as connection:
            refresh(connection, rows_of(connection, moved | dated))
    refresh_actors(ledger)
    survey(ledger)


def rows_of(connection: Connection, names: Iterable[str]) -> set[str]:
    """The rows that show statements of the documents."""
    query = select(row_statements.c.row_id).join(statements, statements.c.id == row_statements.c.statement_id)
    return _all(connection, query, names)


def _base_rows(connection: Connection, names: Iterable[str]) -> set[str]:
    """The rows that were extracted from the documents."""
    return _all(connection, select(statements.c.base_row), names)


def _all(connection: Connection, query: Select[Any], names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    ordered = sorted(names)
    for at in range(0, len(ordered), _VALUES):
        some = query.where(statements.c.document.in_(ordered[at : at + _VALUES]))
        found |= set(connection.execute(some).scalars())
    return found
