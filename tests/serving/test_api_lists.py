"""Lists of the API: each goes by cursor through all that there is, once; every answer has a tag."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pledgetrail.ledger import review
from pledgetrail.ledger.queries import Filter, entries
from pledgetrail.ledger.resolving import resolve_ledger
from pledgetrail.ledger.store import open_ledger
from pledgetrail.ledger.surveying import survey
from pledgetrail.serving import Settings, create_app
from pledgetrail.serving.api.shared import page_of, read_cursor
from pledgetrail.serving.view import BadView

INTRO = {"document": "one.txt", "field": "text", "start": 0, "end": 5, "quote": "Intro"}


def disagreement(row: str, number: int) -> tuple[str, str, str, str, str]:
    """Claims about one sum, told by some reports: what the fake reader does not read."""
    claims = [
        {
            "row": row,
            "cell": "value",
            "value": f"{value} killed",
            "number": {"value": value, "low": None, "high": None, "qualifier": None, "currency": None},
            "claimant": None,
            "when": [None, None],
            "origins": 1,
            "tellings": [
                {
                    "document": "one.txt",
                    "origin": f"one{n}.txt",
                    "outlet": None,
                    "days": None,
                    "evidence": INTRO,
                }
                for n in range(1 + number % 2)
            ],
        }
        for value in (12.0, 12.0 + number // 3)
    ]
    kind = ("competing", "update")[number % 2]
    relations = [{"first": 0, "second": 1, "kind": kind, "how": "“12” against others"}]
    content = {"subject": "figure", "about": "killed", "kind": kind, "claims": claims, "relations": relations}
    return f"d-{number}", kind, "figure", "killed", json.dumps(content)


@pytest.fixture(scope="module")
def whole(add: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of which every list has some."""
    path = tmp_path_factory.mktemp("api") / "whole.sqlite"
    told = "Intro. PAK pledged AZE 5 for schools and 7 for roads. PAK met AZE in Baku. AZE counted 12 killed."
    add(path, {"one.txt": told}, published="2021-01-13")
    months = [(f"m{n:02}.txt", f"2021-{n + 1:02}-05") for n in range(8)]
    for n, (name, day) in enumerate(months):
        add(path, {name: f"TUR pledged ARM {n + 10} for item{n}. KAZ counted {n} injured."}, published=day)
    add(path, {"again.txt": "PAK refused AZE 7 for roads."}, published="2022-03-01")
    with open_ledger(path, write=True) as ledger:
        resolve_ledger(ledger)
        with ledger.reading() as connection:
            rows = [entry.row.id for entry in entries(connection, Filter(), limit=5)]
        for row in rows:
            review.record(ledger, "comment", row, reviewer="ada", reason="seen")
        survey(ledger)  # so that what is put into the ledger by hand is not made anew
    with sqlite3.connect(path) as database:
        row = database.execute("SELECT id FROM rows WHERE what = 'schools' LIMIT 1").fetchone()[0]
        values = [disagreement(row, number) for number in range(9)]
        database.executemany("INSERT INTO disagreements VALUES (?, ?, ?, ?, ?)", values)
        office = {"title": "<b>president", "of": "Pakistan", "of_id": "state:PAK", "from": "2021-01-13"}
        office |= {"until": "2021-02-01", "former": False, "evidence": [INTRO]}
        database.execute("UPDATE actors SET roles = ? WHERE id = 'state:PAK'", (json.dumps([office]),))
    database.close()
    return path


@pytest.fixture(scope="module")
def api(whole: Path) -> Iterator[Any]:
    """A client of an app over it; nothing is decided."""
    app = create_app(whole, Settings(reviewer="ada"))
    with TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        yield client


def ids(page: dict[str, Any], name: str) -> list[Any]:
    return [item["id"] for item in page[name]]


LISTS = (
    *(
        ("/api/rows?kind=figure", "rows", 9),
        ("/api/rows?sort=amount", "rows", 11),
        ("/api/trails?all=yes", "trails", 11),
    ),
    *((f"/api/trails?all=yes&sort={sort}", "trails", 11) for sort in ("steps", "newest", "silent")),
    ("/api/trails?by=TUR&all=yes&as_of=2021-05", "trails", 5),
    *(("/api/disagreements", "disagreements", 9), ("/api/disagreements?kind=update&q=killed", "disagreements", 4)),
    *(("/api/actors", "actors", 5), ("/api/reports", "reports", 10), ("/api/reports?q=pledged", "reports", 9)),
    *(("/api/report/rows?id=one.txt", "rows", 4), ("/api/decisions", "decisions", 5)),
)


@pytest.mark.parametrize(("address", "name", "count"), LISTS)
def test_a_list_goes_by_cursor_to_its_end(api: Any, address: str, name: str, count: int) -> None:
    def get(**more: Any) -> dict[str, Any]:
        mark = "&" if "?" in address else "?"
        answer = api.get(address + mark + "&".join(f"{key}={value}" for key, value in more.items()))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    cursor = "before" if name == "decisions" else "after"
    everything = get(limit=500)
    assert everything[cursor] is None and everything["count"] == len(ids(everything, name)) == count
    page, seen = get(limit=2), []
    while True:
        seen += ids(page, name)
        assert page["count"] == count and len(page[name]) <= 2
        if page[cursor] is None:
            break
        page = get(limit=2, **{cursor: page[cursor]})
    assert seen == ids(everything, name)


def example(api: Any, path: str) -> str:
    """An address of a path of the description that answers with something."""
    names = {
        "/api/rows/{name}": lambda: ids(api.get("/api/rows").json(), "rows")[0],
        "/api/trails/{name}": lambda: ids(api.get("/api/trails").json(), "trails")[0],
        "/api/disagreements/{name}": lambda: "d-1",
    }
    query = {"/api/actor": "?id=state:PAK", "/api/report": "?id=one.txt", "/api/report/rows": "?id=one.txt"}
    return path.replace("{name}", names[path]()) if path in names else path + query.get(path, "")


def test_every_answer_has_a_tag_and_is_not_sent_twice(api: Any) -> None:
    described = api.get("/api/openapi.json").json()
    reads = [path for path, ways in described["paths"].items() if "get" in ways]
    assert len(reads) >= 13
    for path in reads:
        address = example(api, path)
        first = api.get(address)
        assert first.status_code == 200, (address, first.text)
        again = api.get(address, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert again.status_code == 304 and not again.content, address
        assert again.headers["etag"] == first.headers["etag"]
        assert api.get(address, headers={"If-None-Match": '"other"'}).content == first.content
        described_here = described["paths"][path]["get"]
        assert {"304", "401", "422", "503"} <= set(described_here["responses"]), path
        assert all(
            its.get("description") or its["name"] in ("id", "name", "as_of") for its in described_here["parameters"]
        )


def test_a_refused_decision_is_described(api: Any) -> None:
    ways = api.get("/api/openapi.json").json()["paths"]["/api/decisions"]["post"]["responses"]
    assert {"201", "401", "403", "404", "409", "413", "422", "503"} == set(ways)
    row = ids(api.get("/api/rows").json(), "rows")[0]
    wish = {"action": "accept", "row": row}

    def status(**more: Any) -> int:
        return int(api.post("/api/decisions", **more).status_code)

    assert status(json={**wish, "row": "r-none"}) == 404
    assert status(json={**wish, "expected": "old"}) == 409
    assert status(json={**wish, "action": "dance"}) == status(json={**wish, "more": 1}) == 422
    assert status(json={**wish, "action": "edit", "cell": "stage", "new": "dance"}) == 422
    assert status(json={**wish, "reason": "x" * 1_000_001}) == 413
    assert status(json=wish, headers={"Origin": "https://example.org"}) == 403
    assert status(data={"row": row}) == 403  # a form without a token


def test_a_trail_and_an_actor_have_all_that_is_known(api: Any) -> None:
    (line,) = api.get("/api/trails?by=Pakistan&sort=steps&limit=1").json()["trails"]
    trail = api.get(f"/api/trails/{line['id']}").json()
    assert [row["id"] for row in trail["rows"]] == line["rows"] and trail["givers"][0]["name"] == "Pakistan"
    assert {key: value for key, value in trail.items() if key != "rows"} | {"rows": line["rows"]} == {
        **line,
        "as_of": "2022-03-01",
        "fresh": True,
    }
    actor = api.get("/api/actor?id=state:PAK").json()
    assert actor["name"] == "Pakistan" and actor["rows"]["by"] >= 2 and actor["evidence"]
    assert actor["roles"][0]["title"] == "<b>president" and actor["roles"][0]["from"] == "2021-01-13"
    page = api.get("/actor?id=state:PAK").text
    assert "&lt;b&gt;president of Pakistan, 2021-01-13 to 2021-02-01" in page
    assert '<a href="/report?id=one.txt&amp;at=0-5">“Intro”</a>' in page and "Trails as giver" in page
    assert api.get("/report?id=one.txt&at=0-5").status_code == 200
    gave = actor["parts"][0]
    assert sum(gave["classes"].values()) == gave["count"] == api.get(gave["rows"]).json()["count"]
    assert line["id"] in ids(api.get(actor["trails"]["by"] + "&all=yes").json(), "trails")
    report = api.get("/api/report/rows?id=one.txt").json()
    text = api.get("/api/report?id=one.txt").json()["text"]
    assert {place["row"] for place in report["places"]} == set(ids(report, "rows"))
    assert any("pledged" in text[place["start"] : place["end"]] for place in report["places"])
    for address in ("trails/t-none", "disagreements/d-none", "actor?id=none", "report?id=none", "report/rows?id=none"):
        assert api.get(f"/api/{address}").status_code == 404, address


def test_wrong_cursors_are_named(api: Any) -> None:
    good = api.get("/api/trails?limit=1&all=yes").json()["after"]
    assert len(read_cursor(good)) == 4
    for wrong in ("x", "bnVsbA", "WzFd", "WyJhIiwgMSwgMSwgMV0", "%00", good + "A", good[:-4]):
        answer = api.get(f"/api/trails?limit=1&after={wrong}")
        assert answer.status_code == 422 and "cursor" in answer.json()["detail"], wrong
    assert api.get(f"/api/trails?sort=steps&after={good}").status_code == 422
    assert api.get("/api/trails?state=dancing").status_code == 422
    with pytest.raises(BadView):
        read_cursor("W" * 2000)


@given(
    st.sets(st.tuples(st.integers(0, 5), st.text(max_size=2)), min_size=1),
    st.sets(st.tuples(st.integers(0, 5), st.text(max_size=2))),
    st.integers(1, 4),
)
def test_what_comes_and_goes_hides_and_repeats_nothing_else(
    before: set[tuple[int, str]], changed: set[tuple[int, str]], limit: int
) -> None:
    first, cursor = page_of(sorted(before), tuple, "", limit)
    seen = list(first)
    now = sorted(before ^ changed)
    while cursor is not None:
        some, cursor = page_of(now, tuple, cursor, limit)
        seen += some
    assert len(seen) == len(set(seen))
    assert set(seen) >= before - changed or len(before) <= limit
