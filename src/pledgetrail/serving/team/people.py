"""Who belongs to the team, and what each may do."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pledgetrail.serving.team import passwords
from pledgetrail.serving.team.errors import TeamError, Unknown
from pledgetrail.serving.team.file import make, opened

#: Each may do what those before it may: read; decide; say who belongs to the team.
ROLES: Final = ("reader", "reviewer", "admin")

#: Characters of a name. It is what decisions are signed with.
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose requests are answered. ``has_password`` is False for those whom only a proxy vouches for."""

    name: str
    role: str
    has_password: bool = True

    @property
    def may_decide(self) -> bool:
        """Whether decisions of theirs are recorded."""
        return self.role in ("reviewer", "admin")

    @property
    def may_manage(self) -> bool:
        """Whether they may say who belongs to the team."""
        return self.role == "admin"


class People:
    """The people in a file. Every method raises TeamError if the file cannot be used."""

    def __init__(self, path: Path) -> None:
        """The file need not be there yet; ``add`` makes it."""
        self.path = path

    def listed(self) -> list[Person]:
        """All, by name."""
        with opened(self.path) as connection:
            rows = connection.execute("SELECT name, role, password IS NOT NULL FROM people ORDER BY folded")
            return [Person(name, role, bool(has)) for name, role, has in rows]

    def find(self, name: str) -> Person | None:
        """Who has a name, however it is capitalised or composed."""
        with opened(self.path) as connection:
            row = connection.execute(
                "SELECT name, role, password IS NOT NULL FROM people WHERE folded = ?", (fold(name),)
            ).fetchone()
        return Person(row[0], row[1], bool(row[2])) if row else None

    def add(self, name: str, role: str, password: str | None) -> Person:
        """Somebody new. Raises TeamError if the name is taken, or something does not fit."""
        name = clean_name(name)
        kept = None if password is None else passwords.hashed(password, name)
        make(self.path)
        with opened(self.path) as connection:
            try:
                connection.execute(
                    "INSERT INTO people (folded, name, role, password) VALUES (?, ?, ?, ?)",
                    (fold(name), name, _role(role), kept),
                )
            except sqlite3.IntegrityError:
                raise TeamError(f"there is a {name} already") from None
        return Person(name, role, kept is not None)

    def remove(self, name: str) -> None:
        """End somebody's membership and sessions; decisions stay under the name. Raises TeamError for nobody."""
        with self._one(name) as (connection, folded):
            connection.execute("DELETE FROM people WHERE folded = ?", (folded,))

    def set_role(self, name: str, role: str) -> None:
        """Give a role, which counts from the next request. Raises TeamError for nobody, or no role."""
        with self._one(name) as (connection, folded):
            connection.execute("UPDATE people SET role = ? WHERE folded = ?", (_role(role), folded))

    def set_password(self, name: str, password: str) -> None:
        """Give a password, and end all sessions. Raises TeamError for nobody, or a password that does not do."""
        kept = passwords.hashed(password, clean_name(name))
        with self._one(name) as (connection, folded):
            connection.execute("UPDATE people SET password = ? WHERE folded = ?", (kept, folded))
            connection.execute("DELETE FROM sessions WHERE folded = ?", (folded,))

    def check(self, name: str, password: str) -> Person | None:
        """Who has a name and a password. Nobody takes as long to be found out as somebody with another password."""
        with opened(self.path) as connection:
            row = connection.execute(
                "SELECT name, role, password FROM people WHERE folded = ?", (fold(name),)
            ).fetchone()
        if not passwords.fits(password, row[2] if row else None):
            return None
        return Person(row[0], row[1])

    @contextmanager
    def _one(self, name: str) -> Iterator[tuple[sqlite3.Connection, str]]:
        folded = fold(name)
        with opened(self.path) as connection:
            if not connection.execute("SELECT 1 FROM people WHERE folded = ?", (folded,)).fetchone():
                raise Unknown(f"there is no {shown(name)}")
            yield connection, folded


def clean_name(name: str) -> str:
    """A name as it is kept. Raises TeamError if it is empty, long, or has signs that cannot be seen."""
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if not name or len(name) > _LONGEST_NAME:
        raise TeamError(f"a name has 1 to {_LONGEST_NAME} characters")
    if any(unicodedata.category(sign)[0] == "C" for sign in name):
        raise TeamError("a name has only signs that can be seen")
    return name


def fold(name: str) -> str:
    """What two names share that are the same to a person who types them."""
    bare = " ".join(name.encode("utf-8", "replace").decode().split())[: 4 * _LONGEST_NAME]
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())


def shown(name: str) -> str:
    """A name that somebody else gave, short and without signs that cannot be seen."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(s)[0] == "C" else s for s in name[:_LONGEST_NAME]
    )


def _role(role: str) -> str:
    if role not in ROLES:
        raise TeamError(f"there are the roles {', '.join(ROLES)}")
    return role
