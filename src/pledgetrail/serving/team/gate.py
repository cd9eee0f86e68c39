"""Who may pass: nobody whom the team does not know, and nobody to do more than their role allows. ASGI middleware."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pledgetrail.serving.site import Site, wants_json
from pledgetrail.serving.team.errors import TeamError
from pledgetrail.serving.team.people import Person, shown
from pledgetrail.serving.team.team import Team

#: What is answered to everybody; what readers may send.
_OPEN: Final = frozenset({"/login"})
_OF_READERS: Final = frozenset({"/login", "/logout", "/theme", "/password"})
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """Finds out who asks, puts the Person into the request's state, and refuses what is not theirs to do."""

    def __init__(self, app: ASGIApp, team: Team, site: Site) -> None:
        self._app = app
        self._team = team
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, or answer with 401 or 403; pages are led to the log-in instead."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, refusal = Request(scope), None
        state = scope.setdefault("state", {})
        state["person"] = None
        try:
            state["person"] = await run_in_threadpool(self._team.who, scope)
            refusal = self._refusal(request, state["person"])
        except TeamError:
            refusal = self._answer(request, 503, "The file of people cannot be read now.")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and not scope["path"].startswith("/static/"):
                # who logs out leaves nothing behind that the browser's way back would show
                MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
            await send(message)

        await (refusal or self._app)(scope, receive, answer)

    def _refusal(self, request: Request, person: Person | None) -> Response | None:
        path, safe = request.url.path, request.method in _SAFE
        if path.startswith("/static/") or path in _OPEN:
            return None
        if person is None:
            return self._unknown(request, safe)
        if path.startswith("/people") and not person.may_manage:
            return self._answer(request, 403, f"Your role is {person.role}; who belongs to the team is for admins.")
        if not safe and path not in _OF_READERS and not person.may_decide:
            return self._answer(
                request, 403, "You are a reader: you see all and decide nothing. An admin can change it."
            )
        return None

    def _unknown(self, request: Request, safe: bool) -> Response:
        named = self._team.proxy.identity(request.scope)
        if named is not None:
            return self._answer(request, 403, f"{shown(named)} does not belong to the team. An admin can change it.")
        if self._team.proxy.vouches:
            return self._answer(request, 401, "Nobody says who you are. Come through the address you were given.")
        if safe and not wants_json(request):
            query = f"?{request.url.query}" if request.url.query else ""
            back = request.url.path + query
            return RedirectResponse(f"/login?{urlencode({'back': back})}" if back != "/" else "/login", 303)
        return self._answer(request, 401, "Log in first.")

    def _answer(self, request: Request, status: int, words: str) -> Response:
        if wants_json(request):
            return JSONResponse({"detail": words}, status)
        return self._site.html(request, "error.html", status, status=status, words=words)
