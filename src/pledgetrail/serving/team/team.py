"""The team of one running server: its people, their sessions, and how they prove who they are."""

from __future__ import annotations

from typing import Final

import anyio
from starlette.requests import HTTPConnection
from starlette.types import Scope

from pledgetrail.serving.settings import Settings
from pledgetrail.serving.team import passwords
from pledgetrail.serving.team.errors import TeamError
from pledgetrail.serving.team.people import People, Person, fold
from pledgetrail.serving.team.proxy import Proxy
from pledgetrail.serving.team.sessions import Sessions
from pledgetrail.serving.team.throttle import Throttle

#: Passwords that are checked at a time; each takes 64 MiB.
_CHECKS: Final = 2


class TooManyTries(Exception):
    """A password was tried too often; ``seconds`` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many tries. Wait {seconds} seconds, then try again.")
        self.seconds = seconds


class Team:
    """Answers who asks, and lets people in and out."""

    def __init__(self, settings: Settings) -> None:
        """Raises TeamError if there is no file of people, nobody in it, or a proxy that cannot be believed."""
        if settings.team is None:
            raise TeamError("no file of people was named")
        self.people = People(settings.team)
        self.proxy = Proxy(settings.proxy_header, settings.proxy_from)
        self.cookie = settings.login_cookie
        self.secure = settings.secure
        self.sessions = Sessions(settings.team)
        self._throttle = Throttle()
        self._checks: anyio.CapacityLimiter | None = None
        if not self.people.listed():
            raise TeamError(f"{settings.team}: nobody is in it; pledgetrail people add adds somebody")
        passwords.warm()

    def who(self, scope: Scope) -> Person | None:
        """Who sent a request, as a session or a believed proxy tells. Raises TeamError if the file cannot be used."""
        if self.proxy.vouches:
            named = self.proxy.identity(scope)
            return self.people.find(named) if named else None
        token = HTTPConnection(scope).cookies.get(self.cookie)
        return self.sessions.who(token) if token else None

    async def log_in(self, scope: Scope, name: str, password: str) -> str | None:
        """A new session's token, None for a wrong name or password. Raises TooManyTries, TeamError."""
        person = await self.check(scope, name, password)
        if person is None:
            return None
        old = HTTPConnection(scope).cookies.get(self.cookie)
        return await anyio.to_thread.run_sync(self.sessions.begin, person, old)

    async def check(self, scope: Scope, name: str, password: str) -> Person | None:
        """Who has this name and password. Counts as a try. Raises TooManyTries, TeamError."""
        key, address = fold(name), self.proxy.address(scope)
        wait = self._throttle.admit(key, address)
        if wait:
            raise TooManyTries(wait)
        if self._checks is None:  # belongs to the running event loop
            self._checks = anyio.CapacityLimiter(_CHECKS)
        person = await anyio.to_thread.run_sync(self.people.check, name, password, limiter=self._checks)
        if person is not None:
            self._throttle.succeeded(key, address)
        return person

    async def set_password(self, name: str, password: str) -> None:
        """Give a password, and end all sessions of theirs. Raises TeamError."""
        if self._checks is None:
            self._checks = anyio.CapacityLimiter(_CHECKS)
        await anyio.to_thread.run_sync(self.people.set_password, name, password, limiter=self._checks)
