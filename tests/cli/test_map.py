"""The option ``--map`` reaches the tables, whichever reader reads."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pledgetrail.cli import app


@pytest.mark.parametrize("reader", [[], ["--reader", "rules"]], ids=["model", "rules"])
def test_columns_are_those_of_the_map(tmp_path: Path, reader: list[str]) -> None:
    table, ledger = tmp_path / "in.csv", tmp_path / "out.sqlite"
    table.write_text("kop,ord\nGrain,Japan pledged grain.\n", encoding="utf-8")
    command = ["build", str(table), "-o", str(ledger), "--map", "text=ord", "--map", "title=kop", *reader]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(ledger)) as database:
        assert database.execute("SELECT title, text FROM documents").fetchall() == [("Grain", "Japan pledged grain.")]


def test_map_that_makes_no_sense_ends_as_a_usage_error(tmp_path: Path) -> None:
    command = ["build", str(tmp_path), "-o", str(tmp_path / "out.sqlite"), "--map", "titel=kop"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2 and "titel" in result.stderr and "published" in result.stderr
    assert not (tmp_path / "out.sqlite").exists()
