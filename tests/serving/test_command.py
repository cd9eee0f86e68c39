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
