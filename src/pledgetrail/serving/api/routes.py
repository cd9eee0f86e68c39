"""The routes of the API. Lists go by cursor; answers carry an ETag, and If-None-Match is answered with 304."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pledgetrail.ledger.queries import entries_of, read_entry
from pledgetrail.ledger.review import stamp
from pledgetrail.publishing.contract import document_dict, row_dict
from pledgetrail.records import Span
from pledgetrail.serving import history, marking, reading
from pledgetrail.serving.api import models
from pledgetrail.serving.choosing import Chosen
from pledgetrail.serving.deciding import Wish, decide
from pledgetrail.serving.listing import listing, words_of
from pledgetrail.serving.pages.ledger import listing_dict
from pledgetrail.serving.pages.row import step_dict
from pledgetrail.serving.site import Site, answer_json
from pledgetrail.serving.view import KINDS, SORTS, View, read_view

Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=500, description="The cursor that the page before ended with.")]
Name = Annotated[str, Query(min_length=1, max_length=1000)]
Text = Annotated[str, Query(max_length=500)]
Several = Annotated[list[Annotated[str, Query(max_length=500)]], Query(max_length=50)]

_WRONG: dict[int | str, dict[str, Any]] = {422: {"model": models.Problem, "description": "A value does not fit."}}
_NONE: dict[int | str, dict[str, Any]] = {404: {"model": models.Problem, "description": "There is none such."}}
_SAME: dict[int | str, dict[str, Any]] = {304: {"description": "As the asker has it."}}


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/api", responses={**_WRONG, **_SAME})

    @routes.get("/ledger", response_model=models.Summary, summary="What a view of the ledger holds")
    def ledger(
        request: Request,
        kind: Annotated[str, Query(json_schema_extra={"enum": list(KINDS)})] = "commitment",
        q: Text = "",
        stage: Several = [],  # noqa: B006
        by: Several = [],  # noqa: B006
        to: Several = [],  # noqa: B006
    ) -> Response:
        with site.ledger.reading() as connection:
            found = listing(connection, site.index, _view(request), limit=1)
        content = listing_dict(found)
        return answer_json(request, {"name": site.ledger.path.name} | {n: content[n] for n in _SUMMARY})

    @routes.get("/rows", response_model=models.Rows, summary="Rows of a view, by cursor")
    def rows(
        request: Request,
        kind: Annotated[str, Query(json_schema_extra={"enum": list(KINDS)})] = "commitment",
        q: Text = "",
        scope: Annotated[str, Query(json_schema_extra={"enum": ["rows", "reports"]})] = "rows",
        stage: Several = [],  # noqa: B006
        by: Several = [],  # noqa: B006
        to: Several = [],  # noqa: B006
        place: Several = [],  # noqa: B006
        sector: Several = [],  # noqa: B006
        year: Several = [],  # noqa: B006
        status: Several = [],  # noqa: B006
        origins: Several = [],  # noqa: B006
        confidence: Several = [],  # noqa: B006
        since: Text = "",
        until: Text = "",
        sort: Annotated[str, Query(json_schema_extra={"enum": list(SORTS)})] = "newest",
        after: Cursor = "",
        limit: Limit = 50,
    ) -> Response:
        view = _view(request)
        with site.ledger.reading() as connection:
            found = words_of(connection, view)
            with site.index.fresh(connection) as columns:
                chosen = Chosen(columns, view, None if found is None else columns.places(found))
                numbers, cursor = chosen.page(site.index.orders, after, limit)
                count = chosen.count()
            listed = [row_dict(entry) for entry in entries_of(connection, numbers)]
        return answer_json(request, {"count": count, "rows": listed, "after": cursor or None})

    @routes.get("/rows/{name}", response_model=models.OneRow, responses=_NONE, summary="One row, by id or alias")
    def row(request: Request, name: str) -> Response:
        with site.ledger.reading() as connection:
            entry = read_entry(connection, name)
            made = [step_dict(step) for step in history.steps(connection, entry.row.id)]
            content = {**row_dict(entry), "stamp": stamp(connection, entry.row), "decisions": made}
        return answer_json(request, content)

    @routes.get("/actors", response_model=models.Actors, summary="Actors, by cursor")
    def actors(request: Request, q: Text = "", type: Text = "", after: Cursor = "", limit: Limit = 50) -> Response:
        with site.ledger.reading() as connection:
            page = reading.actor_list(connection, q.strip(), type, after, limit)
        return answer_json(request, {"count": page.count, "actors": page.items, "after": page.after})

    @routes.get("/actor", response_model=models.Actor, responses=_NONE, summary="One actor")
    def actor(request: Request, id: Name) -> Response:
        with site.ledger.reading() as connection:
            found = reading.actor(connection, id)
        if found is None:
            raise HTTPException(404, "There is no such actor.")
        return answer_json(request, found)

    @routes.get("/reports", response_model=models.Reports, summary="Reports, by cursor")
    def reports(
        request: Request, q: Text = "", after: Annotated[int, Query(ge=0, le=2**31)] = 0, limit: Limit = 50
    ) -> Response:
        with site.ledger.reading() as connection:
            page = reading.reports(connection, q.strip(), after, limit)
        names = models.ReportLine.model_fields
        listed = [{name: item[name] for name in names} for item in page.items]
        return answer_json(request, {"count": page.count, "reports": listed, "after": page.after})

    @routes.get("/report", response_model=models.Report, responses=_NONE, summary="One report with its text")
    def report(request: Request, id: Name) -> Response:
        with site.ledger.reading() as connection:
            document = marking.document_row(connection, id)
            if document is None:
                raise HTTPException(404, "There is no such report.")
            fields = ("kind", "start", "end", "rule")
            parts = [{field: block[field] for field in fields} for block in marking.blocks_of(connection, id)]
        return answer_json(request, {**document_dict(dict(document)), "blocks": parts})

    @routes.get("/decisions", response_model=models.Decisions, summary="Decisions, the latest first")
    def decisions(
        request: Request,
        reviewer: Text = "",
        action: Text = "",
        before: Annotated[int | None, Query(ge=0, le=2**62)] = None,
        limit: Limit = 50,
    ) -> Response:
        with site.ledger.reading() as connection:
            page = reading.decision_list(connection, before, reviewer, action, limit)
        made = [step_dict(item["step"]) for item in page.items]
        return answer_json(request, {"count": page.count, "decisions": made, "before": page.after})

    conflict: dict[int | str, dict[str, Any]] = {
        409: {"model": models.Problem, "description": "The row has another stamp by now."},
        403: {"model": models.Problem, "description": "The request came from another site, or from a reader."},
        503: {"model": models.Problem, "description": "The ledger cannot be written now."},
    }

    @routes.post(
        "/decisions",
        response_model=models.Recorded,
        status_code=201,
        responses={**_NONE, **conflict},
        summary="Record a decision",
    )
    def record(request: Request, wanted: models.DecisionIn) -> Response:
        spans = tuple(Span(s.document, s.start, s.end, s.quote, s.field) for s in wanted.spans)
        fields = wanted.model_dump(exclude={"spans"})
        made = decide(site, site.person(request), Wish(**fields, spans=spans))
        with site.ledger.reading() as connection:
            entry = read_entry(connection, made.attached or made.row_id)
            content = {
                "decision": step_dict(history.Step(made, True)),
                "row": entry.row.id,
                "stamp": stamp(connection, entry.row),
                "status": entry.row.status,
            }
        return JSONResponse(content, 201)

    return routes


_SUMMARY = ("count", "kinds", "facets", "totals")


def _view(request: Request) -> View:
    return read_view(request.query_params.multi_items())
