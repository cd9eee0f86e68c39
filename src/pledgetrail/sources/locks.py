"""A file that one process holds at a time."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path


class Held(Exception):
    """Another process holds the file."""


@contextlib.contextmanager
def holding(path: Path) -> Iterator[None]:
    """Hold a file, made if need be. The hold ends with the process, however that ends. Raises Held, OSError."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held(str(path)) from None
        yield
