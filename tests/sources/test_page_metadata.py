"""What pages say of themselves, case by case."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pledgetrail.records import RawReport
from pledgetrail.sources import Limits
from pledgetrail.sources.page_authors import believed
from pledgetrail.sources.page_fields import author_words, fields, table
from pledgetrail.sources.pages import report_from_page

BODY = (
    "<h1>Velmar pledges two bridges</h1><p>Velmar will pay for two road bridges in the flooded valley of Arden, its"
    " ministry said on Tuesday.</p><p>Work is to begin in May and end before the autumn rains, according to it.</p>"
)


def read(head: str = "", body: str = BODY, url: str | None = None) -> RawReport:
    data = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()
    found = report_from_page(data, source="p", id="p", url=url, limits=Limits())
    assert isinstance(found, RawReport)
    return found


def linked(*nodes: dict[str, Any]) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


def test_data_files_have_their_form() -> None:
    for name in ("page_fields", "page_authors"):
        for values in table(name).values():
            for words in values.values() if isinstance(values, dict) else [values]:
                assert words and all(word == word.lower() and word == word.strip() for word in words)
                assert len(words) == len(set(words))
    assert "newsarticle" in fields().report and "datepublished" in fields().wanted and "admin" in author_words().generic


@pytest.mark.parametrize(
    ("names", "author"),
    [
        (["Dora Lind"], "Dora Lind"),
        (["By Dora Lind"], "Dora Lind"),
        (["Written by: Dora Lind"], "Dora Lind"),
        (["Dora Lind and Tom Arlen"], "Dora Lind, Tom Arlen"),
        (["Dora Lind", "dora lind", "Tom Arlen"], "Dora Lind, Tom Arlen"),
        (["Dora Lind, Chief Correspondent"], "Dora Lind"),
        (["Dora Lind and agencies"], "Dora Lind"),
        (["Dr. Ana-María de la Rosa O’Neill"], "Dr. Ana-María de la Rosa O’Neill"),
        (["AFP"], "AFP"),
        (["admin"], None),
        (["Staff Writer"], None),
        (["Web Desk"], None),
        (["The Editorial Team"], None),
        (["https://social.example/valley"], None),
        (["desk@valley.example"], None),
        (["valley.com"], None),
        (["Valley Times"], None),
        (["VALLEY TIMES."], None),
        (["Ministry of Works"], None),
        (["user1234"], None),
        (["jdoe"], None),
        (["By"], None),
        (["— 12 —"], None),
        (["x" * 100], None),
        ([], None),
        ([f"Name Number{chr(97 + i)}" for i in range(20)], None),  # the whole staff
    ],
)
def test_names_that_are_believed(names: list[str], author: str | None) -> None:
    assert believed(names, ["Valley Times", None]) == author


def test_a_byline_alone_is_not_believed_and_with_an_address_it_is() -> None:
    assert read(body='<p class="byline">By Jana Roe</p>' + BODY).author is None
    assert read(body='<p class="byline">By <a href="/author/jana-roe">Jana Roe</a></p>' + BODY).author == "Jana Roe"
    elsewhere = '<aside><p class="author"><a href="/author/jana-roe">Jana Roe</a></p></aside>'
    assert read(body=BODY + elsewhere).author is None
    comment = '<div class="comments"><p class="author"><a href="/author/jana-roe">Jana Roe</a></p></div>'
    assert read(body=BODY + comment).author is None


def test_an_organisation_in_linked_data_is_no_author() -> None:
    node = {"@type": "NewsArticle", "author": {"@type": "Organization", "name": "Dora Lind Press Ltd"}}
    assert read(linked(node)).author is None


@pytest.mark.parametrize(
    "author",
    [
        {"@type": "Person", "name": "Dora Lind"},
        [{"@type": ["Person"], "name": "Dora Lind"}],
        "Dora Lind",
        ["Dora Lind"],
        {"@type": "Person", "name": ["Dora Lind"]},
        {"@type": "Person", "givenName": "Dora", "familyName": "Lind"},
        {"@id": "#dora"},
    ],
)
def test_forms_of_an_author_in_linked_data(author: Any) -> None:
    nodes = [{"@type": "Article", "author": author}, {"@type": "Person", "@id": "#dora", "name": "Dora Lind"}]
    assert read(linked({"@graph": nodes})).author == "Dora Lind"


def test_of_several_reports_the_page_s_own_is_taken() -> None:
    other = {
        "@type": "NewsArticle",
        "url": "https://v.example/other",
        "headline": "Other",
        "datePublished": "2020-01-05",
    }
    own = {"@type": "NewsArticle", "url": "https://v.example/own/", "headline": "Own", "datePublished": "2021-03-09"}
    found = read(linked(other, own), url="http://www.v.example/own?from=feed")
    assert (found.title, found.published, found.url) == ("Own", "2021-03-09", "http://www.v.example/own?from=feed")


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (
            '<meta name="date" content="2021-03-09"><meta property="article:modified_time" content="2021-04-01">',
            "2021-03-09",
        ),
        ('<meta property="article:published_time" content="2021-03-09T22:00:00Z">', "2021-03-09T22:00:00Z"),
        (
            '<meta property="article:published_time" content="not a day"><meta name="pubdate" content="20210309">',
            "20210309",
        ),
        (linked({"@type": "NewsArticle", "datePublished": "2021-03-09", "dateModified": "2021-05-01"}), "2021-03-09"),
        (linked({"@type": "NewsArticle", "dateModified": "2021-05-01"}), None),
        (linked({"@type": "WebPage", "datePublished": "2021-03-09"}), "2021-03-09"),
    ],
)
def test_days_of_metadata(head: str, published: str | None) -> None:
    assert read(head).published == published


def test_a_day_of_change_is_a_guess_only() -> None:
    head = '<meta property="og:updated_time" content="2021-04-01T10:00:00Z">'
    alone = read(head)
    assert (alone.published, alone.guessed) == (None, "2021-04-01T10:00:00Z")
    labelled = read(head, "<div>Published: <span>9 March 2021</span></div>" + BODY)
    assert (labelled.published, labelled.guessed) == ("9 March 2021", None)


@pytest.mark.parametrize(
    "text", ["Published in 2021 and read by all of the many people who live in the valley", "Published 1/2/2021"]
)
def test_labels_that_say_no_day(text: str) -> None:
    found = read(body=f"{BODY}<p>{text}</p>")
    assert found.published is None or text not in found.published


def test_a_copyright_is_no_day() -> None:
    found = read(body=BODY + "<footer>© 2021 Valley Times</footer>")
    assert (found.published, found.guessed) == (None, None)


def test_title_and_outlet_are_parted() -> None:
    found = read("<title>Velmar pledges two bridges | World | Valley Times</title>")
    assert (found.title, found.outlet) == ("Velmar pledges two bridges", "Valley Times")


def test_a_headline_that_metadata_cut_is_made_whole() -> None:
    assert read('<meta property="og:title" content="Velmar pledges two…">').title == "Velmar pledges two bridges"


def test_a_tab_that_names_the_site_is_no_title() -> None:
    assert read("<title>Welcome to the Valley Times</title>", BODY.replace("h1", "b")).title is None


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://v.example/a", "https://v.example/a"),
        ("/a", "https://v.example/a"),
        ("javascript:alert(1)", None),
        ("http://[broken", None),
    ],
)
def test_addresses(canonical: str, url: str | None) -> None:
    base = '<meta property="og:url" content="https://v.example/">' if url else ""
    assert read(f'<link rel="canonical" href="{canonical}">{base}').url == url
