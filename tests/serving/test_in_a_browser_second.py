"""In a real browser: second opinions by keys and without script, and the pages of them. Skips without Chromium, but not
in CI.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from browsing import Opened

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger
from pledgetrail.serving.columns import lot

TELLING = ("accepted", "rejected", "edited", "bob", "so he says")


@pytest.fixture
def seconds(ledger: Path, client: Any) -> list[str]:
    """Twelve rows that bob has decided, every third rejected, in the order in which they are served."""
    rows = sorted((client.row(f"item{n:02}") for n in range(12)), key=lot)
    with open_ledger(ledger, write=True) as opened:
        for n, row in enumerate(rows):
            review.record(opened, "accept" if n % 3 else "reject", row, reviewer="bob", reason="so he says")
    return rows


def opinions(ledger: Path) -> list[tuple[str, str, str]]:
    """All that ada decided, in order."""
    with open_ledger(ledger) as opened, opened.reading() as connection:
        from sqlalchemy import select

        from pledgetrail.ledger.schema import decisions as d

        query = select(d.c.action, d.c.row_id, d.c.new).where(d.c.reviewer == "ada").order_by(d.c.id)
        return [(action, row, json.loads(new or '""')) for action, row, new in connection.execute(query)]


def test_seconding_by_keys_shows_nothing_before_one_has_spoken(
    opened: Opened, seconds: list[str], ledger: Path
) -> None:
    page = opened("/review?second=1")
    assert page.locator("#queue li").evaluate_all("lines => lines.map(line => line.dataset.id)") == seconds
    assert "seconding as ada" in page.locator("main").inner_text()
    for row in seconds[:4]:  # whatever the page fetches ahead
        page.locator(f'.panel[data-row="{row}"]').wait_for()
        main = page.locator("main").evaluate("main => main.outerHTML").lower()
        assert not [word for word in TELLING if word in main]
        page.keyboard.press("j")
    for _ in range(4):
        page.keyboard.press("k")
    page.locator(f'.panel[data-row="{seconds[0]}"]').wait_for()
    page.keyboard.press("a")
    page.locator(
        "#said li", has_text="You accepted it, bob rejected it: you differ. Their reason: so he says"
    ).wait_for()
    page.locator(f'.panel[data-row="{seconds[1]}"]').wait_for()
    assert "bob" not in page.locator("#panel").inner_html()
    for key in "rar":
        page.keyboard.press(key)  # faster than any answer comes
    page.locator("#left").get_by_text("8", exact=True).wait_for()
    assert opinions(ledger) == [
        ("second", seconds[0], "accepted"),
        ("second", seconds[1], "rejected"),
        ("second", seconds[2], "accepted"),
        ("second", seconds[3], "rejected"),
    ]
    with open_ledger(ledger) as ours:
        assert {review.shown(ours, row).status for row in seconds} == {"accepted", "rejected"}
        assert review.shown(ours, seconds[1]).status == "accepted"  # as bob has it


def test_a_verdict_is_shown_when_one_goes_back_and_hidden_again_after_an_undo(
    opened: Opened, seconds: list[str], ledger: Path
) -> None:
    page = opened("/review?second=1")
    page.keyboard.press("c")
    page.keyboard.type("a reason")  # letters typed into a field are letters
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.locator("#left").get_by_text("11", exact=True).wait_for()
    page.keyboard.press("k")
    page.locator(f'.panel[data-row="{seconds[0]}"][data-given]').wait_for()
    assert "you differ" in page.locator(".panel").inner_text() and "a reason" in page.locator(".panel").inner_text()
    page.keyboard.press("r")
    page.locator("#said li.bad", has_text="Undo it first").wait_for()
    page.keyboard.press("u")
    page.locator(f'.panel[data-row="{seconds[0]}"]:not([data-given])').wait_for()
    page.locator("#left").get_by_text("12", exact=True).wait_for()
    assert "bob" not in page.locator("#panel").inner_html()
    page.keyboard.press("u")
    page.locator("#said li.bad", has_text="no second opinion of yours").wait_for()
    assert [action for action, *_ in opinions(ledger)] == ["second", "undo"]


def test_keys_that_change_rows_are_off(opened: Opened, seconds: list[str], ledger: Path) -> None:
    page = opened("/review?second=1")
    page.locator(".panel").wait_for()
    for key in "emsn":
        page.keyboard.press(key)
        page.locator("#said li.bad", has_text=f"{key} is off while you second").wait_for()
    assert page.locator("#edit, #merge, #split, #comment").count() == 0 and opinions(ledger) == []
    assert f'data-row="{seconds[0]}"' in page.locator("#panel").inner_html()


def test_a_row_that_changes_meanwhile_is_shown_again_still_blind(
    opened: Opened, seconds: list[str], ledger: Path
) -> None:
    page = opened("/review?second=1")
    page.locator(".panel").wait_for()
    with open_ledger(ledger, write=True) as ours:
        review.record(ours, "edit", seconds[0], reviewer="bob", cell="what", new="a new item")
    page.keyboard.press("a")
    page.locator("#said li.bad", has_text="has changed since it was shown").wait_for()
    page.locator(".panel", has_text="a new item").wait_for()
    assert "bob" not in page.locator("#panel").inner_html() and opinions(ledger) == []
    page.keyboard.press("a")
    page.locator("#said li", has_text="bob edited it: you agree").wait_for()


def test_without_script(opened: Opened, seconds: list[str], ledger: Path) -> None:
    page = opened("/review?second=1", java_script_enabled=False)
    assert page.locator(".panel").get_attribute("data-row") == seconds[0]
    page.locator("#why").fill("not in the text")
    page.get_by_role("button", name="Accept").click()
    assert "You accepted it, bob rejected it: you differ" in page.locator("#said").inner_text()
    assert page.locator(".panel").get_attribute("data-row") == seconds[1]
    assert "bob" not in page.locator("#panel").inner_html()
    page.get_by_role("link", name="Skip j").click()
    assert page.locator(".panel").get_attribute("data-row") == seconds[2]
    page.get_by_role("button", name="Undo my last opinion").click()
    assert page.locator(".panel").get_attribute("data-row") == seconds[0]
    assert opinions(ledger)[0] == ("second", seconds[0], "accepted")
    assert [action for action, *_ in opinions(ledger)] == ["second", "undo"]
    page.get_by_role("button", name="Reject").click()
    assert "you agree" in page.locator("#said").inner_text()
    page.get_by_role("link", name="Agreement so far").first.click()
    assert "agree" in page.locator("h1").inner_text().lower()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened: Opened, seconds: list[str], client: Any, scheme: str) -> None:
    package = pytest.importorskip("axe_playwright_python")
    script = (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    for n, row in enumerate(seconds[:5]):
        client.send_form("/decisions", action="second", opinion="accept" if n % 2 else "reject", row=row)
    page = opened("/ledger", color_scheme=scheme, bypass_csp=True)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] if scheme == "light" else ["color-contrast"]
    found = {}
    pages = ["/review?second=1", f"/review?second=1&given={seconds[0]}", "/review?second=1&q=nothing"]
    pages += [f"/review/{seconds[0]}?second=1", f"/review/{seconds[6]}?second=1", "/review/agreement"]
    for address in (*pages, f"/rows/{seconds[0]}", "/ledger?status=accepted&status=rejected", "/audit"):
        page.goto(address)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        page.evaluate(script)
        result = page.evaluate("rules => axe.run({runOnly: rules})", rules)
        for violation in result["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found[f"{address} {violation['id']}"] = [node["html"][:160] for node in violation["nodes"][:3]]
    assert not found, json.dumps(found, indent=1)
