"""The ledger, or a view of it, in numbers."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.serving.api.shared import Several, Text, reads
from pledgetrail.serving.listing import listing
from pledgetrail.serving.pages.ledger import listing_dict
from pledgetrail.serving.site import Site, answer_json
from pledgetrail.serving.view import CLASSES, KINDS, View, read_view


def _one_of(*known: str) -> Any:
    return {"enum": list(known)}


class Viewed(BaseModel):
    """A view of the ledger. Of several values of a facet one is enough; ``none`` is for what is not named."""

    kind: Annotated[str, Field(json_schema_extra=_one_of(*KINDS), description="Which rows.")] = "commitment"
    q: Annotated[Text, Field(description='Words that must all be there; "a phrase" in quotation marks.')] = ""
    scope: Annotated[
        str, Field(json_schema_extra=_one_of("rows", "reports"), description="Where: in the row, or in its reports.")
    ] = "rows"
    stage: Annotated[Several, Field(description="Stages; of encounters their kinds, of figures their measures.")] = []
    by: Annotated[Several, Field(description="Ids of actors who give, ask, meet or claim.")] = []
    to: Annotated[Several, Field(description="Ids of actors who are given to, or through whom.")] = []
    place: Annotated[Several, Field(description="Names of places.")] = []
    sector: Annotated[Several, Field(description="Codes of the DAC's sectors.")] = []
    year: Annotated[Several, Field(description="Years in which the act began.")] = []
    status: Annotated[Several, Field(description="What reviewers made of the row.")] = []
    second: Annotated[Several, Field(description="Whether a second opinion is what the status says.")] = []
    origins: Annotated[Several, Field(description=f"{', '.join(name for name, *_ in CLASSES['origins'])}.")] = []
    confidence: Annotated[Several, Field(description=f"{', '.join(name for name, *_ in CLASSES['confidence'])}.")] = []
    since: Annotated[Text, Field(description="A day, month or year; rows without a day do not pass.")] = ""
    until: Annotated[Text, Field(description="A day, month or year; rows without a day do not pass.")] = ""

    def view(self) -> View:
        """The view. Raises BadView."""
        pairs: list[tuple[str, str]] = []
        for name, value in self:
            pairs += [(name, one) for one in value] if isinstance(value, list) else [(name, str(value))]
        return read_view(pairs)


class Value(BaseModel):
    """A value of a facet, and how many rows that pass all other facets have it."""

    value: str
    name: str
    count: int


class Sum(BaseModel):
    """Amounts of one currency; null where the reports do not say which."""

    currency: str | None
    sum: float
    rows: int


class Total(BaseModel):
    """The amounts of a stage; nothing is added across stages or currencies."""

    stage: str
    rows: int
    sums: list[Sum]
    left_out: dict[str, int] = Field(description="Rows whose amount is not added, by the reason.")


class Summary(BaseModel):
    """What a ledger, or a view of it, holds."""

    name: str
    count: int
    kinds: dict[str, int]
    facets: dict[str, list[Value]] = Field(description="The commonest values of each.")
    totals: list[Total]


_SUMMARY: Final = ("count", "kinds", "facets", "totals")


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = reads("ledger")

    @routes.get("/ledger", response_model=Summary, summary="What a view of the ledger holds")
    def ledger(request: Request, asked: Annotated[Viewed, Query()]) -> Response:
        with site.ledger.reading() as connection:
            content = listing_dict(listing(connection, site.index, asked.view(), limit=1))
        return answer_json(request, {"name": site.ledger.path.name} | {name: content[name] for name in _SUMMARY})

    return routes
