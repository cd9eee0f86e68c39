"""From the ledger to files for others."""

from __future__ import annotations

from pledgetrail.publishing.formats import FORMATS, export

__all__ = ["FORMATS", "export"]
