"""In a real browser: logging in, people, passwords, roles. Skips without Chromium, but not in CI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from browsing import Opened, Visits, decided, served

from pledgetrail.serving.team import People, passwords

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SECRET = "correct horse battery"


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An admin, a reviewer and a reader, with hashes that cost nothing."""
    monkeypatch.setattr(passwords, "hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobody.cache_clear()
    people = People(tmp_path / "people.sqlite")
    for name, role in (("Ada L.", "admin"), ("bo", "reviewer"), ("Rê", "reader")):
        people.add(name, role, SECRET)
    yield people.path
    passwords._nobody.cache_clear()


@pytest.fixture
def opened(browser: Browser, ledger: Path, team: Path) -> Iterator[Opened]:
    """Opens a page of the team's server, each in a browser of its own."""
    with served(ledger, team=team) as address:
        visits = Visits(browser, address)
        yield visits
        visits.close()
    assert not visits.wrong


def log_in(page: Page, name: str, password: str = SECRET) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("script", [True, False])
def test_one_logs_in_where_one_wanted_to_go_and_out_again(opened: Opened, script: bool) -> None:
    page = opened("/ledger?stage=refusal", java_script_enabled=script)
    page.wait_for_url("**/login?back=*")
    assert page.get_by_role("navigation").get_by_role("link").count() == 1  # the name, and no page
    log_in(page, "bo", "not the password")
    assert page.get_by_role("alert").inner_text() == "That name and password do not belong together."
    assert page.get_by_label("Name").input_value() == "bo" and page.get_by_label("Password").input_value() == ""
    log_in(page, "bo")
    page.wait_for_url("**/ledger?stage=refusal")
    assert "deciding as bo" in page.get_by_role("banner").inner_text()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.goto("/audit")
    page.wait_for_url("**/login?back=%2Faudit")


def test_who_guesses_has_to_wait(opened: Opened) -> None:
    page = opened("/login")
    for _ in range(5):
        log_in(page, "bo", "a guess")
        page.get_by_text("do not belong together").wait_for()
    log_in(page, "bo", "a guess")
    page.get_by_role("alert").filter(has_text="seconds").wait_for()
    log_in(page, "bo")  # the right one has to wait as well
    page.get_by_role("alert").filter(has_text="seconds").wait_for()
    page.goto("/ledger")
    page.wait_for_url("**/login?back=*")


def test_a_reader_sees_all_and_decides_nothing(opened: Opened, ledger: Path) -> None:
    page = opened("/review")
    log_in(page, "Rê")
    page.wait_for_url("**/review")
    row = page.locator(".panel").get_attribute("data-row")
    for address in ("/review", f"/review/{row}", f"/rows/{row}", "/ledger", "/report?id=one.txt", "/audit"):
        page.goto(address)
        assert "read only" in page.get_by_role("banner").inner_text()
        assert page.locator('main form[method="post"]').count() == 0, address
    page.goto("/review")
    page.keyboard.press("a")
    page.keyboard.press("r")
    page.wait_for_load_state("networkidle")
    assert decided(ledger) == []
    page.goto("/people")
    assert page.locator("h1").inner_text() == "Not yours to do"


def test_a_reviewer_decides_under_a_name_of_their_own(opened: Opened, ledger: Path) -> None:
    page = opened("/review")
    log_in(page, "bo")
    page.wait_for_url("**/review")
    page.keyboard.press("a")
    page.locator("#said li", has_text="accepted").wait_for()
    assert [action for action, _ in decided(ledger)] == ["accept"]
    page.goto("/audit")
    assert page.locator("table.rows tbody tr").first.get_by_role("cell", name="bo", exact=True).count() == 1
    assert page.get_by_role("link", name="People").count() == 0


def test_an_admin_adds_changes_and_removes_people(opened: Opened) -> None:
    page = opened("/people")
    log_in(page, "Ada L.")
    page.wait_for_url("**/people")
    page.get_by_label("Name, as decisions show it").fill("Zoë <b>")
    page.get_by_label("First password").fill("short but long enough")
    page.get_by_role("button", name="Add").click()
    assert page.get_by_role("status").inner_text() == "Zoë <b> has the role reader now."
    page.get_by_label("Role of Zoë <b>").select_option("reviewer")
    page.get_by_role("button", name="Change the role of Zoë <b>").click()
    assert page.get_by_role("status").inner_text() == "Zoë <b> has the role reviewer now."
    assert page.get_by_label("Role of Ada L.").count() == 0  # nobody takes their own role away
    other = opened("/ledger")
    log_in(other, "Zoë <b>", "short but long enough")
    other.wait_for_url("**/ledger")
    page.get_by_role("button", name="Remove Zoë <b>").click()
    assert page.get_by_role("status").inner_text() == "Zoë <b> is no longer in the team."
    other.goto("/ledger")
    other.wait_for_url("**/login?back=*")


def test_a_new_password_ends_other_sessions(opened: Opened) -> None:
    page, elsewhere = opened("/password"), opened("/ledger")
    for one in (page, elsewhere):
        log_in(one, "bo")
    elsewhere.wait_for_url("**/ledger")
    page.get_by_label("Password of now").fill("wrong")
    page.get_by_label("New password").fill("a better one than before")
    page.get_by_role("button", name="Change", exact=True).click()
    assert page.get_by_role("alert").inner_text() == "That is not your password of now."
    page.get_by_label("Password of now").fill(SECRET)
    page.get_by_label("New password").fill("a better one than before")
    page.get_by_role("button", name="Change", exact=True).click()
    page.wait_for_url("**/ledger")
    elsewhere.goto("/ledger")
    elsewhere.wait_for_url("**/login?back=*")
    log_in(elsewhere, "bo", "a better one than before")
    elsewhere.wait_for_url("**/ledger")
