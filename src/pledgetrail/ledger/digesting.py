"""What resolution must know of each document, drawn from it once, when it is written."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete

from pledgetrail.ledger.codec import dumps, span_dict
from pledgetrail.ledger.schema import digests, offices
from pledgetrail.records import Office, Reading
from pledgetrail.resolution.clues import clues
from pledgetrail.resolution.clues import pack as pack_clues
from pledgetrail.resolution.digests import digest
from pledgetrail.resolution.rows import plain
from pledgetrail.resolution.sketches import sketch


def put_digests(connection: Connection, readings: Sequence[Reading]) -> None:
    """Write the digests and offices of documents in place of those they had."""
    names = [reading.document.id for reading in readings]
    connection.execute(delete(digests).where(digests.c.document.in_(names)))
    connection.execute(delete(offices).where(offices.c.document.in_(names)))
    drawn = [
        {
            "document": reading.document.id,
            "sketch": sketch(reading.document).pack(),
            "terms": digest(reading.document).pack(),
            "clues": dumps(pack_clues(clues(reading.document, reading.acts))),
        }
        for reading in readings
    ]
    if drawn:
        connection.execute(digests.insert(), drawn)
    held = [
        {
            "document": reading.document.id,
            "position": number,
            "party": office.party.id,
            "content": dumps(_plain(office)),
        }
        for reading in readings
        for number, office in enumerate(reading.offices)
    ]
    if held:
        connection.execute(offices.insert(), held)


def _plain(office: Office) -> dict[str, object]:
    return {
        "party": plain(office.party),
        "title": office.title,
        "of": plain(office.of),
        "span": span_dict(office.span),
        "former": office.former,
    }
