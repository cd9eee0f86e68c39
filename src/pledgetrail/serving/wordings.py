"""How each source names what is contested: counted once over all reports, each use kept as a place in its report.

Finding the terms costs about 2.5 ms a report, so 10,000 reports take half a minute: it is done aside, once for each
report. Kept of a use is its place and no text; the sentence is cut from the report when it is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, select

from pledgetrail.ledger.documents import documents_by_id, versions
from pledgetrail.ledger.schema import documents
from pledgetrail.ledger.surveying import reports
from pledgetrail.resolution.wordings.lexicon import Lexicon, shipped
from pledgetrail.resolution.wordings.wording import Naming, TableRow, contested, find_wording, source_of, table
from pledgetrail.serving.kept import PATIENCE, Held, kept_of, state_of_reports
from pledgetrail.serving.site import Site
from pledgetrail.serving.words import Mark, marked

VOICES: Final = {
    "own": "in the report's own words",
    "quoted": "quoting somebody",
    "marked": "held at a distance by quotation marks",
}


@dataclass(frozen=True, slots=True)
class Use:
    """A term in a report: where it and its sentence stand, and whose words it is."""

    document: str
    start: int
    end: int
    sentence: tuple[int, int]
    voice: str
    speaker: str | None


Cell = tuple[str, str, str]  # topic, source, term


@dataclass(frozen=True, slots=True)
class Wording:
    """The table of all sources and terms, with the uses behind each of its cells."""

    rows: tuple[TableRow, ...]
    uses: Mapping[Cell, tuple[Use, ...]]
    totals: Mapping[tuple[str, str], int]  # topic and term: independent texts that use it, over all sources
    notes: Mapping[tuple[str, str], str]  # topic and term: what the lexicon says of it


@dataclass(frozen=True, slots=True)
class Matrix:
    """One topic: sources by terms, both the commonest first."""

    topic: str
    kind: str
    terms: tuple[str, ...]
    sources: tuple[str, ...]
    cells: Mapping[tuple[str, str], TableRow]


class Reader:
    """Finds the namings of reports, each of them once: a report that stays as it is is not read again."""

    def __init__(self) -> None:
        """Have read nothing."""
        self._read: dict[str, tuple[tuple[str, str], tuple[Naming, ...]]] = {}

    def namings(self, connection: Connection, lexicon: Lexicon) -> Iterator[Naming]:
        """The namings of all reports in English, without their texts, in the order in which these came."""
        now = versions(connection, "en")
        self._read = {name: its for name, its in self._read.items() if now.get(name) == its[0]}
        missing = [name for name in now if name not in self._read]
        for document in documents_by_id(connection, missing):
            self._read[document.id] = now[document.id], tuple(_light(n) for n in find_wording(document, lexicon))
        return (naming for name in now if name in self._read for naming in self._read[name][1])


def wording_of(site: Site, patience: float = PATIENCE) -> Held[Wording]:
    """The wording of a ledger as it is kept."""
    reader = _READERS.setdefault(site, Reader())
    return kept_of(site).get("wording", lambda connection: wording(connection, reader), patience, state_of_reports)


_READERS: Final[WeakKeyDictionary[Site, Reader]] = WeakKeyDictionary()


def wording(connection: Connection, reader: Reader) -> Wording:
    """The wording of all reports."""
    lexicon, known = shipped(), dict(reports(connection))
    uses: dict[Cell, list[Use]] = defaultdict(list)
    origins: dict[tuple[str, str], set[str]] = defaultdict(set)
    found = list(reader.namings(connection, lexicon))
    for naming in found:
        report = known.get(naming.document)
        origins[naming.topic, naming.term].add(report.origin if report else naming.document)
        uses[naming.topic, source_of(naming.document, report), naming.term].append(_use(naming))
    rows = [replace(row, evidence=()) for row in table(found, known)]
    notes = {(topic.name, term.name): term.note for topic in lexicon.topics for term in topic.terms if term.note}
    return Wording(
        tuple(rows),
        {cell: tuple(its) for cell, its in uses.items()},
        {key: len(its) for key, its in origins.items()},
        notes,
    )


def _use(naming: Naming) -> Use:
    span, around = naming.span, naming.sentence
    return Use(naming.document, span.start, span.end, (around.start, around.end), naming.voice, naming.speaker)


def _light(naming: Naming) -> Naming:
    """A naming without its texts, for counting."""
    return replace(naming, sentence=replace(naming.sentence, quote=""), span=replace(naming.span, quote=""))


def topics(found: Wording, every: bool) -> list[tuple[str, str, int, int]]:
    """Topics that are named, those of most sources first: name, kind, sources, terms. Unless ``every``, only those for
    which more than one term is used.
    """
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    terms: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in found.rows if every else contested(found.rows):
        sources[row.topic, row.kind].add(row.source)
        terms[row.topic, row.kind].add(row.term)
    listed = [(topic, kind, len(its), len(terms[topic, kind])) for (topic, kind), its in sources.items()]
    return sorted(listed, key=lambda item: (-item[2], -item[3], item[0]))


def matrix(found: Wording, topic: str) -> Matrix | None:
    """A topic's table; None if no report names it."""
    rows = [row for row in found.rows if row.topic == topic]
    if not rows:
        return None
    reports_of: dict[str, int] = defaultdict(int)
    for row in rows:
        reports_of[row.source] += row.documents
    return Matrix(
        topic,
        rows[0].kind,
        tuple(sorted({row.term for row in rows}, key=lambda term: (-found.totals[topic, term], term))),
        tuple(sorted(reports_of, key=lambda source: (-reports_of[source], source))),
        {(row.source, row.term): row for row in rows},
    )


def shown(connection: Connection, uses: Sequence[tuple[str, str, Use]]) -> list[dict[str, Any]]:
    """Uses, given with source and term, with their sentences, the term marked, and what lists say of their reports."""
    names = sorted({use.document for _, _, use in uses})
    same = (documents.c.id, documents.c.title, documents.c.outlet, documents.c.published, documents.c.text)
    known: dict[str, Any] = {}
    for at in range(0, len(names), 200):
        query = select(*same, documents.c.origin).where(documents.c.id.in_(names[at : at + 200]))
        known |= {row["id"]: row for row in connection.execute(query).mappings()}
    found = []
    for source, term, use in uses:
        document = known.get(use.document)
        if document is None or use.end > len(document["text"]):
            continue  # the report was read anew since
        text, (left, right) = document["text"], use.sentence
        mark = Mark(use.start, use.end, "cell")
        found.append(
            {
                "source": source,
                "term": term,
                "document": use.document,
                "title": document["title"],
                "outlet": document["outlet"],
                "published": document["published"],
                "origin": document["origin"] or use.document,
                "start": use.start,
                "end": use.end,
                "quote": text[use.start : use.end],
                "sentence": text[left:right],
                "voice": use.voice,
                "speaker": use.speaker,
                "marked": marked(text, [mark], left, right),
            }
        )
    return found
