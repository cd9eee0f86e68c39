"""Decisions: who decided what, and recording one."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pledgetrail import records
from pledgetrail.serving.api.shared import ALWAYS, NONE, Problem, Responses, Text, reads
from pledgetrail.serving.auditing import Asked, steps
from pledgetrail.serving.deciding import Wish, decide
from pledgetrail.serving.history import outcome, step_dict
from pledgetrail.serving.site import Site, answer_json

_Name = Annotated[str, Field(min_length=1, max_length=1000)]


class SpanIn(BaseModel):
    """Words of a report, as code points into its text."""

    model_config = ConfigDict(extra="forbid")

    document: _Name
    start: int = Field(ge=0, le=2**31)
    end: int = Field(ge=0, le=2**31)
    quote: str = Field("", max_length=100_000, description="The words, if you want them checked.")
    field: Literal["text", "title", "published"] = "text"


class DecisionIn(BaseModel):
    """A decision to be recorded. ``new`` is in the form of the export contract; null empties the cell."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["accept", "reject", "edit", "second", "merge", "split", "undo", "comment"]
    row: _Name
    expected: str | None = Field(
        None, max_length=100, description="The stamp of the row as you saw it; 409 if it has another."
    )
    reason: str = Field("", max_length=10_000)
    cell: str | None = Field(None, max_length=50, description="edit: the cell.")
    new: Any = Field(None, description="edit: its value. second: accepted or rejected.")
    other: str | None = Field(None, max_length=100, description="merge: the row to take in.")
    moved: list[_Name] = Field(
        default_factory=list, max_length=1000, description="split: ids of statements that leave."
    )
    undoes: int | None = Field(None, ge=0, le=2**62, description="undo: the number of a decision.")
    spans: list[SpanIn] = Field(default_factory=list, max_length=100, description="edit: the words that show it.")


class Decision(BaseModel):
    """A decision. ``row`` is where it applies now, or where it was made if it applies nowhere (``note`` says why)."""

    id: int
    reviewer: str
    time: str
    action: str
    reason: str
    row: str
    kind: str
    cell: str | None
    old: Any
    new: Any
    other: str | None
    batch: str | None = Field(description="The same for decisions that were made as one.")
    stands: bool
    note: str | None


class Decisions(BaseModel):
    """A page of decisions, the latest first."""

    count: int
    decisions: list[Decision]
    before: int | None = Field(description="The number to go on with.")


class Recorded(BaseModel):
    """A decision that was recorded, and the row after it; ``second`` is what a second reviewer thinks of it."""

    decision: Decision
    row: str
    stamp: str
    status: str
    second: str | None


class Wanted(BaseModel):
    """Which decisions are wanted."""

    reviewer: Annotated[Text, Field(description="Whose.")] = ""
    action: Annotated[Text, Field(description="Of what sort.")] = ""
    row: Annotated[Text, Field(description="About this row.")] = ""
    batch: Annotated[Text, Field(description="Made as this one.")] = ""
    before: Annotated[int | None, Field(ge=0, le=2**62, description="With numbers below this.")] = None
    limit: Annotated[int, Field(ge=1, le=500, description="At most so many.")] = 50


_REFUSED: Final[Responses] = {
    403: {"model": Problem, "description": "The request came from another site, or from somebody who only reads."},
    404: {"model": Problem, "description": "There is no such row."},
    409: {"model": Problem, "description": "The row has another stamp than `expected`: somebody changed it meanwhile."},
    413: {"model": Problem, "description": "More than 1,000,000 bytes were sent."},
    422: {"model": Problem, "description": "A value does not fit, or the decision does not fit the row."},
    503: {"model": Problem, "description": "The ledger cannot be written, or another process is writing it."},
}


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter()
    lists = reads("decisions")

    @lists.get("/decisions", response_model=Decisions, summary="Decisions, the latest first")
    def decisions(request: Request, asked: Annotated[Wanted, Query()]) -> Response:
        with site.ledger.reading() as connection:
            wanted = Asked(reviewer=asked.reviewer, action=asked.action, row=asked.row, batch=asked.batch)
            made, count, before = steps(connection, wanted, asked.before, asked.limit)
        return answer_json(request, {"count": count, "decisions": [step_dict(s) for s in made], "before": before})

    @routes.post(
        "/decisions",
        response_model=Recorded,
        status_code=201,
        responses={**ALWAYS, **NONE, **_REFUSED},
        tags=["decisions"],
        summary="Record a decision",
    )
    def record(request: Request, wanted: DecisionIn) -> Response:
        spans = tuple(records.Span(s.document, s.start, s.end, s.quote, s.field) for s in wanted.spans)
        fields = wanted.model_dump(exclude={"spans"})
        made = decide(site, site.person(request), Wish(**fields, spans=spans))
        with site.ledger.reading() as connection:
            content = outcome(connection, made)
        return JSONResponse(content, 201)

    routes.include_router(lists)
    return routes
