"""The command ``export``."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from pledgetrail.cli.terminal import clean
from pledgetrail.ledger.store import open_ledger
from pledgetrail.publishing import FORMATS
from pledgetrail.publishing import export as write


def run(path: Path, name: str, folder: Path) -> None:
    """Export, and say on stderr what was written."""
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(FORMATS)}", param_hint="--format")
    with open_ledger(path) as ledger:
        counts = write(ledger, name, folder)
    for file, number in counts.items():
        print(clean(f"{folder / file}: {number:,}"), file=sys.stderr)
