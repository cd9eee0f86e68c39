"""Many rows decided as one: chosen by a view or one by one, looked at before and after, then done or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pledgetrail.ledger.errors import InvalidDecision, StaleRow
from pledgetrail.ledger.review import Batch
from pledgetrail.serving import auditing, batching
from pledgetrail.serving.batching import MOST, WITHOUT_REASON, Bulk, Preview, read_bulk
from pledgetrail.serving.deciding import signature
from pledgetrail.serving.editing import CHOICES, EDITABLE
from pledgetrail.serving.pages import bulk_done
from pledgetrail.serving.pages.bulk_done import done_address
from pledgetrail.serving.planning import Deed, Line
from pledgetrail.serving.security import LARGEST_FORM
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.view import SORTS

#: Lines that the page shows; the table to be downloaded has all.
SHOWN: Final = 500

#: A longer address is not made: what is in front of a server may refuse it. Then the fields go with the form.
_LONGEST: Final = 4000

_COLUMNS: Final = (
    *("row", "summary", "changes", "why_not", "detail", "status_before", "status_after", "cell", "before", "after"),
    "undoes",
)


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    async def asked(request: Request) -> Bulk:
        return read_bulk(await _pairs(request))

    def look(request: Request, bulk: Bulk) -> Preview:
        signature(site, site.person(request))  # who decides nothing has nothing to look at beforehand
        with site.ledger.reading() as connection:
            return batching.preview(connection, site, bulk)

    def page(request: Request, bulk: Bulk, status: int = 200, words: str = "") -> Response:
        found = look(request, bulk)
        return site.html(request, "bulk.html", status, **_context(site, found, words))

    @routes.api_route("/bulk", methods=["GET", "POST"])
    async def show(request: Request) -> Response:
        bulk = await asked(request)
        address = link_to(bulk, "/bulk")
        if request.method == "POST" and address:
            return RedirectResponse(address, 303)
        return await run_in_threadpool(page, request, bulk)

    @routes.api_route("/bulk.json", methods=["GET", "POST"])
    async def as_json(request: Request) -> Response:
        found = await run_in_threadpool(look, request, await asked(request))
        return answer_json(request, preview_dict(found))

    @routes.api_route("/bulk.csv", methods=["GET", "POST"])
    async def as_csv(request: Request) -> Response:
        found = await run_in_threadpool(look, request, await asked(request))
        return answer_csv("preview", _COLUMNS, [line_dict(line) for line in (found.plan.lines if found.plan else ())])

    @routes.post("/bulk/decisions")
    async def record(request: Request) -> Response:
        pairs = await _pairs(request)
        bulk, form = read_bulk(pairs), dict(pairs)
        try:
            made = await run_in_threadpool(_record, site, request, bulk, form)
        except (InvalidDecision, StaleRow) as error:
            if "json" in request.headers.get("accept", ""):
                raise
            status = 409 if isinstance(error, StaleRow) else 422
            return await run_in_threadpool(page, request, bulk, status, str(error))
        if "json" in request.headers.get("accept", ""):
            return JSONResponse(batch_dict(made), 201)
        return RedirectResponse(done_address(bulk, made), 303)  # so that to load the page again decides nothing

    @routes.get("/bulk/decisions")
    def listed() -> Response:
        return RedirectResponse("/audit", 303)

    routes.include_router(bulk_done.router(site))
    return routes


async def _pairs(request: Request) -> list[tuple[str, str]]:
    """The fields of the address and of the form."""
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        form = await request.form(max_fields=LARGEST_FORM)
        pairs += [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return pairs


def _record(site: Site, request: Request, bulk: Bulk, form: Mapping[str, str]) -> Batch:
    """Do what was shown: to the rows that the form names, if a view still has those that it had."""
    person = site.person(request)
    signature(site, person)
    seen = _number(form.get("seen", ""), "seen")
    with site.ledger.reading() as connection:
        batching.check_matching(connection, site, bulk, form.get("matching", ""))
    which = form.get("which", "").split()
    reason = form.get("reason", "")
    if bulk.batch:
        numbers = [_number(number, "which") for number in dict.fromkeys(which)]
        return batching.record(site, person, Deed("undo"), numbers, seen=seen, reason=reason, batch=bulk.batch)
    try:
        new = json.loads(form["new"]) if form.get("new") else None
    except (ValueError, RecursionError) as error:
        raise InvalidDecision("new is JSON, as the page before had it") from error
    deed = Deed(bulk.action, bulk.cell, new)
    return batching.record(site, person, deed, batching.names_of(which), seen=seen, reason=reason)


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise InvalidDecision(f"{name} is a number, as the page before had it")
    return int(text)


def link_to(bulk: Bulk, path: str) -> str:
    """The address of a request; empty if it would be too long."""
    fields = bulk.fields()
    found = f"{path}?{urlencode(fields)}" if fields else path
    return found if len(found) <= _LONGEST else ""


def _context(site: Site, found: Preview, words: str) -> dict[str, Any]:
    """What the page shows."""
    bulk, plan = found.bulk, found.plan
    deciding = plan.deciding if plan else ()
    which = [str(line.undoes) if bulk.batch else line.row for line in deciding]
    deed = None
    if bulk.batch:
        with site.ledger.reading() as connection:
            deed = auditing.deed_of(connection, bulk.batch)
    return {
        "bulk": bulk,
        "found": found,
        "plan": plan,
        "lines": plan.lines[:SHOWN] if plan else (),
        "which": " ".join(which),
        "deciding": len(deciding),
        "deed": deed,
        "words": words or found.wrong,
        "cells_of": EDITABLE.get(found.kind, ()),
        "choices": CHOICES.get(bulk.cell or "", ()),
        "new": json.dumps(found.new) if bulk.action == "edit" else "",
        "most": MOST,
        "without_reason": WITHOUT_REASON,
        "sorts": SORTS,
        "json_address": link_to(bulk, "/bulk.json"),
        "csv_address": link_to(bulk, "/bulk.csv"),
        "back": link("/audit", batch=bulk.batch) if bulk.batch else bulk.view.address("/ledger"),
    }


def line_dict(line: Line) -> dict[str, Any]:
    """A line of a preview for programs."""
    return {
        "row": line.row,
        "summary": line.summary,
        "changes": not line.why_not,
        "why_not": line.why_not or None,
        "detail": line.detail or None,
        "status_before": line.status[0] or None,
        "status_after": line.status[1] or None,
        "cell": line.cell,
        "before": line.before or None,
        "after": line.after or None,
        "undoes": line.undoes,
    }


def preview_dict(found: Preview) -> dict[str, Any]:
    """A preview for programs."""
    plan, bulk = found.plan, found.bulk
    return {
        "action": "undo" if bulk.batch else bulk.action or None,
        "batch": bulk.batch or None,
        "cell": bulk.cell,
        "new": found.new,
        "wrong": found.wrong or None,
        "count": found.count,
        "most": MOST,
        "changing": len(plan.deciding) if plan else None,
        "unchanged": plan.left() if plan else {},
        "seen": found.seen,
        "matching": found.matching or None,
        "sums": [
            {"stage": c.stage, "currency": c.currency or None, "before": c.before, "after": c.after,
             "rows_before": c.rows[0], "rows_after": c.rows[1]}
            for c in (plan.sums if plan else ())
        ],
        "rows": [line_dict(line) for line in (plan.lines if plan else ())],
    }  # fmt: skip


def batch_dict(made: Batch) -> dict[str, Any]:
    """What became of a batch, for programs."""
    refused = [{"row": row, "why": why} for row, why in made.refused]
    return {"batch": made.name if made.made else None, "decisions": list(made.made), "refused": refused}
