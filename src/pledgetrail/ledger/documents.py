"""Documents as they were read, taken back out of the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from pledgetrail.ledger.codec import read_span
from pledgetrail.ledger.schema import blocks, documents
from pledgetrail.records import Block, Document

#: Documents that comparing keeps at hand: the copies of one report come close together.
_KEPT = 200


def read_document(connection: Connection, name: str) -> Document:
    """The document of an id. Raises KeyError if there is none."""
    row = connection.execute(select(documents).where(documents.c.id == name)).mappings().one_or_none()
    if row is None:
        raise KeyError(name)
    query = select(blocks).where(blocks.c.document == name).order_by(blocks.c.position)
    parts = tuple(Block(b.kind, b.start, b.end, b.rule) for b in connection.execute(query))
    spans = json.loads(row["spans"])
    same = ("id", "source", "text", "text_sha256", "content_sha256", "url", "title", "outlet", "agency", "author")
    more = ("dateline", "published", "published_basis", "language", "section", "page_sha256")
    values: dict[str, Any] = {field: row[field] for field in (*same, *more)}
    values |= {field: read_span(span) for field, span in spans.items() if span}
    return Document(**values, blocks=parts, partial=bool(row["partial"]))


def reader(connection: Connection) -> Callable[[str], Document]:
    """``read_document`` that keeps the last documents at hand."""
    return lru_cache(_KEPT)(lambda name: read_document(connection, name))
