"""Trails, figures, wording, copies, timeline, map, network: pages, their JSON and CSV, and words that mean no good."""

from __future__ import annotations

import csv
import io
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crafted import LONG, make_resolved
from starlette.testclient import TestClient

from pledgetrail.serving import Settings, create_app, mapping
from pledgetrail.serving.kept import NotYet, kept_of

PAGES = (
    *("/trails", "/trails?all=yes&sort=steps", "/trails?by=Pakistan&as_of=2021-02-01", "/funnel", "/funnel?per=sector"),
    *("/figures", "/figures?kind=update", "/figures?q=toll", "/timeline", "/timeline?kind=encounter&unit=year", "/map"),
    *("/map?kind=encounter", "/network", "/network?kind=encounter", "/wording", "/wording?all=yes", "/copies"),
    *("/copies?id=first.txt", "/report?id=again.txt", "/report?id=late.txt&at=0-11"),
)


@pytest.fixture(scope="module")
def resolved(add: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with trails, copies, wording and a disagreement."""
    path = tmp_path_factory.mktemp("pictures") / "together.sqlite"
    make_resolved(add, path)
    return path


@pytest.fixture(scope="module")
def pages(resolved: Path) -> Iterator[Any]:
    """A client of an app over it."""
    app = create_app(resolved, Settings(reviewer="ada"))
    with TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        yield client


def records(client: Any, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("address", PAGES)
def test_pages_show_hostile_words_as_text_and_lead_somewhere(pages: Any, address: str) -> None:
    answer = pages.get(address)
    assert answer.status_code == 200, answer.text
    page = answer.text
    scripts = re.findall(r"<script[^>]*>", page)
    assert all(re.fullmatch(r'<script src="/static/[^"]+" defer>', script) for script in scripts)
    assert not re.search(r"<i>|<b>|<img", page) and " style=" not in page and "<style" not in page
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", page) and not re.search(r"<\w[^>]* on\w+=", page)
    for link in {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', page)}:
        assert pages.get(link).status_code in (200, 307), link


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_json_and_csv_too(pages: Any, address: str) -> None:
    path, _, query = address.partition("?")
    answer = pages.get(f"{path}.json?{query}")
    assert answer.status_code == 200 and answer.json() and answer.headers["etag"]
    again = pages.get(f"{path}.json?{query}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    for record in records(pages, f"{path}.csv?{query}"):
        assert None not in record and not any(str(value).startswith(("=", "+", "@")) for value in record.values())


@pytest.mark.parametrize(
    "address",
    [
        *("/trails?state=x", "/trails?silent=soon", "/trails?as_of=soon", "/trails?all=perhaps", "/funnel?per=x"),
        *("/funnel?into=XXX", "/figures?kind=x", "/timeline?unit=day", "/timeline?kind=x", "/network?kind=figure"),
        *("/map?since=soon", "/trails?after=-1", "/report?id=first.txt&at=x", "/wording?all=1", "/trails?sort=x"),
    ],
)
def test_what_there_is_not_is_refused_in_words(pages: Any, address: str) -> None:
    answer = pages.get(address)
    assert answer.status_code == 422 and "Pledgetrail" in answer.text


@pytest.mark.parametrize(
    "address",
    ["/trails/t-none", "/trails/t-none.json", "/figures?id=d-none", "/copies?id=none", "/wording?topic=%3Cb%3E",
     "/wording/uses?topic=x&term=y"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(pages: Any, address: str) -> None:
    answer = pages.get(address)
    assert answer.status_code == 404 and "<b>" not in answer.text


def test_the_longest_silent_trail_is_first_and_seen_from_a_day(pages: Any) -> None:
    content = pages.get("/trails.json").json()
    (school,) = (t for t in content["trails"] if t["givers"] == [{"key": "PAK", "name": "Pakistan"}])
    assert content["as_of"] == "2022-06-01" and school["state"] == "promised" and school["silent_days"] > 490
    silent = [t["silent_days"] for t in content["trails"] if t["state"] == "promised"]
    assert silent == sorted(silent, reverse=True)
    then = pages.get("/trails.json?as_of=2021-01-20").json()
    assert [t["id"] for t in then["trails"]] == [school["id"]] and then["trails"][0]["silent_days"] < 8
    assert pages.get("/trails.json?silent=10000").json()["trails"] == []
    assert [t["id"] for t in pages.get("/trails.json?sector=110").json()["trails"]] == [school["id"]]
    page = pages.get(f"/trails/{school['id']}").text
    assert "PAK pledged AZE 5 for schools." in page and 'class="silence"' in page and "<polyline" in page
    (row,) = records(pages, f"/trails/{school['id']}.csv")
    assert row["trail"] == school["id"] and row["stage"] == "pledge"
    assert f'href="/trails/{school["id"]}"' in pages.get(f"/rows/{row['id']}").text


def test_the_funnel_counts_a_promise_told_twice_once(pages: Any) -> None:
    lines = {line["key"]: line for line in pages.get("/funnel.json").json()["lines"]}
    promised = lines["PAK"]["columns"]["promised"]
    assert promised["rows"] == 1 and promised["sums"][0]["value"] == 5.0
    assert lines["PAK"]["silent"]["trails"] == 1
    assert pages.get("/funnel.json?silent=9999").json()["lines"][0]["silent"]["trails"] == 0


def test_competing_claims_are_on_one_scale(pages: Any) -> None:
    page = pages.get("/figures").text
    assert page.count('class="dot"') == 2 and "orders of magnitude" in page and "&lt;b&gt;toll&lt;/b&gt;" in page
    assert pages.get("/figures.json?q=nothing").json()["disagreements"] == []
    assert [record["value"] for record in records(pages, "/figures.csv?subject=figure")] == [
        "12.0 killed",
        "900.0 killed",
    ]


def test_each_count_of_wording_leads_to_its_sentences(pages: Any) -> None:
    cells = {(its["source"], its["term"]): its for its in pages.get("/wording.json").json()["wording"]}
    assert cells["Alpha Post", "Shusha"]["documents"] == 1 == cells["Beta Times", "Shusha"]["origins"]
    (gamma,) = (source for source, term in cells if term == "Shushi")
    topic = cells[gamma, "Shushi"]["topic"]
    asked = {"topic": topic, "source": gamma, "term": "Shushi"}
    (use,) = pages.get("/wording/uses.json", params=asked).json()["uses"]
    assert use["quote"] == "Shushi" and use["sentence"].startswith("Residents of Shushi")
    page = pages.get("/wording/uses", params=asked).text
    (link,) = set(re.findall(r'href="(/report\?id=other.txt&amp;at=[^"#]+)#at"', page))
    assert re.search(r'<mark [^>]*id="at">Shushi</mark>', pages.get(link.replace("&amp;", "&")).text)
    matrix = pages.get("/wording", params={"topic": topic}).text
    assert matrix.count("/wording/uses?") == 3 + 2  # three sources, and two terms over all sources


def test_a_report_says_what_it_goes_back_to_and_how_it_is_dated(pages: Any) -> None:
    (group,) = pages.get("/copies.json").json()["groups"]
    (copy,) = group["copies"]
    assert {group["origin"], copy["document"]} == {"first.txt", "again.txt"}
    page = pages.get(f"/report?id={copy['document']}").text
    assert f'href="/report?id={group["origin"]}"' in page and "counts as one origin with it" in page
    aligned = pages.get(f"/copies?id={copy['document']}").text
    assert re.search(r'<mark class="different"[^>]*>(two hours|an hour)</mark>', aligned)
    assert pages.get("/copies.json?id=late.txt").json()["shared"] == []
    dated = pages.get("/report?id=late.txt").text
    assert "&lt;b&gt;toll&lt;/b&gt;" in dated and f"at={LONG.index('Monday')}-" in dated


def test_rows_by_time_place_and_ties_are_those_of_the_view(pages: Any) -> None:
    time = pages.get("/timeline.json").json()
    assert time["unit"] == "month" and time["periods"][0] == "2021-01" and len(time["periods"]) == 18
    assert sum(time["rows"]["pledge"]) == 2 and time["rows"]["refusal"][17] == 1
    assert sum(sum(counts) for counts in pages.get("/timeline.json?until=2021-02").json()["rows"].values()) == 1
    assert pages.get("/timeline.json?unit=year").json()["periods"] == ["2021", "2022"]
    places = pages.get("/map.json?kind=encounter").json()
    assert [its["properties"]["place"] for its in places["features"]] == ["Baku", "Lisbon"]
    assert places["unplaced"] == [{"place": "Atlantis", "rows": 1}]
    (turkey,) = (actor["id"] for actor in pages.get("/network.json").json()["actors"] if actor["name"] == "Türkiye")
    (tie,) = pages.get("/network.json", params={"by": turkey}).json()["ties"]
    assert tie["rows"] == 2 and tie["classes"] == {"pledge": 1, "refusal": 1}
    listed = pages.get(tie["address"].replace("/ledger", "/ledger.json")).json()
    assert listed["count"] == tie["rows"]
    assert {t["rows"] for t in pages.get("/network.json?kind=encounter").json()["ties"]} == {1, 2}


def test_pictures_follow_a_decision(resolved: Path, tmp_path: Path) -> None:
    app = create_app(Path(shutil.copy(resolved, tmp_path / "l.sqlite")), Settings(reviewer="ada"))
    with TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        before = client.get("/trails.json").json()
        (row,) = (its["id"] for its in client.get("/ledger.json?q=schools").json()["rows"])
        token = client.get("/ledger").text.split('name="token" value="')[1].split('"')[0]
        sent = client.post("/decisions", data={"token": token, "action": "reject", "row": row})
        assert sent.status_code == 303
        after = client.get("/trails.json").json()
        assert after["fresh"] and after["count"] == before["count"] - 1


def test_what_takes_long_is_made_once_and_beside_the_request(pages: Any) -> None:
    kept, go, made = kept_of(pages.app.state.site), threading.Event(), []

    def slow(_: Any) -> str:
        made.append(1)
        assert go.wait(10)
        return "counted"

    for _ in range(2):
        with pytest.raises(NotYet):
            kept.get("slow", slow, patience=0.02)
    go.set()
    assert kept.get("slow", slow, patience=10).value == "counted"
    assert kept.get("slow", slow).value == "counted" and made == [1]

    def fails(_: Any) -> str:
        raise ZeroDivisionError

    for _ in range(2):  # a failure is told, and not kept
        with pytest.raises(ZeroDivisionError):
            kept.get("fails", fails, patience=10)


def test_coordinates_are_of_places_and_the_world_is_whole() -> None:
    known = mapping.coordinates()
    assert len(known) > 6000 and {kind for kind, _, _ in known.values()} == {"state", "region", "city"}
    assert all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for _, latitude, longitude in known.values())
    for place, latitude, longitude in (("Baku", 40.4, 49.9), ("Nagorno-Karabakh", 39.8, 46.8), ("Nepal", 28.2, 84)):
        _, north, east = known[place]
        assert abs(north - latitude) < 0.6 and abs(east - longitude) < 0.6, place
    world = mapping.drawn([])
    assert len(world.land) > 20_000 and world.borders and not world.circles
    assert {name.split(" (")[0] for _, name in world.disputed} >= {"disputed border", "Indian claim", "Pakistani claim"}


def test_places_spelled_differently_are_one(pages: Any) -> None:
    found, missing = mapping.located({"Kyiv": {"pledge": 2}, "Kiev": {"pledge": 1}, "Nowhere <b>": {"call": 3}})
    assert [(place.rows, place.spellings) for place in found] == [(3, ("Kiev", "Kyiv"))]
    assert missing == [("Nowhere <b>", 3)]
