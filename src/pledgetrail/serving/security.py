"""What every request must pass and every answer carries, as ASGI middleware.

Any page on the web can make a browser post to a loopback address, and a name of its own can be made to resolve to it
(DNS rebinding). So the Host must be ours, a request that changes something must come from a page of ours (Origin or
Sec-Fetch-Site) and carry the token of a form of ours, in the form's field or in a header.
"""

from __future__ import annotations

import hashlib
import hmac
import http.cookies
import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Name of the cookie that a browser's forms are tied to, of the field, and of the header that does as well.
COOKIE: Final = "pledgetrail_session"
FIELD: Final = "token"
HEADER: Final = "x-pledgetrail-token"

#: Largest body that is taken, in bytes.
LARGEST_BODY: Final = 1_000_000

#: Most fields of a form; each row that is chosen in a list is one.
LARGEST_FORM: Final = 3000

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

#: No script, style, frame, font or form target but ours; images of the style sheet are data.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}

#: What is said of a form's token that the running server did not give out.
OUTDATED: Final = "This page is older than the server: load it again, then repeat."

Refusal = Callable[[Request, int, str], Response]


class Guard:
    """Lets pass what may pass. ``refuse`` makes the answer to what may not."""

    def __init__(
        self,
        app: ASGIApp,
        authorities: frozenset[str],
        refuse: Refusal | None = None,
        ties: str | None = None,
        secure: bool = False,
    ) -> None:
        """``authorities`` are the Host values that are ours.

        ``ties`` is a further cookie, that of the log-in, with which the tokens of forms change; ``secure`` is whether
        browsers come by https.
        """
        self._app = app
        self._authorities = authorities
        self._ties = ties
        # People who share a ledger send each other links; with Strict each would make the forms of open pages stale.
        self._attributes = f"Path=/; HttpOnly; SameSite={'Lax' if ties else 'Strict'}{'; Secure' if secure else ''}"
        self._secret = secrets.token_bytes(32)
        self._refuse = refuse or plain_refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, hand it on, and set the headers of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        session = _cookie(headers, COOKIE)
        fresh = session is None
        session = session or secrets.token_urlsafe(24)
        tied = session + "\0" + (self._ties and _cookie(headers, self._ties) or "")
        scope.setdefault("state", {})["token"] = self._token(tied)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    given.setdefault(name, value)
                given.setdefault("Cache-Control", "no-cache")
                if fresh and not scope["path"].startswith("/static/"):
                    given.append("Set-Cookie", f"{COOKIE}={session}; {self._attributes}")
            await send(message)

        refusal = self._wrong_address(headers)
        if refusal is None and scope["method"] not in _SAFE:
            body = await _body(receive)
            refusal = self._wrong_sender(headers, tied, body)
            receive = _again(body or b"", receive)
        if refusal is None:
            await self._app(scope, receive, answer)
        else:
            await self._refuse(Request(scope), *refusal)(scope, receive, answer)

    def _token(self, tied: str) -> str:
        return hmac.new(self._secret, tied.encode(), hashlib.sha256).hexdigest()

    def _wrong_address(self, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if host.lower() in self._authorities:
            return None
        return 421, f"This is no address of this server; use one of {', '.join(sorted(self._authorities))}."

    def _wrong_sender(self, headers: Headers, tied: str, body: bytes | None) -> tuple[int, str] | None:
        if body is None:
            return 413, f"More than {LARGEST_BODY:,} bytes were sent."
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() not in self._authorities:
            return 403, "The request came from another site."
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, "The request came from another site."
        if headers.get("content-type", "").partition(";")[0].strip() == "application/json":
            return None  # a page of another site cannot send this without asking first, and is not allowed to
        given = headers.get(HEADER) or _field(headers, body)
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._token(tied).encode()):
            return 403, OUTDATED
        return None


def plain_refusal(request: Request, status: int, words: str) -> Response:
    """What is refused, as JSON where that is asked for, or else as bare words: who asks may be no page of ours."""
    if "json" in request.headers.get("accept", ""):
        return JSONResponse({"detail": words}, status)
    return PlainTextResponse(words + "\n", status)


def _cookie(headers: Headers, name: str) -> str | None:
    cookies = http.cookies.SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except http.cookies.CookieError:
        return None
    found = cookies.get(name)
    return found.value if found is not None and found.value else None


async def _body(receive: Receive) -> bytes | None:
    """The body of a request, None if it is too large."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives a body that was read already."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _field(headers: Headers, body: bytes) -> str:
    """The token in a form's field; forms of ours are sent as application/x-www-form-urlencoded."""
    if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return ""
    try:
        return dict(parse_qsl(body.decode("ascii", "replace"), max_num_fields=LARGEST_FORM)).get(FIELD, "")
    except ValueError:
        return ""
