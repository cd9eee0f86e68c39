"""What goes wrong with people, in words for those who see it."""

from __future__ import annotations


class TeamError(Exception):
    """Something about people does not fit; the message says what."""


class Unknown(TeamError):
    """There is no such person, or no file of people."""


class Forbidden(TeamError):
    """Somebody wants to do what their role does not allow."""
