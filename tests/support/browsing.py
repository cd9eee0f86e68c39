"""Servers of a ledger for real browsers, and pages that are watched for what must not happen."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from pledgetrail.ledger.store import open_ledger
from pledgetrail.serving import Settings, create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: What the console says of answers that tests ask for: a stale row, one that is not there, a wrong password.
EXPECTED = re.compile(r"status of (401|403|404|409|422|429)")


@contextmanager
def served(ledger: Path, **settings: Any) -> Iterator[str]:
    """The address of a server of a ledger."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        app = create_app(ledger, Settings(port=port, **settings))
        running = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            running.should_exit = True
            thread.join(10)


class Visits:
    """Opens pages of a server. ``wrong`` lists errors of scripts, broken policies and requests to elsewhere."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.wrong: list[str] = []
        self._browser, self._server = browser, server
        self._contexts: list[Any] = []

    def __call__(self, address: str, **more: Any) -> Page:
        """A page in a browser of its own, without cookies."""
        settings = {"viewport": {"width": 1280, "height": 800}, **more}
        context = self._browser.new_context(base_url=self._server, **settings)
        context.set_default_timeout(30_000)
        self._contexts.append(context)
        page = context.new_page()
        self._watch(page)
        page.goto(address)
        return page

    def _watch(self, page: Page) -> None:
        def heard(said: Any) -> None:
            if said.type == "error" and not EXPECTED.search(said.text):
                self.wrong.append(said.text)

        def asked(request: Any) -> None:
            if not request.url.startswith((f"{self._server}/", "data:")):
                self.wrong.append(f"asked {request.url}")

        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("console", heard)
        page.on("request", asked)

    def close(self) -> None:
        """Close all browsers."""
        for context in self._contexts:
            context.close()


Opened = Callable[..., "Page"]


def decided(ledger: Path) -> list[tuple[str, str]]:
    """Every decision with its row, in order."""
    with open_ledger(ledger) as opened, opened.reading() as connection:
        found = connection.exec_driver_sql("SELECT action, row_id FROM decisions ORDER BY id")
        return [(action, row) for action, row in found]
