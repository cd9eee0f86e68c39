"""The stages in order, from reports to the ledger."""

from __future__ import annotations

from pledgetrail.pipeline.building import BATCH, BuildSummary, build
from pledgetrail.pipeline.stages import interpret_batch, reader_version

__all__ = ["BATCH", "BuildSummary", "build", "interpret_batch", "reader_version"]
