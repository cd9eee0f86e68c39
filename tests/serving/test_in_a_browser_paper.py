"""In a real browser: pages on paper. Skips without Chromium, but not in CI."""

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
