"""Stories: the reports of one event, grouped anew from all documents' terms."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select, update

from pledgetrail.ledger.naming import name_groups
from pledgetrail.ledger.noting import note_reports
from pledgetrail.ledger.schema import digests, documents
from pledgetrail.ledger.store import Ledger
from pledgetrail.resolution.storylines.digests import Digest, unpack
from pledgetrail.resolution.storylines.stories import stories


def group_stories(ledger: Ledger) -> None:
    """Give every document its story. A story keeps its id as long as most of its reports are the same."""
    with ledger.reading() as connection:
        before: dict[str, str | None] = {n: s for n, s in connection.execute(select(documents.c.id, documents.c.story))}
        groups = stories(_digests(connection))
    had: dict[str, list[str]] = {}
    for name, story in before.items():
        if story:
            had.setdefault(story, []).append(name)
    named = name_groups(groups, had, "s")
    now = {name: story for story, group in zip(named, groups, strict=True) for name in group}
    moved = [{"name": name, "value": story} for name, story in now.items() if before.get(name) != story]
    if moved:
        with ledger.writing() as connection:
            statement = update(documents).where(documents.c.id == bindparam("name")).values(story=bindparam("value"))
            connection.execute(statement, moved)
            note_reports(connection, [str(its["name"]) for its in moved])


def _digests(connection: Connection) -> Iterator[Digest]:
    for name, packed in connection.execute(select(digests.c.document, digests.c.terms)):
        yield unpack(name, packed)
