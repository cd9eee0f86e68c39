"""Trails: each undertaking as a line through its stages, the silent ones first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import APIRouter, HTTPException
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.trails import Trail, TrailFilter, entries_by_id
from pledgetrail.publishing.contract import row_dict
from pledgetrail.publishing.spreadsheet import row_record
from pledgetrail.publishing.together import TRAILS, iso, trail_dict
from pledgetrail.resolution.undertakings.states import STATES
from pledgetrail.serving import marking, trailing
from pledgetrail.serving.asked import day, one_of, whole, without, word
from pledgetrail.serving.kept import Held
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.trailing import SORTS, Standing, Whole
from pledgetrail.serving.words import written_out
from pledgetrail.vocabulary import SECTORS

#: Trails of a page.
_PAGE: Final = 30

#: Rows of one trail that its page draws and lists; the JSON has all.
_ROWS: Final = 200

_ROW: Final = (
    *("trail", "position", "id", "stage", "by", "to", "via", "what", "amount", "amount_currency", "places", "when"),
    *("conditional", "negated", "planned", "confidence", "origins", "sentence", "document", "start", "end"),
)


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request) -> Held[Standing]:
        wanted, sector, as_of = wanted_of(request), word(request, "sector"), day(request, "as_of")
        sort = one_of(request, "sort", tuple(SORTS), "silent")
        held = trailing.whole_of(site, as_of)
        with site.ledger.reading() as connection:
            return Held(trailing.standing(connection, held.value, wanted, sector, sort), held.fresh)

    @routes.get("/trails")
    def show(request: Request) -> Response:
        held = look(request)
        found, skip = held.value, whole(request, "after") or 0
        some = found.trails[skip : skip + _PAGE]
        with site.ledger.reading() as connection:
            members = trailing.rows_of(connection, some)
        scale = trailing.scale_for(some, found.as_of, 420)
        rest = without(request, "after")
        following = link("/trails", **rest, after=skip + _PAGE) if len(found.trails) > skip + _PAGE else ""
        states = [
            (state, number, link("/trails", **{**rest, "state": state})) for state, number in found.states.items()
        ]
        return site.html(
            request, "trails.html", found=found, fresh=held.fresh, asked=request.query_params, skip=skip,
            shown=[_shown(trail, found, members[trail.id], scale) for trail in some], next_page=following,
            states=states, every=link("/trails", **without(request, "after", "state")), sectors=found.sectors,
            SECTORS=SECTORS, STATES=STATES, SORTS=SORTS, levels=trailing.LEVELS, query=request.url.query,
        )  # fmt: skip

    @routes.get("/trails.json")
    def as_json(request: Request) -> Response:
        held, skip = look(request), whole(request, "after") or 0
        found = held.value
        some = found.trails[skip : skip + 500]
        more = skip + 500 if len(found.trails) > skip + 500 else None
        content = {
            "as_of": iso(found.as_of),
            "count": len(found.trails),
            "states": dict(found.states),
            "trails": [trail_dict(trail, found.names) for trail in some],
            "after": more,
            "fresh": held.fresh,
        }
        return answer_json(request, content)

    @routes.get("/trails.csv")
    def as_csv(request: Request) -> Response:
        found = look(request).value
        lines = ({**trail_dict(trail, found.names), "size": len(trail.rows)} for trail in found.trails)
        return answer_csv("trails", TRAILS, ({**line, **_sides(line)} for line in lines))

    def one_of_all(request: Request, name: str) -> tuple[Held[Whole], Trail]:
        held = trailing.whole_of(site, day(request, "as_of"))
        trail = held.value.by_id.get(name)
        if trail is None:
            raise HTTPException(404, f"There is no trail {written_out(name)}.")
        return held, trail

    @routes.get("/trails/{name}.json")
    def one_json(request: Request, name: str) -> Response:
        held, trail = one_of_all(request, name)
        with site.ledger.reading() as connection:
            entries = entries_by_id(connection, trail.rows)
        content = {
            **trail_dict(trail, held.value.names),
            "as_of": iso(held.value.as_of),
            "rows": [row_dict(entries[row]) for row in trail.rows if row in entries],
            "fresh": held.fresh,
        }
        return answer_json(request, content)

    @routes.get("/trails/{name}.csv")
    def one_csv(request: Request, name: str) -> Response:
        _, trail = one_of_all(request, name)

        def lines() -> Iterator[Mapping[str, Any]]:
            with site.ledger.reading() as connection:
                entries = entries_by_id(connection, trail.rows)
            for position, row in enumerate(trail.rows, 1):
                if row in entries:
                    yield {**row_record(entries[row]), "trail": trail.id, "position": position}

        return answer_csv(trail.id, _ROW, lines())

    @routes.get("/trails/{name}")
    def one(request: Request, name: str) -> Response:
        held, trail = one_of_all(request, name)
        found = held.value
        scale = trailing.scale_for([trail], found.as_of, 900)
        with site.ledger.reading() as connection:
            members = trailing.rows_of(connection, [trail])[trail.id]
            words = _words(connection, [row["id"] for row in members[:_ROWS]])
        shown = _shown(trail, found, members[:_ROWS], scale, 900, 190)
        return site.html(
            request, "trail.html", found=found, fresh=held.fresh, its=shown, trail=trail, words=words,
            left=max(0, len(members) - _ROWS), levels=trailing.LEVELS, query=request.url.query,
            asked=request.query_params,
        )  # fmt: skip

    return routes


def wanted_of(request: Request) -> TrailFilter:
    """The trails that an address asks for. Raises BadView."""
    return TrailFilter(
        by=word(request, "by") or None,
        to=word(request, "to") or None,
        place=word(request, "place") or None,
        state=one_of(request, "state", (*STATES, "none")) or None,
        silent_for=whole(request, "silent"),
        every=one_of(request, "all", ("yes", "no")) == "yes",
    )


def _shown(
    trail: Trail, found: Standing | Whole, members: list[Any], scale: Any, width: int = 420, height: int = 64
) -> dict[str, Any]:
    """What a page shows of a trail."""
    return {
        "trail": trail,
        "what": trailing.heading(members),
        "givers": [found.names.get(key, key) for key in trail.givers],
        "receivers": [found.names.get(key, key) for key in trail.receivers],
        "picture": trailing.picture(trail, members, scale, width, height),
        "members": members,
    }


def _words(connection: Connection, names: list[str]) -> dict[str, list[Any]]:
    """For each row its sentences, one for each origin, with the words of its cells marked."""
    found = {}
    for name, entry in entries_by_id(connection, names).items():
        origins, _ = marking.origins(connection, entry, 6)
        found[name] = [(origin.occurrences[0], len(origin.occurrences)) for origin in origins]
    return found


def _sides(line: Mapping[str, Any]) -> dict[str, list[str]]:
    return {side: [party["name"] for party in line[side]] for side in ("givers", "receivers")}
