"""Wording: how each source names what is contested, with the sentences behind each count. No side is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from fastapi import APIRouter, HTTPException
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.resolution.wordings.wording import TableRow
from pledgetrail.serving import wordings
from pledgetrail.serving.asked import one_of, whole, without, word
from pledgetrail.serving.kept import Held
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.wordings import VOICES, Use, Wording
from pledgetrail.serving.words import written_out

_TABLE: Final = ("topic", "kind", "source", "term", "documents", "origins", "own", "quoted", "marked")
_USE: Final = ("topic", "source", "term", "document", "outlet", "published", "origin", "start", "end", "quote", "voice")
_USES: Final = (*_USE, "speaker", "sentence")

#: Uses of one page.
_PAGE: Final = 50

#: Sources that a table shows; the CSV has all.
_SOURCES: Final = 200


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request) -> tuple[Held[Wording], str, bool]:
        held = wordings.wording_of(site)
        return held, word(request, "topic"), one_of(request, "all", ("yes", "no")) == "yes"

    @routes.get("/wording")
    def show(request: Request) -> Response:
        held, topic, every = look(request)
        listed = wordings.topics(held.value, every)
        topic = topic or (listed[0][0] if listed else "")
        its = wordings.matrix(held.value, topic)
        if its is None and listed:
            raise HTTPException(404, f"No report names a topic {written_out(topic)}.")
        more = {"all": "yes"} if every else {}
        topics = [(name, kind, n, terms, link("/wording", topic=name, **more)) for name, kind, n, terms in listed]
        return site.html(
            request, "wording.html", topics=topics, its=its, fresh=held.fresh, found=held.value, every=every, link=link,
            sources=its.sources[:_SOURCES] if its else (), left=max(0, len(its.sources) - _SOURCES) if its else 0,
            query=request.url.query, other=link("/wording", topic=topic, all="" if every else "yes"),
        )  # fmt: skip

    @routes.get("/wording.json")
    def as_json(request: Request) -> Response:
        held, topic, _ = look(request)
        rows = [row_dict(row) for row in held.value.rows if not topic or row.topic == topic]
        return answer_json(request, {"wording": rows, "fresh": held.fresh})

    @routes.get("/wording.csv")
    def as_csv(request: Request) -> Response:
        held, topic, _ = look(request)
        return answer_csv(
            "wording", _TABLE, _records(row for row in held.value.rows if not topic or row.topic == topic)
        )

    def uses_of(request: Request) -> tuple[Held[Wording], dict[str, str], list[tuple[str, str, Use]]]:
        """The uses of a topic that an address asks for, each with its source and term."""
        held, topic, _ = look(request)
        asked = {"topic": topic, "source": word(request, "source"), "term": word(request, "term")}
        found = [
            (source, term, use)
            for (its, source, term), uses in sorted(held.value.uses.items())
            if its == topic and asked["source"] in ("", source) and asked["term"] in ("", term)
            for use in uses
        ]
        if not found:
            raise HTTPException(404, "No report uses such a term.")
        return held, asked, found

    @routes.get("/wording/uses")
    def uses(request: Request) -> Response:
        held, asked, found = uses_of(request)
        skip = whole(request, "after") or 0
        with site.ledger.reading() as connection:
            some = _described(connection, asked["topic"], found[skip : skip + _PAGE])
        following = link("/wording/uses", **without(request, "after"), after=skip + _PAGE)
        return site.html(
            request, "uses.html", asked=asked, shown=some, count=len(found), fresh=held.fresh, VOICES=VOICES,
            next_page=following if len(found) > skip + _PAGE else "", query=request.url.query,
            note=held.value.notes.get((asked["topic"], asked["term"]), ""),
        )  # fmt: skip

    @routes.get("/wording/uses.json")
    def uses_json(request: Request) -> Response:
        held, asked, found = uses_of(request)
        skip = whole(request, "after") or 0
        with site.ledger.reading() as connection:
            some = _described(connection, asked["topic"], found[skip : skip + 500])
        for use in some:
            del use["marked"]
        more = skip + 500 if len(found) > skip + 500 else None
        return answer_json(request, {"count": len(found), "uses": some, "after": more, "fresh": held.fresh})

    @routes.get("/wording/uses.csv")
    def uses_csv(request: Request) -> Response:
        _, asked, found = uses_of(request)

        def lines() -> Iterator[dict[str, Any]]:
            with site.ledger.reading() as connection:
                for at in range(0, len(found), 500):
                    yield from _described(connection, asked["topic"], found[at : at + 500])

        return answer_csv("wording-uses", _USES, lines())

    return routes


def _described(connection: Connection, topic: str, found: list[tuple[str, str, Use]]) -> list[dict[str, Any]]:
    return [{"topic": topic, **use} for use in wordings.shown(connection, found)]


def row_dict(row: TableRow) -> dict[str, Any]:
    """A cell of the table for programs."""
    return {name: getattr(row, name) for name in _TABLE}


def _records(rows: Iterable[TableRow]) -> Iterator[dict[str, Any]]:
    return (row_dict(row) for row in rows)
