"""Why reports were taken to tell one act, and what is known of the reports of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from pledgetrail.ledger.dates import read_dating
from pledgetrail.ledger.joining import read_signatures
from pledgetrail.ledger.schema import datings, documents, row_links, statements
from pledgetrail.resolution.dates.dating import Dating
from pledgetrail.resolution.likeness import in_common


@dataclass(frozen=True, slots=True)
class Join:
    """Two sets of reports that tell one act, and what their words have in common."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    common: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """A report as an explanation names it. ``origin`` is another document if its text goes back to that."""

    id: str
    title: str | None
    outlet: str | None
    published: str | None
    published_basis: str | None
    origin: str | None
    story: str | None
    dating: Dating | None


def joins_of(connection: Connection, told: Sequence[str]) -> list[Join]:
    """Why the statements of these ids, shown by one row, were joined; pairs of what was read from single reports."""
    base = select(statements.c.base_row).where(statements.c.id.in_(told)).distinct()
    parts = sorted(connection.execute(base).scalars())
    links = select(row_links).where(row_links.c.one.in_(parts), row_links.c.other.in_(parts))
    pairs = connection.execute(links.order_by(row_links.c.one, row_links.c.other)).all()
    signed = read_signatures(connection, parts)
    found = []
    for one, other in pairs:
        if one in signed and other in signed:
            a, b = signed[one], signed[other]
            found.append(Join(tuple(sorted(a.documents)), tuple(sorted(b.documents)), in_common(a, b)))
    return found


def about(connection: Connection, name: str) -> About | None:
    """What is known of a document; None if there is none of this id."""
    query = select(documents, datings.c.content.label("dating"))
    query = query.join(datings, datings.c.document == documents.c.id, isouter=True).where(documents.c.id == name)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    same = ("id", "title", "outlet", "published", "published_basis", "origin", "story")
    dating = read_dating(row["dating"]) if row["dating"] else None
    return About(**{field: row[field] for field in same}, dating=dating)


def of_story(connection: Connection, story: str) -> list[str]:
    """The reports of a story, in the order of their days."""
    day = documents.c.published
    query = select(documents.c.id).where(documents.c.story == story).order_by(day.is_(None), day, documents.c.id)
    return list(connection.execute(query).scalars())
