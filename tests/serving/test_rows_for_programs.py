from __future__ import annotations

from typing import Any

import pytest


def test_a_row_as_it_was_is_json_and_a_table(client: Any) -> None:
    row = client.row("roads")
    client.send_form("/decisions", action="edit", row=row, cell="what", value="new roads")
    was = client.get(f"/rows/{row}/revisions/0.json").json()
    assert (was["what"], was["revision"], was["changed_since"]) == ("roads", 0, ["what", "status"])
    assert ",roads," in client.get(f"/rows/{row}/revisions/0.csv").text
    assert client.get(f"/rows/{row}/revisions/9.json").status_code == 404


def test_a_sentence_is_json_and_a_table(client: Any) -> None:
    row = client.row("schools")
    found = client.get(f"/rows/{row}/sentence/1.json").json()
    text = client.get("/report.json", params={"id": found["document"]}).json()["text"]
    assert text[found["start"] : found["end"]] == found["quote"] and found["count"] == 2
    lines = client.get(f"/rows/{row}/sentence/1.csv").text.splitlines()
    assert len(lines) == 2 and found["quote"] in lines[1]
    assert client.get(f"/rows/{row}/sentence/3.json").status_code == 404


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_row_under_review_tells_a_second_reviewer_nothing(client: Any, form: str) -> None:
    row = client.row("schools")
    assert client.get(f"/review/{row}.json").json()["stamp"] == client.get(f"/rows/{row}.json").json()["stamp"]
    client.send_form("/decisions", action="reject", row=row)
    assert "rejected" in client.get(f"/review/{row}.{form}").text
    blind = client.get(f"/review/{row}.{form}?second=1").text
    assert "schools" in blind and "reject" not in blind
    assert client.get(f"/review/r-none.{form}").status_code == 404
