"""Many rows decided as one, by forms: looked at before, done exactly so, undone and done again."""

from __future__ import annotations

import csv
import html
import io
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger
from pledgetrail.serving import batching
from pledgetrail.serving.batching import Bulk
from pledgetrail.serving.pages.bulk_done import done_address

#: The ten largest of thirty pledges, 39 to 30.
TEN = "by=state:TUR&stage=pledge&sort=amount&first=10"


def fields_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to an address."""
    form = page.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {name: html.unescape(value) for name, value in found}


def confirm(client: Any, address: str, reason: str = "all seen", **more: str) -> Any:
    """Look at a preview, and do it."""
    page = client.get(address)
    assert page.status_code == 200, page.text
    return client.post(
        "/bulk/decisions",
        follow_redirects=True,
        data={**fields_of(page.text, "/bulk/decisions"), "reason": reason, **more},
    )


def batch_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return re.findall(r'as <a href="/audit\?batch=(b-\d+)">', answer.text)[0]


def statuses(client: Any, query: str = "") -> dict[str, str]:
    return {row["what"]: row["status"] for row in client.rows(query)}


def test_all_rows_of_a_view_are_decided_undone_and_done_again(client: Any) -> None:
    view = "?by=state:PAK"
    before = statuses(client)
    wanted = set(statuses(client, view))
    assert wanted == {"schools", "roads"}
    batch = batch_of(confirm(client, f"/bulk{view}&do=accept"))
    assert {what for what, status in statuses(client).items() if status == "accepted"} == wanted
    undo = batch_of(confirm(client, f"/bulk?undo={batch}"))
    assert statuses(client) == before
    page = client.get(f"/bulk?undo={undo}").text
    assert "<h1>Redo" in page and "Redo 2 decisions" in page
    confirm(client, f"/bulk?undo={undo}")
    assert {what for what, status in statuses(client).items() if status == "accepted"} == wanted
    again = client.get(f"/bulk.json?undo={batch}").json()
    assert again["changing"] == len(wanted)  # what was done again can be undone again
    assert client.get(f"/bulk.json?undo={undo}").json()["unchanged"] == {"undone already": len(wanted)}


def test_the_preview_is_what_comes_of_it(client: Any) -> None:
    schools, mines, roads = (client.row(what) for what in ("schools", "mines", "roads"))
    client.send_form("/decisions", action="accept", row=schools)
    client.send_form("/decisions", action="reject", row=mines)
    client.send_form("/decisions", action="merge", row=schools, other=roads)
    names = f"row={schools}&row={mines}&row={roads}&row=r-none&row={client.row('bridges')}"
    found = client.get(f"/bulk.json?{names}&do=accept").json()
    assert (found["count"], found["changing"]) == (5, 1)
    assert found["unchanged"] == {
        "already so": 1, "rejected": 1, "part of another row by now": 1, "not there": 1,
    }  # fmt: skip
    lines = {line["row"]: line for line in found["rows"]}
    assert lines[roads]["detail"] == f"it is {schools} now" and lines["r-none"]["why_not"] == "not there"
    assert client.get(f"/bulk.json?{names}&do=accept&rejected=yes").json()["changing"] == 2
    text = client.get(f"/bulk.csv?{names}&do=accept").text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["row"] for row in rows if row["changes"] == "yes"] == [client.row("bridges")]
    page = client.get(f"/bulk?{names}&do=accept").text
    assert "Accept 1 row<" in page and "1 left as it is: rejected" in page


def test_a_cell_is_set_for_all_and_stands_for_each_row_s_own_sentence(client: Any) -> None:
    view = "/bulk?by=state:ARM&do=set:by&was=set:by&value=The+Road+Fund"
    rows = {row["id"] for row in client.rows("?by=state:ARM")}
    sentences = {row: client.get(f"/rows/{row}.json").json()["evidence"] for row in rows}
    found = client.get(view.replace("/bulk?", "/bulk.json?")).json()
    assert found["new"] == [
        {"id": "org-the-road-fund", "name": "The Road Fund", "aliases": [], "type": "organisation", "country": None}
    ]
    assert {(line["before"], line["after"]) for line in found["rows"]} == {("Armenia", "The Road Fund")}
    batch_of(confirm(client, view))
    for row in rows:
        now = client.get(f"/rows/{row}.json").json()
        assert [party["id"] for party in now["by"]] == ["org-the-road-fund"] and now["status"] == "edited"
        assert now["cell_evidence"]["by"] == sentences[row]
    assert client.get(f"/bulk.json?{'&'.join(f'row={row}' for row in rows)}&do=set:by&value=The+Road+Fund").json()[
        "unchanged"
    ] == {"already so": len(rows)}


def test_sums_are_those_of_the_rows_that_change(client: Any) -> None:
    client.send_form("/decisions", action="reject", row=client.row("mines"))
    address = f"/bulk.json?{TEN}&do=set:stage&was=set:stage&value=delivery"
    (before, after) = sorted(client.get(address).json()["sums"], key=lambda s: s["before"] == 0)
    amounts = sum(range(30, 40))
    assert (before["stage"], before["before"], before["after"]) == ("pledge", amounts, 0)
    assert (after["stage"], after["before"], after["after"], after["rows_after"]) == ("delivery", 0, amounts, 10)
    rejecting = client.get(f"/bulk.json?{TEN}&do=reject").json()["sums"]
    assert [(s["before"], s["after"], s["rows_after"]) for s in rejecting] == [(amounts, 0, 0)]
    assert client.get(f"/bulk.json?{TEN}&do=comment").json()["sums"] == []


@pytest.mark.parametrize(
    ("cell", "value", "words"),
    [("stage", "gift", "is no stage"), ("amount", "plenty", "is no amount"), ("planned", "perhaps", "yes or no"),
     ("when", "someday", "no date"), ("value", "3", "has no cell"), ("stage", "", "no value")],
)  # fmt: skip
def test_what_is_no_value_is_said_before(client: Any, cell: str, value: str, words: str) -> None:
    found = client.get(f"/bulk.json?{TEN}&do=set:{cell}&value={value}").json()
    told = found["wrong"] or found["rows"][0]["detail"]
    assert words in told and not found["changing"]
    assert client.get(f"/bulk?{TEN}&do=set:{cell}&value={value}").status_code == 200


def test_what_was_typed_for_another_cell_is_forgotten(client: Any) -> None:
    found = client.get("/bulk.json?do=set:by&was=set:what&value=schools").json()
    assert found["changing"] is None and found["new"] is None


def test_more_than_a_few_need_a_reason(client: Any) -> None:
    answer = confirm(client, "/bulk?do=accept", reason=" ")
    assert answer.status_code == 422 and "need a reason" in answer.text and "<h2>What it would do</h2>" in answer.text
    assert confirm(client, f"/bulk?{TEN}&do=comment", reason="").status_code == 422
    assert set(statuses(client).values()) == {"extracted"}
    assert batch_of(confirm(client, f"/bulk?{TEN}&do=reject", reason=""))
    assert len(statuses(client, "?status=rejected")) == 10


def test_a_view_that_matches_other_rows_is_shown_again(client: Any, ledger: Path, add: Callable[..., None]) -> None:
    page = client.get(f"/bulk?{TEN}&do=accept")
    add(ledger, {"late.txt": "TUR pledged ARM 77 for trams."})
    answer = client.post(
        "/bulk/decisions", follow_redirects=True, data={**fields_of(page.text, "/bulk/decisions"), "reason": "seen"}
    )
    assert answer.status_code == 409 and "trams" in answer.text and not client.rows("?status=accepted")
    page = client.get("/bulk?status=extracted&do=accept")
    with open_ledger(ledger, write=True) as opened:
        review.record(opened, "reject", client.row("item03"), reviewer="bob")
    answer = client.post(
        "/bulk/decisions", follow_redirects=True, data={**fields_of(page.text, "/bulk/decisions"), "reason": "seen"}
    )
    assert answer.status_code == 409 and "Other rows pass the view" in answer.text
    assert {status for what, status in statuses(client).items() if what != "item03"} == {"extracted"}
    again = client.post(
        "/bulk/decisions", follow_redirects=True, data={**fields_of(answer.text, "/bulk/decisions"), "reason": "seen"}
    )
    assert again.status_code == 200 and statuses(client)["item03"] == "rejected"
    assert set(statuses(client, "?status=accepted").values()) == {"accepted"}


def test_a_row_that_has_changed_is_refused_and_named(client: Any, ledger: Path) -> None:
    rows = [client.row(what) for what in ("item03", "item04", "item05")]
    page = client.get("/bulk?" + "&".join(f"row={row}" for row in rows) + "&do=reject")
    with open_ledger(ledger, write=True) as opened:
        review.record(opened, "edit", rows[1], reviewer="bob", cell="what", new="item 4")
    form = {**fields_of(page.text, "/bulk/decisions"), "reason": ""}
    answer = client.post("/bulk/decisions", follow_redirects=True, data=form)
    assert "2 decisions recorded" in answer.text and "1 refused" in answer.text
    assert (
        f'/rows/{rows[1]}">' in answer.text
        and "has changed since it was shown" in answer.text
        and "item 4" in answer.text
    )
    assert [client.get(f"/rows/{row}.json").json()["status"] for row in rows] == ["rejected", "edited", "rejected"]
    repeated = client.post("/bulk/decisions", follow_redirects=True, data=form)
    assert "Nothing was decided" in repeated.text and "3 refused" in repeated.text


def test_the_result_is_loaded_again_without_deciding_again(client: Any) -> None:
    rows = [client.row(what) for what in ("item03", "item04")]
    page = client.get(f"/bulk?row={rows[0]}&row={rows[1]}&do=accept&stage=pledge")
    answer = client.post("/bulk/decisions", data={**fields_of(page.text, "/bulk/decisions"), "reason": ""})
    address = answer.headers["location"]
    assert answer.status_code == 303 and address.startswith("/bulk/done?batch=b-")
    shown = [client.get(address).text for _ in range(2)]
    assert shown[0] == shown[1] and "2 decisions recorded" in shown[0] and "/ledger?stage=pledge" in shown[0]
    assert client.get("/audit.json").json()["count"] == 2
    told = client.get(address.replace("done?", "done.json?")).json()
    assert len(told["decisions"]) == 2 and told["batch"].startswith("b-") and not told["refused"]
    assert len(client.get(address.replace("done?", "done.csv?")).text.splitlines()) == 3
    assert client.get("/bulk/decisions").headers["location"] == "/audit"


def test_the_address_of_a_result_names_few_refused_rows() -> None:
    refused = tuple((f"r-{n}", f"r-{n}: has changed since it was shown; look again, then decide") for n in range(60))
    address = done_address(Bulk(), review.Batch("b-1", (), refused))
    assert address.count("stale=") == 50 and address.endswith("more=10") and "batch" not in address


def test_chosen_rows_are_sent_by_a_form_and_lie_in_the_address(client: Any) -> None:
    rows = [client.row(what) for what in ("item03", "item04")]
    answer = client.send_form("/bulk", row=rows, stage="pledge")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/bulk?stage=pledge&row={rows[0]}&row={rows[1]}"
    page = client.get(answer.headers["location"]).text
    assert "2 rows that were chosen" in page and '<a href="/ledger?stage=pledge">' in page
    many = client.send_form("/bulk", row=[f"r-{n:012x}" for n in range(900)], do="accept")
    assert many.status_code == 200 and "900 rows that were chosen" in many.text
    assert 'formaction="/bulk.csv"' in many.text
    form = {**fields_of(many.text, "/bulk"), "row": [f"r-{n:012x}" for n in range(900)]}
    assert client.post("/bulk.json", data={**form, "do": "accept"}).json()["unchanged"] == {"not there": 900}
    none = client.send_form("/bulk", stage="pledge").headers["location"]
    assert none == "/bulk?stage=pledge"


def test_limits(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.send_form("/bulk", row=[f"r-{n}" for n in range(1001)]).status_code == 422
    assert client.send_form("/bulk", row=[f"r-{n}" for n in range(4000)]).status_code in (400, 403)
    monkeypatch.setattr(batching, "MOST", 5)
    page = client.get("/bulk?do=accept")
    assert page.status_code == 200 and "Narrow the view" in page.text and "/bulk/decisions" not in page.text
    found = client.get("/bulk.json?do=accept&first=5&sort=amount").json()
    assert (found["count"], found["changing"]) == (5, 5)
    assert found["rows"][0]["row"] == client.row("item29")
    form = {"which": " ".join(f"r-{n}" for n in range(6)), "seen": "1", "do": "accept", "row": "r-1", "reason": "x"}
    assert client.send_form("/bulk/decisions", **form).status_code == 422


@pytest.mark.parametrize(
    "query",
    ["do=burn", "do=set:colour", "first=0", "first=9999", "first=x", "kind=none", "undo=b-99", "undo='%20OR%201=1",
     "since=someday"],
)  # fmt: skip
def test_wrong_addresses_are_refused(client: Any, query: str) -> None:
    for page in ("/bulk", "/bulk.json", "/bulk.csv"):
        assert client.get(f"{page}?{query}").status_code == 422, page


def test_hostile_forms(client: Any) -> None:
    row = client.row("mines")
    evil = "<script>alert(1)</script>\u202e"
    page = client.get("/bulk", params={"row": [row, evil, "\x00"], "do": "set:what", "value": evil})
    assert page.status_code == 200 and "<script>alert" not in page.text and "\u202e" not in page.text
    good = fields_of(page.text, "/bulk/decisions")
    for wrong in ({"seen": "x"}, {"seen": ""}, {"new": "{"}, {"new": "[" * 9000}, {"which": ""}, {"new": "{}"}):
        answer = client.post("/bulk/decisions", follow_redirects=True, data={**good, "reason": "so", **wrong})
        assert answer.status_code in (200, 422), wrong
        assert "decisions recorded" not in answer.text, wrong
    assert client.post("/bulk/decisions", follow_redirects=True, data={**good, "token": "0" * 64}).status_code == 403
    assert client.get(f"/rows/{row}.json").json()["status"] == "extracted"
    answer = confirm(client, "/bulk?row=" + row + "&do=accept", reason=evil)
    assert "<script>alert" not in answer.text and "<script>alert" not in client.get("/audit").text


def test_undoing_takes_decisions_of_that_batch_only(client: Any) -> None:
    first = batch_of(confirm(client, "/bulk?q=item03&do=accept"))
    second = batch_of(confirm(client, "/bulk?q=item04&do=accept"))
    (number,) = client.get(f"/audit.json?batch={second}").json()["decisions"]
    form = fields_of(client.get(f"/bulk?undo={first}").text, "/bulk/decisions")
    answer = client.post(
        "/bulk/decisions", follow_redirects=True, data={**form, "which": str(number["id"]), "reason": ""}
    )
    assert answer.status_code == 422 and f"is none of {first}" in answer.text


def test_a_program_gets_json_of_the_same_form(client: Any) -> None:
    form = fields_of(client.get("/bulk?q=item03&do=accept").text, "/bulk/decisions")
    headers = {"Accept": "application/json"}
    answer = client.post("/bulk/decisions", follow_redirects=True, data={**form, "reason": "x"}, headers=headers)
    assert answer.status_code == 201 and answer.json()["batch"].startswith("b-") and not answer.json()["refused"]
    stale = client.post("/bulk/decisions", follow_redirects=True, data={**form, "matching": "0"}, headers=headers)
    assert stale.status_code == 409 and "other rows" in stale.json()["detail"]


def test_a_single_decision_waits_for_a_batch(client: Any, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pledgetrail.ledger import reattaching

    folding, held = threading.Event(), reattaching.refresh_with_parts

    def slowly(connection: Any, ids: Any) -> None:
        folding.set()
        if len(ids) > 1:
            time.sleep(0.5)
        held(connection, ids)

    monkeypatch.setattr(reattaching, "refresh_with_parts", slowly)
    with open_ledger(ledger) as opened, opened.reading() as connection:
        rows = [row for (row,) in connection.exec_driver_sql("SELECT id FROM rows WHERE kind = 'commitment'")]
    single, many = client.row("mines"), [row for row in rows if row != client.row("mines")]
    made: list[Any] = []

    def decide_many() -> None:
        with open_ledger(ledger, write=True) as ours:
            wanted = [review.Wanted(action="accept", row=row) for row in many]
            made.append(review.record_all(ours, wanted, reviewer="bob"))

    thread = threading.Thread(target=decide_many)
    thread.start()
    folding.wait(10)
    answer = client.post("/api/decisions", json={"action": "reject", "row": single})
    thread.join(20)
    assert answer.status_code == 201 and len(made[0].made) == len(many) and not made[0].refused
    assert answer.json()["decision"]["id"] > max(made[0].made)


def test_the_audit_folds_batches_and_finds_decisions(client: Any) -> None:
    batch = batch_of(confirm(client, f"/bulk?{TEN}&do=set:stage&value=offer", reason="they only offered"))
    rows = [client.row("item29"), client.row("mines")]
    client.send_form("/decisions", action="accept", row=rows[1], reason="single")
    page = client.get("/audit").text
    assert page.count("<tr") == 3  # the head, the single one, the batch
    assert "→ offer" in page and "(10 as one)" in page and "Undo all" in page
    assert client.get("/audit.json").json()["count"] == len(client.get("/audit.csv").text.splitlines()) - 1
    listed = client.get(f"/audit?batch={batch}").text
    assert listed.count("<tr") == 1 + 10 and "10 of 10 stand" in listed

    def found(query: str) -> int:
        assert client.get(f"/audit?{query}").status_code == 200
        return int(client.get(f"/audit.json?{query}").json()["count"])

    assert (found("row=" + rows[0]), found("row=" + rows[1]), found("row=r-none")) == (1, 1, 0)
    assert (found("action=accept"), found("kind=encounter"), found("reviewer=ada"), found("reviewer=bo")) == (
        1,
        0,
        11,
        0,
    )
    assert (found("since=2020"), found("until=2020"), found("since=9999"), found("nowhere=yes")) == (11, 0, 0, 0)
    assert client.get("/api/decisions", params={"batch": batch}).json()["count"] == 10
    for wrong in ("action=burn", "kind=none", "since=someday", "nowhere=no", "before=x"):
        assert client.get(f"/audit?{wrong}").status_code == 422, wrong


def test_an_undo_is_offered_to_be_done_again(client: Any) -> None:
    row = client.row("mines")
    client.send_form("/decisions", action="reject", row=row)
    client.send_form("/decisions", action="undo", row=row, undoes="1")
    page = client.get("/audit").text
    assert "undo of 1" in page and ">Redo<" in page and ">Undo<" not in page
    answer = client.send_form("/decisions", action="undo", row=row, undoes="2", back="/audit")
    assert answer.headers["location"] == "/audit"
    assert client.get(f"/rows/{row}.json").json()["status"] == "rejected"
    page = client.get("/audit").text
    assert "redo of 2" in page and page.count(">Undo<") == 2 and ">Redo<" not in page


def test_an_added_row_that_was_undone_is_brought_back(client: Any, ledger: Path) -> None:
    from pledgetrail.ledger.adding import Told, add
    from pledgetrail.records import Span

    text = client.get("/report.json?id=one.txt").json()["text"]
    words = "PAK met AZE in Baku."
    sentence = Span("one.txt", text.index(words), text.index(words) + len(words), words)
    with open_ledger(ledger, write=True) as opened:
        made = add(
            opened, "commitment", sentence, {"stage": Told("pledge"), "what": Told("<b>a road</b>")}, reviewer="bob"
        )
    client.send_form("/decisions", action="undo", row=made.row_id, undoes=str(made.id))
    assert client.get(f"/rows/{made.row_id}").status_code == 404
    page = client.get("/audit").text
    assert "shows nothing now" in page and "&lt;b&gt;a road&lt;/b&gt;" in page and "text_sha256" not in page
    undo = client.get("/audit.json").json()["decisions"][0]["id"]
    assert client.send_form("/decisions", action="undo", row=made.row_id, undoes=str(undo)).status_code == 303
    assert client.get(f"/rows/{made.row_id}.json").json()["status"] == "added"


def test_programs_look_first_and_then_decide(client: Any, ledger: Path) -> None:
    wish: dict[str, Any] = {"action": "edit", "cell": "stage", "new": "offer", "view": TEN.partition("&first")[0]}
    found = client.post("/api/batches", json={**wish, "preview": True})
    assert (
        found.status_code == 200 and found.json()["changing"] == 30 and client.get("/audit.json").json()["count"] == 0
    )
    assert client.post("/api/batches", json=wish).status_code == 422  # no reason
    wish |= {"reason": "read again", "seen": found.json()["seen"], "matching": found.json()["matching"]}
    with open_ledger(ledger, write=True) as opened:
        review.record(opened, "accept", client.row("item07"), reviewer="bob")
    made = client.post("/api/batches", json=wish)
    assert made.status_code == 201 and len(made.json()["decisions"]) == 29
    assert [refused["row"] for refused in made.json()["refused"]] == [client.row("item07")]
    assert client.post("/api/batches", json=wish).status_code == 409  # fewer are pledges now
    batch = made.json()["batch"]
    assert client.get("/api/decisions", params={"batch": batch, "limit": 500}).json()["count"] == 29
    undo = client.post("/api/batches", json={"action": "undo", "batch": batch, "reason": "no"}).json()
    assert len(undo["decisions"]) == 29 and len(client.rows("?stage=offer")) == 0
    single = client.post("/api/batches", json={"action": "comment", "rows": [client.row("item01")], "reason": "look"})
    assert single.status_code == 201


@pytest.mark.parametrize(
    "wish",
    [{"action": "accept"}, {"action": "accept", "rows": ["r-1"], "view": ""}, {"action": "undo", "rows": ["r-1"]},
     {"action": "accept", "batch": "b-1"}, {"action": "edit", "rows": ["r-1"]}, {"action": "merge", "rows": ["r-1"]},
     {"action": "accept", "rows": ["r-1"], "cell": "stage"}, {"action": "undo", "batch": "b-9"},
     {"action": "accept", "rows": [f"r-{n}" for n in range(1001)]}, {"action": "accept", "view": "since=someday"},
     {"action": "accept", "rows": ["r-none"]}],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(client: Any, wish: dict[str, Any]) -> None:
    assert client.post("/api/batches", json=wish).status_code == 422
    assert client.get("/audit.json").json()["count"] == 0
