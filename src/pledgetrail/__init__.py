"""Pledgetrail: a ledger of who promised what, with a sentence behind every cell."""

__version__ = "0.1.0"
