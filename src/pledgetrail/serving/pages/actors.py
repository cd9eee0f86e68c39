"""Actors: the list, and one with all that it promised, was promised, did and claimed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.dossiers import read_actors
from pledgetrail.ledger.queries import actor_evidence
from pledgetrail.publishing.together import role_words
from pledgetrail.serving import cells, reading
from pledgetrail.serving.asked import one_of as one_word
from pledgetrail.serving.asked import whole
from pledgetrail.serving.index import Index
from pledgetrail.serving.listing import lines, numbers_by_class
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.view import View
from pledgetrail.serving.words import written_out
from pledgetrail.vocabulary import PARTY_TYPES

_PAGE = 100
_SHOWN = 25
_LIST = ("id", "name", "type", "country", "rows", "aliases")

#: Orders of the list with what the page calls them.
_SORTS = {"rows": "most rows first", "name": "by name"}

_ROW = ("part", "id", "kind", "class", "summary", "when", "confidence", "status")

#: What is shown of an actor: heading, kind of rows, and the facet that it is named in.
_PARTS = (
    ("Promised, asked, gave or refused", "commitment", "by"),
    ("Was promised, asked or given", "commitment", "to"),
    ("Met", "encounter", "by"),
    ("Claimed", "figure", "by"),
)


#: Where an actor's trails are, for the first two parts.
_SIDES = {"by": "Trails as giver", "to": "Trails as taker"}


@dataclass(frozen=True, slots=True)
class Part:
    """What an actor is named for: how many rows, of which classes, and some of them."""

    heading: str
    view: View
    count: int
    classes: dict[str, int]
    rows: Sequence[Any]

    @property
    def address(self) -> str:
        """All of the rows in the ledger."""
        return self.view.address("/ledger")


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def asked(request: Request) -> tuple[str, str, str]:
        q, kind = request.query_params.get("q", "").strip()[:500], request.query_params.get("type", "")
        return q, kind, one_word(request, "sort", tuple(_SORTS), "rows")

    def look(request: Request) -> tuple[str, str, str, reading.Page]:
        (q, kind, sort), skip = asked(request), whole(request, "after") or 0
        with site.ledger.reading() as connection:
            return q, kind, sort, reading.ranked_actors(connection, q, kind, sort, skip, _PAGE)

    @routes.get("/actors")
    def show(request: Request) -> Response:
        q, kind, sort, page = look(request)
        after = link("/actors", q=q, type=kind, sort=sort, after=page.after) if page.after else ""
        return site.html(
            request, "actors.html", q=q, type=kind, types=PARTY_TYPES, found=page.items, count=page.count, after=after,
            query=request.url.query, sort=sort, sorts=_SORTS,
        )  # fmt: skip

    @routes.get("/actors.json")
    def as_json(request: Request) -> Response:
        *_, page = look(request)
        return answer_json(request, {"count": page.count, "actors": page.items, "after": page.after})

    @routes.get("/actors.csv")
    def as_csv(request: Request) -> Response:
        q, kind, sort = asked(request)

        def found() -> Iterator[Mapping[str, Any]]:
            with site.ledger.reading() as connection:
                yield from reading.every_actor(connection, q, kind, sort)

        return answer_csv("actors", _LIST, found())

    def one_of(request: Request, most: int | None) -> tuple[dict[str, Any], list[Part]]:
        name = request.query_params.get("id", "")
        with site.ledger.reading() as connection:
            found = dossier(connection, name)
            if found is None:
                raise HTTPException(404, f"There is no actor {written_out(name)}.")
            return found, parts_of(connection, site.index, name, most)

    @routes.get("/actor")
    def one(request: Request) -> Response:
        found, parts = one_of(request, _SHOWN)
        trails = [
            (words, link("/trails", **{side: found["name"]}))
            for (side, words), part in zip(_SIDES.items(), parts, strict=False)
            if part.count
        ]
        return site.html(
            request, "actor.html", actor=found, parts=parts, trails=trails, role_words=role_words,
            query=request.url.query,
        )  # fmt: skip

    @routes.get("/actor.json")
    def one_json(request: Request) -> Response:
        found, parts = one_of(request, 1000)
        return answer_json(request, {**found, "rows": list(_rows(parts))})

    @routes.get("/actor.csv")
    def one_csv(request: Request) -> Response:
        _, parts = one_of(request, None)
        return answer_csv("actor", _ROW, _rows(parts))

    return routes


def dossier(connection: Connection, name: str) -> dict[str, Any] | None:
    """An actor as the export writes it, None if there is none of this id."""
    found = next((actor for actor in read_actors(connection, name) if actor["id"] == name), None)
    return None if found is None else {**found, "evidence": actor_evidence(connection, name)}


def parts_of(connection: Connection, index: Index, name: str, most: int | None) -> list[Part]:
    """What an actor is named for, each part with at most so many rows."""
    found = []
    for heading, kind, facet in _PARTS:
        view = View(kind=kind, chosen={facet: (name,)})
        numbers, classes = numbers_by_class(connection, index, view)
        found.append(Part(heading, view, len(numbers), classes, lines(connection, numbers[:most])))
    return found


def _rows(parts: list[Part]) -> Iterator[dict[str, Any]]:
    for part in parts:
        for row in part.rows:
            yield {
                "part": part.heading,
                **{field: row[field] for field in ("id", "kind", "confidence", "status")},
                "class": cells.klass(row),
                "summary": cells.summary(row),
                "when": row["when_edtf"],
            }
