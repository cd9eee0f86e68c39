"""The command ``build``: progress while it runs, a summary when it is done."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import typer

from pledgetrail.cli.failures import NOTHING, WITH_PROBLEMS
from pledgetrail.cli.terminal import clean
from pledgetrail.extraction.parts import lacking
from pledgetrail.pipeline import BuildSummary, build
from pledgetrail.pipeline.building import Progress
from pledgetrail.pipeline.stages import interpret_by_rules, reader_version
from pledgetrail.pipeline.workers import Interpret
from pledgetrail.sources import Settings
from pledgetrail.vocabulary import STAGES


def run(
    reports: list[Path],
    output: Path,
    workers: int,
    batch_size: int,
    quiet: bool,
    *,
    interpret: Interpret | None = None,
    reader: str | None = None,
    settings: Settings | None = None,
    actors: Path | None = None,
    more: Callable[[], Iterable[str]] = tuple,
) -> None:
    """Build, print the summary with the lines of ``more``, and end with a code that tells whether all could be read.

    ``interpret`` with the version ``reader`` stands in for the built-in reader.
    """
    began = time.monotonic()
    settings = settings or Settings()
    build_with = build if interpret is None else functools.partial(build, interpret=interpret, reader=reader)
    with _progress(reports, quiet) as progress:
        summary = build_with(
            reports, output, workers=workers, batch_size=batch_size, progress=progress, settings=settings,
            actors=actors,
        )  # fmt: skip
    for line in problem_lines(summary):
        print(clean(line), file=sys.stderr)
    if not quiet:
        for line in (*summary_lines(summary, output, time.monotonic() - began), *passed_lines(settings), *more()):
            print(clean(line) if line else "")
    if summary.problem_count:
        raise typer.Exit(NOTHING if not summary.documents + summary.skipped else WITH_PROBLEMS)
    if not summary.documents + summary.skipped:
        print("pledgetrail: there was no report to read", file=sys.stderr)
        raise typer.Exit(NOTHING)


def run_built_in(
    reports: list[Path],
    output: Path,
    workers: int,
    batch_size: int,
    quiet: bool,
    *,
    rules: bool = False,
    settings: Settings | None = None,
    actors: Path | None = None,
) -> None:
    """:func:`run` with the built-in reader, or its rules alone; the summary names parts that are missing."""
    if rules:
        version = reader_version(rules=True)
        run(
            reports, output, workers, batch_size, quiet,
            interpret=interpret_by_rules, reader=version, settings=settings, actors=actors,
        )  # fmt: skip
        return
    less = [f"  read with less: {clause} (see pledgetrail doctor)" for clause in lacking()]
    run(reports, output, workers, batch_size, quiet, settings=settings, actors=actors, more=lambda: less)


def problem_lines(summary: BuildSummary) -> Iterator[str]:
    """The problems by name, the first of them if they are many."""
    for problem in summary.problems:
        # most messages name their input themselves
        named = problem.message if problem.source in problem.message else f"{problem.source}: {problem.message}"
        yield f"pledgetrail: {problem.kind}: {named}"
    more = summary.problem_count - len(summary.problems)
    if more:
        yield f"pledgetrail: and {more:,} more; all are in the ledger's table problems"


def passed_lines(settings: Settings) -> Iterator[str]:
    """What readers left out by design, counted."""
    for what, number in sorted(settings.passed_over.items()):
        yield f"  passed over         {number:,} {what}"


def summary_lines(summary: BuildSummary, output: Path, seconds: float) -> Iterator[str]:
    """What was done, and what the ledger holds now."""
    rate = f" ({summary.documents / seconds:,.1f} a second)" if summary.documents and seconds > 0 else ""
    yield f"{output}"
    yield f"  documents read      {summary.documents:,}{rate}"
    if summary.revised:
        yield f"    read again        {summary.revised:,}"
    yield f"  skipped, unchanged  {summary.skipped:,}"
    yield f"  repeated bodies     {summary.repeated_bodies:,}"
    if summary.other_languages:
        yield f"  not in English      {summary.other_languages:,} (stored, not read)"
    yield f"  problems            {summary.problem_count:,}"
    for kind, number in sorted(summary.problems_by_kind.items()):
        yield f"    {kind:<17} {number:,}"
    for title, kind in (("commitments", "commitment"), ("encounters", "encounter"), ("figures", "figure")):
        counted = {name: number for (its, name), number in summary.rows.items() if its == kind}
        yield f"  {title:<19} {sum(counted.values()):,}"
        for name in sorted(counted, key=lambda n: (STAGES.index(n) if n in STAGES else 99, -counted[n], n)):
            yield f"    {name:<17} {counted[name]:,}"


@contextlib.contextmanager
def _progress(reports: list[Path], quiet: bool) -> Iterator[Progress | None]:
    """A bar on stderr while a person watches, nothing otherwise. Its length is the size of the inputs in bytes."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    total = sum(_size(path) for path in reports)
    columns = (
        TextColumn("{task.fields[done]} documents, {task.fields[rate]}/s, {task.fields[skipped]} skipped"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total or None, done="0", rate="–", skipped="0")
        began = time.monotonic()

        def update(summary: BuildSummary) -> None:
            rate = summary.documents / max(time.monotonic() - began, 0.001)
            counts = {"done": f"{summary.documents:,}", "skipped": f"{summary.skipped:,}", "rate": f"{rate:,.1f}"}
            bar.update(task, completed=min(summary.characters, total), **counts)  # type: ignore[arg-type]

        yield update


def _size(path: Path) -> int:
    """The size of a file, or of all files in a folder, in bytes; 0 for what is not there."""
    if not path.is_dir():
        with contextlib.suppress(OSError):
            return path.stat().st_size
        return 0
    total = 0
    for folder, _, files in os.walk(path):
        for file in files:
            with contextlib.suppress(OSError):
                total += os.stat(os.path.join(folder, file)).st_size
    return total
