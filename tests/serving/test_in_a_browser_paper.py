"""In a real browser: tables on paper and on a common screen. Skips without Chromium, but not in CI."""

from __future__ import annotations

import pytest
from browsing import Opened

#: What is wider than the sheet, or cut off within its own box.
_CUT = """() => [...document.querySelectorAll('main *:not(.hidden)')].filter(part => !part.closest('svg, .hidden') && (
  part.getBoundingClientRect().right > innerWidth + 1
  || (part.tagName === 'TABLE' && getComputedStyle(part).display !== 'table')
)).map(part => part.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(
    "address", ["/ledger", "/funnel", "/timeline", "/trails?all=yes", "/wording?all=yes", "/bulk?do=accept"]
)
def test_nothing_is_cut_off_on_a_letter_sheet(opened: Opened, address: str) -> None:
    page = opened(address)
    page.set_viewport_size({"width": 720, "height": 960})  # 8.5 inches less margins
    page.emulate_media(media="print")
    assert page.evaluate(_CUT) == []


def test_the_bars_of_the_timeline_are_on_paper(opened: Opened) -> None:
    page = opened("/timeline")
    page.emulate_media(media="print")
    assert page.locator("svg .bar rect").first.is_visible()


def test_a_word_of_a_party_is_not_broken_on_a_common_screen(opened: Opened) -> None:
    page = opened("/ledger")
    page.set_viewport_size({"width": 1280, "height": 800})
    word = "document.querySelector('td.party').textContent = 'Reconstruction'"
    height = "document.querySelector('td.party').parentElement.offsetHeight"
    page.evaluate("for (const cell of document.querySelectorAll('td.party')) cell.textContent = 'Office'")
    before = page.evaluate(height)
    page.evaluate(word)
    assert page.evaluate(height) == before
