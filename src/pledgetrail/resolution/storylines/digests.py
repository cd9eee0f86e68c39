"""What is kept of a report so that its story is found without reading it again: its weightiest terms, and its days.

A term weighs by how often the report says it, how rare it is, whether it is a name and whether it stands in the lead.
How rare it is tells a fixed table (``data/term_documents.tsv``, made by ``scripts/count_terms.py``), so that a report's
digest never depends on what else the ledger holds.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from pledgetrail.records import Document
from pledgetrail.resolution.copying.sketches import days
from pledgetrail.resolution.storylines.terms import Tally, tally

#: Terms kept of a report. With 60 the stories of the ECB+ reports are the same as with 1,000.
TERMS: Final = 80
_NAME: Final = 2.5  # what a name weighs more than a word
_LEAD: Final = 1.5  # what a term of headline or lead weighs more than another
_COMMON: Final = 0.3  # a term in a larger share of reports tells nothing
_UNSEEN: Final = 1.0  # reports that a term is taken to stand in which the table does not list
_HEADER: Final = struct.Struct("<ii")
_NO_DAY: Final = 0
_TOP: Final = 255


@dataclass(frozen=True, slots=True)
class Digest:
    """A document's terms, the weightiest first: 32-bit hashes (little endian), and for each a weight of 1 to 255.

    ``first`` and ``last`` are the days (proleptic ordinals) between which it was published, both None where unknown.
    """

    document: str
    first: int | None
    last: int | None
    terms: bytes
    weights: bytes

    def pack(self) -> bytes:
        """The digest without its document's id: 8 bytes, and 5 for each term."""
        return _HEADER.pack(self.first or _NO_DAY, self.last or _NO_DAY) + self.terms + self.weights


def unpack(document: str, packed: bytes) -> Digest:
    """The digest that was packed. Raises ValueError if the bytes are none."""
    count, rest = divmod(len(packed) - _HEADER.size, 5)
    if count < 0 or rest:
        raise ValueError("not a digest: its length is wrong")
    first, last = _HEADER.unpack_from(packed)
    parted = _HEADER.size + 4 * count
    return Digest(document, first or None, last or None, packed[_HEADER.size : parted], packed[parted:])


def digest(document: Document) -> Digest:
    """The digest of a document. Takes time linear in its text."""
    weighed = sorted(((-weight(term, found), term) for term, found in tally(document).items()))
    weighed = [(-negative, term) for negative, term in weighed[:TERMS] if negative < 0]
    top = weighed[0][0] if weighed else 1.0
    first, last = days(document)
    return Digest(
        document.id,
        first,
        last,
        np.array([zlib.crc32(term.encode("utf-8", "surrogatepass")) for _, term in weighed], dtype="<u4").tobytes(),
        bytes(max(1, round(_TOP * weight / top)) for weight, _ in weighed),
    )


def weight(term: str, found: Tally) -> float:
    """What a term tells of a report; 0 for one that most reports have."""
    reports, counts = _table()
    inside = counts.get(term, _UNSEEN)
    if inside > _COMMON * reports:
        return 0.0
    rarity = math.log((reports + 1) / (inside + 0.5))
    return math.sqrt(found.count) * rarity * (_NAME if found.name else 1.0) * (_LEAD if found.lead else 1.0)


@cache
def _table() -> tuple[int, dict[str, float]]:
    """The number of reports that were counted, and in how many of them each term stands."""
    text = (resources.files("pledgetrail.resolution") / "data" / "term_documents.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    counts = {term: float(count) for term, count in rows}
    return int(counts.pop("")), counts
