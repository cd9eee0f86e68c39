"""Hosts and their turns: a pace for each, and nobody waits for a slow one while another is ready."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pledgetrail.sources.fetching.robots import Rules

T = TypeVar("T")


@dataclass(slots=True)
class Host(Generic[T]):
    """What is known of a host in this run. Times are of the event loop's clock."""

    name: str
    interval: float  # seconds between the beginnings of two requests
    free_at: float = 0.0  # when the next request may begin
    waiting: deque[T] = field(default_factory=deque)
    rules: dict[tuple[str, str, int], Rules] = field(default_factory=dict)
    reading_rules: asyncio.Lock = field(default_factory=asyncio.Lock)
    strikes: int = 0  # addresses that failed, since the last that did not
    closed: str | None = None  # why nothing more is asked of it in this run

    async def turn(self) -> None:
        """Wait for a moment at which a request may begin, and take it."""
        now = asyncio.get_running_loop().time()
        start = max(now, self.free_at)
        self.free_at = start + self.interval
        if start > now:
            await asyncio.sleep(start - now)

    def pause(self, seconds: float) -> None:
        """Let no request begin for a while."""
        self.free_at = max(self.free_at, asyncio.get_running_loop().time() + seconds)


class Frontier(Generic[T]):
    """The hosts that have something waiting, the one that is free first in front."""

    def __init__(self, interval: float) -> None:
        """``interval``: seconds between two requests to one host, until it asks for more."""
        self._interval = interval
        self._hosts: dict[str, Host[T]] = {}
        self._ready: list[tuple[float, int, Host[T]]] = []
        self._order = itertools.count()

    def host(self, name: str) -> Host[T]:
        """The host of a name."""
        if name not in self._hosts:
            self._hosts[name] = Host(name, self._interval)
        return self._hosts[name]

    def add(self, name: str, item: T) -> None:
        """Let something wait for its host's turn."""
        host = self.host(name)
        host.waiting.append(item)
        if len(host.waiting) == 1:
            self.back(host)

    def back(self, host: Host[T]) -> None:
        """Put a host that was taken among the others again, if something waits there."""
        if host.waiting:
            heapq.heappush(self._ready, (host.free_at, next(self._order), host))

    def take(self) -> Host[T] | None:
        """The host that is free first. It is the taker's until it is put back."""
        return heapq.heappop(self._ready)[2] if self._ready else None
