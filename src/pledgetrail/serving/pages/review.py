"""Review: a queue of undecided rows, the most valuable first, and the decisions that forms and keys make."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pledgetrail.ledger.agreement import opinion_of
from pledgetrail.ledger.decisions import Decision
from pledgetrail.ledger.errors import InvalidDecision
from pledgetrail.ledger.queries import Entry, entries_of, read_entry
from pledgetrail.ledger.review import stamp
from pledgetrail.publishing.contract import row_dict
from pledgetrail.publishing.spreadsheet import COLUMNS, row_record
from pledgetrail.records import Span
from pledgetrail.serving import cells, editing, history, marking, seconding
from pledgetrail.serving.deciding import Wish, decide, undo_last
from pledgetrail.serving.listing import lines, numbers_of, queue_of
from pledgetrail.serving.pages import agreement, second
from pledgetrail.serving.site import Site, answer_csv, answer_json
from pledgetrail.serving.view import View, read_view

#: Rows of the queue that a page knows ahead.
AHEAD = 20

_CANDIDATES = 8


def queue_view(request: Request) -> View:
    """The view that a queue serves: undecided rows by worth, unless the address says otherwise."""
    pairs = request.query_params.multi_items()
    view = read_view(pairs)
    if not any(name == "sort" for name, _ in pairs):
        view = view.with_(sort="review")
    if not {"status", "second"} & {*view.chosen}:  # a row with a second opinion is decided
        view = view.with_(chosen={**view.chosen, "status": ("extracted",)})
    return view


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)
    routes.include_router(agreement.router(site))  # before /review/{name}

    def ahead(connection: Connection, view: View, after: str) -> tuple[list[dict[str, Any]], str, int]:
        cursors, more, count = queue_of(connection, site.index, view, after, AHEAD)
        found = []
        for entry in entries_of(connection, list(cursors)):
            row = dict(entry.columns)
            found.append(
                {
                    "id": entry.row.id,
                    "stamp": stamp(connection, entry.row),
                    "summary": cells.summary(row),
                    "confidence": entry.row.content.confidence,
                    "cursor": cursors[row["issued"]],
                }
            )
        return found, more, count

    @routes.get("/review")
    def show(request: Request) -> Response:
        if seconding.wanted(request):
            return second.show(site, request)
        view, after = queue_view(request), request.query_params.get("after", "")
        with site.ledger.reading() as connection:
            queue, _, left = ahead(connection, view, after)
            context = panel_context(connection, site, read_entry(connection, queue[0]["id"])) if queue else {}
        onward = view.address("/review", after=queue[0]["cursor"]) if queue else ""
        stay = view.address("/review", after=after)
        return site.html(
            request, "review.html", view=view, queue=queue, left=left, after=after, onward=onward, stay=stay,
            panel=bool(queue), **context,
        )  # fmt: skip

    @routes.get("/review.json")
    def as_json(request: Request) -> Response:
        if seconding.wanted(request):
            return second.as_json(site, request)
        view, after = queue_view(request), request.query_params.get("after", "")
        with site.ledger.reading() as connection:
            queue, more, _ = ahead(connection, view, after)
        return answer_json(request, {"queue": queue, "after": more or None})

    @routes.get("/review.csv")
    def as_csv(request: Request) -> Response:
        if seconding.wanted(request):
            return second.as_csv(site, request)
        view = queue_view(request)
        with site.ledger.reading() as connection:
            numbers, _ = numbers_of(connection, site.index, view, limit=1000)
            found = [row_record(entry) for entry in entries_of(connection, numbers)]
        return answer_csv("review", COLUMNS[view.kind], found)

    @routes.get("/review/{name}.json")
    def one_as_json(request: Request, name: str) -> Response:
        if seconding.wanted(request):
            return second.one_as_json(site, request, name)
        with site.ledger.reading() as connection:
            entry = read_entry(connection, name)
            made = [history.step_dict(step) for step in history.steps(connection, entry.row.id)]
            content = {**row_dict(entry), "stamp": stamp(connection, entry.row), "decisions": made}
        return answer_json(request, content)

    @routes.get("/review/{name}.csv")
    def one_as_csv(request: Request, name: str) -> Response:
        with site.ledger.reading() as connection:
            entry = read_entry(connection, name)
        columns = COLUMNS[entry.row.content.kind]
        if seconding.wanted(request):
            columns = second.untold(columns)
        return answer_csv(entry.row.id, columns, [row_record(entry)])

    @routes.get("/review/{name}")
    def one(request: Request, name: str) -> Response:
        if seconding.wanted(request):
            return second.one(site, request, name)
        with site.ledger.reading() as connection:
            context = panel_context(connection, site, read_entry(connection, name))
        address = f"/review/{context['row']['id']}"
        if request.headers.get("x-part") == "panel":
            return site.html(request, "panel.html", onward=address, stay=address, **context)
        return site.html(
            request, "review.html", view=View(), queue=[], left=0, after="", onward=address, stay=address, panel=True,
            **context,
        )  # fmt: skip

    @routes.post("/decisions")
    async def record(request: Request) -> Response:
        form = await request.form()
        wish = wish_of(form)
        made = await run_in_threadpool(decide, site, site.person(request), wish)
        return await run_in_threadpool(_answer, site, request, form, made)

    @routes.post("/decisions/undo")
    async def undo(request: Request) -> Response:
        form = await request.form()
        made = await run_in_threadpool(undo_last, site, site.person(request), form.get("action") == "second")
        return await run_in_threadpool(_answer, site, request, form, made)

    return routes


def wish_of(form: FormData) -> Wish:
    """What a form asks for. Raises InvalidDecision for fields that do not fit."""
    fields = {name: str(value) for name, value in form.multi_items()}
    undoes = fields.get("undoes", "")
    if undoes and not (undoes.isascii() and undoes.isdecimal() and len(undoes) < 16):
        raise InvalidDecision("undoes is the number of a decision")
    return Wish(
        action=fields.get("action", ""),
        row=fields.get("row", ""),
        expected=fields.get("expected") or None,
        reason=fields.get("reason", "")[:10_000],
        cell=fields.get("cell") or None,
        value=fields.get("value", "")[:10_000] if fields.get("action") == "edit" else None,
        new=seconding.DONE.get(fields.get("opinion", "")) if fields.get("action") == "second" else None,
        other=fields.get("other") or fields.get("candidate") or None,
        moved=tuple(str(value) for value in form.getlist("moved")),
        undoes=int(undoes) if undoes else None,
        spans=_spans(fields),
        quote=(fields["document"], fields["quote"]) if fields.get("quote") and fields.get("document") else None,
    )


def _spans(fields: dict[str, str]) -> tuple[Span, ...]:
    """The words that were selected, if any; their place says which they are."""
    if not fields.get("document") or not fields.get("start"):
        return ()
    try:
        start, end = int(fields["start"]), int(fields.get("end", ""))
    except ValueError as error:
        raise InvalidDecision("start and end say where the selected words are") from error
    return (Span(fields["document"], start, end, ""),)


def _answer(site: Site, request: Request, form: FormData, made: Any) -> Response:
    """For a script the decision and the row's new stamp; for a form the way back."""
    with site.ledger.reading() as connection:
        told = history.outcome(connection, made)
        if made.action == "second":
            told["said"] = _said(connection, made)
    if "json" in request.headers.get("accept", ""):
        return JSONResponse(told, 201)
    row = told["row"]
    back = str(form.get("back") or "")
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = f"/review/{row}" if made.action == "undo" else f"/rows/{row}"
        back += "?second=1" if made.action == "undo" and form.get("action") == "second" else ""
    if told["status"] == "withdrawn" and row in back:
        back = "/audit"
    return RedirectResponse(back, 303)


def _said(connection: Connection, made: Decision) -> str:
    """What the first reviewer had decided, for the second who has spoken."""
    pair = opinion_of(connection, made.attached or made.row_id, made.reviewer)
    return seconding.told(connection, pair) if pair is not None else ""


def panel_context(connection: Connection, site: Site, entry: Entry) -> dict[str, Any]:
    """What the panel of one row shows: its words in their report, its cells to be edited, its likely doubles."""
    content, values = entry.row.content, row_dict(entry)
    own = [
        (cell, editing.shown_text(values, cell), editing.CHOICES.get(cell)) for cell in editing.EDITABLE[content.kind]
    ]
    document = marking.document_row(connection, content.evidence[0].document if content.evidence else content.document)
    return {
        "entry": entry,
        "row": entry.columns,
        "values": values,
        "stamp": stamp(connection, entry.row),
        "editable": own,
        "document": document,
        "text": marking.whole_text(connection, document, entry) if document else "",
        "others": sorted({span.document for span in content.evidence} - {document["id"] if document else ""}),
        "candidates": _candidates(connection, site, entry),
        "steps": history.steps(connection, entry.row.id),
    }


def _candidates(connection: Connection, site: Site, entry: Entry) -> list[Any]:
    """Rows that may tell the same: of one kind and class, with a party in common, the likest in time first."""
    content, row = entry.row.content, dict(entry.columns)
    parties = getattr(content, "by", ()) or getattr(content, "participants", ())
    claimed = getattr(content, "claimed_by", None)
    ids = tuple(party.id for party in (*parties, *((claimed,) if claimed else ())))[:10]
    view = View(kind=content.kind, chosen={"stage": (cells.klass(row),), "by": ids or ("none",)})
    numbers, _ = numbers_of(connection, site.index, view, limit=200)
    found = lines(connection, [number for number in numbers if number != row["issued"]])
    day = row["earliest"] or ""
    found.sort(key=lambda its: (its["earliest"] != day, its["amount_value"] != row["amount_value"]))
    return found[:_CANDIDATES]
