"""The doctor: each state of a part, the exit codes, and both formats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from pledgetrail.cli import doctor
from pledgetrail.cli import failures as codes
from pledgetrail.cli.doctor import Check
from pledgetrail.extraction import parts

GOOD = Check("store", "works", "there")
OPTIONAL = Check("second reader", "optional", "not installed", "install it")
LESS = Check("encoder", "degraded", "missing\x1b[2J", "install it again")
BROKEN = Check("language model", "broken", "altered", "make model")


@pytest.mark.parametrize(
    ("found", "state", "code"),
    [
        ([GOOD], "works", codes.FINE),
        ([GOOD, OPTIONAL], "works", codes.FINE),
        ([LESS, GOOD, OPTIONAL], "degraded", codes.WITH_PROBLEMS),
        ([GOOD, BROKEN, LESS], "broken", codes.NO_MODEL),
    ],
)
@pytest.mark.parametrize("format", ["text", "json"])
def test_the_worst_part_decides(
    found: list[Check], state: str, code: int, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = codes.FINE
    try:
        doctor.run(format, lambda: iter(found))
    except typer.Exit as exit:
        ended = exit.exit_code
    assert ended == code
    out = capsys.readouterr().out
    if format == "json":
        whole = json.loads(out)
        assert whole["state"] == state
        assert [(c["name"], c["state"]) for c in whole["checks"]] == [(c.name, c.state) for c in found]
    else:
        assert all(check.name in out and (check.state in out) for check in found)
        assert all((check.remedy or "") in out for check in found if check.state != "works")
        assert "\x1b" not in out


def test_only_two_formats() -> None:
    with pytest.raises(typer.BadParameter, match="text or json"):
        doctor.run("xml")


def test_this_installation_can_read() -> None:
    found = {check.name: check for check in doctor.checks()}
    assert not [check for check in found.values() if check.state == "broken"], found
    assert {"python", "language model", "tables of weights", "encoder", "calibration", "store"} <= set(found)


def test_a_check_that_fails_is_a_broken_part(monkeypatch: pytest.MonkeyPatch) -> None:
    def _store() -> Check:
        raise ValueError("odd")

    monkeypatch.setattr(doctor, "_store", _store)
    assert Check("store", "broken", "ValueError: odd") in list(doctor.checks())


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(parts, "data_folder", lambda: tmp_path)
    return tmp_path


def test_what_is_missing_is_said_in_one_clause_each(empty: Path) -> None:
    said = list(parts.lacking())
    assert len(said) == 2 and "acts, givers" in said[0] and "rules" in said[0] and "calibration" in said[1]
    for name in parts.DECISIONS:
        (empty / f"{name}.weights.tsv").touch()
    assert list(parts.lacking())[0] == "the encoder is missing: decisions use the tables alone"
    (empty / "encoder").mkdir()
    (empty / "encoder" / "manifest.json").write_text("{}")
    (empty / "calibration.tsv").touch()
    assert list(parts.lacking()) == []


def test_an_encoder_that_is_not_whole_is_broken(empty: Path) -> None:
    assert doctor._encoder().state == "degraded"
    (empty / "encoder").mkdir()
    (empty / "encoder" / "manifest.json").write_text("{}")
    assert doctor._encoder().state == "broken"


def test_missing_tables_are_named(empty: Path) -> None:
    check = doctor._tables()
    assert check.state == "degraded" and "claimants" in check.says and check.remedy


def test_a_malformed_table_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ValueError("line 3: a weight is not a number")

    monkeypatch.setattr("pledgetrail.extraction.decisions.load_model", broken)

    def only() -> Iterator[Check]:
        yield from (check for check in doctor.checks() if "tables" in check.name)

    assert [check.state for check in only()] == ["broken"]
