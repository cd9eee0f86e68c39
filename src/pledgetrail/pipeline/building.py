"""The stages in order: from reports to the ledger, in one process or over several."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from pledgetrail.ledger.actors import put_list
from pledgetrail.ledger.pages import Page, packed
from pledgetrail.ledger.queries import tally
from pledgetrail.ledger.resolving import resolve_ledger
from pledgetrail.ledger.store import Ledger, create_or_open, open_ledger
from pledgetrail.ledger.writing import Build, add_batch, finish_build, start_build, state
from pledgetrail.pipeline.stages import interpret_batch, reader_version
from pledgetrail.pipeline.workers import Outcome, run
from pledgetrail.records import Problem, RawReport, Reading
from pledgetrail.sources import Settings, read_reports

#: Documents that are read and written at a time. A killed build loses at most these.
BATCH: Final = 50

#: Problems that a summary names; all are in the ledger.
NAMED_PROBLEMS: Final = 20


@dataclass(slots=True)
class BuildSummary:
    """What a build did. ``rows`` counts all rows of the ledger by (kind, class)."""

    documents: int = 0  # read and written
    revised: int = 0  # of these, how many the ledger had in another form
    skipped: int = 0  # unchanged, and therefore not read
    repeated_bodies: int = 0  # documents whose body was pasted twice
    other_languages: int = 0  # documents that are not in English: stored and marked, but left unread
    seen: int = 0  # inputs of any kind so far
    characters: int = 0  # length of the texts so far, skipped ones too
    problem_count: int = 0
    problems_by_kind: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)  # the first NAMED_PROBLEMS
    rows: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, problem: Problem) -> None:
        """Count a problem, and keep it if it is among the first."""
        self.problem_count += 1
        self.problems_by_kind[problem.kind] += 1
        if len(self.problems) < NAMED_PROBLEMS:
            self.problems.append(problem)


Progress = Callable[[BuildSummary], None]


def build(
    specs: Iterable[Path],
    ledger_path: Path,
    *,
    workers: int = 1,
    batch_size: int = BATCH,
    progress: Progress | None = None,
    interpret: Callable[[list[RawReport]], Sequence[Outcome]] = interpret_batch,
    reader: str | None = None,
    settings: Settings | None = None,
    actors: Path | None = None,
) -> BuildSummary:
    """Read the reports of files and folders into a ledger, and say what was done; as ``build_reports`` does it."""
    return build_reports(
        read_reports(specs, settings=settings),
        ledger_path,
        workers=workers,
        batch_size=batch_size,
        progress=progress,
        interpret=interpret,
        reader=reader,
        actors=actors,
    )


def build_reports(
    found: Iterable[RawReport | Problem],
    ledger_path: Path,
    *,
    workers: int = 1,
    batch_size: int = BATCH,
    progress: Progress | None = None,
    interpret: Callable[[list[RawReport]], Sequence[Outcome]] = interpret_batch,
    reader: str | None = None,
    actors: Path | None = None,
) -> BuildSummary:
    """Read reports into a ledger, which is made if it is not there, and say what was done.

    Documents that the ledger has unchanged are skipped before they are read. Each batch is one transaction. With
    several workers, batches are interpreted in as many processes and written in the order of the input; ``interpret``
    must then be importable. A document that cannot be interpreted becomes a problem, and the rest goes on. ``actors``
    is the user's list of actors (docs/reference/actors.md), which the ledger keeps until it is given another. Raises
    LedgerError if the ledger cannot be used, ModelError if there is no language model, ReaderError if the reader that
    ``interpret`` asks cannot be used; what was written before stays.
    """
    summary = BuildSummary()
    with create_or_open(ledger_path) as ledger:
        made = start_build(ledger, reader or reader_version())
        if actors is not None:
            _take_list(ledger, made, actors, summary)
        with ledger.reading() as looking:
            items = _wanted(looking, made, found, summary, progress)
            for chunk, outcomes in run(interpret, _chunks(items, max(1, batch_size)), workers, _reports):
                _write(ledger, made, chunk, outcomes, summary)
                if progress:
                    progress(summary)
        resolve_ledger(ledger)
        finish_build(ledger, made, summary.documents, summary.skipped, summary.problem_count)
        with ledger.reading() as connection:
            summary.rows = tally(connection)
    return summary


def _take_list(ledger: Ledger, made: Build, path: Path, summary: BuildSummary) -> None:
    """Hand a list of actors to the ledger; lines at fault, or a file that is no list, are problems."""
    try:
        wrong = put_list(ledger, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        wrong = [f"cannot be read ({error})"]
    problems = [Problem(str(path), "actors-list", f"{path}: {message}") for message in wrong]
    add_batch(ledger, made, (), problems)
    for problem in problems:
        summary.note(problem)


def unread(
    specs: Iterable[Path], ledger_path: Path, reader: str, *, settings: Settings | None = None
) -> Iterator[RawReport | Problem]:
    """The reports that a build with this reader would read, and the problems. Changes nothing.

    Raises LedgerError if there is a ledger that cannot be used.
    """
    with contextlib.ExitStack() as stack:
        looking = None
        if ledger_path.exists():
            looking = stack.enter_context(stack.enter_context(open_ledger(ledger_path)).reading())
        seen = _Seen()
        for item in read_reports(specs, settings=settings):
            found = item if isinstance(item, Problem) else _check(looking, reader, item, seen)
            if found is not None:
                yield found.report if isinstance(found, _Wanted) else found


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A report that is to be read, its page, and whether the ledger has it in another form.

    The page waits here, compressed, for the document to be written; no worker needs it.
    """

    report: RawReport  # without its page
    page: Page | None
    revised: bool


def _reports(chunk: Sequence[_Wanted | Problem]) -> list[RawReport]:
    return [item.report for item in chunk if isinstance(item, _Wanted)]


def _wanted(
    looking: Connection,
    made: Build,
    found: Iterable[RawReport | Problem],
    summary: BuildSummary,
    progress: Progress | None,
) -> Iterator[_Wanted | Problem]:
    """What the ledger does not have yet, and the problems, in the order of the input."""
    seen = _Seen()
    for item in found:
        summary.seen += 1
        if isinstance(item, Problem):
            yield item
            continue
        summary.characters += len(item.text)
        wanted = _check(looking, made.reader, item, seen)
        if wanted is not None:
            yield wanted
            continue
        summary.skipped += 1
        if progress:
            progress(summary)


def _check(looking: Connection | None, reader: str, report: RawReport, seen: _Seen) -> _Wanted | Problem | None:
    """A report that is to be read, a problem, or None for one that the ledger has."""
    if not _storable(report):
        message = f"{report.id}: has half a surrogate pair, which is no text"
        return Problem(report.source, "undecodable", message)
    before = seen.put(report)
    if before is not None:
        if before == report.content_sha256:
            return None
        message = (
            f"{report.id}: the id comes twice with different texts; the first one stays (ids count in all the ledger: "
            "--map id= leaves a table's own out; naming the folder above makes two files differ)"
        )
        return Problem(report.source, "id-collision", message)
    how, source = "new", report.source
    if looking is not None:
        how, source = state(looking, report, reader)
        looking.rollback()  # the next look is to see what has been written since
    if how == "unchanged":
        return None
    if how == "collision":
        message = f"{report.id}: the ledger has another text under this id from {source}, which stays"
        return Problem(report.source, "id-collision", message)
    page = packed(report.page, report.page_sha256) if report.page is not None and report.page_sha256 else None
    return _Wanted(replace(report, page=None), page, how == "revised")


def _storable(report: RawReport) -> bool:
    said = (report.url, report.title, report.outlet, report.published, report.author, report.section)
    parts = (report.id, report.text, *said)
    try:
        for part in parts:
            (part or "").encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class _Seen:
    """The ids met in this build with their content hashes, in a temporary database that spills to disk."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, sha TEXT) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def __del__(self) -> None:
        self._database.close()

    def put(self, report: RawReport) -> str | None:
        """Note a report; the hash it had before if its id was met already."""
        row = self._database.execute("SELECT sha FROM seen WHERE id = ?", (report.id,)).fetchone()
        if row is not None:
            return str(row[0])
        self._database.execute("INSERT INTO seen VALUES (?, ?)", (report.id, report.content_sha256))
        return None


def _chunks(items: Iterable[_Wanted | Problem], size: int) -> Iterator[list[_Wanted | Problem]]:
    chunk: list[_Wanted | Problem] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _write(
    ledger: Ledger,
    made: Build,
    chunk: Sequence[_Wanted | Problem],
    outcomes: Sequence[Outcome],
    summary: BuildSummary,
) -> None:
    """Write a chunk: its documents and problems in one transaction. A document that does not go in is a problem."""
    results = iter(outcomes)
    done: list[tuple[Reading, bool]] = []
    pages: list[Page] = []
    problems: list[Problem] = []
    for item in chunk:
        result = item if isinstance(item, Problem) else next(results)
        if isinstance(result, Problem):
            problems.append(result)
        elif isinstance(item, _Wanted):
            done.append((result, item.revised))
            if item.page:
                pages.append(item.page)
    add_batch(ledger, made, [reading for reading, _ in done], problems, pages)
    for reading, revised in done:
        document = reading.document
        summary.documents += 1
        summary.revised += revised
        summary.other_languages += document.language != "en"
        summary.repeated_bodies += any(block.kind == "repeat" for block in document.blocks)
    for problem in problems:
        summary.note(problem)
