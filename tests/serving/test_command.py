from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from pledgetrail.cli import app
from pledgetrail.cli.serving import _listen
from pledgetrail.serving.team import People


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_answers_and_ends_when_told(ledger: Path, end: signal.Signals) -> None:
    command = [
        sys.executable,
        "-m",
        "pledgetrail",
        "serve",
        str(ledger),
        "--port",
        "0",
        "--no-open",
        "--reviewer",
        "Ada  L.",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        said = process.stdout.readline()
        found = re.search(r"l\.sqlite is at (http://127\.0\.0\.1:\d+/) \(reviewer: Ada L\.;", said)
        assert found, said
        page = httpx.get(found[1], follow_redirects=True)
        assert page.status_code == 200 and "deciding as <strong>Ada L.</strong>" in page.text
        process.send_signal(end)
        assert process.wait(20) == (0 if end == signal.SIGINT else -signal.SIGTERM)
        assert process.stderr.read() == ""


def test_answers_do_not_wait_for_acknowledgements() -> None:
    with _listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP  # else asyncio leaves TCP_NODELAY off: 40 ms more for each answer


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_hosts_that_others_reach_are_refused(ledger: Path, host: str) -> None:
    done = CliRunner().invoke(app, ["serve", str(ledger), "--host", host, "--no-open"])
    assert done.exit_code == 2 and "other machines" in done.stderr


def test_what_cannot_be_served_is_named(ledger: Path, tmp_path: Path) -> None:
    missing = CliRunner().invoke(app, ["serve", str(tmp_path / "none.sqlite"), "--port", "0", "--no-open"])
    assert missing.exit_code == 3 and "pledgetrail build" in missing.stderr
    nobody = CliRunner().invoke(app, ["serve", str(ledger), "--port", "0", "--reviewer", " "])
    assert nobody.exit_code == 2
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        busy = CliRunner().invoke(app, ["serve", str(ledger), "--port", port, "--no-open"])
    assert busy.exit_code == 2 and "--port" in busy.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--team", "PEOPLE", "--reviewer", "ada"], "under their own name"),
        (["--team", "PEOPLE", "--host", "0.0.0.0"], "what address people type"),
        (["--team", "PEOPLE", "--host", "::"], "what address people type"),
        (["--team", "PEOPLE", "--public-url", "ledger.example.org"], "is an address like"),
        (["--team", "PEOPLE", "--public-url", "https://a.example/path"], "is an address like"),
        (["--team", "PEOPLE", "--public-url", "https://u@a.example"], "is an address like"),
        (["--team", "PEOPLE", "--proxy-header", "X-Remote-User"], "--proxy-from"),
        (["--team", "PEOPLE", "--proxy-header", "X-Remote-User", "--proxy-from", "all"], "no address"),
        (["--team", "NONE"], "pledgetrail people add"),
        (["--team", "LEDGER"], "no file of people"),
        (["--proxy-header", "X-Remote-User", "--proxy-from", "127.0.0.1"], "with --team only"),
        (["--proxy-from", "127.0.0.1"], "with --team only"),
        (["--public-url", "https://a.example"], "with --team only"),
    ],
)
def test_teams_that_would_not_be_guarded_are_refused(
    ledger: Path, tmp_path: Path, options: list[str], words: str
) -> None:
    People(tmp_path / "p.sqlite").add("bo", "reader", None)
    files = {"PEOPLE": str(tmp_path / "p.sqlite"), "NONE": str(tmp_path / "none"), "LEDGER": str(ledger)}
    command = ["serve", str(ledger), "--port", "0", "--no-open", *(files.get(option, option) for option in options)]
    done = CliRunner().invoke(app, command, env={"COLUMNS": "300"})
    assert done.exit_code == 2 and words in " ".join(done.stderr.split()), done.stderr


def test_a_team_is_served_and_forwarded_addresses_are_not_believed(ledger: Path, tmp_path: Path) -> None:
    people = tmp_path / "p.sqlite"
    People(people).add("bo", "reader", None)
    people.chmod(0o644)
    options = ["--team", str(people), "--proxy-header", "X-User", "--proxy-from", "10.9.9.9", "--host", "0.0.0.0"]
    options += ["--public-url", "http://ledger.example.org"]
    command = [sys.executable, "-m", "pledgetrail", "serve", str(ledger), "--port", "0", "--no-open", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = [process.stdout.readline() for _ in range(4)]
            assert "unencrypted" in said[0] and "chmod 600" in said[1]
            assert "l.sqlite is at http://ledger.example.org/ (team: " in said[2]
            port = said[3].strip().rpartition(":")[2]
            headers = {"Host": "ledger.example.org", "X-User": "bo", "X-Forwarded-For": "10.9.9.9"}
            answer = httpx.get(f"http://127.0.0.1:{port}/api/rows", headers=headers, timeout=20)
            assert answer.status_code == 401
        finally:
            process.kill()
