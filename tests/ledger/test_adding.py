"""Rows that reviewers add, second opinions, and decisions made as one."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.adding import Told, add
from pledgetrail.ledger.errors import AlreadyAdded, InvalidDecision, StaleRow, UnknownRow
from pledgetrail.ledger.queries import Filter, entries, read_entry
from pledgetrail.ledger.resolving import resolve_ledger
from pledgetrail.ledger.store import Ledger, create_or_open
from pledgetrail.ledger.writing import add_batch, start_build
from pledgetrail.publishing.contract import row_dict
from pledgetrail.records import Span

TEXT = "Intro. PAK pledged AZE 5 for schools. Ankara promised Baku two bridges near Fuzuli. AZE counted 12 killed."
SENTENCE = "Ankara promised Baku two bridges near Fuzuli."


class Bench:
    """A ledger with the fake reader, to be fed with texts."""

    def __init__(self, ledger: Ledger, fake: Any) -> None:
        self.ledger, self.fake = ledger, fake

    def read(self, name: str, text: str, reader: str = "fake") -> None:
        build = start_build(self.ledger, reader)
        add_batch(self.ledger, build, self.fake.interpret([self.fake.raw(name, text)]))

    def span(self, name: str, text: str, words: str) -> Span:
        at = text.index(words)
        return Span(name, at, at + len(words), words)

    def bridges(self, text: str = TEXT, **more: Any) -> review.Decision:
        """A reviewer adds what the fake reader cannot read."""
        cells = {
            "stage": Told("pledge"),
            "by": Told([self.fake_party("TUR")], (self.span("a", text, "Ankara"),)),
            "to": Told([self.fake_party("AZE")], (self.span("a", text, "Baku"),)),
            "what": Told("two bridges", (self.span("a", text, "two bridges"),)),
            "places": Told(["Fuzuli"]),
        }
        return add(self.ledger, "commitment", self.span("a", text, SENTENCE), cells, reviewer="ada", **more)

    def fake_party(self, code: str) -> dict[str, Any]:
        found = self.fake.party(code)
        return {"id": found.id, "name": found.name, "aliases": [], "type": "state", "country": code}

    def row(self, name: str) -> dict[str, Any]:
        with self.ledger.reading() as connection:
            return row_dict(read_entry(connection, name))

    def rows(self) -> dict[str, str]:
        with self.ledger.reading() as connection:
            return {str(e.columns["what"]): e.row.id for e in entries(connection, Filter(kind="commitment"))}


@pytest.fixture
def bench(tmp_path: Path, fake: Any) -> Any:
    with create_or_open(tmp_path / "l.sqlite") as ledger:
        made = Bench(ledger, fake)
        made.read("a", TEXT)
        yield made


def spans_hold(bench: Bench, texts: dict[str, str]) -> None:
    """Whether every span of every table quotes its text."""
    with bench.ledger.reading() as connection:
        for entry in entries(connection, Filter()):
            row = row_dict(entry)
            cells = [span for its in row["cell_evidence"].values() for span in its]
            for span in (*row["evidence"], *cells):
                assert texts[span["document"]][span["start"] : span["end"]] == span["quote"]


def test_an_added_row_stands_beside_the_others(bench: Bench) -> None:
    made = bench.bridges(reason="missed")
    row = bench.row(made.row_id)
    assert (row["status"], row["stage"], row["what"]) == ("added", "pledge", "two bridges")
    assert [p["name"] for p in row["by"]] == ["Türkiye"] and row["origins"] == 1
    assert [span["quote"] for span in row["evidence"]] == [SENTENCE]
    assert row["cell_evidence"]["what"][0]["quote"] == "two bridges"
    assert row["cell_evidence"]["places"][0]["quote"] == SENTENCE
    assert (made.action, made.reviewer, made.reason, made.attached) == ("add", "ada", "missed", made.row_id)
    assert set(bench.rows()) == {"schools", "two bridges"}
    spans_hold(bench, {"a": TEXT})


def test_an_added_row_is_not_joined_and_has_a_trail(bench: Bench) -> None:
    made = bench.bridges()
    bench.read("b", "PAK pledged AZE 5 for schools.")
    resolve_ledger(bench.ledger)
    with bench.ledger.reading() as connection:
        entry = read_entry(connection, made.row_id)
    assert entry.row.status == "added" and entry.trail is not None and len(entry.row.statements) == 1


def test_statuses_of_an_added_row(bench: Bench) -> None:
    row = bench.bridges().row_id
    review.record(bench.ledger, "edit", row, reviewer="ada", cell="what", new="two road bridges")
    shown = bench.row(row)
    assert (shown["status"], shown["what"]) == ("added", "two road bridges")
    assert shown["alternatives"][0]["value"] == "two bridges" and shown["alternatives"][0]["source"] == "reviewer"
    review.record(bench.ledger, "reject", row, reviewer="bob")
    assert bench.row(row)["status"] == "rejected"
    review.record(bench.ledger, "accept", row, reviewer="bob")
    assert bench.row(row)["status"] == "accepted"


def test_adding_is_undone_and_done_again(bench: Bench) -> None:
    made = bench.bridges()
    gone = review.record(bench.ledger, "undo", made.row_id, reviewer="ada", undoes=made.id)
    assert set(bench.rows()) == {"schools"}
    with pytest.raises(UnknownRow, match="was undone"):
        bench.row(made.row_id)
    review.record(bench.ledger, "undo", made.row_id, reviewer="ada", undoes=gone.id)
    assert bench.row(made.row_id)["status"] == "added"


def test_the_same_row_is_not_added_twice(bench: Bench) -> None:
    first = bench.bridges()
    with pytest.raises(InvalidDecision, match=first.row_id):
        bench.bridges()
    review.record(bench.ledger, "undo", first.row_id, reviewer="ada", undoes=first.id)
    assert bench.bridges().row_id != first.row_id


@pytest.mark.parametrize("kind", ["commitment", "encounter", "figure"])
def test_what_a_row_needs_at_least(bench: Bench, kind: str) -> None:
    with pytest.raises(InvalidDecision, match="needs"):
        add(bench.ledger, kind, bench.span("a", TEXT, SENTENCE), {}, reviewer="ada")
    assert not review.unattached(bench.ledger) and set(bench.rows()) == {"schools"}


def test_words_that_do_not_stand_there_are_refused(bench: Bench) -> None:
    cells = {"stage": Told("pledge"), "what": Told("bridges")}
    for wrong in (Span("a", 0, 5, "other"), Span("nowhere", 0, 5, "Intro"), Span("a", 3, 3, ""), Span("a", -3, 2, "x")):
        with pytest.raises(InvalidDecision):
            add(bench.ledger, "commitment", wrong, cells, reviewer="ada")
    for cell, value in (("stage", "gift"), ("by", "Türkiye"), ("colour", "red"), ("amount", 5)):
        with pytest.raises(InvalidDecision):
            add(bench.ledger, "commitment", bench.span("a", TEXT, SENTENCE), cells | {cell: Told(value)}, reviewer="a")
    with pytest.raises(InvalidDecision, match="named"):
        add(bench.ledger, "commitment", bench.span("a", TEXT, SENTENCE), cells, reviewer=" ")


def test_an_encounter_and_a_figure_are_added(bench: Bench) -> None:
    sentence = bench.span("a", TEXT, SENTENCE)
    both = [bench.fake_party("TUR"), bench.fake_party("AZE")]
    met = add(bench.ledger, "encounter", sentence, {"kind": Told("visit"), "participants": Told(both)}, reviewer="ada")
    assert bench.row(met.row_id)["kind"] == "visit"
    cells = {"value": Told([2, 3]), "measure": Told("damaged"), "unit": Told("bridges")}
    counted = add(bench.ledger, "figure", sentence, cells, reviewer="ada")
    assert bench.row(counted.row_id)["value"] == [2.0, 3.0]


def test_an_added_row_follows_its_words(bench: Bench) -> None:
    row = bench.bridges().row_id
    new = "A new first line. " + TEXT.replace("near Fuzuli", "near the town of Fuzuli")
    bench.read("a", new)
    shown = bench.row(row)
    assert shown["evidence"][0]["quote"] == SENTENCE.replace("near Fuzuli", "near the town of Fuzuli")
    assert shown["cell_evidence"]["what"][0]["start"] == new.index("two bridges") and shown["status"] == "added"
    bench.read("a", new, reader="another")
    assert bench.row(row)["what"] == "two bridges"
    spans_hold(bench, {"a": new})


def test_an_added_row_whose_words_are_gone_is_listed(bench: Bench) -> None:
    made = bench.bridges()
    bench.read("a", "PAK pledged AZE 5 for schools.")
    assert set(bench.rows()) == {"schools"}
    (left,) = review.unattached(bench.ledger)
    assert left.id == made.id and "gone from a" in str(left.note)


def test_an_edit_whose_words_are_gone_is_listed_and_quotes_nothing_else(bench: Bench) -> None:
    row = bench.rows()["schools"]
    words = bench.span("a", TEXT, "Intro")
    made = review.record(bench.ledger, "edit", row, reviewer="ada", cell="places", new=["Intro"], spans=[words])
    new = "PAK pledged AZE 5 for schools. Nothing else is said here."
    bench.read("a", new)
    assert bench.row(row)["places"] == [] and [d.id for d in review.unattached(bench.ledger)] == [made.id]
    spans_hold(bench, {"a": new})


def test_a_second_opinion_stands_apart(bench: Bench) -> None:
    row = bench.rows()["schools"]

    def second(reviewer: str, new: object) -> review.Decision:
        return review.record(bench.ledger, "second", row, reviewer=reviewer, new=new)

    with pytest.raises(InvalidDecision, match="nobody has decided"):
        second("bob", "accepted")
    review.record(bench.ledger, "accept", row, reviewer="ada")
    with pytest.raises(InvalidDecision, match="somebody else's"):
        second("ada", "accepted")
    with pytest.raises(InvalidDecision, match="one of accepted, rejected"):
        second("bob", "maybe")
    with bench.ledger.reading() as connection:
        seen = review.stamp(connection, read_entry(connection, row).row)
    made = second("bob", "rejected")
    with bench.ledger.reading() as connection:
        entry = read_entry(connection, row)
        assert review.stamp(connection, entry.row) == seen  # the first reviewer may go on
    assert (entry.row.status, entry.columns["reviewer"], entry.columns["second"]) == ("accepted", "ada", "rejected")
    review.record(bench.ledger, "undo", row, reviewer="bob", undoes=made.id)
    with bench.ledger.reading() as connection:
        assert read_entry(connection, row).columns["second"] is None


def test_decisions_made_as_one(bench: Bench) -> None:
    bench.read("b", "TUR pledged ARM 7 for roads. TUR pledged ARM 8 for mines.")
    rows = bench.rows()
    with bench.ledger.reading() as connection:
        seen = review.last_change(connection)
    review.record(bench.ledger, "reject", rows["mines"], reviewer="bob")
    wanted = [review.Wanted(action="accept", row=row, reason="all seen") for row in (*rows.values(), "r-none")]
    batch = review.record_all(bench.ledger, wanted, reviewer="ada", seen=seen)
    assert len(batch.made) == 2 and [row for row, _ in batch.refused] == [rows["mines"], "r-none"]
    assert [bench.row(rows[what])["status"] for what in ("schools", "roads", "mines")] == [
        *("accepted", "accepted", "rejected"),
    ]
    made = review.decisions_on(bench.ledger, rows["roads"])
    assert [(d.action, d.batch, d.reason) for d in made] == [("accept", batch.name, "all seen")]
    undo = [review.Wanted(action="undo", row=rows[what], undoes=n) for n, what in zip(batch.made, rows, strict=False)]
    back = review.record_all(bench.ledger, undo, reviewer="ada")
    assert not back.refused and back.name != batch.name and bench.row(rows["roads"])["status"] == "extracted"
    with pytest.raises(InvalidDecision, match="one by one"):
        review.record_all(bench.ledger, [review.Wanted(action="merge", row=rows["roads"])], reviewer="ada")


def test_a_stale_row_of_a_batch_names_itself(bench: Bench) -> None:
    row = bench.rows()["schools"]
    with pytest.raises(StaleRow, match=row):
        review.record(bench.ledger, "accept", row, reviewer="ada", expected="0" * 16)
    batch = review.record_all(
        bench.ledger, [review.Wanted(action="accept", row=row, expected="0" * 16)], reviewer="ada"
    )
    assert not batch.made and "has changed" in batch.refused[0][1]


def test_the_decision_that_added_a_row_keeps_what_was_written(bench: Bench, tmp_path: Path) -> None:
    made = bench.bridges()
    database = sqlite3.connect(tmp_path / "l.sqlite")
    (new,) = database.execute("SELECT new FROM decisions WHERE id = ?", (made.id,)).fetchone()
    database.close()
    assert '"two bridges"' in new and isinstance(made.new, dict) and made.new["what"] == "two bridges"


def test_a_day_may_be_known_from_the_report_s_own(bench: Bench) -> None:
    inferred = {"when": "2021-01-13", "when_basis": "from the report's date"}
    cells = {"kind": Told("visit"), "participants": Told([bench.fake_party("TUR")]), "when": Told(inferred)}
    row = add(bench.ledger, "encounter", bench.span("a", TEXT, SENTENCE), cells, reviewer="ada").row_id
    assert (bench.row(row)["when"], bench.row(row)["when_basis"]) == ("2021-01-13", "from the report's date")
    review.record(bench.ledger, "edit", row, reviewer="bob", cell="when", new="2021-01-14")
    assert (bench.row(row)["when"], bench.row(row)["when_basis"]) == ("2021-01-14", "stated")
    back = review.record(bench.ledger, "edit", row, reviewer="bob", cell="when", new=inferred)
    assert bench.row(row)["when_basis"] == "from the report's date" and back.old == "2021-01-14"
    review.record(bench.ledger, "edit", row, reviewer="bob", cell="when", new=None)
    assert (bench.row(row)["when"], bench.row(row)["when_basis"]) == (None, None)
    for wrong in ({"when": "2021"}, {"when": 2021, "when_basis": "stated"}, inferred | {"when_basis": "a hunch"}, 2021):
        with pytest.raises(InvalidDecision):
            review.record(bench.ledger, "edit", row, reviewer="bob", cell="when", new=wrong)


def test_a_figure_may_be_nothing(bench: Bench) -> None:
    cells = {"value": Told(0.0), "measure": Told("killed")}
    row = add(bench.ledger, "figure", bench.span("a", TEXT, SENTENCE), cells, reviewer="ada").row_id
    assert bench.row(row)["value"] == 0
    with pytest.raises(AlreadyAdded, match=row):
        add(bench.ledger, "figure", bench.span("a", TEXT, SENTENCE), cells, reviewer="bob")


def test_a_row_is_decided_twice_in_a_batch_as_one_by_one(bench: Bench) -> None:
    row = bench.rows()["schools"]
    with bench.ledger.reading() as connection:
        seen = review.stamp(connection, read_entry(connection, row).row)
    wanted = [
        review.Wanted(action="edit", row=row, cell="what", new="ten schools"),
        review.Wanted(action="accept", row=row, expected=seen),  # as it was before the edit
        review.Wanted(action="edit", row=row, cell="stage", new="offer"),
        review.Wanted(action="undo", row=row, undoes=1),
    ]
    batch = review.record_all(bench.ledger, wanted, reviewer="ada")
    assert batch.made == (1, 2, 3) and [row for row, _ in batch.refused] == [row]
    assert "has changed" in batch.refused[0][1]
    shown = bench.row(row)
    assert (shown["what"], shown["stage"], shown["status"]) == ("schools", "offer", "edited")
    undo = [review.Wanted(action="undo", row=row, undoes=number) for number in (1, 2)]
    assert review.record_all(bench.ledger, undo, reviewer="ada").made == (4, 5)
    assert bench.row(row)["status"] == "extracted"


def test_a_correction_is_no_claim_of_a_report(bench: Bench) -> None:
    row = bench.rows()["schools"]
    amount = {"value": 7.0, "currency": "USD", "text": "7", "qualifier": None}
    review.record(bench.ledger, "edit", row, reviewer="ada", cell="amount", new=amount)
    review.record(bench.ledger, "edit", row, reviewer="ada", cell="to", new=[bench.fake_party("ARM")])
    resolve_ledger(bench.ledger)
    shown = bench.row(row)
    assert {item["cell"] for item in shown["alternatives"]} == {"amount", "to"} and shown["disagreements"] == []
    added = bench.bridges().row_id
    review.record(bench.ledger, "edit", added, reviewer="ada", cell="to", new=[bench.fake_party("ARM")])
    resolve_ledger(bench.ledger)
    assert bench.row(added)["disagreements"] == []
