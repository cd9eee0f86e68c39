from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from pledgetrail.ledger import schema
from pledgetrail.ledger.errors import LedgerBusy, LedgerMissing, LedgerTooNew, LedgerUnwritable, NotALedger
from pledgetrail.ledger.store import create_or_open, get_meta, open_ledger


def test_a_ledger_is_made_once_and_leaves_one_file(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    for _ in range(2):
        with create_or_open(path) as ledger, ledger.reading() as connection:
            assert get_meta(connection, "schema_version") == str(schema.SCHEMA_VERSION)
    with open_ledger(path) as ledger, ledger.reading() as connection:
        assert get_meta(connection, "schema_version") == str(schema.SCHEMA_VERSION)
    assert [file.name for file in tmp_path.iterdir()] == ["l.sqlite"]


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    create_or_open(path).close()
    database = sqlite3.connect(path)
    database.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    database.commit()
    database.close()
    for opening in (open_ledger, create_or_open):
        with pytest.raises(LedgerTooNew, match="version 99"):
            opening(path)


@pytest.mark.parametrize("content", [b"some text", b"SQLite format 3\x00 and then rubbish" * 200])
def test_another_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    for opening in (open_ledger, create_or_open):
        with pytest.raises(NotALedger, match=r"notes\.txt"):
            opening(path)
    assert path.read_bytes() == content


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE t (a)")
    database.close()
    for opening in (open_ledger, create_or_open):
        with pytest.raises(NotALedger):
            opening(path)


def test_places_where_no_ledger_can_be(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnwritable, match="folder"):
        create_or_open(tmp_path)
    with pytest.raises(LedgerUnwritable, match="no folder"):
        create_or_open(tmp_path / "nowhere" / "l.sqlite")
    with pytest.raises(LedgerMissing, match="pledgetrail build"):
        open_ledger(tmp_path / "l.sqlite")
    (tmp_path / "empty.sqlite").touch()
    with pytest.raises(NotALedger):
        open_ledger(tmp_path / "empty.sqlite")
    create_or_open(tmp_path / "empty.sqlite").close()  # a build may begin in an empty file


def test_a_second_writer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pledgetrail.ledger.store.BUSY_SECONDS", 0)
    path = tmp_path / "l.sqlite"
    with create_or_open(path) as one, create_or_open(path) as two, one.writing():
        with pytest.raises(LedgerBusy), two.writing():
            pass
        with two.reading() as connection:  # readers are not kept out
            assert get_meta(connection, "schema_version") == str(schema.SCHEMA_VERSION)


def test_decisions_cannot_be_changed_or_deleted(tmp_path: Path) -> None:
    values = dict.fromkeys(("reviewer", "time", "reason", "row_id", "kind"), "x") | {"action": "accept"}
    with create_or_open(tmp_path / "l.sqlite") as ledger:
        with ledger.writing() as connection:
            connection.execute(schema.decisions.insert().values(values))
        for change in (schema.decisions.delete(), schema.decisions.update().values(reviewer="y")):
            with pytest.raises(IntegrityError, match="append-only"), ledger.writing() as connection:
                connection.execute(change)


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    with create_or_open(tmp_path / "l.sqlite") as ledger:
        with pytest.raises(RuntimeError), ledger.writing() as connection:
            connection.execute(schema.actors.insert().values(id="a", name="a", type="state", aliases="[]"))
            raise RuntimeError
        with ledger.reading() as connection:
            assert connection.execute(schema.actors.select()).all() == []


def test_a_connection_may_be_handed_to_another_thread(tmp_path: Path) -> None:
    """As it is when a server sends a long answer, each piece from the thread that is free."""
    with (
        create_or_open(tmp_path / "l.sqlite") as ledger,
        ledger.reading() as connection,
        ThreadPoolExecutor(1) as other,
    ):
        assert other.submit(get_meta, connection, "written").result() == "1"
