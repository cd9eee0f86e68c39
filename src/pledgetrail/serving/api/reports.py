"""Reports: the list, one with its text, and the rows that were read from it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.queries import entries_of
from pledgetrail.publishing.contract import document_dict, row_dict
from pledgetrail.serving import marking, reading
from pledgetrail.serving.api.rows import Rows
from pledgetrail.serving.api.shared import NONE, Name, Paged, Text, page_of, reads
from pledgetrail.serving.site import Site, answer_json
from pledgetrail.serving.words import written_out


class ReportLine(BaseModel):
    """A report without its text."""

    id: str
    title: str | None
    outlet: str | None
    agency: str | None
    author: str | None
    published: str | None
    language: str
    url: str | None
    source: str
    rows: int


class Reports(BaseModel):
    """A page of reports; ``after`` is what to go on with."""

    count: int
    reports: list[ReportLine]
    after: int | None


class Block(BaseModel):
    """What reading took a stretch of the text for, and by which rule."""

    kind: str
    start: int
    end: int
    rule: str


class Report(BaseModel):
    """A report with its text (docs/reference/export.md) and what reading took its parts for."""

    model_config = ConfigDict(extra="allow")

    id: str
    title: str | None
    published: str | None
    origin: str | None = Field(description="The report that its text goes back to, itself if it is no copy.")
    story: str | None = Field(description="Equal for the reports of one event.")
    text: str
    blocks: list[Block]


class Place(BaseModel):
    """A sentence of a row in the report's text."""

    row: str
    start: int
    end: int


class ReportRows(Rows):
    """A page of the rows of a report, in the order of its text, with the places of their sentences there."""

    places: list[Place]


class Wanted(BaseModel):
    """Which reports are wanted: in the order they came, or those with all words, the best first."""

    q: Annotated[Text, Field(description='Words that must all be there; "a phrase" in quotation marks.')] = ""
    after: Annotated[int, Field(ge=0, le=2**31, description="What the page before ended with.")] = 0
    limit: Annotated[int, Field(ge=1, le=500, description="At most so many.")] = 50


class WantedRows(Paged):
    """The rows of which report are wanted."""

    id: Annotated[str, Field(min_length=1, max_length=1000, description="The report's id.")]


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = reads("reports")

    @routes.get("/reports", response_model=Reports, summary="Reports, page by page")
    def reports(request: Request, asked: Annotated[Wanted, Query()]) -> Response:
        with site.ledger.reading() as connection:
            page = reading.reports(connection, asked.q.strip(), asked.after, asked.limit)
        listed = [{name: item[name] for name in ReportLine.model_fields} for item in page.items]
        return answer_json(request, {"count": page.count, "reports": listed, "after": page.after})

    @routes.get("/report", response_model=Report, responses=NONE, summary="One report with its text")
    def report(request: Request, id: Name) -> Response:
        with site.ledger.reading() as connection:
            document = _document(connection, id)
            parts = [
                {field: block[field] for field in Block.model_fields} for block in marking.blocks_of(connection, id)
            ]
        return answer_json(request, {**document_dict(dict(document)), "blocks": parts})

    @routes.get("/report/rows", response_model=ReportRows, responses=NONE, summary="The rows of a report, by cursor")
    def rows(request: Request, asked: Annotated[WantedRows, Query()]) -> Response:
        with site.ledger.reading() as connection:
            _document(connection, asked.id)
            found = marking.rows_in(connection, asked.id)
            some, after = page_of(found, _place, asked.after, asked.limit)
            listed = [row_dict(entry) for entry in entries_of(connection, [row["issued"] for row, _ in some])]
        places = [{"row": row["id"], "start": start, "end": end} for row, sentences in some for start, end in sentences]
        return answer_json(request, {"count": len(found), "rows": listed, "after": after, "places": places})

    return routes


def _place(item: tuple[Any, list[tuple[int, int]]]) -> tuple[int, int, int]:
    """Where a row begins in a report: what ``marking.rows_in`` sorts by."""
    row, sentences = item
    start, end = sentences[0] if sentences else (0, 0)
    return start, end, row["issued"]


def _document(connection: Connection, name: str) -> Any:
    found = marking.document_row(connection, name)
    if found is None:
        raise HTTPException(404, f"There is no report {written_out(name)}.")
    return found
