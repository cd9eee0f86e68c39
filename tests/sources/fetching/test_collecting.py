"""Whole runs against servers on loopback. Only the address of the test's own server is let through the guard."""

from __future__ import annotations

import gzip
import ipaddress
import os
import re
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from websites import Reply, Route, Site, mute, page, website

from pledgetrail.records import Problem
from pledgetrail.sources.fetching.addresses import parse
from pledgetrail.sources.fetching.collecting import FetchSummary, collect, waiting
from pledgetrail.sources.fetching.crawling import OUTCOMES
from pledgetrail.sources.fetching.guard import AddressPolicy
from pledgetrail.sources.fetching.manners import Manners

LOOPBACK = ipaddress.ip_address("127.0.0.1")
OTHER = ipaddress.ip_address("127.0.0.2")


def manners(**more: Any) -> Manners:
    policy = AddressPolicy(exempt=frozenset({LOOPBACK, OTHER}))
    quick = {"rate": 0.0, "backoff": 0.0, "timeout": 20.0, "policy": policy, "max_bytes": 200_000}
    return Manners(**quick | more)


class Run:
    """A run with what it told."""

    def __init__(self, folder: Path, *urls: str, **more: Any) -> None:
        self.problems: list[Problem] = []
        self.folder = folder
        self.summary: FetchSummary = collect(map(parse, urls), folder, manners(**more), self.told)

    def told(self, _: FetchSummary, problem: Problem | None) -> None:
        if problem is not None:
            self.problems.append(problem)

    @property
    def outcomes(self) -> dict[str, int]:
        return dict(self.summary.outcomes)


def stored(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Status and body of each response in the folder."""
    found = {}
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, WarcRecordType.response, verify_digests=True):
                found[record.headers["WARC-Target-URI"]] = (record.http_headers.status_code, record.reader.read())
    return found


@pytest.fixture
def serve() -> Iterator[Callable[..., Site]]:
    with ExitStack() as stack:

        def start(routes: dict[str, Route] | None = None, host: str = "127.0.0.1") -> Site:
            return stack.enter_context(website(routes, host))

        yield start


def test_pages_are_fetched_and_stored_as_they_came(serve: Any, tmp_path: Path) -> None:
    text = page("A pledge", "Words. " * 40)
    packed = Reply(gzip.compress(text.body), headers={"Content-Encoding": "gzip", **text.headers})
    site = serve({"/a": text, "/b?x=1": packed, "/empty": Reply()})
    urls = [site.url(path) for path in ("/a", "/b?x=1", "/empty", "/missing")]
    run = Run(tmp_path, *urls)
    assert run.outcomes == {"fetched": 3, "not-there": 1}
    assert stored(tmp_path) == {
        urls[0]: (200, text.body),
        urls[1]: (200, packed.body),
        urls[2]: (200, b""),
        urls[3]: (404, b"not here"),
    }
    assert [problem.kind for problem in run.problems] == ["not-there"]
    assert urls[3] in run.problems[0].message and "404" in run.problems[0].message


def test_requests_say_who_asks_and_are_stored_as_sent(serve: Any, tmp_path: Path) -> None:
    site = serve({"/a": Reply(b"a")})
    Run(tmp_path, site.url("/a"), user_agent="Pledgetrail (test@example.org)")
    assert {headers["User-Agent"] for _, headers in site.asked} == {"Pledgetrail (test@example.org)"}
    sent = dict(site.asked)["/a"]
    (path,) = tmp_path.glob("*.warc.gz")
    with path.open("rb") as file:
        for record in ArchiveIterator(file, WarcRecordType.request):
            assert record.http_headers.status_line == "GET /a HTTP/1.1"
            assert record.http_headers.to_dict() == sent


def test_chunks_are_put_together(serve: Any, tmp_path: Path) -> None:
    def chunked(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")

    site = serve({"/a": chunked})
    Run(tmp_path, site.url("/a"))
    assert stored(tmp_path) == {site.url("/a"): (200, b"abcdefg")}


def test_what_robots_txt_closes_is_not_asked_for(serve: Any, tmp_path: Path) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: pledgetrail\nDisallow: /closed\nAllow: /closed/but-this\n"
    site = serve({"/robots.txt": Reply(rules.encode()), "/open": Reply(b"a"), "/closed/but-this": Reply(b"b")})
    run = Run(tmp_path, *(site.url(path) for path in ("/open", "/closed/x", "/closed/but-this")))
    assert run.outcomes == {"fetched": 2, "robots": 1}
    assert sorted(site.paths) == ["/closed/but-this", "/open"]
    assert [path for path, _ in site.asked].count("/robots.txt") == 1
    other = Run(tmp_path / "other", site.url("/open"), user_agent="Somebody/2.0")
    assert other.outcomes == {"robots": 1}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_host_that_does_not_give_its_robots_txt_is_put_off(serve: Any, tmp_path: Path, status: int) -> None:
    site = serve({"/robots.txt": Reply(status=status), "/a": Reply(b"a")})
    fine = serve({"/a": Reply(b"a")}, "127.0.0.2")
    run = Run(tmp_path, site.url("/a"), site.url("/b"), fine.url("/a"))
    assert run.outcomes == {"put-off": 2, "fetched": 1}
    assert site.paths == []
    assert "robots.txt" in run.problems[0].message and str(status) in run.problems[0].message


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows_all(serve: Any, tmp_path: Path, status: int) -> None:
    site = serve({"/robots.txt": Reply(b"User-agent: *\nDisallow: /", status), "/a": Reply(b"a")})
    assert Run(tmp_path, site.url("/a")).outcomes == {"fetched": 1}


def test_robots_txt_is_found_behind_redirects(serve: Any, tmp_path: Path) -> None:
    site = serve(
        {
            "/robots.txt": Reply(status=301, headers={"Location": "/rules"}),
            "/rules": Reply(gzip.compress(b"User-agent: *\nDisallow: /a"), headers={"Content-Encoding": "gzip"}),
            "/a": Reply(b"a"),
        }
    )
    assert Run(tmp_path, site.url("/a")).outcomes == {"robots": 1}
    round_and_round = serve({"/robots.txt": Reply(status=301, headers={"Location": "/robots.txt"}), "/a": Reply(b"a")})
    assert Run(tmp_path, round_and_round.url("/a")).outcomes == {"fetched": 1}


@pytest.mark.parametrize("delay", ["nan", "inf", "-5", "1e999", "x", "0x10", "9" * 5000])
def test_any_robots_txt_is_read(serve: Any, tmp_path: Path, delay: str) -> None:
    odd = f"User-agent: *\nCrawl-delay: {delay}\nRequest-rate: 1/{delay}\nDisallow: {'*a' * 300}b$\n".encode()
    site = serve({"/robots.txt": Reply(odd + b"\xff\x00 Allow\n:::\n" * 99), "/" + "a" * 2000: Reply(b"a")})
    assert Run(tmp_path, site.url("/" + "a" * 2000), longest_delay=0.0).outcomes == {"fetched": 1}


def test_a_redirect_to_another_host_minds_that_host_s_robots_txt(serve: Any, tmp_path: Path) -> None:
    closed = serve({"/robots.txt": Reply(b"User-agent: *\nDisallow: /"), "/a": Reply(b"a")}, "127.0.0.2")
    site = serve({"/a": Reply(status=302, headers={"Location": closed.url("/a")})})
    assert Run(tmp_path, site.url("/a")).outcomes == {"robots": 1}
    assert closed.paths == [] and stored(tmp_path) == {}


def test_one_host_is_not_asked_more_often_than_its_rate(serve: Any, tmp_path: Path) -> None:
    site = serve({f"/{n}": Reply(b"a") for n in range(4)})
    Run(tmp_path, *(site.url(f"/{n}") for n in range(4)), rate=0.05, workers=4)
    gaps = [after - before for before, after in zip(site.times, site.times[1:], strict=False)]
    assert len(gaps) == 4 and sum(gaps) > 4 * 0.05 * 0.8


def test_a_crawl_delay_counts_up_to_a_bound(serve: Any, tmp_path: Path) -> None:
    site = serve({"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 86400"), "/1": Reply(b"a"), "/2": Reply(b"a")})
    Run(tmp_path, site.url("/1"), site.url("/2"), longest_delay=0.1)
    assert site.times[2] - site.times[0] > 2 * 0.1 * 0.8
    assert site.paths == ["/1", "/2"]


def test_other_hosts_do_not_wait_for_a_slow_one(serve: Any, tmp_path: Path) -> None:
    """With one worker and a host that lets nobody in for long, all of the other host comes first."""
    slow = serve({"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 0.5"), "/1": Reply(b"a"), "/2": Reply(b"a")})
    fast = serve({f"/{n}": Reply(b"a") for n in range(9)}, "127.0.0.2")
    order: list[str] = []
    urls = [slow.url("/1"), slow.url("/2"), *(fast.url(f"/{n}") for n in range(9))]
    collect(map(parse, urls), tmp_path, manners(workers=1), lambda s, p: order.append(str(dict(s.outcomes))))
    assert len(order) == 11
    assert max(fast.times) < max(slow.times)


def test_a_busy_server_is_asked_again_when_it_says(serve: Any, tmp_path: Path) -> None:
    tries: list[float] = []

    def busy(_: BaseHTTPRequestHandler) -> Reply:
        tries.append(time.monotonic())
        return Reply(status=503, headers={"Retry-After": "1"}) if len(tries) < 2 else Reply(b"a")

    site = serve({"/a": busy})
    assert Run(tmp_path, site.url("/a")).outcomes == {"fetched": 1}
    assert tries[1] - tries[0] > 0.9
    assert stored(tmp_path) == {site.url("/a"): (200, b"a")}


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_broken_server_is_asked_so_often_and_then_named(serve: Any, tmp_path: Path, status: int) -> None:
    site = serve({"/a": Reply(b"sorry", status)})
    run = Run(tmp_path, site.url("/a"), attempts=3)
    assert run.outcomes == {"server-error": 1}
    assert site.paths == ["/a"] * 3
    assert stored(tmp_path) == {}
    site.routes["/a"] = Reply(b"well again")
    assert Run(tmp_path, site.url("/a")).outcomes == {"fetched": 1}


@pytest.mark.parametrize("after", ["86400", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_long_retry_after_puts_the_host_off(serve: Any, tmp_path: Path, after: str) -> None:
    site = serve({"/a": Reply(status=429, headers={"Retry-After": after}), "/b": Reply(b"b")})
    run = Run(tmp_path, site.url("/a"), site.url("/b"))
    assert run.outcomes == {"server-error": 1, "put-off": 1}
    assert site.paths == ["/a"]
    assert "pause" in run.problems[1].message


@pytest.mark.parametrize("after", ["soon", "-1", "", "²", "Mon, 99 Foo", "Thu, 01 Jan 1970 00:00:00 GMT", "1" * 400])
def test_any_retry_after_is_read_or_not(serve: Any, tmp_path: Path, after: str) -> None:
    site = serve({"/a": Reply(status=503, headers={"Retry-After": after} if after.isascii() else {})})
    assert Run(tmp_path, site.url("/a"), attempts=2).outcomes == {"server-error": 1}


def test_what_is_not_there_is_not_asked_for_twice(serve: Any, tmp_path: Path) -> None:
    site = serve()
    assert Run(tmp_path, site.url("/a")).outcomes == {"not-there": 1}
    assert Run(tmp_path, site.url("/a")).outcomes == {"there": 1}
    assert site.paths == ["/a"]


def test_redirects_are_followed_and_stored(serve: Any, tmp_path: Path) -> None:
    other = serve({"/b": Reply(status=303, headers={"Location": "c#part"}), "/c": Reply(b"end")}, "127.0.0.2")
    site = serve({"/a": Reply(status=301, headers={"Location": other.url("/b")})})
    assert Run(tmp_path, site.url("/a")).outcomes == {"fetched": 1}
    statuses = {url: status for url, (status, _) in stored(tmp_path).items()}
    assert statuses == {site.url("/a"): 301, other.url("/b"): 303, other.url("/c"): 200}
    again = Run(tmp_path, site.url("/a"), other.url("/c"))
    assert again.outcomes == {"there": 2} and again.summary.bytes == 0


def test_a_redirect_is_not_followed_to_what_is_there(serve: Any, tmp_path: Path) -> None:
    site = serve({"/a": Reply(status=301, headers={"Location": "/b"}), "/b": Reply(b"b")})
    Run(tmp_path, site.url("/b"))
    assert Run(tmp_path, site.url("/a")).outcomes == {"fetched": 1}
    assert site.paths == ["/b", "/a"]


def test_redirects_in_a_circle_or_without_end(serve: Any, tmp_path: Path) -> None:
    site = serve({f"/{n}": Reply(status=302, headers={"Location": f"/{n + 1}"}) for n in range(50)})
    site.routes["/a"] = Reply(status=302, headers={"Location": "/b", "Set-Cookie": "seen=1"})
    site.routes["/b"] = Reply(status=302, headers={"Location": "/a"})
    run = Run(tmp_path, site.url("/a"), site.url("/0"), max_redirects=4)
    assert run.outcomes == {"too-many-redirects": 2}
    assert site.paths == ["/a", "/b", "/0", "/1", "/2", "/3", "/4"]
    assert stored(tmp_path) == {}
    assert Run(tmp_path, site.url("/46"), max_redirects=4).outcomes == {"not-there": 1}


@pytest.mark.parametrize(
    "target", ["http://127.0.0.3:{}/", "http://[::1]:{}/", "http://2130706435:{}/", "http://127.3:{}/x", "//0:{}/"]
)
def test_a_redirect_to_an_address_inside_is_refused(serve: Any, tmp_path: Path, target: str) -> None:
    inside = serve({"/": Reply(b"secret"), "/x": Reply(b"secret")}, "127.0.0.3")
    site = serve({"/a": Reply(status=302, headers={"Location": target.format(inside.port)})})
    run = Run(tmp_path, site.url("/a"))
    assert run.outcomes == {"private-address": 1}
    assert inside.asked == [] and stored(tmp_path) == {}


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://a:b@127.0.0.1/", "http://[", "\t"]
)
def test_a_redirect_to_what_is_no_web_address(serve: Any, tmp_path: Path, target: str) -> None:
    site = serve({"/a": Reply(status=302, headers={"Location": target})})
    assert set(Run(tmp_path, site.url("/a")).outcomes) <= {"broken-answer", "too-many-redirects"}


def test_a_robots_txt_that_redirects_inside_is_refused(serve: Any, tmp_path: Path) -> None:
    inside = serve({}, "127.0.0.3")
    site = serve({"/robots.txt": Reply(status=302, headers={"Location": inside.url()}), "/a": Reply(b"a")})
    assert Run(tmp_path, site.url("/a")).outcomes == {"private-address": 1}
    assert inside.asked == []


def test_addresses_inside_need_a_word(serve: Any, tmp_path: Path) -> None:
    site = serve({"/a": Reply(b"a")})
    assert Run(tmp_path, site.url("/a"), policy=AddressPolicy()).outcomes == {"private-address": 1}
    assert site.asked == []
    assert Run(tmp_path, site.url("/a"), policy=AddressPolicy(allow_private=True)).outcomes == {"fetched": 1}


def test_a_name_is_looked_up_once_and_connected_to_where_it_was_looked_at(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers with a public address first and one inside after that gains nothing."""
    site = serve({"/robots.txt": Reply(b""), "/a": Reply(b"a")})
    asked = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        first = "127.0.0.1" if len(asked) <= 2 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (first, port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    url = f"http://rebinding.example:{site.port}/a"
    assert Run(tmp_path, url).outcomes == {"fetched": 1}
    assert asked == ["rebinding.example"] * 2  # for robots.txt and the page, once each
    assert {headers["Host"] for _, headers in site.asked} == {f"rebinding.example:{site.port}"}
    assert Run(tmp_path / "later", url).outcomes == {"private-address": 1}


def test_of_several_addresses_those_inside_are_left_out(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = serve({"/a": Reply(b"a")})
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, site.port)) for host in ("10.0.0.1", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    assert Run(tmp_path, f"http://two.example:{site.port}/a").outcomes == {"fetched": 1}


def test_an_endless_body_is_dropped(serve: Any, tmp_path: Path) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            handler.wfile.write(b"more " * 1000)

    def endless_head(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            handler.wfile.write(b"X-More: %s\r\n" % (b"x" * 1000))

    long = Reply(b"x", length=10**9)
    site = serve(
        {"/a": endless, "/b": endless_head, "/c": long, "/d": Reply(b"x" * 200_001), "/e": Reply(b"x" * 200_000)}
    )
    run = Run(tmp_path, *(site.url(f"/{letter}") for letter in "abcde"))
    assert run.outcomes == {"too-large": 3, "broken-answer": 1, "fetched": 1}
    assert list(stored(tmp_path)) == [site.url("/e")]


def test_a_packed_bomb_is_dropped(serve: Any, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    assert len(bomb) < 100_000
    routes = {"/a": ("gzip", bomb), "/b": ("deflate", zlib.compress(bytes(30_000_000))), "/c": ("gzip", b"no gzip")}
    routes |= {"/d": ("br", b"\x8b\x02\x80hello\x03"), "/e": ("gzip", gzip.compress(b"x" * 150_000))}
    site = serve({path: Reply(body, headers={"Content-Encoding": coding}) for path, (coding, body) in routes.items()})
    run = Run(tmp_path, *map(site.url, routes))
    assert run.outcomes == {"too-large": 2, "broken-answer": 2, "fetched": 1}
    assert list(stored(tmp_path)) == [site.url("/e")]


def test_a_wrong_length_is_noticed_or_kept_to(serve: Any, tmp_path: Path) -> None:
    site = serve({"/short": Reply(b"abc", length=10), "/long": Reply(b"abcdefgh", length=3)})
    run = Run(tmp_path, site.url("/short"), site.url("/long"))
    assert run.outcomes == {"broken-answer": 1, "fetched": 1}
    assert stored(tmp_path) == {site.url("/long"): (200, b"abc")}


def test_what_is_not_http(serve: Any, tmp_path: Path) -> None:
    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"220 mail.example.org ESMTP\r\n")

    switching = Reply(status=101, headers={"Upgrade": "websocket", "Connection": "Upgrade"})
    site = serve({"/a": nonsense, "/b": lambda handler: None, "/c": switching})
    assert Run(tmp_path, *(site.url(f"/{letter}") for letter in "abc")).outcomes == {"broken-answer": 3}


def test_a_server_that_never_answers_holds_nobody(serve: Any, tmp_path: Path) -> None:
    fine = serve({"/a": Reply(b"a")}, "127.0.0.2")
    with mute() as silent:
        urls = [silent.url(f"/{n}") for n in range(5)]
        run = Run(tmp_path, *urls, fine.url("/a"), timeout=0.3, workers=1)
    assert run.outcomes == {"put-off": 5, "fetched": 1}


def test_a_server_that_falls_silent_is_left_alone_after_a_few_addresses(serve: Any, tmp_path: Path) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            handler.wfile.write(b".")
            time.sleep(0.02)

    site = serve({f"/{n}": drip for n in range(9)})
    run = Run(tmp_path, *(site.url(f"/{n}") for n in range(9)), timeout=0.3, attempts=2, strikes=3)
    assert run.outcomes == {"timeout": 3, "put-off": 6}
    assert site.paths == ["/0", "/0", "/1", "/1", "/2", "/2"]
    assert "3 times in a row" in run.problems[-1].message


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    run = Run(tmp_path, f"http://127.0.0.1:{port}/a", "http://no-such-host.invalid/")
    assert run.outcomes == {"unreachable": 2}
    assert not list(tmp_path.glob("*.warc.gz"))


def test_cookies_are_neither_kept_nor_sent(serve: Any, tmp_path: Path) -> None:
    other = serve({"/b": Reply(b"b"), "/c": Reply(b"c")}, "127.0.0.2")
    cookie = {"Set-Cookie": "session=secret; Path=/", "Location": other.url("/b")}
    site = serve({"/a": Reply(status=302, headers=cookie), "/d": Reply(b"d", headers={"Set-Cookie": "x=y"})})
    Run(tmp_path, site.url("/a"), site.url("/d"), site.url("/e"), other.url("/c"))
    assert len(site.asked) + len(other.asked) == 7
    assert not any("Cookie" in headers or "Referer" in headers for _, headers in site.asked + other.asked)


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    command += ["-keyout", str(key), "-out", str(cert), "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")
    return cert, key


def test_certificates_are_checked_against_the_name_not_the_address(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ssl

    from pledgetrail.sources.fetching import exchange

    cert, key = certificate(tmp_path, "secure.example")
    named: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.sni_callback = lambda _, name, __: named.append(name)

    def secured(routes: dict[str, Route]) -> Site:
        site: Site = serve(routes)
        return site

    import websites

    class Secure(websites.ThreadingHTTPServer):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    monkeypatch.setattr(websites, "ThreadingHTTPServer", Secure)
    site = secured({"/a": Reply(b"a")})
    where = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", site.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: where)
    trusting = ssl.create_default_context(cafile=str(cert))
    good, wrong = f"https://secure.example:{site.port}/a", f"https://other.example:{site.port}/a"
    run = Run(tmp_path / "untrusted", good)
    assert run.outcomes == {"unreachable": 1} and "certificate" in run.problems[0].message.lower()
    monkeypatch.setattr(exchange, "_trusted", lambda: trusting)
    run = Run(tmp_path / "in", good, wrong)
    assert run.outcomes == {"fetched": 1, "unreachable": 1}
    assert set(named) == {"secure.example", "other.example"}
    assert list(stored(tmp_path / "in")) == [good]


SCRIPT = """
import sys
from pathlib import Path
from pledgetrail.sources.fetching.addresses import parse
from pledgetrail.sources.fetching.collecting import collect
from pledgetrail.sources.fetching.guard import AddressPolicy
from pledgetrail.sources.fetching.manners import Manners

manners = Manners(rate=0, policy=AddressPolicy(allow_private=True))
collect(map(parse, sys.argv[2:]), Path(sys.argv[1]), manners, lambda *_: print("done", flush=True))
"""


def test_killed_and_started_again_it_goes_on_where_it_was(serve: Any, tmp_path: Path) -> None:
    site = serve({f"/{n}": Reply(os.urandom(50_000)) for n in range(60)})
    urls = [site.url(f"/{n}") for n in range(60)]
    for lines in (3, 9):
        command = [sys.executable, "-c", SCRIPT, str(tmp_path), *urls]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline() == "done\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    before = len(site.paths)
    run = Run(tmp_path, *urls)
    assert run.outcomes["there"] >= 9 and sum(run.outcomes.values()) == 60
    assert len(site.paths) - before == run.outcomes["fetched"]
    assert len(site.paths) - 60 <= 3 * 2  # what was under way when it was killed, and no more
    assert {url: body for url, (_, body) in stored(tmp_path).items()} == {
        site.url(path): route.body for path, route in site.routes.items() if isinstance(route, Reply)
    }


def test_a_rehearsal_asks_nobody(serve: Any, tmp_path: Path) -> None:
    site = serve({"/a": Reply(b"a"), "/b": Reply(b"b")})
    assert waiting([parse(site.url("/a"))], tmp_path / "new") == ([parse(site.url("/a"))], 0)
    assert not (tmp_path / "new").exists() and site.asked == []
    Run(tmp_path, site.url("/a"))
    assert waiting(map(parse, (site.url("/a"), site.url("/b"))), tmp_path) == ([parse(site.url("/b"))], 1)


def test_every_outcome_has_its_words_and_its_line_in_the_manual(root: Path) -> None:
    from pledgetrail.cli.fetching import WORDS

    assert set(WORDS) == set(OUTCOMES)
    manual = (root / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    section = manual.split("## pledgetrail fetch\n")[1].split("\n## ")[0]
    table = section.split("| outcome |")[1]
    explained = {
        word
        for line in table.splitlines()
        if line.startswith("| `")
        for word in re.findall(r"`([a-z-]+)`", line.split("|")[1])
    }
    assert explained == set(OUTCOMES)
