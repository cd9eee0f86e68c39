"""Agreement: how far second opinions agree with first verdicts, and the rows on which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.agreement import Found, Pair
from pledgetrail.ledger.kappa import SIDES
from pledgetrail.serving import seconding
from pledgetrail.serving.asked import one_of, whole, without
from pledgetrail.serving.kept import Held
from pledgetrail.serving.reading import names_of
from pledgetrail.serving.site import Site, answer_csv, answer_json, link

_PAGE: Final = 50

#: Rows whose names are asked for at a time.
_CHUNK: Final = 500

_SETTLED: Final = ("no", "yes")


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request) -> tuple[Held[Found], Sequence[Pair], int]:
        held = seconding.found_for(site)
        pairs = seconding.differing(held.value, one_of(request, "settled", _SETTLED))
        return held, pairs, whole(request, "after") or 0

    @routes.get("/review/agreement")
    def show(request: Request) -> Response:
        held, pairs, skip = look(request)
        some = pairs[skip : skip + _PAGE]
        rest = without(request, "after")
        following = link("/review/agreement", **rest, after=skip + _PAGE) if len(pairs) > skip + _PAGE else ""
        with site.ledger.reading() as connection:
            names = _names(connection, some)
        return site.html(
            request, "agreement.html", found=held.value, fresh=held.fresh, pairs=some, count=len(pairs), names=names,
            settled=request.query_params.get("settled", ""), unsettled=len(seconding.differing(held.value, "no")),
            next_page=following, sides=SIDES, done=seconding.DONE, query=request.url.query,
        )  # fmt: skip

    @routes.get("/review/agreement.json")
    def as_json(request: Request) -> Response:
        held, pairs, skip = look(request)
        some = pairs[skip : skip + _PAGE]
        with site.ledger.reading() as connection:
            names = _names(connection, some)
        listed: list[dict[str, Any]] = [seconding.difference_dict(pair, names) for pair in some]
        after = skip + _PAGE if len(pairs) > skip + _PAGE else None
        about = {"count": len(pairs), "differences": listed, "after": after, "fresh": held.fresh}
        return answer_json(request, seconding.found_dict(held.value) | about)

    @routes.get("/review/agreement.csv")
    def as_csv(request: Request) -> Response:
        held, pairs, _ = look(request)
        with site.ledger.reading() as connection:
            names = _names(connection, pairs)
        return answer_csv("agreement", seconding.CSV, seconding.records(held.value, pairs, names))

    return routes


def _names(connection: Connection, pairs: Sequence[Pair]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in range(0, len(pairs), _CHUNK):
        found |= names_of(connection, [pair.row for pair in pairs[at : at + _CHUNK]])
    return found
