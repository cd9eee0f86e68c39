"""The file of people and their sessions: SQLite, beside the ledger, for its owner's eyes."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pledgetrail.serving.team.errors import TeamError, Unknown

#: "Pltm", by which the file is known to be one of ours and no ledger.
_APPLICATION: Final = 0x506C746D
_VERSION: Final = 1

#: Milliseconds to wait for another process that writes.
_BUSY: Final = 5000

_SCHEMA: Final = f"""
CREATE TABLE people (
    folded TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'reviewer', 'admin')),
    password TEXT  -- argon2id with its parameters and salt; NULL for those whom only a proxy vouches for
) STRICT;
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,  -- SHA-256 of the token that the browser holds
    folded TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    began INTEGER NOT NULL,
    used INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of ON sessions (folded);
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
"""


def make(path: Path) -> None:
    """Make the file, if it is not there, readable by its owner only. Raises TeamError where that cannot be."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise TeamError(f"{path}: cannot be made ({error.strerror})") from None
    with _connection(path) as connection:
        connection.executescript(_SCHEMA)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in one transaction, undone if an error ends it. Raises TeamError if it is no such file."""
    with _connection(path) as connection:
        try:
            kind = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise TeamError(f"{path}: is no file of people ({error})") from None
        if kind != _APPLICATION:
            raise TeamError(f"{path}: is no file of people; pledgetrail people add makes one")
        if version != _VERSION:
            raise TeamError(f"{path}: was written by another version of Pledgetrail")
        try:
            with connection:
                yield connection
        except sqlite3.OperationalError as error:
            raise TeamError(f"{path}: cannot be used now ({error})") from None


@contextmanager
def _connection(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file that is there. Raises TeamError if none is."""
    if not path.is_file():
        raise Unknown(f"{path}: there is no file of people; pledgetrail people add makes one")
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY / 1000)
    except sqlite3.Error as error:
        raise TeamError(f"{path}: cannot be opened ({error})") from None
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection
    finally:
        connection.close()


def open_to_others(path: Path) -> bool:
    """Whether other users of this machine may read or write the file."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
