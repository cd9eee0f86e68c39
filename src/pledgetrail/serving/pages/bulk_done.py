"""What became of many rows that were decided as one, at an address of its own: to load it again decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.review import Batch
from pledgetrail.ledger.schema import decisions
from pledgetrail.serving import auditing
from pledgetrail.serving.batching import Bulk, names_of, read_bulk
from pledgetrail.serving.reading import names_of as summaries_of
from pledgetrail.serving.site import Site, answer_csv, answer_json, link

#: Refused rows that the address names; of more it says how many there are.
NAMED: Final = 50

#: A longer address is not made.
_LONGEST: Final = 4000

#: Why a row was refused, by the field of the address that names it.
_WHY: Final = {
    "stale": "has changed since it was shown; look again, then decide",
    "refused": "the decision does not fit the row as it is",
}


@dataclass(frozen=True, slots=True)
class Done:
    """A batch with the numbers of its decisions, the rows that were refused and why, and how many are not named."""

    name: str
    made: tuple[int, ...]
    refused: tuple[tuple[str, str], ...]
    more: int


def done_address(bulk: Bulk, made: Batch) -> str:
    """Where the result of a batch is shown."""
    fields = [("batch", made.name)] if made.made else []
    named = made.refused[:NAMED]
    fields += [("stale" if _WHY["stale"] in why else "refused", row) for row, why in named]
    if len(made.refused) > len(named):
        fields.append(("more", str(len(made.refused) - len(named))))
    back = [("undo", bulk.batch)] if bulk.batch else bulk.view.fields()
    found = f"/bulk/done?{urlencode([*fields, *back])}"
    return found if len(found) <= _LONGEST else f"/bulk/done?{urlencode(fields)}"


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/bulk/done")
    def show(request: Request) -> Response:
        bulk = read_bulk(request.query_params.multi_items())
        with site.ledger.reading() as connection:
            made = _read(connection, request)
            names = summaries_of(connection, [row for row, _ in made.refused])
            deed = auditing.deed_of(connection, made.name) if made.made else None
        back = bulk.view.address("/ledger") if not bulk.batch else link("/audit", batch=bulk.batch)
        return site.html(request, "bulk_done.html", made=made, names=names, deed=deed, back=back, bulk=bulk)

    @routes.get("/bulk/done.json")
    def as_json(request: Request) -> Response:
        with site.ledger.reading() as connection:
            made = _read(connection, request)
        refused = [{"row": row, "why": why} for row, why in made.refused]
        content = {"batch": made.name or None, "decisions": list(made.made), "refused": refused, "not_named": made.more}
        return answer_json(request, content)

    @routes.get("/bulk/done.csv")
    def as_csv(request: Request) -> Response:
        with site.ledger.reading() as connection:
            made = _read(connection, request)
        return answer_csv("done", ("decision", "row", "refused"), _lines(made))

    return routes


def _read(connection: Connection, request: Request) -> Done:
    """What an address tells of. What is no batch of the ledger has no decisions."""
    query = request.query_params
    name = query.get("batch", "")[:40]
    found = select(decisions.c.id).where(decisions.c.batch == name).order_by(decisions.c.id)
    made = tuple(connection.execute(found).scalars()) if name else ()
    refused = [(row, why) for field, why in _WHY.items() for row in names_of(query.getlist(field))]
    more = query.get("more", "")
    count = int(more) if more.isascii() and more.isdecimal() and len(more) < 6 else 0
    return Done(name if made else "", made, tuple(refused), count)


def _lines(made: Done) -> Iterable[dict[str, Any]]:
    yield from ({"decision": number} for number in made.made)
    yield from ({"row": row, "refused": why} for row, why in made.refused)
