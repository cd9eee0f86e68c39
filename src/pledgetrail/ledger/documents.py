"""Documents as they were read, taken back out of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from pledgetrail.ledger.codec import read_span
from pledgetrail.ledger.schema import blocks, documents
from pledgetrail.records import Block, Document

#: Documents that are read at a time.
_PAGE = 200


def read_document(connection: Connection, name: str) -> Document:
    """The document of an id. Raises KeyError if there is none."""
    row = connection.execute(select(documents).where(documents.c.id == name)).mappings().one_or_none()
    if row is None:
        raise KeyError(name)
    query = select(blocks).where(blocks.c.document == name).order_by(blocks.c.position)
    return _document(row, tuple(Block(b.kind, b.start, b.end, b.rule) for b in connection.execute(query)))


def stream_documents(connection: Connection, language: str | None = None) -> Iterator[Document]:
    """All documents, or those of a language, in the order they came; some at a time."""
    last = -1
    while True:
        query = select(documents).where(documents.c.seq > last).order_by(documents.c.seq).limit(_PAGE)
        if language is not None:
            query = query.where(documents.c.language == language)
        page = connection.execute(query).mappings().all()
        if not page:
            return
        yield from _documents(connection, page)
        last = page[-1]["seq"]


def documents_by_id(connection: Connection, names: Sequence[str]) -> Iterator[Document]:
    """Some documents by their ids, in the order they came; those that there are not are left out."""
    for at in range(0, len(names), _PAGE):
        query = select(documents).where(documents.c.id.in_(names[at : at + _PAGE])).order_by(documents.c.seq)
        yield from _documents(connection, connection.execute(query).mappings().all())


def versions(connection: Connection, language: str) -> dict[str, tuple[str, str]]:
    """What tells apart the versions of each document of a language: its text's hash and what read it."""
    query = select(documents.c.id, documents.c.text_sha256, documents.c.reader).where(documents.c.language == language)
    return {name: (text, reader) for name, text, reader in connection.execute(query.order_by(documents.c.seq))}


def _documents(connection: Connection, page: Sequence[RowMapping]) -> Iterator[Document]:
    parts = _blocks(connection, [row["id"] for row in page])
    return (_document(row, tuple(parts.get(row["id"], ()))) for row in page)


def _blocks(connection: Connection, names: Sequence[str]) -> dict[str, list[Block]]:
    query = select(blocks).where(blocks.c.document.in_(names)).order_by(blocks.c.document, blocks.c.position)
    found: dict[str, list[Block]] = {}
    for b in connection.execute(query):
        found.setdefault(b.document, []).append(Block(b.kind, b.start, b.end, b.rule))
    return found


def _document(row: RowMapping, parts: tuple[Block, ...]) -> Document:
    spans = json.loads(row["spans"])
    same = ("id", "source", "text", "text_sha256", "content_sha256", "url", "title", "outlet", "agency", "author")
    more = ("dateline", "published", "published_basis", "language", "section", "page_sha256")
    values: dict[str, Any] = {field: row[field] for field in (*same, *more)}
    values |= {field: read_span(span) for field, span in spans.items() if span}
    return Document(**values, blocks=parts, partial=bool(row["partial"]))
