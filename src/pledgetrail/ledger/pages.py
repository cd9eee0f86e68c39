"""The pages that texts were taken from: each kept once, as it came, so that a sentence can be shown in its place."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, select
from sqlalchemy.dialects.sqlite import insert

from pledgetrail.ledger.schema import documents, pages


@dataclass(frozen=True, slots=True)
class Page:
    """A page, compressed. ``size`` is its length in bytes as it came."""

    sha256: str
    size: int
    content: bytes

    def unpacked(self) -> bytes:
        """The page as it came. Raises ValueError if it is not what its hash says."""
        data = zlib.decompress(self.content)
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ValueError(f"page {self.sha256} is damaged")
        return data


def packed(data: bytes, sha256: str) -> Page:
    """A page to be kept, from its bytes and their hash."""
    return Page(sha256, len(data), zlib.compress(data))


def put_pages(connection: Connection, kept: Iterable[Page]) -> None:
    """Write the pages that the ledger does not have."""
    values = [{"sha256": page.sha256, "size": page.size, "content": page.content} for page in kept]
    if values:
        connection.execute(insert(pages).on_conflict_do_nothing(), values)


def drop_page(connection: Connection, sha256: str) -> None:
    """Remove a page unless a document still names it."""
    named = exists().where(documents.c.page_sha256 == sha256)
    connection.execute(delete(pages).where(pages.c.sha256 == sha256, ~named))


def page_of(connection: Connection, document: str) -> Page | None:
    """The page that a document's text was taken from, None if it has none."""
    query = select(pages).join(documents, documents.c.page_sha256 == pages.c.sha256)
    row = connection.execute(query.where(documents.c.id == document)).one_or_none()
    return Page(row.sha256, row.size, row.content) if row else None


def page_size(connection: Connection, document: str) -> tuple[str, int] | None:
    """The hash and the size in bytes of a document's page, without the page."""
    query = select(pages.c.sha256, pages.c.size).join(documents, documents.c.page_sha256 == pages.c.sha256)
    row = connection.execute(query.where(documents.c.id == document)).one_or_none()
    return (row.sha256, row.size) if row else None
