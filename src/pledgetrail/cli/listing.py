"""What the commands that list things have in common: lines for people, JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import typer

from pledgetrail.cli.terminal import UNSAFE, clean, console, on_terminal
from pledgetrail.publishing.spreadsheet import safe

FORMATS: Final = ("text", "json", "csv")

#: A piece of a line: its text and its style (rich's words; "" is plain).
Piece = tuple[str, str]
Line = Sequence[Piece]


def check_format(name: str) -> str:
    """The name of a format as given; another is an error of usage."""
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(FORMATS)}", param_hint="--format")
    return name


def day_of(value: str | None, option: str) -> dt.date | None:
    """A day as given (``2021-01-13``); anything else is an error of usage."""
    if value is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        return dt.date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r} is no day; write it as 2021-01-13", param_hint=option) from None


def print_lines(lines: Iterable[Line]) -> None:
    """Lines with styles on a terminal, and without elsewhere, where what is reversed stands in «guillemets»."""
    if not on_terminal():
        for line in lines:
            print("".join(f"«{clean(text)}»" if style == "reverse" else clean(text) for text, style in line).rstrip())
        return
    from rich.text import Text

    screen = console()
    for line in lines:
        screen.print(Text.assemble(*((clean(text), style) for text, style in line)))


def print_json(items: Iterable[Mapping[str, Any]]) -> None:
    """A list of objects, one a line; characters that steer a terminal or split lines are escaped."""
    before = "["
    for item in items:
        text = UNSAFE.sub(lambda match: json.dumps(match.group())[1:-1], json.dumps(item, ensure_ascii=False))
        print(f"{before}\n{text}", end="")
        before = ","
    print("[]" if before == "[" else "\n]")


def print_csv(columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> None:
    """Records with a line of headings, each on one line, and no cell that runs as a formula."""
    writer = csv.writer(sys.stdout, dialect="excel", lineterminator="\r\n")
    writer.writerow(columns)
    for record in records:
        cells = (safe(record.get(column)) for column in columns)
        writer.writerow([clean(cell) if isinstance(cell, str) else cell for cell in cells])


def none_found(what: str) -> None:
    """Say on stderr that there is nothing to list."""
    print(what if on_terminal() else f"pledgetrail: {what}", file=sys.stderr)


def days(number: int) -> str:
    """So many days, in words."""
    return f"{number:,} day" if number == 1 else f"{number:,} days"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
