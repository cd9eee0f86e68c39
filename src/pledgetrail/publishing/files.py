"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO


class ExportError(Exception):
    """The export cannot be written; the message names the folder or file."""


@contextlib.contextmanager
def replacing(folder: Path, name: str, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """A text file that takes its name in the folder only when all of it is written. Newlines are written as given."""
    path = folder / name
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        with open(handle, "w", encoding=encoding, newline="") as file:
            yield file
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise ExportError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def make_folder(folder: Path) -> None:
    """Make the folder, with those above it. Raises ExportError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder}: is no folder to write to ({error.strerror or error})") from error


def _umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value
