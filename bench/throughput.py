#!/usr/bin/env python3
"""Time a whole build against bare spaCy over the same texts, one process each, in one run.

usage: throughput.py [REPORTS] [--documents N] [--repeat N] [--workers N] [--limit RATIO]
       throughput.py [REPORTS] --memory [--sizes N N ...] [--workers N]

REPORTS is a JSONL file with `text` (and `id`) in each record, a text file, or a folder of such files; default
samples/reports.
Bare spaCy is the product's own model with parser and named entities only, over nlp.pipe with its default batches.
Runs alternate (bare, build, rules, bare, ...) so that a machine that slows down slows both. The headline ratio
divides the medians of whole processes: interpreter, imports and loading the model are in both. "rules" is the build
with ``--reader rules``, without fitted weights and encoder.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Run:
    """One measured process. Seconds; mebibytes for the peak of its largest process."""

    wall: float
    cpu: float
    peak: float
    inside: float | None  # without interpreter, importing spaCy and loading the model


@dataclass(frozen=True)
class Task:
    """What a process is started for: ``side`` is "bare", "build" or "rules", over the reports in ``file``."""

    side: str
    file: Path
    folder: Path
    workers: int | None = None


# --- the reports -------------------------------------------------------------------------------------


def read_reports(path: Path) -> list[dict[str, object]]:
    """Return the records of a JSONL file, or those of all JSONL and text files below a folder, in order of path."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in {".txt", ".jsonl"})
        return [report for file in files for report in read_reports(file)]
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".txt":
        return [{"id": path.as_posix(), "text": text}]
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def varied(reports: Sequence[dict[str, object]], count: int) -> Iterator[dict[str, object]]:
    """Yield ``count`` reports: the given ones, then again under new ids with a line added, so that none is skipped."""
    for number, report in enumerate(itertools.islice(itertools.cycle(reports), count)):
        turn = number // len(reports)
        identity = report.get("id", number % len(reports))
        if turn == 0:
            yield {**report, "id": str(identity)}
        else:
            yield {**report, "id": f"{identity}~{turn}", "text": f"{report['text']}\n\nThis is copy number {turn}.\n"}


def write_reports(reports: Iterable[dict[str, object]], file: Path) -> tuple[int, int]:
    """Write the reports as JSONL; return how many they are and how many words (between blanks) they have."""
    count = words = 0
    with file.open("w", encoding="utf-8") as out:
        for report in reports:
            out.write(json.dumps(report, ensure_ascii=False) + "\n")
            count += 1
            words += len(str(report["text"]).split())
    return count, words


# --- inside a measured process -----------------------------------------------------------------------


def run_bare(file: Path) -> dict[str, float]:
    """Parse every text with parser and named entities only. Returns seconds in all and for import and loading."""
    start = time.perf_counter()
    import spacy

    from pledgetrail.language.model import EXCLUDED, model_path_and_source

    nlp = spacy.load(model_path_and_source()[0], exclude=list(EXCLUDED))
    loading = time.perf_counter() - start
    with file.open(encoding="utf-8") as lines:
        for _ in nlp.pipe(json.loads(line)["text"] for line in lines):
            pass
    return {"total": time.perf_counter() - start, "loading": loading}


def run_build(arguments: list[str]) -> dict[str, float]:
    """Run the command line in this process, as its console script does. Returns the same as run_bare.

    spaCy would be imported and loaded anyway; both are only timed here. (Worker processes load the model
    themselves, so with several of them that time stays in.)
    """
    start = time.perf_counter()
    import spacy

    loading = time.perf_counter() - start
    load = spacy.load

    def timed_load(*args: object, **options: object) -> object:
        nonlocal loading
        began = time.perf_counter()
        try:
            return load(*args, **options)  # type: ignore[arg-type]
        finally:
            loading += time.perf_counter() - began

    spacy.load = timed_load  # type: ignore[assignment]
    from pledgetrail.cli import main

    sys.argv = ["pledgetrail", *arguments]
    try:
        main()
    except SystemExit as exit_:
        if exit_.code not in (None, 0):
            raise
    return {"total": time.perf_counter() - start, "loading": loading}


# --- measuring ---------------------------------------------------------------------------------------


def measure(task: Task) -> Run:
    """Start one process for the task, wait for it and return what it took. A failure ends the benchmark."""
    with tempfile.TemporaryDirectory(dir=task.folder) as scratch:
        times = Path(scratch) / "times.json"
        command = [sys.executable, __file__, "--inside", task.side, "--times", str(times), str(task.file)]
        if task.side != "bare":
            command += ["--ledger", str(Path(scratch) / "ledger.sqlite")]
            command += ["--workers", str(task.workers)] if task.workers else []
        with (Path(scratch) / "output").open("w+") as output:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                output.seek(0)
                sys.exit(f"{task.side} ended with {process.returncode}:\n{output.read()[-4000:]}")
        inside = json.loads(times.read_text())
    # Linux counts the peak in KiB, macOS in bytes; CPU time includes worker processes that were waited for
    peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return Run(wall, usage.ru_utime + usage.ru_stime, peak, inside["total"] - inside["loading"])


def compare(reports: list[dict[str, object]], options: argparse.Namespace) -> int:
    """Print the table and the headline ratio; return 1 if the ratio is over the limit given."""
    runs: dict[str, list[Run]] = {"bare": [], "build": [], "rules": []}
    with tempfile.TemporaryDirectory(prefix="pledgetrail-bench-") as folder:
        file = Path(folder) / "reports.jsonl"
        count, words = write_reports(varied(reports, options.documents or len(reports)), file)
        print(f"{count:,} documents, {words:,} words; {options.repeat} alternating runs each")
        for _ in range(options.repeat):
            for side in runs:
                runs[side].append(measure(Task(side, file, Path(folder), options.workers)))
                print(f"  {side:<6}{runs[side][-1].wall:8.2f} s", file=sys.stderr)
    print(
        f"\n{'median of runs':<16}{'wall s':>9}{'CPU s':>9}{'inside s':>10}{'docs/s':>9}{'words/s':>10}{'peak MiB':>10}"
    )
    for side, measured in runs.items():
        wall = statistics.median(run.wall for run in measured)
        cpu = statistics.median(run.cpu for run in measured)
        inside = statistics.median(run.inside or 0.0 for run in measured)
        peak = max(run.peak for run in measured)
        print(
            f"{side:<16}{wall:>9.2f}{cpu:>9.2f}{inside:>10.2f}{count / wall:>9.1f}{words / wall:>10,.0f}{peak:>10,.0f}"
        )
    print()
    over = False
    for side in ("build", "rules"):
        ratio = {
            name: statistics.median(getattr(run, name) for run in runs[side])
            / statistics.median(getattr(run, name) for run in runs["bare"])
            for name in ("wall", "cpu", "inside")
        }
        print(
            f"{side} / bare: {ratio['wall']:.2f} by wall clock, {ratio['cpu']:.2f} by CPU time, "
            f"{ratio['inside']:.2f} without interpreter, imports and loading the model"
        )
        over = over or bool(options.limit and side == "build" and ratio["wall"] > options.limit)
    if over:
        print(f"over the limit of {options.limit}")
        return 1
    return 0


def memory(reports: list[dict[str, object]], options: argparse.Namespace) -> int:
    """Print the peak memory of one build for each size."""
    print(f"{'documents':>10}{'words':>12}{'wall s':>9}{'peak MiB':>10}")
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="pledgetrail-bench-") as folder:
            file = Path(folder) / "reports.jsonl"
            count, words = write_reports(varied(reports, size), file)
            run = measure(Task("build", file, Path(folder), options.workers))
        print(f"{count:>10,}{words:>12,}{run.wall:>9.1f}{run.peak:>10,.0f}", flush=True)
    return 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line; ``--inside`` and what follows it is how the benchmark calls itself."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="?", type=Path, default=ROOT / "samples" / "reports")
    parser.add_argument("--documents", type=int, help="use this many, repeating the given ones under other ids")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each side (default 3)")
    parser.add_argument("--workers", type=int, help="passed on to the build")
    parser.add_argument("--limit", type=float, help="exit with 1 if the ratio by wall clock is over this")
    parser.add_argument("--memory", action="store_true", help="measure the build's peak memory instead")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000], help="documents for --memory")
    parser.add_argument("--inside", choices=["bare", "build", "rules"], help=argparse.SUPPRESS)
    parser.add_argument("--times", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--ledger", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Measure, or, in a process started to be measured, do the work."""
    options = parse_arguments()
    if options.inside:
        if options.inside == "bare":
            times = run_bare(options.reports)
        else:
            workers = ["--workers", str(options.workers)] if options.workers else []
            reader = ["--reader", "rules"] if options.inside == "rules" else []
            times = run_build(["build", str(options.reports), "-o", options.ledger, *reader, *workers])
        options.times.write_text(json.dumps(times))
        return 0
    if not options.reports.exists():
        sys.exit(f"{options.reports} does not exist")
    reports = read_reports(options.reports)
    if not reports:
        sys.exit(f"no reports in {options.reports}: name a JSONL file or a folder of reports")
    print(f"Python {platform.python_version()}, spaCy {version('spacy')}, {os.cpu_count()} cores")
    return memory(reports, options) if options.memory else compare(reports, options)


if __name__ == "__main__":
    sys.exit(main())
