"""How rows look on a terminal: a table where there is room, blocks where there is not, nothing without bounds."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pledgetrail.cli import explaining, showing
from pledgetrail.ledger.queries import read_entry
from pledgetrail.ledger.store import open_ledger

LONG = "schools and " * 40

Screen = Callable[..., str]


@pytest.fixture
def screen(fake: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Screen:
    """What ``show`` prints on a terminal so wide, for a ledger of one row with a long object."""
    from pledgetrail.ledger.queries import Entry, Filter, entries
    from pledgetrail.pipeline import build

    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "a", "published": "2021-01-02", "text": "PAK pledged AZE 5 for schools."}\n')
    ledger = tmp_path / "l.sqlite"
    build([source], ledger, interpret=fake.interpret, reader="fake")

    def shown(width: int, evidence: bool = False) -> str:
        out = io.StringIO()
        monkeypatch.setattr(showing, "console", lambda: Console(file=out, width=width, markup=False, highlight=False))
        columns: dict[str, Callable[[Entry], str]] = {**showing.COLUMNS["commitment"], "what": lambda _: LONG}
        monkeypatch.setitem(showing.COLUMNS, "commitment", columns)
        with open_ledger(ledger) as opened, opened.reading() as connection:
            found = entries(connection, Filter(kind="commitment"))
            showing._print(found, "commitment", 1, None, evidence, terminal=True)
        return out.getvalue()

    return shown


def test_a_wide_terminal_gets_a_table_with_long_cells_cut(screen: Screen) -> None:
    table = screen(140)
    assert "┃" in table and "…" in table and "origins" in table
    assert all(len(line) <= 140 for line in table.splitlines())
    assert len(table.splitlines()) < 12


def test_a_narrow_terminal_gets_the_whole_row_in_lines(screen: Screen) -> None:
    blocks = screen(80)
    assert "┃" not in blocks
    assert " ".join(blocks.split()).count("schools and") == 40
    assert "PAK pledged" not in blocks and "PAK pledged" in screen(80, evidence=True)


def test_explaining_sets_off_thousands_and_shows_words_around_what_lies_elsewhere(fake: Any, tmp_path: Path) -> None:
    assert explaining._plain({"currency": "USD", "value": 2e9, "qualifier": "up to"}) == "up to USD 2,000,000,000"
    assert explaining._plain([1200.0, 2.5, "x", None]) == "1,200; 2.5; x; null"
    from pledgetrail.pipeline import build
    from pledgetrail.records import Span

    text = "PAK pledged AZE 5 for schools. " + "It rained. " * 30
    source = tmp_path / "a.txt"
    source.write_text(text)
    ledger = tmp_path / "l.sqlite"
    build([source], ledger, interpret=fake.interpret, reader="fake")
    with open_ledger(ledger) as opened, opened.reading() as connection:
        name = connection.exec_driver_sql("SELECT id FROM rows").scalar_one()
        evidence = read_entry(connection, name).row.content.evidence
        at = text.rindex("It rained")
        pieces = explaining._in_sentence(connection, Span("a.txt", at, at + 2, "It"), evidence)
        assert [text for text, style in pieces if style == "reverse"] == ["It"]
        assert pieces[1][0].startswith("…") and len(pieces[1][0]) < 100
        inside = explaining._in_sentence(connection, Span("a.txt", 0, 3, "PAK"), evidence)
        assert [text for text, _ in inside[1:]] == ["", "PAK", " pledged AZE 5 for schools."]
