"""From files and folders to raw reports: ``read_reports`` streams what it finds, one item at a time."""

from __future__ import annotations

from pledgetrail.sources.formats import FORMATS, Format
from pledgetrail.sources.inputs import Input, Limits, Settings
from pledgetrail.sources.streams import read_reports

__all__ = ["FORMATS", "Format", "Input", "Limits", "Settings", "read_reports"]
