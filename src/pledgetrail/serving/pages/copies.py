"""Copies: which reports go back to one text, and the sentences that two reports share, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.origins import CopyGroup, copy_groups
from pledgetrail.serving import beside
from pledgetrail.serving.asked import whole
from pledgetrail.serving.kept import Held, kept_of, state_of_reports
from pledgetrail.serving.pages.reports import document_of
from pledgetrail.serving.site import Site, answer_csv, answer_json, link

_PAGE: Final = 30

#: Reports that one report is laid beside on a page, and passages of each; the JSON has all.
_OTHERS: Final = 8
_PASSAGES: Final = 40

_GROUPS: Final = ("origin", "document", "kind", "share", "title", "outlet", "published", "url")
_PAIRS: Final = (
    "document",
    "start",
    "end",
    "quote",
    "other",
    "other_start",
    "other_end",
    "other_quote",
    "kind",
    "share",
)


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def groups() -> Held[list[CopyGroup]]:
        return kept_of(site).get("copies", all_groups, of=state_of_reports)

    def shared(request: Request) -> tuple[Any, list[dict[str, Any]]]:
        with site.ledger.reading() as connection:
            document = document_of(connection, request)
            return document, beside.shared(connection, document["id"])

    @routes.get("/copies")
    def show(request: Request) -> Response:
        if "id" in request.query_params:
            document, links = shared(request)
            with site.ledger.reading() as connection:
                some = [_shown(connection, its, document["id"]) for its in links[:_OTHERS]]
            return site.html(
                request, "copies.html", document=document, links=some, left=max(0, len(links) - _OTHERS),
                KINDS=beside.KINDS, query=request.url.query,
            )  # fmt: skip
        held, skip = groups(), whole(request, "after") or 0
        following = link("/copies", after=skip + _PAGE) if len(held.value) > skip + _PAGE else ""
        return site.html(
            request, "origins.html", groups=held.value[skip : skip + _PAGE], count=len(held.value), fresh=held.fresh,
            next_page=following, KINDS=beside.KINDS, query=request.url.query,
        )  # fmt: skip

    @routes.get("/copies.json")
    def as_json(request: Request) -> Response:
        if "id" in request.query_params:
            document, links = shared(request)
            return answer_json(request, {"document": document["id"], "shared": [_plain(its) for its in links]})
        held, skip = groups(), whole(request, "after") or 0
        listed = [_group(its) for its in held.value[skip : skip + 500]]
        more = skip + 500 if len(held.value) > skip + 500 else None
        return answer_json(request, {"count": len(held.value), "groups": listed, "after": more, "fresh": held.fresh})

    @routes.get("/copies.csv")
    def as_csv(request: Request) -> Response:
        if "id" in request.query_params:
            document, links = shared(request)
            return answer_csv("copies", _PAIRS, _pairs(document["id"], links))
        return answer_csv("origins", _GROUPS, _records(groups().value))

    return routes


def all_groups(connection: Connection) -> list[CopyGroup]:
    """The groups of reports that go back to one, the largest first."""
    return list(copy_groups(connection))


def _shown(connection: Connection, its: dict[str, Any], name: str) -> dict[str, Any]:
    few = {**its, "pairs": its["pairs"][:_PASSAGES]}
    return {**its, "beside": beside.side_by_side(connection, few, name), "left": max(0, len(its["pairs"]) - _PASSAGES)}


def _plain(its: dict[str, Any]) -> dict[str, Any]:
    return {**its, "other": its["other"]["id"], "pairs": [list(pair) for pair in its["pairs"]]}


def _group(its: CopyGroup) -> dict[str, Any]:
    copies = [{"document": c.document, "source": c.source, "kind": c.kind, "share": c.share} for c in its.copies]
    return {"origin": its.origin, "copies": copies}


def _records(found: list[CopyGroup]) -> Iterator[dict[str, Any]]:
    for group in found:
        yield {**group.about, "origin": group.origin, "document": group.origin, "kind": "origin"}
        for copy in group.copies:
            about = {"document": copy.document, "kind": copy.kind, "share": copy.share}
            yield {**copy.about, "origin": group.origin, **about}


def _pairs(name: str, links: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for its in links:
        for here, there in its["pairs"]:
            yield {
                "document": name,
                **{part: here[part] for part in ("start", "end", "quote")},
                "other": its["other"]["id"],
                **{f"other_{part}": there[part] for part in ("start", "end", "quote")},
                "kind": its["kind"],
                "share": its["share"],
            }
