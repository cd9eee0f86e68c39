"""Looks at feeds: what is new comes into the ledger once, and what that changed is told."""

from __future__ import annotations

import functools
import ipaddress
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from websites import Reply, Route, Site, mute, page, website

from pledgetrail.pipeline.building import build_reports
from pledgetrail.pipeline.feedlist import Feed, FeedListError, read_feeds
from pledgetrail.pipeline.watching import Look, look, state_file
from pledgetrail.sources.fetching.addresses import parse
from pledgetrail.sources.fetching.guard import AddressPolicy
from pledgetrail.sources.fetching.manners import Manners

POLICY = AddressPolicy(exempt=frozenset(map(ipaddress.ip_address, ("127.0.0.1", "127.0.0.2"))))
MANNERS = Manners(rate=0, backoff=0, timeout=20, attempts=2, policy=POLICY)


def rss(*entries: dict[str, str], **headers: str) -> Reply:
    """A feed. An entry has ``guid``, and ``content`` (all of it) or ``summary``; perhaps a ``link``."""
    items = ""
    for entry in entries:
        content = f"<content:encoded>{entry['content']}</content:encoded>" if "content" in entry else ""
        summary = f"<description>{entry['summary']}</description>" if "summary" in entry else ""
        link = f"<link>{entry['link']}</link>" if "link" in entry else ""
        items += f"<item><guid>{entry['guid']}</guid><title>News</title>{link}{summary}{content}</item>"
    body = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Agency</title>{items}</channel></rss>"
    )
    return Reply(body.encode(), headers={"Content-Type": "application/rss+xml", **headers})


PLEDGE = {"guid": "1", "content": "PAK pledged AZE 5 for schools."}
MEETING = {"guid": "2", "content": "PAK met AZE in Baku."}


@pytest.fixture
def serve() -> Iterator[Callable[..., Site]]:
    with ExitStack() as stack:

        def start(routes: dict[str, Route] | None = None, host: str = "127.0.0.1") -> Site:
            return stack.enter_context(website(routes, host))

        yield start


@pytest.fixture
def watch(fake: Any, tmp_path: Path) -> Callable[..., Look]:
    """One look, with the fake reader, into a ledger in the test's folder."""

    def run(*feeds: Feed, **more: Any) -> Look:
        build = functools.partial(build_reports, interpret=fake.interpret, reader=more.get("reader", "fake"))
        return look(feeds, tmp_path / "l.sqlite", **{"manners": MANNERS, "build": build, "reader": "fake"} | more)

    return run


def feed(site: Site, path: str = "/feed", **more: Any) -> Feed:
    return Feed(more.pop("name", "agency"), parse(site.url(path)), None, **more)


def told(found: Look) -> list[tuple[str, str]]:
    """The changes: what kind, and the class of the row."""
    return [
        (change.kind, change.entry.columns["stage"] or change.entry.columns["encounter"] if change.entry else "")
        for change in found.changes
    ]


def texts(ledger: Path) -> dict[str, str]:
    database = sqlite3.connect(ledger)
    found = dict(database.execute("SELECT id, text FROM documents"))
    database.close()
    return found


def test_what_is_new_comes_in_once(serve: Any, watch: Any, tmp_path: Path) -> None:
    site = serve({"/feed": rss(PLEDGE)})
    first = watch(feed(site))
    assert (first.feeds, first.entries, first.problems) == (1, 1, [])
    assert told(first) == [("new", "pledge")]
    assert [span.document for span in first.changes[0].evidence] == ["agency#1"]
    again = watch(feed(site))
    assert (again.feeds, again.entries, again.changes, again.problems) == (1, 0, [], [])
    site.routes["/feed"] = rss(MEETING, PLEDGE)
    assert told(watch(feed(site))) == [("new", "meeting")]
    assert set(texts(tmp_path / "l.sqlite")) == {"agency#1", "agency#2"}


def test_a_feed_that_has_not_changed_is_not_sent_again(serve: Any, watch: Any) -> None:
    def conditional(handler: BaseHTTPRequestHandler) -> Reply:
        if handler.headers["If-None-Match"] == '"v1"' and handler.headers["If-Modified-Since"]:
            return Reply(status=304)
        return rss(PLEDGE, ETag='"v1"', **{"Last-Modified": "Sat, 21 Nov 2026 10:00:00 GMT"})

    site = serve({"/feed": conditional})
    assert [watch(feed(site)).unchanged for _ in range(3)] == [0, 1, 1]
    headers = [sorted(name for name in sent if name.startswith("If-")) for _, sent in site.asked]
    assert headers == [[], *[["If-Modified-Since", "If-None-Match"]] * 2]


def test_the_ledger_and_the_reader_decide_what_is_known(serve: Any, watch: Any, tmp_path: Path) -> None:
    """A new reader, a ledger that was removed, or a state file that is broken: everything is looked at anew."""
    site = serve({"/feed": rss(PLEDGE, ETag='"v1"')})
    watch(feed(site))
    assert watch(feed(site), reader="later").entries == 1
    (tmp_path / "l.sqlite").unlink()
    assert told(watch(feed(site), reader="later")) == [("new", "pledge")]
    for broken in ("", "[]", '{"reader": "later", "feeds": {"agency": 3}}', '{"reader": "later", "feeds": []}'):
        state_file(tmp_path / "l.sqlite").write_text(broken)
        assert watch(feed(site), reader="later").problems == []
    assert "If-None-Match" not in site.asked[-1][1]


def test_more_evidence_changes_and_withdrawals_are_told(serve: Any, watch: Any) -> None:
    site = serve({"/feed": rss(PLEDGE, MEETING)})
    row = watch(feed(site)).changes[0].row
    site.routes["/feed"] = rss({"guid": "3", "content": "As known, PAK pledged AZE 5 for schools."}, PLEDGE, MEETING)
    (more,) = watch(feed(site)).changes
    assert (more.kind, more.row) == ("evidence", row)
    assert [span.document for span in more.evidence] == ["agency#3"]
    site.routes["/feed"] = rss(
        {"guid": "1", "content": "PAK pledged AZE 7 for schools."}, {"guid": "2", "content": "No."}
    )
    found = watch(feed(site))
    changes = {change.kind: change for change in found.changes}
    assert set(changes) == {"changed", "withdrawn"}
    assert changes["changed"].row == row
    assert ("amount_value", 5.0, 7.0) in changes["changed"].cells
    assert changes["withdrawn"].entry is None


def test_summaries_are_kept_and_pages_put_in_their_place_where_wished(serve: Any, watch: Any, tmp_path: Path) -> None:
    story = "PAK pledged AZE 5 for schools. " * 10
    site = serve({"/1": page("News", story)})
    entry = {"guid": "1", "summary": "PAK met AZE in Baku.", "link": site.url("/1")}
    site.routes["/feed"] = rss(entry)
    assert told(watch(feed(site))) == [("new", "meeting")]
    assert site.paths == ["/feed"]
    (tmp_path / "l.sqlite").unlink()
    found = watch(feed(site, pages=True, outlet="The Agency"))
    assert (told(found), found.pages) == ([("new", "pledge")], 1)
    assert story.strip() in texts(tmp_path / "l.sqlite")["agency#1"]
    database = sqlite3.connect(tmp_path / "l.sqlite")
    assert database.execute("SELECT url, title, outlet FROM documents").fetchall() == [
        (site.url("/1"), "News", "The Agency")
    ]
    database.close()
    again = watch(feed(site, pages=True))
    assert (again.entries, again.pages, again.changes) == (0, 0, [])
    assert site.paths.count("/1") == 1


def test_a_page_that_cannot_be_had_is_tried_a_few_times(serve: Any, watch: Any) -> None:
    site = serve({"/robots.txt": Reply(b"User-agent: *\nDisallow: /closed")})
    site.routes["/closed"] = page("News", "secret")
    entries = [
        {"guid": "1", "summary": "PAK met AZE in Baku.", "link": site.url("/missing")},
        {"guid": "2", "summary": "TUR met AZE in Baku.", "link": site.url("/closed")},
        {"guid": "3", "summary": "TUR met ARM in Baku.", "link": "ftp://127.0.0.1/x"},
        {"guid": "4", "summary": "PAK met ARM in Baku.", "link": "http://127.0.0.3/inside"},
    ]
    site.routes["/feed"] = rss(*entries, ETag='"v1"')
    kinds = []
    for _ in range(5):
        found = watch(feed(site, pages=True))
        kinds.append(sorted(problem.kind for problem in found.problems))
    assert told(found) == []
    tried = ["not-there", "private-address", "robots"]
    assert kinds == [["bad-address", *tried], tried, tried, [], []]
    assert site.paths.count("/missing") == 3 and "/closed" not in site.paths
    conditional = ["If-None-Match" in headers for path, headers in site.asked if path == "/feed"]
    assert conditional == [False, False, False, True, True]


def test_a_page_comes_later_if_it_could_not_be_had_at_first(serve: Any, watch: Any) -> None:
    site = serve({"/1": Reply(b"sorry", 503)})
    site.routes["/feed"] = rss({"guid": "1", "summary": "PAK met AZE in Baku.", "link": site.url("/1")})
    assert told(watch(feed(site, pages=True))) == [("new", "meeting")]
    site.routes["/1"] = page("News", "PAK pledged AZE 5 for schools. " * 10)
    assert sorted(told(watch(feed(site, pages=True)))) == [("new", "pledge"), ("withdrawn", "")]


def test_a_feed_that_fails_is_named_and_the_rest_goes_on(serve: Any, watch: Any, tmp_path: Path) -> None:
    fine = serve({"/feed": rss(PLEDGE)}, "127.0.0.2")
    bomb = b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
    site = serve({"/broken": Reply(b"sorry", 500), "/page": page("No feed", "text"), "/bomb": Reply(bomb)})
    site.routes["/moved"] = Reply(status=301, headers={"Location": "http://127.0.0.3/feed"})
    bad = [feed(site, f"/{name}", name=name) for name in ("broken", "gone", "page", "bomb", "moved")]
    missing = Feed("file", None, tmp_path / "no-such-file.xml")
    with mute() as silent:
        slow = Feed("silent", parse(silent.url()), None)
        found = watch(*bad, missing, slow, feed(fine), manners=Manners(rate=0, backoff=0, timeout=0.5, policy=POLICY))
    assert {problem.source for problem in found.problems} == {
        "broken", "gone", "page", "bomb", "moved", "file", "silent",
    }  # fmt: skip
    assert all(problem.source in problem.message for problem in found.problems)
    assert (found.feeds, told(found)) == (1, [("new", "pledge")])


def test_a_feed_that_vanishes_and_comes_back(serve: Any, watch: Any) -> None:
    site = serve({"/feed": rss(PLEDGE)})
    watch(feed(site))
    del site.routes["/feed"]
    lost = watch(feed(site))
    assert ([problem.kind for problem in lost.problems], lost.changes) == (["not-there"], [])
    site.routes["/feed"] = rss(PLEDGE, MEETING)
    assert told(watch(feed(site))) == [("new", "meeting")]


def test_killed_before_the_end_it_is_done_again(serve: Any, watch: Any, fake: Any, tmp_path: Path) -> None:
    site = serve({"/feed": rss(PLEDGE, ETag='"v1"')})

    def killed(*_: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch(feed(site), build=killed)
    assert not state_file(tmp_path / "l.sqlite").exists()
    assert told(watch(feed(site))) == [("new", "pledge")]


def test_a_file_is_a_feed_too(watch: Any, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(rss(PLEDGE).body)
    local = Feed("file", None, tmp_path / "feed.xml")
    assert told(watch(local)) == [("new", "pledge")]
    assert watch(local).entries == 0
    (tmp_path / "feed.xml").write_bytes(rss(MEETING).body)
    assert told(watch(local)) == [("new", "meeting")]


def test_a_list_of_feeds(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(
        '[[feed]]\nurl = "https://Example.org/rss"\n\n'
        '[[feed]]\npath = "sub/feed.xml"\nname = "agency"\noutlet = "The Agency"\npages = true\n'
    )
    assert read_feeds(path) == [
        Feed("https://example.org/rss", parse("https://example.org/rss"), None),
        Feed("agency", None, tmp_path / "sub" / "feed.xml", "The Agency", True),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read"),
        ("feed = [", "TOML"),
        ("", "names no feed"),
        ("feed = 3", "names no feed"),
        ("feed = [3]", "no table"),
        ("interval = 3\n[[feed]]\nurl = 'http://a.example/'", "interval"),
        ("[[feed]]\nlink = 'http://a.example/'", "link"),
        ("[[feed]]\nurl = 3", "must be text"),
        ("[[feed]]\nurl = 'http://a.example/'\npages = 'yes'", "true or false"),
        ("[[feed]]\nname = 'x'", "either url or path"),
        ("[[feed]]\nurl = 'http://a.example/'\npath = 'x'", "either url or path"),
        ("[[feed]]\nurl = 'file:///etc/passwd'", "not http"),
        ('[[feed]]\nurl = "http://a.example/"\nname = "a\\u001bb"', "control"),
        ("[[feed]]\nurl = 'http://a.example/'\n[[feed]]\nname = 'x'\nurl = 'http://a.example'", "twice"),
        ("[[feed]]\nurl = 'http://a.example/'\nname = 'x'\n[[feed]]\nname = 'x'\npath = 'y'", "twice"),
    ],
)
def test_a_list_that_cannot_be_used(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "feeds.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(FeedListError, match=message) as caught:
        read_feeds(path)
    assert str(path) in str(caught.value)


def test_the_state_is_small_and_readable(serve: Any, watch: Any, tmp_path: Path) -> None:
    site = serve({"/feed": rss(PLEDGE, ETag='"v1"')})
    watch(feed(site))
    site.routes["/feed"] = rss(MEETING, ETag='"v2"')
    watch(feed(site))
    state = json.loads(state_file(tmp_path / "l.sqlite").read_text())
    assert state["feeds"]["agency"]["etag"] == '"v2"'
    assert list(state["feeds"]["agency"]["entries"]) == ["agency#2"]
    assert sorted(path.name for path in tmp_path.iterdir() if "watch" in path.name) == ["l.sqlite.watch.json"]
