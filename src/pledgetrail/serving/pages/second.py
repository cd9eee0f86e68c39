"""Second opinions: the queue of review in which one is not shown what the first reviewer decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.errors import UnknownRow
from pledgetrail.ledger.queries import Entry, entries_of, read_entry
from pledgetrail.ledger.review import stamp
from pledgetrail.publishing.contract import row_dict
from pledgetrail.publishing.spreadsheet import COLUMNS, row_record
from pledgetrail.serving import cells, editing, history, marking, seconding
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.view import View

#: Rows of the queue that a page knows ahead, and lines of its table at most.
AHEAD: Final = 20
_TABLE: Final = 1000

#: Sentences of other reports that are shown.
_OTHERS: Final = 10

#: What would tell how a row was decided: what was read before an edit is among the alternatives, and of rows that a
#: reviewer added nothing is in doubt.
_TELLING: Final = ("status", "second", "alternatives", "confidence")


def show(site: Site, request: Request) -> Response:
    """The queue, and its first row."""
    view, after, person = seconding.view_of(request), request.query_params.get("after", ""), _name(site, request)
    with site.ledger.reading() as connection:
        queue, _, left = _ahead(connection, site, view, person, after)
        context = _panel(connection, read_entry(connection, queue[0]["id"]), person) if queue else {}
        given = _given(connection, request.query_params.get("given", ""), person)
    address = view.with_(sort="newest")  # the order goes without saying
    onward = address.address("/review", second=1, after=queue[0]["cursor"]) if queue else ""
    return site.html(
        request, "second.html", view=address, queue=queue, left=left, given=given, panel=bool(queue), onward=onward,
        **context,
    )  # fmt: skip


def as_json(site: Site, request: Request) -> Response:
    """The queue for programs."""
    view, after = seconding.view_of(request), request.query_params.get("after", "")
    with site.ledger.reading() as connection:
        queue, more, left = _ahead(connection, site, view, _name(site, request), after)
    return answer_json(request, {"queue": queue, "after": more or None, "count": left})


def as_csv(site: Site, request: Request) -> Response:
    """The queue as a table, without what would tell how its rows were decided."""
    view = seconding.view_of(request)
    columns = untold(COLUMNS[view.kind])
    with site.ledger.reading() as connection:
        numbers, _, _ = seconding.queue_for(connection, site.index, view, _name(site, request), "", _TABLE)
        found = [row_record(entry) for entry in entries_of(connection, list(numbers))]
    return answer_csv("second", columns, found)


def one(site: Site, request: Request, name: str) -> Response:
    """One row to be seconded; with what others decided, once one's own opinion is given."""
    with site.ledger.reading() as connection:
        context = _panel(connection, read_entry(connection, name), _name(site, request))
    if request.headers.get("x-part") == "panel":
        return site.html(request, "blind.html", onward="/review?second=1", **context)
    nothing: dict[str, Any] = {"view": View(), "queue": [], "left": 0, "given": None}
    return site.html(request, "second.html", panel=True, onward="/review?second=1", **nothing, **context)


def one_as_json(site: Site, request: Request, name: str) -> Response:
    """The same for programs."""
    with site.ledger.reading() as connection:
        its = _panel(connection, read_entry(connection, name), _name(site, request))
    content = {"id": its["row"]["id"], "stamp": its["stamp"], "cells": dict(its["shown"]), "origins": its["origins"]}
    document = its["document"]["id"] if its["document"] else None
    decided = [history.step_dict(step) for step in its["steps"]]
    told = {"why_not": its["asked"].why or None, "told": its["told"] or None, "decisions": decided}
    return answer_json(request, {**content, "document": document, **told})


def untold(columns: Sequence[str]) -> tuple[str, ...]:
    """Columns without those that would tell how a row was decided."""
    return tuple(name for name in columns if name not in _TELLING)


def _name(site: Site, request: Request) -> str:
    person = site.person(request)
    return person.name if person is not None else ""


def _ahead(
    connection: Connection, site: Site, view: View, person: str, after: str
) -> tuple[list[dict[str, Any]], str, int]:
    cursors, more, left = seconding.queue_for(connection, site.index, view, person, after, AHEAD)
    found = []
    for entry in entries_of(connection, list(cursors)):
        row = dict(entry.columns)
        about = {"id": entry.row.id, "stamp": stamp(connection, entry.row), "summary": cells.summary(row)}
        found.append({**about, "cursor": cursors[row["issued"]]})
    return found, more, left


def _given(connection: Connection, name: str, person: str) -> dict[str, str] | None:
    """The row that one has just seconded, and what was said of it; None if one has not."""
    try:
        entry = read_entry(connection, name) if name else None
    except UnknownRow:
        return None
    pair = seconding.asked_of(connection, entry, person).pair if entry is not None else None
    if entry is None or pair is None:
        return None
    address = link(f"/review/{entry.row.id}", second=1)
    return {"summary": cells.summary(entry.columns), "address": address, "told": seconding.told(connection, pair)}


def _panel(connection: Connection, entry: Entry, person: str) -> dict[str, Any]:
    """What the panel of one row shows: words and cells; decisions only where one's own opinion is given."""
    content, values = entry.row.content, row_dict(entry)
    document = marking.document_row(connection, content.evidence[0].document if content.evidence else content.document)
    asked = seconding.asked_of(connection, entry, person)
    others = [span for span in content.evidence if document is None or span.document != document["id"]]
    return {
        "row": entry.columns,
        "stamp": stamp(connection, entry.row),
        "origins": entry.row.origins,
        "shown": [(cell, editing.shown_text(values, cell)) for cell in editing.EDITABLE[content.kind]],
        "document": document,
        "text": marking.whole_text(connection, document, entry) if document else "",
        "others": marking.in_sentence(connection, others[:_OTHERS], content.evidence),
        "asked": asked,
        "told": seconding.told(connection, asked.pair) if asked.pair else "",
        "steps": history.steps(connection, entry.row.id) if asked.pair else [],
    }
