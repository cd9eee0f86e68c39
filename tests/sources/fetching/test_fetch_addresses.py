"""What may be asked for, and what may be connected to."""

from __future__ import annotations

import io
import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.records import Problem
from pledgetrail.sources.fetching.addresses import LONGEST, Address, BadAddress, parse, read_lists, read_text
from pledgetrail.sources.fetching.guard import AddressPolicy

OUTSIDE = ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::")

INSIDE = """
    127.0.0.1 127.9.9.9 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.100.100.200 168.63.129.16 0.0.0.0 224.0.0.1
    255.255.255.255 192.0.2.1 198.18.0.1 240.0.0.1 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1
    2002:7f00:1:: fe80::1 fe80::1%eth0 fd00:ec2::254 fec0::1 ff02::1 2001:db8::1 2001:0:808:808::
""".split()


@pytest.mark.parametrize("text", OUTSIDE)
def test_public_addresses_may_be_connected_to(text: str) -> None:
    assert AddressPolicy().refusal(ipaddress.ip_address(text)) is None


@pytest.mark.parametrize("text", INSIDE)
def test_what_is_not_public_may_not(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert AddressPolicy().refusal(address)
    assert AddressPolicy(allow_private=True).refusal(address) is None
    assert AddressPolicy(exempt=frozenset({address})).refusal(address) is None
    assert AddressPolicy(exempt=frozenset({ipaddress.ip_address("127.0.0.77")})).refusal(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_like_itself(address: ipaddress.IPv4Address) -> None:
    policy = AddressPolicy()
    within = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))
    assert (policy.refusal(address) is None) == (policy.refusal(within) is None)
    assert policy.refusal(ipaddress.IPv6Address(f"::ffff:{address}"))


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("http://EXAMPLE.com", "http://example.com/"),
        (" https://bücher.example:443/ä?q=1#part ", "https://xn--bcher-kva.example/%C3%A4?q=1"),
        ("http://example.com.:8080/a/../b", "http://example.com:8080/b"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
    ],
)
def test_addresses_have_one_form(given: str, normal: str) -> None:
    assert parse(given).text == normal == parse(normal).text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org/a",
        "ftp://example.org/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://user:word@example.org/",
        "http:///a",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://exam ple.org/",
        "http://example.org/\r\nHost: other.example",
        "http://ex%61mple.org/",
        "http://[::1/",
        "http://example.org/" + "a" * LONGEST,
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BadAddress):
        parse(text)


@given(st.text())
def test_any_text_is_an_address_in_normal_form_or_none(text: str) -> None:
    for candidate in (text, f"http://{text}", f"http://example.org/{text}"):
        try:
            address = parse(candidate)
        except BadAddress:
            continue
        assert parse(address.text) == address
        assert address.text.isascii() and address.text.isprintable() and " " not in address.text


@given(st.text())
def test_any_location_leads_to_an_address_or_none(location: str) -> None:
    try:
        assert parse("http://example.org/a/b").join(location).scheme in ("http", "https")
    except BadAddress:
        pass


def test_redirects_are_seen_from_where_they_are() -> None:
    here = parse("https://example.org/a/b?c")
    assert here.join("../d#e").text == "https://example.org/d"
    assert here.join("//other.example").text == "https://other.example/"
    assert here.beside("/robots.txt").text == "https://example.org/robots.txt"
    with pytest.raises(BadAddress):
        here.join("file:///etc/passwd")


def test_a_list_has_comments_and_says_what_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(
        b"\xef\xbb\xbf# appeals\r\nhttp://a.example/x\r\n\r\nhttp://a.example/x#again  # the same\r\n"
        b"http://b.example/#top\r\nwww.example.org\r\n"
        + b"x" * 100_000
        + b"\r\nhttp://c.example/\xff\r\nhttp://d.example"
    )
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"http://e.example/\nhttp://d.example/\n")))
    found = list(read_lists([path, "-", tmp_path / "missing.txt"]))
    assert [item.text for item in found if isinstance(item, Address)] == [
        "http://a.example/x",
        "http://b.example/",
        "http://c.example/%EF%BF%BD",
        "http://d.example/",
        "http://e.example/",
    ]
    problems = [item for item in found if isinstance(item, Problem)]
    assert [problem.kind for problem in problems] == ["bad-address", "bad-address", "missing"]
    assert [problem.source for problem in problems[:2]] == [f"{path}:6", f"{path}:7"]
    assert len(problems[1].message) < 500


@given(st.binary())
def test_any_bytes_are_a_list(data: bytes) -> None:
    for item in read_text(io.BytesIO(data), "list"):
        assert isinstance(item, Address | Problem)
