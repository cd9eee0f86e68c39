from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger.queries import Filter, entries
from pledgetrail.ledger.store import open_ledger
from pledgetrail.ledger.writing import whole_path
from pledgetrail.pipeline import BuildSummary, build


def write(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def run(fake: Any, path: Path, ledger: Path, **more: Any) -> BuildSummary:
    return build([path], ledger, **{"interpret": fake.interpret, "reader": "fake"} | more)


def pile(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Reports that repeat each other's acts in many ways, with a bad one among them."""
    dice = random.Random(seed)
    codes = ["PAK", "AZE", "TUR", "ARM"]
    found = []
    for number in range(count):
        lines = []
        for _ in range(dice.randint(1, 4)):
            by, to = dice.sample(codes, 2)
            lines.append(f"{by} pledged {to} {dice.randint(1, 9)} for {dice.choice(['schools', 'roads', 'mines'])}.")
            lines.append(dice.choice(["Weather was fine.", f"{by} met {to} in Baku.", f"{to} counted 12 killed."]))
        if number == 7:
            lines.append("This is unreadable.")
        report = {"id": f"d{number}", "title": f"News {number}", "published": "2021-01-13"}
        found.append(report | {"text": "\n".join(lines)})
    return found


def test_a_build_reads_merges_and_skips(fake: Any, tmp_path: Path) -> None:
    path = write(
        tmp_path / "in.jsonl",
        {"id": "a", "text": "PAK pledged AZE 5 for schools. PAK met AZE in Baku."},
        {"id": "b", "text": "As known, PAK pledged AZE 5 for schools. AZE counted 3 killed."},
        {"id": "c", "text": "As known,  PAK pledged AZE 5 for schools. AZE counted 3 killed."},
    )
    ledger = tmp_path / "l.sqlite"
    summary = run(fake, path, ledger)
    assert (summary.documents, summary.skipped, summary.problem_count) == (3, 0, 0)
    assert summary.rows == {("commitment", "pledge"): 1, ("encounter", "meeting"): 1, ("figure", "killed"): 2}
    with open_ledger(ledger) as opened, opened.reading() as connection:
        (entry,) = entries(connection, Filter(kind="commitment"))
    database = sqlite3.connect(ledger)
    assert database.execute("SELECT document, kind, start, end FROM blocks").fetchone() == ("a", "body", 0, 51)
    database.close()
    assert len(entry.row.statements) == 3
    assert entry.row.origins == 2
    assert entry.row.content.confidence == pytest.approx(0.96)
    again = run(fake, path, ledger)
    assert (again.documents, again.skipped) == (0, 3)


def test_same_text_under_two_ids_stays_twice(fake: Any, tmp_path: Path) -> None:
    text = "PAK pledged AZE 5 for schools."
    path = write(tmp_path / "in.jsonl", {"id": "a", "text": text}, {"id": "b", "text": text})
    run(fake, path, tmp_path / "l.sqlite")
    with open_ledger(tmp_path / "l.sqlite") as opened, opened.reading() as connection:
        (entry,) = entries(connection, Filter())
    assert {span.document for span in entry.row.content.evidence} == {"a", "b"}
    assert entry.row.origins == 1


def test_same_id_from_elsewhere_is_a_named_collision(fake: Any, tmp_path: Path) -> None:
    ledger = tmp_path / "l.sqlite"
    run(fake, write(tmp_path / "one.jsonl", {"id": "a", "text": "PAK pledged AZE 5 for schools."}), ledger)
    for _ in range(2):
        summary = run(fake, write(tmp_path / "two.jsonl", {"id": "a", "text": "TUR pledged AZE 5 for roads."}), ledger)
        (problem,) = summary.problems
        assert problem.kind == "id-collision"
        assert "one.jsonl" in problem.message
    with open_ledger(ledger) as opened, opened.reading() as connection:
        assert [e.columns["by_names"] for e in entries(connection, Filter())] == ["Pakistan"]


def test_the_same_name_seen_from_another_folder_is_a_collision(
    fake: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "l.sqlite"
    for year, text in (("2024", "PAK pledged AZE 5 for schools."), ("2025", "TUR pledged AZE 5 for roads.")):
        (tmp_path / year).mkdir()
        write(tmp_path / year / "a.jsonl", {"id": "a", "text": text})
        monkeypatch.chdir(tmp_path / year)
        summary = run(fake, Path("a.jsonl"), ledger)
    assert summary.problems_by_kind == {"id-collision": 1}


def test_a_member_whose_name_climbs_out_of_its_archive_revises_nothing(fake: Any, tmp_path: Path) -> None:
    ledger = tmp_path / "l.sqlite"
    run(fake, write(tmp_path / "one.jsonl", {"id": "a", "text": "PAK pledged AZE 5 for schools."}), ledger)
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../one.jsonl", json.dumps({"id": "a", "text": "TUR pledged AZE 9 for roads."}))
    summary = run(fake, tmp_path / "evil.zip", ledger)
    assert summary.problems_by_kind == {"id-collision": 1}
    assert summary.revised == 0


@pytest.mark.parametrize(
    ("source", "whole"),
    [
        ("/r/../a.txt", "/a.txt"),
        ("/r/x.zip!../../a.txt", "/r/x.zip!../../a.txt"),
        ("https://example.org/a/../feed.rss", "https://example.org/a/../feed.rss"),
    ],
)
def test_a_source_lies_where_its_file_lies(source: str, whole: str) -> None:
    assert whole_path(source) == whole


def test_the_same_id_twice_in_one_file_is_a_collision_each_time(fake: Any, tmp_path: Path) -> None:
    records = [{"id": "a", "text": "PAK pledged AZE 5 for schools."}, {"id": "a", "text": "PAK met AZE in Baku."}]
    path = write(tmp_path / "in.jsonl", *records)
    first, second = (run(fake, path, tmp_path / "l.sqlite") for _ in range(2))
    assert (first.documents, second.documents) == (1, 0)
    assert first.problems_by_kind == second.problems_by_kind == {"id-collision": 1}


def test_a_document_that_fails_is_named_and_the_rest_goes_on(fake: Any, tmp_path: Path) -> None:
    texts = ["PAK pledged AZE 5 for schools.", "This is unreadable.", "PAK met AZE in Baku."]
    path = write(tmp_path / "in.jsonl", *({"id": f"d{n}", "text": t} for n, t in enumerate(texts)))
    summary = run(fake, path, tmp_path / "l.sqlite")
    assert summary.documents == 2
    assert [p.kind for p in summary.problems] == ["unreadable"]
    assert "d1" in summary.problems[0].message


def test_a_broken_installation_is_no_problem_of_the_reports(tmp_path: Path) -> None:
    def broken(_: Any) -> Any:
        raise FileNotFoundError("the weights are missing")

    path = write(tmp_path / "in.jsonl", {"id": "a", "text": "PAK met AZE in Baku."})
    with pytest.raises(FileNotFoundError):
        build([path], tmp_path / "l.sqlite", interpret=broken, reader="fake")


def test_workers_make_the_same_ledger_and_survive_a_crash(fake: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "in.jsonl", *pile(20))
    run(fake, path, tmp_path / "one.sqlite", batch_size=4)
    deadly = {"id": "deadly", "text": "deadly"}
    path = write(tmp_path / "in.jsonl", *pile(20)[:10], deadly, *pile(20)[10:])
    summary = run(fake, path, tmp_path / "two.sqlite", batch_size=4, workers=2)
    assert summary.problems_by_kind == {"crashed": 1, "unreadable": 1}
    one, two = fake.dump(tmp_path / "one.sqlite"), fake.dump(tmp_path / "two.sqlite")
    one.pop("problems"), two.pop("problems")
    assert one == two


def test_removing_an_input_removes_nothing(fake: Any, tmp_path: Path) -> None:
    ledger = tmp_path / "l.sqlite"
    run(fake, write(tmp_path / "in.jsonl", *pile(5)), ledger)
    before = fake.dump(ledger)
    run(fake, write(tmp_path / "in.jsonl", *pile(5)[3:]), ledger)
    assert fake.dump(ledger) == before


def test_a_later_reader_rereads_everything_and_ends_as_from_nothing(fake: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "in.jsonl", *pile(12))
    run(fake, path, tmp_path / "one.sqlite", reader="old")
    ids = sqlite3.connect(tmp_path / "one.sqlite")
    before = ids.execute("SELECT id, issued FROM rows").fetchall()
    summary = run(fake, path, tmp_path / "one.sqlite", reader="new")
    assert summary.revised == summary.documents == 11
    assert ids.execute("SELECT id, issued FROM rows").fetchall() == before
    ids.close()
    run(fake, path, tmp_path / "two.sqlite", reader="new")
    assert fake.dump(tmp_path / "one.sqlite") == fake.dump(tmp_path / "two.sqlite")


def test_revisions_end_as_from_nothing(fake: Any, tmp_path: Path) -> None:
    """Whatever was in a file before, the ledger of its last state has the same rows."""
    path = tmp_path / "in.jsonl"
    for seed in (1, 2, 3):
        write(path, *pile(9, seed))
        run(fake, path, tmp_path / "one.sqlite", batch_size=2)
    run(fake, path, tmp_path / "two.sqlite")
    one, two = fake.dump(tmp_path / "one.sqlite"), fake.dump(tmp_path / "two.sqlite")
    # the unreadable report keeps its last readable state, which here is none
    assert one == two


def test_killed_at_any_moment_and_started_again(fake: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "in.jsonl", *pile(60))
    run(fake, path, tmp_path / "calm.sqlite", batch_size=3)
    shaken = tmp_path / "shaken.sqlite"
    script = Path(fake.__file__)
    dice = random.Random(4)
    killed = 0
    for _ in range(40):
        process = subprocess.Popen([sys.executable, str(script), str(path), str(shaken)], env=os.environ.copy())
        wait_for_work(process, shaken, dice)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        code = process.wait()
        killed += code == -signal.SIGKILL
        if code == 0 or killed == 6:
            break
    assert killed >= 3
    run(fake, path, shaken, batch_size=3)
    assert fake.dump(shaken) == fake.dump(tmp_path / "calm.sqlite")


def wait_for_work(process: subprocess.Popen[bytes], ledger: Path, dice: random.Random) -> None:
    """Until the build writes, and then a random moment longer: a moment in time would mostly hit the start."""
    wal = ledger.with_name(ledger.name + "-wal")
    before = size(wal)
    while process.poll() is None:
        if size(wal) not in (0, before):
            time.sleep(dice.uniform(0, 0.08))
            return
        time.sleep(0.001)


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
