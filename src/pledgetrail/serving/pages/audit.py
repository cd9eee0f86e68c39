"""Audit: who decided what, when and why."""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.decisions import ACTIONS
from pledgetrail.serving import asked, auditing, reading
from pledgetrail.serving.auditing import Asked, Line
from pledgetrail.serving.history import step_dict
from pledgetrail.serving.pages.reports import whole
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.view import KINDS

_PAGE: Final = 100
_FILTERS: Final = ("reviewer", "action", "row", "kind", "since", "until", "batch", "nowhere")
_COLUMNS: Final = (
    *("id", "time", "reviewer", "action", "row", "kind", "cell", "old", "new", "other", "reason", "batch", "stands"),
    "note",
)


def read_asked(request: Request) -> tuple[Asked, int | None]:
    """Which decisions an address wants, and the number to go on before. Raises BadView."""
    found = Asked(
        reviewer=asked.word(request, "reviewer"),
        action=asked.one_of(request, "action", ACTIONS),
        row=asked.word(request, "row"),
        kind=asked.one_of(request, "kind", KINDS),
        since=asked.first_day(request, "since"),
        until=asked.day(request, "until"),
        batch=asked.word(request, "batch"),
        nowhere=asked.one_of(request, "nowhere", ("yes",)) == "yes",
    )
    before = request.query_params.get("before", "")
    return found, whole(before, "before") if before else None


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/audit")
    def show(request: Request) -> Response:
        wanted, before = read_asked(request)
        with site.ledger.reading() as connection:
            found = auditing.lines(connection, wanted, before, _PAGE)
            names = _names(connection, found.lines)
            deed = auditing.deed_of(connection, wanted.batch) if wanted.batch else None
            left = reading.unattached(connection)
        fields = {name: asked.word(request, name) for name in _FILTERS}
        after = link("/audit", **fields, before=found.before) if found.before else ""
        return site.html(
            request, "audit.html", fields=fields, actions=ACTIONS, kinds=KINDS, names=names, found=found,
            after=after, query=request.url.query, deed=deed, left=left,
        )  # fmt: skip

    @routes.get("/audit.json")
    def as_json(request: Request) -> Response:
        wanted, before = read_asked(request)
        with site.ledger.reading() as connection:
            steps, count, more = auditing.steps(connection, wanted, before, _PAGE)
        return answer_json(request, {"count": count, "decisions": [step_dict(s) for s in steps], "before": more})

    @routes.get("/audit.csv")
    def as_csv(request: Request) -> Response:
        wanted, _ = read_asked(request)

        def listed() -> Any:
            with site.ledger.reading() as connection:
                yield from (_told(step_dict(step)) for step in auditing.every_step(connection, wanted))

        return answer_csv("decisions", _COLUMNS, listed())

    return routes


def _told(step: dict[str, Any]) -> dict[str, Any]:
    """A decision with the values of cells as texts: those of several parts (an amount, a day and its basis) as JSON."""
    return step | {
        side: json.dumps(its, ensure_ascii=False)
        for side in ("old", "new")
        if isinstance(its := step[side], dict) or (isinstance(its, list) and any(isinstance(one, dict) for one in its))
    }


def _names(connection: Connection, lines: Any) -> dict[str, str]:
    """The rows that lines name, in a few words."""
    wanted: set[str] = set()
    for line in lines:
        its: Line = line
        wanted.update(row for row in (its.step.decision.attached, *(its.fold.rows if its.fold else ())) if row)
    return reading.names_of(connection, sorted(wanted))
