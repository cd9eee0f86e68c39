"""The ledger's rows: facets, words, order, totals. Also the full list of one facet's values."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pledgetrail.ledger.queries import entries_of
from pledgetrail.publishing.spreadsheet import COLUMNS, row_record
from pledgetrail.serving.choosing import Facet
from pledgetrail.serving.listing import Listing, facet_values, listing, named, numbers_of
from pledgetrail.serving.site import Site, answer_csv, answer_json
from pledgetrail.serving.view import FACETS, SORTS, BadView, View, read_view

#: What each facet is called, by kind where it differs.
NAMES: Final[dict[str, str | dict[str, str]]] = {
    "stage": {"commitment": "Stage", "encounter": "Kind", "figure": "Measure"},
    "by": {"commitment": "By", "encounter": "Who met", "figure": "Claimed by"},
    "to": {"commitment": "To or through"},
    "place": "Place",
    "sector": {"commitment": "Sector"},
    "year": "Year",
    "status": "Status",
    "second": "Second opinion",
    "origins": "Origins",
    "confidence": "Confidence",
}

#: Most values that the list of one facet shows; the CSV has all.
_ALL = 1000
_EVERY = 1_000_000


def facet_name(facet: str, kind: str) -> str:
    """What a facet is called for a kind of rows; empty if the kind has none such."""
    name = NAMES[facet]
    return name if isinstance(name, str) else name.get(kind, "")


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request) -> tuple[View, str, Listing]:
        view, after = read_view(request.query_params.multi_items()), request.query_params.get("after", "")
        with site.ledger.reading() as connection:
            view = named(connection, view)
            return view, after, listing(connection, site.index, view, after)

    @routes.get("/")
    def home() -> Response:
        return RedirectResponse("/ledger", 307)

    @routes.get("/ledger")
    def show(request: Request) -> Response:
        view, after, found = look(request)
        template = "rows.html" if after and request.headers.get("hx-request") else "ledger.html"
        names = {facet: facet_name(facet, view.kind) for facet in FACETS}
        return site.html(request, template, view=view, found=found, after=after, sorts=SORTS, names=names)

    @routes.get("/ledger.json")
    def as_json(request: Request) -> Response:
        _, _, found = look(request)
        return answer_json(request, listing_dict(found))

    @routes.get("/ledger.csv")
    def as_csv(request: Request) -> Response:
        view = read_view(request.query_params.multi_items())
        with site.ledger.reading() as connection:
            numbers, _ = numbers_of(connection, site.index, view)

        def lines() -> Any:
            with site.ledger.reading() as connection:
                yield from (row_record(entry) for entry in entries_of(connection, numbers))

        return answer_csv(f"{view.kind}s", COLUMNS[view.kind], lines())

    @routes.get("/facet/{name}.json")
    def facet_json(request: Request, name: str) -> Response:
        _, found = _facet(site, request, name)
        values = [{"value": v.value, "name": v.name, "count": v.count} for v in found.values]
        return answer_json(request, {"facet": name, "values": values, "more": found.more})

    @routes.get("/facet/{name}.csv")
    def facet_csv(request: Request, name: str) -> Response:
        _, found = _facet(site, request, name, _EVERY)
        values = ({"value": v.value, "name": v.name, "count": v.count} for v in found.values)
        return answer_csv(f"facet-{name}", ("value", "name", "count"), values)

    @routes.get("/facet/{name}")
    def facet(request: Request, name: str) -> Response:
        view, found = _facet(site, request, name)
        title = facet_name(name, view.kind)
        return site.html(request, "facet.html", view=view, facet=found, title=title)

    return routes


def _facet(site: Site, request: Request, name: str, most: int = _ALL) -> tuple[View, Facet]:
    view = read_view(request.query_params.multi_items())
    if name not in FACETS or not facet_name(name, view.kind):
        raise BadView(f"there is no facet {name} of {view.kind}s; there are {', '.join(FACETS)}")
    with site.ledger.reading() as connection:
        view = named(connection, view)
        return view, facet_values(connection, site.index, view, name, most)


def listing_dict(found: Listing) -> dict[str, Any]:
    """A page of rows for programs."""
    return {
        "count": found.count,
        "kinds": found.kinds,
        "rows": [dict(row) for row in found.rows],
        "after": found.after or None,
        "facets": {
            facet.name: [{"value": v.value, "name": v.name, "count": v.count} for v in facet.values]
            for facet in found.facets
        },
        "totals": [
            {
                "stage": total.stage,
                "rows": total.rows,
                "sums": [{"currency": c or None, "sum": s, "rows": n} for c, s, n in total.sums],
                "left_out": dict(total.left_out),
            }
            for total in found.totals
        ],
    }
