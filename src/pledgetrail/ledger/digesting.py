"""What resolution must know of each document, drawn from it once, when it is written."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete

from pledgetrail.ledger.actors import put_namings
from pledgetrail.ledger.codec import dumps
from pledgetrail.ledger.schema import digests
from pledgetrail.records import Reading
from pledgetrail.resolution.copying.sketches import sketch
from pledgetrail.resolution.dates.clues import clues
from pledgetrail.resolution.dates.clues import pack as pack_clues
from pledgetrail.resolution.storylines.digests import digest


def put_digests(connection: Connection, readings: Sequence[Reading]) -> None:
    """Write what is drawn from documents in place of what they had."""
    names = [reading.document.id for reading in readings]
    connection.execute(delete(digests).where(digests.c.document.in_(names)))
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
    put_namings(connection, readings)
