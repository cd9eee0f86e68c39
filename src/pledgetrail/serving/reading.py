"""Lists beside that of rows: reports, actors. Each page by page, by the key of the last one shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select, text

from pledgetrail.ledger.schema import actors, attachments, documents, row_parties, row_statements, rows, statements
from pledgetrail.ledger.searching import match_words
from pledgetrail.serving import cells
from pledgetrail.serving.listing import lines
from pledgetrail.serving.words import UNSEEN

_SEEN = ("seq", "id", "title", "outlet", "agency", "author", "published", "language", "url", "source")


#: Lines of a whole list that are read at a time.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list. ``after`` is the key of the last if more follow, else None."""

    items: Sequence[Mapping[str, Any]]
    count: int
    after: int | str | None


def reports(connection: Connection, q: str, after: int, limit: int) -> Page:
    """Reports in the order they came, or those with all words, the best first: ``after`` is then how many to skip."""
    if q:
        found, count = _search(connection, q, after, limit + 1)
        more = after + limit if len(found) > limit else None
    else:
        found = _arrived(connection, after, limit + 1)
        count = int(connection.execute(select(func.count()).select_from(documents)).scalar_one())
        more = found[limit - 1]["seq"] if len(found) > limit else None
    return Page(_with_rows(connection, found[:limit]), count, more)


def every_report(connection: Connection, q: str) -> Iterator[Mapping[str, Any]]:
    """All of the same list, some at a time; of a search all that is shown is held, which is no text."""
    if q:
        found, _ = _search(connection, q, 0, -1)
        for at in range(0, len(found), _CHUNK):
            yield from _with_rows(connection, found[at : at + _CHUNK])
        return
    last = 0
    while some := _arrived(connection, last, _CHUNK):
        yield from _with_rows(connection, some)
        last = some[-1]["seq"]


def _arrived(connection: Connection, after: int, limit: int) -> list[dict[str, Any]]:
    query = select(*(documents.c[name] for name in _SEEN)).where(documents.c.seq > after)
    return [dict(row) for row in connection.execute(query.order_by(documents.c.seq).limit(limit)).mappings()]


def _with_rows(connection: Connection, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    held = _row_counts(connection, [report["id"] for report in found])
    return [{**report, "rows": held.get(report["id"], 0)} for report in found]


def _search(connection: Connection, q: str, skip: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    match = match_words(q)
    if not match:
        return [], 0
    columns = ", ".join(f"d.{name}" for name in _SEEN)
    query = text(
        f"SELECT {columns}, snippet(documents_fts, 1, '', '', '…', 24) AS snippet FROM documents_fts"
        " JOIN documents d ON d.seq = documents_fts.rowid WHERE documents_fts MATCH :match"
        " ORDER BY bm25(documents_fts), d.seq LIMIT :limit OFFSET :skip"
    )
    found = connection.execute(query, {"match": match, "limit": limit, "skip": skip}).mappings()
    counting = text("SELECT count(*) FROM documents_fts WHERE documents_fts MATCH :match")
    return [dict(row) for row in found], int(connection.execute(counting, {"match": match}).scalar_one())


def _row_counts(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    query = (
        select(statements.c.document, func.count(row_statements.c.row_id.distinct()))
        .join(row_statements, row_statements.c.statement_id == statements.c.id)
        .where(statements.c.document.in_(names))
        .group_by(statements.c.document)
    )
    return {name: number for name, number in connection.execute(query)}


def actor_list(connection: Connection, q: str, kind: str, after: str, limit: int) -> Page:
    """Actors in the order of their ids; with words, those whose name or aliases have them."""
    wanted = _actors_called(q, kind)
    count = int(connection.execute(select(func.count()).select_from(actors).where(*wanted)).scalar_one())
    found = _actors(connection, wanted, after, limit + 1)
    return Page(found[:limit], count, found[limit - 1]["id"] if len(found) > limit else None)


def ranked_actors(connection: Connection, q: str, kind: str, by: str, skip: int, limit: int) -> Page:
    """The same actors with the number of rows that name each: the most first, or by ``name``."""
    wanted = _actors_called(q, kind)
    count = int(connection.execute(select(func.count()).select_from(actors).where(*wanted)).scalar_one())
    found = _ranked(connection, wanted, by, skip, limit + 1)
    return Page(found[:limit], count, skip + limit if len(found) > limit else None)


def every_actor(connection: Connection, q: str, kind: str, by: str) -> Iterator[Mapping[str, Any]]:
    """All of the same list."""
    yield from _ranked(connection, _actors_called(q, kind), by, 0, -1)


def _ranked(connection: Connection, wanted: Sequence[Any], by: str, skip: int, limit: int) -> list[dict[str, Any]]:
    party = row_parties.c
    times = select(func.count(party.row_id.distinct())).where(party.actor_id == actors.c.id).scalar_subquery()
    query = select(actors, times.label("rows")).where(*wanted)
    name = (func.lower(actors.c.name), actors.c.id)
    query = query.order_by(*name) if by == "name" else query.order_by(times.desc(), *name)
    found = connection.execute(query.limit(limit).offset(skip)).mappings()
    return [{**actor_dict(dict(row)), "rows": row["rows"]} for row in found]


def _actors(connection: Connection, wanted: Sequence[Any], after: str, limit: int) -> list[dict[str, Any]]:
    query = select(actors).where(actors.c.id > after, *wanted).order_by(actors.c.id).limit(limit)
    return [actor_dict(dict(row)) for row in connection.execute(query).mappings()]


def _actors_called(q: str, kind: str) -> list[Any]:
    """The conditions of a name's words and a type."""
    wanted: list[Any] = []
    if q:
        like = "%" + UNSEEN.sub("", q).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        wanted.append(or_(actors.c.name.like(like, escape="\\"), actors.c.aliases.like(like, escape="\\")))
    if kind:
        wanted.append(actors.c.type == kind)
    return wanted


def actor_dict(row: Mapping[str, Any]) -> dict[str, Any]:
    """An actor's names and kind."""
    return {
        "id": row["id"],
        "name": row["name"],
        "aliases": json.loads(row["aliases"]),
        "type": row["type"],
        "country": row["country"],
    }


def actor(connection: Connection, name: str) -> dict[str, Any] | None:
    """One actor, None if there is none."""
    row = connection.execute(select(actors).where(actors.c.id == name)).mappings().one_or_none()
    return actor_dict(dict(row)) if row else None


def names_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Rows in one line each, by id."""
    query = select(rows.c.issued).where(rows.c.id.in_(sorted(set(ids))))
    return {row["id"]: cells.summary(dict(row)) for row in lines(connection, list(connection.execute(query).scalars()))}


def unattached(connection: Connection) -> int:
    """How many decisions apply to no row any more."""
    query = select(func.count()).select_from(attachments).where(attachments.c.row_id.is_(None))
    return int(connection.execute(query).scalar_one())
