from __future__ import annotations

from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

from pledgetrail.serving import Settings, create_app


def test_a_row_is_read_decided_and_stale(client: Any) -> None:
    listed = client.get("/api/rows", params={"stage": "refusal"}).json()
    (row,) = listed["rows"]
    whole = client.get(f"/api/rows/{row['id']}").json()
    assert whole["what"] == "bridges" and whole["stamp"] and whole["decisions"] == []
    wish = {
        "row": row["id"],
        "expected": whole["stamp"],
        "action": "edit",
        "cell": "what",
        "new": "tunnels",
        "reason": "so",
    }
    made = client.post("/api/decisions", json=wish)
    assert made.status_code == 201 and made.json()["status"] == "edited"
    assert client.post("/api/decisions", json=wish).status_code == 409
    after = client.get(f"/api/rows/{row['id']}").json()
    assert after["what"] == "tunnels" and after["stamp"] == made.json()["stamp"] and len(after["decisions"]) == 1
    undo = {"row": row["id"], "action": "undo", "undoes": made.json()["decision"]["id"]}
    assert client.post("/api/decisions", json=undo).json()["status"] == "extracted"
    assert [d["stands"] for d in client.get("/api/decisions").json()["decisions"]] == [True, False]


def test_words_of_a_decision_must_be_in_the_report(client: Any) -> None:
    row = client.row("bridges")
    text = client.get("/api/report", params={"id": "two.txt"}).json()["text"]
    at = text.index("bridges")
    span = {"document": "two.txt", "start": at, "end": at + 7, "quote": "bridges"}
    wish = {"row": row, "action": "edit", "cell": "what", "new": "Bridges"}
    for wrong in ({"quote": "tunnels"}, {"start": at + 1, "end": at + 8}, {"end": 10**6}, {"document": "none.txt"}):
        assert client.post("/api/decisions", json={**wish, "spans": [{**span, **wrong}]}).status_code == 422, wrong
    assert client.post("/api/decisions", json={**wish, "spans": [span]}).status_code == 201


def test_lists_go_on_by_cursor(client: Any) -> None:
    for path, name, cursor in (
        ("actors", "actors", "after"),
        ("reports", "reports", "after"),
        ("reports?q=pledged", "reports", "after"),
    ):
        mark = "&" if "?" in path else "?"
        first = client.get(f"/api/{path}{mark}limit=3").json()
        seen = [item["id"] for item in first[name]]
        page = first
        while page[cursor] is not None:
            page = client.get(f"/api/{path}{mark}limit=3&{cursor}={page[cursor]}").json()
            seen += [item["id"] for item in page[name]]
        assert len(seen) == len(set(seen)) == first["count"] and len(seen) > 3, path


def test_the_api_does_what_its_description_says(ledger: Path) -> None:
    """No answer is a server error, and each is of a status and form that the description names."""
    app = create_app(ledger, Settings(reviewer="ada", port=80, host="testserver"))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    # other methods are refused by the guard first; strings that are no cursor or day are of the right type
    left_out = CHECKS.get_by_names(["unsupported_method", "positive_data_acceptance"])
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 9
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=12, suppress_health_check=list(HealthCheck))
        def holds(case: Any) -> None:
            case.call_and_validate(excluded_checks=left_out)

        holds()
