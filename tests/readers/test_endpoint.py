from __future__ import annotations

import pytest

from pledgetrail.readers.endpoint import endpoint, key_from
from pledgetrail.readers.errors import ReaderError


@pytest.mark.parametrize(
    ("url", "completions", "host", "loopback"),
    [
        ("https://api.example.com/v1", "https://api.example.com/v1/chat/completions", "api.example.com", False),
        ("https://api.example.com:8443/v1/", "https://api.example.com:8443/v1/chat/completions", None, False),
        ("https://e.org/chat/completions", "https://e.org/chat/completions", "e.org", False),
        ("http://localhost:8080/v1", "http://localhost:8080/v1/chat/completions", "localhost:8080", True),
        ("http://127.1.2.3/v1", "http://127.1.2.3/v1/chat/completions", "127.1.2.3", True),
        ("http://[::1]:80/v1", "http://[::1]:80/v1/chat/completions", "[::1]:80", True),
    ],
)
def test_addresses(url: str, completions: str, host: str | None, loopback: bool) -> None:
    found = endpoint(url)
    assert (found.url, found.loopback) == (completions, loopback)
    assert host is None or found.host == host


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/v1",
        "http://192.168.0.4:8080/v1",
        "http://localhost.example.com/",
        "http://127.0.0.1.nip.example",
    ],
)
def test_texts_go_unencrypted_only_where_they_stay_on_the_machine(url: str) -> None:
    with pytest.raises(ReaderError, match="--insecure"):
        endpoint(url)
    assert not endpoint(url, insecure=True).encrypted


@pytest.mark.parametrize(
    "url",
    ["", "example.com/v1", "ftp://example.com", "file:///etc/passwd", "https://", "https://user:sk-word@example.com/v1",
     "https://example.com/v1?key=sk-word", "https://example.com/v1#x", "https://exa mple.com", "http://[::1",
     "https://e.org:99999/", "https://example.com\\@evil.example/"],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ReaderError) as caught:
        endpoint(url, insecure=True)
    assert "sk-word" not in str(caught.value)


def test_keys_come_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_from(None) is None
    monkeypatch.setenv("SOME_KEY", " sk-word\n")
    key = key_from("SOME_KEY")
    assert key is not None and key.value == "sk-word"
    assert "sk-word" not in repr(key) + str(key) + f"{key}"
    monkeypatch.setenv("SOME_KEY", "two words")
    for variable in ("SOME_KEY", "NOT_SET_ANYWHERE", "sk-word-itself"):
        with pytest.raises(ReaderError) as caught:
            key_from(variable)
        assert "two words" not in str(caught.value) and "sk-word-itself" not in str(caught.value)
