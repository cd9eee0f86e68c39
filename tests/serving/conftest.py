from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from browsing import Opened, Visits, served
from starlette.testclient import TestClient

from pledgetrail.ledger.actors import refresh_actors
from pledgetrail.ledger.store import create_or_open
from pledgetrail.ledger.writing import add_batch, finish_build, start_build
from pledgetrail.serving import Settings, create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))

#: What the pages are tried with: two origins for one pledge, a meeting, figures, and a report that means no good.
REPORTS = {
    "one.txt": "Intro. PAK pledged AZE 5 for schools and 7 for roads. PAK met AZE in Baku. AZE counted 12 killed.",
    "two.txt": "Later: PAK pledged AZE 5 for schools. TUR refused AZE 9 for bridges. AZE counted 15 injured.",
    "evil.txt": (
        "<script>alert(1)</script> \u202eARM pledged AZE 3 for <b>. ARM pledged AZE 4 for mines."
        " 'javascript:alert(2)' &amp; \u2066hidden\u2069."
    ),
}


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    """The reader for tests."""
    folder = str(Path(__file__).resolve().parent.parent / "ledger")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("fake_reader")


@pytest.fixture(scope="session")
def add(fake: ModuleType) -> Callable[..., None]:
    """Adds reports to a ledger, as a build does."""

    def put(path: Path, reports: dict[str, str], **more: Any) -> None:
        with create_or_open(path) as ledger:
            build = start_build(ledger, "fake")
            raws = [fake.raw(name, text, **more) for name, text in reports.items()]
            add_batch(ledger, build, fake.interpret(raws))
            refresh_actors(ledger)
            finish_build(ledger, build, len(raws), 0, 0)

    return put


@pytest.fixture(scope="session")
def small(add: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of ``REPORTS`` and thirty more. Copy it before changing it."""
    path = tmp_path_factory.mktemp("serving") / "small.sqlite"
    hostile = {
        "url": "javascript:alert(3)",
        "title": "<img src=x onerror=alert(4)> \u202eeltit",
        "outlet": "<i>Evil</i>",
    }
    add(path, {name: text for name, text in REPORTS.items() if name != "evil.txt"}, published="2021-01-13")
    add(path, {"evil.txt": REPORTS["evil.txt"]}, **hostile)
    more = {f"more/{n:02}.txt": f"TUR pledged ARM {n + 10} for item{n:02}. A second sentence." for n in range(30)}
    add(path, more, published="2022-05", url="https://example.org/news")
    return path


@pytest.fixture
def ledger(small: Path, tmp_path: Path) -> Path:
    """A copy of the small ledger."""
    return Path(shutil.copy(small, tmp_path / "l.sqlite"))


class Client(TestClient):
    """A browser without script: keeps cookies, knows the token of the forms that it saw."""

    def token(self) -> str:
        return self.get("/ledger").text.split('name="token" value="')[1].split('"')[0]

    def send_form(self, address: str, **fields: Any) -> Any:
        return self.post(address, data={"token": self.token(), **fields})

    def row(self, what: str) -> str:
        """The id of the commitment about something."""
        (found,) = {row["id"] for row in self.rows(f"?q={what}") if row["what"] == what}
        return str(found)

    def rows(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/ledger.json{query}").json()["rows"]
        return found


@pytest.fixture
def client(ledger: Path) -> Iterator[Client]:
    """A client of an app in this process."""
    app = create_app(ledger, Settings(reviewer="ada"))
    with Client(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def reader(small: Path) -> Iterator[Client]:
    """A client of an app that all tests share; they decide nothing, and take away its cookies if they like."""
    app = create_app(small, Settings(reviewer="ada"))
    with Client(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        yield client


@pytest.fixture
def server(ledger: Path) -> Iterator[str]:
    """The address of a server of the ledger, for real browsers."""
    with served(ledger, reviewer="ada") as address:
        yield address


@pytest.fixture
def opened(browser: Browser, server: str) -> Iterator[Opened]:
    """Opens a page of the server. Errors of scripts, broken policies and requests to elsewhere fail the test."""
    visits = Visits(browser, server)
    yield visits
    visits.close()
    assert not visits.wrong


@pytest.fixture(scope="module")  # while it is open asyncio.run fails, which tests of other rooms call
def browser() -> Iterator[Browser]:
    """Debian's Chromium (`make setup-system`), driven by Playwright."""
    if not CHROMIUM.exists():
        words = f"no Chromium at {CHROMIUM}; make setup-system installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()
