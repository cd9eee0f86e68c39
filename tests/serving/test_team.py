from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from pledgetrail.serving import Settings, create_app
from pledgetrail.serving.team import People, TeamError, passwords
from pledgetrail.serving.team.people import Person
from pledgetrail.serving.team.sessions import IDLE, LONGEST, Sessions

SECRET = "correct horse battery"
Enter = Callable[..., "Browser"]


class Browser(TestClient):
    """A browser without script: keeps cookies, and sends forms with the token of the log-in page."""

    def send_form(self, address: str, **fields: Any) -> Any:
        headers = fields.pop("headers", {})
        page = self.get("/login", headers=headers).text
        token = re.findall(r'name="token" value="([0-9a-f]{64})"', page)[0]
        return self.post(address, data={"token": token, **fields}, headers=headers)

    def log_in(self, name: str, password: str = SECRET, **more: Any) -> Any:
        return self.send_form("/login", name=name, password=password, **more)

    def row(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/api/rows?limit=1").json()["rows"][0]
        return found

    def audit(self) -> list[tuple[str, str]]:
        return [(made["action"], made["reviewer"]) for made in self.get("/api/decisions").json()["decisions"]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashes that cost nothing."""
    monkeypatch.setattr(passwords, "hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()


@pytest.fixture
def team(tmp_path: Path) -> People:
    people = People(tmp_path / "people.sqlite")
    for name, role in (("Ada L.", "admin"), ("bo", "reviewer"), ("Rê", "reader")):
        people.add(name, role, SECRET)
    return people


@pytest.fixture
def enter(ledger: Path, team: People) -> Iterator[Enter]:
    """Opens browsers on one app of the team; ``settings`` makes it another app."""
    apps: dict[str, Any] = {}

    def open_one(address: str = "192.0.2.7", base: str = "http://127.0.0.1:8765", **settings: Any) -> Browser:
        if str(settings) not in apps:
            apps[str(settings)] = create_app(ledger, Settings(team=team.path, **settings))
        return Browser(apps[str(settings)], base, client=(address, 1), follow_redirects=False)

    yield open_one
    for app in apps.values():
        app.state.site.ledger.close()


def test_who_is_not_logged_in_sees_nothing(enter: Enter) -> None:
    nobody = enter()
    page = nobody.get("/ledger?kind=figure&q=a%26b")
    assert (page.status_code, page.headers["location"]) == (303, "/login?back=%2Fledger%3Fkind%3Dfigure%26q%3Da%2526b")
    for address in ("/", "/review", "/people", "/report?id=one.txt", "/nowhere", "/login/", "/staticx", "//login"):
        assert nobody.get(address).status_code == 303, address
    for address in ("/api/rows", "/api/openapi.json", "/ledger.json", "/ledger.csv", "/people.json", "/none.json"):
        answer = nobody.get(address)
        assert (answer.status_code, answer.json()) == (401, {"detail": "Log in first."}), address
    assert nobody.post("/api/decisions", json={"action": "accept", "row": "c1"}).status_code == 401
    assert nobody.send_form("/decisions", action="accept", row="c1").status_code == 401
    assert nobody.get("/static/app.css").status_code == 200
    page = nobody.get("/login")
    assert page.status_code == 200 and "l.sqlite" not in page.text and "/audit" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_what_is_decided_carries_the_name_of_who_is_logged_in(enter: Enter) -> None:
    bo = enter()
    answer = bo.log_in("  BO ", back="/ledger?kind=figure")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ledger?kind=figure")
    assert "deciding as <strong>bo</strong>" in bo.get("/ledger").text
    row = bo.row()
    assert bo.send_form("/decisions", action="accept", row=row["id"], reviewer="Ada L.").status_code == 303
    body = {"action": "comment", "row": row["id"], "reason": "so", "reviewer": "Ada L."}
    assert bo.post("/api/decisions", json=body).status_code in (201, 422)
    assert bo.post("/api/decisions", json={k: body[k] for k in body if k != "reviewer"}).status_code == 201
    assert {name for _, name in bo.audit()} == {"bo"}
    assert enter().get("/ledger").status_code == 303


def test_undo_is_of_ones_own_decisions(enter: Enter) -> None:
    ada, bo = enter(), enter()
    ada.log_in("ada l.")
    bo.log_in("bo")
    ada.send_form("/decisions", action="accept", row=ada.row()["id"])
    assert bo.send_form("/decisions/undo").status_code == 422
    assert ada.send_form("/decisions/undo").status_code == 303
    assert ada.audit() == [("undo", "Ada L."), ("accept", "Ada L.")]


def test_second_opinions_carry_the_names_of_their_accounts(enter: Enter) -> None:
    ada, bo, reader = enter(), enter(), enter()
    for browser, name in ((ada, "Ada L."), (bo, "bo"), (reader, "Rê")):
        browser.log_in(name)
    row = ada.row()["id"]
    wish = {"action": "second", "opinion": "reject", "row": row}
    assert bo.send_form("/decisions", action="accept", row=row).status_code == 303
    assert bo.send_form("/decisions", **wish).status_code == 422  # bo's own verdict
    for answer in (
        reader.send_form("/decisions", **wish),
        reader.send_form("/decisions/undo", action="second"),
        reader.post("/api/decisions", json={"action": "second", "row": row, "new": "rejected"}),
    ):
        assert answer.status_code == 403 and "You are a reader" in answer.text
    page = reader.get(f"/review/{row}?second=1").text.split("<main")[1]
    assert 'action="/decisions' not in page and "bo" not in re.findall(r"\w+", page)
    assert [queued["id"] for queued in ada.get("/review.json?second=1").json()["queue"]] == [row]
    assert bo.get("/review.json?second=1").json()["queue"] == []
    assert ada.send_form("/decisions", **wish, reviewer="bo").status_code == 303
    assert ada.audit() == [("second", "Ada L."), ("accept", "bo")]
    (pair,) = reader.get("/api/agreement").json()["between"]
    assert (pair["one"], pair["other"], pair["n"]) == ("Ada L.", "bo", 1)
    assert enter().get("/api/agreement").status_code == 401


def test_readers_decide_nothing(enter: Enter) -> None:
    reader = enter()
    reader.log_in("Re\u0302")  # the same name, composed otherwise
    page = reader.get("/ledger").text
    assert "Rê, <strong>read only</strong>" in page
    row = reader.row()["id"]
    assert 'action="/decisions"' not in reader.get(f"/rows/{row}").text + reader.get("/review").text
    for answer in (
        reader.send_form("/decisions", action="accept", row=row),
        reader.send_form("/decisions/undo"),
        reader.send_form("/anything/else"),
        reader.post("/api/decisions", json={"action": "accept", "row": row}),
    ):
        assert answer.status_code == 403 and "You are a reader" in answer.text
    assert reader.audit() == [] and reader.send_form("/theme", theme="dark").status_code == 303


@pytest.mark.parametrize("name", ["bo", "Rê"])
def test_people_are_for_admins(enter: Enter, team: People, name: str) -> None:
    client = enter()
    client.log_in(name)
    for address in ("/people", "/people.json", "/people.csv"):
        assert client.get(address).status_code == 403
    assert client.send_form("/people", action="role", name=name, role="admin").status_code == 403
    assert "/people" not in client.get("/ledger").text and not team.find(name).may_manage  # type: ignore[union-attr]


def test_an_admin_changes_who_belongs_to_the_team(enter: Enter, team: People) -> None:
    ada, bo = enter(), enter()
    ada.log_in("Ada L.")
    bo.log_in("bo")
    added = ada.send_form("/people", action="add", name="<b>Cy</b>", role="reader", password=SECRET)
    assert added.status_code == 200 and "&lt;b&gt;Cy&lt;/b&gt;" in added.text and "<b>Cy" not in added.text
    assert ada.send_form("/people", action="role", name="bo", role="reader").status_code == 200
    assert bo.send_form("/decisions", action="accept", row=bo.row()["id"]).status_code == 403
    assert ada.send_form("/people", action="remove", name="bo").status_code == 200
    assert bo.get("/ledger").status_code == 303 and bo.log_in("bo").status_code == 401
    for wrong in (
        {"action": "role", "name": "ADA L.", "role": "reader"},
        {"action": "remove", "name": "Ada L."},
        {"action": "add", "name": "rê", "role": "reader", "password": SECRET},
        {"action": "add", "name": "di", "role": "root", "password": SECRET},
        {"action": "add", "name": "di", "role": "reader", "password": "short"},
        {"action": "password", "name": "nobody", "password": SECRET},
        {"action": "none", "name": "bo"},
    ):
        assert ada.send_form("/people", **wrong).status_code == 422, wrong
    listed = {one["name"]: one["role"] for one in ada.get("/people.json").json()["people"]}
    assert listed == {"Ada L.": "admin", "Rê": "reader", "<b>Cy</b>": "reader"}
    assert ada.get("/people.csv").text.splitlines()[1].startswith("<b>Cy</b>,reader") and "$argon2" not in added.text


def test_a_wrong_name_is_answered_as_a_wrong_password(enter: Enter) -> None:
    one, other = enter("192.0.2.1"), enter("192.0.2.2")
    answers = [one.log_in("bo", "wrong password"), other.log_in("xy", "wrong password")]
    texts = [re.sub("[0-9a-f]{64}", "T", a.text.replace('value="xy"', 'value="bo"')) for a in answers]
    assert texts[0] == texts[1] and {a.status_code for a in answers} == {401}
    assert not any("pledgetrail_login" in a.headers.get("set-cookie", "") for a in answers)


def test_an_unknown_name_costs_a_check_of_a_password(team: People, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    fits = passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda password, kept: asked.append(kept) or fits(password, kept))
    assert team.check("xy", SECRET) is None and team.check("bo", "x") is None and team.check("bo", SECRET)
    assert asked[0] is None and len(asked) == 3
    checked: list[str] = []

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            checked.append(kept)
            return True  # even then nobody is let in

        def hash(self, password: str) -> str:
            return "hash"

    monkeypatch.setattr(passwords, "hasher", Counting)
    assert not fits("x", None) and fits("x", "kept") and len(checked) == 2


def test_tries_are_limited_for_known_and_unknown_names_alike(enter: Enter) -> None:
    for name, address in (("bo", "192.0.2.1"), ("xy", "192.0.2.2")):
        client = enter(address)
        assert [client.log_in(name, "wrong").status_code for _ in range(5)] == [401] * 5
        refused = client.log_in(name, SECRET)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1
        assert client.get("/ledger").status_code == 303
    assert enter("192.0.2.3").log_in("BO").status_code == 429, "a name is limited wherever it is tried"
    assert enter("192.0.2.3").log_in("Ada L.").status_code == 303


def test_an_address_is_limited_whatever_the_names(enter: Enter) -> None:
    client = enter("2001:db8::1")
    assert [client.log_in(f"n{n}", "wrong").status_code for n in range(20)] == [401] * 20
    assert enter("2001:db8::ffff:2").log_in("bo").status_code == 429
    assert enter("2001:db8:0:1::1").log_in("bo").status_code == 303


def test_each_log_in_makes_a_session_and_a_log_out_ends_it(enter: Enter, team: People) -> None:
    client = enter()
    client.cookies.set("pledgetrail_login", "chosen-by-an-attacker", domain="127.0.0.1")
    answer = client.log_in("bo")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie and "Path=/" in cookie
    first = _token(answer)
    again = client.post("/login", data={"token": _form_token(client), "name": "bo", "password": SECRET})
    second = _token(again)
    assert len({first, second, "chosen-by-an-attacker"}) == 3 and len(second) >= 43
    stolen = enter()
    for token, status in ((first, 303), ("chosen-by-an-attacker", 303), (second, 200), ('"\x7f;', 303), ("", 303)):
        assert stolen.get("/ledger", headers={"Cookie": f"pledgetrail_login={token}"}).status_code == status
    with sqlite3.connect(team.path) as connection:
        kept = connection.execute("SELECT hash FROM sessions").fetchall()
    connection.close()
    assert len(kept) == 1 and second.encode() not in team.path.read_bytes()
    assert client.send_form("/logout").headers["location"] == "/login"
    assert stolen.get("/ledger", headers={"Cookie": f"pledgetrail_login={second}"}).status_code == 303


def test_browsers_keep_no_page_of_a_team(enter: Enter) -> None:
    one = enter()
    one.log_in("bo")
    row = one.row()["id"]
    for address in ("/ledger", "/ledger.json", f"/rows/{row}", "/api/rows", "/nowhere", "/review.csv", "/login"):
        assert one.get(address).headers["cache-control"] == "no-store", address
    for address in ("/static/app.css", "/static/app.css?v=1"):
        assert "no-store" not in one.get(address).headers["cache-control"]


def test_the_token_of_a_form_is_tied_to_the_log_in(enter: Enter) -> None:
    client = enter()
    before = _form_token(client)
    client.log_in("bo")
    form = {"action": "accept", "row": client.row()["id"]}
    assert client.post("/decisions", data={"token": before, **form}).status_code == 403
    assert client.post("/logout", data={}).status_code == 403
    assert client.post("/login", data={"name": "bo", "password": SECRET}).status_code == 403
    evil = {"Origin": "https://evil.example"}
    assert client.post("/decisions", data={"token": _form_token(client), **form}, headers=evil).status_code == 403
    assert client.audit() == []


def test_sessions_end_when_idle_and_in_any_case(team: People) -> None:
    now = [1_000_000.0]
    sessions, bo = Sessions(team.path, lambda: now[0]), Person("bo", "reviewer")
    token = sessions.begin(bo)
    now[0] += IDLE - 1
    assert sessions.who(token) == bo
    now[0] += IDLE
    assert sessions.who(token) is None
    token = sessions.begin(bo)
    began = now[0]
    while now[0] + IDLE / 2 < began + LONGEST:
        now[0] += IDLE / 2
        assert sessions.who(token) == bo or now[0] >= began + LONGEST
    now[0] = began + LONGEST
    assert sessions.who(token) is None
    sessions.begin(bo)
    with sqlite3.connect(team.path) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
    connection.close()


def test_a_new_password_ends_all_sessions_but_the_one_that_sets_it(enter: Enter) -> None:
    here, there = enter(), enter()
    here.log_in("bo")
    there.log_in("bo")
    assert here.send_form("/password", old="wrong", password="another long one").status_code == 422
    assert here.send_form("/password", old=SECRET, password="short").status_code == 422
    assert there.get("/ledger").status_code == 200
    assert here.send_form("/password", old=SECRET, password="another long one").status_code == 303
    assert (here.get("/ledger").status_code, there.get("/ledger").status_code) == (200, 303)
    assert there.log_in("bo").status_code == 401 and there.log_in("bo", "another long one").status_code == 303


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil", "/\t/evil", "javascript:a", ""])
def test_the_way_on_stays_here(enter: Enter, back: str) -> None:
    assert enter().log_in("bo", back=back).headers["location"] == "/"


def test_hostile_names_are_text(enter: Enter) -> None:
    client = enter()
    for name in ('"><script>alert(1)</script>', "\u202eob", "b\x00o", "bo' OR '1'='1", "x" * 5000, "\ud800", "bo\n"):
        answer = client.post("/login", data={"token": _form_token(client), "name": name.encode("utf-8", "replace"),
                                             "password": "wrong wrong"})  # fmt: skip
        assert answer.status_code in (401, 429) and "<script>alert" not in answer.text and "\u202e" not in answer.text


def test_behind_https_cookies_are_secure(enter: Enter) -> None:
    client = enter(base="https://ledger.example.org", public="https://Ledger.example.org")
    answer = client.log_in("bo")
    assert "__Host-pledgetrail_login=" in answer.headers["set-cookie"] and "Secure" in answer.headers["set-cookie"]
    assert client.get("/ledger").status_code == 200
    assert all(
        "Secure" in cookie
        for cookie in enter(public="https://Ledger.example.org").get("/login").headers.get_list("set-cookie")
    )  # noqa: E501
    assert client.get("/ledger", headers={"Host": "evil.example"}).status_code == 421


def test_a_file_that_is_none_of_ours_is_refused(ledger: Path, team: People, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("[people]\n" * 100)
    for path, words in ((ledger, "no file of people"), (text, "no file of people"), (tmp_path / "none", "there is no")):
        with pytest.raises(TeamError, match=words):
            create_app(ledger, Settings(team=path))
    assert team.path.stat().st_mode & 0o777 == 0o600
    for person in team.listed():
        team.remove(person.name)
    with pytest.raises(TeamError, match="nobody is in it"):
        create_app(ledger, Settings(team=team.path))


def _token(answer: Any) -> str:
    return str(re.findall(r"pledgetrail_login=([^;]+);", answer.headers["set-cookie"])[0])


def _form_token(client: Browser) -> str:
    return str(re.findall(r'name="token" value="([0-9a-f]{64})"', client.get("/login").text)[0])


def test_who_only_reads_decides_nothing_as_one_either(enter: Enter) -> None:
    reader, reviewer = enter(), enter()
    reader.log_in("Rê")
    reviewer.log_in("bo")
    row = reviewer.row()["id"]
    form = {"which": row, "do": "accept", "row": row, "seen": "1", "reason": "x"}
    for address in ("/bulk", "/bulk.json", "/bulk.csv", f"/bulk?row={row}&do=accept"):
        assert reader.get(address).status_code == 403, address
    for address in ("/bulk", "/bulk/decisions"):
        assert reader.send_form(address, **form).status_code == 403
    assert reader.post("/api/batches", json={"action": "accept", "rows": [row], "preview": True}).status_code == 403
    listed = reader.get("/ledger").text
    assert 'name="row"' not in listed and "/bulk" not in listed
    assert reader.audit() == []
    made = reviewer.post("/api/batches", json={"action": "accept", "rows": [row], "reason": "seen"})
    assert made.status_code == 201 and reviewer.audit() == [("accept", "bo")]
    page = reader.get("/audit").text
    assert "/bulk?undo" not in page and reader.get(f"/bulk?undo={made.json()['batch']}").status_code == 403
    assert 'name="row" value="r-' in reviewer.get("/ledger").text
