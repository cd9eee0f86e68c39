"""Reports with the words that rows were read from: excerpts around a sentence, and whole texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, RowMapping, select

from pledgetrail.ledger.queries import Entry
from pledgetrail.ledger.schema import blocks, datings, documents, evidence, row_statements, rows, statements
from pledgetrail.records import Span
from pledgetrail.resolution.rows import CELLS
from pledgetrail.serving.words import Mark, marked

#: Code points of text shown either side of a sentence.
_AROUND: Final = 300

#: Documents asked for at a time.
_CHUNK: Final = 500

#: What reading took a stretch of a report for, in the words of the page; body is what is left.
CHROME: Final = {
    "chrome": "the site's own words, not the report's",
    "repeat": "says again what the report has said",
    "title": "headline",
    "dateline": "dateline",
    "byline": "byline",
    "agency": "agency",
    "date": "date",
    "caption": "caption",
    "heading": "heading",
    "note": "note on the report",
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A sentence of a row in its report, with the words before and after it."""

    document: RowMapping
    span: Span
    text: Markup
    cells: tuple[str, ...]  # that were read from within it


@dataclass(frozen=True, slots=True)
class Origin:
    """The occurrences in reports with the same words: they confirm nothing to one another."""

    key: str
    occurrences: tuple[Occurrence, ...]


def document_row(connection: Connection, name: str) -> RowMapping | None:
    """A document's columns with the day that was inferred for it, None if there is none."""
    inferred = (datings.c.edtf, datings.c.basis, datings.c.content.label("dating"))
    query = select(documents, *inferred).outerjoin(datings, datings.c.document == documents.c.id)
    return connection.execute(query.where(documents.c.id == name)).mappings().one_or_none()


def documents_of(connection: Connection, names: Iterable[str]) -> dict[str, RowMapping]:
    """The columns of documents by id."""
    wanted = sorted(set(names))
    found: dict[str, RowMapping] = {}
    for at in range(0, len(wanted), _CHUNK):
        query = select(documents).where(documents.c.id.in_(wanted[at : at + _CHUNK]))
        found |= {row["id"]: row for row in connection.execute(query).mappings()}
    return found


def cell_spans(entry: Entry) -> dict[str, tuple[Span, ...]]:
    """The words of each cell of a row that has words of its own."""
    content = entry.row.content
    return {cell: tuple(content.cells.get(cell, ())) for cell in CELLS[content.kind] if content.cells.get(cell)}


def origins(connection: Connection, entry: Entry, most: int) -> tuple[list[Origin], int]:
    """A row's sentences by origin, at most so many, and how many are left out."""
    spans = entry.row.content.evidence
    known = documents_of(connection, (span.document for span in spans[:most]))
    marks = _marks(entry)
    grouped: dict[str, list[Occurrence]] = {}
    for span in spans[:most]:
        document = known.get(span.document)
        if document is not None:
            found = Occurrence(document, span, _excerpt(document, span, marks), _cells_within(entry, span))
            grouped.setdefault(document["origin"] or document["origin_key"], []).append(found)
    return [Origin(key, tuple(its)) for key, its in grouped.items()], max(0, len(spans) - most)


def _marks(entry: Entry) -> list[tuple[Span, Mark]]:
    """The sentences and cells of a row as marks of its documents."""
    found = [(span, Mark(span.start, span.end, "sentence")) for span in entry.row.content.evidence]
    for cell, spans in cell_spans(entry).items():
        found += [(span, Mark(span.start, span.end, f"cell {cell}", title=cell)) for span in spans]
    return found


def field_text(document: RowMapping, field: str) -> str:
    """The text that spans of a field lie in."""
    return str(document[{"text": "text", "title": "title", "published": "published"}[field]] or "")


def _excerpt(document: RowMapping, span: Span, marks: Sequence[tuple[Span, Mark]]) -> Markup:
    text = field_text(document, span.field)
    here = [m for its, m in marks if its.document == span.document and its.field == span.field]
    left, right = max(0, span.start - _AROUND), min(len(text), span.end + _AROUND)
    before, after = "…" if left else "", "…" if right < len(text) else ""
    return Markup("{}{}{}").format(before, marked(text, here, left, right), after)


def _cells_within(entry: Entry, span: Span) -> tuple[str, ...]:
    return tuple(
        cell
        for cell, spans in cell_spans(entry).items()
        if any(s.document == span.document and s.start < span.end and s.end > span.start for s in spans)
    )


def in_sentence(connection: Connection, spans: Sequence[Span], sentences: Sequence[Span]) -> list[tuple[Span, Markup]]:
    """Words, each within the sentence that holds it or else within the words around it; the words are marked."""
    found = []
    known = documents_of(connection, (span.document for span in spans))
    for span in spans:
        document = known.get(span.document)
        if document is None:
            found.append((span, Markup("<mark>{}</mark>").format(span.quote)))
            continue
        text = field_text(document, span.field)
        holder = next((s for s in sentences if _holds(s, span)), None)
        left = holder.start if holder else max(0, span.start - 80)
        right = holder.end if holder else min(len(text), span.end + 80)
        shown = marked(text, [Mark(span.start, span.end, "cell")], left, right)
        ends = ("…" if left and not holder else "", "…" if right < len(text) and not holder else "")
        found.append((span, Markup("{}{}{}").format(ends[0], shown, ends[1])))
    return found


def _holds(sentence: Span, span: Span) -> bool:
    same = (sentence.document, sentence.field) == (span.document, span.field)
    return same and sentence.start <= span.start and span.end <= sentence.end


def whole_text(
    connection: Connection, document: RowMapping, entry: Entry | None = None, at: tuple[int, int] | None = None
) -> Markup:
    """A report as it was read: chrome as chrome, and every sentence a link to its row, or one row's words alone.

    ``at`` are words to be shown, whatever they are; the element they begin in has the id ``at``.
    """
    name, text = document["id"], document["text"]
    marks = _blocks_marks(connection, name)
    if at is not None:
        marks.append(Mark(*at, "cell", id="at"))
    if entry is None:
        marks += _rows_marks(connection, name)
    else:
        here = [m for span, m in _marks(entry) if span.document == name and span.field == "text"]
        first = min((m.start for m in here if m.classes == "sentence"), default=None)
        marks += [Mark(m.start, m.end, m.classes, m.title, "sentence" if m.start == first else "") for m in here]
    return marked(text, marks)


def to_choose_from(
    connection: Connection, document: RowMapping, places: Sequence[tuple[int, int, str]], entry: Entry | None = None
) -> Markup:
    """A report of which each sentence (start, end, address) is one link; the first of a row's has the id ``sentence``.

    Sentences that a row was read from look so.
    """
    found = rows_in(connection, document["id"])
    own = [place for row, its in found if entry is not None and row["id"] == entry.row.id for place in its]
    read = [(place, row["kind"]) for row, its in found if row["status"] != "rejected" for place in its]
    marks, opened = _blocks_marks(connection, document["id"]), False
    for start, end, address in places:
        here = not opened and any(a < end and b > start for a, b in own)
        opened = opened or here
        kind = next((kind for (a, b), kind in read if a < end and b > start), "")
        title = f"read already: {kind}" if kind else ""
        classes = f"choose sentence {kind}" if kind else "choose"
        marks.append(Mark(start, end, classes, title, "sentence" if here else "", address))
    return marked(document["text"], marks)


def chosen_in(
    connection: Connection, document: RowMapping, sentence: tuple[int, int], words: tuple[int, int] | None
) -> Markup:
    """A report with a sentence that was chosen, which has the id ``sentence``, and words chosen in it."""
    marks = [*_blocks_marks(connection, document["id"]), Mark(*sentence, "sentence", "the sentence", "sentence")]
    return marked(document["text"], [*marks, Mark(*words, "cell", "the words that were chosen")] if words else marks)


def blocks_of(connection: Connection, name: str) -> list[RowMapping]:
    """What reading took the parts of a report for."""
    query = select(blocks).where(blocks.c.document == name).order_by(blocks.c.position)
    return list(connection.execute(query).mappings())


def _blocks_marks(connection: Connection, name: str) -> list[Mark]:
    return [
        Mark(
            *(block["start"], block["end"], f"block {block['kind']}"),
            title=f"{CHROME.get(block['kind'], block['kind'])} ({block['rule']})",
        )
        for block in blocks_of(connection, name)
        if block["kind"] != "body"
    ]


def _rows_marks(connection: Connection, name: str) -> list[Mark]:
    return [
        Mark(start, end, f"sentence {row['kind']} {row['status']}", f"{row['kind']}, {row['status']}", "", link)
        for row, sentences in rows_in(connection, name)
        for start, end in sentences
        for link in (f"/rows/{row['id']}",)
    ]


def rows_in(connection: Connection, name: str) -> list[tuple[RowMapping, list[tuple[int, int]]]]:
    """The rows that have sentences in a report's text, with these, in the order of the text."""
    own = (
        select(row_statements.c.row_id)
        .join(statements, statements.c.id == row_statements.c.statement_id)
        .where(statements.c.document == name)
    )
    found = connection.execute(select(rows).where(rows.c.id.in_(own), rows.c.content.is_not(None))).mappings().all()
    spans: dict[str, list[tuple[int, int]]] = {}
    places = select(evidence.c.row_id, evidence.c.start, evidence.c.end).where(
        evidence.c.row_id.in_(own), evidence.c.cell == "", evidence.c.document == name, evidence.c.field == "text"
    )
    for row, start, end in connection.execute(places.order_by(evidence.c.start)):
        spans.setdefault(row, []).append((start, end))
    listed = [(row, spans.get(row["id"], [])) for row in found]
    return sorted(listed, key=lambda item: (item[1][:1] or [(0, 0)], item[0]["issued"]))
