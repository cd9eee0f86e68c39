"""Audit: who decided what, when and why."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.ledger.decisions import ACTIONS
from pledgetrail.serving import reading
from pledgetrail.serving.history import step_dict
from pledgetrail.serving.pages.reports import whole
from pledgetrail.serving.site import Site, answer_csv, answer_json, link

_PAGE = 100
_COLUMNS = (
    "id",
    "time",
    "reviewer",
    "action",
    "row",
    "kind",
    "cell",
    "old",
    "new",
    "other",
    "reason",
    "batch",
    "stands",
    "note",
)


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request, limit: int) -> tuple[str, str, reading.Page, dict[str, str]]:
        reviewer, action = (request.query_params.get(name, "").strip()[:200] for name in ("reviewer", "action"))
        before = request.query_params.get("before", "")
        with site.ledger.reading() as connection:
            number = whole(before, "before") if before else None
            page = reading.decision_list(connection, number, reviewer, action, limit)
            attached = [item["step"].decision.attached for item in page.items[:_PAGE]]
            names = reading.names_of(connection, [row for row in attached if row])
        return reviewer, action, page, names

    @routes.get("/audit")
    def show(request: Request) -> Response:
        reviewer, action, page, names = look(request, _PAGE)
        after = link("/audit", reviewer=reviewer, action=action, before=page.after) if page.after else ""
        return site.html(
            request, "audit.html", reviewer_wanted=reviewer, action=action, actions=ACTIONS, names=names,
            found=[item["step"] for item in page.items], count=page.count, after=after, query=request.url.query,
        )  # fmt: skip

    @routes.get("/audit.json")
    def as_json(request: Request) -> Response:
        _, _, page, _ = look(request, _PAGE)
        made = [step_dict(item["step"]) for item in page.items]
        return answer_json(request, {"count": page.count, "decisions": made, "before": page.after})

    @routes.get("/audit.csv")
    def as_csv(request: Request) -> Response:
        _, _, page, _ = look(request, 1_000_000)
        return answer_csv("decisions", _COLUMNS, (step_dict(item["step"]) for item in page.items))

    return routes
