"""Ledgers of an older version: brought up to date for one who writes, shown as the newest to one who only reads.

The versions so far have only added tables, columns, indexes and triggers; so what is missing is what is to be done.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Column, Connection, Integer, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateColumn

from pledgetrail.ledger.schema import EXTRA_SQL, metadata

_NAME: Final = re.compile(r"CREATE (?:VIRTUAL TABLE|TRIGGER) (\w+)")


def upgrade(connection: Connection) -> None:
    """Add what an older ledger lacks, in the transaction under way."""
    there = {name for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
    for table in metadata.tables.values():
        for column in _missing(table, there, connection.exec_driver_sql(_columns_of(table)).fetchall()):
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {_definition(column)}")
        for index in table.indexes if table.name in there else ():
            index.create(connection, checkfirst=True)
    metadata.create_all(connection)
    for statement in EXTRA_SQL:
        found = _NAME.match(statement)
        if found and found[1] not in there:
            connection.exec_driver_sql(statement)
            if "USING fts5" in statement:
                connection.exec_driver_sql(f"INSERT INTO {found[1]}({found[1]}) VALUES ('rebuild')")


def show_as_newest(connection: sqlite3.Connection) -> None:
    """Put views and empty tables before those of an older ledger. The file stays as it is."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for table in metadata.tables.values():
        if table.name not in there:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            connection.execute(f"CREATE TEMP TABLE {table.name} ({names})")
            continue
        missing = list(_missing(table, there, connection.execute(_columns_of(table)).fetchall()))
        if missing:
            more = ", ".join(f'{_default(column)} AS "{column.name}"' for column in missing)
            connection.execute(f"CREATE TEMP VIEW {table.name} AS SELECT *, {more} FROM main.{table.name}")


def _columns_of(table: Table) -> str:
    return f"PRAGMA table_info({table.name})"


def _missing(table: Table, there: set[str], info: object) -> Iterator[Column[object]]:
    if table.name in there:
        have = {column[1] for column in info}  # type: ignore[attr-defined]
        yield from (column for column in table.columns if column.name not in have)


def _definition(column: Column[object]) -> str:
    return str(CreateColumn(column).compile(dialect=sqlite.dialect()))


def _default(column: Column[object]) -> str:
    value = getattr(column.server_default, "arg", None)
    if value is None:
        return "NULL"
    return str(value) if isinstance(column.type, Integer) else f"'{value}'"
