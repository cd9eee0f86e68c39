from __future__ import annotations

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pledgetrail.serving.settings import Settings, is_loopback
from pledgetrail.serving.words import UNSEEN, Mark, marked, seen, web_address

STATIC = files("pledgetrail.serving") / "static"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost.evil.example:8765", "", "[::1"]
)
def test_another_host_is_refused(reader: Any, host: str) -> None:
    answer = reader.get("/ledger", headers={"Host": host})
    assert answer.status_code == 421 and "Pakistan" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"])
def test_our_hosts_are_answered(reader: Any, host: str) -> None:
    assert reader.get("/ledger", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_other_sites_send_is_refused(reader: Any, headers: dict[str, str]) -> None:
    row = reader.rows()[0]["id"]
    form = {"token": reader.token(), "action": "accept", "row": row}
    assert reader.post("/decisions", data=form, headers=headers).status_code == 403
    answer = reader.post("/api/decisions", json={"action": "accept", "row": row}, headers=headers)
    assert answer.status_code == 403 and not reader.get("/audit.json").json()["count"]


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "é"])
def test_a_form_without_our_token_is_refused(reader: Any, token: str) -> None:
    row = reader.rows()[0]["id"]
    assert reader.post("/decisions", data={"token": token, "action": "accept", "row": row}).status_code == 403
    assert (
        reader.post("/decisions", content=b"action=accept", headers={"Content-Type": "text/plain"}).status_code == 403
    )
    reader.cookies.clear()
    assert reader.post("/decisions", data={"token": "0" * 64, "action": "accept", "row": row}).status_code == 403
    assert not reader.get("/audit.json").json()["count"]


def test_an_old_form_is_told_so_as_it_asks(reader: Any) -> None:
    form = {"token": "0" * 64, "action": "accept"}
    came = {"Referer": "http://127.0.0.1:8765/review"}
    program = reader.post("/decisions", data=form, headers={"Accept": "application/json", **came})
    assert program.status_code == 403 and "older than the server: load it again" in program.json()["detail"]
    page = reader.post("/decisions", data=form, headers={"Accept": "text/html", **came})
    assert page.status_code == 403 and '<a href="/review">Back' in page.text and "older than the server" in page.text


def test_a_token_is_worth_nothing_in_another_browser(reader: Any) -> None:
    token = reader.token()
    reader.cookies.clear()
    reader.get("/ledger")
    assert reader.post("/theme", data={"token": token, "theme": "dark"}).status_code == 403


def test_too_much_is_not_read(reader: Any) -> None:
    assert reader.post("/decisions", content=b"x" * 1_000_001).status_code == 413


def test_every_answer_carries_the_headers(reader: Any) -> None:
    for address in ("/ledger", "/ledger.json", "/nowhere", "/static/app.css", "/api/rows", "/api/openapi.json"):
        headers = reader.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    cookie = reader.get("/ledger", headers={"Cookie": ""}).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_stays_here(reader: Any, back: str) -> None:
    assert reader.send_form("/theme", theme="dark", back=back).headers["location"] == "/"


def test_the_appearance_is_remembered(reader: Any) -> None:
    reader.cookies.clear()
    assert "data-theme" not in reader.get("/ledger").text
    answer = reader.send_form("/theme", theme="dark", back="/ledger?kind=figure")
    assert answer.headers["location"] == "/ledger?kind=figure"
    assert '<html lang="en" data-theme="dark">' in reader.get("/ledger").text


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "none.css", "vendor", "", "/etc/passwd"])
def test_only_our_static_files_are_given(reader: Any, name: str) -> None:
    assert reader.get(f"/static/{name}").status_code == 404


def test_static_files_are_kept_by_their_hash(reader: Any) -> None:
    page = reader.get("/ledger").text
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(links) >= 4
    for link in links:
        answer = reader.get(link)
        digest = hashlib.sha256(answer.content).hexdigest()
        assert digest.startswith(link.split("?v=")[1]) and "immutable" in answer.headers["cache-control"]


def test_vendored_files_are_those_listed() -> None:
    listed = json.loads((STATIC / "vendor" / "manifest.json").read_text(encoding="utf-8"))
    named = {"manifest.json", *(item["file"] for item in listed), *(item["licence_file"] for item in listed)}
    assert named == {path.name for path in Path(str(STATIC / "vendor")).iterdir()}
    for item in listed:
        content = (STATIC / "vendor" / item["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == item["sha256"], item["file"]
        assert item["version"] in item["file"] and item["licence"] in {
            "0BSD",
            "MIT",
            "ISC",
            "BSD-2-Clause",
            "Apache-2.0",
        }


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("192.168.1.2", False), ("example.org", False)],
)  # fmt: skip
def test_loopback(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_authorities_of_a_port() -> None:
    assert "127.0.0.1:80" in Settings(reviewer="a", port=80).authorities
    assert "127.0.0.1" in Settings(reviewer="a", port=80).authorities
    assert "[::1]:9000" in Settings(reviewer="a", host="::1", port=9000).authorities


@pytest.mark.parametrize(
    ("address", "link"),
    [("https://example.org/a", True), ("http://x.example", True), ("javascript:alert(1)", False),
     ("JaVaScRiPt:a", False),
     ("data:text/html,x", False), ("//example.org", False), ("https://", False), ("http://[::1", False), (None, False)],
)  # fmt: skip
def test_which_addresses_may_be_links(address: str | None, link: bool) -> None:
    assert (web_address(address) == address and address is not None) is link


SIGNS = st.text(st.sampled_from("ab<>&\"' \n\u202e\u2066\u200b\x00é𝔘"), max_size=30)


@given(text=SIGNS, marks=st.lists(st.tuples(st.integers(0, 35), st.integers(0, 35)), max_size=6))
def test_marks_change_no_word_and_tell_every_place(text: str, marks: list[tuple[int, int]]) -> None:
    html = marked(text, [Mark(min(m), max(m), "sentence") for m in marks])
    pieces = re.findall(
        r'<(?:span|mark) (?:class="sentence" )?data-at="(\d+)"[^>]*>(.*?)</(?:span|mark)>(?=<|$)', html, re.S
    )
    bare = re.sub(r'<span class="unseen"[^>]*>⟦U\+([0-9A-F]+)⟧</span>', lambda m: chr(int(m[1], 16)), html)
    assert Markup(re.sub(r"</?(?:span|mark)[^>]*>", "", bare)).unescape() == text
    assert not UNSEEN.search(html) and (not text or pieces)


@given(SIGNS)
def test_what_cannot_be_seen_is_written_out(text: str) -> None:
    assert not UNSEEN.search(seen(text)) and seen(Markup("<b>")) == "<b>" and seen(None) == ""
