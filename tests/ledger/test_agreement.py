"""Second opinions beside first verdicts: Cohen's kappa, and which decisions make a pair."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pledgetrail.ledger import review
from pledgetrail.ledger.agreement import Found, Pair, agreement, last_opinion, opinion_of, pairs
from pledgetrail.ledger.decisions import VERDICTS, Decision, active
from pledgetrail.ledger.errors import InvalidDecision
from pledgetrail.ledger.kappa import SIDES, Table, measured
from pledgetrail.ledger.queries import Filter, entries
from pledgetrail.ledger.store import Ledger, create_or_open
from pledgetrail.ledger.writing import add_batch, start_build

TABLES = st.tuples(st.tuples(st.integers(0, 40), st.integers(0, 40)), st.tuples(st.integers(0, 40), st.integers(0, 40)))


def test_kappa_as_worked_by_hand() -> None:
    # 35 of 50 agree; the first accepts half, the second 60%: by chance .5 * .6 + .5 * .4 = .5
    found = measured(((20, 5), (10, 15)))
    assert (found.n, found.observed, found.expected, found.kappa) == (50, 0.7, 0.5, 0.4)
    # p_ii [(1-e) - (p_i. + p_.i)(1-o)]^2: .4 (.5 - 1.1*.3)^2 + .3 (.5 - .9*.3)^2 = .02743
    # (1-o)^2 p_ij (p_.i + p_j.)^2: .09 (.1 * 1.1^2 + .2 * .9^2) = .02547; less (.35 - 1 + .7)^2 = .0025
    error = math.sqrt((0.02743 + 0.02547 - 0.0025) / (50 * 0.5**4))
    assert found.low == pytest.approx(0.4 - 1.959964 * error) and found.high == pytest.approx(0.4 + 1.959964 * error)
    assert found.on("accepted") == pytest.approx(40 / 55) and found.on("rejected") == pytest.approx(30 / 45)


@pytest.mark.parametrize(
    ("table", "kappa", "words"),
    [
        (((0, 0), (0, 0)), None, "no row"),
        (((9, 0), (0, 0)), None, "every row accepted"),
        (((0, 0), (0, 9)), None, "every row rejected"),
        (((5, 0), (0, 4)), 1, "agree on every row"),
        (((0, 4), (4, 0)), -1, "agree on no row"),
        (((8, 2), (0, 0)), 0, "one verdict throughout|same verdict throughout"),
        (((0, 0), (7, 3)), 0, "same verdict throughout"),
    ],
)
def test_where_kappa_or_its_interval_is_not_defined(table: Table, kappa: float | None, words: str) -> None:
    found = measured(table)
    assert found.kappa == kappa and found.low is None and found.high is None
    assert any(part in found.why for part in words.split("|"))


def test_an_interval_of_few_rows_is_called_rough() -> None:
    assert "rough" in measured(((10, 2), (3, 5))).why and measured(((20, 5), (10, 15))).why == ""


@given(TABLES)
def test_kappa_is_what_it_is_defined_to_be(table: Table) -> None:
    """Of all rows, how many agree; of all ways to put any first verdict beside any second, how many would."""
    given_ = [(i, j) for i in (0, 1) for j in (0, 1) for _ in range(table[i][j])]
    firsts, seconds = [i for i, _ in given_], [j for _, j in given_]
    found = measured(table)
    assume(given_)
    observed = sum(i == j for i, j in given_) / len(given_)
    expected = sum(i == j for i, j in itertools.product(firsts, seconds)) / len(given_) ** 2
    assert found.observed == pytest.approx(observed) and found.expected == pytest.approx(expected)
    if len({*firsts, *seconds}) == 1:
        assert found.kappa is None
    else:
        assert found.kappa == pytest.approx((observed - expected) / (1 - expected))


@given(TABLES)
def test_the_interval_is_that_of_the_delta_method(table: Table) -> None:
    """The variance of kappa from its slopes in the four shares, taken numerically."""
    found = measured(table)
    assume(found.low is not None and found.n > 20)
    shares = [table[i][j] / found.n for i in (0, 1) for j in (0, 1)]

    def kappa(p: list[float]) -> float:
        total = sum(p)
        a, b, c, d = (share / total for share in p)
        expected = (a + b) * (a + c) + (c + d) * (b + d)
        return (a + d - expected) / (1 - expected)

    step, slopes = 1e-6, []
    for k in range(4):
        up, down = list(shares), list(shares)
        up[k], down[k] = up[k] + step, down[k] - step
        slopes.append((kappa(up) - kappa(down)) / (2 * step))
    mean = sum(p * s for p, s in zip(shares, slopes, strict=True))
    variance = sum(p * (s - mean) ** 2 for p, s in zip(shares, slopes, strict=True)) / found.n
    assert found.kappa is not None and found.low is not None and found.high is not None
    half = 1.959964 * math.sqrt(max(variance, 0))
    assert found.low == pytest.approx(max(-1, found.kappa - half), abs=1e-3)
    assert found.high == pytest.approx(min(1, found.kappa + half), abs=1e-3)


WHATS = ("schools", "roads", "mines", "wells")


class Desk:
    """A ledger of a few commitments that people decide on by what they are about."""

    def __init__(self, ledger: Ledger, fake: Any) -> None:
        self.ledger = ledger
        text = (
            " ".join(f"PAK pledged AZE {n + 5} for {what}." for n, what in enumerate(WHATS)) + " PAK met AZE in Baku."
        )
        add_batch(ledger, start_build(ledger, "fake"), fake.interpret([fake.raw("a", text)]))
        with ledger.reading() as connection:
            listed = list(entries(connection, Filter()))
        self.rows = {str(e.columns["what"] or "meeting"): e.row.id for e in listed}

    def decide(self, who: str, action: Any, what: str, new: Any = None, undoes: int | None = None) -> Decision:
        cell = "what" if action == "edit" else None
        return review.record(self.ledger, action, self.rows[what], reviewer=who, cell=cell, new=new, undoes=undoes)

    def found(self) -> Found:
        with self.ledger.reading() as connection:
            return agreement(connection)

    def pairs(self) -> dict[str, list[tuple[str, str, str, str]]]:
        with self.ledger.reading() as connection:
            made = list(pairs(connection))
        names = {row: what for what, row in self.rows.items()}
        found: dict[str, list[tuple[str, str, str, str]]] = {}
        for p in made:
            shown = (p.first.reviewer, p.first.side, p.second.reviewer, p.second.side)
            found.setdefault(names[p.row], []).append(shown)
        return found


@pytest.fixture
def desk(tmp_path: Path, fake: Any) -> Iterator[Desk]:
    with create_or_open(tmp_path / "l.sqlite") as ledger:
        yield Desk(ledger, fake)


def test_a_ledger_without_opinions(desk: Desk) -> None:
    desk.decide("ada", "accept", "schools")
    found = desk.found()
    assert found.overall.n == 0 and found.overall.kappa is None and not found.between and not found.kinds


def test_edited_rows_are_kept_rows_and_each_pair_of_people_has_a_table(desk: Desk) -> None:
    desk.decide("ada", "accept", "schools")
    desk.decide("bob", "second", "schools", "accepted")
    desk.decide("ada", "edit", "roads", "two roads")
    desk.decide("bob", "second", "roads", "rejected")
    desk.decide("bob", "reject", "mines")
    desk.decide("ada", "second", "mines", "accepted")
    desk.decide("ada", "reject", "meeting")
    desk.decide("cleo", "second", "meeting", "rejected")
    found = desk.found()
    assert found.overall.table == ((1, 1), (1, 1)) and found.overall.kappa == 0
    assert {kind: its.table for kind, its in found.kinds.items()} == {
        "commitment": ((1, 1), (1, 0)),
        "encounter": ((0, 0), (0, 1)),
    }
    # lines are ada's verdicts, whoever came first: she kept schools, roads and mines
    assert [(b.one, b.other, b.agreement.table) for b in found.between] == [
        ("ada", "bob", ((1, 2), (0, 0))),
        ("ada", "cleo", ((0, 0), (0, 1))),
    ]


def test_what_was_settled_comes_last_and_changes_no_agreement(desk: Desk) -> None:
    for what in ("schools", "roads"):
        desk.decide("ada", "accept", what)
        desk.decide("bob", "second", what, "rejected")
    before = desk.found()
    assert [p.row for p in before.differences] == [desk.rows["roads"], desk.rows["schools"]]
    settling = desk.decide("ada", "reject", "roads")
    found = desk.found()
    assert [(p.row, p.settled and p.settled.side) for p in found.differences] == [
        (desk.rows["schools"], None),
        (desk.rows["roads"], "rejected"),
    ]
    assert found.overall == before.overall
    desk.decide("ada", "undo", "roads", undoes=settling.id)
    assert [p.settled for p in desk.found().differences] == [None, None]


def test_an_opinion_taken_back_makes_no_pair_and_a_verdict_taken_back_still_does(desk: Desk) -> None:
    first = desk.decide("ada", "accept", "schools")
    second = desk.decide("bob", "second", "schools", "rejected")
    desk.decide("ada", "undo", "schools", undoes=first.id)
    assert desk.pairs() == {"schools": [("ada", "accepted", "bob", "rejected")]}
    undo = desk.decide("bob", "undo", "schools", undoes=second.id)
    assert desk.pairs() == {}
    desk.decide("bob", "undo", "schools", undoes=undo.id)
    assert desk.pairs() == {"schools": [("ada", "accepted", "bob", "rejected")]}


def test_of_several_opinions_by_one_person_the_last_counts_and_is_told(desk: Desk) -> None:
    desk.decide("ada", "accept", "schools")
    desk.decide("bob", "second", "schools", "rejected")
    assert desk.found().again == 0
    desk.decide("bob", "second", "schools", "accepted")
    desk.decide("cleo", "second", "schools", "rejected")
    assert desk.pairs()["schools"] == [
        ("ada", "accepted", "bob", "accepted"),
        ("ada", "accepted", "cleo", "rejected"),
    ]
    assert desk.found().again == 1 and desk.found().overall.n == 2


def test_the_last_opinion_and_that_on_a_row(desk: Desk) -> None:
    for what in ("schools", "roads"):
        desk.decide("ada", "accept", what)
    one = desk.decide("bob", "second", "schools", "rejected")
    other = desk.decide("bob", "second", "roads", "accepted")
    desk.decide("bob", "comment", "roads")
    with desk.ledger.reading() as connection:
        assert (last := last_opinion(connection, "bob")) and last.id == other.id
        assert (pair := opinion_of(connection, desk.rows["schools"], "bob")) and pair.second.decision == one.id
        assert opinion_of(connection, desk.rows["schools"], "ada") is None
        assert last_opinion(connection, "ada") is None
    desk.decide("bob", "undo", "roads", undoes=other.id)
    with desk.ledger.reading() as connection:
        assert (last := last_opinion(connection, "bob")) and last.id == one.id
        assert opinion_of(connection, desk.rows["roads"], "bob") is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("ada", "bob", "cleo")),
        st.sampled_from(("accept", "reject", "edit", "second", "second", "undo", "undo", "comment")),
        st.sampled_from(WHATS[:2]),
        st.integers(0, 5),
    ),
    max_size=14,
)


def by_replay(made: list[Decision], standing_at: Any) -> list[tuple[str, str, str, str, int]]:
    """The pairs by looking at the whole row anew at each opinion."""
    found: dict[str, tuple[str, str, str, str, int]] = {}
    now = {d.id for d in standing_at(made)}
    for n, decision in enumerate(made):
        if decision.action != "second" or decision.id not in now:
            continue
        verdicts = [d for d in standing_at(made[:n]) if d.action in VERDICTS]
        if verdicts and verdicts[-1].reviewer != decision.reviewer:
            side = SIDES[1] if verdicts[-1].action == "reject" else SIDES[0]
            found[decision.reviewer] = (verdicts[-1].reviewer, side, decision.reviewer, str(decision.new), decision.id)
    return list(found.values())


@settings(max_examples=20)  # each makes a ledger
@given(steps=STEPS)
def test_pairs_are_those_of_a_replay(tmp_path_factory: pytest.TempPathFactory, fake: Any, steps: list[Any]) -> None:
    with create_or_open(tmp_path_factory.mktemp("replay") / "l.sqlite") as ledger:
        desk = Desk(ledger, fake)
        made: list[Decision] = []
        for who, action, what, pick in steps:
            on_row = [d for d in made if d.row_id == desk.rows[what]]
            more = {"second": SIDES[pick % 2], "edit": f"{pick} {what}"}.get(action)
            undoes = on_row[-1 - pick % len(on_row)].id if action == "undo" and on_row else None
            try:
                made.append(desk.decide(who, action, what, more, undoes))
            except InvalidDecision:
                continue

        def standing_at(some: list[Decision]) -> list[Decision]:
            out: set[int] = set()
            for d in reversed(some):
                if d.action == "undo" and d.id not in out:
                    out.add(int(str(d.other)))
            return [d for d in some if d.id not in out and d.action != "undo"]

        expected: list[Any] = []
        with ledger.reading() as connection:
            for row in sorted(desk.rows.values()):
                listed = [d for d in made if d.row_id == row]
                assert [d.id for d in active(connection, listed)] == [
                    d.id for d in standing_at(listed) if d.action != "comment"
                ]
                expected += by_replay(listed, standing_at)
            found: list[Pair] = list(pairs(connection))
            single = [pair for row in sorted(desk.rows.values()) for pair in pairs(connection, [row])]
        shown = [(p.first.reviewer, p.first.side, p.second.reviewer, p.second.side, p.second.decision) for p in found]
        assert sorted(shown) == sorted(expected) and found == single
