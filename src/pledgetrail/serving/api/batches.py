"""Decisions made as one: what they would do, and recording them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pledgetrail.ledger.errors import InvalidDecision
from pledgetrail.serving import batching
from pledgetrail.serving.api.shared import ALWAYS, Problem, Responses
from pledgetrail.serving.batching import MOST, Bulk, Preview
from pledgetrail.serving.deciding import signature
from pledgetrail.serving.pages.bulk import batch_dict, preview_dict
from pledgetrail.serving.planning import Deed
from pledgetrail.serving.site import Site
from pledgetrail.serving.view import read_view

_Name = Annotated[str, Field(min_length=1, max_length=100)]


class BatchIn(BaseModel):
    """What is to be done to many rows; which ones is said by ``rows``, or by ``view``. ``new`` is in the form of the
    export contract; null empties the cell.
    """

    model_config = ConfigDict(extra="forbid")

    action: Literal["accept", "reject", "edit", "comment", "undo"]
    rows: list[_Name] = Field(default_factory=list, max_length=MOST)
    view: str | None = Field(
        None, max_length=10_000, description="Instead of rows: what follows /ledger? in the address of a view."
    )
    batch: str | None = Field(None, max_length=40, description="undo: the batch, all of whose decisions are undone.")
    cell: str | None = Field(None, max_length=50, description="edit: the cell.")
    new: Any = Field(None, description="edit: its value.")
    rejected: bool = Field(False, description="Accept or edit rejected rows too, which brings them back.")
    reason: str = Field("", max_length=10_000, description="Needed for more than 20 rows, and as a comment's words.")
    preview: bool = Field(False, description="Only say what would be done.")
    seen: int | None = Field(
        None, ge=0, le=2**62, description="`seen` of a preview: rows that have changed since are refused."
    )
    matching: str | None = Field(
        None, max_length=64, description="`matching` of a preview of a view; 409 if other rows pass it by now."
    )


class PlanLine(BaseModel):
    """A row before and after."""

    row: str
    summary: str
    changes: bool
    why_not: str | None
    detail: str | None
    status_before: str | None
    status_after: str | None
    cell: str | None
    before: str | None
    after: str | None
    undoes: int | None


class SumChange(BaseModel):
    """The sum of a stage and currency over the rows that change."""

    stage: str
    currency: str | None
    before: float
    after: float
    rows_before: int
    rows_after: int


class BatchPlan(BaseModel):
    """What would be done."""

    action: str | None
    batch: str | None
    cell: str | None
    new: Any
    wrong: str | None
    count: int
    most: int
    changing: int | None = Field(description="Rows that would be decided; null if there are too many to look at.")
    unchanged: dict[str, int] = Field(description="Rows left as they are, by the reason.")
    seen: int
    matching: str | None
    sums: list[SumChange]
    rows: list[PlanLine]


class Refusal(BaseModel):
    """A row that was not decided."""

    row: str
    why: str


class BatchMade(BaseModel):
    """What was done. ``batch`` is null if all was refused."""

    batch: str | None
    decisions: list[int]
    refused: list[Refusal]


_ANSWERS: Final[Responses] = {
    **ALWAYS,
    200: {"model": BatchPlan, "description": "What would be done; nothing is."},
    403: {"model": Problem, "description": "The request came from another site, or from somebody who only reads."},
    409: {"model": Problem, "description": "Other rows pass the view than did at the preview."},
    413: {"model": Problem, "description": "More than 1,000,000 bytes were sent."},
}


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.post(
        "/batches",
        response_model=BatchMade,
        status_code=201,
        responses=_ANSWERS,
        tags=["decisions"],
        summary="Record many decisions as one, or look at what they would do",
    )
    def record(request: Request, wanted: BatchIn) -> Response:
        person = site.person(request)
        signature(site, person)
        with site.ledger.reading() as connection:
            found = _plan(connection, site, wanted)
            if wanted.matching is not None:
                batching.check_matching(connection, site, found.bulk, wanted.matching)
        if wanted.preview:
            return JSONResponse(preview_dict(found), 200)
        if found.plan is None:
            raise InvalidDecision(f"{found.count:,} rows pass; at most {MOST:,} are decided at once")
        deed, seen = Deed(wanted.action, wanted.cell, wanted.new), found.seen if wanted.seen is None else wanted.seen
        lines = found.plan.deciding
        which = [line.undoes or 0 for line in lines] if wanted.batch else [line.row for line in lines]
        made = batching.record(
            site, person, deed, which, seen=seen, reason=wanted.reason, batch=wanted.batch or ""
        )  # fmt: skip
        return JSONResponse(batch_dict(made), 201)

    return routes


def _plan(connection: Connection, site: Site, wanted: BatchIn) -> Preview:
    """What would be done. Raises InvalidDecision for what does not go together."""
    named = sum((bool(wanted.rows), wanted.view is not None, wanted.batch is not None))
    if named != 1 or (wanted.action == "undo") is not (wanted.batch is not None):
        raise InvalidDecision("name rows, or a view; and for an undo the batch, and nothing else")
    if (wanted.action == "edit") is not (wanted.cell is not None):
        raise InvalidDecision("an edit needs a cell, and nothing else does")
    if wanted.batch is not None:
        return batching.preview(connection, site, Bulk(batch=wanted.batch))
    bulk = Bulk(
        view=read_view(parse_qsl(wanted.view or "", keep_blank_values=True)),
        names=batching.names_of(wanted.rows),
        action=wanted.action,
        cell=wanted.cell,
    )
    deed = Deed(wanted.action, wanted.cell, wanted.new, wanted.rejected)
    return batching.preview(connection, site, bulk, deed)
