"""The command ``trails``: undertakings with their rows in order of time, those that fell silent first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import typer
from sqlalchemy import Connection

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
from pledgetrail.cli.showing import COLUMNS
from pledgetrail.cli.terminal import on_terminal
from pledgetrail.ledger.queries import Entry
from pledgetrail.ledger.trails import Trail, TrailFilter, entries_by_id, key_names, read_trails, trail_by_id
from pledgetrail.publishing.contract import row_dict
from pledgetrail.publishing.spreadsheet import row_record
from pledgetrail.publishing.together import iso, trail_dict
from pledgetrail.resolution.undertakings.states import STATES

#: Trails that a terminal gets if nobody says how many.
_SCREENFUL: Final = 50

#: Trails whose rows are read at a time.
_PAGE: Final = 100

_CSV: Final = (
    *("trail", "state", "first", "last", "silent_days", "givers", "receivers", "position", "row", "stage", "by", "to"),
    *("via", "what", "amount", "amount_currency", "amount_qualifier", "places", "when", "conditional", "negated"),
    *("planned", "confidence", "origins", "sentence", "document", "start", "end"),
)


@dataclass(frozen=True, slots=True)
class Request:
    """The options of ``trails`` as they were given."""

    by: str | None
    to: str | None
    place: str | None
    state: str | None
    silent_for: int | None
    as_of: str | None
    every: bool
    evidence: bool
    limit: int | None
    format: str


def run(path: Path, request: Request) -> None:
    """Print what is asked for."""
    check_format(request.format)
    if request.state is not None and request.state not in STATES:
        raise typer.BadParameter(f"{request.state!r} is none of {', '.join(STATES)}", param_hint="--state")
    as_of = day_of(request.as_of, "--as-of")
    wanted = TrailFilter(
        by=request.by, to=request.to, place=request.place, state=request.state, silent_for=request.silent_for,
        every=request.every,
    )  # fmt: skip
    with resolved(path) as connection:
        found = read_trails(connection, wanted, as_of)
        few = _SCREENFUL if on_terminal() and request.format == "text" else None
        limit = (few if request.limit is None else request.limit) or None
        names = key_names(connection, found)
        shown = _with_rows(connection, list(islice(found, limit)))
        if request.format == "json":
            print_json(
                {**trail_dict(trail, names), "rows": [row_dict(entry) for entry in members]} for trail, members in shown
            )
        elif request.format == "csv":
            print_csv(_CSV, _records(shown, names))
        elif not found:
            none_found("no trails")
        else:
            cut = f", the first {limit:,} (--limit 0 for all)" if limit and len(found) > limit else ""
            print_lines(_lines(shown, names, plural(len(found), "trail") + cut, request.evidence))


def lines_of(connection: Connection, name: str) -> list[Line]:
    """One trail with its rows and their sentences; nothing if there is none of this id."""
    trail = trail_by_id(connection, name)
    if trail is None:
        return []
    ((_, members),) = _with_rows(connection, [trail])
    return list(_trail(trail, key_names(connection, [trail]), members, evidence=True))


Shown = Iterator[tuple[Trail, list[Entry]]]


def _with_rows(connection: Connection, found: Sequence[Trail]) -> Shown:
    for at in range(0, len(found), _PAGE):
        some = found[at : at + _PAGE]
        known = entries_by_id(connection, sorted({row for trail in some for row in trail.rows}))
        for trail in some:
            yield trail, [known[row] for row in trail.rows if row in known]


def _records(shown: Shown, names: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for trail, members in shown:
        about = {
            "trail": trail.id,
            "state": trail.state,
            "first": iso(trail.first),
            "last": iso(trail.last),
            "silent_days": trail.silent_days,
            "givers": [names[key] for key in trail.givers],
            "receivers": [names[key] for key in trail.receivers],
        }
        for position, entry in enumerate(members, 1):
            yield {**row_record(entry), **about, "position": position, "row": entry.row.id}


def _lines(shown: Shown, names: Mapping[str, str], title: str, evidence: bool) -> Iterator[Line]:
    yield [(title, "bold")]
    for trail, members in shown:
        yield []
        yield from _trail(trail, names, members, evidence)


def _trail(trail: Trail, names: Mapping[str, str], members: Sequence[Entry], evidence: bool) -> Iterator[Line]:
    """A trail for people: where it stands, whose it is, and its rows."""
    yield [
        (f"{trail.id}  ", "dim"),
        (trail.state or "nothing done", "bold"),
        (_life(trail), "" if trail.ended else "yellow"),
    ]
    givers, receivers = ("; ".join(names[key] for key in keys) for keys in (trail.givers, trail.receivers))
    whose = " → ".join(side for side in (givers or "?", receivers) if side)
    yield [(f"  {whose}", "cyan"), (f"  ({', '.join(trail.topics)})" if trail.topics else "", "dim")]
    for entry in members:
        yield _row(entry)
        for span in entry.row.content.evidence if evidence else ():
            yield [(f"      {span.document}:{span.start}-{span.end} ", "dim"), (span.quote, "italic")]


def _life(trail: Trail) -> str:
    if trail.last is None:
        return "  no day is known"
    first = iso(trail.first) or ""
    time = first if trail.first == trail.last else f"{first} to {iso(trail.last)}"
    if trail.ended or trail.silent_days is None:
        return f"  {time}"
    return f"  {time}, silent for {days(trail.silent_days)}"


def _row(entry: Entry) -> Line:
    cells = {name: column(entry) for name, column in COLUMNS["commitment"].items()}
    who = " → ".join(part for part in (cells["by"] or "?", cells["to"]) if part)
    places = f" [{cells['places']}]" if cells["places"] else ""
    return [
        (f"    {cells['when'] or '(no day)':<12} ", ""),
        (f"{cells['stage']:<13} ", "bold"),
        (who, "cyan"),
        (f": {cells['what']}" if cells["what"] else "", ""),
        (f", {cells['amount']}" if cells["amount"] else "", "green"),
        (f"{places}  {entry.row.id}", "dim"),
    ]
