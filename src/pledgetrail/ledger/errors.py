"""What can be wrong with a ledger, each as a class of its own. The message names the file and says what to do."""

from __future__ import annotations


class LedgerError(Exception):
    """A ledger cannot be used."""


class LedgerMissing(LedgerError):
    """There is no file at the path."""


class NotALedger(LedgerError):
    """The file is there, but is not one of ours."""


class LedgerTooNew(LedgerError):
    """The ledger was written by a later version of Pledgetrail."""


class LedgerUnwritable(LedgerError):
    """The ledger cannot be created or written where it is."""


class LedgerBusy(LedgerError):
    """Another process is writing the ledger and does not finish."""


class UnknownRow(LedgerError):
    """No row has, or ever had, this id."""


class StaleRow(LedgerError):
    """A row is no longer as the reviewer saw it. ``row`` is its id; None if it is about many."""

    def __init__(self, words: str, row: str | None = None) -> None:
        super().__init__(words)
        self.row = row


class InvalidDecision(LedgerError):
    """A decision does not fit the row, cell or statements that it is about."""


class AlreadyAdded(InvalidDecision):
    """The row that is to be added has been added already."""
