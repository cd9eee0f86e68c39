"""The commands on what all rows say together, with reports of a few sentences and on the samples."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pledgetrail.cli import app
from pledgetrail.cli import failures as codes
from pledgetrail.ledger import review
from pledgetrail.ledger.store import create_or_open
from pledgetrail.pipeline import build
from pledgetrail.records import Act, Commitment, RawReport, Reading

COMMANDS = ("trails", "funnel", "disagreements", "origins", "actors", "wording")

WIRE = (
    "PAK pledged AZE 5 for schools. The rain had stopped in the night and the square before the old town hall was full "
    "of people again. Traders at the market near the river complained about the price of flour and of lamp oil."
)
REPORTS = [
    {"id": "a", "text": WIRE, "published": "2021-01-13", "outlet": "The Wire"},
    {"id": "=b", "text": WIRE, "published": "2021-01-14", "outlet": "The Mail"},
    {"id": "c", "text": "PAK refused AZE 5 for schools.", "published": "2021-06-01"},
    {"id": "d", "text": "TUR pledged ARM 7 for roads. Nagorno-Karabakh is quiet.", "published": "2021-03-01"},
    {"id": "e", "text": "AZE counted 12 killed. Karabakh, once Artsakh, is quiet.\x1b[2J", "published": "2021-12-31"},
    {"id": "f", "text": "TUR pledged ARM 9 for bridges.", "published": "2022-01-31"},
]


def command(*arguments: Any) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def as_json(*arguments: Any) -> list[dict[str, Any]]:
    result = command(*arguments, "--format", "json")
    assert result.exit_code == codes.FINE, result.stderr
    found = json.loads(result.stdout)
    assert isinstance(found, list)
    return found


def as_csv(*arguments: Any) -> list[dict[str, str]]:
    result = command(*arguments, "--format", "csv")
    assert result.exit_code == codes.FINE, result.stderr
    found = list(csv.DictReader(io.StringIO(result.stdout, newline="")))
    assert all(None not in record and None not in record.values() for record in found)
    return found


@pytest.fixture(scope="module")
def ledger(fake: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("together")
    (folder / "in.jsonl").write_text("".join(json.dumps(report) + "\n" for report in REPORTS))

    def interpret(reports: list[RawReport]) -> list[Reading]:
        return [replace(reading, acts=tuple(map(in_fuzuli, reading.acts))) for reading in fake.interpret(reports)]

    build([folder / "in.jsonl"], folder / "l.sqlite", interpret=interpret, reader="fake")
    return folder / "l.sqlite"


def in_fuzuli(act: Act) -> Act:
    """What is promised is of one place: that makes two acts one undertaking."""
    told = (
        replace(its, what=f"the {its.what} of Fuzuli", places=("Fuzuli",)) if isinstance(its, Commitment) else its
        for its in act.statements
    )
    return replace(act, statements=tuple(told))


def test_a_trail_tells_state_silence_and_rows_in_order(ledger: Path) -> None:
    (trail,) = as_json("trails", ledger, "--by", "Pakistan", "--to", "AZE")
    assert (trail["state"], trail["first"], trail["last"]) == ("refused", "2021-01-13", "2021-06-01")
    assert trail["silent_days"] == 244  # to the newest report
    assert [row["stage"] for row in trail["rows"]] == ["pledge", "refusal"]
    assert trail["givers"] + trail["receivers"] and all(set(its) == {"key", "name"} for its in trail["givers"])
    assert all(row["trail"] == trail["id"] and row["evidence"] for row in trail["rows"])


def test_a_trail_as_it_stood(ledger: Path) -> None:
    (trail,) = as_json("trails", ledger, "--by", "PAK", "--as-of", "2021-02-12")
    assert (trail["state"], trail["last"], trail["silent_days"]) == ("promised", "2021-01-14", 29)
    assert len(trail["rows"]) == 1
    assert as_json("trails", ledger, "--as-of", "2020-01-01") == []
    assert command("trails", ledger, "--as-of", "2020-01-01").stderr == "pledgetrail: no trails\n"


def test_the_longest_silent_come_first_and_what_ended_last(ledger: Path) -> None:
    found = as_json("trails", ledger)
    assert [trail["state"] for trail in found] == ["promised", "promised", "refused"]
    assert [trail["silent_days"] for trail in found[:2]] == [336, 0]
    assert [t["id"] for t in as_json("trails", ledger, "--silent-for", 300)] == [found[0]["id"]]
    assert as_json("trails", ledger, "--silent-for", 337) == []
    assert [t["id"] for t in as_json("trails", ledger, "--state", "refused")] == [found[2]["id"]]
    assert len(as_json("trails", ledger, "--limit", 1)) == 1
    assert len(as_json("trails", ledger, "--place", "Baku")) == 0


def test_trails_for_people(ledger: Path) -> None:
    out = command("trails", ledger, "--evidence").stdout
    assert out.startswith("3 trails\n")
    assert "promised  2021-03-01, silent for 336 days" in out
    assert "refused  2021-01-13 to 2021-06-01\n" in out
    assert "d:0-28 TUR pledged ARM 7 for roads." in out
    record = as_csv("trails", ledger, "--by", "PAK")[0]
    assert (record["position"], record["stage"], record["amount"], record["document"]) == ("1", "pledge", "5", "a")


def test_single_rows_without_a_promise_only_if_asked_for(fake: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("PAK refused AZE 5 for schools.")
    build([tmp_path / "a.txt"], tmp_path / "l.sqlite", interpret=fake.interpret, reader="fake")
    assert as_json("trails", tmp_path / "l.sqlite") == []
    (trail,) = as_json("trails", tmp_path / "l.sqlite", "--all")
    assert (trail["state"], trail["first"], trail["silent_days"]) == ("refused", None, None)
    assert "no day is known" in command("trails", tmp_path / "l.sqlite", "--all").stdout


def test_the_funnel_counts_one_origin_once(ledger: Path) -> None:
    lines = {line["key"]: line for line in as_json("funnel", ledger)}
    assert lines["PAK"]["columns"]["promised"]["sums"][0]["value"] == 5.0
    assert lines["PAK"]["columns"]["withdrawn"]["rows"] == 1
    assert lines["TUR"]["columns"]["promised"]["rows"] == 2
    assert lines["TUR"]["silent"]["rows"] == 0 and lines["TUR"]["silent"]["trails"] == 0
    later = {line["key"]: line for line in as_json("funnel", ledger, "--silent-after", 300)}
    assert later["TUR"]["silent"]["rows"] == 1
    early = {line["key"]: line for line in as_json("funnel", ledger, "--as-of", "2021-02-01")}
    assert set(early) == {"PAK"} and "withdrawn" not in early["PAK"]["columns"]
    assert {line["key"] for line in as_json("funnel", ledger, "--per", "sector")} == {"110", None}
    record = next(r for r in as_csv("funnel", ledger, "--into", "eur") if r["key"] == "PAK")
    assert (record["set"], record["currency"], record["value"]) == ("counted", "USD", "5")
    assert record["converted_into"] == "EUR" and 3 < float(record["converted"]) < 5
    assert "promised" in command("funnel", ledger).stdout


def test_origins_and_their_sentences(ledger: Path) -> None:
    (group,) = as_json("origins", ledger)
    assert group["origin"] == "a" and [copy["document"] for copy in group["copies"]] == ["=b"]
    assert group["copies"][0]["share"] == 1.0
    pairs = as_csv("origins", ledger, "--document", "=b")
    assert pairs and all(pair["sentence"] == pair["source_sentence"] for pair in pairs)
    assert pairs[0]["document"] == "'=b"
    out = command("origins", ledger, "--document", "a").stdout
    assert "=b goes back to a" in out or "a is copied by =b" in out
    assert command("origins", ledger, "--document", "nowhere").exit_code == codes.NOTHING
    alone = command("origins", ledger, "--document", "c")
    assert (alone.stdout, alone.stderr) == ("", "pledgetrail: c shares no text with another document\n")


def test_actors_and_a_list_that_is_tried(ledger: Path, tmp_path: Path) -> None:
    (pakistan,) = as_json("actors", ledger, "--name", "pakistan")
    assert pakistan["country"] == "PAK" and pakistan["rows"]["by"] == 2
    assert as_json("actors", ledger, "--name", "akista") == []
    assert as_json("actors", ledger, "--name", "%") == []
    path = tmp_path / "actors.csv"
    assert command("actors", ledger, "--export", path).stdout == f"{path}: 4 actors\n"
    listed = path.read_text(encoding="utf-8-sig").replace("Pakistan,Pak,", "Islamabad,Pakistan|Pak,")
    path.write_text(listed + "Nobody,,wizard,,,,\r\n", encoding="utf-8")
    result = command("actors", ledger, "--actors", path, "--format", "json")
    assert f"{path}: line 6: 'wizard' is no type of actor" in result.stderr
    names = {actor["name"]: actor for actor in json.loads(result.stdout)}
    assert "Islamabad" in names and names["Islamabad"]["id"] is None
    assert [a["name"] for a in as_json("actors", ledger, "--name", "pakistan")] == ["Pakistan"]  # it was only tried
    missing = command("actors", ledger, "--actors", tmp_path / "none.csv")
    assert missing.exit_code == codes.USAGE and "none.csv" in missing.stderr
    path.write_bytes(b"name\n\xff\xfe")
    assert command("actors", ledger, "--actors", path).exit_code == codes.USAGE


def test_wording_is_a_table_of_sources_by_terms(ledger: Path, tmp_path: Path) -> None:
    rows = as_json("wording", ledger, "--topic", "the region")
    assert {row["term"] for row in rows} >= {"Karabakh", "Nagorno-Karabakh"}
    assert all(row["evidence"][0]["sentence"]["quote"] for row in rows)
    lexicon = tmp_path / "own.toml"
    lexicon.write_text(
        '[[topic]]\nname = "squares"\nkind = "place"\n'
        'terms = [{term = "square", forms = ["square"]}, {term = "market", forms = ["market"]}]\nodd = 1\n'
        '[[topic]]\nname = "rain"\nkind = "event"\n'
        'terms = [{term = "rain", forms = ["rain"]}, {term = "oil", forms = ["oil"]}]\n'
    )
    out = command("wording", ledger, "--lexicon", lexicon, "--evidence")
    assert f"{lexicon}: line 5: " in out.stderr
    table = [line.split() for line in out.stdout.splitlines()]
    assert ["The", "Mail", "1", "1"] in table and ["all", "sources", "1", "1"] in table  # two outlets, one origin
    assert "«rain»" in out.stdout
    assert len(as_csv("wording", ledger, "--lexicon", lexicon)) == 4
    assert command("wording", ledger, "--topic", "nothing like it").exit_code == codes.NOTHING
    lexicon.write_text("no toml")
    assert command("wording", ledger, "--lexicon", lexicon).exit_code == codes.NOTHING


def test_explain_says_what_reports_have_in_common_and_tells_of_documents(ledger: Path) -> None:
    (trail,) = as_json("trails", ledger, "--by", "PAK")
    out = command("explain", ledger, trail["rows"][0]["id"]).stdout
    assert "The Mail; published 2021-01-14; goes back to a" in out
    assert f"trail {trail['id']}" in out
    document = command("explain", ledger, "=b").stdout
    assert "Published 2021-01-14" in document and "Origin a\n" in document
    assert "100% of it is in a" in document
    told = command("explain", ledger, trail["id"]).stdout
    assert trail["id"] in told and all(row["id"] in told for row in trail["rows"])
    actor = trail["rows"][0]["by"][0]
    assert actor["name"] in command("explain", ledger, actor["id"]).stdout
    unknown = command("explain", ledger, "r-000")
    assert (unknown.exit_code, unknown.stderr) == (codes.NOTHING, "pledgetrail: r-000: there is no such row\n")


def test_disagreements_side_by_side(sample_ledger: Path) -> None:
    found = as_json("disagreements", sample_ledger, "--all")
    assert found and {"competing"} == {its["kind"] for its in as_json("disagreements", sample_ledger)}
    assert found[0]["claims"][0]["row"] in command("explain", sample_ledger, found[0]["id"]).stdout
    for its in found:
        assert len(its["claims"]) > 1 and its["relations"]
        for claim in its["claims"]:
            assert claim["value"] and claim["origins"] <= len(claim["tellings"])
            for telling in claim["tellings"]:
                assert telling["evidence"]["quote"] in telling["sentence"]
    records = as_csv("disagreements", sample_ledger, "--all")
    assert {record["disagreement"] for record in records} == {its["id"] for its in found}
    out = command("disagreements", sample_ledger).stdout
    assert all(claim["value"] in out for its in found if its["kind"] == "competing" for claim in its["claims"])


def test_sample_actors_say_why(sample_ledger: Path) -> None:
    found = as_json("actors", sample_ledger)
    assert [actor["id"] for actor in found] == sorted(actor["id"] for actor in found)
    assert any(role["evidence"] for actor in found for role in actor["roles"])
    assert any(actor["joined"] for actor in found)
    assert "is called" in command("actors", sample_ledger).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("trails", "--state", "forgotten"),
        ("trails", "--as-of", "2021"),
        ("trails", "--as-of", "2021-02-30"),
        ("trails", "--silent-for", "-1"),
        ("trails", "--format", "xml"),
        ("funnel", "--per", "month"),
        ("funnel", "--into", "XYZ"),
        ("disagreements", "--format", "tsv"),
    ],
)
def test_wrong_usage_names_the_option(ledger: Path, arguments: tuple[str, ...]) -> None:
    result = command(arguments[0], ledger, *arguments[1:])
    assert result.exit_code == codes.USAGE
    assert arguments[1] in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_an_empty_ledger_and_files_that_are_none(name: str, tmp_path: Path) -> None:
    create_or_open(tmp_path / "l.sqlite").close()
    assert as_json(name, tmp_path / "l.sqlite") == []
    assert as_csv(name, tmp_path / "l.sqlite") == []
    text = command(name, tmp_path / "l.sqlite")
    assert (text.exit_code, text.stdout) == (codes.FINE, "") and text.stderr.startswith("pledgetrail: no ")
    (tmp_path / "notes.txt").write_text("no ledger")
    for path in (tmp_path / "none.sqlite", tmp_path / "notes.txt", tmp_path):
        result = command(name, path)
        assert result.exit_code == codes.NO_LEDGER and result.stderr.count("\n") == 1


def make_second_version(path: Path) -> None:
    """Take from a ledger what version 3 added."""
    database = sqlite3.connect(path)
    for table in (
        *("trails", "trail_rows", "disagreements", "disagreement_rows", "copies", "datings", "namings", "actor_keys"),
        *("digests", "signatures", "row_keys", "row_links"),
    ):
        database.execute(f"DROP TABLE {table}")
    for index in ("ix_documents_origin", "ix_documents_story", "row_parties_actor", "ix_rows_joined_to"):
        database.execute(f"DROP INDEX {index}")
    for table, columns in {
        "documents": ("origin", "story"),
        "statements": ("origin",),
        "rows": ("joined_to",),
        "row_parties": ("party",),
        "actors": ("identifiers", "roles", "folded", "note"),
    }.items():
        for column in columns:
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    database.execute("DELETE FROM meta WHERE key IN ('survey_stale', 'actors_stale')")
    database.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")
    database.commit()
    database.close()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_ledger_of_an_earlier_version_is_left_as_it_is(name: str, ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    shutil.copy(ledger, path)
    make_second_version(path)
    before = path.read_bytes()
    result = command(name, path)
    assert result.exit_code == codes.FINE
    assert "was built by an earlier version" in result.stderr
    assert path.read_bytes() == before


def test_rejected_rows_leave_their_trails(ledger: Path, tmp_path: Path) -> None:
    shutil.copy(ledger, tmp_path / "l.sqlite")
    with create_or_open(tmp_path / "l.sqlite") as opened:
        (trail,) = as_json("trails", tmp_path / "l.sqlite", "--by", "PAK")
        review.record(opened, "reject", trail["rows"][1]["id"], reviewer="ada")
    (after,) = as_json("trails", tmp_path / "l.sqlite", "--by", "PAK")
    assert [row["id"] for row in after["rows"]] == [trail["rows"][0]["id"]]


def test_text_of_reports_cannot_steer_the_terminal(ledger: Path) -> None:
    for arguments in (("wording", "--topic", "the region", "--evidence"), ("origins",), ("actors",)):
        for format in ("text", "json", "csv"):
            assert "\x1b" not in command(arguments[0], ledger, *arguments[1:], "--format", format).stdout
    assert "\\u001b[2J" in command("wording", ledger, "--topic", "the region", "--format", "json").stdout


@pytest.mark.parametrize("format", ["text", "json", "csv"])
def test_a_reader_that_has_had_enough(format: str, sample_ledger: Path) -> None:
    ours = f"{sys.executable} -m pledgetrail actors {sample_ledger} --format {format}"
    done = subprocess.run(
        ["bash", "-c", f"{ours} | head -c 1; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
