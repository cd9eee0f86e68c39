"""Opening a ledger for commands that show what all rows say together."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from pledgetrail.cli.terminal import clean
from pledgetrail.ledger.actors import refresh_actors
from pledgetrail.ledger.errors import LedgerBusy, LedgerUnwritable
from pledgetrail.ledger.schema import SCHEMA_VERSION
from pledgetrail.ledger.store import get_meta, open_ledger
from pledgetrail.ledger.surveying import survey


@contextlib.contextmanager
def resolved(path: Path) -> Iterator[Connection]:
    """A connection to a ledger whose trails, disagreements and actors are those of its rows.

    Reviews since the last build are brought into them first; where the ledger cannot be written now, that they are
    missing is said on stderr, and so is that a ledger of an earlier version has none.
    """
    with open_ledger(path) as ledger, ledger.reading() as connection:
        version = int(get_meta(connection, "schema_version") or 0)
        stale = any(get_meta(connection, name) == "1" for name in ("survey_stale", "actors_stale"))
    if version < SCHEMA_VERSION:
        _say(f"{path}: was built by an earlier version, without trails and disagreements; build it again")
    elif stale:
        try:
            with open_ledger(path, write=True) as ledger:
                refresh_actors(ledger)
                survey(ledger)
        except (LedgerBusy, LedgerUnwritable):
            _say(f"{path}: cannot be written now; what follows from the last changes of its rows is not shown yet")
    with open_ledger(path) as ledger, ledger.reading() as connection:
        yield connection


def _say(words: str) -> None:
    print(f"pledgetrail: {clean(words)}", file=sys.stderr)
