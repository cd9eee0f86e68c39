"""Passwords: kept as argon2id hashes, checked in the same time whether or not there is such a person."""

from __future__ import annotations

import functools
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pledgetrail.serving.team.errors import TeamError

#: Characters. NIST SP 800-63B asks for length and for no rules about kinds of signs.
SHORTEST: Final = 12
LONGEST: Final = 1000


@functools.cache
def hasher() -> PasswordHasher:
    """argon2id with the library's parameters (RFC 9106's second recommended: 64 MiB, 3 passes)."""
    return PasswordHasher()


@functools.cache
def _nobody() -> str:
    """A hash that no password has, to be checked in the stead of one that is not there."""
    import secrets

    return hasher().hash(secrets.token_hex(32))


def hashed(password: str, name: str) -> str:
    """The hash that is kept of a new password. Raises TeamError for one that is too short, too long, or the name."""
    password = _same(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise TeamError(f"a password has {SHORTEST} to {LONGEST:,} characters")
    if len(set(password)) < 4 or name.casefold() == password.casefold():
        raise TeamError("that password is guessed at once; take another")
    return hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one whose hash is kept; None is the hash of nobody, and takes as long to check."""
    try:
        hasher().verify(kept or _nobody(), _same(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def warm() -> None:
    """Make what the first check of an unknown name would otherwise take longer for."""
    _nobody()


def _same(password: str) -> str:
    """One form for what is typed alike (NFKC); keyboards and systems compose letters differently."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())
