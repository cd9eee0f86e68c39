"""Noting as changed the rows of which something has changed that stands elsewhere: the story of a report, an actor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, select
from sqlalchemy.dialects.sqlite import insert

from pledgetrail.ledger.schema import namings, row_changes, row_parties, row_statements, rows, statements
from pledgetrail.ledger.store import get_meta, set_meta

_PAGE: Final = 500


def note_reports(connection: Connection, names: Iterable[str]) -> None:
    """Note the rows that tell what some reports say: these are now told otherwise."""
    query = select(row_statements.c.row_id).join(statements, statements.c.id == row_statements.c.statement_id)
    for some in _some(names):
        _note(connection, query.where(statements.c.document.in_(some)))
    set_meta(connection, "survey_stale", "1")


def note_actors(connection: Connection, names: Iterable[str], keys: Iterable[str]) -> None:
    """Note the rows whose parties are some actors, and those of the reports that use some keys of actors."""
    for some in _some(names):
        _note(connection, select(row_parties.c.row_id).where(row_parties.c.actor_id.in_(some)))
    query = (
        select(row_statements.c.row_id)
        .join(statements, statements.c.id == row_statements.c.statement_id)
        .join(namings, namings.c.document == statements.c.document)
    )
    for some in _some(keys):
        _note(connection, query.where(namings.c.key.in_(some)))
    set_meta(connection, "survey_stale", "1")


def _note(connection: Connection, names: Select[Any]) -> None:
    if get_meta(connection, "surveyed") is None:  # the first survey looks at all rows
        return
    found = select(rows.c.issued).where(rows.c.id.in_(names)).order_by(rows.c.issued)
    connection.execute(insert(row_changes).prefix_with("OR REPLACE").from_select(["issued"], found))


def _some(names: Iterable[str]) -> Iterator[Sequence[str]]:
    ordered = sorted(set(names))
    return (ordered[at : at + _PAGE] for at in range(0, len(ordered), _PAGE))
