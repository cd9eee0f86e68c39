"""One look at all feeds: what is new goes into the ledger, and what that changed in it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from pledgetrail.ledger.changes import Change, compared
from pledgetrail.ledger.errors import LedgerUnwritable
from pledgetrail.pipeline.building import BuildSummary, build_reports
from pledgetrail.pipeline.feedlist import Feed
from pledgetrail.pipeline.feedstate import FeedState, Known, WatchState, load
from pledgetrail.pipeline.stages import reader_version
from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.feeds import reports_from_feed
from pledgetrail.sources.fetching.addresses import Address, BadAddress, parse
from pledgetrail.sources.fetching.collecting import problem_of
from pledgetrail.sources.fetching.crawling import Crawler, Result, Wanted
from pledgetrail.sources.fetching.exchange import Failure
from pledgetrail.sources.fetching.manners import Manners
from pledgetrail.sources.limits import Limits
from pledgetrail.sources.pages import report_from_page

#: Pages fetched for one feed at one look; the others come at the next ones.
PAGES: Final = 50

#: Looks at which a page that could not be had is tried again.
TRIES: Final = 3

Build = Callable[[Iterable[RawReport | Problem], Path], BuildSummary]


@dataclass(slots=True)
class Look:
    """What one look at the feeds found."""

    feeds: int = 0  # that could be read, unchanged ones too
    unchanged: int = 0  # of these, that had nothing to send
    entries: int = 0  # given to the ledger
    pages: int = 0  # fetched
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class _Read:
    """A feed as it was just read: what the next look should know of it, and its entries that are to be given on."""

    feed: Feed
    state: FeedState
    reports: list[RawReport]


def state_file(ledger: Path) -> Path:
    """Where the watch of a ledger keeps what it knows of its feeds."""
    return ledger.with_name(f"{ledger.name}.watch.json")


def look(
    feeds: Iterable[Feed],
    ledger: Path,
    manners: Manners,
    *,
    build: Build = build_reports,
    reader: str | None = None,
    limits: Limits | None = None,
) -> Look:
    """Ask all feeds once, and put what is new into the ledger.

    A feed that fails is a problem, and the rest goes on. What is known of the feeds is written last: a look that was
    killed is done again by the next, and the ledger skips what it has. Raises LedgerError, and what ``build`` raises.
    """
    limits = limits or Limits()
    path, version = state_file(ledger), reader or reader_version()
    state = load(path, version) if ledger.exists() else WatchState(version)
    found = Look()
    feeds = list(feeds)
    with asyncio.Runner() as runner:
        web = _Web(runner, Crawler(manners))
        read = _read_all(feeds, state, web, manners, limits, found)
        _get_pages([one for one in read if one.feed.pages], web, limits, found)
    fresh = [report for one in read for report in one.reports]
    if fresh:
        with compared(ledger) as before:
            summary = build(fresh, ledger)
            found.problems += summary.problems
            found.entries = summary.documents
            found.changes = list(before.changes()) if summary.documents else []
    known = {one.feed.name: one.state for one in read}
    kept = {feed.name: known.get(feed.name, state.of(feed.name)) for feed in feeds}
    if read:
        try:
            WatchState(version, kept).save(path)
        except OSError as error:
            raise LedgerUnwritable(f"{path}: cannot be written ({error.strerror or error})") from error
    return found


class _Web:
    """Asks for addresses and waits for the answers. Hosts and their robots.txt are remembered from call to call."""

    def __init__(self, runner: asyncio.Runner, crawler: Crawler) -> None:
        self._runner = runner
        self._crawler = crawler

    def ask(self, wanted: Iterable[Wanted]) -> dict[str, Result]:
        """The results by the addresses asked for. Nothing is parsed meanwhile, since that would count as silence."""
        found: dict[str, Result] = {}

        def take(one: Wanted, result: Result) -> None:
            found[one.address.text] = result

        self._runner.run(self._crawler.run(wanted, take))
        return found


def _read_all(
    feeds: Iterable[Feed], state: WatchState, web: _Web, manners: Manners, limits: Limits, found: Look
) -> list[_Read]:
    """The feeds that have something to say, read, in their order."""
    wanted = {
        feed.address: Wanted(feed.address, robots=False, headers=state.of(feed.name).headers())
        for feed in feeds
        if feed.address is not None
    }
    results = web.ask(wanted.values())
    read = []
    for feed in feeds:
        data: bytes | Problem | None
        if feed.path is not None:
            data, fresh = _from_file(feed, feed.path, limits), FeedState()
        elif feed.address is not None:
            data, fresh = _from_web(feed, feed.address, results[feed.address.text], manners)
        if isinstance(data, Problem):
            found.problems.append(data)
        elif data is None:
            found.feeds += 1
            found.unchanged += 1
        elif one := _read_feed(feed, data, state.of(feed.name), fresh, limits, found):
            read.append(one)
    return read


def _from_file(feed: Feed, path: Path, limits: Limits) -> bytes | Problem:
    try:
        with path.open("rb") as file:
            return file.read(limits.feed_bytes + 1)
    except OSError as error:
        return Problem(feed.name, "unreadable", f"{feed.name}: {path} cannot be read ({error.strerror or error})")


def _from_web(
    feed: Feed, address: Address, result: Result, manners: Manners
) -> tuple[bytes | Problem | None, FeedState]:
    """The feed as it came with what identifies this version of it; None if it has not changed."""
    problem = problem_of(address, result)
    if problem is not None:
        return replace(problem, source=feed.name, message=f"{feed.name}: {problem.message}"), FeedState()
    answer = result.answers[-1]
    fresh = FeedState(answer.header("etag"), answer.header("last-modified"))
    if answer.status == 304:
        return None, fresh
    try:
        return answer.content(manners.max_bytes), fresh
    except Failure as failure:
        return Problem(feed.name, failure.kind, f"{feed.name}: {address.text} {failure}"), fresh


def _read_feed(
    feed: Feed, data: bytes, before: FeedState, fresh: FeedState, limits: Limits, found: Look
) -> _Read | None:
    """What a feed says; entries that are known and need nothing more are left out.

    None for a feed that cannot be read at all: its state stays as it was, so that it is asked for in full again.
    """
    reports, any_entry = [], False
    for item in reports_from_feed(data, source=feed.name, id=feed.name, limits=limits):
        if isinstance(item, Problem):
            found.problems.append(item)
            continue
        any_entry = True
        known = before.entries.get(item.id)
        if known is None or known.sha256 != item.content_sha256:
            known = Known(item.content_sha256, done=not (feed.pages and item.partial and item.url))
            reports.append(item)
        elif not known.done:
            reports.append(item)
        fresh.entries[item.id] = known
    found.feeds += any_entry
    if not any_entry:
        return None
    named = [replace(report, outlet=feed.outlet) for report in reports] if feed.outlet else reports
    return _Read(feed, fresh, named)


def _get_pages(read: Iterable[_Read], web: _Web, limits: Limits, found: Look) -> None:
    """Put the pages of entries that have only a summary in the place of these."""
    wanted = []
    for one in read:
        for at in [at for at, report in enumerate(one.reports) if not one.state.entries[report.id].done][:PAGES]:
            if (address := _address(one, at, found)) is not None:
                wanted.append((one, at, address))
    results = web.ask({address: Wanted(address) for _, _, address in wanted}.values())
    for one, at, address in wanted:
        entry, result = one.reports[at], results[address.text]
        got = problem_of(address, result) or _page(entry, result, limits)
        known = one.state.entries[entry.id]
        if isinstance(got, Problem):
            found.problems.append(replace(got, source=entry.id))
            known.tries += 1
            known.done = known.tries >= TRIES
            continue
        found.pages += 1
        known.done = True
        one.reports[at] = got


def _address(one: _Read, at: int, found: Look) -> Address | None:
    """Where the page of an entry is; an entry whose link leads nowhere is done with."""
    entry = one.reports[at]
    try:
        return parse(entry.url or "")
    except BadAddress as error:
        one.state.entries[entry.id].done = True
        found.problems.append(Problem(entry.id, "bad-address", f"{entry.id}: its link {error}"))
        return None


def _page(entry: RawReport, result: Result, limits: Limits) -> RawReport | Problem:
    """The report of an entry's page under the entry's id; what the feed says of it goes before what the page says."""
    answer = result.answers[-1]
    kind = (answer.header("content-type") or "text/html").lower()
    if "html" not in kind:
        return Problem(entry.id, "unsupported", f"{entry.id}: {answer.address.text} is no page ({kind[:60]})")
    try:
        data = answer.content(limits.page_bytes + 1)
    except Failure as failure:
        return Problem(entry.id, failure.kind, f"{entry.id}: {answer.address.text} {failure}")
    charset = kind.partition("charset=")[2].split(";")[0].strip(" \"'") or None
    got = report_from_page(
        data, source=entry.source, id=entry.id, limits=limits, url=answer.address.text, charset=charset
    )
    if isinstance(got, Problem):
        return got
    names = ("url", "title", "outlet", "published", "author", "section", "language")
    return replace(got, **{name: value for name in names if (value := getattr(entry, name)) is not None})
