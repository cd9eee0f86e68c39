"""Asking for many addresses: politely to each host, in parallel over the hosts, each address with an end."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final, Literal, get_args

from pledgetrail.sources.fetching.addresses import Address, BadAddress
from pledgetrail.sources.fetching.exchange import Answer, Failure, FailureKind, ask
from pledgetrail.sources.fetching.hosts import Frontier, Host
from pledgetrail.sources.fetching.manners import Manners
from pledgetrail.sources.fetching.robots import REDIRECTS, Rules, read_rules

Outcome = (
    Literal["fetched", "there", "not-there", "robots", "too-many-redirects", "server-error", "put-off"] | FailureKind
)

#: Every way in which asking for an address can end.
OUTCOMES: Final[tuple[str, ...]] = tuple(kind for part in get_args(Outcome) for kind in get_args(part) or (part,))

_RETRIED: Final = ("timeout", "server-error")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address to ask for. ``headers`` go with the request; a feed that its reader named is asked without robots."""

    address: Address
    robots: bool = True
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """How asking for an address ended, and the answers from the first redirect to the last, if they are to be kept."""

    outcome: Outcome
    message: str = ""
    answers: tuple[Answer, ...] = ()


@dataclass(slots=True)
class _Waiting:
    wanted: Wanted
    tried: int = 0


class Crawler:
    """Asks for addresses. One run of it knows its hosts; two runs share nothing."""

    def __init__(self, manners: Manners, known: Callable[[Address], bool] = lambda _: False) -> None:
        """``known`` tells addresses that are kept already: a redirect is not followed to one."""
        self._manners = manners
        self._known = known
        self._frontier: Frontier[_Waiting] = Frontier(manners.rate)

    async def run(self, wanted: Iterable[Wanted], take: Callable[[Wanted, Result], None]) -> None:
        """Ask for all of them and hand each to ``take`` with its result, in the order in which they end."""
        for one in wanted:
            self._frontier.add(one.address.host, _Waiting(one))
        workers = [asyncio.create_task(self._work(take)) for _ in range(self._manners.workers)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, take: Callable[[Wanted, Result], None]) -> None:
        """Serve the host that is free first, one address at a time, until no host has any left."""
        while (host := self._frontier.take()) is not None:
            waiting = host.waiting.popleft()
            last, result = await self._attempt(host, waiting.wanted)
            waiting.tried += 1
            again = result.outcome in _RETRIED and waiting.tried < self._manners.attempts and not last.closed
            if again:
                last.pause(self._manners.backoff * 2 ** (waiting.tried - 1))
                host.waiting.appendleft(waiting)
            else:
                self._judge(last, result)
                take(waiting.wanted, result)
            self._frontier.back(host)

    def _judge(self, host: Host[_Waiting], result: Result) -> None:
        """Count failures that follow each other: a host that is down is not waited for at each of its addresses."""
        if result.outcome not in ("timeout", "unreachable", "server-error"):
            host.strikes = 0
            return
        host.strikes += 1
        if host.strikes >= self._manners.strikes and not host.closed:
            host.closed = f"{host.name} failed {host.strikes} times in a row, the last time because it {result.message}"

    async def _attempt(self, host: Host[_Waiting], wanted: Wanted) -> tuple[Host[_Waiting], Result]:
        """Follow an address to its end once. The host that the end was reached at, and the result."""
        address = wanted.address
        answers: list[Answer] = []
        left = self._manners.timeout
        if self._known(address):
            return host, Result("there")
        while True:
            refusal = await self._closed(host, wanted, address)
            if refusal is not None:
                return host, refusal
            await host.turn()
            answer, left = await self._ask(address, () if answers else wanted.headers, left)
            if isinstance(answer, Result):
                return host, answer
            answers.append(answer)
            location = answer.header("location")
            if answer.status not in REDIRECTS or location is None:
                return host, self._last(host, answers)
            try:
                address = address.join(location)
            except BadAddress as error:
                return host, Result("broken-answer", f"redirects to what {error}")
            if len(answers) > self._manners.max_redirects or any(address == one.address for one in answers):
                message = f"redirects in a circle or more than {self._manners.max_redirects} times"
                return host, Result("too-many-redirects", message)
            if self._known(address):
                return host, Result("fetched", answers=tuple(answers))
            host = self._frontier.host(address.host)

    async def _ask(
        self, address: Address, headers: tuple[tuple[str, str], ...], left: float
    ) -> tuple[Answer | Result, float]:
        """One exchange within what is left of the time, and what is left after it."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(left):
                answer = await ask(address, self._manners, headers)
        except TimeoutError:
            return Result("timeout", f"did not answer in full within {self._manners.timeout:g} seconds"), 0.0
        except Failure as failure:
            return Result(failure.kind, str(failure)), 0.0
        return answer, max(0.0, left - (clock() - began))

    async def _closed(self, host: Host[_Waiting], wanted: Wanted, address: Address) -> Result | None:
        """Why an address must not be asked for now; None if it may be."""
        if host.closed:
            return Result("put-off", f"was not asked for: {host.closed}")
        if not wanted.robots:
            return None
        rules = await self._rules(host, address)
        if rules.failure:
            if rules.failure.kind in ("private-address", "unreachable"):
                return Result(rules.failure.kind, str(rules.failure))
            return Result("put-off", f"was not asked for: its host's robots.txt {rules.failure}")
        if not rules.allows(address):
            return Result("robots", f"is closed to {rules.name} by its host's robots.txt")
        return None

    async def _rules(self, host: Host[_Waiting], address: Address) -> Rules:
        async with host.reading_rules:
            if address.origin not in host.rules:
                await host.turn()
                rules = await read_rules(address, self._manners)
                host.rules[address.origin] = rules
                delay = min(rules.delay or 0.0, self._manners.longest_delay)
                host.interval = max(host.interval, delay)
                host.free_at += max(0.0, delay - self._manners.rate)
            return host.rules[address.origin]

    def _last(self, host: Host[_Waiting], answers: list[Answer]) -> Result:
        """The result of a chain of answers that leads nowhere further."""
        status = answers[-1].status
        if status == 429 or status >= 500:
            return Result("server-error", self._wait(host, answers[-1]))
        if 400 <= status < 500:
            return Result("not-there", f"was answered with status {status}", tuple(answers))
        return Result("fetched", answers=tuple(answers))

    def _wait(self, host: Host[_Waiting], answer: Answer) -> str:
        """Do what a busy server asks for, and say what it answered."""
        message = f"was answered with status {answer.status}"
        seconds = retry_after(answer)
        if seconds is None:
            return message
        if seconds > self._manners.longest_wait:
            host.closed = f"{host.name} asks for a pause of {seconds:,.0f} seconds"
            return f"{message}; {host.closed}"
        host.pause(seconds)
        return message


def retry_after(answer: Answer) -> float | None:
    """Seconds that a Retry-After header asks to wait, from now; None without one that can be read."""
    value = answer.header("retry-after")
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return max(0.0, (when - dt.datetime.now(dt.UTC)).total_seconds())
