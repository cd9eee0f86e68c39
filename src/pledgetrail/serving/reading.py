"""Lists beside that of rows: reports, actors. Each page by page, by the key of the last one shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select, text

from pledgetrail.ledger.queries import match_words
from pledgetrail.ledger.schema import actors, attachments, documents, row_statements, rows, statements
from pledgetrail.serving import cells
from pledgetrail.serving.listing import lines
from pledgetrail.serving.words import UNSEEN

_SEEN = ("seq", "id", "title", "outlet", "agency", "author", "published", "language", "url", "source")


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
        query = select(*(documents.c[name] for name in _SEEN)).where(documents.c.seq > after)
        found = [dict(row) for row in connection.execute(query.order_by(documents.c.seq).limit(limit + 1)).mappings()]
        count = int(connection.execute(select(func.count()).select_from(documents)).scalar_one())
        more = found[limit - 1]["seq"] if len(found) > limit else None
    found = found[:limit]
    held = _row_counts(connection, [report["id"] for report in found])
    return Page([{**report, "rows": held.get(report["id"], 0)} for report in found], count, more)


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
    wanted = []
    if q:
        like = "%" + UNSEEN.sub("", q).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        wanted.append(or_(actors.c.name.like(like, escape="\\"), actors.c.aliases.like(like, escape="\\")))
    if kind:
        wanted.append(actors.c.type == kind)
    count = int(connection.execute(select(func.count()).select_from(actors).where(*wanted)).scalar_one())
    query = select(actors).where(actors.c.id > after, *wanted).order_by(actors.c.id).limit(limit + 1)
    found = [actor_dict(dict(row)) for row in connection.execute(query).mappings()]
    return Page(found[:limit], count, found[limit - 1]["id"] if len(found) > limit else None)


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
