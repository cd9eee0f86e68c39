"""The command ``search``."""

from __future__ import annotations

from pathlib import Path

from pledgetrail.cli.failures import NOTHING, fail
from pledgetrail.cli.terminal import clean, console, on_terminal
from pledgetrail.ledger.searching import search
from pledgetrail.ledger.store import open_ledger


def run(path: Path, query: str, limit: int) -> None:
    """Print each document found with a piece of its text; on a terminal the words found are bold."""
    with open_ledger(path) as ledger, ledger.reading() as connection:
        found = search(connection, query, limit)
    if not found:
        fail(f"{path}: no document has {query!r}", NOTHING)
    if not on_terminal():
        for name, title, snippet in found:
            plain = snippet.replace("\x02", "").replace("\x03", "")
            print("\t".join(clean(part) for part in (name, title or "", plain)))
        return
    from rich.text import Text

    screen = console()
    for name, title, snippet in found:
        line = Text(clean(name), style="cyan")
        line.append(f"  {clean(title or '')}\n", style="bold")
        for number, part in enumerate(snippet.replace("\x03", "\x02").split("\x02")):
            line.append(clean(part), style="bold yellow" if number % 2 else "")
        screen.print(line)
