"""The app: what answers at which address, and what every error looks like."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from pledgetrail import __version__
from pledgetrail.ledger.errors import (
    AlreadyAdded,
    InvalidDecision,
    LedgerBusy,
    LedgerError,
    LedgerUnwritable,
    StaleRow,
    UnknownRow,
)
from pledgetrail.ledger.store import Ledger, open_ledger
from pledgetrail.serving import api, pages, warming
from pledgetrail.serving.security import OUTDATED, Guard, Refusal, plain_refusal
from pledgetrail.serving.settings import KEEP_SECONDS, Settings
from pledgetrail.serving.site import STATIC, THEME_COOKIE, THEMES, Site, wants_json
from pledgetrail.serving.team import Forbidden, TeamError
from pledgetrail.serving.team.gate import Gate
from pledgetrail.serving.team.pages import router as team_router
from pledgetrail.serving.team.team import Team
from pledgetrail.serving.view import BadView

#: What an error of the ledger is over HTTP. The first that fits.
_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (UnknownRow, 404),
    (StaleRow, 409),
    (AlreadyAdded, 409),
    (InvalidDecision, 422),
    (BadView, 422),
    (LedgerBusy, 503),
    (LedgerUnwritable, 503),
    (LedgerError, 500),
    (Forbidden, 403),
    (TeamError, 503),
)


def create_app(ledger_path: Path, settings: Settings) -> FastAPI:
    """The app over a ledger. Raises LedgerError if there is none; one that cannot be written is shown only.

    Raises TeamError for a team that nobody could log in to.
    """
    team = Team(settings) if settings.team is not None else None
    ledger, writable = _open(ledger_path)
    site = Site(ledger, settings, writable=writable)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warming.begin(site)  # so that the first page need not wait
        yield
        ledger.close()

    app = FastAPI(
        title="Pledgetrail",
        version=__version__,
        summary="A ledger of who promised what, with a sentence behind every cell.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        middleware=[
            Middleware(
                Guard,
                authorities=settings.authorities,
                refuse=_refusing(site),
                ties=_ties(settings),
                secure=settings.secure,
            ),
            *([Middleware(Gate, team=team, site=site)] if team is not None else []),
        ],
        redirect_slashes=False,
    )
    app.state.site = site
    app.router.routes.append(Route("/static/{name:path}", _static, methods=["GET", "HEAD"]))
    app.router.routes.append(Route("/theme", _set_theme, methods=["POST"]))
    app.include_router(api.router(site))
    if team is not None:
        app.include_router(team_router(site, team))
    for router in pages.routers(site):
        app.include_router(router)
    _explain_errors(app, site)
    return app


def _refusing(site: Site) -> Refusal:
    """What is not let pass; who sends the form of a page of ours that has grown old is led back to it."""

    def refuse(request: Request, status: int, words: str) -> Response:
        if words != OUTDATED or wants_json(request):
            return plain_refusal(request, status, words)
        return _error_page(site, request, status, words)

    return refuse


def _ties(settings: Settings) -> str | None:
    """The cookie that forms are tied to besides their own: the log-in."""
    return settings.login_cookie if settings.team is not None else None


def _open(path: Path) -> tuple[Ledger, bool]:
    try:
        return open_ledger(path, write=True), True
    except (LedgerUnwritable, LedgerBusy):
        return open_ledger(path), False


def _static(request: Request) -> Response:
    """A file of ours."""
    name = request.path_params["name"]
    parts = name.split("/")
    file = STATIC.joinpath(*parts)
    if any(part in ("", ".", "..") for part in parts) or not file.is_file():
        raise HTTPException(404, "There is no such file.")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kept = f"public, max-age={KEEP_SECONDS}, immutable" if "v" in request.query_params else "no-cache"
    return Response(file.read_bytes(), media_type=kind, headers={"Cache-Control": kept})


async def _set_theme(request: Request) -> Response:
    """Remember an appearance, and go back to where one was."""
    form = await request.form()
    theme, back = str(form.get("theme", "auto")), str(form.get("back", "/"))
    answer = RedirectResponse(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/", 303)
    if theme in THEMES:
        answer.set_cookie(THEME_COOKIE, theme, max_age=KEEP_SECONDS, httponly=True, samesite="strict")
    return answer


def _error_page(site: Site, request: Request, status: int, words: str, row: str = "") -> Response:
    """An error in plain words, with the way back to the form and to the ``row`` that it was about."""
    back = _sender(site, request) if request.method == "POST" else ""
    second = "second=1" in urlsplit(back).query  # the row's own page tells what the first reviewer decided
    way = (f"/review/{quote(row)}?second=1" if second else f"/rows/{quote(row)}") if row else ""
    return site.html(request, "error.html", status, status=status, words=words, row=row, way=way, back=back)


def _sender(site: Site, request: Request) -> str:
    """The page of ours that a form was sent from; empty if a browser does not say, or names another server."""
    try:
        parts = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    path = parts.path
    if parts.netloc.lower() not in site.settings.authorities or not path.startswith("/") or path.startswith("//"):
        return ""
    return f"{path}?{parts.query}" if parts.query else path


def _explain_errors(app: FastAPI, site: Site) -> None:
    """Errors as a page for people and as JSON for programs, in plain words either way."""

    def answer(request: Request, status: int, words: str, more: Any = None, row: str = "") -> Response:
        if wants_json(request):
            content = {"detail": words} if more is None else {"detail": words, "errors": more}
            return JSONResponse(content, status)
        return _error_page(site, request, status, words, row)

    async def of_ledger(request: Request, error: Exception) -> Response:
        status = next(status for kind, status in _STATUSES if isinstance(error, kind))
        row = error.row if isinstance(error, StaleRow) else None
        return answer(request, status, str(error), row=row or "")

    async def of_http(request: Request, error: Any) -> Response:
        found = answer(request, error.status_code, str(error.detail))
        found.headers.update(error.headers or {})
        return found

    async def of_form(request: Request, error: Any) -> Response:
        wrong = [{"where": list(item["loc"]), "what": item["msg"]} for item in error.errors()]
        return answer(request, 422, "; ".join(f"{item['where'][-1]}: {item['what']}" for item in wrong), wrong)

    app.add_exception_handler(LedgerError, of_ledger)
    app.add_exception_handler(BadView, of_ledger)
    app.add_exception_handler(TeamError, of_ledger)
    app.add_exception_handler(RequestValidationError, of_form)
    from starlette.exceptions import HTTPException as StarletteError

    app.add_exception_handler(StarletteError, of_http)
