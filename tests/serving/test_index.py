from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger
from pledgetrail.serving import index as module
from pledgetrail.serving.index import Index
from pledgetrail.serving.listing import listing
from pledgetrail.serving.view import View


def test_one_who_has_waited_does_not_make_all_be_read_anew(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    read_all, read_some = module._read_all, module._read_some

    def all_of_it(*given: Any) -> Any:
        reads.append("all")
        return read_all(*given)

    def some(*given: Any) -> None:
        reads.append("some")
        read_some(*given)

    monkeypatch.setattr(module, "_read_all", all_of_it)
    monkeypatch.setattr(module, "_read_some", some)
    with open_ledger(ledger, write=True) as opened, opened.reading() as early:
        index, decided = Index(opened), View(chosen={"status": ("accepted",)})
        row = listing(early, index, View()).rows[0]["id"]  # from now on, this connection sees what is there now
        review.record(opened, "accept", row, reviewer="ada")
        with opened.reading() as late:
            assert listing(late, index, decided).count == 1
        assert listing(early, index, decided).count == 1
        with opened.reading() as late:
            assert listing(late, index, decided).count == 1
    assert reads == ["all", "some"]
