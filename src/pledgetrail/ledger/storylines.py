"""Stories: the reports of one event. Only those are grouped anew that what has changed can make a difference to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from pledgetrail.ledger.naming import name_groups
from pledgetrail.ledger.noting import note_reports
from pledgetrail.ledger.schema import digests, documents, grouped
from pledgetrail.ledger.store import Ledger
from pledgetrail.resolution.storylines.digests import Digest, unpack
from pledgetrail.resolution.storylines.neighbours import keys
from pledgetrail.resolution.storylines.stories import Grouped, Regrouped, digest_sum, regrouped

_PAGE: Final = 500


def group_stories(ledger: Ledger) -> None:
    """Give every document its story. A story keeps its id as long as most of its reports are the same."""
    with ledger.reading() as connection:
        known = {digest.document: digest for digest in _digests(connection)}
        before = list(_grouped(connection))
        found = regrouped(known.values(), before)
        moved = _moved(connection, found)
    gone = {its.keys.document for its in before} - known.keys()
    if not found.blocks and not gone:
        return
    with ledger.writing() as connection:
        if moved:
            statement = update(documents).where(documents.c.id == bindparam("name")).values(story=bindparam("value"))
            connection.execute(statement, moved)
            note_reports(connection, [str(its["name"]) for its in moved])
        _keep(connection, found, known, gone)


def _moved(connection: Connection, found: Regrouped) -> list[dict[str, str]]:
    """The documents that have got another story. The stories that were regrouped had no others than these."""
    before: dict[str, str | None] = {}
    for some in _some(sorted(found.blocks)):
        query = select(documents.c.id, documents.c.story).where(documents.c.id.in_(some))
        before |= {name: story for name, story in connection.execute(query)}
    had: dict[str, list[str]] = {}
    for some in _some(sorted({story for story in before.values() if story})):
        query = select(documents.c.story, documents.c.id).where(documents.c.story.in_(some))
        for story, name in connection.execute(query):
            had.setdefault(story, []).append(name)
    every = connection.execute(select(documents.c.story).where(documents.c.story.is_not(None)).distinct()).scalars()
    named = name_groups(found.groups, had, "s", taken=set(every) - had.keys())
    now = {name: story for story, group in zip(named, found.groups, strict=True) for name in group}
    return [{"name": name, "value": story} for name, story in now.items() if before.get(name) != story]


def _keep(connection: Connection, found: Regrouped, known: dict[str, Digest], gone: Collection[str]) -> None:
    for some in _some(sorted({*gone, *found.blocks})):
        connection.execute(delete(grouped).where(grouped.c.document.in_(some)))
    lines = [
        {"document": name, "keys": keys(known[name]).pack(), "digest": digest_sum(known[name]), "block": block}
        for name, block in found.blocks.items()
    ]
    for page in _some(lines):
        connection.execute(grouped.insert(), page)


def _digests(connection: Connection) -> Iterator[Digest]:
    for name, packed in connection.execute(select(digests.c.document, digests.c.terms)):
        yield unpack(name, packed)


def _grouped(connection: Connection) -> Iterator[Grouped]:
    for row in connection.execute(select(grouped)):
        yield Grouped(unpack(row.document, row.keys), row.digest, row.block)


def _some(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[at : at + _PAGE] for at in range(0, len(values), _PAGE))
