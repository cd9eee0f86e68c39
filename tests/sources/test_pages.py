"""Web pages: our own pages of many layouts with what is to be read of them, and pages made to do harm."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trafilatura import bare_extraction

from pledgetrail.reading import read as read_document
from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, read_reports
from pledgetrail.sources.pages import report_from_page

PAGES = Path(__file__).parent / "pages"
GOLD: dict[str, dict[str, Any]] = json.loads((PAGES / "gold.json").read_text(encoding="utf-8"))
PARAGRAPHS = (
    "<p>Velmar will pay for two road bridges in the flooded valley of Arden, its ministry said on Tuesday.</p>"
    "<p>Work is to begin in May and end before the autumn rains, according to the ministry's statement.</p>"
)


def report(data: bytes | str, **more: Any) -> RawReport:
    found = outcome(data, **more)
    assert isinstance(found, RawReport), found
    return found


def outcome(data: bytes | str, limits: Limits | None = None, **more: Any) -> RawReport | Problem:
    page = data.encode() if isinstance(data, str) else data
    return report_from_page(page, source="folder/page.html", id="page.html", limits=limits or Limits(), **more)


def page(body: str = PARAGRAPHS, head: str = "") -> str:
    return f"<!doctype html><html><head><title>A page</title>{head}</head><body>{body}</body></html>"


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


# --- our own pages -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reports() -> dict[str, RawReport]:
    return {name: report((PAGES / f"{name}.html").read_bytes()) for name in GOLD}


def test_every_page_has_its_gold() -> None:
    assert {path.stem for path in PAGES.glob("*.html")} == set(GOLD) and len(GOLD) > 25


@pytest.mark.parametrize("name", GOLD)
@pytest.mark.parametrize("field", ["title", "outlet", "author", "section", "language", "url"])
def test_what_the_page_says_of_itself(reports: dict[str, RawReport], name: str, field: str) -> None:
    assert getattr(reports[name], field) == GOLD[name].get(field)


@pytest.mark.parametrize("name", GOLD)
def test_the_day_of_publication(reports: dict[str, RawReport], name: str) -> None:
    assert read_document(reports[name]).published == GOLD[name].get("published")


@pytest.mark.parametrize("name", GOLD)
def test_paragraphs_stay_whole_and_apart(reports: dict[str, RawReport], name: str) -> None:
    """A line holds one paragraph; one that trafilatura leaves out (a caption) is no line of another."""
    lines = [line.removeprefix("- ") for line in reports[name].text.split("\n")]
    missing = [paragraph for paragraph in GOLD[name]["text"] if paragraph not in lines]
    assert len(missing) <= 1
    for paragraph in missing:
        assert not any(paragraph in line for line in lines)


def test_no_main_text_is_lost_to_trafilatura_alone(reports: dict[str, RawReport]) -> None:
    for name, gold in GOLD.items():
        alone = bare_extraction((PAGES / f"{name}.html").read_bytes(), include_comments=False)
        wanted = words("\n".join(gold["text"]))
        theirs, ours = words(alone.text), words(reports[name].text)
        assert (ours & wanted).total() >= (theirs & wanted).total(), name
        assert (ours & wanted).total() / ours.total() >= (theirs & wanted).total() / theirs.total(), name


def test_the_page_goes_along(reports: dict[str, RawReport]) -> None:
    data = (PAGES / "amp.html").read_bytes()
    found = reports["amp"]
    assert found.page == data and found.page_sha256 == hashlib.sha256(data).hexdigest() == found.content_sha256


def test_a_folder_of_pages_and_single_files() -> None:
    found = list(read_reports([PAGES]))
    assert [item.id for item in found if isinstance(item, RawReport) and item.page] == sorted(
        f"{name}.html" for name in GOLD
    )
    (single,) = read_reports([PAGES / "xhtml.html"])
    assert isinstance(single, RawReport) and single.id == "xhtml.html" and single.outlet == "Government of Arden"


# --- encodings ---------------------------------------------------------------------------------------

CAFE = page("<p>The café in Kärst reopened on Tuesday, and the mayor of the town came to see it.</p>" + PARAGRAPHS)


@pytest.mark.parametrize(
    ("encoding", "charset", "mark"),
    [
        ("utf-8", None, b""),
        ("utf-8", "iso-8859-1", b""),  # what is UTF-8 is UTF-8
        ("utf-8", None, b"\xef\xbb\xbf"),
        ("utf-16-le", None, b"\xff\xfe"),
        ("utf-16-be", None, b"\xfe\xff"),
        ("latin-1", "ISO-8859-1", b""),
        ("latin-1", "no-such-encoding", b""),
        ("latin-1", "rot13", b""),
        ("latin-1", None, b""),
    ],
)
def test_encodings(encoding: str, charset: str | None, mark: bytes) -> None:
    assert "The café in Kärst" in report(mark + CAFE.encode(encoding), charset=charset).text


def test_the_server_s_word_goes_before_the_page_s() -> None:
    data = page("<p>Журавль is an island.</p>" + PARAGRAPHS, '<meta charset="latin-1">').encode("cp1251")
    assert "Журавль" in report(data, charset="windows-1251").text
    assert "Журавль" not in report(data).text


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    data = page("<p>The café in Kärst.</p>" + PARAGRAPHS * 9, '<meta charset="utf-8">').encode()
    assert "The café in K\ufffdrst" in report(data.replace("ä".encode(), b"\xe4")).text


# --- pages made to do harm ---------------------------------------------------------------------------


def test_fifty_megabytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.html"
    with path.open("wb") as file:
        file.write(page().encode())
        file.truncate(50_000_000)
    (found,) = read_reports([path])
    assert isinstance(found, Problem) and found.kind == "too-long" and "large.html: longer than" in found.message


def test_more_elements_than_a_page_has_are_refused() -> None:
    found = outcome(page("<b>x</b>" * 300 + PARAGRAPHS), limits=Limits(page_elements=200))
    assert isinstance(found, Problem) and found.kind == "too-long" and "elements" in found.message


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "font", "ul", "table"])
def test_deep_nesting_keeps_the_words(tag: str) -> None:
    deep = f"<{tag}>" * 100_000 + PARAGRAPHS + f"</{tag}>" * 100_000 + "<p>After the deep there is a word.</p>"
    text = report(page(deep)).text
    assert "Velmar will pay for two road bridges" in text and "After the deep" in text


def test_unknown_tags_in_the_deep_do_not_crash() -> None:
    found = outcome(page("<p>Before.</p>" + "<x-y>" * 100_000 + PARAGRAPHS))
    assert isinstance(found, RawReport | Problem)


def test_slips_of_nul_bytes_are_left_out() -> None:
    assert "flooded valley" in report(page(PARAGRAPHS.replace("flooded", "flo\0oded"))).text


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (page("").encode(), "no-text"),
        (page("<script>let a = 1</script><style>p {}</style>").encode(), "no-text"),
        (b"<!-- nothing -->", "no-text"),
        (page("<div>We use cookies</div>").encode(), "no-text"),
        (b"<html>", "no-text"),
        (bytes(range(256)) * 40, "binary"),
        (b"<p>a</p>" + b"\0" * 400, "binary"),
    ],
)
def test_pages_without_text_are_named(data: bytes, kind: str) -> None:
    found = outcome(data)
    assert isinstance(found, Problem)
    assert found.kind == kind and found.message.startswith("folder/page.html: ")


def test_scripts_are_no_text() -> None:
    text = report(
        page(f"<script>document.write('stolen words')</script>{PARAGRAPHS}<noscript>Turn it on</noscript>")
    ).text
    assert "stolen" not in text and "Turn it on" not in text


@pytest.mark.parametrize(
    "broken",
    [
        f"<html><body><div><p>One <b>two<i></p></b>{PARAGRAPHS}</span></td></body",
        f"<<<<<p <div class=>{PARAGRAPHS}",
        f"</p></div></html>{PARAGRAPHS}<html><head>",
        PARAGRAPHS,
        f"<!DOCTYPE html [<!ENTITY a 'x'>]><title>t</title>{PARAGRAPHS}",
    ],
)
def test_broken_markup_gives_its_text(broken: str) -> None:
    assert "before the autumn rains" in report(broken).text


def test_entities_do_not_grow() -> None:
    names = "abcdefghij"
    entities = '<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip(names, names[1:], strict=False)
    )
    bomb = f'<?xml version="1.0"?><!DOCTYPE html [{entities}]><html xmlns="http://www.w3.org/1999/xhtml"><body>'
    text = report(f"{bomb}<p>&j;</p>{PARAGRAPHS}</body></html>").text
    assert len(text) < 1000 and "lol" not in text and "ENTITY" not in text


@pytest.mark.parametrize(
    "script",
    [
        "[" * 100_000,
        '{"@graph":' * 10_000 + "1" + "}" * 10_000,
        '{"a": 1e999999}',
        '{"@type": [1, null, {}], "@id": []}',
    ],
)
def test_hostile_linked_data_does_no_harm(script: str) -> None:
    assert report(page(head=f'<script type="application/ld+json">{script}</script>')).title is None


def test_half_characters_are_replaced() -> None:
    script = '{"@type":"NewsArticle","headline":"Half \\ud83d","articleSection":"\\udc00"}'
    found = report(page(head=f'<script type="application/ld+json">{script}</script>'))
    for value in (found.text, found.title, found.section):
        (value or "").encode("utf-8")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_report_or_a_problem(data: bytes) -> None:
    found = outcome(b"<html><body><p>" + data + PARAGRAPHS.encode())
    if isinstance(found, RawReport):
        found.text.encode("utf-8")
