"""The network: who promises whom, and who meets whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.serving import netting
from pledgetrail.serving.pages.timeline import KINDS
from pledgetrail.serving.site import Site, answer_csv, answer_json
from pledgetrail.serving.view import BadView, View
from pledgetrail.serving.viewing import Network, Tie, chips, class_counts, looking, narrowed, network

_CSV: Final = ("source", "source_name", "target", "target_name", "rows", "classes")

#: Ties of the page's table, and of the JSON; the CSV has all.
_LINES: Final = 200
_JSON: Final = 5000


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request) -> tuple[View, Network, Any]:
        with looking(site, request) as its:
            if its.view.kind == "figure":
                raise BadView("figures tie nobody to anybody; kind is commitment or encounter")
            return its.view, network(its), its.kinds

    @routes.get("/network")
    def show(request: Request) -> Response:
        view, found, kinds = look(request)
        directed = view.kind == "commitment"
        lines = [(tie, _address(view, tie), class_counts(tie.classes, view.kind)) for tie in found.ties[:_LINES]]
        return site.html(
            request, "network.html", view=view, found=found, kinds=kinds, chips=chips(view, "/network"),
            names=KINDS[:2], picture=netting.drawn(found, directed), directed=directed, lines=lines, address=_address,
            more=max(0, len(found.ties) - _LINES), width=netting.WIDTH, query=request.url.query, most=netting.MOST_TIES,
            data=view.address("/network.json"),
        )  # fmt: skip

    @routes.get("/network.json")
    def as_json(request: Request) -> Response:
        view, found, _ = look(request)
        some = found.ties[:_JSON]
        weights: dict[str, int] = {}
        for tie in some:
            for actor in (tie.source, tie.target):
                weights[actor] = weights.get(actor, 0) + tie.rows
        content = {
            "directed": view.kind == "commitment",
            "actors": [{"id": actor, "name": found.names[actor], "rows": n} for actor, n in weights.items()],
            "ties": [
                {
                    "source": tie.source,
                    "target": tie.target,
                    "rows": tie.rows,
                    "classes": dict(class_counts(tie.classes, view.kind)),
                    "address": _address(view, tie),
                }
                for tie in some
            ],
            "more": len(found.ties) - len(some),
            "crowds": found.crowds,
        }
        return answer_json(request, content)

    @routes.get("/network.csv")
    def as_csv(request: Request) -> Response:
        view, found, _ = look(request)
        return answer_csv("network", _CSV, _records(view, found))

    return routes


def _address(view: View, tie: Tie) -> str:
    """The rows of a tie in the ledger; of a meeting all of the first, since one facet asks for any of its values."""
    if view.kind == "commitment":
        return narrowed(view, by=(tie.source,), to=(tie.target,)).address("/ledger")
    return narrowed(view, by=(tie.source,)).address("/ledger")


def _records(view: View, found: Network) -> Iterator[dict[str, Any]]:
    for tie in found.ties:
        classes = [f"{klass} {count}" for klass, count in class_counts(tie.classes, view.kind)]
        ends = {"source": tie.source, "source_name": found.names[tie.source]}
        ends |= {"target": tie.target, "target_name": found.names[tie.target]}
        yield {**ends, "rows": tie.rows, "classes": classes}
