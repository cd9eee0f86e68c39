from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pledgetrail import __version__
from pledgetrail.cli import app
from pledgetrail.cli import failures as codes
from pledgetrail.cli.terminal import clean
from pledgetrail.ledger import review
from pledgetrail.ledger.store import create_or_open

COMMANDS = (
    *("build", "show", "export", "explain", "search", "fetch", "watch", "doctor", "serve", "people"),
    *("trails", "funnel", "disagreements", "origins", "actors", "wording"),
)

EVIL = "PAK pledged AZE 5 for schools.\x1b[2J\x1b]0;owned\x07 [bold]not markup[/bold]"


@pytest.fixture
def cli(fake: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command in this process, with the fake reader."""
    monkeypatch.setattr("pledgetrail.pipeline.building.build.__kwdefaults__", _defaults(fake))

    def run(*arguments: Any) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def _defaults(fake: Any) -> dict[str, Any]:
    from pledgetrail.pipeline import build

    return dict(build.__kwdefaults__ or {}) | {"interpret": fake.interpret, "reader": "fake"}


@pytest.fixture
def ledger(cli: Any, tmp_path: Path) -> Path:
    records = [
        {"id": "a", "text": "PAK pledged AZE 5 for schools. PAK met AZE in Baku.", "published": "2021-01-13"},
        {"id": "b", "text": EVIL},
        {"id": "c", "text": "TUR refused ARM 3 for roads. AZE counted 1200 killed."},
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    result = cli("build", path, "-o", tmp_path / "l.sqlite")
    assert result.exit_code == codes.FINE
    return tmp_path / "l.sqlite"


def first_row(path: Path) -> str:
    database = sqlite3.connect(path)
    (row,) = database.execute("SELECT id FROM rows WHERE stage = 'pledge'").fetchone()
    database.close()
    return str(row)


def test_build_sums_up(cli: Any, ledger: Path) -> None:
    out = cli("build", ledger.with_name("in.jsonl"), "-o", ledger).stdout
    lines = {" ".join(line.split()) for line in out.splitlines()}
    assert {"documents read 0", "skipped, unchanged 3", "problems 0", "commitments 2", "pledge 1", "killed 1"} <= lines
    assert "\x1b" not in out
    assert cli("build", ledger.with_name("in.jsonl"), "-o", ledger, "--quiet").stdout == ""


def test_problems_are_named_and_tell_by_the_code(cli: Any, ledger: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "x", "text": "unreadable"}\n{"id": "y", "text": "PAK met AZE in Baku."}\n{"id": "z", "te')
    result = cli("build", bad, tmp_path / "missing.txt", "-o", ledger)
    assert result.exit_code == codes.WITH_PROBLEMS
    assert "missing.txt" in result.stderr
    assert "x: could not be interpreted" in result.stderr
    assert len([line for line in result.stderr.splitlines() if line.startswith("pledgetrail: ")]) == 3
    assert "Traceback" not in result.stderr
    nothing = cli("build", tmp_path / "missing.txt", "-o", tmp_path / "other.sqlite")
    assert nothing.exit_code == codes.NOTHING


def test_show_filters(cli: Any, ledger: Path) -> None:
    def ids(*options: str) -> int:
        lines = cli("show", ledger, *options).stdout.splitlines()
        return sum(line.startswith("r-") for line in lines)

    assert ids() == 4
    assert ids("--stage", "pledge", "--by", "Pakistan") == 1
    assert ids("--by", "PAK") == 2
    assert ids("--to", "Armenia") == 1
    assert ids("--place", "Baku") == 1
    assert ids("--kind", "figures") == 1
    assert ids("--since", "2021", "--until", "2021-01") == 1
    assert ids("--min-confidence", "0.9") == 1
    assert ids("--limit", "1", "--kind", "commitment") == 1
    assert "3 rows without a date" in cli("show", ledger, "--since", "2021").stderr
    table = cli("show", ledger, "--kind", "figure").stdout.splitlines()
    assert table[0].split("\t")[:2] == ["id", "value"]
    assert table[1].split("\t")[1:3] == ["1,200", "killed"]


def test_evidence_is_printed(cli: Any, ledger: Path) -> None:
    assert "a:0-30 PAK pledged AZE 5 for schools." in cli("show", ledger, "--evidence").stdout


def test_explain_says_why(cli: Any, ledger: Path) -> None:
    row = first_row(ledger)
    with create_or_open(ledger) as opened:
        review.record(opened, "edit", row, reviewer="ada", reason="see b", cell="what", new="classrooms")
    out = cli("explain", ledger, row).stdout
    for words in ("PAK pledged AZE 5 for «schools».", "fake:1", "trigger: schools", "ada: edit what", "classrooms"):
        assert words in out
    assert "what, otherwise: schools (as extracted)" in out
    unknown = cli("explain", ledger, "r-000")
    assert (unknown.exit_code, unknown.stderr) == (codes.NOTHING, "pledgetrail: r-000: there is no such row\n")


def test_search(cli: Any, ledger: Path) -> None:
    assert cli("search", ledger, "roads").stdout.startswith("c\t")
    assert cli("search", ledger, "nowhere").exit_code == codes.NOTHING


def test_export_writes_both_formats(cli: Any, ledger: Path, tmp_path: Path) -> None:
    assert cli("export", ledger, "--out", tmp_path / "o").exit_code == 0
    assert cli("export", ledger, "--format", "csv", "--out", tmp_path / "o").exit_code == 0
    assert len(list((tmp_path / "o").iterdir())) == 16
    assert cli("export", ledger, "--format", "xls", "--out", tmp_path / "o").exit_code == codes.USAGE


@pytest.mark.parametrize("option", ["--stage=gift", "--kind=deed", "--since=soon", "--min-confidence=2", "--limit=-1"])
def test_wrong_usage(cli: Any, ledger: Path, option: str) -> None:
    result = cli("show", ledger, option)
    assert result.exit_code == codes.USAGE
    assert option.split("=")[0] in result.stderr


def test_ledgers_that_cannot_be_used(cli: Any, ledger: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a ledger")
    newer = tmp_path / "newer.sqlite"
    create_or_open(newer).close()
    database = sqlite3.connect(newer)
    database.execute("UPDATE meta SET value = 99 WHERE key = 'schema_version'")
    database.commit()
    database.close()
    for path in (text, newer, tmp_path, tmp_path / "none.sqlite"):
        for command in (("show", path), ("export", path, "--out", tmp_path / "o"), ("explain", path, "r-1")):
            result = cli(*command)
            assert result.exit_code == codes.NO_LEDGER
            assert result.stderr.startswith(f"pledgetrail: {path}: ")
            assert result.stderr.count("\n") == 1
    for path in (text, newer, tmp_path, text / "below.sqlite", tmp_path / "no" / "l.sqlite"):
        result = cli("build", text, "-o", path)
        assert result.exit_code == codes.NO_LEDGER
        assert str(path) in result.stderr
    assert text.read_text() == "not a ledger"
    assert cli("export", ledger, "--out", text).exit_code == codes.NO_LEDGER


def test_a_missing_model_says_what_to_run(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pledgetrail.language.model import ModelMissing

    def missing(*_: Any, **__: Any) -> Any:
        raise ModelMissing("no English model; run: make setup")

    monkeypatch.setattr("pledgetrail.cli.building.build", missing)
    result = cli("build", tmp_path, "-o", tmp_path / "l.sqlite")
    assert (result.exit_code, result.stderr) == (codes.NO_MODEL, "pledgetrail: no English model; run: make setup\n")


def test_text_cannot_steer_the_terminal(cli: Any, ledger: Path) -> None:
    row = first_row(ledger)
    for command in (("show", ledger, "--evidence"), ("explain", ledger, row), ("search", ledger, "owned")):
        assert "\x1b" not in cli(*command).stdout
        screen = on_terminal(*command)
        assert "\x1b[2J" not in screen and "\x1b]0" not in screen and "\x07" not in screen
    assert "\\x1b[2J" in cli("search", ledger, "owned").stdout
    assert "[bold]not markup[/bold]" in cli("search", ledger, "owned").stdout
    assert clean("a\u202eb\nc\x9b") == "a\\u202eb c\\x9b"


def on_terminal(*arguments: Any) -> str:
    """What a command writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pledgetrail", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=theirs, stderr=subprocess.STDOUT, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return seen.decode()


def test_a_terminal_gets_tables_with_colours(ledger: Path) -> None:
    screen = on_terminal("show", ledger)
    assert "\x1b[" in screen and "commitments: 2" in screen


def test_output_that_nobody_reads_to_the_end(ledger: Path) -> None:
    command = f"{sys.executable} -m pledgetrail show {ledger} --evidence | head -n 1"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert (result.stdout[:3], result.stderr) == ("id\t", "")


def test_help_everywhere_with_examples_and_codes(cli: Any) -> None:
    for command in COMMANDS:
        out = cli(command, "--help").stdout
        assert f"pledgetrail {command} " in out.split("Examples:")[1]
        assert all(f"  {code} " in out.split("Exit codes:")[1] for code in codes.MEANINGS)
    assert all(command in cli("--help").stdout for command in COMMANDS)


def test_version_and_module() -> None:
    command = [sys.executable, "-m", "pledgetrail", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == f"pledgetrail {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from pledgetrail.cli import main\ntry: main()\nexcept SystemExit: pass\n"
        "print(sorted({'spacy', 'sqlalchemy', 'numpy', 'rich', 'rapidfuzz'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, "--help"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.endswith("[]\n")


def test_the_manual_has_every_command_option_and_code(root: Path) -> None:
    from typer.main import get_command

    manual = (root / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    group: Any = get_command(app)
    for name, command in group.commands.items():
        section = manual.split(f"## pledgetrail {name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            for option in parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]:
                assert f"`{option}" in section, (name, option)
    for code, meaning in codes.MEANINGS.items():
        assert f"| {code} | {meaning} |" in manual


def test_an_interrupted_build_says_so_and_goes_on(fake: Any, ledger: Path, tmp_path: Path, cli: Any) -> None:
    many = tmp_path / "many.jsonl"
    many.write_text("".join(f'{{"id": "m{n}", "text": "PAK met AZE in Town{n}."}}\n' for n in range(9)))
    script = (
        f"import sys, time; sys.path.append({str(Path(fake.__file__).parent)!r})\n"
        "import fake_reader, pledgetrail.pipeline.building as building\n"
        "from pledgetrail.cli import main\n"
        "def slowly(reports):\n"
        "    if reports[0].id == 'm4': print('here', flush=True); time.sleep(60)\n"
        "    return fake_reader.interpret(reports)\n"
        "building.build.__kwdefaults__.update(interpret=slowly, reader='fake')\n"
        "main()"
    )
    command = [sys.executable, "-c", script, "build", str(many), "-o", str(ledger), "--batch-size", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors.count("\n")) == (codes.INTERRUPTED, 1)
    assert "interrupted" in errors
    again = cli("build", many, "-o", ledger).stdout
    lines = {" ".join(line.split()) for line in again.splitlines()}
    assert "skipped, unchanged 4" in lines
