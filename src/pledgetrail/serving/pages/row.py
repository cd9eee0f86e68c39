"""One row: every cell beside its words, the evidence by origin, what was decided, and why it was read so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, HTTPException
from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pledgetrail.ledger.queries import Entry, read_entry
from pledgetrail.ledger.review import stamp
from pledgetrail.ledger.schema import rows
from pledgetrail.publishing.contract import row_dict
from pledgetrail.publishing.spreadsheet import COLUMNS, row_record
from pledgetrail.records import Span
from pledgetrail.resolution.rows import CELLS
from pledgetrail.serving import history, marking
from pledgetrail.serving.listing import lines
from pledgetrail.serving.seconding import standings
from pledgetrail.serving.site import Site, answer_csv, answer_json
from pledgetrail.serving.words import written_out

#: Sentences of one row that a page shows; rows with more are rare, and the JSON has all.
_SENTENCES = 40

#: By kind the cell that says what a row is, and its field.
_CLASSES = {"commitment": ("stage", "stage"), "encounter": ("kind", "encounter"), "figure": ("measure", "measure")}


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/rows/{name}.json")
    def as_json(request: Request, name: str) -> Response:
        with site.ledger.reading() as connection:
            entry = read_entry(connection, name)
            made = [history.step_dict(step) for step in history.steps(connection, entry.row.id)]
            content = {**row_dict(entry), "stamp": stamp(connection, entry.row), "decisions": made}
        return answer_json(request, content)

    @routes.get("/rows/{name}.csv")
    def as_csv(request: Request, name: str) -> Response:
        with site.ledger.reading() as connection:
            entry = read_entry(connection, name)
        return answer_csv(entry.row.id, COLUMNS[entry.row.content.kind], [row_record(entry)])

    @routes.get("/rows/{name}")
    def show(request: Request, name: str) -> Response:
        with site.ledger.reading() as connection:
            entry = read_entry(connection, name)
            if name != entry.row.id:
                return RedirectResponse(f"/rows/{entry.row.id}?was={name}", 307)
            context = row_context(connection, entry)
        return site.html(request, "row.html", was=request.query_params.get("was", ""), revision=None, **context)

    @routes.get("/rows/{name}/revisions/{number}.json")
    def revision_as_json(request: Request, name: str, number: int) -> Response:
        with site.ledger.reading() as connection:
            was = row_dict(history.as_of(connection, name, number))
            changed = history.changed_cells(was, row_dict(read_entry(connection, name)))
        return answer_json(request, {**was, "revision": number, "changed_since": changed})

    @routes.get("/rows/{name}/revisions/{number}.csv")
    def revision_as_csv(request: Request, name: str, number: int) -> Response:
        with site.ledger.reading() as connection:
            entry = history.as_of(connection, name, number)
        columns = COLUMNS[entry.row.content.kind]
        return answer_csv(f"{entry.row.id}-{number}", columns, [row_record(entry)])

    @routes.get("/rows/{name}/revisions/{number}")
    def revision(request: Request, name: str, number: int) -> Response:
        with site.ledger.reading() as connection:
            entry = history.as_of(connection, name, number)
            today = read_entry(connection, name)
            context = row_context(connection, entry)
            changed = history.changed_cells(row_dict(entry), row_dict(today))
        return site.html(request, "row.html", was="", revision=number, changed=changed, **context)

    @routes.get("/rows/{name}/sentence/{number}.json")
    def sentence_as_json(request: Request, name: str, number: int) -> Response:
        with site.ledger.reading() as connection:
            found = _sentence_dict(read_entry(connection, name), number)
        return answer_json(request, found)

    @routes.get("/rows/{name}/sentence/{number}.csv")
    def sentence_as_csv(request: Request, name: str, number: int) -> Response:
        with site.ledger.reading() as connection:
            found = _sentence_dict(read_entry(connection, name), number)
        return answer_csv(f"{found['row']}-sentence-{number}", tuple(found), [found])

    @routes.get("/rows/{name}/sentence/{number}")
    def sentence(request: Request, name: str, number: int) -> Response:
        """A report opened at the nth sentence of a row, with the way to the sentences before and after."""
        with site.ledger.reading() as connection:
            entry = read_entry(connection, name)
            span = _sentence(entry, number)
            document = marking.document_row(connection, span.document)
            if document is None:
                raise HTTPException(404, "The report of this sentence is gone.")
            text = marking.whole_text(connection, document, entry)
            return site.html(
                request, "sentence.html", entry=entry, row=entry.columns, document=document, text=text, number=number,
                count=len(entry.row.content.evidence), span=span,
            )  # fmt: skip

    return routes


def _sentence(entry: Entry, number: int) -> Span:
    """The nth sentence of a row, from 1. Raises HTTPException if it has none such."""
    spans = entry.row.content.evidence
    if not 1 <= number <= len(spans):
        raise HTTPException(404, f"{written_out(entry.row.id)} has {len(spans)} sentences.")
    return spans[number - 1]


def _sentence_dict(entry: Entry, number: int) -> dict[str, Any]:
    """A sentence of a row for programs, with its place in its report."""
    span = _sentence(entry, number)
    about = {"row": entry.row.id, "number": number, "count": len(entry.row.content.evidence)}
    place = {"document": span.document, "field": span.field, "start": span.start, "end": span.end}
    return {**about, **place, "quote": span.quote}


def row_context(connection: Any, entry: Entry) -> dict[str, Any]:
    """What the pages about one row show of it."""
    values, content = row_dict(entry), entry.row.content
    shown = [_class(connection, entry)]
    for cell in CELLS[content.kind]:
        spans = values["cell_evidence"].get(cell)
        if spans is None:
            continue
        own = content.cells.get(cell, ())
        sentences = content.evidence
        shown.append((cell, values.get(cell), marking.in_sentence(connection, own[:5], sentences), len(own)))
    steps = history.steps(connection, entry.row.id)
    found, left = marking.origins(connection, entry, _SENTENCES)
    rivals = [
        (item, marking.in_sentence(connection, _spans(item)[:3], content.evidence)) for item in entry.row.alternatives
    ]
    parts = select(rows.c.issued).where(rows.c.part_of == entry.row.id).limit(50)
    return {
        "entry": entry,
        "row": entry.columns,
        "values": values,
        "shown": shown,
        "origins": found,
        "left": left,
        "rivals": rivals,
        "parts": lines(connection, list(connection.execute(parts).scalars())),
        "steps": steps,
        "standings": standings(steps),
        "stamp": stamp(connection, entry.row),
    }


def _class(connection: Connection, entry: Entry) -> tuple[str, Any, Any, int]:
    """The cell that says what a row is (stage, kind of encounter, measure), beside the words that were read so; none
    where a reviewer says otherwise.
    """
    content = entry.row.content
    cell, field = _CLASSES[content.kind]
    value = getattr(content, field)
    same = (statement.trigger for statement in entry.row.statements if getattr(statement, field) == value)
    told = tuple(dict.fromkeys(same))
    return cell, value, marking.in_sentence(connection, told[:5], content.evidence), len(told)


def _spans(item: Mapping[str, Any]) -> Sequence[Span]:
    spans: Sequence[Span] = item["evidence"]
    return spans
