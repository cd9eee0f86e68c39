"""What a host lets robots do: robots.txt as RFC 9309 says, read once a run for each scheme, host and port."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, Protocol

from pledgetrail.sources.fetching.addresses import Address, BadAddress
from pledgetrail.sources.fetching.exchange import Answer, Failure, ask
from pledgetrail.sources.fetching.manners import Manners

#: What is read of a robots.txt; RFC 9309 asks for at least this.
_LONGEST: Final = 500 * 1024

#: Redirects that are followed to a robots.txt, as RFC 9309 asks.
_HOPS: Final = 5

REDIRECTS: Final = (301, 302, 303, 307, 308)


class _Reader(Protocol):
    def can_fetch(self, url: str, user_agent: str, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt says to us. If ``failure`` says that it could not be read, nothing may be asked for."""

    name: str
    reader: _Reader | None = None  # None: everything is allowed
    delay: float | None = None  # seconds that it asks to leave between requests
    failure: Failure | None = None

    def allows(self, address: Address) -> bool:
        """Whether an address may be asked for."""
        if self.failure:
            return False
        return self.reader is None or self.reader.can_fetch(address.text, self.name)


async def read_rules(address: Address, manners: Manners) -> Rules:
    """The rules of an address's origin.

    A robots.txt that is not there (4xx, too many redirects) allows everything; one that a broken, busy or silent
    server does not give allows nothing for this run, since nobody knows what it would have said.
    """
    name = manners.robot_name
    try:
        async with asyncio.timeout(manners.timeout):
            answer = await _find(address.beside("/robots.txt"), manners)
        if answer is None or 400 <= answer.status < 500 and answer.status != 429:
            return Rules(name)
        if not 200 <= answer.status < 300:
            return Rules(name, failure=Failure("broken-answer", f"answers with status {answer.status}"))
        return _parse(answer.content(_LONGEST), name)
    except TimeoutError:
        return Rules(name, failure=Failure("timeout", "does not answer in time"))
    except Failure as failure:
        return Rules(name, failure=failure)


async def _find(address: Address, manners: Manners) -> Answer | None:
    """The answer at the end of the redirects; None if there are too many, or they lead nowhere."""
    for _ in range(_HOPS + 1):
        answer = await ask(address, manners)
        location = answer.header("location")
        if answer.status not in REDIRECTS:
            return answer
        if location is None:
            return None
        try:
            address = address.join(location)
        except BadAddress:
            return None
    return None


def _parse(body: bytes, name: str) -> Rules:
    from protego import Protego

    reader = Protego.parse(body.decode("utf-8", "replace"))
    delays = [float(delay) for delay in (reader.crawl_delay(name),) if delay is not None]
    rate = reader.request_rate(name)
    if rate is not None and rate.requests:
        delays.append(rate.seconds / rate.requests)
    return Rules(name, reader, max(delays, default=None))
