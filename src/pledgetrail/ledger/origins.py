"""Reading copies: which reports go back to one text, and the sentences that they share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, func, or_, select

from pledgetrail.ledger.schema import copies, datings, documents

#: Links read at a time.
_PAGE: Final = 500

_ABOUT: Final = ("id", "title", "outlet", "url", "published")


@dataclass(frozen=True, slots=True)
class Copy:
    """A report with text of another. ``share`` is of its own words; ``kind`` "same words" is of texts too short to be
    compared otherwise. ``about`` is what a list shows of the report.
    """

    document: str
    source: str
    kind: str
    share: float
    about: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """The reports that go back to one, and count as one origin with it."""

    origin: str
    about: dict[str, str | None]
    copies: tuple[Copy, ...]


def copy_groups(connection: Connection) -> Iterator[CopyGroup]:
    """The groups of more than one report, those of most reports first."""
    several = select(documents.c.origin).where(documents.c.origin.is_not(None)).group_by(documents.c.origin)
    query = select(*_columns(), documents.c.origin).where(documents.c.origin.in_(several.having(func.count() > 1)))
    groups: dict[str, list[RowMapping]] = {}
    for row in connection.execute(query.order_by(documents.c.id)).mappings():
        groups.setdefault(row["origin"], []).append(row)
    links = _largest_links(connection)
    for origin, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        first = next((row for row in members if row["id"] == origin), None)
        about = _about(first) if first is not None else dict.fromkeys(_ABOUT) | {"id": origin}
        found = tuple(_copy(links, row, origin) for row in members if row["id"] != origin)
        yield CopyGroup(origin, about, tuple(sorted(found, key=lambda copy: (-copy.share, copy.document))))


def copy_records(connection: Connection, document: str | None = None) -> Iterator[dict[str, Any]]:
    """All links between reports, or those of one, as the export writes them: ``document`` carries text of ``source``;
    ``alignment`` are pairs of spans. Shared quotations are among them.
    """
    last: tuple[str, str] = ("", "")
    query = select(copies).order_by(copies.c.document, copies.c.source).limit(_PAGE)
    if document is not None:
        query = query.where(or_(copies.c.document == document, copies.c.source == document))
    while True:
        after = or_(copies.c.document > last[0], (copies.c.document == last[0]) & (copies.c.source > last[1]))
        page = connection.execute(query.where(after)).mappings().all()
        if not page:
            return
        for row in page:
            yield {**row, "alignment": json.loads(row["alignment"])}
        last = (page[-1]["document"], page[-1]["source"])


def about_document(connection: Connection, name: str) -> dict[str, str | None] | None:
    """What a list shows of a report; None if there is none."""
    row = connection.execute(select(*_columns()).where(documents.c.id == name)).mappings().one_or_none()
    return _about(row) if row is not None else None


def _columns() -> list[Any]:
    """What a list shows of a report, its day as its siblings tell it where it bears none."""
    sibling = select(datings.c.edtf).where(datings.c.document == documents.c.id).correlate(documents).scalar_subquery()
    day = func.coalesce(documents.c.published, sibling).label("published")
    return [documents.c.id, documents.c.title, documents.c.outlet, documents.c.url, day]


def _about(row: RowMapping) -> dict[str, str | None]:
    return {name: row[name] for name in _ABOUT}


def _largest_links(connection: Connection) -> dict[str, tuple[str, str, float]]:
    """For each report that carries text of others the link with the largest share: source, kind, share."""
    query = select(copies.c.document, copies.c.source, copies.c.kind, copies.c.share)
    query = query.where(copies.c.kind != "quotation")
    found: dict[str, tuple[str, str, float]] = {}
    for document, *link in connection.execute(query.order_by(copies.c.share.desc(), copies.c.source)):
        found.setdefault(document, (link[0], link[1], link[2]))
    return found


def _copy(links: Mapping[str, tuple[str, str, float]], row: RowMapping, origin: str) -> Copy:
    """The link by which a report goes back to others."""
    source, kind, share = links.get(row["id"], (origin, "same words", 1.0))
    return Copy(row["id"], source, kind, share, _about(row))
