"""Reports: the list, and one as it was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.queries import read_entry
from pledgetrail.publishing.contract import document_dict
from pledgetrail.serving import beside, cells, marking, reading
from pledgetrail.serving.deciding import signature
from pledgetrail.serving.sentences import sentences
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.view import BadView
from pledgetrail.serving.words import written_out

_PAGE = 50
_LIST = ("id", "title", "outlet", "agency", "author", "published", "language", "url", "source", "rows")
_ROW = ("id", "kind", "class", "summary", "start", "end", "confidence", "status")


def whole(value: str, name: str = "after") -> int:
    """A number of an address. Raises BadView."""
    if value and not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise BadView(f"{name} is a number")
    return int(value or 0)


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request, limit: int) -> tuple[str, reading.Page]:
        q = request.query_params.get("q", "").strip()[:500]
        with site.ledger.reading() as connection:
            return q, reading.reports(connection, q, whole(request.query_params.get("after", "")), limit)

    @routes.get("/reports")
    def show(request: Request) -> Response:
        q, page = look(request, _PAGE)
        after = link("/reports", q=q, after=page.after) if page.after else ""
        return site.html(
            request, "reports.html", q=q, found=page.items, count=page.count, after=after, query=request.url.query
        )

    @routes.get("/reports.json")
    def as_json(request: Request) -> Response:
        _, page = look(request, _PAGE)
        found = [{name: item[name] for name in _LIST} for item in page.items]
        return answer_json(request, {"count": page.count, "reports": found, "after": page.after})

    @routes.get("/reports.csv")
    def as_csv(request: Request) -> Response:
        q = request.query_params.get("q", "").strip()[:500]

        def lines() -> Iterator[Mapping[str, Any]]:
            with site.ledger.reading() as connection:
                yield from reading.every_report(connection, q)

        return answer_csv("reports", _LIST, lines())

    @routes.get("/report")
    def one(request: Request) -> Response:
        row, choosing = request.query_params.get("row", ""), request.query_params.get("add", "") == "1"
        if choosing:
            signature(site, site.person(request))
        with site.ledger.reading() as connection:
            document = document_of(connection, request)
            entry = read_entry(connection, row) if row else None
            shown = (
                marking.to_choose_from(connection, document, _sentences(connection, request, document), entry)
                if choosing
                else marking.whole_text(connection, document, entry, place_of(request))
            )
            context = {
                "document": document,
                "entry": entry,
                "found": marking.rows_in(connection, document["id"]),
                "text": shown,
                "choosing": choosing,
                "back": request.query_params.get("back", ""),
                "beside": beside.beside(connection, document),
                "query": request.url.query,
            }
        return site.html(request, "report.html", **context)

    @routes.get("/report.json")
    def one_json(request: Request) -> Response:
        with site.ledger.reading() as connection:
            document = document_of(connection, request)
            content = {**document_dict(document), "blocks": _blocks(connection, document["id"])}
            content["rows"] = list(_rows(connection, document["id"]))
            content["copies"] = [
                {"other": its["other"]["id"], "taken": its["taken"], "kind": its["kind"], "share": its["share"]}
                for its in beside.shared(connection, document["id"])
            ]
        return answer_json(request, content)

    @routes.get("/report.csv")
    def one_csv(request: Request) -> Response:
        with site.ledger.reading() as connection:
            found = list(_rows(connection, document_of(connection, request)["id"]))
        return answer_csv("report", _ROW, found)

    return routes


def document_of(connection: Any, request: Request) -> Any:
    """The report that an address names by ``id``. Raises HTTPException."""
    name = request.query_params.get("id", "")
    found = marking.document_row(connection, name)
    if found is None:
        raise HTTPException(404, f"There is no report {written_out(name)}." if name else "Name a report by its id.")
    return found


def place_of(request: Request) -> tuple[int, int] | None:
    """The place in a text that an address shows: ``at=START-END``, in code points. Raises BadView."""
    value = request.query_params.get("at", "")
    start, _, end = value.partition("-")
    return (whole(start, "at"), whole(end, "at")) if value else None


def _sentences(connection: Any, request: Request, document: Any) -> list[tuple[int, int, str]]:
    """The sentences of a report, each with the address at which a row is added from it."""
    back = request.query_params.get("back", "")
    return [
        (start, end, link("/report/add", id=document["id"], start=start, end=end, back=back) + "#sentence")
        for start, end in sentences(document["text"], marking.blocks_of(connection, document["id"]))
    ]


def _blocks(connection: Any, name: str) -> list[dict[str, Any]]:
    return [
        {field: block[field] for field in ("kind", "start", "end", "rule")}
        for block in marking.blocks_of(connection, name)
    ]


def _rows(connection: Any, name: str) -> Any:
    for row, own in marking.rows_in(connection, name):
        places: list[Any] = [*own] or [("", "")]
        for start, end in places:
            yield {
                **{field: row[field] for field in ("id", "kind", "confidence", "status")},
                "class": cells.klass(dict(row)),
                "summary": cells.summary(dict(row)),
                "start": start,
                "end": end,
            }
