"""Adding rows that reading missed: by form without script, by programs, and what must be refused."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pledgetrail.cli import app as command
from pledgetrail.serving import Settings, create_app
from pledgetrail.serving.sentences import sentences, widened
from pledgetrail.serving.site import Site
from pledgetrail.serving.team import Person

NAME = "missed.txt"
SAID = "On Tuesday Ankara promised Baku up to $5 million for two bridges near Fuzuli."
FAR = "The money is for wells \U0001f30a and \u0634\u0643\u0631\u0627, too."
TEXT = f"\U0001f30d \u05e9\u05dc\u05d5\u05dd. {SAID} TUR pledged ARM 3 for wells.\n\n{FAR}"
PLEDGE = {
    **{"kind": "commitment", "document": NAME, "cell.stage": "pledge", "cell.by": "Türkiye", "cell.to": "Azerbaijan"},
    **{"cell.what": "two bridges", "cell.amount": "up to USD 5 million", "cell.when": "Tuesday"},
    **{"cell.places": "Fuzuli", "reason": "missed"},
}  # fmt: skip
AT = {"start": TEXT.index(SAID), "end": TEXT.index(SAID) + len(SAID)}


@pytest.fixture
def desk(client: Any, ledger: Path, add: Callable[..., None]) -> Any:
    """A client of a ledger with a report that says more than the program reads."""
    add(ledger, {NAME: TEXT}, published="2021-01-13")
    return client


@pytest.fixture(scope="module")
def calm(reader: Any, small: Path, add: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same for all tests that change nothing."""
    path = Path(shutil.copy(small, tmp_path_factory.mktemp("calm") / "l.sqlite"))
    add(path, {NAME: TEXT}, published="2021-01-13")
    add(path, {"long.txt": "word " * 2_000})
    app = create_app(path, Settings(reviewer="ada"))
    with type(reader)(app, base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        yield client


def row_of(desk: Any, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 303, answer.text
    found: dict[str, Any] = desk.get(f"{answer.headers['location']}.json").json()
    return found


def quotes(row: dict[str, Any], cell: str) -> list[str]:
    return [span["quote"] for span in row["cell_evidence"].get(cell, [])]


def test_sentences_are_cut_at_stops_and_blank_lines() -> None:
    foreign = "Last \u0645\u0631\u062d\u0628\u0627\u061f \u0646\u0639\u0645 \u3044\u3044\u3048\u3002\u306f\u3044"
    text = f"Mr. Khan said $5.2m. \u201cNever!\u201d he said. No.\n\nA heading\n \n{foreign}"
    cut = [text[start:end] for start, end in sentences(text, [])]
    assert cut == [
        *("Mr. Khan said $5.2m.", "\u201cNever!\u201d he said.", "No.", "A heading"),
        *("Last \u0645\u0631\u062d\u0628\u0627\u061f", "\u0646\u0639\u0645 \u3044\u3044\u3048\u3002", "\u306f\u3044"),
    ]
    blocks = [
        {"kind": "chrome", "start": 0, "end": 20},
        {"kind": "body", "start": 20, "end": len(text)},
    ]
    assert sentences(text, blocks)[0][0] == 21 and sentences("", []) == []
    at = text.index("said. No")
    assert text[slice(*widened(text, blocks, at, at + 8))] == "\u201cNever!\u201d he said. No."
    assert text[slice(*widened(text, blocks, 3, 9))] == " Khan".strip()  # chrome has no sentences


def test_a_sentence_is_chosen_without_script(calm: Any) -> None:
    page = calm.get("/report", params={"id": NAME, "add": 1}).text
    links = [unescape(link) for link in re.findall(r'href="(/report/add\?[^"]*)"', page)]
    assert len(links) == len(set(links)) == len(sentences(TEXT, [])) == 4
    assert page.count("read already: commitment") == 1
    form = calm.get(links[1].split("#")[0]).text
    assert f'<mark class="sentence" data-at="{AT["start"]}" title="the sentence" id="sentence">{SAID}</mark>' in form
    assert 'aria-current="page">Commitment</a>' in form and "Read from it already" not in form
    for offered in ("Türkiye", "Azerbaijan", "up to USD 5,000,000", "2021-01-12", "Fuzuli"):
        assert f'<option value="{offered}">' in form, offered
    again = calm.get(links[2].split("#")[0]).text
    assert "Read from it already" in again and "Türkiye, pledge, USD 3, wells" in again
    assert "Add a row that was missed</a>" in calm.get("/report", params={"id": NAME}).text


def test_words_lead_to_their_sentence(calm: Any) -> None:
    at = TEXT.index("two bridges")
    for asked in ({"quote": "TWO  bridges"}, {"at": f"{at}-{at + 11}"}, {"at": f"{at - 1}-{at + 12}"}, AT):
        found = calm.get("/report/add.json", params={"id": NAME, "kind": "figure", **asked}).json()
        assert found["sentence"] == {"document": NAME, "field": "text", **AT, "quote": SAID}, asked
        offers = {cell["cell"]: [offer["value"] for offer in cell["offers"]] for cell in found["cells"]}
        both = ["up to USD 5,000,000", "2"]  # what lies in the words chosen comes first
        assert offers["value"] == (both if asked is AT else both[::-1]) and found["read"] == []
        assert (offers["unit"] == []) is (asked is AT)
    lines = calm.get("/report/add.csv", params={"id": NAME, **AT}).content.decode("utf-8-sig")
    assert {"cell": "when", "value": "2021-01-12", "note": "from the report's date"}.items() <= next(
        line.items() for line in csv.DictReader(io.StringIO(lines)) if line["cell"] == "when"
    )


def test_a_row_is_added_with_the_words_of_each_cell(desk: Any) -> None:
    answer = desk.send_form("/rows", **PLEDGE, **AT)
    row = row_of(desk, answer)
    assert (row["status"], row["stage"], row["what"]) == ("added", "pledge", "two bridges")
    assert ([p["name"] for p in row["by"]], [p["name"] for p in row["to"]]) == (["Türkiye"], ["Azerbaijan"])
    assert (row["amount"]["value"], row["amount"]["currency"], row["amount"]["qualifier"]) == (5e6, "USD", "up to")
    assert (row["when"], row["when_basis"]) == ("2021-01-12", "from the report's date")
    assert [span["quote"] for span in row["evidence"]] == [SAID]
    words = {cell: quotes(row, cell) for cell in ("by", "to", "what", "amount", "places")}
    assert words == {
        **{"by": ["Ankara"], "to": ["Baku"], "what": ["two bridges"], "amount": ["$5 million"], "places": ["Fuzuli"]}
    }
    assert quotes(row, "when") and quotes(row, "when")[0].endswith("Tuesday")
    for spans in (row["evidence"], *row["cell_evidence"].values()):
        for span in spans:
            assert TEXT[span["start"] : span["end"]] == span["quote"]
    made = row["decisions"][0]
    assert (made["action"], made["reviewer"], made["reason"]) == ("add", "ada", "missed")
    again = desk.send_form("/rows", **PLEDGE, **AT)
    assert again.status_code == 409 and "has been added from this sentence already" in again.text


def test_an_added_row_is_everywhere(desk: Any, ledger: Path, tmp_path: Path) -> None:
    before = desk.get("/ledger.json?kind=commitment").json()
    row = row_of(desk, desk.send_form("/rows", **PLEDGE, **AT))["id"]
    after = desk.get("/ledger.json?kind=commitment").json()
    assert after["count"] == before["count"] + 1 and json.dumps(after["totals"]) != json.dumps(before["totals"])
    assert [r["id"] for r in desk.rows("?status=added")] == [row]
    assert [r["id"] for r in desk.rows("?q=bridges&place=Fuzuli")] == [row]
    assert [r["id"] for r in desk.rows("?q=%22promised+Baku%22&scope=reports&status=added")] == [row]
    assert row in desk.get("/trails.json?place=Fuzuli").text
    assert row in {its["id"] for its in desk.get("/report.json", params={"id": NAME}).json()["rows"]}
    assert f"/rows/{row}" in desk.get("/report", params={"id": NAME}).text
    out = tmp_path / "out"
    for form in ("jsonl", "csv"):
        assert CliRunner().invoke(command, ["export", str(ledger), "--format", form, "--out", str(out)]).exit_code == 0
    lines = (out / "commitments.jsonl").read_text(encoding="utf-8").splitlines()
    (line,) = (its for its in map(json.loads, lines) if its["id"] == row)
    assert line["status"] == "added" and line["trail"]
    with (out / "commitments.csv").open(encoding="utf-8-sig", newline="") as table:
        assert [its["status"] for its in csv.DictReader(table) if its["id"] == row] == ["added"]
    shown = CliRunner().invoke(command, ["show", str(ledger), "--place", "Fuzuli"]).output
    assert "two bridges" in shown
    page = desk.get(f"/rows/{row}").text
    assert "written down by ada" in page and "added the commitment" in page and "the program" not in page
    assert desk.get(f"/rows/{row}/sentence/1").status_code == 200
    number = desk.get(f"/rows/{row}.json").json()["decisions"][0]["id"]
    assert [desk.get(f"/rows/{row}/revisions/{n}").status_code for n in (0, number)] == [404, 200]
    for address in (f"/rows/{row}", "/audit", f"/review/{row}"):
        assert "text_sha256" not in desk.get(address).text, address
    assert desk.get("/audit.json").json()["decisions"][0]["new"]["what"] == "two bridges"


def test_an_added_row_can_be_undone_and_edited(desk: Any) -> None:
    row = row_of(desk, desk.send_form("/rows", **PLEDGE, **AT))
    desk.send_form("/decisions", action="edit", row=row["id"], cell="what", value="three bridges")
    now = desk.get(f"/rows/{row['id']}.json").json()
    assert (now["status"], now["what"], now["alternatives"][0]["value"]) == ("added", "three bridges", "two bridges")
    assert "as added" in desk.get(f"/rows/{row['id']}").text
    desk.send_form("/decisions", action="undo", row=row["id"], undoes=row["decisions"][0]["id"])
    assert desk.get(f"/rows/{row['id']}.json").status_code == 404 and desk.rows("?status=added") == []


def test_words_may_be_typed_selected_or_looked_for_in_the_report(desk: Any) -> None:
    bare = {"kind": "commitment", "document": NAME, "cell.stage": "pledge", **AT}
    typed = row_of(desk, desk.send_form("/rows", **bare, **{"cell.what": "water", "words.what": "wells \U0001f30a"}))
    assert quotes(typed, "what") == ["wells \U0001f30a"]
    at = TEXT.index("\u0634")
    chosen = {"cell.what": "thanks", "words.what": "what it shows", "places.what": f"{at - 1}-{at + 5},{at - 4}-{at}"}
    picked = row_of(desk, desk.send_form("/rows", **bare, **chosen))
    assert quotes(picked, "what") == ["\u0634\u0643\u0631\u0627,", "and"]
    found = row_of(desk, desk.send_form("/rows", **bare, **{"cell.what": "the MONEY"}))
    assert quotes(found, "what") == ["The money"]
    near = row_of(desk, desk.send_form("/rows", **bare, **{"cell.what": "Wells"}))
    assert [span["start"] for span in near["cell_evidence"]["what"]] == [TEXT.index("wells")]
    last = {"start": TEXT.index("too"), "end": TEXT.index("too") + 4}
    other = row_of(desk, desk.send_form("/rows", **{**bare, **last, "cell.what": "wells"}))
    assert [span["start"] for span in other["cell_evidence"]["what"]] == [TEXT.rindex("wells")]
    nowhere = row_of(desk, desk.send_form("/rows", **bare, **{"cell.what": "infrastructure"}))
    assert quotes(nowhere, "what") == [SAID] and nowhere["what"] == "infrastructure"
    valueless = row_of(desk, desk.send_form("/rows", **bare, **{"words.what": "near fuzuli"}))
    assert valueless["what"] == "near Fuzuli"


def test_the_other_kinds(desk: Any) -> None:
    met = {"kind": "encounter", "document": NAME, "cell.kind": "visit", "cell.participants": "Azerbaijan; Türkiye"}
    row = row_of(desk, desk.send_form("/rows", **met, **AT, **{"cell.when": "2021-01-12"}))
    assert quotes(row, "participants") == ["Baku", "Ankara"] and row["when_basis"] == "from the report's date"
    said = {"kind": "figure", "document": NAME, "cell.value": "up to USD 5 million", "cell.measure": "other"}
    figure = row_of(desk, desk.send_form("/rows", **said, **AT, **{"cell.when": "2021"}))
    assert (figure["value"], figure["currency"], figure["qualifier"]) == (5e6, "USD", "up to")
    assert quotes(figure, "value") == ["$5 million"] and figure["when_basis"] == "stated"
    none = row_of(desk, desk.send_form("/rows", **{**said, "cell.value": "0", "cell.measure": "killed"}, **AT))
    assert none["value"] == 0


def test_the_day_of_an_edit_says_what_it_is_known_from(desk: Any) -> None:
    row = desk.row("two.txt" and "bridges")
    edit = {"action": "edit", "row": row, "cell": "when", "document": NAME, "quote": "On Tuesday"}
    assert desk.send_form("/decisions", **edit, value="on Tuesday").status_code == 303
    now = desk.get(f"/rows/{row}.json").json()
    assert (now["when"], now["when_basis"]) == ("2021-01-12", "from the report's date")
    assert "2021-01-12, from the report" in unescape(desk.get(f"/rows/{row}").text)
    desk.send_form("/decisions", action="edit", row=row, cell="when", value="2021-01-12")
    assert desk.get(f"/rows/{row}.json").json()["when_basis"] == "stated"


def test_a_form_that_does_not_fit_is_shown_as_it_was(desk: Any) -> None:
    wrong = {"cell.when": "soonish", "cell.speaker": "The Spokesman", "back": "/review?q=x"}
    answer = desk.send_form("/rows", **{**PLEDGE, **wrong}, **AT)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    for kept in (
        'value="soonish"',
        'value="The Spokesman"',
        'value="missed"',
        'value="/review?q=x"',
        "selected>pledge",
    ):
        assert kept in answer.text, kept
    assert "<details open>" in answer.text  # where the speaker is
    token = desk.token()
    asked = {"headers": {"Accept": "application/json"}, "data": {"token": token, **PLEDGE, **wrong, **AT}}
    refused = desk.post("/rows", **asked)
    assert refused.status_code == 422 and "'soonish' is no date" in refused.json()["detail"]
    asked["data"] |= {"cell.when": ""}
    made = desk.post("/rows", **asked)
    assert made.status_code == 201 and made.json()["status"] == "added" and made.json()["stamp"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": AT["end"], "end": AT["start"]},
        {"end": 10**8},
        {"start": -1},
        {"start": "x"},
        {"start": "", "end": ""},
        {"start": "٣", "end": "٩"},
        {"document": "none.txt"},
        {"document": ""},
        {"kind": "colour"},
        {"kind": ""},
        {"cell.stage": ""},
        {"cell.stage": "wish"},
        {"cell.amount": "a lot"},
        {"cell.flow": "river"},
        {"cell.planned": "perhaps"},
        {"words.what": "words of another report: schools"},
        {"places.what": f"0-{10**8}"},
        {"places.what": "5-4"},
        {"places.what": "0-1;2-3"},
        {"places.what": ",".join(["0-1"] * 21)},
        {"cell.what": "x" * 2_001},
        {"cell.to": "; ".join(f"P{n}" for n in range(51))},
        {"words.what": "x" * 2_001},
        {"cell.by": "; ;", "cell.to": "", "cell.what": "", "cell.amount": ""},
    ],
)
def test_what_does_not_fit_is_refused(calm: Any, wrong: dict[str, Any]) -> None:
    answer = calm.send_form("/rows", **{**PLEDGE, **AT, **wrong})
    assert answer.status_code == 422, answer.headers
    assert not calm.get("/audit.json").json()["count"]


def test_long_words_and_forged_forms_are_refused(calm: Any) -> None:
    assert calm.send_form("/rows", **{**PLEDGE, "document": "long.txt"}, start=0, end=9_000).status_code == 422
    assert calm.get("/report/add", params={"id": "long.txt", "quote": "word word"}).status_code == 422
    assert calm.send_form("/rows", **PLEDGE, **AT, huge="x" * 1_000_001).status_code == 413
    assert calm.post("/rows", data={"token": "0" * 64, **PLEDGE, **AT}).status_code == 403
    assert calm.post("/rows", data={**PLEDGE, **AT}).status_code == 403
    foreign = {"Origin": "https://example.org"}
    assert calm.post("/rows", data={"token": calm.token(), **PLEDGE, **AT}, headers=foreign).status_code == 403
    assert not calm.get("/audit.json").json()["count"]


def test_one_goes_back_within_the_app_only(desk: Any) -> None:
    for back in ("https://example.org/", "//example.org", "/\\example.org"):
        answer = desk.send_form("/rows", **{**PLEDGE, "cell.what": back}, **AT, back=back, then="back")
        assert answer.headers["location"].startswith("/rows/r-")
    again = desk.send_form("/rows", **{**PLEDGE, "cell.what": "all"}, **AT, back="/review?q=x", then="back")
    assert again.headers["location"] == "/review?q=x"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&start=5&end=4",
        "&start=0&end=99999999",
        "&at=x",
        "&at=9-4",
        "&quote=not+in+it",
        "&start=-1",
        "&at=1-2&kind=x",
    ],
)
def test_an_address_that_names_no_sentence_is_explained(calm: Any, query: str) -> None:
    assert calm.get(f"/report/add?id={NAME}{query}").status_code == 422
    assert calm.get("/report/add?id=none.txt&at=1-2").status_code == 404


def test_readers_add_nothing(calm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Site, "person", lambda self, request: Person("bo", "reader"))
    assert calm.get("/report/add", params={"id": NAME, **AT}).status_code == 403
    assert calm.get("/report", params={"id": NAME, "add": 1}).status_code == 403
    assert "Add a row" not in calm.get("/report", params={"id": NAME}).text + calm.get("/review").text
    assert calm.send_form("/rows", **PLEDGE, **AT).status_code == 403
    assert not calm.get("/audit.json").json()["count"]


def test_a_ledger_that_is_only_shown_takes_no_rows(desk: Any) -> None:
    desk.app.state.site.writable = False
    assert desk.get("/report/add", params={"id": NAME, **AT}).status_code == 503
    assert "Add a row" not in desk.get("/report", params={"id": NAME}).text
    assert desk.send_form("/rows", **PLEDGE, **AT).status_code == 503


def api_row(**cells: Any) -> dict[str, Any]:
    party = {"id": "state:TUR", "name": "Türkiye", "type": "state", "country": "TUR"}
    at = TEXT.index("Ankara")
    given: dict[str, Any] = {
        "stage": {"value": "pledge"},
        "by": {"value": [party], "spans": [{"document": NAME, "start": at, "end": at + 6, "quote": "Ankara"}]},
        "when": {"value": {"when": "2021-01-12", "when_basis": "from the report's date"}},
        **cells,
    }
    return {"kind": "commitment", "sentence": {"document": NAME, **AT}, "cells": given, "reason": "missed"}


def test_programs_add_rows(desk: Any) -> None:
    made = desk.post("/api/rows", json=api_row(planned={"value": True}, places={"value": ["Fuzuli"]}))
    assert made.status_code == 201 and made.json()["status"] == "added", made.text
    row = desk.get(f"/api/rows/{made.json()['row']}").json()
    assert (row["when"], row["when_basis"], row["planned"], row["places"]) == (
        *("2021-01-12", "from the report's date", True),
        ["Fuzuli"],
    )
    assert quotes(row, "by") == ["Ankara"] and row["stamp"] == made.json()["stamp"]
    again = desk.post("/api/rows", json=api_row(planned={"value": True}, places={"value": ["Fuzuli"]}))
    assert again.status_code == 409 and made.json()["row"] in again.json()["detail"]
    money = {"value": {"value": 5_000_000, "currency": "USD", "qualifier": "up to"}}
    assert desk.post("/api/rows", json=api_row(amount=money)).status_code == 201


@pytest.mark.parametrize(
    "cells",
    [
        {"colour": {"value": "red"}},
        {"stage": {"value": "wish"}},
        {"value": {"value": 3}},
        {"by": {"value": [{"id": 5, "name": ["x"], "type": "state"}]}},
        {"by": {"value": [{"id": "x", "name": "x", "type": "cat"}]}},
        {"by": {"value": [{"id": "x", "name": "x", "type": "state", "country": "../"}]}},
        {"by": {"value": []}},
        {"by": {"value": "Türkiye"}},
        {"places": {"value": [["Fuzuli"]]}},
        {"what": {"value": 5}},
        {"what": {"value": "x" * 2001}},
        {"what": {"value": "bridges", "spans": [{"document": "one.txt", "start": 0, "end": 5}]}},
        {"what": {"value": "bridges", "spans": [{"document": NAME, "start": 0, "end": 10**6}]}},
        {"what": {"value": "bridges", "spans": [{"document": NAME, "start": 0, "end": 5, "quote": "other"}]}},
        {"what": {"value": "lone \ud800"}},
        {"amount": {"value": {"value": "much"}}},
        {"amount": {"value": {"value": 1e400}}},
        {"amount": {"value": {"value": True}}},
        {"when": {"value": "soon"}},
        {"when": {"value": {"when": "2021", "when_basis": "a hunch"}}},
        {"period": {"value": {"when": "2021", "when_basis": "stated"}}},
        {"planned": {"value": "yes"}},
        {"sector": {"value": "999"}},
    ],
)
def test_what_programs_send_must_fit(calm: Any, cells: dict[str, Any]) -> None:
    body = json.dumps(api_row(**cells)).replace("Infinity", "1e400")
    answer = calm.post("/api/rows", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert not calm.get("/audit.json").json()["count"]


def test_explain_tells_who_added_a_row(desk: Any, ledger: Path) -> None:
    row = row_of(desk, desk.send_form("/rows", **PLEDGE, **AT))["id"]
    desk.send_form("/decisions", action="edit", row=row, cell="when", value="Monday", document=NAME, quote="Tuesday")
    said = CliRunner().invoke(command, ["explain", str(ledger), row]).output
    assert "written down by ada" in said and "ada: add (missed)" in said and "s-" not in said.split("ada: add")[1]
    assert "when: 2021-01-12 → 2021-01-11 from the report's date" in " ".join(said.split())
