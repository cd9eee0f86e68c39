"""Sessions: a random token in the browser, its hash in the file, and two ends, one for idle and one for all."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pledgetrail.serving.team.file import opened
from pledgetrail.serving.team.people import Person, fold

#: Seconds after which a session ends that nobody used, and after which every session ends.
IDLE: Final = 12 * 3600
LONGEST: Final = 7 * 24 * 3600

#: Seconds within which a further use is not written down.
_GRAIN: Final = 60


class Sessions:
    """The sessions in a file. Every method raises TeamError if the file cannot be used."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock

    def begin(self, person: Person, old: str | None = None) -> str:
        """A new session's token. ``old``, which the browser held before, ends, and so do all that are over."""
        token, now = secrets.token_urlsafe(32), int(self._clock())
        with opened(self._path) as connection:
            connection.execute("DELETE FROM sessions WHERE used <= ? OR began <= ?", (now - IDLE, now - LONGEST))
            connection.execute("DELETE FROM sessions WHERE hash = ?", (_hash(old or ""),))
            row = (_hash(token), fold(person.name), now, now)
            connection.execute("INSERT INTO sessions (hash, folded, began, used) VALUES (?, ?, ?, ?)", row)
        return token

    def who(self, token: str) -> Person | None:
        """Whose session it is, with the role of this moment; None if it is over or never was."""
        now, key = int(self._clock()), _hash(token)
        with opened(self._path) as connection:
            row = connection.execute(
                "SELECT name, role, password IS NOT NULL, began, used FROM sessions JOIN people USING (folded)"
                " WHERE hash = ?",
                (key,),
            ).fetchone()
            if row is None or row[4] <= now - IDLE or row[3] <= now - LONGEST:
                return None
            if row[4] <= now - _GRAIN:
                connection.execute("UPDATE sessions SET used = ? WHERE hash = ?", (now, key))
        return Person(row[0], row[1], bool(row[2]))

    def end(self, token: str) -> None:
        """Log out."""
        with opened(self._path) as connection:
            connection.execute("DELETE FROM sessions WHERE hash = ?", (_hash(token),))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
