"""From files and folders to raw reports: ``read_reports`` streams what it finds, one item at a time."""

from __future__ import annotations

from pledgetrail.sources.formats import FORMATS, Format, Limits
from pledgetrail.sources.streams import read_reports

__all__ = ["FORMATS", "Format", "Limits", "read_reports"]
