"""What a reader who knows no codes asks, and is told."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger


def test_the_csv_of_decisions_tells_every_new_value(client: Any, ledger: Path) -> None:
    row = client.row("roads")
    with open_ledger(ledger, write=True) as opened:
        review.record(opened, "edit", row, reviewer="bob", cell="when", new={"when": "2021", "when_basis": "stated"})
    client.send_form("/decisions", action="edit", row=row, cell="sector", value="120")
    client.send_form("/decisions", action="edit", row=row, cell="places", value="Baku; Fuzuli")
    lines = csv.DictReader(io.StringIO(client.get("/audit.csv").text.removeprefix("\ufeff")))
    told = {line["cell"]: line["new"] for line in lines}
    assert told["when"] == '{"when": "2021", "when_basis": "stated"}' and "120" in told["sector"]
    assert told["places"] == "Baku; Fuzuli"
