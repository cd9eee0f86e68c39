"""How the reports of a ledger name what is contested: read page by page, so that a ledger of any size will do."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from pledgetrail.ledger.documents import stream_documents
from pledgetrail.resolution.wordings.lexicon import Lexicon
from pledgetrail.resolution.wordings.wording import Naming, find_wording


def read_wording(connection: Connection, lexicon: Lexicon) -> Iterator[Naming]:
    """The namings of all reports in English, in the order in which these came."""
    for document in stream_documents(connection, language="en"):
        yield from find_wording(document, lexicon)
