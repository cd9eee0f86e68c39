"""The command ``funnel``: of what was promised, how much was agreed, paid and delivered, and how much fell silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

import typer

from pledgetrail.cli.listing import (
    Line,
    check_format,
    day_of,
    days,
    none_found,
    plural,
    print_csv,
    print_json,
    print_lines,
)
from pledgetrail.cli.opening import resolved
from pledgetrail.cli.terminal import number, on_terminal
from pledgetrail.ledger.counting import counted
from pledgetrail.publishing.together import funnel_dict
from pledgetrail.resolution.undertakings.funnel import By, Column, FunnelLine, Sum, funnel
from pledgetrail.resolution.undertakings.rates import covered

_PER: Final = ("by", "to", "place", "sector")

#: Lines that a terminal gets if nobody says how many.
_SCREENFUL: Final = 30

_CSV: Final = (
    *("key", "name", "set", "column", "rows", "currency", "value", "value_rows", "joint", "converted"),
    *("converted_into", "unconverted_rows"),
)

#: Rows kept apart from the columns: attribute, heading.
_APART: Final = {"conditional": "conditional", "planned": "planned", "denied": "denied"}


def run(path: Path, per: str, into: str, silent_after: int, as_of: str | None, limit: int | None, format: str) -> None:
    """Print a line for each giver, taker, place or sector, those with most promises first."""
    check_format(format)
    if per not in _PER:
        raise typer.BadParameter(f"{per!r} is none of {', '.join(_PER)}", param_hint="--per")
    day, into = day_of(as_of, "--as-of"), into.upper()
    if covered(into) is None:
        raise typer.BadParameter(f"there are no reference rates of {into!r}; try USD or EUR", param_hint="--into")
    with resolved(path) as connection:
        found = list(funnel(counted(connection, day), cast(By, per), into, silent_after))
    few = _SCREENFUL if on_terminal() and format == "text" else None
    most = (few if limit is None else limit) or None
    shown = list(islice(found, most))
    if format == "json":
        print_json(map(funnel_dict, shown))
    elif format == "csv":
        print_csv(_CSV, _records(shown, into))
    elif not found:
        none_found("no commitments")
    else:
        cut = f", the first {most:,} (--limit 0 for all)" if most and len(found) > most else ""
        print_lines(_lines(shown, into, silent_after, f"{plural(len(found), 'line')} per {_NAMES[per]}{cut}"))


_NAMES: Final = {"by": "giver", "to": "taker", "place": "place", "sector": "sector"}


def _sets(line: FunnelLine) -> Iterator[tuple[str, str, Column]]:
    """The columns of a line with the set that each is of."""
    for kind in ("columns", *_APART):
        for name, column in getattr(line, kind).items():
            yield "counted" if kind == "columns" else kind, name, column
    if line.silent.rows:
        yield "silent", "promised", line.silent


def _records(found: Iterable[FunnelLine], into: str) -> Iterator[dict[str, Any]]:
    for line in found:
        for kind, name, column in _sets(line):
            about = {"key": line.key, "name": line.name, "set": kind, "column": name, "rows": column.rows}
            sums = [(s, False) for s in column.sums] + [(s, True) for s in column.joint]
            if not sums:
                yield about
            for its, joint in sums:
                yield about | {
                    "currency": its.currency,
                    "value": its.value,
                    "value_rows": its.rows,
                    "joint": joint,
                    "converted": round(its.converted, 2) if its.converted is not None else None,
                    "converted_into": into,
                    "unconverted_rows": its.unconverted,
                }


def _lines(found: Sequence[FunnelLine], into: str, silent_after: int, title: str) -> Iterator[Line]:
    yield [(title, "bold"), ("; sums are never added across columns", "")]
    for line in found:
        yield []
        yield [
            (line.name or "(not named)", "bold"),
            (f"  {line.key}" if line.key not in (None, line.name) else "", "dim"),
        ]
        for kind, name, column in _sets(line):
            heading = name if kind == "counted" else f"{name}, {kind}"
            if kind == "silent":
                heading = f"silent {days(silent_after)} or more"
            yield [(f"  {heading:<26} ", "cyan"), (f"{plural(column.rows, 'row'):<9} ", "dim"), *_money(column, into)]


def _money(column: Column, into: str) -> Line:
    parts = [_amount(its, into) for its in column.sums]
    parts += [f"{_amount(its, into)} together with others" for its in column.joint]
    return [("; ".join(parts), "green")]


def _amount(its: Sum, into: str) -> str:
    said = f"{its.currency or '(currency?)'} {number(its.value)}"
    if its.converted is None or its.currency == into:
        return said
    rest = f", without {plural(its.unconverted, 'row')}" if its.unconverted else ""
    return f"{said} (about {into} {number(round(its.converted))}{rest})"
