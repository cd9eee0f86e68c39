"""Figures: competing claims about one thing on one scale, with who makes them and which reports tell them."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, HTTPException
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.disagreements import disagreements_by_id
from pledgetrail.publishing.together import DISAGREEMENTS, disagreement_records
from pledgetrail.serving.asked import one_of, whole, without, word
from pledgetrail.serving.disputing import KINDS, SUBJECTS, WIDTH, Brief, briefs, on_scale, passing
from pledgetrail.serving.kept import kept_of
from pledgetrail.serving.site import Site, answer_csv, answer_json, link
from pledgetrail.serving.words import Mark, marked, written_out

_PAGE: Final = 20


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request) -> tuple[list[Brief], list[Brief], bool]:
        """All disagreements of the kind asked for, those of them that pass, and whether they are up to date."""
        kind = one_of(request, "kind", tuple(KINDS), "competing")
        subject, name = word(request, "subject"), word(request, "id")
        held = kept_of(site).get("disagreements", briefs)
        if name:
            found = [its for its in held.value if its.id == name]
            if not found:
                raise HTTPException(404, f"There is no disagreement {written_out(name)}.")
            return found, found, held.fresh
        of_kind = passing(held.value, kind)
        return of_kind, passing(of_kind, kind, subject, word(request, "q")), held.fresh

    def contents(connection: Connection, found: list[Brief]) -> list[dict[str, Any]]:
        return disagreements_by_id(connection, [its.id for its in found])

    @routes.get("/figures")
    def show(request: Request) -> Response:
        of_kind, found, fresh = look(request)
        skip = whole(request, "after") or 0
        with site.ledger.reading() as connection:
            shown = [_shown(its) for its in contents(connection, found[skip : skip + _PAGE])]
        rest = without(request, "after", "id")
        following = link("/figures", **without(request, "after"), after=skip + _PAGE)
        kinds = [
            (name, words, link("/figures", **{**rest, "kind": name, "subject": ""})) for name, words in KINDS.items()
        ]
        counts: dict[str, int] = {}
        for its in of_kind:
            counts[its.subject] = counts.get(its.subject, 0) + 1
        subjects = [
            (name, SUBJECTS.get(name, name), count, link("/figures", **{**rest, "subject": name}))
            for name, count in sorted(counts.items(), key=lambda item: (item[0] not in SUBJECTS, -item[1], item[0]))
        ]
        return site.html(
            request, "figures.html", shown=shown, count=len(found), fresh=fresh, kinds=kinds, subjects=subjects,
            every=link("/figures", **{**rest, "subject": ""}), total=len(of_kind), asked=request.query_params,
            next_page=following if len(found) > skip + _PAGE else "", query=request.url.query, width=WIDTH,
            kind=request.query_params.get("kind") or "competing",
        )  # fmt: skip

    @routes.get("/figures.json")
    def as_json(request: Request) -> Response:
        _, found, fresh = look(request)
        skip = whole(request, "after") or 0
        with site.ledger.reading() as connection:
            shown = contents(connection, found[skip : skip + 200])
        more = skip + 200 if len(found) > skip + 200 else None
        return answer_json(request, {"count": len(found), "disagreements": shown, "after": more, "fresh": fresh})

    @routes.get("/figures.csv")
    def as_csv(request: Request) -> Response:
        _, found, _ = look(request)

        def lines() -> Any:
            with site.ledger.reading() as connection:
                for at in range(0, len(found), 200):
                    yield from disagreement_records(iter(contents(connection, found[at : at + 200])))

        return answer_csv("disagreements", DISAGREEMENTS, lines())

    return routes


def _shown(its: dict[str, Any]) -> dict[str, Any]:
    """A disagreement with its picture, and the words of each claim marked in their sentences."""
    claims = []
    for claim in its["claims"]:
        tellings = []
        for telling in claim["tellings"]:
            before, words, _ = telling["sentence"].partition(telling["evidence"]["quote"])
            at = len(before) if words else 0
            tellings.append({**telling, "marked": marked(telling["sentence"], [Mark(at, at + len(words), "cell")])})
        claims.append({**claim, "tellings": tellings})
    hows = [relation["how"] for relation in its["relations"] if relation["how"]]
    return {**its, "claims": claims, "scale": on_scale(its["claims"]), "hows": list(dict.fromkeys(hows))[:4]}
