from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pledgetrail.serving import Settings, create_app
from pledgetrail.serving.team import People, TeamError
from pledgetrail.serving.team.proxy import Proxy
from pledgetrail.serving.team.throttle import Throttle

HEADER = "X-Remote-User"


@pytest.fixture
def app(ledger: Path, tmp_path: Path) -> Iterator[Any]:
    people = People(tmp_path / "people.sqlite")
    people.add("bo", "reviewer", None)
    people.add("Rê", "reader", None)
    settings = Settings(team=people.path, proxy_header=HEADER, proxy_from=("10.0.0.1", "10.1.0.0/24"))
    app = create_app(ledger, settings)
    yield app
    app.state.site.ledger.close()


def _ask(app: Any, address: str, *names: bytes, path: str = "/ledger", header: str = HEADER) -> Any:
    client = TestClient(app, "http://127.0.0.1:8765", client=(address, 1), follow_redirects=False)
    return client.get(path, headers=[(header.encode(), name) for name in names])


@pytest.mark.parametrize("address", ["10.0.0.1", "::ffff:10.0.0.1", "10.1.0.77"])
def test_a_named_proxy_says_who_asks(app: Any, address: str) -> None:
    assert "deciding as <strong>bo</strong>" in _ask(app, address, b"Bo").text
    assert "Rê, <strong>read only</strong>" in _ask(app, address, "Rê".encode()).text
    assert "Log out" not in _ask(app, address, b"bo").text


@pytest.mark.parametrize("address", ["10.0.0.2", "127.0.0.1", "::1", "testclient", "::10.0.0.1", "10.1.1.1"])
def test_from_all_others_the_header_is_nothing(app: Any, address: str) -> None:
    assert _ask(app, address, b"bo").status_code == 401
    answer = _ask(app, address, b"bo", path="/api/rows")
    assert answer.status_code == 401 and "detail" in answer.json()
    spoofed = TestClient(app, "http://127.0.0.1:8765", client=(address, 1)).get(
        "/api/rows", headers={HEADER: "bo", "X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1"}
    )
    assert spoofed.status_code == 401


@pytest.mark.parametrize("names", [(), (b"",), (b"bo", b"bo"), (b" ",)])
def test_nobody_or_several_are_nobody(app: Any, names: tuple[bytes, ...]) -> None:
    assert _ask(app, "10.0.0.1", *names).status_code == 401


def test_a_name_that_is_no_text_is_nobodys() -> None:
    scope = {"client": ("10.0.0.1", 1), "headers": [(b"x-remote-user", b"R\xea")]}
    assert Proxy(HEADER, ["10.0.0.1"]).identity(scope) is None
    scope["headers"] = [(b"x-remote-user", "Rê".encode())]
    assert Proxy(HEADER, ["10.0.0.1"]).identity(scope) == "Rê"


def test_who_is_not_in_the_team_is_refused(app: Any) -> None:
    for name in (b"eve", b"<script>alert(1)</script>", "\u202eob".encode(), b"bo, bo", b"bo;"):
        answer = _ask(app, "10.0.0.1", name)
        assert answer.status_code == 403 and "<script>alert" not in answer.text and "\u202e" not in answer.text
    assert _ask(app, "10.0.0.1", b"bo", header="X_Remote_User").status_code == 401


def test_with_a_proxy_there_are_no_passwords(app: Any) -> None:
    client = TestClient(app, "http://127.0.0.1:8765", client=("10.0.0.9", 1))
    page = client.get("/login").text
    assert 'type="password"' not in page
    token = page.split('name="token" value="')[1].split('"')[0]
    form = client.post("/login", data={"token": token, "name": "bo", "password": "x"})
    assert form.status_code == 403 and "set-cookie" not in form.headers
    answer = client.post("/login", json={"name": "bo", "password": "x"})
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_readers_by_proxy_decide_nothing(app: Any) -> None:
    client = TestClient(app, "http://127.0.0.1:8765", client=("10.0.0.1", 1), headers={HEADER: "Rê".encode()})
    row = client.get("/api/rows?limit=1").json()["rows"][0]["id"]
    assert client.post("/api/decisions", json={"action": "accept", "row": row}).status_code == 403
    client.headers[HEADER] = "bo"
    made = client.post("/api/decisions", json={"action": "accept", "row": row})
    assert made.status_code == 201 and made.json()["decision"]["reviewer"] == "bo"


@pytest.mark.parametrize(
    ("header", "trusted"),
    [(HEADER, ()), ("X Remote", ("10.0.0.1",)), ("Cookie", ("10.0.0.1",)), (HEADER, ("0.0.0.0/0",)),
     (HEADER, ("::/0",)), (HEADER, ("proxy.example",)), (None, ("x",)), ("", ("10.0.0.1",)),
     (HEADER, ("10.0.0.1/8",))],
)  # fmt: skip
def test_proxies_that_cannot_be_believed_are_refused(header: str | None, trusted: tuple[str, ...]) -> None:
    with pytest.raises(TeamError):
        Proxy(header, trusted)


@pytest.mark.parametrize(
    ("peer", "sent", "address"),
    [
        ("192.0.2.9", ["10.9.9.9"], "192.0.2.9"),
        ("10.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["1.2.3.4, 192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["1.2.3.4", "192.0.2.1, 10.0.0.2"], "192.0.2.1"),
        ("10.0.0.1", ["1.2.3.4, rubbish"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["2001:db8:1:2:3::4"], "2001:db8:1:2::/64"),
    ],
)
def test_where_a_request_came_from(peer: str, sent: list[str], address: str) -> None:
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", value.encode()) for value in sent]}
    assert Proxy(None, ["10.0.0.1", "10.0.0.2"]).address(scope) == address


def test_waits_grow_to_a_limit_and_are_forgotten() -> None:
    now = [0.0]
    throttle, waits = Throttle(lambda: now[0]), []
    for _ in range(20):
        while wait := throttle.admit("bo", "a"):
            waits.append(wait)
            now[0] += wait
    assert waits[:5] == [2, 3, 5, 9, 17] and max(waits) == 61, "a second more than the wait, so that it is over"
    now[0] += 3600
    assert [throttle.admit("bo", "a") for _ in range(5)] == [0] * 5 and throttle.admit("bo", "a") > 0


def test_a_success_frees_the_name_and_not_the_address() -> None:
    throttle = Throttle(lambda: 0.0)
    for n in range(19):
        assert throttle.admit(f"n{n}", "a") == 0
    for _ in range(3):
        assert throttle.admit("own", "a") == 0
        throttle.succeeded("own", "a")
    assert throttle.admit("x", "a") == 0 and throttle.admit("own", "a") > 0 and throttle.admit("own", "b") == 0


def test_many_names_do_not_fill_the_memory() -> None:
    throttle = Throttle(lambda: 0.0)
    for n in range(15_000):
        throttle.admit(f"n{n}", f"a{n}")
    assert len(throttle._tries) == 20_000
