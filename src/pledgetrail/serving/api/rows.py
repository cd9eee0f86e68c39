"""Rows of the ledger, as the export contract has them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.queries import entries_of, read_entry
from pledgetrail.ledger.review import stamp
from pledgetrail.publishing.contract import row_dict
from pledgetrail.serving import history
from pledgetrail.serving.api.decisions import Decision
from pledgetrail.serving.api.ledger import Viewed
from pledgetrail.serving.api.shared import NONE, Paged, Span, reads
from pledgetrail.serving.listing import page_of_view
from pledgetrail.serving.site import Site, answer_json
from pledgetrail.serving.view import SORTS


class Row(BaseModel):
    """A row of the export contract; which cells it has depends on its kind (docs/reference/export.md)."""

    model_config = ConfigDict(extra="allow")

    id: str
    status: str
    second: str | None
    confidence: float
    origins: int
    trail: str | None
    disagreements: list[str]
    evidence: list[Span]
    cell_evidence: dict[str, list[Span]]
    aliases: list[str]


class OneRow(Row):
    """A row with the stamp that a decision may name, and the decisions on it."""

    stamp: str
    decisions: list[Decision]


class Rows(BaseModel):
    """A page of rows; ``after`` is the cursor of what follows."""

    count: int
    rows: list[Row]
    after: str | None


class Wanted(Viewed, Paged):
    """A page of a view."""

    sort: Annotated[str, Field(json_schema_extra={"enum": list(SORTS)}, description="The order.")] = "newest"


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = reads("rows")

    @routes.get("/rows", response_model=Rows, summary="Rows of a view, by cursor")
    def rows(request: Request, asked: Annotated[Wanted, Query()]) -> Response:
        with site.ledger.reading() as connection:
            numbers, after, count = page_of_view(connection, site.index, asked.view(), asked.after, asked.limit)
            listed = [row_dict(entry) for entry in entries_of(connection, numbers)]
        return answer_json(request, {"count": count, "rows": listed, "after": after or None})

    @routes.get("/rows/{name}", response_model=OneRow, responses=NONE, summary="One row, by id or alias")
    def row(request: Request, name: str) -> Response:
        with site.ledger.reading() as connection:
            content = one_row(connection, name)
        return answer_json(request, content)

    return routes


def one_row(connection: Any, name: str) -> dict[str, Any]:
    """A row with its stamp and decisions. Raises UnknownRow."""
    entry = read_entry(connection, name)
    made = [history.step_dict(step) for step in history.steps(connection, entry.row.id)]
    return {**row_dict(entry), "stamp": stamp(connection, entry.row), "decisions": made}
