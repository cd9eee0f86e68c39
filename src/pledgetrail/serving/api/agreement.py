"""Agreement: how far second opinions agree with first verdicts, and the rows on which they differ."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.agreement import Pair
from pledgetrail.serving import seconding
from pledgetrail.serving.api.shared import Paged, page_of, reads
from pledgetrail.serving.reading import names_of
from pledgetrail.serving.site import Site, answer_json


class Line(BaseModel):
    """How many rows the second accepted and rejected, of those that the first did one of it to."""

    accepted: int
    rejected: int


class Table(BaseModel):
    """Rows by the first's verdict, and within it by the second's."""

    accepted: Line
    rejected: Line


class Shares(BaseModel):
    """How often one accepts (rejects) what the other does; null where neither did."""

    accepted: float | None
    rejected: float | None


class Measure(BaseModel):
    """Cohen's kappa with what it is worked out from; ``note`` says why something is null, or rough."""

    n: int = Field(description="Second opinions.")
    table: Table
    observed: float | None = Field(description="The share on which both say the same.")
    expected: float | None = Field(description="The share if each gave as many of either verdict by lot.")
    kappa: float | None
    low: float | None = Field(description="The lower end of its 95% interval.")
    high: float | None
    agree_on: Shares
    note: str


class Between(Measure):
    """The agreement of two reviewers; the table's lines are those of ``one``, whoever was first."""

    one: str
    other: str


class Given(BaseModel):
    """Who found a row accepted or rejected, by which decision and when."""

    reviewer: str
    verdict: Literal["accepted", "rejected"]
    decision: int
    time: str


class Difference(BaseModel):
    """A row on which two differ; ``settled`` is the last verdict, if it was given after the second opinion."""

    row: str
    kind: str
    summary: str
    first: Given
    second: Given
    settled: Given | None


class Agreement(BaseModel):
    """All second opinions together, by kind of row and by reviewers; and rows on which two differ, by cursor."""

    overall: Measure
    kinds: dict[str, Measure]
    between: list[Between]
    again: int = Field(description="Opinions given anew by somebody who had given one on the row, and so knew.")
    count: int = Field(description="Rows on which two differ.")
    differences: list[Difference]
    after: str | None
    fresh: bool = Field(description="False while the last decisions are being counted.")


class Wanted(Paged):
    """Which rows are wanted."""

    settled: Annotated[Literal["", "no", "yes"], Field(description="Whether settled since; all if empty.")] = ""


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = reads("agreement")

    @routes.get("/agreement", response_model=Agreement, summary="How far reviewers agree")
    def agreement(request: Request, asked: Annotated[Wanted, Query()]) -> Response:
        held = seconding.found_for(site)
        pairs = seconding.differing(held.value, asked.settled)
        some, after = page_of(pairs, _key, asked.after, asked.limit)
        with site.ledger.reading() as connection:
            names = names_of(connection, [pair.row for pair in some])
        listed: list[dict[str, Any]] = [seconding.difference_dict(pair, names) for pair in some]
        about = {"count": len(pairs), "differences": listed, "after": after, "fresh": held.fresh}
        return answer_json(request, seconding.found_dict(held.value) | about)

    return routes


def _key(pair: Pair) -> tuple[Any, ...]:
    """Where a row lies in the list: those to settle first, then the last opinions first."""
    return int(pair.settled is not None), -pair.second.decision
