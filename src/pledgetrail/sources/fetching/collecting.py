"""From lists of addresses to a folder of WARC files."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pledgetrail.records import Problem
from pledgetrail.sources.fetching.addresses import Address
from pledgetrail.sources.fetching.crawling import Crawler, Result, Wanted
from pledgetrail.sources.fetching.manners import Manners
from pledgetrail.sources.fetching.storing import FILE_BYTES, Archive

#: Outcomes that are as wished.
GOOD: Final = ("fetched", "there")


@dataclass(slots=True)
class FetchSummary:
    """What a run did: how many addresses there were, and how asking for each has ended."""

    addresses: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    bytes: int = 0  # of the bodies that were stored, as sent
    mended: str | None = None  # the file whose torn end was cut off
    damaged: list[str] = field(default_factory=list)  # files that could not be read to the end

    @property
    def ended(self) -> int:
        """Addresses that are done with."""
        return self.outcomes.total()


Told = Callable[[FetchSummary, Problem | None], None]


def collect(
    addresses: Iterable[Address], folder: Path, manners: Manners, told: Told, *, file_bytes: int = FILE_BYTES
) -> FetchSummary:
    """Fetch what the folder does not have yet, and store it there.

    ``told`` hears of every address that is done with, and of the problem if there is one. What is stored is the
    answer with all redirects to it; an address that is not there (4xx) is stored too, and not asked for again. Raises
    FolderError. An interruption loses what was under way, and nothing else.
    """
    wanted = [Wanted(address) for address in addresses]
    summary = FetchSummary(addresses=len(wanted))
    with Archive(folder, manners.user_agent, file_bytes) as archive:
        summary.mended, summary.damaged = archive.mended, archive.damaged

        def take(one: Wanted, result: Result) -> None:
            if result.answers:
                archive.put(result.answers)
            summary.bytes += sum(len(answer.body) for answer in result.answers)
            summary.outcomes[result.outcome] += 1
            told(summary, problem_of(one.address, result))

        asyncio.run(Crawler(manners, archive.__contains__).run(wanted, take))
    return summary


def waiting(addresses: Iterable[Address], folder: Path) -> tuple[list[Address], int]:
    """What ``collect`` would ask for, and how many addresses the folder has already. Nothing is asked or written."""
    archive = Archive(folder, "")
    if folder.is_dir():
        archive.look()
    every = list(addresses)
    missing = [address for address in every if address not in archive]
    return missing, len(every) - len(missing)


def problem_of(address: Address, result: Result) -> Problem | None:
    """What a result has to say to the user; None if all is well."""
    if result.outcome in GOOD:
        return None
    return Problem(address.text, result.outcome, f"{address.text} {result.message}")
