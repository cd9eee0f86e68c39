"""Opening a ledger: one SQLite file, checked before use, written in whole transactions."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from pledgetrail.ledger import schema
from pledgetrail.ledger.errors import (
    LedgerBusy,
    LedgerError,
    LedgerMissing,
    LedgerTooNew,
    LedgerUnwritable,
    NotALedger,
)
from pledgetrail.ledger.upgrading import show_as_newest, upgrade

_HEADER: Final = b"SQLite format 3\x00"

#: How long a writer waits for another, in seconds.
BUSY_SECONDS: Final = 30


class Ledger:
    """An open ledger. Use ``create_or_open`` to build, ``open_ledger`` to read and review; close when done."""

    def __init__(self, path: Path, engine: Engine) -> None:
        """Wrap an engine on a file that has been checked."""
        self.path = path
        self._engine = engine

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the ledger throughout."""
        with _named_errors(self.path), self._engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in one transaction: all of what is done in it is kept, or nothing."""
        with _named_errors(self.path), self._engine.connect() as plain:
            connection = plain.execution_options(write=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Ledger:
        """The ledger itself, closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def create_or_open(path: Path) -> Ledger:
    """The ledger at a path, made if there is none. Raises a LedgerError that says what is wrong."""
    if path.is_dir():
        raise LedgerUnwritable(f"{path}: is a folder; name a file for the ledger")
    if not path.parent.is_dir():
        raise LedgerUnwritable(f"{path}: there is no folder {path.parent}")
    if path.exists():
        _check_header(path, may_be_empty=True)
    ledger = Ledger(path, _engine(str(path)))
    try:
        with _named_errors(path), ledger._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            if not _check_tables(path, driver):
                driver.execute("PRAGMA journal_mode=WAL")
        with ledger.writing() as connection:
            driver = connection.connection.driver_connection
            if not _check_tables(path, driver):
                _create(connection)
            elif _version(driver) < schema.SCHEMA_VERSION:
                upgrade(connection)
                set_meta(connection, "schema_version", str(schema.SCHEMA_VERSION))
            connection.execute(schema.meta.update().where(schema.meta.c.key == "written").values(value="1"))
    except BaseException:
        ledger.close()
        raise
    return ledger


def open_ledger(path: Path, *, write: bool = False) -> Ledger:
    """An existing ledger, for reading unless ``write``. Raises a LedgerError that says what is wrong."""
    if not path.exists():
        raise LedgerMissing(f"{path}: no such ledger; make one with: pledgetrail build REPORTS -o {path}")
    if path.is_dir():
        raise NotALedger(f"{path}: is a folder, not a ledger")
    _check_header(path, may_be_empty=False)
    if write:
        return create_or_open(path)
    # A reader that may write tidies up after itself; the other ways are for a file or disk that is read-only.
    for options in ("mode=rw", "mode=ro", "mode=ro&immutable=1"):
        ledger = Ledger(path, _engine(f"file:{quote(str(path.absolute()))}?{options}", uri=True))
        try:
            with ledger._engine.connect() as connection:
                if not _check_tables(path, connection.connection.driver_connection):
                    raise NotALedger(f"{path}: is an empty database; a build of it never got under way")
            return ledger
        except (DBAPIError, sqlite3.Error) as error:
            ledger.close()
            failure = error
        except LedgerError:
            ledger.close()
            raise
    with _named_errors(path):
        raise failure
    raise AssertionError  # not reached: the error above is always translated


def _engine(database: str, uri: bool = False) -> Engine:
    def connect() -> sqlite3.Connection:
        # one user at a time has a connection, but not always in one thread: a server sends long answers from several
        connection = sqlite3.connect(
            database, uri=uri, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys=OFF")  # rows are rewritten in an order of our own
        connection.execute("PRAGMA synchronous=NORMAL")
        if uri:
            _show_as_newest(connection)
            connection.execute("PRAGMA query_only=ON")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _show_as_newest(connection: sqlite3.Connection) -> None:
    """Let a reader see a ledger of an older version in the newest form. The file stays as it is."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        return
    if _version(connection) < schema.SCHEMA_VERSION:
        show_as_newest(connection)


def _check_header(path: Path, may_be_empty: bool) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEADER))
    except OSError as error:
        raise LedgerUnwritable(f"{path}: cannot be read ({error.strerror})") from error
    if head == _HEADER or (may_be_empty and not head):
        return
    raise NotALedger(f"{path}: is not a ledger, and is left as it is")


def _check_tables(path: Path, driver: Any) -> bool:
    """Whether the database holds our tables (False: it holds nothing). Raises for another's and for a newer one."""
    if driver.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        if driver.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise NotALedger(f"{path}: is a database, but not a ledger, and is left as it is")
        return False
    version = _version(driver)
    if version > schema.SCHEMA_VERSION:
        raise LedgerTooNew(
            f"{path}: is of schema version {version}, this Pledgetrail knows versions up to"
            f" {schema.SCHEMA_VERSION}; use the Pledgetrail that wrote it or a later one"
        )
    return True


def _version(driver: Any) -> int:
    return int(driver.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()[0])


def _create(connection: Connection) -> None:
    schema.metadata.create_all(connection)
    for statement in schema.EXTRA_SQL:
        connection.exec_driver_sql(statement)
    values = {"schema_version": str(schema.SCHEMA_VERSION), "written": "1", "actors_stale": "0"}
    connection.execute(schema.meta.insert(), [{"key": key, "value": value} for key, value in values.items()])
    connection.exec_driver_sql(f"PRAGMA application_id={schema.APPLICATION_ID}")


@contextlib.contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    """Turn the database's errors about the file into ours; errors of our own making stay as they are."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        text = str(getattr(error, "orig", None) or error)
        if "locked" in text or "busy" in text:
            raise LedgerBusy(f"{path}: another process is writing this ledger; try again when it is done") from error
        if "not a database" in text or "malformed" in text:
            raise NotALedger(f"{path}: is damaged or not a ledger ({text})") from error
        if any(words in text for words in ("readonly", "read-only", "unable to open", "disk", "full")):
            raise LedgerUnwritable(f"{path}: cannot be written ({text})") from error
        raise


def get_meta(connection: Connection, key: str) -> str | None:
    """A value of the meta table."""
    found: str | None = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar()
    return found


def set_meta(connection: Connection, key: str, value: str) -> None:
    """Set a value of the meta table."""
    connection.execute(schema.meta.delete().where(schema.meta.c.key == key))
    connection.execute(schema.meta.insert().values(key=key, value=value))
