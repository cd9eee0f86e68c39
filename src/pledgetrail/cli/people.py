"""The command ``people``: who may use a ledger that a team shares."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Final

import typer

from pledgetrail.cli.failures import NOTHING, USAGE, fail
from pledgetrail.cli.terminal import clean
from pledgetrail.serving.team import ROLES, People, TeamError, Unknown

ACTIONS: Final = ("add", "remove", "role", "password", "list")

#: Characters of a line of the standard input that are read as a password.
_LINE: Final = 10_000


def run(action: str, file: Path, name: str | None, role: str | None, no_password: bool) -> None:
    """Do one change, or print the people: name, role and how they come in, with tabs between them."""
    _check(action, name, role, no_password)
    team = People(file)
    try:
        if action == "list":
            for one in team.listed():
                print(f"{clean(one.name)}\t{one.role}\t{'password' if one.has_password else 'proxy'}")
            return
        print(_change(team, action, name or "", role, no_password))
    except TeamError as error:
        fail(str(error), NOTHING if isinstance(error, Unknown) else USAGE)


def _change(team: People, action: str, name: str, role: str | None, no_password: bool) -> str:
    if action == "add":
        added = team.add(name, role or "reviewer", None if no_password else _password())
        return f"{clean(added.name)} has the role {added.role} now"
    if action == "remove":
        team.remove(name)
        return f"{clean(name)} is in the team no more; what they decided stays"
    if action == "role":
        team.set_role(name, role or "")
        return f"{clean(name)} has the role {role} now"
    if team.find(name) is None:  # before anything is typed
        raise Unknown(f"there is no {clean(name)}")
    team.set_password(name, _password())
    return f"{clean(name)} has a new password; their sessions are ended"


def _check(action: str, name: str | None, role: str | None, no_password: bool) -> None:
    """Raises BadParameter for what does not go together."""
    if action not in ACTIONS:
        raise typer.BadParameter(f"is one of {', '.join(ACTIONS)}", param_hint="ACTION")
    if (name is None) != (action == "list"):
        raise typer.BadParameter("list takes none, and the others one", param_hint="NAME")
    if role is not None and role not in ROLES:
        raise typer.BadParameter(f"is one of {', '.join(ROLES)}", param_hint="--role")
    if (role is None and action == "role") or (role is not None and action not in ("add", "role")):
        raise typer.BadParameter("goes with role, and with add", param_hint="--role")
    if no_password and action != "add":
        raise typer.BadParameter("goes with add", param_hint="--no-password")


def _password() -> str:
    """A password, typed twice at a terminal, else the first line of the standard input."""
    if not sys.stdin.isatty():
        try:
            return sys.stdin.readline(_LINE).rstrip("\r\n")
        except UnicodeDecodeError:
            fail("the password is no text in the terminal's encoding", USAGE)
    first = getpass.getpass("Password (12 characters or more): ")
    if getpass.getpass("Once more: ") != first:
        fail("the two are not the same; nothing was changed", USAGE)
    return first
