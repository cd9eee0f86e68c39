"""Makes the pictures of the web app in docs/images/: serves the bundled reports on loopback, and drives Chromium.

    python scripts/make_screenshots.py [LEDGER]     # or make screenshots

Without a ledger one is made of samples/reports, as `pledgetrail build` makes it; a given one is copied first. Nothing
in a picture depends on the day or on what was decided: no decisions are made, animations and cursors are off. What does
depend on the machine is its fonts. Chromium is /usr/bin/chromium, or where CHROMIUM says.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT: Final = Path(__file__).resolve().parent.parent
IMAGES: Final = ROOT / "docs" / "images"

#: What is shown, in pixels of a page; pictures have SCALE times as many, so that letters stay sharp when enlarged.
WIDTH: Final = 1280
SCALE: Final = 1.4

#: Of WebP: what can be told from the page only under a magnifying glass.
QUALITY: Final = 80


@dataclass(frozen=True, slots=True)
class Picture:
    """A page, what must be on it before it is taken, and whether there is one in the dark as well."""

    name: str
    address: str
    awaited: str
    height: int = 760
    dark: bool = False

    def files(self) -> tuple[str, ...]:
        """Names of the files."""
        return (f"{self.name}.webp", *((f"{self.name}-dark.webp",) if self.dark else ()))


#: {row} is the row that ``ROW`` finds, {to} the actor that ``TO`` names.
PICTURES: Final = (
    Picture("ledger", "/ledger?to={to}&sort=amount", "table.rows tbody tr", dark=True),
    Picture("row", "/rows/{row}", "table.cells mark", height=820, dark=True),
    Picture("review", "/review", ".panel mark.cell", dark=True),
    Picture("trails", "/trails?to=Pakistan", "svg.trail circle"),
    Picture("figures", "/figures", "svg.claims circle", height=560),
    Picture("map", "/map", ".leaflet-box path.place", height=860),
)

#: A commitment of which two reports tell in one agency's words.
ROW: Final = {"q": '"international airport"', "stage": "completion"}
TO: Final = "Pakistan"


def main() -> int:
    """Make all pictures anew, and take away what else lies beside them."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "samples.sqlite"
        if len(sys.argv) > 1:
            shutil.copy(sys.argv[1], ledger)
        else:
            reports = [sys.executable, "-m", "pledgetrail", "build", "samples/reports", "-o", str(ledger), "--quiet"]
            subprocess.run(reports, cwd=ROOT, check=True)
        IMAGES.mkdir(exist_ok=True)
        wanted = {file for picture in PICTURES for file in picture.files()}
        for file in IMAGES.iterdir():
            if file.name not in wanted:
                file.unlink()
        with served(ledger) as address:
            take(address)
    return 0


@contextlib.contextmanager
def served(ledger: Path) -> Iterator[str]:
    """The address of a server of a ledger, on this machine only."""
    import uvicorn

    from pledgetrail.serving import Settings, create_app

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        app = create_app(ledger, Settings(reviewer="Ada L.", port=port))
        running = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            running.should_exit = True
            thread.join(10)


def take(address: str) -> None:
    """Write the pictures of a server's pages."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--hide-scrollbars"])
        page = browser.new_page(base_url=address, reduced_motion="reduce")
        names = found(page)
        for picture in PICTURES:
            page.set_viewport_size({"width": WIDTH, "height": picture.height})
            for file in picture.files():
                page.emulate_media(color_scheme="dark" if file.endswith("-dark.webp") else "light")
                page.goto(picture.address.format_map(names), wait_until="networkidle")
                page.locator(picture.awaited).first.wait_for()
                (IMAGES / file).write_bytes(content := webp(page, picture.height))
                print(f"{file}: {len(content) / 1000:.0f} kB")
        browser.close()


def found(page: Page) -> dict[str, str]:
    """What stands for the names in the addresses. Raises IndexError or StopIteration if the ledger lacks it."""
    rows: list[dict[str, Any]] = page.request.get("/ledger.json", params=ROW).json()["rows"]
    actors: list[dict[str, Any]] = page.request.get("/actors.json", params={"q": TO}).json()["actors"]
    return {"row": rows[0]["id"], "to": next(actor["id"] for actor in actors if actor["name"] == TO)}


def webp(page: Page, height: int) -> bytes:
    """What a page shows, as WebP, which Playwright's own pictures cannot be."""
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": SCALE}
    session = page.context.new_cdp_session(page)
    made = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip})
    session.detach()
    return base64.b64decode(made["data"])


if __name__ == "__main__":
    sys.exit(main())
