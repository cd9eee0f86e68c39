"""One thing to read, a file or a member of an archive, and the settings that readers obey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pledgetrail.sources.bounds import Budget
from pledgetrail.sources.limits import Limits

__all__ = ["Input", "Limits", "Settings", "file_input"]


@dataclass(frozen=True, slots=True)
class Input:
    """Bytes with a name. ``open`` gives a fresh binary stream from the start each time it is called."""

    source: str  # as the user named it, fit to print; "archive.zip!member" inside an archive
    id: str  # what ids of its reports start with: the path relative to the folder given
    name: str  # the last part of the name; its suffix helps to tell the format
    open: Callable[[], BinaryIO]
    path: Path | None = None  # where it lies, if it is a file itself
    depth: int = 0  # how many layers of packing it was taken out of
    budget: Budget | None = None  # of the archive it was taken out of


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose for reading."""

    limits: Limits = field(default_factory=Limits)
    columns: Mapping[str, str] = field(default_factory=dict)  # field of a report -> column of a table
    passed_over: Counter[str] = field(default_factory=Counter)  # what readers leave out by design, counted by them


def file_input(path: Path, source: str, id: str) -> Input:
    """The input that a plain file is."""
    return Input(source, id, path.name, lambda: path.open("rb"), path)
