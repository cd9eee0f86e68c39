"""How the fetcher behaves: its pace, its patience, its limits, and the name it gives."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from pledgetrail import __version__
from pledgetrail.sources.fetching.guard import AddressPolicy

#: How requests name the product; a name of the user's own should say how to reach them.
USER_AGENT: Final = f"Pledgetrail/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """Times are in seconds, sizes in bytes. The defaults suit a stranger on other people's servers."""

    user_agent: str = USER_AGENT
    rate: float = 2.0  # between the beginnings of two requests to one host
    workers: int = 8  # requests under way at a time, over all hosts
    timeout: float = 60.0  # one attempt at an address in all, its redirects included, waiting for the pace not
    connect_timeout: float = 15.0  # of each IP address of a host
    attempts: int = 3  # at one address, if the server is busy, broken or silent
    backoff: float = 4.0  # before the second attempt; twice that before each further one
    longest_wait: float = 120.0  # a Retry-After above this puts the whole host off
    longest_delay: float = 30.0  # a Crawl-delay above this counts as this
    max_bytes: int = 16 * 1024 * 1024  # of a body, as sent and once more when unpacked
    max_redirects: int = 5
    strikes: int = 3  # addresses of a host that fail one after the other before the rest is put off
    policy: AddressPolicy = field(default_factory=AddressPolicy)

    @property
    def robot_name(self) -> str:
        """What robots.txt calls us: the product's name in the user agent."""
        return re.split(r"[/\s]", self.user_agent.strip(), maxsplit=1)[0]
