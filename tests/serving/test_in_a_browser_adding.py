"""In a real browser: adding a row from words selected in a report. Skips without Chromium, but not in CI."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import Opened, decided

NAME = "missed.txt"
SAID = "\u202eOn Tuesday \U0001f30d Ankara promised \u05d1\u05d0\u05e7\u05d5 (Baku) two bridges \U0001f309 near Fuzuli."
HEAD = "\U0001f5de\ufe0f <b>News</b> &amp; \u0623\u062e\u0628\u0627\u0631."
TEXT = f"{HEAD} {SAID} TUR pledged ARM 3 for wells.\n\nThe end."

#: Selects words, wherever the pieces of the text break.
SELECT = """words => {
  const pieces = [], walk = document.createTreeWalker(document.querySelector(".text"), NodeFilter.SHOW_TEXT);
  let all = "";
  for (let node; (node = walk.nextNode()); all += node.data) pieces.push([node, all.length]);
  const at = all.indexOf(words);
  const place = where => {
    const [node, start] = pieces.findLast(([, start]) => start <= where);
    return [node, where - start];
  };
  if (at < 0) throw new Error(`${words} is not there`);
  getSelection().setBaseAndExtent(...place(at), ...place(at + words.length));
}"""


@pytest.fixture
def missed(ledger: Path, add: Callable[..., None]) -> str:
    """A report that says more than the program reads, among signs of several scripts and lengths."""
    add(ledger, {NAME: TEXT}, published="2021-01-13")
    return NAME


def quotes(row: dict[str, Any], cell: str) -> list[str]:
    found = row["cell_evidence"].get(cell, [])
    for span in found:
        assert TEXT[span["start"] : span["end"]] == span["quote"]
    return [span["quote"] for span in found]


def test_a_row_is_added_from_selected_words(opened: Opened, missed: str, client: Any, ledger: Path) -> None:
    page = opened(f"/report?id={missed}")
    page.evaluate(SELECT, "two bridges")
    page.get_by_role("button", name="Add a row from these words").wait_for()
    page.keyboard.press("n")
    page.wait_for_url("**/report/add?**")
    box = page.locator("#sentence").first.bounding_box()
    assert box and 0 < box["y"] < 800
    assert page.locator("mark.cell").inner_text() == "two bridges"
    assert SAID[1:] in page.locator("blockquote.sentence").inner_text()
    page.get_by_label("Stage").select_option("pledge")
    page.locator('[data-cell="what"] .offers').get_by_role("button", name="two bridges").click()
    page.locator('[data-cell="by"] .offers').get_by_role("button", name="Türkiye").click()
    page.locator("#cell-to").focus()
    page.evaluate(SELECT, "\u05d1\u05d0\u05e7\u05d5")
    page.locator(".text").dispatch_event("mouseup")
    assert page.locator("#cell-to").input_value() == "\u05d1\u05d0\u05e7\u05d5"
    page.locator("#cell-when").focus()
    page.evaluate(SELECT, "Tuesday")
    page.locator(".text").dispatch_event("mouseup")
    assert page.locator("#cell-when").input_value() == "Tuesday"
    page.locator("#cell-places").focus()
    for words in ("Fuzuli", "near", "near"):
        page.evaluate(SELECT, words)
        page.locator(".text").dispatch_event("mouseup")
    assert page.locator("#cell-places").input_value() == "Fuzuli; near"
    page.locator("#cell-places").fill("Fuzuli; the north")
    page.get_by_role("button", name="Add the commitment").click()
    page.wait_for_url("**/rows/r-*")
    ((action, row),) = decided(ledger)
    assert action == "add" and page.url.endswith(row)
    assert "two bridges" in page.locator("h1").inner_text() and page.locator("h1 .status").inner_text() == "added"
    found = client.get(f"/rows/{row}.json").json()
    assert [span["quote"] for span in found["evidence"]] == [SAID]
    assert (quotes(found, "what"), quotes(found, "by")) == (["two bridges"], ["Ankara"])
    assert (quotes(found, "to"), quotes(found, "when")) == (["\u05d1\u05d0\u05e7\u05d5"], ["Tuesday"])
    assert quotes(found, "places")[0] == "Fuzuli"
    assert (found["when"], found["when_basis"]) == ("2021-01-12", "from the report's date")
    page.locator("table.cells a.place").first.click()
    box = page.locator("#sentence").first.bounding_box()
    assert box and 0 < box["y"] < 800


def test_review_leads_to_adding_and_back(opened: Opened, missed: str, client: Any, ledger: Path) -> None:
    page = opened("/review")
    rows = page.locator("#queue li").evaluate_all("lines => lines.map(line => line.dataset.id)")
    page.keyboard.press("j")
    page.locator(f'.panel[data-row="{rows[1]}"]').wait_for()
    page.evaluate(SELECT, "second sentence")
    page.keyboard.press("n")
    page.wait_for_url("**/report/add?**")
    page.get_by_role("link", name="Figure", exact=True).click()
    page.wait_for_url("**kind=figure**")
    page.get_by_label("Value needed").fill("12")
    page.get_by_label("Measure needed").select_option("killed")
    page.get_by_role("button", name="Add it, then back").click()
    page.locator(f'.panel[data-row="{rows[1]}"]').wait_for()
    assert [action for action, _ in decided(ledger)] == ["add"]
    page.evaluate("getSelection().removeAllRanges()")
    page.keyboard.press("n")  # nothing is selected: its report, to choose a sentence in
    page.wait_for_url("**/report?**add=1**")
    assert page.locator("a.to-row mark.choose").count() == 2


def test_the_key_is_one_s_own_and_letters_in_fields_are_letters(opened: Opened, missed: str) -> None:
    page = opened(f"/report?id={missed}")
    page.evaluate("""localStorage.setItem("pledgetrail-keys", JSON.stringify({n: "w"}))""")
    page.reload()
    page.evaluate(SELECT, "two bridges")
    assert page.locator(".add-these kbd").inner_text() == "w"
    page.keyboard.press("n")
    page.keyboard.press("w")
    page.wait_for_url("**/report/add?**")
    page.get_by_label("Why").fill("")
    page.get_by_label("Why").press_sequentially("now")
    assert "/report/add" in page.url and page.get_by_label("Why").input_value() == "now"


def test_without_script_a_row_is_added(opened: Opened, missed: str, client: Any, ledger: Path) -> None:
    page = opened(f"/report?id={missed}", java_script_enabled=False)
    page.get_by_role("link", name="Add a row that was missed").click()
    page.get_by_label("or words of it").fill("near fuzuli")
    page.get_by_role("button", name="Find the sentence").click()
    page.get_by_role("link", name="Encounter", exact=True).click()
    assert page.locator(".offers").count() and not page.locator(".offers").first.is_visible()
    page.get_by_label("Kind needed").select_option("visit")
    page.get_by_label("Participants").first.fill("Türkiye; Azerbaijan")
    page.get_by_label("When").first.fill("someday")
    page.get_by_role("button", name="Add the encounter").click()
    assert "is no date" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Participants").first.input_value() == "Türkiye; Azerbaijan"
    page.get_by_label("When").first.fill("on Tuesday")
    page.get_by_role("button", name="Add the encounter").click()
    row = page.url.rsplit("/", 1)[1]
    found = client.get(f"/rows/{row}.json").json()
    assert found["when"] == "2021-01-12" and quotes(found, "participants") == ["Ankara", "Baku"]


def test_axe_finds_nothing_serious(opened: Opened, missed: str) -> None:
    package = pytest.importorskip("axe_playwright_python")
    script = (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    for scheme in ("light", "dark"):
        page = opened(f"/report?id={missed}&add=1", color_scheme=scheme, bypass_csp=True)
        for address in (
            None,
            f"/report/add?id={missed}&quote=two+bridges",
            f"/report/add?id={missed}&quote=wells&kind=figure",
        ):
            if address:
                page.goto(address)
                page.locator("#cell-when").focus()
            page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
            page.evaluate(script)
            result = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
            found = [(v["id"], v["nodes"][0]["html"][:200]) for v in result["violations"]]
            assert not found, (scheme, address)
