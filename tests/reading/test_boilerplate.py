"""Lines that no phrase gives away are weighed; a report without a page around it loses nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pledgetrail.reading import read
from pledgetrail.reading.line_features import step
from pledgetrail.records import Document, RawReport

BODY = [
    "Norway will send two mobile bridges to the flooded valley of Arden, its foreign ministry said on Tuesday.",
    "The bridges are worth 4 million crowns and should stand before the winter, according to the ministry in Oslo.",
    "Local engineers asked for help after three crossings were washed away in the first week of October.",
    "“We have waited for this,” Mayor Kari Moe said. “The children could not go to school for three weeks.”",
    "The county of Arden has paid for the repair of roads so far, and hopes that the capital will share the costs.",
    "The bridges will be carried by rail to the station of Lower Arden and put up by soldiers, the ministry said.",
]
ABOVE = ["Home", "World", "Politics", "Business", "Sport", "Weather", "Sign in", "Subscribe", "Search", "Menu"]
TEASERS = [
    "Ten dogs that cannot believe what their owners did",
    "How to cook rice like your grandmother",
    "Film stars who went back to school",
    "Share on Facebook",
    "The best phones you can buy this winter",
    "What your favourite colour says about you",
    "Privacy policy",
    "Terms of use",
    "Contact us",
    "© 2024 The Arden Herald. All rights reserved.",
]


def doc(lines: list[str]) -> Document:
    return read(RawReport(id="d", source="s", text="\n".join(lines), content_sha256=""))


def kept(document: Document) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind in ("body", "heading")]


def test_a_report_within_its_page() -> None:
    found = doc([*ABOVE, "Norway sends bridges to Arden", "By Tor Berg", *BODY, *TEASERS])
    assert kept(found) == BODY
    assert (found.title, found.author) == ("Norway sends bridges to Arden", "Tor Berg")


def test_a_report_without_a_page() -> None:
    items = ["- 10 million crowns for the upper bridge", "- 4 million crowns for the lower bridge", "- tents"]
    lines = ["Norway sends bridges to Arden", *BODY, "The help includes:", *items, *BODY[:0]]
    assert kept(doc(lines)) == lines[1:]


@settings(max_examples=30)
@given(st.lists(st.sampled_from([*BODY, *ABOVE, *TEASERS]) | st.text(max_size=40), max_size=40))
def test_blocks_cover_any_page(lines: list[str]) -> None:
    found = doc(lines)
    at = 0
    for block in found.blocks:
        assert not found.text[at : block.start].strip() and block.start < block.end
        at = block.end
    assert not found.text[at:].strip()


def test_steps() -> None:
    assert [step(value, 0, 0.5, 1) for value in (-1, 0, 0.2, 0.5, 1, 2)] == [0, 0, 1, 1, 2, 3]
