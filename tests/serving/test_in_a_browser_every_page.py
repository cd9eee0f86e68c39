"""In a real browser: what holds on every page. Skips without Chromium, but not in CI."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from browsing import Visits, served
from crafted import EVIL_NAMES, IMAGE, LINK, SCRIPT, TURNED, make_hostile

from pledgetrail.serving import Settings, create_app
from pledgetrail.serving.team import People, passwords

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SECRET = "correct horse battery"

#: Addresses of every page, by its route; {row} and the like stand for what the ledger has.
EXAMPLES = {
    "/": ("/",),
    "/ledger": ("/ledger", "/ledger?kind=encounter", "/ledger?kind=figure&status=extracted", "/ledger?q=none"),
    "/facet/{name}": ("/facet/by", "/facet/place?kind=encounter"),
    "/rows/{name}": ("/rows/{row}", "/rows/{evil}", "/rows/{met}", "/rows/{figure}", "/rows/r-none"),
    "/rows/{name}/revisions/{number}": ("/rows/{row}/revisions/0", "/rows/{evil}/revisions/1"),
    "/rows/{name}/sentence/{number}": ("/rows/{row}/sentence/1",),
    "/reports": ("/reports", "/reports?q=hacked", "/reports?q=none"),
    "/report": ("/report?id={report}&row={evil}", "/report?id=again.txt", "/report?id=late.txt&at=0-11"),
    "/report/add": ("/report/add?id={report}&start=0&end=90", "/report/add?id={report}&start=0&end=90&kind=figure"),
    "/copies": ("/copies", "/copies?id=first.txt", "/copies?id=late.txt"),
    "/actors": ("/actors", "/actors?q=none"),
    "/actor": ("/actor?id={actor}",),
    "/review": ("/review", "/review?kind=figure", "/review?q=none", "/review?second=1", "/review?second=1&q=none"),
    "/review/{name}": ("/review/{row}", "/review/{evil}", "/review/{row}?second=1", "/review/{evil}?second=1"),
    "/review/agreement": ("/review/agreement", "/review/agreement?settled=yes"),
    "/bulk": ("/bulk", "/bulk?do=accept", "/bulk?do=set:what&row={row}&row={evil}&value=x"),
    "/bulk/done": ("/bulk/done", "/bulk/done?batch=b-1&refused={row}&stale={evil}&more=3"),
    "/bulk/decisions": ("/bulk/decisions",),
    "/audit": ("/audit", "/audit?reviewer=nobody"),
    "/trails": ("/trails", "/trails?all=yes", "/trails?by=nobody"),
    "/trails/{name}": ("/trails/{trail}",),
    "/funnel": ("/funnel", "/funnel?per=sector&into=EUR"),
    "/figures": ("/figures", "/figures?kind=update"),
    "/timeline": ("/timeline", "/timeline?kind=encounter&unit=year", "/timeline?q=none"),
    "/map": ("/map", "/map?kind=encounter"),
    "/network": ("/network", "/network?kind=encounter", "/network?q=none"),
    "/wording": ("/wording", "/wording?all=yes"),
    "/wording/uses": ("/wording/uses?topic={topic}",),
    "/login": ("/login",),
    "/people": ("/people",),
    "/password": ("/password",),
}  # fmt: skip

#: Further rules of axe that are no law, and that pages keep.
KEPT = {"heading-order", "page-has-heading-one", "landmark-one-main", "region", "skip-link", "empty-table-header"}
LAW = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: What pages are looked at as, and for what: in the dark only colours differ, on a small screen only sizes.
VIEWS: tuple[tuple[Literal["dark", "light"], int, list[str]], ...] = (
    ("dark", 1280, ["color-contrast"]),
    ("light", 1280, LAW),
    ("light", 375, ["target-size", "scrollable-region-focusable", "aria-hidden-focus"]),
)


#: Waits until a page has the width that was set, and its scripts know.
SETTLED = """width => new Promise(done => {
  const look = () => innerWidth === width ? requestAnimationFrame(() => setTimeout(done)) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})"""


@pytest.fixture(scope="module")
def hostile(add: Callable[..., None], fake: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with something on every page, and words that mean no good on each."""
    path = tmp_path_factory.mktemp("hostile") / "hostile.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        for code, name in EVIL_NAMES.items():
            patch.setitem(fake.NAMES, code, name)
        make_hostile(add, path)
    return path


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A team of one admin, with hashes that cost nothing."""
    path = tmp_path_factory.mktemp("team") / "people.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobody.cache_clear()
        people = People(path)
        people.add("Ada L.", "admin", SECRET)
        people.add(IMAGE[:80], "reader", SECRET)
        yield path
    passwords._nobody.cache_clear()


@pytest.fixture(scope="module")
def visits(hostile: Path, team: Path, browser: Browser) -> Iterator[Visits]:
    with served(hostile, team=team) as address:
        visits = Visits(browser, address)
        yield visits
        visits.close()


@pytest.fixture(scope="module")
def page(visits: Visits) -> Page:
    """A page whose reader is logged in as an admin."""
    page = visits("/login", reduced_motion="reduce")
    page.get_by_label("Name").fill("Ada L.")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/ledger")
    return page


@pytest.fixture(scope="module")
def names(page: Page) -> dict[str, str]:
    """What stands for the names in the examples."""
    actors = page.request.get("/api/actors?limit=500").json()["actors"]
    trails = page.request.get("/trails.json").json()["trails"]
    return {
        "row": _rows(page)["clinics"],
        "evil": _rows(page)[f"{SCRIPT} roads"],
        "met": page.request.get("/ledger.json?kind=encounter").json()["rows"][0]["id"],
        "figure": page.request.get("/ledger.json?kind=figure").json()["rows"][0]["id"],
        "actor": next(actor["id"] for actor in actors if actor["name"] == EVIL_NAMES["EVL"]),
        "trail": max(trails, key=lambda trail: len(trail["rows"]))["id"],
        "topic": page.request.get("/wording.json").json()["wording"][0]["topic"],
        "report": f"evil {IMAGE}.txt",
    }


def _rows(page: Page) -> dict[str, str]:
    """The ids of commitments by what they are about."""
    return {row["what"]: row["id"] for row in page.request.get("/ledger.json").json()["rows"]}


def test_no_page_is_forgotten(hostile: Path, team: Path) -> None:
    app = create_app(hostile, Settings(team=team))
    paths = set(_paths(app.routes))
    app.state.site.ledger.close()
    assert {path for path in paths if not path.endswith((".json", ".csv"))} == set(EXAMPLES)


def test_every_page_is_also_json_and_a_table(hostile: Path, team: Path) -> None:
    app = create_app(hostile, Settings(team=team))
    paths = set(_paths(app.routes))
    app.state.site.ledger.close()
    bare = {route for route in EXAMPLES if not {f"{route}.json", f"{route}.csv"} <= paths}
    assert bare == {"/", "/bulk/decisions", "/login", "/password"}


@pytest.mark.parametrize("route", EXAMPLES)
def test_a_page_is_accessible_narrow_and_safe(visits: Visits, page: Page, names: dict[str, str], route: str) -> None:
    package = pytest.importorskip("axe_playwright_python")
    axe = (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    found: list[Any] = []
    for example in EXAMPLES[route]:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(example.format_map({name: _quoted(value) for name, value in names.items()}))
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        page.evaluate("for (const box of document.querySelectorAll('#narrow')) box.click()")
        page.evaluate(f"{axe}; 0")
        for scheme, width, rules in VIEWS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(SETTLED, width)
            found += [(example, scheme, width, *its) for its in _violations(page, rules)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [(example, width, f"{wide} pixels wide")] if wide > width else []
        found += [(example, its) for its in _unsafe(page)]
    assert not found and not visits.wrong, json.dumps([*found, *visits.wrong], indent=1)


def _paths(routes: Iterable[Any]) -> Iterator[str]:
    """The paths that can be got and that the description of the API leaves out, also of routers that were included."""
    for route in routes:
        if (router := getattr(route, "original_router", None)) is not None:
            yield from _paths(router.routes)
        elif "GET" in (route.methods or ()) and not route.include_in_schema:
            yield route.path


def _quoted(value: str) -> str:
    return quote(value, safe="")


def _violations(page: Page, rules: list[str]) -> list[tuple[str, list[str]]]:
    """What axe finds: all that is serious, and of the rest what pages keep."""
    result = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules)
    return [
        (its["id"], [node["html"][:200] for node in its["nodes"][:3]])
        for its in result["violations"]
        if its["impact"] in ("serious", "critical") or its["id"] in KEPT
    ]


def _unsafe(page: Page) -> list[str]:
    """What must be on no page: words of reports that became markup, scripts that ran, letters that turn text round."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => {
          const wrong = [];
          if (window.hacked !== undefined) wrong.push(`a script ran: ${window.hacked}`);
          for (const made of document.querySelectorAll("main img, main script, main iframe, main i, main b, [onerror]"))
            wrong.push(made.outerHTML.slice(0, 200));
          for (const link of document.querySelectorAll("a[href]"))
            if (!/^(https?:|\\/|#|\\?)/i.test(link.getAttribute("href"))) wrong.push(link.outerHTML.slice(0, 200));
          if (/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.textContent)) wrong.push("turned letters");
          for (const table of document.querySelectorAll("table"))
            if (!table.caption && !table.closest("dialog")) wrong.push(`no caption: ${table.outerHTML.slice(0, 200)}`);
          if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
          return wrong;
        }"""
    )


#: What reports and reviewers wrote, where it must be seen as they wrote it.
SHOWN = {
    "/ledger": (IMAGE, f"{SCRIPT} roads"),
    "/ledger?kind=encounter": (IMAGE, SCRIPT),
    "/facet/by": (IMAGE,),
    "/rows/{row}": (IMAGE,),
    "/rows/{evil}": (IMAGE, f"{SCRIPT} roads", "⟦U+202E⟧"),
    "/reports": (SCRIPT, IMAGE, "⟦U+202E⟧"),
    "/reports?q=hacked": ("window.hacked",),
    "/report?id={report}": (SCRIPT, IMAGE, LINK, "&lt;b&gt; &amp;", "⟦U+202E⟧"),
    "/actors": (IMAGE,),
    "/actor?id={actor}": (IMAGE,),
    "/review/{evil}": (IMAGE, SCRIPT, LINK),
    "/audit": (IMAGE, SCRIPT, f"{SCRIPT} roads"),
    "/bulk?do=accept": (f"{SCRIPT} roads",),
    "/review/agreement": (IMAGE, SCRIPT),
    "/trails?all=yes": (f"{SCRIPT} roads",),
    "/funnel": (IMAGE,),
    "/figures": ("<b>toll</b> ⟦U+202E⟧ =1+1",),
    "/network": (IMAGE,),
    "/wording/uses?topic=Karabakh%3A+the+region": (IMAGE,),
    "/people": (IMAGE,),
}


@pytest.mark.parametrize("address", SHOWN)
def test_hostile_words_are_seen_as_text(visits: Visits, page: Page, names: dict[str, str], address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address.format_map({name: _quoted(value) for name, value in names.items()}))
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    seen = page.locator("main").inner_text()
    assert [words for words in SHOWN[address] if words not in seen] == []
    assert not visits.wrong


def test_hostile_places_and_actors_are_text_in_pictures_that_move(visits: Visits, page: Page) -> None:
    place = {"place": f"{IMAGE} {TURNED}", "rows": 2, "classes": {SCRIPT: 2}, "address": "/ledger"}
    point = {"type": "Point", "coordinates": [49.9, 40.4]}
    features = [{"type": "Feature", "geometry": point, "properties": place}]
    page.set_viewport_size({"width": 1280, "height": 800})
    page.route("**/map.json*", lambda route: route.fulfill(json={"type": "FeatureCollection", "features": features}))
    page.goto("/map")
    page.locator(".leaflet-box path.place").hover()
    assert page.locator(".leaflet-tooltip").inner_text().startswith(f"{IMAGE} ")
    assert SCRIPT in page.locator(".leaflet-tooltip").inner_text()
    assert page.locator(".leaflet-tooltip :is(img, script)").count() == 0
    page.unroute("**/map.json*")
    page.goto("/network")
    page.get_by_role("button", name="Free network").click()
    page.locator(".graph canvas").first.wait_for()
    assert page.evaluate("window.hacked === undefined") and page.locator("main img").count() == 0
    assert not visits.wrong
