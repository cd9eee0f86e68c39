"""What is kept of a whole ledger: made again when it differs, shown as it was meanwhile, and no more than is needed."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.queries import Filter, entries
from pledgetrail.ledger.store import Ledger, open_ledger
from pledgetrail.ledger.surveying import survey
from pledgetrail.resolution.wordings import wording as naming
from pledgetrail.serving import Settings, create_app, kept, warming, wordings
from pledgetrail.serving.kept import Kept, kept_of
from pledgetrail.serving.pages import funnel
from pledgetrail.serving.site import Site

FREED = "The liberated territories of Karabakh need homes and schools, they said. PAK pledged AZE 5 for schools."
TAKEN = "The occupied territories of Karabakh were theirs, residents said. TUR pledged ARM 9 for roads."


@pytest.fixture
def site(add: Callable[..., None], tmp_path: Path) -> Iterator[Site]:
    """An app's parts over a ledger of two reports."""
    path = tmp_path / "l.sqlite"
    add(path, {"one.txt": FREED}, outlet="Alpha Post", published="2021-01-13")
    add(path, {"two.txt": TAKEN}, outlet="Beta Times", published="2021-02-13")
    with open_ledger(path, write=True) as ledger:
        survey(ledger)
        yield Site(ledger, Settings(reviewer="ada"))


def decide(ledger: Ledger, action: Any = "accept") -> str:
    with ledger.reading() as connection:
        row = next(entry.row.id for entry in entries(connection, Filter()))
    review.record(ledger, action, row, reviewer="ada", reason="seen")
    return row


def test_what_took_long_is_shown_as_it_was_while_it_is_made_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping, go, made = Kept(site), threading.Event(), []
    monkeypatch.setattr(kept, "_BRIEF", 0.0)  # so that whatever is made took long

    def make(_: Any) -> int:
        made.append(1)
        assert len(made) == 1 or go.wait(20)
        return len(made)

    assert keeping.get("its", make).value == 1
    decide(site.ledger)
    for _ in range(3):
        begun = time.monotonic()
        held = keeping.get("its", make)
        assert (held.value, held.fresh) == (1, False) and time.monotonic() - begun < kept.PATIENCE
    go.set()
    while (held := keeping.get("its", make)).value == 1:
        pass
    assert (held.value, held.fresh, len(made)) == (2, True, 2)


def test_decisions_leave_what_is_made_of_reports(site: Site, add: Callable[..., None], monkeypatch: Any) -> None:
    read: list[str] = []
    find = naming.find_wording

    def noted(document: Any, lexicon: Any) -> Any:
        read.append(document.id)
        return find(document, lexicon)

    monkeypatch.setattr(wordings, "find_wording", noted)

    def terms() -> set[tuple[str, str]]:
        held = wordings.wording_of(site)
        assert held.fresh
        return {(row.source, row.term) for row in held.value.rows}

    before = terms()
    assert read == ["one.txt", "two.txt"] and len({source for source, _ in before}) == 2, before
    decide(site.ledger)
    assert terms() == before and len(read) == 2
    add(site.ledger.path, {"three.txt": TAKEN}, outlet="Gamma News", published="2021-03-13")
    assert {source for source, _ in terms()} == {"Alpha Post", "Beta Times", "Gamma News"}
    assert read == ["one.txt", "two.txt", "three.txt"]  # the others were not read again


class Interrupted:
    """A ledger in which something is decided when a survey has read all, before it writes."""

    def __init__(self, ledger: Ledger, row: str) -> None:
        self._ledger, self._row = ledger, row
        self.reading = ledger.reading

    def writing(self) -> Any:
        review.record(self._ledger, "reject", self._row, reviewer="bo", reason="meanwhile")
        return self._ledger.writing()


def test_what_is_decided_during_a_survey_is_not_taken_for_seen(site: Site) -> None:
    def stale() -> bool:
        with site.ledger.reading() as connection:
            return kept.is_stale(connection)

    row = decide(site.ledger)
    survey(cast(Ledger, Interrupted(site.ledger, row)))
    assert stale()
    survey(site.ledger)
    assert not stale()


def test_the_funnels_of_a_ledger_share_what_they_count(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    real = funnel.counted

    def noted(*given: Any) -> Any:
        counted.append(1)
        return real(*given)

    monkeypatch.setattr(funnel, "counted", noted)
    for per in ("by", "to", "place", "sector"):
        assert funnel.lines_of(site, per).value
    assert len(counted) == 1
    decide(site.ledger, "reject")
    while not (held := funnel.lines_of(site, "by")).fresh:
        pass
    assert sum(line.columns["promised"].rows for line in held.value if line.columns) == 1
    assert len(counted) == 2


def test_a_large_ledger_is_made_ready(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    warming.warm(site)
    assert not kept_of(site)._made  # it is small
    monkeypatch.setattr(warming, "_LARGE", 2)
    warming.warm(site)
    names = {name if isinstance(name, str) else name[0] for name in kept_of(site)._made}
    assert names == {"trails", "disagreements", "copies", "counted", "funnel", "wording"}


def test_a_damaged_ledger_does_not_end_the_server(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "_LARGE", 0)
    with sqlite3.connect(site.ledger.path) as database:
        database.execute("DROP TABLE trails")
    database.close()
    warming.begin(site).join(60)
    assert create_app(site.ledger.path, Settings(reviewer="ada")).state.site.writable
