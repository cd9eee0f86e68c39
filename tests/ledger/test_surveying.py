"""A survey of what has changed gives what a survey of everything gives, whatever has been done to the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pledgetrail.ledger import resolving, review, surveying
from pledgetrail.ledger.actors import put_list, refresh_actors
from pledgetrail.ledger.comparing import Comparing, read_step, write_step
from pledgetrail.ledger.errors import LedgerError
from pledgetrail.ledger.queries import Filter, entries
from pledgetrail.ledger.schema import meta
from pledgetrail.ledger.store import Ledger, create_or_open, get_meta, set_meta
from pledgetrail.ledger.writing import add_batch, start_build
from pledgetrail.records import Act, Amount, Block, Commitment, Document, Encounter, Figure, Party, Reading, Span

#: A failing history is shown as it is: making it smaller takes minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

STATES = [Party(f"state-{code.lower()}", name, "state", code) for code, name in (
    ("JPN", "Japan"), ("PAK", "Pakistan"), ("TUR", "Türkiye"), ("AZE", "Azerbaijan"),
)]  # fmt: skip
HEADS = [Party("person-khan", "Khan", "person"), Party("person-imran-khan", "Imran Khan", "person")]
TOPICS = (
    "The earthquake struck before dawn and rescue teams dug through collapsed houses in the valley until the evening.",
    "Engineers of the dam authority inspected turbines and spillways while farmers downstream waited for the water.",
    "Refugees crossed the frontier in long columns, and the camps near the railway station filled within two days.",
)
TABLES = ("trails", "trail_rows", "disagreements", "disagreement_rows", "surveyed", "step_links")


def report(pick: random.Random, number: int, again: int = 0) -> Reading:
    """A report of a pledge, a meeting and a toll, in words that others share; ``again`` tells its revisions apart."""
    giver, taker, third = pick.choice([STATES[:3], STATES[3:1:-1] + STATES[:1], pick.sample(STATES, 3)])
    thing, place = pick.choice([("schools", "Quetta"), ("turbines", "Ganja"), ("border security", "Baku")])
    amount, killed = pick.choice([2e6, 5e6, 8e6]), pick.randint(2, 9)
    day = dt.date(2021, 1, pick.randint(1, 20)).isoformat() if pick.random() < 0.9 else None
    verb = pick.choice(["pledged", "delivered"])
    lead = f"{giver.name} {verb} {amount:,.0f} dollars to {taker.name} for {thing} in {place}."
    met = f"{giver.name}, {taker.name} and {third.name} met in {place}."
    toll = f"At least {killed} people were killed in the earthquake in {place}."
    text = f"{lead}\n\n{pick.choice(TOPICS)}\n\n{met} {toll} Edition {again}.\n"
    name, sha = f"r{number:03d}", hashlib.sha256(text.encode()).hexdigest()
    blocks, at = [], 0
    for part in text.rstrip("\n").split("\n\n"):
        blocks.append(Block("body", at, at + len(part), "test"))
        at += len(part) + 2
    document = Document(name, "test", text, sha, sha, tuple(blocks), title=lead[:60], published=day)

    def base(n: int, sentence: str, trigger: str) -> dict[str, Any]:
        def span(words: str) -> Span:
            start = text.index(words)
            return Span(name, start, start + len(words), words)

        return {
            "id": f"s-{name}-{again}-{n}", "document": name, "text_sha256": sha, "trigger": span(trigger),
            "evidence": (span(sentence),), "cells": {}, "confidence": 0.8, "reader": "test", "when": day,
            "places": (place,),
        }  # fmt: skip

    cast = (giver, pick.choice([taker, *HEADS]), third)
    stage = "pledge" if verb == "pledged" else "delivery"
    pledge = Commitment(**base(0, lead, verb), stage=stage, by=(giver,), to=(taker,), what=f"{thing} in {place}",
                        amount=Amount(amount, "USD", f"{amount:,.0f} dollars"))  # fmt: skip
    meeting = Encounter(**base(1, met, "met in"), encounter="meeting", participants=cast)
    dead = Figure(**base(2, toll, f"{killed} people"), value=float(killed), measure="killed", unit="people", of=place)
    return Reading(document, tuple(Act((one,), None) for one in (pledge, meeting, dead)))


def contents(path: Path) -> dict[str, list[Any]]:
    database = sqlite3.connect(path)
    try:
        return {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}
    finally:
        database.close()


def forget(ledger: Ledger) -> None:
    """Let the next survey look at everything."""
    with ledger.writing() as connection:
        connection.execute(meta.delete().where(meta.c.key == "surveyed"))
        set_meta(connection, "survey_stale", "1")


def anew(path: Path, folder: Path) -> dict[str, list[Any]]:
    """What a survey of everything makes of a copy of the ledger."""
    copy = folder / "copy.sqlite"
    shutil.copy(path, copy)
    with create_or_open(copy) as ledger:
        forget(ledger)
        surveying.survey(ledger)
    return contents(copy)


def decide(ledger: Ledger, pick: random.Random) -> None:
    """A decision about some row; one that the ledger refuses changes nothing."""
    with ledger.reading() as connection:
        shown = list(entries(connection, Filter()))
    entry = pick.choice(shown)
    row, kind = entry.row.id, entry.row.content.kind
    others = [e.row.id for e in shown if e.row.content.kind == kind and e.row.id != row]
    cell, new = {
        "commitment": ("what", "turbines in Ganja"), "encounter": ("when", "2021-01-07"), "figure": ("value", 5),
    }[kind]  # fmt: skip
    try:
        match pick.choice(["accept", "reject", "edit", "merge", "undo"]):
            case "edit":
                review.record(ledger, "edit", row, reviewer="ada", cell=cell, new=new)
            case "merge" if others:
                review.record(ledger, "merge", row, reviewer="ada", other=pick.choice(others))
            case "undo":
                with ledger.reading() as connection:
                    last = review.last_standing(connection, "ada")
                if last is not None:
                    review.record(ledger, "undo", last.row_id, reviewer="ada", undoes=last.id)
            case "accept" | "reject" as verdict:
                review.record(ledger, verdict, row, reviewer="ada")
    except LedgerError:
        pass


@settings(deadline=None, max_examples=6, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), deeds=st.lists(st.sampled_from("adrl"), min_size=3, max_size=5))
def test_what_has_changed_gives_what_everything_gives(tmp_path_factory: Any, seed: int, deeds: list[str]) -> None:
    folder, pick = tmp_path_factory.mktemp("l"), random.Random(seed)
    path, made = folder / "l.sqlite", 14
    with create_or_open(path) as ledger:
        add_batch(ledger, start_build(ledger, "test"), [report(pick, number) for number in range(made)])
        resolving.resolve_ledger(ledger)
        for again, deed in enumerate(deeds, 1):
            if deed == "d":
                for _ in range(3):
                    decide(ledger, pick)
            elif deed == "l":
                put_list(ledger, pick.choice([None, "id,name,type\nperson-khan,Imran Khan,person\n"]))
            else:
                numbers = [made, made + 1] if deed == "a" else [pick.randrange(made)]
                made += 2 if deed == "a" else 0
                readings = [report(pick, number, again) for number in numbers]
                add_batch(ledger, start_build(ledger, "test"), readings)
                resolving.resolve_ledger(ledger)
            refresh_actors(ledger)
            surveying.survey(ledger)
            assert contents(path) == anew(path, folder)


@pytest.fixture
def ledger(tmp_path: Path) -> Any:
    pick = random.Random(5)
    with create_or_open(tmp_path / "l.sqlite") as opened:
        add_batch(opened, start_build(opened, "test"), [report(pick, number) for number in range(40)])
        resolving.resolve_ledger(opened)
        yield opened


def test_the_pile_has_what_a_survey_is_about(ledger: Ledger) -> None:
    found = contents(ledger.path)
    assert found["step_links"] and found["disagreements"]
    assert len(found["trails"]) < len(found["trail_rows"])
    assert {line[2] for line in found["disagreements"]} >= {"figure", "sum", "participants"}


def test_one_decision_lets_only_few_rows_be_read(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    plain = Comparing.of

    def counted(self: Comparing, issued: Any) -> Any:
        for row, its in plain(self, issued):
            read.append(row)
            yield row, its

    monkeypatch.setattr(Comparing, "of", counted)
    with ledger.reading() as connection:
        every = list(entries(connection, Filter()))
    row = next(e.row.id for e in every if e.row.content.kind == "commitment")
    review.record(ledger, "reject", row, reviewer="ada")
    surveying.survey(ledger)
    assert 0 < len(read) < len(every) / 3
    read.clear()
    surveying.survey(ledger)
    assert read == []


def test_what_changes_during_a_survey_is_left_to_the_next(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    with ledger.reading() as connection:
        first, second = [e.row.id for e in entries(connection, Filter(kind="commitment"))][:2]
    review.record(ledger, "reject", first, reviewer="ada")
    plain = surveying._find

    def meanwhile(*given: Any) -> Any:
        found = plain(*given)
        review.record(ledger, "reject", second, reviewer="bea")
        return found

    monkeypatch.setattr(surveying, "_find", meanwhile)
    surveying.survey(ledger)
    monkeypatch.undo()
    rows = {line[2] for line in contents(ledger.path)["trail_rows"]}
    assert first not in rows and second in rows
    surveying.survey(ledger)
    assert second not in {line[2] for line in contents(ledger.path)["trail_rows"]}


def test_a_survey_that_another_has_overtaken_writes_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    with ledger.reading() as connection:
        row = next(e.row.id for e in entries(connection, Filter(kind="commitment")))
    review.record(ledger, "reject", row, reviewer="ada")
    plain = surveying._find

    def overtaken(*given: Any) -> Any:
        found = plain(*given)
        monkeypatch.undo()
        surveying.survey(ledger)
        return found

    monkeypatch.setattr(surveying, "_find", overtaken)
    surveying.survey(ledger)
    with ledger.reading() as connection:
        assert get_meta(connection, "survey_stale") == "0"
    assert row not in {line[2] for line in contents(ledger.path)["trail_rows"]}


def test_a_step_that_is_written_is_read_as_it_was(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        steps = [its.step for _, its in Comparing(connection).of(range(1, 200)) if its.step]
    assert steps
    assert [read_step(write_step(one)) for one in steps] == steps
