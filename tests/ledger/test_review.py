from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.errors import InvalidDecision, StaleRow, UnknownRow
from pledgetrail.ledger.queries import Filter, entries, read_row
from pledgetrail.ledger.store import Ledger, create_or_open
from pledgetrail.ledger.writing import add_batch, start_build


class Bench:
    """A ledger with the fake reader, to be fed with texts."""

    def __init__(self, ledger: Ledger, fake: Any) -> None:
        self.ledger, self.fake = ledger, fake

    def read(self, name: str, text: str, reader: str = "fake") -> None:
        build = start_build(self.ledger, reader)
        add_batch(self.ledger, build, self.fake.interpret([self.fake.raw(name, text)]))

    def rows(self, kind: str = "commitment") -> dict[str, str]:
        """What each visible row is about, with its id."""
        with self.ledger.reading() as connection:
            found = list(entries(connection, Filter(kind=kind)))
        return {str(e.columns["what"]): e.row.id for e in found}

    def decide(self, action: review.Action, row: str, **more: Any) -> review.Decision:
        return review.record(self.ledger, action, row, reviewer="ada", **more)

    def status(self, row: str) -> str:
        return review.shown(self.ledger, row).status


@pytest.fixture
def bench(tmp_path: Path, fake: Any) -> Any:
    with create_or_open(tmp_path / "l.sqlite") as ledger:
        yield Bench(ledger, fake)


TWO = "Intro. PAK pledged AZE 5 for schools and 7 for roads. PAK met AZE in Baku."


def test_a_row_that_has_changed_since_is_refused(bench: Bench) -> None:
    bench.read("a", TWO)
    row = bench.rows()["schools"]

    def stamp() -> str:
        with bench.ledger.reading() as connection:
            return review.stamp(connection, read_row(connection, row))

    seen = stamp()
    bench.decide("comment", row, reason="looks fine", expected=seen)
    assert stamp() == seen
    no = bench.decide("reject", row, expected=seen)
    with pytest.raises(StaleRow, match=row):
        bench.decide("accept", row, expected=seen)
    bench.decide("undo", row, undoes=no.id, expected=stamp())
    assert stamp() != seen  # the row looks as before, but somebody has been here
    assert [d.action for d in review.decisions_on(bench.ledger, row)] == ["comment", "reject", "undo"]


def test_the_last_decision_that_stands(bench: Bench) -> None:
    bench.read("a", TWO)
    rows = bench.rows()

    def last() -> int | None:
        with bench.ledger.reading() as connection:
            found = review.last_standing(connection, "ada")
        return found.id if found else None

    assert last() is None
    one, two = bench.decide("accept", rows["schools"]), bench.decide("reject", rows["roads"])
    review.record(bench.ledger, "accept", rows["roads"], reviewer="bob")
    bench.decide("comment", rows["roads"], reason="hm")
    assert last() == two.id
    bench.decide("undo", rows["roads"], undoes=two.id)
    assert last() == one.id
    bench.decide("undo", rows["schools"], undoes=one.id)
    assert last() is None


def test_verdicts_and_their_undoing(bench: Bench) -> None:
    bench.read("a", TWO)
    row = bench.rows()["schools"]
    bench.decide("accept", row)
    assert bench.status(row) == "accepted"
    no = bench.decide("reject", row, reason="a rumour")
    assert bench.status(row) == "rejected"
    undo = bench.decide("undo", row, undoes=no.id)
    assert bench.status(row) == "accepted"
    bench.decide("undo", row, undoes=undo.id)
    assert bench.status(row) == "rejected"
    assert [d.action for d in review.decisions_on(bench.ledger, row)] == ["accept", "reject", "undo", "undo"]
    assert bench.status(bench.rows()["roads"]) == "extracted"


def test_an_edit_outranks_extraction_and_the_loser_stays_visible(bench: Bench) -> None:
    bench.read("a", TWO)
    row = bench.rows()["schools"]
    party = {"id": "state:TUR", "name": "Türkiye", "type": "state", "country": "TUR"}
    made = bench.decide("edit", row, cell="by", new=[party])
    assert made.old[0]["name"] == "Pakistan"
    assert made.spans[0].quote == "PAK pledged AZE 5 for schools and 7 for roads."  # nobody said that PAK means it
    shown: Any = review.shown(bench.ledger, row)
    assert (shown.status, shown.content.by[0].country) == ("edited", "TUR")
    (other,) = shown.alternatives
    assert (other["cell"], other["value"][0]["name"], other["source"]) == ("by", "Pakistan", "extraction")
    bench.read("b", "PAK pledged AZE 5 for schools.")  # a rebuild does not undo it
    assert review.shown(bench.ledger, row).content.by[0].country == "TUR"  # type: ignore[union-attr]
    with bench.ledger.reading() as connection:
        assert [e.row.id for e in entries(connection, Filter(by="Türkiye"))] == [row]


@pytest.mark.parametrize(
    ("cell", "new"),
    [
        ("stage", "gift"),
        ("stage", None),
        ("by", "Pakistan"),
        ("by", [{"name": "no id"}]),
        ("amount", 5),
        ("negated", "yes"),
        ("nonsense", 1),
        ("places", "Baku"),
        ("what", 7),
        ("when", "last Wednesday"),
        ("when", {"when": "2021-02-30", "when_basis": "stated"}),
        ("period", "soon"),
    ],
)
def test_edits_that_do_not_fit_are_refused(bench: Bench, cell: str, new: Any) -> None:
    bench.read("a", TWO)
    row = bench.rows()["schools"]
    with pytest.raises(InvalidDecision):
        bench.decide("edit", row, cell=cell, new=new)
    assert review.decisions_on(bench.ledger, row) == []


def test_other_decisions_that_do_not_fit(bench: Bench) -> None:
    bench.read("a", TWO)
    schools, met = bench.rows()["schools"], bench.rows("encounter")["None"]
    with pytest.raises(UnknownRow):
        bench.decide("accept", "r-none")
    for refused in (
        {"action": "merge", "row": schools},
        {"action": "merge", "row": schools, "other": met},
        {"action": "merge", "row": schools, "other": schools},
        {"action": "split", "row": schools, "moved": ["s-none"]},
        {"action": "undo", "row": schools, "undoes": 99},
    ):
        with pytest.raises(InvalidDecision):
            bench.decide(**refused)
    with pytest.raises(InvalidDecision, match="reviewer"):
        review.record(bench.ledger, "accept", schools, reviewer=" ")


def test_merge_and_split_by_hand_and_back(bench: Bench) -> None:
    bench.read("a", TWO)
    bench.read("b", "PAK pledged AZE 5 for mines.")
    ids = bench.rows()
    merge = bench.decide("merge", ids["schools"], other=ids["mines"])
    assert set(bench.rows()) == {"schools", "roads"}
    assert review.shown(bench.ledger, ids["mines"]).id == ids["schools"]
    assert len(review.shown(bench.ledger, ids["schools"]).statements) == 2
    bench.read("b", "As we said, PAK pledged AZE 5 for mines.")  # a revision keeps the merge
    assert set(bench.rows()) == {"schools", "roads"}
    moved = [s.id for s in review.shown(bench.ledger, ids["schools"]).statements if s.document == "b"]
    split = bench.decide("split", ids["schools"], moved=moved)
    assert bench.rows() == {"schools": ids["schools"], "roads": ids["roads"], "mines": split.other}
    bench.decide("undo", ids["schools"], undoes=split.id)
    bench.decide("undo", ids["schools"], undoes=merge.id)
    assert bench.rows() == ids


def test_a_split_by_hand_survives_a_revision(bench: Bench) -> None:
    bench.read("a", "PAK pledged AZE 5 for schools.")
    bench.read("b", "PAK pledged AZE 5 for schools.")
    row = bench.rows()["schools"]
    (moved,) = [s.id for s in review.shown(bench.ledger, row).statements if s.document == "b"]
    other = bench.decide("split", row, moved=[moved]).other
    assert other is not None
    bench.decide("accept", other)
    bench.read("b", "Later. PAK pledged AZE 5 for schools.")
    assert [s.document for s in review.shown(bench.ledger, row).statements] == ["a"]
    assert [s.document for s in review.shown(bench.ledger, other).statements] == ["b"]
    assert bench.status(other) == "accepted"
    bench.read("b", "Nothing of the kind.")
    assert [d.action for d in review.unattached(bench.ledger)] == ["split", "accept"]
    assert bench.rows() == {"schools": row}


def test_shifted_spans_keep_ids_and_decisions(bench: Bench) -> None:
    bench.read("a", TWO)
    ids = bench.rows()
    bench.decide("accept", ids["schools"])
    bench.decide("edit", ids["roads"], cell="what", new="railways")
    bench.read("a", "A new opening line that shifts it all. " + TWO.replace("Intro.", "Introduction."))
    assert bench.rows() == {"schools": ids["schools"], "railways": ids["roads"]}
    assert bench.status(ids["schools"]) == "accepted"
    (edit,) = review.decisions_on(bench.ledger, ids["roads"])
    assert [s.quote for s in edit.spans] == ["PAK pledged AZE 5 for schools and 7 for roads."]
    assert review.unattached(bench.ledger) == []


def merged(self: Any, doc: Any) -> Any:
    """A later reading that takes both sums for one act."""
    acts = self(doc)
    commitments = [a for a in acts if a.statements[0].kind == "commitment"]
    rest = [a for a in acts if a.statements[0].kind != "commitment"]
    statements = tuple(s for a in commitments for s in a.statements)
    return [type(acts[0])(statements, "PAK AZE all"), *rest]


def test_a_split_a_merge_and_shifted_spans_lose_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.read("a", TWO)
    ids = bench.rows()
    met = bench.rows("encounter")["None"]
    bench.decide("accept", ids["schools"])
    bench.decide("reject", ids["roads"])
    bench.decide("comment", met, reason="see also b")
    apart = bench.fake.acts
    monkeypatch.setattr(bench.fake, "acts", lambda doc: merged(apart, doc))
    bench.read("a", "Preface. " + TWO)  # both pledges are one row now
    (one,) = bench.rows().values()
    assert one in ids.values()
    assert {review.shown(bench.ledger, row).id for row in ids.values()} == {one}
    assert set(review.shown(bench.ledger, one).aliases) == set(ids.values()) - {one}
    assert bench.status(one) == "accepted"
    (lost,) = review.unattached(bench.ledger)
    assert (lost.action, lost.note) == ("reject", f"the row was merged into {one}, of which it is a part")
    edit = bench.decide("edit", one, cell="amount", new={"value": 12, "currency": "USD", "text": "5 and 7"})
    monkeypatch.setattr(bench.fake, "acts", apart)
    bench.read("a", "A longer preface. " + TWO)  # and two again
    assert one in bench.rows().values()
    assert len(bench.rows()) == 2
    assert review.shown(bench.ledger, met).id == met
    everything = {d.id for row in (*bench.rows().values(), met) for d in review.decisions_on(bench.ledger, row)}
    loose = {d.id: d.note for d in review.unattached(bench.ledger)}
    assert everything | set(loose) == {1, 2, 3, edit.id}
    assert not everything & set(loose)
    assert "split" in str(loose[1])  # the verdict on the whole fits both parts
    assert [d.id for d in review.decisions_on(bench.ledger, met)] == [3]


def test_a_row_whose_words_are_gone_is_withdrawn_and_comes_back(bench: Bench) -> None:
    bench.read("a", TWO)
    row = bench.rows()["roads"]
    bench.decide("accept", row)
    bench.read("a", "Intro. PAK met AZE in Baku.")
    with pytest.raises(UnknownRow, match="withdrawn when a was read again"):
        review.shown(bench.ledger, row)
    (lost,) = review.unattached(bench.ledger)
    assert (lost.row_id, lost.note) == (row, "its words are gone from a")
    bench.read("a", TWO)
    assert bench.rows()["roads"] == row
    assert bench.status(row) == "accepted"


def test_a_decision_about_another_document_stays_with_the_row(bench: Bench) -> None:
    bench.read("a", "PAK pledged AZE 5 for schools.")
    bench.read("b", "PAK pledged AZE 5 for schools.")
    row = bench.rows()["schools"]
    bench.decide("accept", row)
    bench.read("a", "Nothing of the kind.")
    assert bench.status(row) == "accepted"
    bench.read("b", "Nothing either.")
    assert len(review.unattached(bench.ledger)) == 1


def test_rows_that_become_one_act_keep_the_older_id(bench: Bench) -> None:
    bench.read("a", "PAK pledged AZE 5 for schools.")
    bench.read("b", "PAK pledged AZE 5 for roads.")
    ids = bench.rows()
    bench.read("b", "PAK pledged AZE 5 for schools.")
    assert bench.rows() == {"schools": ids["schools"]}
    assert review.shown(bench.ledger, ids["roads"]).id == ids["schools"]
