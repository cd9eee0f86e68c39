"""In a real browser: many rows decided as one. Skips without Chromium, but not in CI."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import Opened, decided

if TYPE_CHECKING:
    from playwright.sync_api import Page

LAW = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def sound(page: Page) -> None:
    """Whether axe finds nothing serious."""
    package = pytest.importorskip("axe_playwright_python")
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate("rules => axe.run({runOnly: rules})", LAW)
    wrong = [v for v in result["violations"] if v["impact"] in ("serious", "critical")]
    assert not wrong, json.dumps([(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in wrong], indent=1)


def boxes(page: Page) -> Any:
    return page.locator('table.rows input[name="row"]')


def test_three_rows_are_chosen_looked_at_decided_and_undone(opened: Opened, ledger: Path) -> None:
    page = opened("/ledger", bypass_csp=True)
    button = page.locator("#chosen")
    assert button.is_disabled()
    wanted = [boxes(page).nth(n).get_attribute("value") for n in (0, 2, 3)]
    for n in (0, 2, 3):
        boxes(page).nth(n).check()
    assert button.inner_text() == "Decide the 3 chosen…"
    sound(page)
    button.click()
    page.wait_for_url("**/bulk?row=*")
    page.get_by_label("What is to be done").select_option("reject")
    page.get_by_role("button", name="Reject 3 rows").wait_for()  # the choice shows the preview at once
    assert page.locator("table.lines tbody tr").count() == 3 and decided(ledger) == []
    page.reload()  # the address says it all
    sound(page)
    page.get_by_role("button", name="Reject 3 rows").click()
    page.get_by_role("heading", name="3 decisions recorded").wait_for()
    sound(page)
    assert decided(ledger) == [("reject", row) for row in wanted]
    page.get_by_role("link", name="Undo all of these").click()
    page.get_by_role("button", name="Undo 3 decisions").click()
    page.get_by_role("heading", name="3 decisions recorded").wait_for()
    assert decided(ledger)[3:] == [("undo", row) for row in wanted]
    page.goto("/audit")
    assert page.locator("table.rows tbody tr").count() == 2 and page.locator("tr.undone").count() == 1
    sound(page)
    page.get_by_role("link", name="Redo all").click()
    page.get_by_role("button", name="Redo 3 decisions").wait_for()
    page.goto("/ledger?status=rejected")
    assert boxes(page).count() == 0


def test_rows_that_are_loaded_below_join_the_form(opened: Opened, ledger: Path, add: Callable[..., None]) -> None:
    add(ledger, {f"x{n}": f"PAK pledged ARM {n} for thing{n:02}." for n in range(40)})
    page = opened("/ledger")
    every = page.get_by_label("Choose all rows that are listed")
    every.check()
    assert page.locator("#chosen").inner_text() == "Decide the 50 chosen…"
    page.get_by_role("link", name="Next rows").scroll_into_view_if_needed()
    boxes(page).nth(73).wait_for()
    assert every.evaluate("box => box.indeterminate")
    last = boxes(page).nth(73)
    last.check()
    row = last.get_attribute("value")
    page.locator("#chosen").click()
    page.wait_for_url("**/bulk?*")
    assert "Decide 51 rows" in page.locator("h1").inner_text() and f"row={row}" in page.url


def test_a_view_is_decided_without_script(opened: Opened, ledger: Path, client: Any) -> None:
    page = opened("/ledger?by=state:PAK", java_script_enabled=False)
    assert not page.get_by_label("Choose all rows that are listed").is_visible()
    boxes(page).first.check()
    page.get_by_role("button", name="Decide the chosen…").click()
    assert page.locator("h1").inner_text() == "Decide the chosen row"
    page.goto("/ledger?by=state:PAK")
    page.get_by_role("link", name="Decide all 2…").click()
    page.get_by_label("What is to be done").select_option("set:stage")
    page.get_by_role("button", name="Preview").click()
    page.get_by_label("to", exact=True).select_option("offer")
    page.get_by_role("button", name="Preview").click()
    assert page.locator("table.sums tbody tr").count() == 2
    page.get_by_label("Why").fill("it was only offered")
    page.get_by_role("button", name="Set stage of 2 rows").click()
    assert [action for action, _ in decided(ledger)] == ["edit", "edit"]
    assert {row["what"] for row in client.rows("?stage=offer")} == {"schools", "roads"}
    page.get_by_role("link", name="Undo all of these").click()
    page.get_by_role("button", name="Undo 2 decisions").click()
    assert client.rows("?stage=offer") == []
