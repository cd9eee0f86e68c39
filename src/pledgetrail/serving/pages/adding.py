"""Adding a row that reading has missed: from a sentence of a report, by a form for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pledgetrail.ledger.codec import span_dict
from pledgetrail.ledger.errors import AlreadyAdded, InvalidDecision
from pledgetrail.records import Span
from pledgetrail.resolution.rows import CELLS
from pledgetrail.serving import adding, cells, days, history, marking
from pledgetrail.serving.adding import Typed
from pledgetrail.serving.asked import one_of
from pledgetrail.serving.deciding import read_span, signature
from pledgetrail.serving.editing import CHOICES, EDITABLE
from pledgetrail.serving.pages.reports import document_of, place_of, whole
from pledgetrail.serving.pointing import said
from pledgetrail.serving.sentences import Place, trimmed, widened
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.suggesting import Offer, offers
from pledgetrail.serving.view import KINDS, BadView

#: Cells that the form shows first, and those of them that a row cannot do without; the others are folded away.
_FIRST: Final = frozenset({"stage", "by", "to", "what", "amount", "when", "places", "kind", "participants"}) | {
    *("value", "measure", "unit", "claimed_by"),
}
_NEEDED: Final = {"commitment": ("stage",), "encounter": ("kind", "participants"), "figure": ("value", "measure")}

_FLAGS: Final = frozenset({"conditional", "negated", "planned", "cumulative"})

_OFFER: Final = ("cell", "value", "words", "start", "end", "note")


@dataclass(frozen=True, slots=True)
class Field:
    """A cell of the form: what it may be, what stands in it, and what the sentence offers for it."""

    cell: str
    choices: tuple[str, ...]
    flag: bool
    first: bool
    needed: bool
    shown: bool  # whether words of the report may show it
    typed: Typed
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """The sentence that an address names, the words chosen in it, and where to go back to."""

    document: Any
    sentence: Span
    words: Place | None
    kind: str
    back: str


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/report/add")
    def show(request: Request) -> Response:
        signature(site, site.person(request))
        with site.ledger.reading() as connection:
            sought = _sought(connection, request)
            context = _context(connection, sought, {})
        return site.html(request, "adding.html", **context)

    @routes.get("/report/add.json")
    def as_json(request: Request) -> Response:
        with site.ledger.reading() as connection:
            sought = _sought(connection, request)
            found = _context(connection, sought, {})
        told = {"document": sought.document["id"], "sentence": span_dict(sought.sentence), "kind": sought.kind}
        fields = [
            {"cell": f.cell, "choices": f.choices, "needed": f.needed, "offers": [asdict(offer) for offer in f.offers]}
            for f in found["fields"]
        ]
        return answer_json(request, {**told, "cells": fields, "read": [row["id"] for row in found["read"]]})

    @routes.get("/report/add.csv")
    def as_csv(request: Request) -> Response:
        with site.ledger.reading() as connection:
            found = _context(connection, _sought(connection, request), {})
        lines = [{**asdict(offer), "cell": f.cell} for f in found["fields"] for offer in f.offers]
        return answer_csv("offers", _OFFER, lines)

    @routes.post("/rows")
    async def add(request: Request) -> Response:
        form = await request.form()
        person = site.person(request)
        return await run_in_threadpool(_add, site, request, person, form)

    return routes


def _add(site: Site, request: Request, person: Any, form: FormData) -> Response:
    """For a script the decision, for a form the way to the row; a form that does not fit is shown again, as it was."""
    try:
        missed = adding.missed_of(form)
        made = adding.add_missed(site, person, missed)
    except InvalidDecision as error:
        again = None if "json" in request.headers.get("accept", "") else _again(site, request, form, error)
        if again is None:
            raise
        return again
    with site.ledger.reading() as connection:
        told = history.outcome(connection, made)
    if "json" in request.headers.get("accept", ""):
        return JSONResponse(told, 201)
    back = _local(str(form.get("back") or "")) if form.get("then") == "back" else ""
    return RedirectResponse(back or f"/rows/{told['row']}", 303)


def _again(site: Site, request: Request, form: FormData, wrong: InvalidDecision) -> Response | None:
    """The page with what was typed; None if the form does not even name a sentence of a report."""
    with site.ledger.reading() as connection:
        try:
            missed = adding.missed_of(form)
            sentence = adding.read_sentence(connection, missed.sentence)
        except InvalidDecision:
            return None
        document = marking.document_row(connection, sentence.document)
        if document is None or missed.kind not in EDITABLE:
            return None
        sought = Sought(document, sentence, None, missed.kind, _local(str(form.get("back") or "")))
        typed = {cell: its for cell, its in missed.cells.items() if isinstance(its, Typed)}
        context = _context(connection, sought, typed, str(wrong), missed.reason)
    return site.html(request, "adding.html", 409 if isinstance(wrong, AlreadyAdded) else 422, **context)


def _sought(connection: Connection, request: Request) -> Sought:
    """The sentence an address names by ``start`` and ``end``, or that holds the words ``at`` or ``quote``.

    Raises BadView.
    """
    document = document_of(connection, request)
    name, text = document["id"], document["text"]
    words = place_of(request)
    start, end = (whole(request.query_params.get(side, ""), side) for side in ("start", "end"))
    quote = request.query_params.get("quote", "").strip()[:2000]
    try:
        if not end and words is None and quote:
            words = _place(said(connection, Span(name, 0, len(text), text), quote, whole=False))
        if words is not None:
            read_span(connection, Span(name, *words, ""))
            words = trimmed(text, *words)
        if not end and words is not None:
            start, end = widened(text, marking.blocks_of(connection, name), *words)
        sentence = adding.read_sentence(connection, Span(name, start, end, ""))
    except InvalidDecision as error:
        raise BadView(str(error)) from error
    back = _local(request.query_params.get("back", ""))
    return Sought(document, sentence, words, one_of(request, "kind", KINDS, "commitment"), back)


def _place(span: Span | None) -> Place:
    if span is None:
        raise InvalidDecision("the report has not these words; write them as they stand there")
    return span.start, span.end


def _local(address: str) -> str:
    """An address of ours, or nothing."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else ""


def _context(
    connection: Connection, sought: Sought, typed: Mapping[str, Typed], wrong: str = "", reason: str = ""
) -> dict[str, Any]:
    sentence, kind = sought.sentence, sought.kind
    name, words = sentence.document, sought.words
    offered = offers(connection, sentence, kind, words)
    fields = [
        Field(
            cell=cell,
            choices=() if cell in _FLAGS else CHOICES.get(cell, ()),
            flag=cell in _FLAGS,
            first=cell in _FIRST,
            needed=cell in _NEEDED[kind],
            shown=cell in CELLS[kind],
            typed=typed.get(cell, Typed()),
            offers=tuple(offered.get(cell, ())),
        )
        for cell in EDITABLE[kind]
    ]
    read = [
        row
        for row, places in marking.rows_in(connection, name)
        if any(start < sentence.end and end > sentence.start for start, end in places)
    ]
    at = {"at": f"{words[0]}-{words[1]}"} if words else {}
    here = {"id": name, "start": sentence.start, "end": sentence.end, **at, "back": sought.back}
    return {
        "document": sought.document,
        "sentence": sentence,
        "text": marking.chosen_in(connection, sought.document, (sentence.start, sentence.end), words),
        "day": days.published(connection, name),
        "kind": kind,
        "kinds": [(its, link("/report/add", **here, kind=its) + "#sentence") for its in KINDS],
        "fields": fields,
        "read": [{"id": row["id"], "summary": cells.summary(dict(row)), "status": row["status"]} for row in read],
        "wrong": wrong,
        "reason": reason,
        "back": sought.back,
        "query": link("", **here, kind=kind).lstrip("?"),
    }
