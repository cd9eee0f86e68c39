"""Actors: the list, and the dossier of one."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.serving import reading
from pledgetrail.serving.api.shared import NONE, Name, Paged, Span, Text, reads
from pledgetrail.serving.pages.actors import dossier, parts_of
from pledgetrail.serving.site import Site, answer_json
from pledgetrail.serving.words import written_out
from pledgetrail.vocabulary import PARTY_TYPES


class Actor(BaseModel):
    """An actor."""

    id: str
    name: str
    aliases: list[str]
    type: str = Field(json_schema_extra={"enum": list(PARTY_TYPES)})
    country: str | None


class Actors(BaseModel):
    """A page of actors; ``after`` is the cursor of what follows."""

    count: int
    actors: list[Actor]
    after: str | None


class Role(BaseModel):
    """An office that reports name an actor by."""

    title: str
    of: str | None
    of_id: str | None
    since: str | None = Field(alias="from", description="The day of the first report that says so.")
    until: str | None = Field(description="The day of the last.")
    former: bool
    evidence: list[Span]


class Joined(BaseModel):
    """Names that were taken together, and why."""

    key: str
    why: str | None


class Part(BaseModel):
    """What an actor is named for. ``rows`` leads to the rows."""

    heading: str
    kind: str
    count: int
    classes: dict[str, int] = Field(description="By stage, kind of encounter or measure.")
    rows: str


class Dossier(Actor):
    """All that is known of an actor (docs/reference/export.md), and where its rows are."""

    identifiers: list[str]
    note: str | None
    roles: list[Role]
    joined: list[Joined]
    rows: dict[str, int] = Field(description="How many rows name it, by the cell.")
    evidence: list[Span]
    parts: list[Part]
    trails: dict[str, str] = Field(description="Where the trails are in which it gives (`by`) and takes (`to`).")


class Wanted(Paged):
    """Which actors are wanted, in the order of their ids."""

    q: Annotated[Text, Field(description="Words of a name or alias.")] = ""
    type: Annotated[str, Field(json_schema_extra={"enum": ["", *PARTY_TYPES]}, description="What it is.")] = ""


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = reads("actors")

    @routes.get("/actors", response_model=Actors, summary="Actors, by cursor")
    def actors(request: Request, asked: Annotated[Wanted, Query()]) -> Response:
        with site.ledger.reading() as connection:
            page = reading.actor_list(connection, asked.q.strip(), asked.type, asked.after, asked.limit)
        return answer_json(request, {"count": page.count, "actors": page.items, "after": page.after})

    @routes.get("/actor", response_model=Dossier, responses=NONE, summary="One actor: names, offices, what it did")
    def actor(request: Request, id: Name) -> Response:
        with site.ledger.reading() as connection:
            found: dict[str, Any] | None = dossier(connection, id)
            if found is None:
                raise HTTPException(404, f"There is no actor {written_out(id)}.")
            found["parts"] = [
                {
                    "heading": part.heading,
                    "kind": part.view.kind,
                    "count": part.count,
                    "classes": part.classes,
                    "rows": part.view.address("/api/rows"),
                }
                for part in parts_of(connection, site.index, id, 0)
            ]
        found["trails"] = {side: f"/api/trails?{urlencode({side: found['name']})}" for side in ("by", "to")}
        return answer_json(request, found)

    return routes
