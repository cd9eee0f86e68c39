"""What a watch knows of its feeds from one poll to the next: a small file beside the ledger."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Known:
    """An entry that the ledger has."""

    sha256: str  # of what the feed said of it
    tries: int = 0  # at its page
    done: bool = True  # nothing more is to be had of it


@dataclass(slots=True)
class FeedState:
    """What is known of a feed. ``entries`` are those that it held when it was last read, by their reports' ids."""

    etag: str | None = None
    modified: str | None = None
    entries: dict[str, Known] = field(default_factory=dict)

    def headers(self) -> tuple[tuple[str, str], ...]:
        """What a request says so that an unchanged feed need not be sent; nothing while pages are still to be had."""
        if not all(known.done for known in self.entries.values()):
            return ()
        given = (("If-None-Match", self.etag), ("If-Modified-Since", self.modified))
        return tuple((name, value) for name, value in given if value)


@dataclass(slots=True)
class WatchState:
    """The states of all feeds by name, and the version of the reader that read their entries."""

    reader: str
    feeds: dict[str, FeedState] = field(default_factory=dict)

    def of(self, name: str) -> FeedState:
        """The state of a feed, blank if there is none."""
        return self.feeds.setdefault(name, FeedState())

    def save(self, path: Path) -> None:
        """Write it so that a reader sees the old file or the new one. Raises OSError."""
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(self), file, indent=1)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise


def load(path: Path, reader: str) -> WatchState:
    """The state of a file. Blank, so that everything is read anew, if there is none, if it cannot be read, or if
    another reader wrote it.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["reader"] != reader:
            return WatchState(reader)
        return WatchState(reader, {name: _feed(feed) for name, feed in found["feeds"].items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return WatchState(reader)


def _feed(found: dict[str, Any]) -> FeedState:
    entries = {name: Known(**known) for name, known in found["entries"].items()}
    return FeedState(found["etag"], found["modified"], entries)
