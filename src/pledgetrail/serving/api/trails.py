"""Trails: undertakings, and one with its rows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.trails import Trail, TrailFilter, entries_by_id
from pledgetrail.publishing.contract import row_dict
from pledgetrail.publishing.together import iso, trail_dict
from pledgetrail.resolution.undertakings.states import STATES
from pledgetrail.serving import trailing
from pledgetrail.serving.api.rows import Row
from pledgetrail.serving.api.shared import NONE, Paged, Text, page_of, reads
from pledgetrail.serving.asked import last_day
from pledgetrail.serving.site import Site, answer_json
from pledgetrail.serving.view import BadView
from pledgetrail.serving.words import written_out


class Party(BaseModel):
    """Who gives or takes: a state's ISO code or an actor's id, and the name."""

    key: str
    name: str


class Line(BaseModel):
    """An undertaking as it stood on a day (docs/reference/export.md)."""

    id: str
    rows: list[str] = Field(description="Ids, in order of time.")
    state: str | None = Field(description="How far it has come; null: nothing but denials and plans.")
    first: str | None
    last: str | None = Field(description="The day of its last sign of life.")
    silent_days: int | None
    givers: list[Party]
    receivers: list[Party]
    subject: list[str]


class Trails(BaseModel):
    """A page of trails; ``after`` is the cursor of what follows."""

    count: int
    as_of: str | None = Field(description="The day that they are seen from.")
    states: dict[str, int] = Field(description="How many pass in each state, whatever state is asked for.")
    trails: list[Line]
    after: str | None
    fresh: bool = Field(description="False: of the ledger before its last change, while that is being counted.")


class OneTrail(Line):
    """A trail with its rows, as the export contract has them."""

    rows: list[Row]  # type: ignore[assignment]  # whole, where lists have ids
    as_of: str | None
    fresh: bool


class Wanted(Paged):
    """Which trails are wanted."""

    by: Annotated[Text, Field(description="Who gives: a name, an ISO code, an actor's id.")] = ""
    to: Annotated[Text, Field(description="Who takes.")] = ""
    place: Annotated[Text, Field(description="A place of one of its rows.")] = ""
    sector: Annotated[Text, Field(description="A code of the DAC's, or how it begins.")] = ""
    state: Annotated[
        str, Field(json_schema_extra={"enum": ["", *STATES, "none"]}, description="How far it has come.")
    ] = ""
    silent: Annotated[int | None, Field(ge=0, le=10**6, description="Days that it has been silent at least.")] = None
    as_of: Annotated[Text, Field(description="A day, month or year; without it the day of the newest report.")] = ""
    all: Annotated[Literal["yes", "no"], Field(description="yes: also single rows without a promise.")] = "no"
    sort: Annotated[Literal["silent", "steps", "newest"], Field(description="The order.")] = "silent"

    def filter(self) -> TrailFilter:
        """The filter. Raises BadView."""
        if self.state and self.state not in (*STATES, "none"):
            raise BadView(f"state is one of {', '.join((*STATES, 'none'))}")
        return TrailFilter(
            by=self.by.strip() or None,
            to=self.to.strip() or None,
            place=self.place.strip() or None,
            state=self.state or None,
            silent_for=self.silent,
            every=self.all == "yes",
        )


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = reads("trails")

    @routes.get("/trails", response_model=Trails, summary="Trails, by cursor")
    def trails(request: Request, asked: Annotated[Wanted, Query()]) -> Response:
        wanted, as_of = asked.filter(), last_day(asked.as_of, "as_of")
        held = trailing.whole_of(site, as_of)
        with site.ledger.reading() as connection:
            found = trailing.standing(connection, held.value, wanted, asked.sector.strip(), asked.sort)
        some, after = page_of(found.trails, _key(asked.sort), asked.after, asked.limit)
        content = {
            "count": len(found.trails),
            "as_of": iso(found.as_of),
            "states": dict(found.states),
            "trails": [trail_dict(trail, found.names) for trail in some],
            "after": after,
            "fresh": held.fresh,
        }
        return answer_json(request, content)

    @routes.get("/trails/{name}", response_model=OneTrail, responses=NONE, summary="One trail with its rows")
    def trail(request: Request, name: str, as_of: Annotated[str, Query(max_length=500)] = "") -> Response:
        held = trailing.whole_of(site, last_day(as_of, "as_of"))
        return answer_json(request, one_trail(site, held.value, held.fresh, name))

    return routes


def _key(sort: str) -> Any:
    def key(trail: Trail) -> tuple[Any, ...]:
        return trailing.order(trail, sort)

    return key


def one_trail(site: Site, whole: trailing.Whole, fresh: bool, name: str) -> dict[str, Any]:
    """A trail with its rows for programs. Raises HTTPException."""
    its = whole.by_id.get(name)
    if its is None:
        raise HTTPException(404, f"There is no trail {written_out(name)}.")
    with site.ledger.reading() as connection:
        entries = entries_by_id(connection, its.rows)
    rows = [row_dict(entries[row]) for row in its.rows if row in entries]
    return {**trail_dict(its, whole.names), "as_of": iso(whole.as_of), "rows": rows, "fresh": fresh}
