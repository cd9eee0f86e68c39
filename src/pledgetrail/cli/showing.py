"""The command ``show``: rows as tables on a terminal, as tab-separated lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import typer
from sqlalchemy import Connection

from pledgetrail.cli.terminal import clean, console, number, on_terminal
from pledgetrail.language.edtf import bounds
from pledgetrail.ledger.queries import Entry, Filter, count, entries
from pledgetrail.ledger.store import open_ledger
from pledgetrail.vocabulary import STAGES

KINDS: Final = ("commitment", "encounter", "figure")

#: Rows of a kind that a terminal gets if nobody says how many.
_SCREENFUL: Final = 100

#: Columns of a terminal from which on a table has room for words; rows stand one below the other on narrower ones.
_TABLE_WIDTH: Final = 140

#: Characters of a cell that a table shows; the row in full is what --evidence and explain are for.
_CELL_WIDTH: Final = 90


@dataclass(frozen=True, slots=True)
class Request:
    """The options of ``show`` as they were given."""

    kind: str | None
    stage: str | None
    by: str | None
    to: str | None
    place: str | None
    since: str | None
    until: str | None
    min_confidence: float | None
    evidence: bool
    limit: int | None


def run(path: Path, request: Request) -> None:
    """Print what is asked for, kind by kind."""
    wanted, kinds = _filter(request)
    terminal = on_terminal()
    limit = (_SCREENFUL if terminal else None) if request.limit is None else request.limit or None
    with open_ledger(path) as ledger, ledger.reading() as connection:
        shown = 0
        for kind in kinds:
            narrowed = replace(wanted, kind=kind)
            total = count(connection, narrowed)
            if not total:
                continue
            if shown and not terminal:
                print()
            shown += total
            _print(entries(connection, narrowed, limit), kind, total, limit, request.evidence, terminal)
        if not shown:
            print("no rows" if terminal else "pledgetrail: no rows", file=sys.stderr)
        _mention_undated(connection, wanted, kinds)


def _filter(request: Request) -> tuple[Filter, tuple[str, ...]]:
    """The filter of a request, and the kinds that can pass it. Wrong values are errors of usage."""
    kind = request.kind.rstrip("s") if request.kind else None
    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"{request.kind!r} is none of {', '.join(KINDS)}", param_hint="--kind")
    if request.stage is not None and request.stage not in STAGES:
        raise typer.BadParameter(f"{request.stage!r} is none of {', '.join(STAGES)}", param_hint="--stage")
    kinds = (kind,) if kind else ("commitment",) if request.stage or request.to else KINDS
    return Filter(
        stage=request.stage,
        by=request.by,
        to=request.to,
        place=request.place,
        since=_day(request.since, 0, "--since"),
        until=_day(request.until, 1, "--until"),
        min_confidence=request.min_confidence,
    ), kinds


def _day(value: str | None, side: int, option: str) -> str | None:
    """The first (0) or last (1) day of a date as given."""
    if value is None:
        return None
    try:
        day = bounds(value)[side]
    except ValueError:
        day = None
    if day is None:
        raise typer.BadParameter(f"{value!r} is no day (2021-01-13), month (2021-01) or year (2021)", param_hint=option)
    return day.isoformat()


def _mention_undated(connection: Connection, wanted: Filter, kinds: Iterable[str]) -> None:
    """Rows without a date are in no period: say how many a filter by date leaves out."""
    if wanted.since is None and wanted.until is None:
        return
    undated = replace(wanted, since=None, until=None, undated=True)
    number = sum(count(connection, replace(undated, kind=kind)) for kind in kinds)
    if number:
        print(f"{number:,} rows without a date are not shown", file=sys.stderr)


def _print(found: Iterator[Entry], kind: str, total: int, limit: int | None, evidence: bool, terminal: bool) -> None:
    columns = COLUMNS[kind]
    if not terminal:
        print("\t".join((*columns, "evidence") if evidence else columns))
        for entry in found:
            cells = [_cell(entry, column) for column in columns.values()]
            print("\t".join((*cells, " | ".join(sentences(entry))) if evidence else cells))
        return
    screen = console()
    title = f"{kind}s: {total:,}" + (f", the first {limit:,} (--limit 0 for all)" if limit and total > limit else "")
    if evidence or screen.width < _TABLE_WIDTH:
        _blocks(found, columns, title, evidence)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", header_style="bold", show_edge=False)
    lines = [([_short(_cell(entry, cell)) for cell in columns.values()], entry.row.status) for entry in found]
    filled = [n for n in range(len(columns)) if any(cells[n] for cells, _ in lines)]
    names = list(columns)
    for column in (names[n] for n in filled):
        narrow = column in ("id", "stage", "kind", "amount", "value", "conf", "origins")
        right = column in ("amount", "value", "conf", "origins")
        most = None if narrow or column == "what" else screen.width // 12  # the rest is for what is promised
        table.add_column(column, no_wrap=narrow, justify="right" if right else "left", max_width=most)
    for cells, status in lines:
        table.add_row(*(Text(cells[n]) for n in filled), style="dim strike" if status == "rejected" else "")
    screen.print(table)
    screen.print()


def _blocks(found: Iterator[Entry], columns: dict[str, Callable[[Entry], str]], title: str, evidence: bool) -> None:
    """Rows one below the other, each with its sentences if they are wanted."""
    from rich.padding import Padding
    from rich.text import Text

    screen = console()
    screen.print(Text(title, style="bold"))
    for entry in found:
        line = Text()
        for column, cell in columns.items():
            if value := _cell(entry, cell):
                line.append(f"{column} ", style="dim")
                line.append(f"{value}  ", style="bold" if column in ("stage", "kind", "value") else "")
        screen.print(line)
        for sentence in sentences(entry) if evidence else ():
            screen.print(Padding(Text(sentence, style="italic"), (0, 0, 0, 4)))
        screen.print()


def sentences(entry: Entry) -> list[str]:
    """The sentences of a row, each after its place: document:start-end."""
    return [clean(f"{span.document}:{span.start}-{span.end} {span.quote}") for span in entry.row.content.evidence]


def _short(text: str) -> str:
    return text if len(text) <= _CELL_WIDTH else text[: _CELL_WIDTH - 1].rstrip() + "…"


def _cell(entry: Entry, column: Callable[[Entry], str]) -> str:
    return clean(column(entry))


def _column(name: str) -> Callable[[Entry], str]:
    return lambda entry: str(entry.columns[name] if entry.columns[name] is not None else "")


def _stage(entry: Entry) -> str:
    flags = [name for name in ("negated", "conditional", "planned", "cumulative") if entry.columns[name]]
    return " ".join([entry.columns["stage"], *(f"({flag})" for flag in flags)])


def _encounter(entry: Entry) -> str:
    return f"{entry.columns['encounter']} (planned)" if entry.columns["planned"] else str(entry.columns["encounter"])


def _to(entry: Entry) -> str:
    to, via = entry.columns["to_names"] or "", entry.columns["via_names"]
    return f"{to} (via {via})".strip() if via else to


def _amount(entry: Entry) -> str:
    columns = entry.columns
    if columns["amount_value"] is None:
        return ""
    parts = (columns["amount_qualifier"], columns["amount_currency"], number(columns["amount_value"]))
    return " ".join(part for part in parts if part)


def _value(entry: Entry) -> str:
    columns = entry.columns
    value = number(columns["value"]) or f"{number(columns['low'])}–{number(columns['high'])}"
    return " ".join(part for part in (columns["qualifier"], columns["amount_currency"], value) if part)


def _confidence(entry: Entry) -> str:
    return f"{entry.row.content.confidence:.2f}"


_SHARED: Final[dict[str, Callable[[Entry], str]]] = {
    "conf": _confidence,
    "origins": _column("origins"),
    "status": lambda entry: "" if entry.row.status == "extracted" else entry.row.status,
}

#: What each kind's table shows: heading -> cell.
COLUMNS: Final[dict[str, dict[str, Callable[[Entry], str]]]] = {
    "commitment": {
        "id": lambda entry: entry.row.id,
        "stage": _stage,
        "by": _column("by_names"),
        "to": _to,
        "what": _column("what"),
        "amount": _amount,
        "places": _column("place_names"),
        "when": _column("when_edtf"),
        **_SHARED,
    },
    "encounter": {
        "id": lambda entry: entry.row.id,
        "kind": _encounter,
        "participants": _column("participant_names"),
        "places": _column("place_names"),
        "when": _column("when_edtf"),
        **_SHARED,
    },
    "figure": {
        "id": lambda entry: entry.row.id,
        "value": _value,
        "measure": _column("measure"),
        "unit": _column("unit"),
        "of": _column("of"),
        "places": _column("place_names"),
        "when": _column("when_edtf"),
        "claimed by": _column("claimed_by"),
        **_SHARED,
    },
}
