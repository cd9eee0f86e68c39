"""From raw reports to documents: what is body, what is title, date, byline or agency, and what is only the page."""

from __future__ import annotations

from pledgetrail.reading.mending import mend, restore
from pledgetrail.reading.reader import read, read_all
from pledgetrail.reading.repair import normalise

__all__ = ["mend", "normalise", "read", "read_all", "restore"]
