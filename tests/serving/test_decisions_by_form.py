from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger
from pledgetrail.serving import Settings, create_app


def row_of(client: Any, what: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/rows/{client.row(what)}.json").json()
    return found


def test_a_stale_row_is_refused(client: Any, ledger: Path) -> None:
    row = row_of(client, "schools")
    with open_ledger(ledger, write=True) as opened:
        review.record(opened, "reject", row["id"], reviewer="bob")
    answer = client.send_form("/decisions", action="accept", row=row["id"], expected=row["stamp"])
    assert answer.status_code == 409 and "has changed" in answer.text
    assert f'<a href="/rows/{row["id"]}">' in answer.text
    assert [d["reviewer"] for d in row_of(client, "schools")["decisions"]] == ["bob"]


def test_undo_takes_back_one_s_own_last_decision(client: Any, ledger: Path) -> None:
    schools, roads = client.row("schools"), client.row("roads")
    client.send_form("/decisions", action="accept", row=schools)
    client.send_form("/decisions", action="reject", row=roads)
    with open_ledger(ledger, write=True) as opened:
        review.record(opened, "accept", roads, reviewer="bob")
    token = client.token()
    answers = [client.post("/decisions/undo", data={"token": token}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 422]
    assert answers[0].headers["location"] == f"/review/{roads}"
    assert (row_of(client, "schools")["status"], row_of(client, "roads")["status"]) == ("extracted", "accepted")


@pytest.mark.parametrize(
    ("cell", "typed", "kept"),
    [
        ("what", "ten schools", "ten schools"),
        ("stage", "offer", "offer"),
        ("when", "2021-02", "2021-02"),
        ("when", "February 2021", "2021-02"),
        ("places", "Baku; Fuzuli", ["Baku", "Fuzuli"]),
        ("planned", "yes", True),
        ("sector", "120", {"code": "120", "name": "Health"}),
        ("amount", "", None),
    ],
)
def test_what_is_typed_becomes_the_cell_s_value(client: Any, cell: str, typed: str, kept: Any) -> None:
    row = row_of(client, "roads")
    answer = client.send_form("/decisions", action="edit", row=row["id"], cell=cell, value=typed, reason="seen")
    assert answer.status_code == 303, answer.text
    now = client.get(f"/rows/{row['id']}.json").json()
    assert now[cell] == kept and now["status"] == "edited" and now["decisions"][0]["reason"] == "seen"


def test_parties_amounts_and_numbers_are_read(client: Any) -> None:
    row = client.row("roads")
    client.send_form("/decisions", action="edit", row=row, cell="by", value="Türkiye; France; The Road Fund")
    client.send_form("/decisions", action="edit", row=row, cell="amount", value="up to EUR 2.5 million")
    now = client.get(f"/rows/{row}.json").json()
    assert [party["id"] for party in now["by"]] == ["state:TUR", "state-fra", "org-the-road-fund"]
    assert (now["amount"]["value"], now["amount"]["currency"], now["amount"]["qualifier"]) == (2.5e6, "EUR", "up to")
    figure = client.rows("?kind=figure&stage=killed")[0]["id"]
    client.send_form("/decisions", action="edit", row=figure, cell="value", value="10-14")
    assert client.get(f"/rows/{figure}.json").json()["value"] == [10.0, 14.0]


def test_words_selected_in_the_report_are_kept(client: Any) -> None:
    row = client.row("schools")
    text = client.get("/report.json?id=one.txt").json()["text"]
    at = text.index("7 for roads")
    fields = {"action": "edit", "row": row, "cell": "what", "value": "roads too", "document": "one.txt"}
    assert client.send_form("/decisions", **fields, start=at, end=at + 11).status_code == 303
    assert client.get(f"/rows/{row}.json").json()["cell_evidence"]["what"][0]["quote"] == "7 for roads"
    assert client.send_form("/decisions", **fields, quote="met AZE in Baku").status_code == 303
    assert client.get(f"/rows/{row}.json").json()["cell_evidence"]["what"][0]["quote"] == "met AZE in Baku"
    for wrong in ({"quote": "not in it"}, {"start": 5, "end": 4}, {"start": 0, "end": 10**6}, {"start": "x", "end": 3}):
        assert client.send_form("/decisions", **fields, **wrong).status_code == 422, wrong


def test_decisions_that_do_not_fit_are_explained(client: Any) -> None:
    row = client.row("schools")
    for wrong in (
        {"action": "fly"},
        {"action": "edit"},
        {"action": "edit", "cell": "colour", "value": "red"},
        {"action": "edit", "cell": "when", "value": "soonish"},
        {"action": "edit", "cell": "amount", "value": "a lot"},
        {"action": "edit", "cell": "stage", "value": "wish"},
        {"action": "merge"},
        {"action": "merge", "other": row},
        {"action": "split", "moved": "s-none"},
        {"action": "comment", "reason": " "},
        {"action": "undo", "undoes": "9"},
        {"action": "undo", "undoes": "x"},
    ):
        answer = client.send_form("/decisions", row=row, **wrong)
        assert answer.status_code == 422 and "<h1>That does not fit</h1>" in answer.text, wrong
    assert client.send_form("/decisions", row="r-none", action="accept").status_code == 404
    assert not client.get("/audit.json").json()["count"]


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://127.0.0.1:8765/review?kind=figure&after=1", "/review?kind=figure&amp;after=1"),
        ("http://evil.example/review", ""),
        ("http://127.0.0.1:8765//evil.example/", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_a_refused_form_leads_back_to_its_page(client: Any, referer: str, back: str) -> None:
    form = {"token": client.token(), "action": "fly", "row": client.row("schools")}
    answer = client.post("/decisions", data=form, headers={"Referer": referer})
    found = re.findall('<a href="([^"]*)">Back to the page', answer.text)
    assert answer.status_code == 422 and found == ([back] if back else [])
    assert "evil.example" not in answer.text


def test_split_and_merge(client: Any) -> None:
    row = client.row("schools")
    page = client.get(f"/review/{row}").text
    moved = page.split('name="moved" value="')[1].split('"')[0]
    client.send_form("/decisions", action="split", row=row, moved=moved)
    (made,) = client.get("/audit.json").json()["decisions"]
    assert len(client.rows("?sector=110")) == 2
    client.send_form("/decisions", action="merge", row=row, other=made["other"])
    assert len(client.rows("?sector=110")) == 1


def test_the_queue_serves_what_is_undecided_and_worth_most(client: Any) -> None:
    def queue(query: str = "") -> list[str]:
        return [row["id"] for row in client.get(f"/review.json{query}").json()["queue"]]

    first = queue()
    assert len(first) == 20 and client.row("schools") not in first  # two origins: surer than the others
    assert first[0] == client.row("item29")  # the largest amount
    client.send_form("/decisions", action="accept", row=first[0])
    client.send_form("/decisions", action="reject", row=first[1])
    assert queue()[:18] == first[2:]
    assert set(queue("?status=accepted&status=rejected")) == set(first[:2])
    assert len(queue("?kind=figure")) == 2 and queue("?kind=figure&q=nothing") == []
    assert "Nothing is left" in client.get("/review?kind=encounter&q=nothing").text


def test_a_ledger_that_cannot_be_written_is_shown_only(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from starlette.testclient import TestClient

    from pledgetrail.ledger.errors import LedgerUnwritable
    from pledgetrail.serving import app as module

    def opening(path: Path, *, write: bool = False) -> Any:
        if write:
            raise LedgerUnwritable("no")
        return open_ledger(path)

    monkeypatch.setattr(module, "open_ledger", opening)
    with TestClient(create_app(ledger, Settings(reviewer="ada")), base_url="http://127.0.0.1:8765") as client:
        row = client.get("/ledger.json").json()["rows"][0]["id"]
        assert (
            "read only" in client.get("/ledger").text
            and "<form" not in client.get(f"/rows/{row}").text.split("<main")[1]
        )
        answer = client.post("/api/decisions", json={"action": "accept", "row": row})
        assert answer.status_code == 503 and "cannot be written" in answer.json()["detail"]
        assert client.get("/actors").status_code == 200


def test_what_is_typed_is_looked_for_in_the_report_and_cites_no_other_words(client: Any) -> None:
    row = client.row("bridges")

    def edited(cell: str, value: str) -> dict[str, Any]:
        assert client.send_form("/decisions", action="edit", row=row, cell=cell, value=value).status_code == 303
        found: dict[str, Any] = client.get(f"/rows/{row}.json").json()
        return found

    found = edited("by", "AZE")
    assert [span["quote"] for span in found["cell_evidence"]["by"]] == ["AZE"]
    found = edited("what", "something that the report does not say")
    assert found["cell_evidence"]["what"] == found["evidence"]


def test_the_stage_stands_beside_its_words_unless_a_reviewer_says_otherwise(client: Any) -> None:
    row = client.row("bridges")

    def line() -> str:
        found: str = client.get(f"/rows/{row}").text.split('<tr><th scope="row">stage</th>')[1].split("</tr>")[0]
        return found

    assert "refusal" in line() and "<mark" in line()
    client.send_form("/decisions", action="edit", row=row, cell="stage", value="suspension")
    assert "suspension" in line() and "read from the sentence as a whole" in line()
