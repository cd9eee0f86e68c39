"""In a real browser: reviewing by keys, by pointer and without script. Skips without Chromium, but not in CI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from browsing import Opened, decided

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger


def test_twenty_rows_are_decided_by_keys_and_two_undone(opened: Opened, ledger: Path) -> None:
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


def test_skip_back_and_keys(opened: Opened, ledger: Path) -> None:
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


def test_keys_can_be_one_s_own(opened: Opened, ledger: Path) -> None:
    page = opened("/review")
    page.keyboard.press("?")
    field = page.locator('#help input[data-does="a"]')
    field.fill("r")
    field.blur()
    assert field.input_value() == "a"  # taken
    assert page.locator("#key-taken").inner_text().startswith("r is taken already: it is the key to reject it")
    field.click()
    page.keyboard.type("x")
    assert field.input_value() == "x"  # takes the place of the letter that was there
    field.fill("y")
    page.get_by_role("button", name="Close").click()
    assert "y" in page.get_by_role("button", name="Accept").inner_text()
    page.keyboard.press("a")  # means nothing any more
    page.reload()
    row = page.locator(".panel").get_attribute("data-row")
    page.keyboard.press("y")
    page.locator("#said li", has_text="accepted").wait_for()
    assert decided(ledger) == [("accept", row)]


def test_what_was_typed_is_there_again(opened: Opened, ledger: Path) -> None:
    page = opened("/review")
    rows = page.locator("#queue li").evaluate_all("lines => lines.map(line => line.dataset.id)")
    value, why = page.locator("#edit input[name=value]"), page.locator("#edit input[name=reason]")
    page.keyboard.press("e")
    page.locator("#edit select[name=cell]").select_option("what")
    value.fill("five schools")
    why.fill("as told below")
    why.press("Escape")
    page.keyboard.press("j")
    page.locator(f'.panel[data-row="{rows[1]}"]').wait_for()
    assert why.input_value() == "" and not page.locator("#edit").get_attribute("open")
    page.keyboard.press("k")
    page.locator(f'.panel[data-row="{rows[0]}"]').wait_for()
    assert page.locator("#edit select[name=cell]").input_value() == "what"
    assert (value.input_value(), why.input_value()) == ("five schools", "as told below")
    page.get_by_role("button", name="Save the cell").click()
    page.locator('.panel[data-status="edited"]').wait_for()
    assert why.input_value() == ""  # sent, and no longer kept
    assert decided(ledger) == [("edit", rows[0])]


#: Four keys at once, before any answer.
FOUR = """() => {
  for (const key of "aaaa") document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}"""


def test_keys_end_where_no_server_answers(opened: Opened, ledger: Path) -> None:
    page = opened("/review")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('Failed to fetch')); }")
    page.evaluate(FOUR)
    page.locator("#said li.bad", has_text="The server does not answer; nothing was decided").wait_for()
    page.wait_for_timeout(100)
    assert page.locator("#said li").count() == 1 and not decided(ledger)


def test_keys_end_where_the_page_is_older_than_the_server(opened: Opened, ledger: Path) -> None:
    page = opened("/review")
    page.evaluate("document.getElementById('review').dataset.token = '0'.repeat(64)")
    page.evaluate(FOUR)
    page.locator("#said li.bad", has_text="This page is older than the server: load it again").wait_for()
    page.wait_for_load_state("networkidle")
    assert page.locator("#said li").count() == 1 and not decided(ledger)


def test_a_stale_row_is_named_and_shown_again(opened: Opened, ledger: Path) -> None:
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


def test_a_cell_is_edited_by_selecting_its_words(opened: Opened, client: Any, ledger: Path) -> None:
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


def test_without_script_all_can_be_read_and_decided(opened: Opened, ledger: Path, client: Any) -> None:
    page = opened("/review", java_script_enabled=False)
    first = page.locator(".panel").get_attribute("data-row")
    page.get_by_role("button", name="Accept").click()
    second = page.locator(".panel").get_attribute("data-row")
    assert second != first and decided(ledger) == [("accept", first)]
    page.get_by_role("link", name="Skip j").click()
    assert page.locator(".panel").get_attribute("data-row") not in (first, second)
    page.get_by_role("button", name="Undo my last").click()
    assert page.locator(".panel").get_attribute("data-row") == first
    page.locator("#edit > summary").click()
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
