"""Small text files that a user gives with an option: lists, lexicons."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import typer

from pledgetrail.cli.terminal import clean


def read_given(path: Path, option: str, largest: int) -> str:
    """The text of a file, of at most so many bytes of UTF-8. One that cannot be read is an error of usage."""
    try:
        if path.stat().st_size > largest:
            raise typer.BadParameter(f"{path}: is too large ({largest:,} bytes at most)", param_hint=option)
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{path}: is no text in UTF-8; save it as UTF-8", param_hint=option) from None
    except OSError as error:
        raise typer.BadParameter(f"{path}: cannot be read ({error.strerror or error})", param_hint=option) from None


def say_problems(path: Path, problems: Iterable[str]) -> None:
    """What is wrong in a file, one line each on stderr."""
    for problem in problems:
        print(clean(f"{path}: {problem}"), file=sys.stderr)
