"""In a real browser: what keys, scripts and style sheets make of the pages. Skips without Chromium, but not in CI."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


#: What the console says of answers that a test asks for: a stale row, a row that is not there.
EXPECTED = re.compile(r"status of (409|404)")


@pytest.fixture
def opened(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the server. Errors of scripts, broken policies and requests to elsewhere fail the test."""
    contexts, wrong = [], []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on(
            "console",
            lambda said: wrong.append(said.text) if said.type == "error" and not EXPECTED.search(said.text) else None,
        )
        page.on("request", lambda r: None if r.url.startswith((server, "data:")) else wrong.append(f"asked {r.url}"))

    def visit(address: str, **more: Any) -> Page:
        context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 800}, **more)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not wrong


def decided(ledger: Path) -> list[tuple[str, str]]:
    """Every decision with its row, in order."""
    with open_ledger(ledger) as opened, opened.reading() as connection:
        found = connection.exec_driver_sql("SELECT action, row_id FROM decisions ORDER BY id")
        return [(action, row) for action, row in found]


def test_twenty_rows_are_decided_by_keys_and_two_undone(opened: Callable[..., Page], ledger: Path) -> None:
    page = opened("/review")
    first = page.locator("#queue li").evaluate_all("lines => lines.map(line => line.dataset.id)")
    assert len(first) == 20 and page.locator("#left").inner_text() == "34"
    for key in "aaaaaaaaaa":
        page.keyboard.press(key)  # faster than any answer comes
    for number in range(10, 20):
        page.keyboard.press("r" if number % 2 else "a")
    page.locator("#left").get_by_text("14", exact=True).wait_for()
    page.keyboard.press("u")
    page.keyboard.press("u")
    page.locator("#left").get_by_text("16", exact=True).wait_for()
    made = decided(ledger)
    assert [row for _, row in made[:20]] == first
    assert [action for action, _ in made[:20]] == ["accept"] * 10 + ["accept", "reject"] * 5
    assert made[20:] == [("undo", first[19]), ("undo", first[18])]
    page.locator(f'.panel[data-row="{first[18]}"]').wait_for()  # the last undone is there to be decided anew
    page.goto("/ledger?status=accepted&status=rejected")
    assert page.locator("table.rows tbody tr").count() == 18
    assert page.locator("tr.rejected").count() == 4
    page.goto("/review")
    again = page.locator("#queue li").evaluate_all("lines => lines.map(line => line.dataset.id)")
    assert not set(again) & set(first[:18]) and set(first[18:]) <= set(again)


def test_skip_back_and_keys(opened: Callable[..., Page], ledger: Path) -> None:
    page = opened("/review")
    rows = page.locator("#queue li").evaluate_all("lines => lines.map(line => line.dataset.id)")

    def shows(row: str) -> None:
        page.locator(f'.panel[data-row="{row}"]').wait_for()

    page.keyboard.press("j")
    shows(rows[1])
    page.keyboard.press("j")
    shows(rows[2])
    page.keyboard.press("k")
    shows(rows[1])
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("a")  # no decision while the keys are shown
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("c")
    page.keyboard.type("area r a")  # letters typed into a field are letters
    page.get_by_role("button", name="Comment", exact=True).click()
    page.locator("#said li").first.wait_for()
    assert decided(ledger) == [("comment", rows[1])]


def test_keys_can_be_one_s_own(opened: Callable[..., Page], ledger: Path) -> None:
    page = opened("/review")
    page.keyboard.press("?")
    field = page.locator('#help input[data-does="a"]')
    field.fill("r")
    field.blur()
    assert field.input_value() == "a"  # taken
    field.fill("y")
    page.get_by_role("button", name="Close").click()
    assert "y" in page.get_by_role("button", name="Accept").inner_text()
    page.keyboard.press("a")  # means nothing any more
    page.reload()
    row = page.locator(".panel").get_attribute("data-row")
    page.keyboard.press("y")
    page.locator("#said li", has_text="accepted").wait_for()
    assert decided(ledger) == [("accept", row)]


def test_a_stale_row_is_named_and_shown_again(opened: Callable[..., Page], ledger: Path) -> None:
    page = opened("/review")
    row = page.locator(".panel").get_attribute("data-row")
    assert row
    with open_ledger(ledger, write=True) as ours:
        review.record(ours, "reject", row, reviewer="bob")
    page.keyboard.press("a")
    page.locator("#said li.bad", has_text="has changed since it was shown").wait_for()
    page.locator(f'.panel[data-row="{row}"][data-status="rejected"]').wait_for()
    assert decided(ledger) == [("reject", row)]
    page.keyboard.press("a")  # seen, and decided
    page.locator("#said li", has_text="accepted").wait_for()
    assert decided(ledger)[-1] == ("accept", row)


def test_a_cell_is_edited_by_selecting_its_words(opened: Callable[..., Page], client: Any, ledger: Path) -> None:
    row = client.row("mines")
    page = opened(f"/review/{row}")
    page.evaluate(
        """() => {
          const walk = document.createTreeWalker(document.querySelector(".text"), NodeFilter.SHOW_TEXT);
          for (let node; (node = walk.nextNode()); ) {
            const at = node.data.indexOf("&");
            if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + 5);
          }
        }"""
    )
    page.keyboard.press("e")
    page.locator("#edit select[name=cell]").select_option("what")
    assert page.locator("#edit input[name=quote]").input_value() == "&amp;"
    page.locator("#edit input[name=value]").fill("clearing mines")
    page.get_by_role("button", name="Save the cell").click()
    page.locator('.panel[data-status="edited"]').wait_for()
    found = client.get(f"/rows/{row}.json").json()
    assert found["what"] == "clearing mines"
    assert [span["quote"] for span in found["cell_evidence"]["what"]] == ["&amp;"]  # behind signs that are written out


def test_facets_search_and_the_rows_below(opened: Callable[..., Page], ledger: Path, add: Callable[..., None]) -> None:
    add(ledger, {f"x{n}": f"PAK pledged ARM {n} for thing{n:02}." for n in range(40)})
    page = opened("/ledger")
    assert page.locator("table.rows tbody tr:not(.next)").count() == 50
    page.get_by_role("link", name="Next rows").scroll_into_view_if_needed()
    page.locator("table.rows tbody tr").nth(73).wait_for()
    page.get_by_role("link", name=re.compile("^refusal")).first.click()
    page.wait_for_url("**/ledger?stage=refusal")
    assert page.locator("table.rows tbody tr").count() == 1
    page.get_by_role("link", name=re.compile("refusal.*chosen")).click()
    page.get_by_label("Search for words").fill("thing07")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ledger?*q=thing07*")
    assert page.locator("table.rows tbody tr").count() == 1
    page.get_by_label("Order").select_option("amount")
    page.wait_for_url("**sort=amount*")
    page.locator("table.rows tbody a").first.click()
    page.wait_for_url("**/rows/r-*")


def test_a_report_opens_at_the_sentence(
    opened: Callable[..., Page], ledger: Path, add: Callable[..., None], client: Any
) -> None:
    add(ledger, {"long.txt": "Nothing here.\n\n" * 200 + "PAK pledged TUR 6 for trams.\n\n" + "Nor here.\n\n" * 200})
    page = opened(f"/rows/{client.row('trams')}")
    page.locator("table.cells a.place").first.click()
    box = page.locator("#sentence").bounding_box()
    assert box and 0 < box["y"] < 800
    page.goto(f"/review/{client.row('trams')}")
    box = page.locator("#sentence").bounding_box()
    assert box and 0 < box["y"] < 800


def test_dark_and_light(opened: Callable[..., Page]) -> None:
    def ground(page: Page) -> int:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return max(int(part) for part in re.findall(r"\d+", colour)[:3])

    assert ground(opened("/ledger", color_scheme="light")) > 200
    page = opened("/ledger", color_scheme="dark")
    assert ground(page) < 60
    for theme in ("dark", "light"):
        page.get_by_role("button", name=re.compile("appearance")).click()
        page.locator(f'html[data-theme="{theme}"]').wait_for(state="attached")
    assert ground(page) > 200  # light was asked for


def test_without_script_all_can_be_read_and_decided(opened: Callable[..., Page], ledger: Path, client: Any) -> None:
    page = opened("/review", java_script_enabled=False)
    first = page.locator(".panel").get_attribute("data-row")
    page.get_by_role("button", name="Accept").click()
    second = page.locator(".panel").get_attribute("data-row")
    assert second != first and decided(ledger) == [("accept", first)]
    page.get_by_role("link", name="Skip j").click()
    assert page.locator(".panel").get_attribute("data-row") not in (first, second)
    page.get_by_role("button", name="Undo my last").click()
    assert page.locator(".panel").get_attribute("data-row") == first
    page.locator("#edit summary").click()
    page.locator("#edit select[name=cell]").select_option("stage")
    page.locator("#edit input[name=value]").fill("offer")
    page.get_by_role("button", name="Save the cell").click()
    assert client.get(f"/rows/{first}.json").json()["stage"] == "offer"
    page.goto("/ledger")
    page.get_by_label("Search for words").fill("schools")
    page.get_by_role("button", name="Show", exact=True).click()
    page.locator("table.rows tbody a").first.click()
    page.get_by_role("button", name="Reject").click()
    assert "rejected" in page.locator("h1").inner_text()


PAGES = (
    *(
        "/ledger",
        "/ledger?kind=figure",
        "/facet/by",
        "/rows/{row}",
        "/rows/{row}/sentence/1",
        "/reports",
        "/report?id=one.txt",
    ),
    *("/report?id=evil.txt", "/actors", "/actor?id=state:AZE", "/review", "/review/{row}", "/audit", "/rows/r-none"),
    *("/trails", "/funnel", "/figures", "/timeline", "/map?kind=encounter", "/network", "/network?kind=encounter"),
    *("/wording", "/copies"),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened: Callable[..., Page], client: Any, scheme: str) -> None:
    package = pytest.importorskip("axe_playwright_python")
    script = (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    row = client.row("schools")
    client.send_form("/decisions", action="edit", row=row, cell="what", value="ten schools")
    page = opened("/ledger", color_scheme=scheme, bypass_csp=True)
    # in the dark only colours differ
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] if scheme == "light" else ["color-contrast"]
    found = {}
    for address in PAGES:
        page.goto(address.format(row=row))
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        page.evaluate(script)
        result = page.evaluate("rules => axe.run({runOnly: rules})", rules)
        for violation in result["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found[address, violation["id"]] = [node["html"][:160] for node in violation["nodes"][:3]]
    assert not found, json.dumps([[*key, nodes] for key, nodes in found.items()], indent=1)


def test_the_map_and_the_free_network_move(opened: Callable[..., Page]) -> None:
    page = opened("/map?kind=encounter")
    page.locator(".leaflet-box path.place").wait_for()
    assert page.locator(".leaflet-box path.disputed").count() > 10 and page.locator("svg.map").count() == 0
    page.locator(".leaflet-box path.place").hover()
    assert page.locator(".leaflet-tooltip").inner_text() == "Baku: 1 meeting"
    page.locator(".leaflet-box path.place").click()
    page.wait_for_url("**/ledger?kind=encounter&place=Baku")
    page.goto("/network")
    page.get_by_role("button", name="Free network").click()
    page.locator(".graph canvas").first.wait_for()
    assert not page.locator("svg.network").is_visible()
    page.get_by_role("button", name="Two columns").click()
    assert page.locator("svg.network").is_visible() and not page.locator(".graph").is_visible()


def test_pictures_are_there_without_script(opened: Callable[..., Page]) -> None:
    page = opened("/map?kind=encounter", java_script_enabled=False)
    assert page.locator("svg.map circle").count() == 1
    page.goto("/network")
    assert page.locator("svg.network path").count() >= 2
    assert not page.get_by_role("button", name="Free network").is_visible()
    page.goto("/trails")
    assert page.locator("svg.trail").count() > 1 and page.locator("svg.trail circle").count() > 1
