"""The funnel: of what was promised, how much was agreed, paid and delivered, and how much fell silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.counting import counted
from pledgetrail.publishing.together import funnel_dict
from pledgetrail.resolution.undertakings.funnel import COLUMNS, By, Counted, FunnelLine, funnel
from pledgetrail.resolution.undertakings.rates import covered
from pledgetrail.serving.asked import day, one_of, whole, without, word
from pledgetrail.serving.kept import PATIENCE, Held, kept_of
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.view import BadView

_PER: Final = {"by": "donor", "to": "recipient", "place": "place", "sector": "sector"}

_PAGE: Final = 50

Lines = Held[list[FunnelLine]]

#: So many days without a sign of life make a promise a silent one, unless the address says otherwise.
_SILENT: Final = 365

_CSV: Final = (
    *("key", "name", "set", "column", "rows", "currency", "value", "value_rows", "joint", "converted"),
    *("converted_into", "unconverted_rows"),
)

_APART: Final = ("conditional", "planned", "denied")


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request) -> tuple[str, str, int, Lines]:
        per = one_of(request, "per", tuple(_PER), "by")
        into = (word(request, "into") or "USD").upper()
        silent, as_of = cast(int, whole(request, "silent", _SILENT)), day(request, "as_of")
        if covered(into) is None:
            raise BadView(f"there are no reference rates of {into}; try USD or EUR")
        return per, into, silent, lines_of(site, per, into, silent, as_of)

    @routes.get("/funnel")
    def show(request: Request) -> Response:
        per, into, silent, held = look(request)
        skip = whole(request, "after") or 0
        rest = without(request, "after")
        some = held.value[skip : skip + _PAGE]
        following = link("/funnel", **rest, after=skip + _PAGE) if len(held.value) > skip + _PAGE else ""
        pers = [(name, words, link("/funnel", **{**rest, "per": name})) for name, words in _PER.items()]
        widest = max((_promised(line) for line in held.value), default=0)
        return site.html(
            request, "funnel.html", found=some, count=len(held.value), fresh=held.fresh, per=per, pers=pers, into=into,
            silent=silent, next_page=following, columns=tuple(COLUMNS), apart=_APART, query=request.url.query,
            asked=request.query_params, name=_PER[per], widest=widest, trails=_trails,
        )  # fmt: skip

    @routes.get("/funnel.json")
    def as_json(request: Request) -> Response:
        per, into, silent, held = look(request)
        lines = [funnel_dict(line) for line in held.value]
        content = {"per": per, "into": into, "silent_after": silent, "lines": lines, "fresh": held.fresh}
        return answer_json(request, content)

    @routes.get("/funnel.csv")
    def as_csv(request: Request) -> Response:
        _, into, _, held = look(request)
        return answer_csv("funnel", _CSV, (record for line in held.value for record in _records(line, into)))

    def _trails(per: str, line: FunnelLine, silent: int) -> str:
        """The silent trails behind a line."""
        name = line.name if per != "sector" else line.key
        return link("/trails", **{per: name, "silent": silent})

    return routes


def lines_of(
    site: Site,
    per: str,
    into: str = "USD",
    silent: int = _SILENT,
    as_of: dt.date | None = None,
    patience: float = PATIENCE,
) -> Lines:
    """The lines of the funnel as they are kept. The commitments that they are made of are kept too, but not those of
    another day: few ask for the same one again.
    """
    kept = kept_of(site)

    def make(connection: Connection) -> list[FunnelLine]:
        rows = list(counted(connection, as_of)) if as_of else kept.part("counted", connection, _counted)
        return list(funnel(rows, cast(By, per), into, silent))

    return kept.get(("funnel", per, into, silent, as_of), make, patience)


def _counted(connection: Connection) -> list[Counted]:
    return list(counted(connection))


def _promised(line: FunnelLine) -> int:
    return max((column.rows for column in line.columns.values()), default=0)


def _records(line: FunnelLine, into: str) -> Iterator[Mapping[str, Any]]:
    """A line as the command ``funnel`` writes it for spreadsheets."""
    parts = [
        ("counted" if kind == "columns" else kind, name, column)
        for kind in ("columns", *_APART)
        for name, column in getattr(line, kind).items()
    ]
    parts += [("silent", "promised", line.silent)] if line.silent.rows else []
    for kind, name, column in parts:
        about = {"key": line.key, "name": line.name, "set": kind, "column": name, "rows": column.rows}
        sums = [(s, False) for s in column.sums] + [(s, True) for s in column.joint]
        if not sums:
            yield about
        for its, joint in sums:
            yield about | {
                "currency": its.currency,
                "value": its.value,
                "value_rows": its.rows,
                "joint": joint,
                "converted": round(its.converted, 2) if its.converted is not None else None,
                "converted_into": into,
                "unconverted_rows": its.unconverted,
            }
