"""Actors: the list, and one with all that it promised, was promised, did and claimed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.serving import cells, reading
from pledgetrail.serving.listing import lines, numbers_of
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.view import View
from pledgetrail.serving.words import written_out
from pledgetrail.vocabulary import PARTY_TYPES

_PAGE = 100
_SHOWN = 25
_LIST = ("id", "name", "type", "country", "aliases")
_ROW = ("part", "id", "kind", "class", "summary", "when", "confidence", "status")

#: What is shown of an actor: heading, kind of rows, and the facet that it is named in.
_PARTS = (
    ("Promised, asked, gave or refused", "commitment", "by"),
    ("Was promised, asked or given", "commitment", "to"),
    ("Met", "encounter", "by"),
    ("Claimed", "figure", "by"),
)


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request, limit: int) -> tuple[str, str, reading.Page]:
        q, kind = request.query_params.get("q", "").strip()[:500], request.query_params.get("type", "")
        with site.ledger.reading() as connection:
            after = request.query_params.get("after", "")
            return q, kind, reading.actor_list(connection, q, kind, after, limit)

    @routes.get("/actors")
    def show(request: Request) -> Response:
        q, kind, page = look(request, _PAGE)
        after = link("/actors", q=q, type=kind, after=page.after) if page.after else ""
        return site.html(
            request, "actors.html", q=q, type=kind, types=PARTY_TYPES, found=page.items, count=page.count, after=after,
            query=request.url.query,
        )  # fmt: skip

    @routes.get("/actors.json")
    def as_json(request: Request) -> Response:
        _, _, page = look(request, _PAGE)
        return answer_json(request, {"count": page.count, "actors": page.items, "after": page.after})

    @routes.get("/actors.csv")
    def as_csv(request: Request) -> Response:
        _, _, page = look(request, 1_000_000)
        return answer_csv("actors", _LIST, page.items)

    def parts(name: str, most: int | None) -> list[tuple[str, str, int, Any]]:
        found = []
        with site.ledger.reading() as connection:
            for heading, kind, facet in _PARTS:
                view = View(kind=kind, chosen={facet: (name,)})
                numbers, _ = numbers_of(connection, site.index, view)
                some = lines(connection, numbers[:most])
                found.append((heading, view.address("/ledger"), len(numbers), some))
        return found

    def one_of(request: Request) -> dict[str, Any]:
        name = request.query_params.get("id", "")
        with site.ledger.reading() as connection:
            found = reading.actor(connection, name)
        if found is None:
            raise HTTPException(404, f"There is no actor {written_out(name)}.")
        return found

    @routes.get("/actor")
    def one(request: Request) -> Response:
        found = one_of(request)
        return site.html(request, "actor.html", actor=found, parts=parts(found["id"], _SHOWN), query=request.url.query)

    @routes.get("/actor.json")
    def one_json(request: Request) -> Response:
        found = one_of(request)
        return answer_json(request, {**found, "rows": list(_rows(parts(found["id"], 1000)))})

    @routes.get("/actor.csv")
    def one_csv(request: Request) -> Response:
        return answer_csv("actor", _ROW, _rows(parts(one_of(request)["id"], None)))

    return routes


def _rows(parts: list[tuple[str, str, int, Any]]) -> Any:
    for heading, _, _, rows in parts:
        for row in rows:
            yield {
                "part": heading,
                **{field: row[field] for field in ("id", "kind", "confidence", "status")},
                "class": cells.klass(row),
                "summary": cells.summary(row),
                "when": row["when_edtf"],
            }
