"""The commands that ask the web, against servers on loopback."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result
from websites import Reply, Site, website

from pledgetrail.cli import app
from pledgetrail.cli import failures as codes

QUICK = ("--allow-private", "--rate", "0", "--timeout", "20")

RSS = (
    "<rss version='2.0'><channel><title>Agency</title><item><guid>{}</guid><description>{}</description></item>"
    "</channel></rss>"
)


@pytest.fixture
def site() -> Iterator[Site]:
    with website({"/a": Reply(b"<p>a</p>"), "/b": Reply(b"<p>b</p>")}) as running:
        yield running


@pytest.fixture
def cli(fake: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    from pledgetrail.pipeline.building import build_reports

    defaults = dict(build_reports.__kwdefaults__ or {}) | {"interpret": fake.interpret, "reader": "fake"}
    monkeypatch.setattr("pledgetrail.pipeline.building.build_reports.__kwdefaults__", defaults)

    def run(*arguments: Any, **more: Any) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], **more)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def lines(text: str) -> set[str]:
    return {" ".join(line.split()) for line in text.splitlines()}


def feed(guid: str, text: str) -> Reply:
    return Reply(RSS.format(guid, text).encode(), headers={"Content-Type": "application/rss+xml"})


def test_fetching_sums_up_and_tells_by_its_code(cli: Any, site: Site, tmp_path: Path) -> None:
    both = site.url("/a") + "\n" + site.url("/b") + " # the second\n"
    result = cli("fetch", "-", "--into", tmp_path / "in", *QUICK, input=both)
    assert (result.exit_code, result.stderr) == (codes.FINE, "")
    assert {str(tmp_path / "in"), "addresses 2", "fetched 2", "bytes 16"} <= lines(result.stdout)
    listed = tmp_path / "list.txt"
    listed.write_text(both + site.url("/missing") + "\nno address\n")
    result = cli("fetch", listed, "--into", tmp_path / "in", *QUICK)
    assert result.exit_code == codes.WITH_PROBLEMS
    assert {"already there 2", "not there (4xx) 1", "not addresses 1"} <= lines(result.stdout)
    assert "not-there" in result.stderr and f"{listed}:4" in result.stderr
    result = cli("fetch", listed, "--into", tmp_path / "in", *QUICK, "--quiet")
    assert result.stdout == ""


def test_fetching_nothing(cli: Any, site: Site, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n")
    (tmp_path / "private.txt").write_text(site.url("/a"))
    (tmp_path / "file").write_text("")
    into = ("--into", tmp_path / "in")
    assert cli("fetch", tmp_path / "empty.txt", *into).exit_code == codes.NOTHING
    assert cli("fetch", tmp_path / "missing.txt", *into).exit_code == codes.NOTHING
    refused = cli("fetch", tmp_path / "private.txt", *into)
    assert refused.exit_code == codes.NOTHING and "loopback" in refused.stderr
    assert site.asked == []
    assert cli("fetch", tmp_path / "private.txt", "--into", tmp_path / "file", *QUICK).exit_code == codes.NO_LEDGER
    for agent in ("", "/", "two\nlines", "ümlaut"):
        assert cli("fetch", tmp_path / "private.txt", *into, "--user-agent", agent).exit_code == codes.USAGE


def test_tables_of_addresses_are_lists_too(cli: Any, site: Site, tmp_path: Path) -> None:
    (tmp_path / "stories.csv").write_text(f"id,title,url\n1,One,{site.url('/a')}\n2,Two,{site.url('/b')}\n")
    (tmp_path / "stories.jsonl").write_text(f'{{"title": "One", "url": "{site.url("/a")}"}}\n')
    (tmp_path / "none.csv").write_text("id,title\n1,One\n")
    result = cli(
        "fetch",
        *(tmp_path / f"{n}" for n in ("stories.csv", "stories.jsonl", "none.csv")),
        "--into",
        tmp_path / "in",
        "--dry-run",
    )
    assert result.stdout.splitlines() == [site.url("/a"), site.url("/b")]
    assert result.exit_code == codes.WITH_PROBLEMS and "no column of addresses" in result.stderr


def test_a_rehearsal_prints_what_is_missing(cli: Any, site: Site, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"{site.url('/a')}\n{site.url('/b')}\n")
    before = cli("fetch", listed, "--into", tmp_path / "in", "--dry-run")
    assert before.stdout.splitlines() == [site.url("/a"), site.url("/b")]
    assert not (tmp_path / "in").exists() and site.asked == []
    (tmp_path / "one.txt").write_text(site.url("/a"))
    cli("fetch", tmp_path / "one.txt", "--into", tmp_path / "in", *QUICK)
    after = cli("fetch", listed, "--into", tmp_path / "in", "--dry-run")
    assert after.stdout.splitlines() == [site.url("/b")]
    assert "1 are there already" in after.stderr


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_fetching_ends_cleanly_when_told(site: Site, tmp_path: Path, end: signal.Signals) -> None:
    """While one server keeps it waiting; the folder is whole and is gone on with."""
    reached = tmp_path / "reached"

    def slow(handler: BaseHTTPRequestHandler) -> None:
        reached.touch()
        time.sleep(30)

    site.routes["/slow"] = slow
    listed = tmp_path / "list.txt"
    listed.write_text(f"{site.url('/a')}\n{site.url('/slow')}\n{site.url('/b')}\n")
    command = [sys.executable, "-m", "pledgetrail", "fetch", str(listed), "--into", str(tmp_path / "in"), *QUICK]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not reached.exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(end)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.count("\n")) == (codes.INTERRUPTED, 1), errors
    site.routes["/slow"] = Reply(b"quick")
    again = CliRunner().invoke(app, ["fetch", str(listed), "--into", str(tmp_path / "in"), *QUICK])
    assert {"already there 1", "fetched 2"} <= lines(again.stdout)
    assert "half-written" not in again.stdout


def watched(tmp_path: Path, *sites: str) -> Path:
    path = tmp_path / "feeds.toml"
    path.write_text("".join(f'[[feed]]\nurl = "{url}"\nname = "feed{n}"\n' for n, url in enumerate(sites)))
    return path


def test_watching_once_prints_changes_once(cli: Any, site: Site, tmp_path: Path) -> None:
    site.routes["/feed"] = feed("1", "PAK pledged AZE 5 for schools.")
    feeds, ledger = watched(tmp_path, site.url("/feed")), tmp_path / "l.sqlite"
    first = cli("watch", feeds, "-o", ledger, "--once", *QUICK)
    kind, row, what, act, cells, evidence = first.stdout.rstrip("\n").split("\t")
    assert (first.exit_code, kind, what, cells) == (codes.FINE, "new", "commitment", "")
    assert row.startswith("r-") and "pledge" in act and "schools" in act and "USD 5" in act
    assert evidence == "feed0#1:0-30 PAK pledged AZE 5 for schools."
    assert "1 feeds read (0 unchanged), 1 entries new or revised, 1 rows changed" in first.stderr
    again = cli("watch", feeds, "-o", ledger, "--once", *QUICK, "--quiet")
    assert (again.exit_code, again.stdout, again.stderr) == (codes.FINE, "", "")
    site.routes["/feed"] = feed("1", "PAK pledged AZE 7 for schools.")
    changed = cli("watch", feeds, "-o", ledger, "--once", *QUICK, "--quiet").stdout.split("\t")
    assert (changed[0], changed[1]) == ("changed", row)
    assert "amount_value: 5 → 7" in changed[4]


def test_watching_tells_by_its_code(cli: Any, site: Site, tmp_path: Path) -> None:
    site.routes["/feed"] = feed("1", "PAK met AZE in Baku.")
    ledger = tmp_path / "l.sqlite"
    some = cli("watch", watched(tmp_path, site.url("/gone"), site.url("/feed")), "-o", ledger, "--once", *QUICK)
    assert some.exit_code == codes.WITH_PROBLEMS and "not-there: feed0" in some.stderr and "meeting" in some.stdout
    none = cli("watch", watched(tmp_path, site.url("/gone")), "-o", ledger, "--once", *QUICK)
    assert none.exit_code == codes.NOTHING
    assert cli("watch", tmp_path / "no.toml", "-o", ledger, "--once").exit_code == codes.USAGE
    assert cli("watch", watched(tmp_path), "-o", ledger, "--interval", "soon").exit_code == codes.USAGE
    feeds = watched(tmp_path, site.url("/feed"))
    assert cli("watch", feeds, "-o", tmp_path / "no" / "l.sqlite", "--once").exit_code == codes.NO_LEDGER
    (tmp_path / "other").write_text("no ledger")
    assert cli("watch", feeds, "-o", tmp_path / "other", "--once", *QUICK).exit_code == codes.NO_LEDGER
    assert (tmp_path / "other").read_text() == "no ledger"


def test_one_watch_of_a_ledger_at_a_time(cli: Any, site: Site, tmp_path: Path) -> None:
    from pledgetrail.sources.locks import holding

    with holding(tmp_path / ".l.sqlite.watch.lock"):
        result = cli("watch", watched(tmp_path, site.url("/feed")), "-o", tmp_path / "l.sqlite", "--once", *QUICK)
    assert result.exit_code == codes.NO_LEDGER and "another watch" in result.stderr
    assert site.asked == []


WATCH = """
import sys
sys.path.append({folder!r})
import fake_reader, pledgetrail.pipeline.building as building
from pledgetrail.cli import main, watching
building.build_reports.__kwdefaults__.update(interpret=fake_reader.interpret, reader="fake")
watching._SECONDS["m"] = 0.01  # a short day
main()
"""


def test_watching_goes_on_until_told_to_stop(fake: Any, site: Site, tmp_path: Path) -> None:
    """What comes later is told, and the end is clean."""
    site.routes["/feed"] = feed("1", "PAK met AZE in Baku.")
    feeds, ledger = watched(tmp_path, site.url("/feed")), tmp_path / "l.sqlite"
    script = WATCH.format(folder=str(Path(fake.__file__).parent))
    command = [sys.executable, "-c", script, "watch", str(feeds), "-o", str(ledger), "--interval", "1m", *QUICK, "-q"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "meeting" in process.stdout.readline()
    site.routes["/feed"] = feed("2", "PAK pledged AZE 5 for schools.")
    assert "pledge" in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    rest, errors = process.communicate(timeout=60)
    assert (process.returncode, rest, errors) == (codes.FINE, "", "")
    database = sqlite3.connect(ledger)
    assert database.execute("SELECT count(*) FROM rows").fetchone() == (2,)
    database.close()


def test_a_ledger_that_another_writes_is_left_for_the_next_look(
    cli: Any, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pledgetrail.cli import watching
    from pledgetrail.ledger.errors import LedgerBusy
    from pledgetrail.pipeline.watching import Look

    looks: list[Any] = [LedgerBusy("l.sqlite: busy"), Look(feeds=1), KeyboardInterrupt()]

    def look(*_: Any) -> Look:
        found = looks.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found

    monkeypatch.setattr(watching, "look", look)
    monkeypatch.setattr(watching.time, "sleep", lambda _: None)
    result = cli("watch", watched(tmp_path, site.url("/feed")), "-o", tmp_path / "l.sqlite")
    assert result.exit_code == codes.FINE and looks == []
    assert "busy" in result.stderr and "stopped" in result.stderr
