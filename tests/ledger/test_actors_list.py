"""A user's list of actors, handed to a ledger by a build."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from pledgetrail.pipeline import build

LIST = "name,aliases,type,country,identifiers,note\nKingdom of Karelia,Pakistan|PAK,state,PAK,wikidata:Q843,ours\n"


def actors(path: Path) -> dict[str, tuple[str, list[str]]]:
    database = sqlite3.connect(path)
    try:
        found = database.execute("SELECT id, name, identifiers FROM actors")
        return {actor: (name, json.loads(identifiers)) for actor, name, identifiers in found}
    finally:
        database.close()


def test_a_list_names_actors_and_is_kept(fake: Any, tmp_path: Path) -> None:
    reports, ledger, listed = tmp_path / "in.jsonl", tmp_path / "l.sqlite", tmp_path / "actors.csv"
    reports.write_text(json.dumps({"id": "a", "text": "PAK pledged AZE 5 for schools."}), encoding="utf-8")
    listed.write_text(LIST, encoding="utf-8-sig")
    how = {"interpret": fake.interpret, "reader": "fake"}
    build([reports], ledger, **how)
    (before,) = [actor for actor, (name, _) in actors(ledger).items() if name == "Pakistan"]
    summary = build([reports], ledger, actors=listed, **how)
    assert (summary.problem_count, summary.skipped) == (0, 1)
    assert actors(ledger)[before] == ("Kingdom of Karelia", ["wikidata:Q843"])
    more = {"id": "b", "text": "PAK pledged TUR 7 for roads."}
    with reports.open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps(more))
    build([reports], ledger, **how)
    assert actors(ledger)[before][0] == "Kingdom of Karelia"


def test_what_is_wrong_with_a_list_is_told_and_the_rest_goes_on(fake: Any, tmp_path: Path) -> None:
    reports, ledger, listed = tmp_path / "in.jsonl", tmp_path / "l.sqlite", tmp_path / "actors.csv"
    reports.write_text(json.dumps({"id": "a", "text": "PAK pledged AZE 5 for schools."}), encoding="utf-8")
    listed.write_text(LIST + "Somebody,,no such type,,,\n", encoding="utf-8")
    summary = build([reports], ledger, actors=listed, interpret=fake.interpret, reader="fake")
    assert [problem.kind for problem in summary.problems] == ["actors-list"]
    assert "actors.csv" in summary.problems[0].message and summary.documents == 1
    assert "Kingdom of Karelia" in {name for name, _ in actors(ledger).values()}
    listed.write_bytes(b"\xff\xfe\x00name")
    summary = build([reports], ledger, actors=listed, interpret=fake.interpret, reader="fake")
    assert summary.problem_count == 1 and "Kingdom of Karelia" in {name for name, _ in actors(ledger).values()}
