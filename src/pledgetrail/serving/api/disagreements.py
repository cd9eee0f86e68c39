"""Disagreements: claims about one thing that differ, with who makes them and the sentences that do."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.disagreements import disagreements_by_id
from pledgetrail.serving import disputing
from pledgetrail.serving.api.shared import NONE, Paged, Span, Text, page_of, reads
from pledgetrail.serving.kept import kept_of
from pledgetrail.serving.site import Site, answer_json
from pledgetrail.serving.words import written_out


class Number(BaseModel):
    """A claim's number, or its bounds."""

    value: float | None
    low: float | None
    high: float | None
    qualifier: str | None
    currency: str | None


class Telling(BaseModel):
    """A report that makes a claim."""

    document: str
    origin: str
    outlet: str | None
    days: list[str] | None = Field(description="The first and last day that the report can be of.")
    evidence: Span
    sentence: str


class Claim(BaseModel):
    """A value that reports give."""

    row: str
    cell: str
    value: str = Field(description="In words.")
    number: Number | None
    claimant: str | None = Field(description="null: the report itself.")
    when: list[str | None]
    origins: int
    tellings: list[Telling]


class Relation(BaseModel):
    """How two claims stand to each other, by their places in the list."""

    first: int
    second: int
    kind: str
    how: str | None


class Disagreement(BaseModel):
    """Claims about one thing (docs/reference/disagreements.md)."""

    id: str
    kind: str
    subject: str
    about: str
    claims: list[Claim]
    relations: list[Relation]


class OneDisagreement(Disagreement):
    """A disagreement; ``fresh`` is false while changed rows are being compared."""

    fresh: bool


class Disagreements(BaseModel):
    """A page of disagreements; ``after`` is the cursor of what follows."""

    count: int
    disagreements: list[Disagreement]
    after: str | None
    fresh: bool = Field(description="False: of the ledger before its last change, while that is being compared.")


class Wanted(Paged):
    """Which disagreements are wanted: those of most origins and widest apart first."""

    kind: Annotated[
        Literal["", "competing", "update", "compatible"], Field(description="How the claims stand to each other.")
    ] = ""
    subject: Annotated[Text, Field(description="`figure`, `sum`, or the cell in which reports differ.")] = ""
    q: Annotated[Text, Field(description="Words of what it is about, of its values, claimants and outlets.")] = ""


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = reads("disagreements")

    @routes.get("/disagreements", response_model=Disagreements, summary="Disagreements, by cursor")
    def disagreements(request: Request, asked: Annotated[Wanted, Query()]) -> Response:
        held = kept_of(site).get("disagreements", disputing.briefs)
        found = disputing.passing(held.value, asked.kind, asked.subject.strip(), asked.q)
        some, after = page_of(found, disputing.order, asked.after, asked.limit)
        with site.ledger.reading() as connection:
            listed = disagreements_by_id(connection, [its.id for its in some])
        content = {"count": len(found), "disagreements": listed, "after": after, "fresh": held.fresh}
        return answer_json(request, content)

    @routes.get(
        "/disagreements/{name}", response_model=OneDisagreement, responses=NONE, summary="One disagreement, by id"
    )
    def disagreement(request: Request, name: str) -> Response:
        fresh = kept_of(site).settle()
        with site.ledger.reading() as connection:
            found: list[dict[str, Any]] = disagreements_by_id(connection, [name])
        if not found:
            raise HTTPException(404, f"There is no disagreement {written_out(name)}.")
        return answer_json(request, {**found[0], "fresh": fresh})

    return routes
