"""The map: where the rows of a view take place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.serving import mapping
from pledgetrail.serving.mapping import Place
from pledgetrail.serving.pages.timeline import KINDS
from pledgetrail.serving.site import Site, answer_csv, answer_json
from pledgetrail.serving.view import View
from pledgetrail.serving.viewing import chips, class_counts, looking, narrowed, places

_CSV: Final = ("place", "kind", "latitude", "longitude", "rows", "classes", "spellings")

#: Places in the picture and in the page's table; the JSON and the CSV have all.
_DRAWN: Final = 400
_LINES: Final = 200

#: Spellings of one place that a link can ask for.
_SPELLINGS: Final = 20


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request) -> tuple[View, list[Place], list[tuple[str, int]], Any]:
        with looking(site, request) as its:
            view, counts, kinds = its.view, places(its), its.kinds
        found, missing = mapping.located(counts)
        return view, found, missing, kinds

    @routes.get("/map")
    def show(request: Request) -> Response:
        view, found, missing, kinds = look(request)
        lines = [
            (place, _address(view, place), class_counts(place.classes, view.kind), place.spellings != (place.name,))
            for place in found
        ]
        picture = mapping.drawn(found[:_DRAWN])
        addresses = {place.name: address for place, address, _, _ in lines}
        return site.html(
            request, "map.html", view=view, picture=picture, lines=lines[:_LINES], more=max(0, len(lines) - _LINES),
            missing=missing, kinds=kinds, chips=chips(view, "/map"), names=KINDS, addresses=addresses,
            width=mapping.WIDTH, query=request.url.query, data=view.address("/map.json"),
        )  # fmt: skip

    @routes.get("/map.json")
    def as_json(request: Request) -> Response:
        view, found, missing, _ = look(request)
        content = {
            "type": "FeatureCollection",
            "features": [_feature(view, place) for place in found],
            "unplaced": [{"place": name, "rows": count} for name, count in missing],
        }
        return answer_json(request, content)

    @routes.get("/map.csv")
    def as_csv(request: Request) -> Response:
        view, found, missing, _ = look(request)
        return answer_csv("map", _CSV, _records(view, found, missing))

    return routes


def _address(view: View, place: Place) -> str:
    """The rows of a place in the ledger."""
    return narrowed(view, place=place.spellings[:_SPELLINGS]).address("/ledger")


def _feature(view: View, place: Place) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
        "properties": {
            "place": place.name,
            "kind": place.kind,
            "rows": place.rows,
            "classes": dict(class_counts(place.classes, view.kind)),
            "spellings": list(place.spellings),
            "address": _address(view, place),
        },
    }


def _records(view: View, found: list[Place], missing: list[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    for place in found:
        classes = [f"{klass} {count}" for klass, count in class_counts(place.classes, view.kind)]
        same = {name: getattr(place, name) for name in ("kind", "latitude", "longitude", "rows")}
        yield {"place": place.name, **same, "classes": classes, "spellings": list(place.spellings)}
    for name, count in missing:
        yield {"place": name, "kind": "unplaced", "rows": count}
