"""In a real browser: what scripts and style sheets make of the pages. Skips without Chromium, but not in CI."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from browsing import Opened

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_facets_search_and_the_rows_below(opened: Opened, ledger: Path, add: Callable[..., None]) -> None:
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


def test_a_report_opens_at_the_sentence(opened: Opened, ledger: Path, add: Callable[..., None], client: Any) -> None:
    add(ledger, {"long.txt": "Nothing here.\n\n" * 200 + "PAK pledged TUR 6 for trams.\n\n" + "Nor here.\n\n" * 200})
    page = opened(f"/rows/{client.row('trams')}")
    page.locator("table.cells a.place").first.click()
    box = page.locator("#sentence").bounding_box()
    assert box and 0 < box["y"] < 800
    page.goto(f"/review/{client.row('trams')}")
    box = page.locator("#sentence").bounding_box()
    assert box and 0 < box["y"] < 800


def test_dark_and_light(opened: Opened) -> None:
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


def test_the_map_and_the_free_network_move(opened: Opened) -> None:
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


def test_pictures_are_there_without_script(opened: Opened) -> None:
    page = opened("/map?kind=encounter", java_script_enabled=False)
    assert page.locator("svg.map circle").count() == 1
    page.goto("/network")
    assert page.locator("svg.network path").count() >= 2
    assert not page.get_by_role("button", name="Free network").is_visible()
    page.goto("/trails")
    assert page.locator("svg.trail").count() > 1 and page.locator("svg.trail circle").count() > 1


def test_keys_reach_the_content_at_once_and_nothing_lies_over_what_they_reach(opened: Opened) -> None:
    page = opened("/ledger")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    box = skip.bounding_box()
    assert box and box["x"] >= 0 and box["y"] >= 0 and skip.evaluate("link => link === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    page.locator("table.rows tbody a").nth(30).focus()
    for _ in range(40):  # backwards, where the head of the table stays
        page.keyboard.press("Shift+Tab")
        seen = page.evaluate(
            """() => {
              const its = document.activeElement, box = its.getBoundingClientRect();
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return its.contains(top) || top?.contains(its) ? "" : its.outerHTML;
            }"""
        )
        assert not seen


def test_nothing_moves_for_whom_movement_is_too_much(opened: Opened) -> None:
    page = opened("/map?kind=encounter", reduced_motion="reduce")
    page.locator(".leaflet-box path.place").wait_for()
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator(".leaflet-zoom-anim").count() == 0
    page.goto("/review")
    page.get_by_role("button", name="Accept").hover()
    assert page.evaluate("document.getAnimations().length") == 0


def test_on_paper_there_are_no_buttons(opened: Opened, client: Any) -> None:
    page = opened("/ledger")
    for address in ("/ledger", f"/rows/{client.row('schools')}", "/review?q=schools"):
        page.goto(address)
        page.emulate_media(media="print")
        shown = page.locator("button, input, select").evaluate_all(
            "all => all.filter(its => its.checkVisibility()).length"
        )
        assert not shown, address
        assert page.get_by_role("link", name="Timeline").count() == 0
        assert "schools" in page.locator("main").inner_text(), address
        page.emulate_media(media="screen")
