"""The command ``wording``: how each source names what is contested, as tables of sources by terms. No side is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pledgetrail.cli.failures import NOTHING, fail
from pledgetrail.cli.given import read_given, say_problems
from pledgetrail.cli.listing import Line, check_format, none_found, plural, print_csv, print_json, print_lines
from pledgetrail.cli.opening import resolved
from pledgetrail.ledger.codec import span_dict
from pledgetrail.ledger.surveying import reports
from pledgetrail.ledger.wordings import read_wording
from pledgetrail.resolution.disputes.claims import Report
from pledgetrail.resolution.wordings.lexicon import Lexicon, read_lexicon, shipped
from pledgetrail.resolution.wordings.wording import Naming, TableRow, contested, table

_CSV: Final = ("topic", "kind", "source", "term", "documents", "origins", "own", "quoted", "marked")
_EVIDENCE: Final = ("document", "start", "end", "quote", "voice", "speaker", "sentence")

#: A lexicon with more bytes is something else.
_LARGEST: Final = 10_000_000

#: A source's name is cut to so many characters in a table.
_WIDTH: Final = 36


def run(path: Path, lexicon: Path | None, topic: str | None, evidence: bool, format: str) -> None:
    """Print the tables of all topics for which sources use several terms, or of the topics with some words."""
    check_format(format)
    used = _lexicon(lexicon) if lexicon is not None else shipped()
    if topic is not None:
        wanted = topic.casefold()
        used = replace(used, topics=tuple(t for t in used.topics if wanted in t.name.casefold()))
        if not used.topics:
            fail(f"the lexicon has no topic with {topic!r} in its name", NOTHING)
    with resolved(path) as connection:
        known = dict(reports(connection))
        namings = list(read_wording(connection, used))
    rows = table(namings, known)
    if topic is None:
        rows = contested(rows)
    if format == "json":
        print_json(map(_record, rows))
    elif format == "csv":
        print_csv((*_CSV, *_EVIDENCE) if evidence else _CSV, _records(rows, evidence))
    elif not rows:
        none_found("no report names a topic of the lexicon" if topic else "no topic for which several terms are used")
    else:
        print_lines(_lines(rows, _origins(namings, known), evidence))


def _lexicon(path: Path) -> Lexicon:
    """The user's lexicon; what is wrong in it is said, line by line."""
    lexicon, problems = read_lexicon(read_given(path, "--lexicon", _LARGEST))
    say_problems(path, (f"line {problem.line}: {problem.message}" for problem in problems))
    if not lexicon.topics:
        fail(f"{path}: has no topic that could be read", NOTHING)
    return lexicon


def _origins(namings: Iterable[Naming], known: Mapping[str, Report]) -> dict[tuple[str, str], int]:
    """For each topic and term the number of independent texts that use it, over all sources."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for naming in namings:
        report = known.get(naming.document)
        found[naming.topic, naming.term].add(report.origin if report else naming.document)
    return {key: len(origins) for key, origins in found.items()}


def _record(row: TableRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _CSV} | {"evidence": [_shown(n) for n in row.evidence]}


def _shown(naming: Naming) -> dict[str, Any]:
    return {
        **span_dict(naming.span),
        "voice": naming.voice,
        "speaker": naming.speaker,
        "sentence": span_dict(naming.sentence),
    }


def _records(rows: Iterable[TableRow], evidence: bool) -> Iterator[dict[str, Any]]:
    for row in rows:
        about = {name: getattr(row, name) for name in _CSV}
        if not evidence:
            yield about
            continue
        for naming in row.evidence:
            yield about | _shown(naming) | {"sentence": naming.sentence.quote}


def _lines(rows: Sequence[TableRow], origins: Mapping[tuple[str, str], int], evidence: bool) -> Iterator[Line]:
    topics: dict[tuple[str, str], list[TableRow]] = defaultdict(list)
    for row in rows:
        topics[row.topic, row.kind].append(row)
    yield [
        (plural(len(topics), "topic"), "bold"),
        ("; cells are origins, those not in the source's own voice in ()", ""),
    ]
    for (topic, kind), its in topics.items():
        yield []
        yield from _table(topic, kind, its, origins)
        for row in its if evidence else ():
            for naming in row.evidence:
                yield _sentence(row, naming)


def _table(topic: str, kind: str, rows: Sequence[TableRow], origins: Mapping[tuple[str, str], int]) -> Iterator[Line]:
    terms = sorted({row.term for row in rows}, key=lambda term: (-origins[topic, term], term))
    cells = {(row.source, row.term): f"{row.origins:,}" if row.own else f"({row.origins:,})" for row in rows}
    sources = sorted({row.source for row in rows})
    width = min(_WIDTH, max(len(source) for source in (*sources, "all sources")))
    widths = [max(len(term), 5) for term in terms]
    yield [(topic, "bold"), (f"  {kind}", "dim")]
    yield [(f"  {'':<{width}}", ""), *((f"  {term:>{w}}", "cyan") for term, w in zip(terms, widths, strict=True))]
    for source in sources:
        counts = [cells.get((source, term), "·") for term in terms]
        yield [(f"  {_cut(source, width):<{width}}", ""), *_counts(counts, widths, "")]
    totals = [f"{origins[topic, term]:,}" for term in terms]
    yield [(f"  {'all sources':<{width}}", "dim"), *_counts(totals, widths, "bold")]


def _counts(counts: Sequence[str], widths: Sequence[int], style: str) -> list[tuple[str, str]]:
    return [(f"  {count:>{width}}", style) for count, width in zip(counts, widths, strict=True)]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else "…" + text[-(width - 1) :]  # paths differ at their end


def _sentence(row: TableRow, naming: Naming) -> Line:
    whole, at = naming.sentence.quote, naming.span.start - naming.sentence.start
    speaker = f" ({naming.speaker})" if naming.speaker else ""
    return [
        (f"    {row.term}, {row.source}, {naming.voice}{speaker}  ", "cyan"),
        (f"{naming.document}:{naming.span.start}-{naming.span.end}  ", "dim"),
        (whole[:at], ""),
        (naming.span.quote, "reverse"),
        (whole[at + len(naming.span.quote) :], ""),
    ]
