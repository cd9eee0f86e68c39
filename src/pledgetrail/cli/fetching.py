"""The command ``fetch``: what cannot be fetched is named while it runs, and counted when it is done."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Final

import typer

from pledgetrail.cli.failures import NO_LEDGER, NOTHING, WITH_PROBLEMS, fail
from pledgetrail.cli.terminal import clean
from pledgetrail.records import Problem
from pledgetrail.sources.fetching.addresses import Address, read_lists
from pledgetrail.sources.fetching.collecting import FetchSummary, Told, collect, waiting
from pledgetrail.sources.fetching.guard import AddressPolicy
from pledgetrail.sources.fetching.manners import USER_AGENT, Manners
from pledgetrail.sources.fetching.storing import FolderError

#: What the summary calls each outcome.
WORDS: Final = {
    "fetched": "fetched",
    "there": "already there",
    "not-there": "not there (4xx)",
    "robots": "closed to robots",
    "private-address": "private address",
    "unreachable": "unreachable",
    "timeout": "no answer in time",
    "server-error": "server error",
    "put-off": "put off",
    "too-large": "too large",
    "too-many-redirects": "redirects",
    "broken-answer": "broken answer",
}

#: Problems that are named; a list of a million dead links is not worth a million lines.
_NAMED: Final = 50


def manners_of(
    user_agent: str | None, rate: float, timeout: float, max_bytes: int, max_redirects: int, allow_private: bool
) -> Manners:
    """The options that ``fetch`` and ``watch`` share, checked."""
    name = user_agent if user_agent is not None else USER_AGENT
    if not re.match(r"[A-Za-z][\w-]*(?:[/ ]|$)", name) or not name.isascii() or not name.isprintable():
        raise typer.BadParameter("must be ASCII text that begins with a name", param_hint="--user-agent")
    return Manners(
        user_agent=name,
        rate=rate,
        timeout=timeout,
        max_bytes=max_bytes,
        max_redirects=max_redirects,
        policy=AddressPolicy(allow_private=allow_private),
    )


def run(lists: list[Path], into: Path, manners: Manners, workers: int, attempts: int, dry: bool, quiet: bool) -> None:
    """Fetch, sum up, and end with a code that tells whether all addresses could be had."""
    manners = replace(manners, workers=workers, attempts=attempts)
    naming = _Naming()
    addresses: list[Address] = []
    for item in read_lists(lists):
        if isinstance(item, Problem):
            naming.name(item)
        else:
            addresses.append(item)
    try:
        if dry:
            _rehearse(addresses, into, quiet)
            _end(naming, bool(addresses))
            return
        with ending_on_sigterm(), _progress(len(addresses), quiet) as shown:

            def told(summary: FetchSummary, problem: Problem | None) -> None:
                if problem is not None:
                    naming.name(problem)
                shown(summary, problem)

            summary = collect(addresses, into, manners, told)
    except FolderError as error:
        fail(str(error), NO_LEDGER)
    naming.sum_up()
    if not quiet:
        for line in summary_lines(summary, into, naming.unread):
            print(clean(line))
    _end(naming, bool(summary.outcomes["fetched"] + summary.outcomes["there"]))


def summary_lines(summary: FetchSummary, into: Path, unread: int) -> Iterator[str]:
    """What was done, by outcome."""
    yield str(into)
    if summary.mended:
        yield f"  cut a half-written record off {summary.mended}"
    for name in summary.damaged:
        yield f"  {name} is damaged: what lies behind the damage counts as not fetched"
    yield f"  {'addresses':<19} {summary.addresses:,}"
    for outcome, word in WORDS.items():
        if summary.outcomes[outcome]:
            yield f"    {word:<17} {summary.outcomes[outcome]:,}"
    if unread:
        yield f"  {'not addresses':<19} {unread:,}"
    yield f"  {'bytes':<19} {summary.bytes:,}"


def _rehearse(addresses: list[Address], into: Path, quiet: bool) -> None:
    """Say what would be fetched. Nothing is asked, not even a robots.txt."""
    missing, there = waiting(addresses, into)
    for address in missing:
        print(clean(address.text))
    if not quiet:
        hosts = len({address.host for address in missing})
        print(
            f"would fetch {len(missing):,} addresses from {hosts:,} hosts; {there:,} are there already", file=sys.stderr
        )


def _end(naming: _Naming, any_good: bool) -> None:
    if naming.count:
        raise typer.Exit(WITH_PROBLEMS if any_good else NOTHING)
    if not any_good:
        fail("there was no address to fetch", NOTHING)


class _Naming:
    """Names problems on stderr as they come, the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.unread = 0  # lines that are no address

    def name(self, problem: Problem) -> None:
        self.count += 1
        self.unread += problem.kind == "bad-address"
        if self.count <= _NAMED:
            print(clean(f"pledgetrail: {problem.kind}: {problem.message}"), file=sys.stderr)

    def sum_up(self) -> None:
        if self.count > _NAMED:
            print(f"pledgetrail: and {self.count - _NAMED:,} more", file=sys.stderr)


@contextlib.contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """Within this, SIGTERM ends the command as Ctrl-C does: what is under way is dropped, what is done stays."""

    def end(_: int, __: FrameType | None) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as of a job that a script put into the background
            raise KeyboardInterrupt
        os.kill(os.getpid(), signal.SIGINT)

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not the main thread: whoever runs us there has signals of their own
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Told]:
    """A bar on stderr while a person watches, nothing otherwise."""
    if quiet or not sys.stderr.isatty():
        yield lambda summary, problem: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.fields[fetched]} fetched"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, fetched="0")

        def update(summary: FetchSummary, _: Problem | None) -> None:
            bar.update(task, completed=summary.ended, fetched=f"{summary.outcomes['fetched']:,}")

        yield update
