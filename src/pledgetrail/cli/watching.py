"""The command ``watch``: look at the feeds, say what changed in the ledger, wait, look again."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import typer

from pledgetrail.cli.failures import NO_LEDGER, NOTHING, USAGE, WITH_PROBLEMS, fail
from pledgetrail.cli.fetching import ending_on_sigterm
from pledgetrail.cli.showing import COLUMNS
from pledgetrail.cli.terminal import clean
from pledgetrail.ledger.changes import Change
from pledgetrail.ledger.errors import LedgerBusy
from pledgetrail.ledger.queries import Entry
from pledgetrail.pipeline.feedlist import Feed, FeedListError, read_feeds
from pledgetrail.pipeline.watching import Look, look
from pledgetrail.sources.fetching.manners import Manners
from pledgetrail.sources.locks import Held, holding

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}

#: Columns that say nothing about the act itself.
_ASIDE: Final = ("id", "conf", "origins", "status")


def run(path: Path, ledger: Path, manners: Manners, once: bool, interval: str, quiet: bool) -> None:
    """Watch until told to stop, or look once."""
    pause = seconds(interval)
    try:
        feeds = read_feeds(path)
    except FeedListError as error:
        fail(str(error), USAGE)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(holding(ledger.with_name(f".{ledger.name}.watch.lock")))
        except Held:
            fail(f"{ledger}: another watch is at work on it", NO_LEDGER)
        except OSError as error:
            fail(f"{ledger}: cannot be written there ({error.strerror or error})", NO_LEDGER)
        stack.enter_context(ending_on_sigterm())
        if once:
            _once(feeds, ledger, manners, quiet)
        else:
            _always(feeds, ledger, manners, pause, quiet)


def seconds(interval: str) -> float:
    """An interval like 90s, 15m, 1h or 1d."""
    match = re.fullmatch(r"(\d{1,6})([smhd])", interval.strip())
    if match is None or not int(match[1]):
        raise typer.BadParameter(f"{interval!r} is no time like 90s, 15m, 1h or 1d", param_hint="--interval")
    return float(int(match[1]) * _SECONDS[match[2]])


def _once(feeds: list[Feed], ledger: Path, manners: Manners, quiet: bool) -> None:
    found = look(feeds, ledger, manners)
    _tell(found, ledger, quiet)
    if found.problems:
        raise typer.Exit(WITH_PROBLEMS if found.feeds else NOTHING)


def _always(feeds: list[Feed], ledger: Path, manners: Manners, pause: float, quiet: bool) -> None:
    """Look at every interval. A ledger that another process is writing is tried again at the next one."""
    try:
        while True:
            began = time.monotonic()
            try:
                _tell(look(feeds, ledger, manners), ledger, quiet)
            except LedgerBusy as error:
                print(clean(f"pledgetrail: {error}"), file=sys.stderr)
            time.sleep(max(1.0, pause - (time.monotonic() - began)))
    except KeyboardInterrupt:
        if not quiet:
            print("stopped", file=sys.stderr)


def _tell(found: Look, ledger: Path, quiet: bool) -> None:
    """Changes on standard output, one a line; problems and the count on standard error."""
    for problem in found.problems:
        print(clean(f"pledgetrail: {problem.kind}: {problem.message}"), file=sys.stderr)
    for change in found.changes:
        print("\t".join(clean(cell) for cell in cells(change)))
    sys.stdout.flush()
    if not quiet:
        now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        parts = (
            f"{found.feeds:,} feeds read ({found.unchanged:,} unchanged)",
            f"{found.entries:,} entries new or revised",
            *((f"{found.pages:,} pages fetched",) if found.pages else ()),
            f"{len(found.changes):,} rows changed",
            *((f"{len(found.problems):,} problems",) if found.problems else ()),
        )
        print(f"{now} {ledger}: {', '.join(parts)}", file=sys.stderr)


def cells(change: Change) -> Iterator[str]:
    """A change as the columns change, row, kind, act, what changed, sentences."""
    yield change.kind
    yield change.row
    if change.entry is None:
        return
    kind = change.entry.row.content.kind
    yield kind
    columns: dict[str, Callable[[Entry], str]] = COLUMNS[kind]
    yield "; ".join(text for name, cell in columns.items() if name not in _ASIDE and (text := cell(change.entry)))
    yield "; ".join(f"{name}: {_plain(before)} → {_plain(now)}" for name, before, now in change.cells)
    yield " | ".join(f"{span.document}:{span.start}-{span.end} {span.quote}" for span in change.evidence)


def _plain(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    return f"{value:g}" if isinstance(value, float) else str(value)
