"""A server and a build are two processes with one ledger: what one writes, the other shows, and nothing is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples" / "reports" / "karabakh"
PLEDGETRAIL = (sys.executable, "-m", "pledgetrail")


def build(reports: Path, ledger: Path) -> subprocess.Popen[bytes]:
    """A build with the real reader, in a process of its own."""
    command = [*PLEDGETRAIL, "build", str(reports), "-o", str(ledger), "--quiet"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)  # what goes wrong is written to the tests' own stderr


@contextmanager
def served(ledger: Path) -> Iterator[httpx.Client]:
    """A server in a process of its own, asked by one client."""
    command = [*PLEDGETRAIL, "serve", str(ledger), "--port", "0", "--no-open", "--reviewer", "Ada"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            found = re.search(r" is at (http://127\.0\.0\.1:\d+)/", process.stdout.readline())
            assert found
            with httpx.Client(base_url=found[1], timeout=60) as client:
                yield client
        finally:
            process.terminate()


def test_a_build_adds_reports_while_pages_are_read_and_rows_decided(tmp_path: Path) -> None:
    reports, ledger = tmp_path / "reports", tmp_path / "l.sqlite"
    reports.mkdir()
    shutil.copy(SAMPLES / "01-islamabad-invitation.txt", reports)
    first = build(reports, ledger)
    assert first.wait(120) == 0
    for name in ("05-eu-aid.txt", "11-belarus-agrotown.txt"):
        shutil.copy(SAMPLES / name, reports)

    with served(ledger) as client:

        def count(path: str, **asked: str) -> int:
            return int(client.get(path, params=asked).json()["count"])

        rows = client.get("/api/rows").json()["rows"]
        before = count("/api/rows"), count("/api/reports"), count("/api/trails", all="yes")
        assert rows and before[1] == 1
        assert count("/api/rows", q="Belarus") == count("/api/reports", q="Belarus") == 0
        assert "Belarus" not in client.get("/ledger").text

        second = build(reports, ledger)
        answers: list[int] = []
        while second.poll() is None or len(answers) < 5:
            number = len(answers)
            action = "comment" if number else "accept"
            wish = {"action": action, "row": rows[number % len(rows)]["id"], "reason": f"number {number}"}
            answers.append(client.post("/api/decisions", json=wish).status_code)
            assert client.get("/ledger").status_code == 200
            threading.Event().wait(0.1)
        assert second.returncode == 0
        assert set(answers) == {201}

        # what was decided is taken into the trails beside requests
        while not client.get("/api/trails").json()["fresh"]:
            threading.Event().wait(0.5)
        after = count("/api/rows"), count("/api/reports"), count("/api/trails", all="yes")
        assert after[1] == 3 and after[0] > before[0] and after[2] > before[2]
        assert count("/api/rows", q="Belarus") and count("/api/reports", q="Belarus") == 1
        assert "11-belarus-agrotown.txt" in client.get("/reports").text
        for page in ("/ledger?sort=added", "/trails?all=yes", "/actors?q=Belarus", "/funnel", "/network"):
            assert "Belarus" in client.get(page).text, page

        made = client.get("/api/decisions?limit=500").json()["decisions"]
        kept = {its["reason"] for its in made if its["stands"] and its["note"] is None}
        assert kept == {f"number {number}" for number in range(len(answers))}
        assert client.get(f"/api/rows/{rows[0]['id']}").json()["status"] == "accepted"
