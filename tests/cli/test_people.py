from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from pledgetrail.cli import app
from pledgetrail.serving.team import People, passwords

SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing."""
    monkeypatch.setattr(passwords, "hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.sqlite"


def _people(*words: Any, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["people", *map(str, words)], input=typed, env={"COLUMNS": "300"})
    return done.exit_code, done.stdout + done.stderr


def test_people_come_change_and_go(file: Path) -> None:
    assert _people("add", file, "Ada  L.", "--role", "admin", typed=f"{SECRET}\n") == (
        0,
        "Ada L. has the role admin now\n",
    )
    assert _people("add", file, "bo", "--no-password")[0] == 0
    assert _people("list", file) == (0, "Ada L.\tadmin\tpassword\nbo\treviewer\tproxy\n")
    assert file.stat().st_mode & 0o777 == 0o600 and SECRET.encode() not in file.read_bytes()
    team = People(file)
    assert team.check("ada l.", SECRET) and not team.check("bo", "") and not team.check("bo", SECRET)
    assert _people("role", file, "BO", "--role", "reader")[0] == 0
    assert _people("password", file, "bo", typed="another long one")[0] == 0
    assert team.check("bo", "another long one").role == "reader"  # type: ignore[union-attr]
    assert _people("remove", file, "bo")[0] == 0
    assert _people("list", file) == (0, "Ada L.\tadmin\tpassword\n")


@pytest.mark.parametrize(
    ("words", "typed", "code", "said"),
    [
        (["add", "FILE", "ada"], SECRET, 2, "already"),
        (["add", "FILE", "ＡＤＡ"], SECRET, 2, "already"),
        (["add", "FILE", "cy"], "short", 2, "12 to 1,000"),
        (["add", "FILE", "cy"], "", 2, "12 to 1,000"),
        (["add", "FILE", "cy"], "a" * 20, 2, "guessed"),
        (["add", "FILE", "a rather long name"], "A rather long name", 2, "guessed"),
        (["add", "FILE", " "], SECRET, 2, "1 to 80"),
        (["add", "FILE", "x" * 81], SECRET, 2, "1 to 80"),
        (["add", "FILE", "c\u202ey"], SECRET, 2, "can be seen"),
        (["add", "FILE", "c\x1b[2Jy"], SECRET, 2, "can be seen"),
        (["add", "FILE", "cy", "--role", "root"], SECRET, 2, "reader, reviewer, admin"),
        (["remove", "FILE", "no\x1b[2Jbody"], "", 4, "there is no no"),
        (["password", "FILE", "nobody"], SECRET, 4, "there is no nobody"),
        (["role", "FILE", "ada"], "", 2, "--role"),
        (["list", "FILE", "ada"], "", 2, "NAME"),
        (["remove", "FILE"], "", 2, "NAME"),
        (["rename", "FILE", "ada"], "", 2, "ACTION"),
        (["remove", "FILE", "ada", "--no-password"], "", 2, "--no-password"),
        (["list", "NONE"], "", 4, "there is no file"),
        (["list", "TEXT"], "", 2, "no file of people"),
        (["add", "FOLDER/none/p", "cy"], SECRET, 2, "cannot be made"),
    ],
)
def test_what_does_not_fit_is_said(file: Path, words: list[str], typed: str, code: int, said: str) -> None:
    People(file).add("ada", "reader", SECRET)
    text = file.with_name("text")
    text.write_text("people" * 1000)
    names = {"FILE": file, "NONE": file.with_name("none"), "TEXT": text, "FOLDER/none/p": file.parent / "none" / "p"}
    found, out = _people(*(names.get(word, word) for word in words), typed=typed)
    assert (found, said in out, "\x1b" in out) == (code, True, False), out
    assert [one.name for one in People(file).listed()] == ["ada"]


def test_what_is_no_file_of_people_is_left_as_it_is(tmp_path: Path) -> None:
    text = tmp_path / "ledger.txt"
    text.write_text("mine")
    assert _people("add", text, "cy", typed=SECRET)[0] == 2 and text.read_text() == "mine"
