"""What pages are made with: the ledger, its index, the templates, and answers in the three forms of an address."""

from __future__ import annotations

import contextlib
import csv
import functools
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from pledgetrail import __version__
from pledgetrail.ledger.store import Ledger
from pledgetrail.publishing.spreadsheet import safe
from pledgetrail.serving import cells, dating, words
from pledgetrail.serving.index import Index
from pledgetrail.serving.settings import Settings
from pledgetrail.serving.team import Person

STATIC: Final = files("pledgetrail.serving").joinpath("static")

#: Appearance, by the cookie that remembers it.
THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "pledgetrail_theme"

Json: TypeAlias = Mapping[str, Any] | Sequence[Any]


class Site:
    """The app's parts, the same for every request."""

    def __init__(self, ledger: Ledger, settings: Settings, *, writable: bool = True) -> None:
        """``writable`` is False for a ledger that decisions cannot be written to."""
        self.ledger = ledger
        self.settings = settings
        self.writable = writable
        self.index = Index(ledger)
        self._templates = _environment()

    def warm(self) -> None:
        """Read the rows into memory. What goes wrong goes wrong again, and is told, when a page is asked for."""
        with contextlib.suppress(Exception), self.ledger.reading() as connection, self.index.fresh(connection):
            pass

    def person(self, request: Request) -> Person | None:
        """Who asks: one of the team, or None for somebody it does not know; without a team the reviewer."""
        if self.settings.team is None:
            return Person(self.settings.reviewer, "reviewer")
        found = getattr(request.state, "person", None)
        return found if isinstance(found, Person) else None

    def html(self, request: Request, template: str, status: int = 200, /, **context: Any) -> Response:
        """A page."""
        person = self.person(request)
        theme = request.cookies.get(THEME_COOKIE, "auto")
        shared = {
            "ledger_name": Path(self.ledger.path).name,
            "person": person,
            "reviewer": person.name if person is not None else "",
            "team": self.settings.team is not None,
            "proxied": self.settings.proxy_header is not None,
            "writable": self.writable and person is not None and person.may_decide,
            "token": getattr(request.state, "token", ""),
            "theme": theme if theme in THEMES else "auto",
            "version": __version__,
            "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            "path": request.url.path,
            "part": request.headers.get("hx-request") == "true",
        }
        return HTMLResponse(self._templates.get_template(template).render({**shared, **context}), status)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pledgetrail.serving", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=words.seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        static=static_address, link=link, cells=cells, web_address=words.web_address, number=words.number
    )
    environment.filters.update(
        number=words.number, short_number=words.short_number, plain=cells.plain, day_words=dating.in_words
    )
    return environment


def wants_json(request: Request) -> bool:
    """Whether a program asks, so that an error is JSON and no page."""
    path = request.url.path
    return path.startswith("/api/") or path.endswith((".json", ".csv")) or "json" in request.headers.get("accept", "")


@functools.cache
def static_address(name: str) -> str:
    """The address of a file of ours, with a piece of its hash: it may be kept for ever."""
    digest = hashlib.sha256(STATIC.joinpath(name).read_bytes()).hexdigest()[:12]
    return f"/static/{quote(name)}?v={digest}"


def link(path: str, **query: Any) -> str:
    """An address of ours."""
    wanted = [(name, value) for name, value in query.items() if value not in (None, "")]
    return f"{path}?{urlencode(wanted)}" if wanted else path


def answer_json(request: Request, content: Json, status: int = 200) -> Response:
    """A JSON answer with an ETag; 304 if the asker has it already."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    given = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    if status == 200 and (tag in given or "*" in given):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, status, {"ETag": tag}, media_type="application/json")


def answer_csv(name: str, columns: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> Response:
    """A CSV answer, line by line, UTF-8 with a byte-order mark, safe to open in a spreadsheet."""

    def written() -> Iterator[bytes]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(columns)
        yield b"\xef\xbb\xbf"
        for line in lines:
            writer.writerow([safe(line.get(column)) for column in columns])
            if buffer.tell() > 65536:
                yield buffer.getvalue().encode("utf-8", "replace")
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode("utf-8", "replace")

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(written(), media_type="text/csv; charset=utf-8", headers=headers)
