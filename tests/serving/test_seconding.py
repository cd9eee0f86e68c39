"""Second opinions on the web: the blind queue by forms, agreement, and where both are shown."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger
from pledgetrail.serving import Settings, columns, create_app
from pledgetrail.serving.columns import lot

#: What would tell the second reviewer how a row was decided.
TELLING = ("accepted", "rejected", "edited", "bob", "dear reader", "two schools")


@pytest.fixture
def by_bob(ledger: Path) -> Callable[..., review.Decision]:
    """Decisions of the first reviewer; ada, who asks, is the second."""

    def decide(action: Any, row: str, reviewer: str = "bob", **more: Any) -> review.Decision:
        with open_ledger(ledger, write=True) as opened:
            return review.record(opened, action, row, reviewer=reviewer, **more)

    return decide


def waiting(client: Any, query: str = "") -> list[str]:
    return [row["id"] for row in client.get(f"/review.json?second=1{query}").json()["queue"]]


def page_of(client: Any, address: str) -> str:
    """What a page says, without the names of files and of the ledger."""
    return str(client.get(address).text.split("<main")[1])


def test_the_queue_holds_what_somebody_else_decided_by_lot(client: Any, by_bob: Any) -> None:
    rows = [client.row(f"item{n:02}") for n in range(12)]
    for row in rows[:10]:
        by_bob("accept", row)
    by_bob("accept", rows[10], reviewer="ada")  # her own
    by_bob("second", rows[0], reviewer="cleo", new="rejected")  # seconded already
    assert waiting(client) == sorted(rows[1:10], key=lot) != rows[1:10]
    first = client.get("/review.json?second=1").json()
    assert first["count"] == 9
    after = first["queue"][3]["cursor"]
    assert waiting(client, f"&after={after}") == sorted(rows[1:10], key=lot)[4:]
    assert waiting(client, "&q=item05") == [rows[5]] and waiting(client, "&kind=figure") == []
    # what would tell how rows were decided narrows nothing
    assert len(waiting(client, "&status=rejected")) == 9 and len(waiting(client, "&sort=doubt&status=edited")) == 9


def test_the_second_reviewer_sees_nothing_of_the_first(client: Any, by_bob: Any) -> None:
    rows = {what: client.row(what) for what in ("schools", "roads", "mines")}
    by_bob("reject", rows["roads"], reason="dear reader")
    by_bob("comment", rows["roads"], reason="dear reader")
    by_bob("accept", rows["mines"])
    by_bob("edit", rows["schools"], cell="what", new="ten schools", reason="dear reader, not two schools")
    seen = [page_of(client, "/review?second=1")]
    seen += [page_of(client, f"/review/{row}?second=1") for row in rows.values()]
    seen += [client.get(f"/review/{row}?second=1", headers={"X-Part": "panel"}).text for row in rows.values()]
    seen += [client.get("/review.json?second=1").text, client.get("/review.csv?second=1").text]
    for text in seen:
        assert not [word for word in TELLING if word in text.lower()]
    assert "confidence" not in "".join(seen)  # of rows that were added nothing is in doubt
    assert "/rows/" not in "".join(seen[:7]) and "/report?" not in "".join(seen[:7])
    assert "ten schools" in seen[1] and "seconding" in seen[0]  # as the row shows
    assert len(list(csv.DictReader(io.StringIO(seen[8])))) == 3


def test_once_the_opinion_is_given_both_are_shown(client: Any, by_bob: Any) -> None:
    row = client.row("roads")
    by_bob("reject", row, reason="no such roads")
    page = page_of(client, f"/review/{row}?second=1")
    stamp = page.split('name="expected" value="')[1].split('"')[0]
    fields = {"action": "second", "opinion": "accept", "row": row, "expected": stamp, "reason": "it says so"}
    back = f"/review?second=1&given={row}"
    answer = client.send_form("/decisions", **fields, back=back)
    assert (answer.status_code, answer.headers["location"]) == (303, back)
    words = "You accepted it, bob rejected it: you differ. Their reason: no such roads"
    assert words in page_of(client, back)
    page = page_of(client, f"/review/{row}?second=1")
    assert words in page and 'name="opinion"' not in page and f'href="/rows/{row}"' in page and "it says so" in page
    # only to who has spoken
    by_bob("accept", client.row("mines"))
    assert "bob" not in page_of(client, f"/review?second=1&given={client.row('mines')}")
    assert "bob" not in page_of(client, "/review?second=1&given=r-none")
    assert client.get(f"/rows/{row}.json").json()["status"] == "rejected"


def test_an_opinion_is_taken_back_and_the_row_is_blind_again(client: Any, by_bob: Any) -> None:
    roads, mines = client.row("roads"), client.row("mines")
    for row in (roads, mines):
        by_bob("accept", row)
    client.send_form("/decisions", action="second", opinion="reject", row=roads)
    client.send_form("/decisions", action="accept", row=client.row("item01"))  # a later decision of hers stays
    answer = client.send_form("/decisions/undo", action="second")
    assert answer.headers["location"] == f"/review/{roads}?second=1"
    assert "bob" not in page_of(client, f"/review/{roads}?second=1") and set(waiting(client)) == {roads, mines}
    assert client.get(f"/rows/{client.row('item01')}.json").json()["status"] == "accepted"
    assert client.send_form("/decisions/undo", action="second").status_code == 422


def test_where_there_is_nothing_to_second(client: Any, by_bob: Any) -> None:
    undecided, own = client.row("roads"), client.row("mines")
    by_bob("accept", own, reviewer="ada")
    for row, words in ((undecided, "Nobody has decided"), (own, "decided this row yourself")):
        page = page_of(client, f"/review/{row}?second=1")
        assert words in page and 'name="opinion"' not in page
        answer = client.send_form("/decisions", action="second", opinion="accept", row=row)
        assert answer.status_code == 422
    assert "Nothing is left to second" in page_of(client, "/review?second=1")
    by_bob("accept", undecided)
    for wrong in ("", "maybe", "edit"):
        assert client.send_form("/decisions", action="second", opinion=wrong, row=undecided).status_code == 422


def test_a_row_changed_meanwhile_is_refused(client: Any, by_bob: Any) -> None:
    row = client.row("roads")
    by_bob("accept", row)
    stamp = client.get("/review.json?second=1").json()["queue"][0]["stamp"]
    by_bob("edit", row, cell="what", new="two roads")
    answer = client.send_form("/decisions", action="second", opinion="accept", row=row, expected=stamp)
    assert answer.status_code == 409


def test_both_stand_side_by_side_where_rows_are_shown(client: Any, by_bob: Any) -> None:
    roads, mines = client.row("roads"), client.row("mines")
    for row in (roads, mines):
        by_bob("accept", row)
    client.send_form("/decisions", action="second", opinion="reject", row=roads)
    client.send_form("/decisions", action="second", opinion="accept", row=mines)
    page = page_of(client, f"/rows/{roads}")
    assert "by bob" in page and "seconded by ada" in page
    assert "seconded" in page_of(client, "/ledger?q=roads") and "seconded" not in page_of(client, "/ledger?q=bridges")
    assert [row["id"] for row in client.rows("?second=differs")] == [roads]
    assert [row["id"] for row in client.rows("?second=agreed")] == [mines]
    assert len(client.rows("?second=none")) + 2 == len(client.rows())
    assert [row["id"] for row in client.get("/api/rows?second=differs").json()["rows"]] == [roads]
    values = client.get("/facet/second.json").json()["values"]
    assert [(v["value"], v["count"]) for v in values][:2] == [("differs", 1), ("agreed", 1)]
    assert [row["id"] for row in client.get("/review.json?second=differs").json()["queue"]] == [roads]  # to settle
    row = client.get(f"/api/rows/{roads}").json()
    assert (row["status"], row["second"]) == ("accepted", "rejected")
    with_csv = list(csv.DictReader(io.StringIO(client.get("/ledger.csv?second=differs").text.lstrip("\ufeff"))))
    assert [line["second"] for line in with_csv] == ["rejected"]


def test_who_says_what_after_a_third_has_settled_it(client: Any, by_bob: Any) -> None:
    row = client.row("roads")
    undone = by_bob("reject", row)
    by_bob("undo", row, undoes=undone.id)
    by_bob("accept", row)
    assert "standings" not in page_of(client, f"/rows/{row}")  # nobody seconded: the history says it all
    by_bob("second", row, reviewer="ada", new="rejected", reason="not said")
    by_bob("reject", row, reviewer="cleo")
    by_bob("comment", row, reviewer="dan", reason="so be it")
    page = page_of(client, f"/rows/{row}")
    table = page.split('<table class="standings">')[1].split("</table>")[0]
    lines = [" ".join(re.sub("<[^>]*>", " ", line).split()) for line in table.split("<tr>")[2:]]
    assert lines == ["bob accepted –", "ada – rejected not said", "cleo rejected the row's status –"]
    assert "rejected by cleo" in page and [r["id"] for r in client.rows("?second=agreed")] == [row]
    assert "standings" not in page_of(client, f"/rows/{row}/revisions/0")


@pytest.mark.parametrize(
    ("status", "second", "kept"),
    [
        *((status, "accepted", "agreed") for status in ("accepted", "edited", "added")),
        *((status, "rejected", "differs") for status in ("accepted", "edited", "added")),
        *(("rejected", "rejected", "agreed"), ("rejected", "accepted", "differs"), ("accepted", None, "")),
    ],
)
def test_whether_a_second_opinion_is_what_the_status_says(status: str, second: str | None, kept: str) -> None:
    assert columns.second({"status": status, "second": second}) == kept


def test_lots_are_even_and_always_the_same() -> None:
    drawn = [lot(f"r-{n}") for n in range(2000)]
    assert drawn == [lot(f"r-{n}") for n in range(2000)] and len(set(drawn)) == 2000
    assert all(150 < sum(low <= x < low + 0.1 for x in drawn) < 250 for low in (0, 0.1, 0.2, 0.5, 0.9))


def test_agreement_as_page_json_and_table(client: Any, by_bob: Any) -> None:
    assert "Nobody has seconded" in page_of(client, "/review/agreement")
    rows = {what: client.row(what) for what in ("schools", "roads", "mines", "bridges")}
    for what, row in rows.items():
        by_bob("reject" if what == "mines" else "accept", row)
        opinion = "reject" if what in ("mines", "roads") else "accept"
        client.send_form("/decisions", action="second", opinion=opinion, row=row)
    found = client.get("/review/agreement.json").json()
    assert found["overall"]["table"] == {
        "accepted": {"accepted": 2, "rejected": 1},
        "rejected": {"accepted": 0, "rejected": 1},
    }
    # 3 of 4 agree; by chance .75 * .5 + .25 * .5
    assert (found["overall"]["observed"], found["overall"]["expected"], found["overall"]["kappa"]) == (0.75, 0.5, 0.5)
    (pair,) = found["between"]
    assert (pair["one"], pair["other"], pair["kappa"]) == ("ada", "bob", 0.5)
    (differing,) = found["differences"]
    assert (differing["row"], differing["settled"]) == (rows["roads"], None)
    page = page_of(client, "/review/agreement")
    assert "0.50" in page and "settle" in page and f'href="/rows/{rows["roads"]}"' in page
    by_bob("reject", rows["roads"])
    assert client.get("/review/agreement.json?settled=no").json()["differences"] == []
    (settled,) = client.get("/review/agreement.json?settled=yes").json()["differences"]
    assert (settled["settled"]["reviewer"], settled["settled"]["verdict"]) == ("bob", "rejected")
    assert client.get("/review/agreement.json").json()["overall"] == found["overall"]
    lines = list(csv.DictReader(io.StringIO(client.get("/review/agreement.csv").text.lstrip("\ufeff"))))
    assert [line["set"] for line in lines] == ["overall", "kind", "reviewers", "difference"]
    assert lines[0]["kappa"] == "0.5" and lines[3]["settled_by"] == "bob"
    assert client.get("/review/agreement?settled=maybe").status_code == 422
    assert "/review/agreement" in client.get("/audit").text and "/review/agreement" in client.get("/review").text


def test_kappa_that_is_not_defined_is_no_number(client: Any, by_bob: Any) -> None:
    row = client.row("roads")
    by_bob("accept", row)
    client.send_form("/decisions", action="second", opinion="accept", row=row)
    page = page_of(client, "/review/agreement")
    assert "not defined" in page and "1.00" not in page
    assert client.get("/review/agreement.json").json()["overall"]["kappa"] is None


def test_differences_go_on_by_page(client: Any, by_bob: Any, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pledgetrail.serving.pages import agreement

    monkeypatch.setattr(agreement, "_PAGE", 2)
    for n in range(5):
        row = client.row(f"item{n:02}")
        by_bob("accept", row)
        by_bob("second", row, reviewer="ada", new="rejected")
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = client.get(f"/review/agreement.json?after={after}").json()
        seen += [item["row"] for item in page["differences"]]
        after = page["after"]
    assert len(seen) == len(set(seen)) == 5


def test_many_decisions_are_counted_beside_the_requests(
    client: Any, by_bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pledgetrail.serving import seconding

    monkeypatch.setattr(seconding, "_QUICK", 0)
    row = client.row("roads")
    by_bob("accept", row)
    made = by_bob("second", row, reviewer="ada", new="rejected")
    found = client.get("/review/agreement.json").json()
    assert found["overall"]["n"] == 1 and found["fresh"]
    by_bob("undo", row, reviewer="ada", undoes=made.id)
    found = client.get("/review/agreement.json").json()
    assert (found["overall"]["n"], found["fresh"]) in ((0, True), (1, False))


def test_a_program_seconds(client: Any, by_bob: Any) -> None:
    row = client.row("roads")
    wish = {"action": "second", "row": row, "new": "rejected"}
    assert client.post("/api/decisions", json=wish).status_code == 422  # nobody has decided it
    by_bob("accept", row)
    assert client.post("/api/decisions", json={**wish, "new": "maybe"}).status_code == 422
    made = client.post("/api/decisions", json=wish)
    assert made.status_code == 201
    assert (made.json()["status"], made.json()["second"]) == ("accepted", "rejected")
    found = client.get("/api/agreement").json()
    assert found["overall"]["n"] == 1 and [item["row"] for item in found["differences"]] == [row]


def test_the_api_s_differences_go_by_cursor(client: Any, by_bob: Any) -> None:
    for n in range(5):
        row = client.row(f"item{n:02}")
        by_bob("accept", row)
        by_bob("second", row, reviewer="ada", new="rejected")
        if n < 2:
            by_bob("reject", row)
    page = client.get("/api/agreement?limit=2").json()
    seen = [item["row"] for item in page["differences"]]
    while page["after"] is not None:
        page = client.get("/api/agreement", params={"limit": 2, "after": page["after"]}).json()
        seen += [item["row"] for item in page["differences"]]
    assert len(seen) == len(set(seen)) == 5 == page["count"]
    assert len(client.get("/api/agreement?settled=yes").json()["differences"]) == 2
    assert client.get("/api/agreement?after=x").status_code == 422


def test_a_ledger_that_cannot_be_written_is_not_seconded(
    ledger: Path, by_bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.testclient import TestClient

    from pledgetrail.ledger.errors import LedgerUnwritable
    from pledgetrail.serving import app as module

    with open_ledger(ledger) as opened, opened.reading() as connection:
        from sqlalchemy import select

        from pledgetrail.ledger.schema import rows

        row = str(connection.execute(select(rows.c.id).where(rows.c.content.is_not(None)).limit(1)).scalar_one())
    by_bob("accept", row)

    def opening(path: Path, *, write: bool = False) -> Any:
        if write:
            raise LedgerUnwritable("no")
        return open_ledger(path)

    monkeypatch.setattr(module, "open_ledger", opening)
    with TestClient(create_app(ledger, Settings(reviewer="ada")), base_url="http://127.0.0.1:8765") as client:
        page = client.get("/review?second=1").text.split("<main")[1]
        assert row in page and "<form method" not in page.split("<dialog")[0]
