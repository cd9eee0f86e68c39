"""The pages: every command on them runs, and the lists on them are those of the code."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pledgetrail import vocabulary
from pledgetrail.cli import app
from pledgetrail.publishing import spreadsheet, together

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"\br-[0-9a-f]{12}\b")


def commands(page: Path) -> list[str]:
    """What stands after a ``$`` in the console blocks of a page; a backslash goes on in the next line."""
    blocks = [body for kind, body in FENCED.findall(page.read_text(encoding="utf-8")) if kind == "console"]
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def run(command: str) -> tuple[int, str, str]:
    """Exit code, output and errors. Our own commands run in this process, all else in a shell."""
    words = shlex.split(command)
    if Path(words[0]).name == "pledgetrail" and not {"|", "&&", ">"} & set(words):
        result = CliRunner().invoke(app, words[1:], catch_exceptions=False)
        return result.exit_code, result.stdout, result.stderr
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    shell = ["bash", "-o", "pipefail", "-c", command]
    done = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of one page, and one feed of it (``.rss``), whose hosts do not mind how often they are asked."""
    from pledgetrail.sources.fetching import crawling, exchange, hosts, robots

    text = "The ministry pledged $5 million on Monday to rebuild schools in the flooded valley. " * 5
    page = f"<html><head><title>A pledge</title></head><body><article><p>{text}</p></article></body></html>"
    item = f"<title>A pledge</title><link>https://example.org/a</link><description>{text[:80]}</description>"
    feed = f'<rss version="2.0"><channel><title>Example</title><item>{item}</item></channel></rss>'

    async def ask(address: exchange.Address, *_: object) -> exchange.Answer:
        there = address.target != "/robots.txt"
        body = feed if address.target.endswith(".rss") else page
        head = ((b"Content-Type", b"text/html; charset=utf-8"),)
        now, request = dt.datetime.now(dt.UTC), f"GET {address.target} HTTP/1.1\r\n\r\n".encode()
        return exchange.Answer(address, "192.0.2.1", now, request, 200 if there else 404, b"", head, body.encode())

    async def turn(_: object) -> None:
        pass

    monkeypatch.setattr(crawling, "ask", ask)
    monkeypatch.setattr(robots, "ask", ask)
    monkeypatch.setattr(hosts.Host, "turn", turn)


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=name)
@pytest.mark.usefixtures("web")
def test_commands_run(page: Path, sample_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in a folder that has the samples and their ledger. A row's id stands for that of any row."""
    monkeypatch.chdir(tmp_path)
    for folder in ("samples", "tests"):
        Path(folder).symlink_to(ROOT / folder)
    Path(".venv").symlink_to(sys.prefix)
    shutil.copy(sample_ledger, "samples.sqlite")
    with contextlib.closing(sqlite3.connect("samples.sqlite")) as database:
        (row,) = database.execute("SELECT id FROM rows WHERE stage = 'pledge' AND by_names != ''").fetchone()
    for command in commands(page):
        code, output, errors = run(ROW.sub(row, command))
        assert code == 0, (command, errors)
        quiet = any(word in command for word in (" > ", "--quiet", "FROM problems", "pledgetrail export"))
        assert output.strip() or quiet, (command, errors)


def test_every_command_of_the_pages_is_run() -> None:
    """Our own commands stand in console blocks, where the test above runs them."""
    for page in PAGES:
        for kind, body in FENCED.findall(page.read_text(encoding="utf-8")):
            shown = [line for line in body.splitlines() if re.match(r"(\$ )?(\.venv/bin/)?pledgetrail ", line)]
            assert not shown or kind == "console", (name(page), shown)
            assert all(line.startswith("$ ") for line in shown), (name(page), shown)


def cells(page: str, heading: str) -> set[str]:
    """The code in the first column of the table below a heading, or in the prose up to a full stop without table."""
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    section = re.split(r"^#+ ", text.split(f" {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    return set(re.findall(r"`([^`]+)`", " ".join(rows) if rows else section))


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Stages of a commitment", vocabulary.STAGES),
        ("Kinds of encounter", vocabulary.ENCOUNTERS),
        ("Measures of a figure", vocabulary.MEASURES),
        ("Flows", vocabulary.FLOWS),
        ("Types of party", vocabulary.PARTY_TYPES),
    ],
)
def test_the_vocabulary_is_the_code_s(heading: str, words: tuple[str, ...]) -> None:
    assert cells("vocabulary.md", heading) == set(words)


def test_the_sectors_are_the_code_s() -> None:
    page = (ROOT / "docs" / "reference" / "vocabulary.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| (\d{3}) \| (.*) \|$", page, re.MULTILINE)) == vocabulary.SECTORS


def fields(export: Path, file: str) -> Iterator[str]:
    for line in (export / file).read_text(encoding="utf-8").splitlines()[:1]:
        yield from json.loads(line)


@pytest.mark.parametrize("file", ["commitments.jsonl", "encounters.jsonl", "figures.jsonl"])
def test_every_field_of_a_row_is_explained(file: str, sample_ledger: Path) -> None:
    written = set(fields(sample_ledger.with_suffix(""), file))
    if not written:
        pytest.skip(f"the samples give no {file}")
    assert written == cells("export.md", "Fields of every row") | cells("export.md", file)


@pytest.mark.parametrize(
    "file", ["documents.jsonl", "actors.jsonl", "trails.jsonl", "disagreements.jsonl", "copies.jsonl"]
)
def test_every_field_of_a_record_is_explained(file: str, sample_ledger: Path) -> None:
    written = set(fields(sample_ledger.with_suffix(""), file))
    assert written and written <= cells("export.md", file)


def test_every_column_of_the_spreadsheets_is_explained() -> None:
    page = (ROOT / "docs" / "reference" / "export.md").read_text(encoding="utf-8")
    explained = {word for line in page.splitlines() for word in re.findall(r"`([^`]+)`", line)}
    for columns in (*spreadsheet.COLUMNS.values(), together.ACTORS, together.TRAILS, together.DISAGREEMENTS):
        assert set(columns) <= explained


def test_every_data_file_is_listed() -> None:
    package = ROOT / "src" / "pledgetrail"
    files = {path.relative_to(package).as_posix() for path in package.glob("*/data/*") if path.is_file()}
    page = (ROOT / "docs" / "reference" / "data-files.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\S+/data/\S+)` \|", page, re.MULTILINE))
    assert listed == {re.sub(r"/[^/]*\.weights\.tsv$", "/*.weights.tsv", file) for file in files}


def test_every_table_of_weights_is_on_the_model_card() -> None:
    data = ROOT / "src" / "pledgetrail" / "extraction" / "data"
    card = (ROOT / "docs" / "reference" / "decisions.md").read_text(encoding="utf-8")
    section = card.split("## What they are\n")[1].split("\n## ")[0]
    listed = {word for line in section.splitlines() if line.startswith("| `") for word in re.findall(r"`(\w+)`", line)}
    assert {path.name.removesuffix(".weights.tsv") for path in data.glob("*.weights.tsv")} <= listed


def test_the_scores_of_the_readme_are_the_baseline_s() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- scores: written by scripts/report_scores.py -->\n")[1].split("<!--")[0]
    baseline = json.loads((ROOT / "samples" / "baseline.json").read_text(encoding="utf-8"))
    shown = [line.split("|")[2:8] for line in table.splitlines()[2 : 2 + len(baseline)]]
    expected = [
        [kind, str(score["gold"]), *(f"{score[rate]:.2f}" for rate in ("precision", "recall", "f1", "full_f1"))]
        for kind, score in baseline.items()
    ]
    assert [[cell.strip() for cell in row] for row in shown] == expected, "run `make readme-scores`"


def test_pages_named_in_the_code_exist() -> None:
    sources = [path for folder in ("src", "scripts", "bench") for path in (ROOT / folder).rglob("*.py")]
    named = {page for path in sources for page in re.findall(r"docs/[\w/-]+\.md", path.read_text(encoding="utf-8"))}
    assert named and not {page for page in named if not (ROOT / page).is_file()}
