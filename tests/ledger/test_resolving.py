"""Resolution does not depend on the order and the portions in which reports come, and leaves alone what it can."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pledgetrail.ledger import copying, resolving, review
from pledgetrail.ledger.queries import Filter, entries, read_row
from pledgetrail.ledger.schema import documents
from pledgetrail.ledger.store import Ledger, create_or_open, open_ledger
from pledgetrail.ledger.writing import add_batch, start_build
from pledgetrail.records import RawReport, Reading

#: A failing pile is shown as it is: making it smaller takes minutes, for every try is two ledgers.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

CODES = ("PAK", "AZE", "TUR", "ARM")
FILLER = (
    "The rain had stopped in the night and the square before the old town hall was full of people again.",
    "A school inspector said that the roof of the gymnasium would be looked at before the winter came.",
    "Traders at the market near the river complained about the price of flour and of lamp oil.",
    "The ministry did not answer questions that were sent to it in writing on the previous evening.",
)


@st.composite
def reports(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Reports of a few days that repeat, copy and contradict each other; some are undated."""
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(2, 7))):
        if found and draw(st.integers(0, 4)) == 0:
            text = draw(st.sampled_from(found))["text"]
        else:
            by, to = draw(st.permutations(CODES))[:2]
            lines = [f"{by} pledged {to} {draw(st.integers(1, 3))} for {draw(st.sampled_from(['schools', 'roads']))}."]
            lines += draw(st.lists(st.sampled_from(FILLER), max_size=3))
            lines += draw(
                st.lists(st.sampled_from([f"{by} met {to} in Baku.", f"{to} counted 12 killed."]), max_size=2)
            )
            text = "\n".join(lines)
        day = draw(st.sampled_from(["2021-01-12", "2021-01-13", "2021-01-20", None]))
        found.append({"id": f"d{number}", "text": text, "published": day, "title": "News"})
    return found


def write(fake: Any, path: Path, portions: list[list[dict[str, Any]]]) -> None:
    """A ledger made of several builds."""
    with create_or_open(path) as ledger:
        for portion in portions:
            raw = [fake.raw(r["id"], r["text"], published=r["published"], title=r["title"]) for r in portion]
            add_batch(ledger, start_build(ledger, "fake"), fake.interpret(raw))
            resolving.resolve_ledger(ledger)
            assert origins_are_settled(ledger)


def origins_are_settled(ledger: Ledger) -> bool:
    """Whether looking at all documents again gives none another origin."""
    with ledger.writing() as connection:
        return not copying._put_origins(connection, set(connection.execute(select(documents.c.id)).scalars()))


def told(fake: Any, path: Path) -> dict[str, list[Any]]:
    """The ledger without what the order of arrival decides: the numbers of the full-text index."""
    return {name: its for name, its in fake.dump(path).items() if name not in ("fts", "problems")}


@settings(deadline=None, max_examples=15, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pile=reports(), seed=st.integers(0, 99))
def test_one_by_one_is_as_all_at_once(fake: Any, tmp_path_factory: Any, pile: Any, seed: int) -> None:
    folder = tmp_path_factory.mktemp("l")
    write(fake, folder / "once.sqlite", [pile])
    shuffled = list(pile)
    random.Random(seed).shuffle(shuffled)
    write(fake, folder / "singly.sqlite", [[report] for report in shuffled])
    assert told(fake, folder / "singly.sqlite") == told(fake, folder / "once.sqlite")


def ids(path: Path) -> dict[str, Any]:
    database = sqlite3.connect(path)
    try:
        return {
            "rows": dict(database.execute("SELECT id, content FROM rows")),
            "trails": database.execute("SELECT trail, row_id FROM trail_rows ORDER BY 1, 2").fetchall(),
            "actors": dict(database.execute("SELECT id, name FROM actors")),
            "stories": dict(database.execute("SELECT id, story FROM documents")),
            "disagreements": dict(database.execute("SELECT id, about FROM disagreements")),
        }
    finally:
        database.close()


@settings(deadline=None, max_examples=10, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pile=reports())
def test_a_report_of_other_things_leaves_all_ids(fake: Any, tmp_path_factory: Any, pile: Any) -> None:
    path = tmp_path_factory.mktemp("l") / "l.sqlite"
    other = {"id": "other", "text": "PER pledged HTI 9 for bridges.", "published": "2010-02-01", "title": "Far away"}
    write(fake, path, [pile])
    before = ids(path)
    write(fake, path, [[other]])
    after = ids(path)
    for name in ("rows", "actors", "stories", "disagreements"):
        assert before[name].items() <= after[name].items(), name
    assert set(before["trails"]) <= set(after["trails"])


@pytest.fixture(scope="module")
def samples() -> dict[str, Reading]:
    """The sample reports, read once by the product's own reader."""
    from pledgetrail.pipeline.stages import interpret_batch
    from pledgetrail.sources import read_reports

    folder = Path(__file__).parents[2] / "samples" / "reports"
    found = [report for report in read_reports([folder]) if isinstance(report, RawReport)]
    return {reading.document.id: reading for reading in interpret_batch(found)}


def test_samples_in_portions_are_as_all_at_once(fake: Any, tmp_path: Path, samples: dict[str, Reading]) -> None:
    def put(path: Path, names: list[str], portion: int) -> None:
        with create_or_open(path) as ledger:
            for at in range(0, len(names), portion):
                add_batch(ledger, start_build(ledger, "real"), [samples[name] for name in names[at : at + portion]])
                resolving.resolve_ledger(ledger)
                assert origins_are_settled(ledger)

    names = sorted(samples)
    put(tmp_path / "once.sqlite", names, len(names))
    random.Random(3).shuffle(names)
    put(tmp_path / "portions.sqlite", names, 11)
    once, portions = told(fake, tmp_path / "once.sqlite"), told(fake, tmp_path / "portions.sqlite")
    assert once.keys() == portions.keys()
    for name, its in once.items():
        assert portions[name] == its, name


#: Two reports of one act, which their reader could give no key in common ("somehow").
TOLD = {"id": "a", "text": "PAK pledged AZE 5 somehow for schools.", "published": "2021-01-13", "title": "News"}
AGAIN = TOLD | {"id": "b", "text": "In the evening PAK pledged AZE 5 somehow for schools."}


def test_a_joined_row_resolves_under_both_ids(fake: Any, tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    write(fake, path, [[TOLD], [AGAIN]])
    with open_ledger(path) as ledger, ledger.reading() as connection:
        (row,) = [entry.row.id for entry in entries(connection, Filter())]
        both = [name for (name,) in connection.exec_driver_sql("SELECT id FROM rows")]
        assert len(both) == 2 and {read_row(connection, name).id for name in both} == {row}
        assert read_row(connection, row).origins == 2


def test_what_is_decided_stays_when_more_reports_tell_it(fake: Any, tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    write(fake, path, [[TOLD]])
    with create_or_open(path) as ledger:
        with ledger.reading() as connection:
            (row,) = [entry.row.id for entry in entries(connection, Filter())]
        review.record(ledger, "accept", row, reviewer="Ada", reason="said so")
    write(fake, path, [[AGAIN]])
    with open_ledger(path) as ledger, ledger.reading() as connection:
        (entry,) = entries(connection, Filter())
        assert (entry.row.id, entry.row.status, entry.row.origins) == (row, "accepted", 2)


def test_a_join_ends_when_a_report_moves_one_act_to_an_earlier_day(fake: Any, tmp_path: Path) -> None:
    """Reports of equal terms are one row from the first, and its day is that of the earliest."""

    def met(name: str, text: str, day: str) -> dict[str, Any]:
        return {"id": name, "text": text, "published": day, "title": "News"}

    path = tmp_path / "l.sqlite"
    counts = []
    one, other = "ARM met AZE in Baku.", "AZE met ARM in Baku."
    for report in (met("a", one, "2021-01-20"), met("b", other, "2021-01-20"), met("c", one, "2021-01-12")):
        write(fake, path, [[report]])
        with open_ledger(path) as ledger, ledger.reading() as connection:
            counts.append(len(list(entries(connection, Filter()))))
    assert counts == [1, 1, 2]
