from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from pledgetrail.cli import app
from pledgetrail.ledger import schema
from pledgetrail.ledger.pages import packed, page_of, page_size
from pledgetrail.ledger.queries import Filter, document_rows, entries
from pledgetrail.ledger.searching import search
from pledgetrail.ledger.store import Ledger, create_or_open, get_meta, open_ledger
from pledgetrail.ledger.writing import add_batch, start_build
from pledgetrail.pipeline import build
from pledgetrail.records import RawReport

TEXT = "PAK pledged AZE 5 for schools."
PAGE = b"<!doctype html><p>PAK pledged AZE 5 for schools.</p>" + b"<!-- padding -->" * 50


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with create_or_open(tmp_path / "l.sqlite") as opened:
        yield opened


def put(fake: Any, ledger: Ledger, name: str, page: bytes | None, text: str = TEXT) -> None:
    report = replace(fake.raw(name, text), section="World", page_sha256=sha(page) if page else None)
    pages = [packed(page, sha(page))] if page else []
    add_batch(ledger, start_build(ledger, "fake"), fake.interpret([report]), pages=pages)


def kept(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.pages)).scalar_one())


def test_a_page_comes_back_as_it_was(fake: Any, ledger: Ledger) -> None:
    put(fake, ledger, "a", PAGE)
    with ledger.reading() as connection:
        page = page_of(connection, "a")
        assert page is not None and page.unpacked() == PAGE and len(page.content) < len(PAGE)
        assert page_size(connection, "a") == (sha(PAGE), len(PAGE))
        assert page_of(connection, "b") is None and page_size(connection, "b") is None


def test_one_page_of_two_documents_is_kept_once(fake: Any, ledger: Ledger) -> None:
    put(fake, ledger, "a", PAGE)
    put(fake, ledger, "b", PAGE)
    assert kept(ledger) == 1


def test_a_page_goes_with_the_last_document_that_names_it(fake: Any, ledger: Ledger) -> None:
    put(fake, ledger, "a", PAGE)
    put(fake, ledger, "b", PAGE)
    put(fake, ledger, "a", PAGE + b"changed")
    assert kept(ledger) == 2
    put(fake, ledger, "b", None)
    assert kept(ledger) == 1


def test_a_damaged_page_is_told(fake: Any, ledger: Ledger) -> None:
    put(fake, ledger, "a", PAGE)
    with ledger.reading() as connection:
        page = page_of(connection, "a")
    assert page is not None
    with pytest.raises(ValueError, match="damaged"):
        replace(page, sha256=sha(b"other")).unpacked()


#: What later versions added: columns by table, and tables.
COLUMNS = {
    "documents": ("section", "partial", "page_sha256", "origin", "story"),
    "rows": ("joined_to", "reviewer", "second"),
    "statements": ("origin",),
    "decisions": ("batch",),
    "actors": ("identifiers", "roles", "folded", "note"),
    "row_parties": ("party",),
}
TABLES = (
    *(
        "pages",
        "digests",
        "copies",
        "compared",
        "datings",
        "namings",
        "signatures",
        "row_keys",
        "row_links",
        "actor_keys",
    ),
    *("trails", "trail_rows", "disagreements", "disagreement_rows", "row_changes", "rows_fts"),
)


def make_first_version(path: Path) -> None:
    """Take away what later versions added."""
    database = sqlite3.connect(path)
    for trigger in ("rows_ai", "rows_ad", "rows_au", "rows_words_au", "row_parties_au"):
        database.execute(f"DROP TRIGGER {trigger}")
    for table in TABLES:
        database.execute(f"DROP TABLE {table}")
    for table, columns in COLUMNS.items():
        for column in columns:
            database.execute(f"DROP INDEX IF EXISTS ix_{table}_{column}")
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    database.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
    database.commit()
    database.close()


def shape(path: Path) -> dict[str, list[tuple[object, ...]]]:
    database = sqlite3.connect(path)
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")]
    found = {name: database.execute(f"PRAGMA table_info({name})").fetchall() for name in sorted(names)}
    database.close()
    return found


def test_a_ledger_of_the_first_version_is_read_as_it_is_and_brought_up_to_date_by_a_writer(
    fake: Any, tmp_path: Path
) -> None:
    path = tmp_path / "old.sqlite"
    with create_or_open(path) as ledger:
        put(fake, ledger, "a", None)
    whole = shape(path)
    make_first_version(path)
    before = path.read_bytes()
    with open_ledger(path) as ledger, ledger.reading() as connection:
        assert [(row["id"], row["section"], row["partial"]) for row in document_rows(connection)] == [("a", None, 0)]
        assert len(list(entries(connection, Filter()))) == 1 and search(connection, "schools")
        assert page_of(connection, "a") is None
    assert path.read_bytes() == before
    with create_or_open(path) as ledger:
        put(fake, ledger, "b", PAGE)
    assert shape(path) == whole
    with open_ledger(path) as ledger, ledger.reading() as connection:
        assert (
            get_meta(connection, "schema_version") == str(schema.SCHEMA_VERSION)
            and page_of(connection, "b") is not None
        )
        assert len(list(document_rows(connection))) == 2


def saved_page(folder: Path, more: str = "") -> Path:
    path = folder / "page.html"
    body = f"<h1>Schools in Azerbaijan</h1><p>{TEXT}</p><p>Nothing more was said on that day of the schools.{more}</p>"
    path.write_text(f"<!doctype html><html><head><title>t</title></head><body>{body}</body></html>", encoding="utf-8")
    return path


def test_a_build_keeps_the_page_and_shows_it(fake: Any, tmp_path: Path) -> None:
    path, ledger_path = saved_page(tmp_path), tmp_path / "l.sqlite"
    met = []

    def interpret(reports: list[RawReport]) -> list[Any]:
        met.extend(reports)
        return list(fake.interpret(reports))

    def again() -> None:
        build([path], ledger_path, interpret=interpret, reader="fake")

    again()
    again()
    assert len(met) == 1 and met[0].page is None  # no worker is given the bytes
    with open_ledger(ledger_path) as ledger, ledger.reading() as connection:
        page = page_of(connection, "page.html")
        assert page is not None and page.unpacked() == path.read_bytes()
        (entry,) = entries(connection, Filter())
    shown = CliRunner().invoke(app, ["explain", str(ledger_path), entry.row.id])
    assert f"page sha256 {page.sha256}, {page.size:,} bytes" in shown.stdout
    saved_page(tmp_path, " Much was thought.")
    again()
    with open_ledger(ledger_path) as ledger, ledger.reading() as connection:
        newer = page_of(connection, "page.html")
        assert newer is not None and newer.unpacked() == path.read_bytes() and kept(ledger) == 1
