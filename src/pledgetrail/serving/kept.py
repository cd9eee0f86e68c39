"""What takes long to work out over a whole ledger: made once for each state of it, beside the requests, and kept."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotDone
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, func, select

from pledgetrail.ledger.actors import refresh_actors
from pledgetrail.ledger.errors import LedgerBusy, LedgerUnwritable
from pledgetrail.ledger.schema import builds, documents, row_changes
from pledgetrail.ledger.store import get_meta
from pledgetrail.ledger.surveying import survey
from pledgetrail.serving.site import Site

T = TypeVar("T")

#: Seconds that a request waits for what is being made.
PATIENCE: Final = 8.0

#: Seconds that it waits for a new result where it can have that of the state before.
_BRIEF: Final = 1.0

#: Seconds that it waits for trails and disagreements to follow the last decisions.
_SURVEY_PATIENCE: Final = 2.0

#: What took longer than one waits for is not waited for the next time, but for so long.
_GLANCE: Final = 0.02

#: A survey that takes long rests so many times as long before the next: pages have to be answered meanwhile.
_REST: Final = 2.0

#: Results kept.
_MOST: Final = 12

State = tuple[Any, ...]


class NotYet(LedgerBusy):
    """What is asked for is being worked out for the first time."""


@dataclass(frozen=True, slots=True)
class Held(Generic[T]):
    """A result. ``fresh`` is False for one of an earlier state of the ledger, while the new one is being made."""

    value: T
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """A result with the state of the ledger that it is of, and how many seconds it took."""

    state: State
    value: Any
    took: float


class Kept:
    """Results by name, the last made of each; those asked for longest ago are forgotten first."""

    def __init__(self, site: Site) -> None:
        """Hold nothing yet."""
        self._site = site
        self._lock = threading.Lock()
        self._parts = threading.Lock()
        self._made: OrderedDict[Hashable, _Made] = OrderedDict()
        self._making: dict[Hashable, tuple[State, Future[Any]]] = {}
        self._survey: threading.Thread | None = None
        self._surveyed = (-math.inf, 0.0)  # when the last survey ended, and how long it took

    def get(
        self,
        name: Hashable,
        make: Callable[[Connection], T],
        patience: float = PATIENCE,
        of: Callable[[Connection], State] | None = None,
    ) -> Held[T]:
        """The result of ``make`` over the ledger as it is now; or as it was, where making takes longer than
        ``patience`` seconds. Raises NotYet if there is none of either.

        ``of`` is what tells the states of the ledger apart for which results differ: ``state_of`` unless given.
        """
        begun = time.monotonic()
        settled = self.settle() if of is None else True
        with self._site.ledger.reading() as connection:
            state = (of or state_of)(connection)
        with self._lock:
            known = self._made.get(name)
            if known is not None:
                self._made.move_to_end(name)
                if known.state == state:
                    return Held(known.value, settled)
                patience = min(patience, _GLANCE if known.took > _BRIEF else _BRIEF)
            future = self._start(name, state, make)
        try:
            return Held(future.result(max(0.0, begun + patience - time.monotonic())), settled)
        except NotDone:
            if known is not None:
                return Held(known.value, False)
            raise NotYet(f"{self._site.ledger.path} is being counted; load this page again in a few seconds") from None

    def part(self, name: Hashable, connection: Connection, make: Callable[[Connection], T]) -> T:
        """What several results are made of, for the state that ``connection`` sees; for their makers."""
        state = state_of(connection)
        with self._parts:
            with self._lock:
                known = self._made.get(name)
                if known is not None and known.state == state:
                    self._made.move_to_end(name)
                    found: T = known.value
                    return found
            begun = time.monotonic()
            found = make(connection)
            with self._lock:
                self._keep(name, _Made(state, found, time.monotonic() - begun))
            return found

    def _keep(self, name: Hashable, made: _Made) -> None:
        """Keep a result, and forget the one that was asked for longest ago. Call it with the lock held."""
        self._made[name] = made
        self._made.move_to_end(name)
        while len(self._made) > _MOST:
            self._made.popitem(last=False)

    def _start(self, name: Hashable, state: State, make: Callable[[Connection], T]) -> Future[T]:
        """Begin to make a result, unless it is being made. Call it with the lock held."""
        running = self._making.get(name)
        if running is not None:  # of an earlier state, perhaps: what runs for long is not begun again beside itself
            return running[1]
        future: Future[T] = Future()
        self._making[name] = (state, future)

        def work() -> None:
            begun = time.monotonic()
            try:
                with self._site.ledger.reading() as connection:
                    value = make(connection)
            except BaseException as error:
                with self._lock:
                    del self._making[name]
                future.set_exception(error)
                return
            with self._lock:
                del self._making[name]
                self._keep(name, _Made(state, value, time.monotonic() - begun))
            future.set_result(value)

        threading.Thread(target=work, daemon=True).start()
        return future

    def settle(self) -> bool:
        """Bring trails, disagreements and actors up to the last decisions, aside if that takes long. True once they
        are; False where they are still being made or the ledger cannot be written.
        """
        with self._site.ledger.reading() as connection:
            stale = is_stale(connection)
        if not stale or not self._site.writable:
            return not stale
        with self._lock:
            ended, took = self._surveyed
            resting = took > _SURVEY_PATIENCE and time.monotonic() < ended + took * _REST
            if resting and (self._survey is None or not self._survey.is_alive()):
                return False
            if self._survey is None or not self._survey.is_alive():
                self._survey = threading.Thread(target=self._bring_up, daemon=True)
                self._survey.start()
            running = self._survey
        running.join(_GLANCE if took > _SURVEY_PATIENCE else _SURVEY_PATIENCE)
        with self._site.ledger.reading() as connection:
            return not is_stale(connection)

    def _bring_up(self) -> None:
        begun = time.monotonic()
        with contextlib.suppress(LedgerBusy, LedgerUnwritable):
            refresh_actors(self._site.ledger)
            survey(self._site.ledger)
        self._surveyed = (time.monotonic(), time.monotonic() - begun)


_OF: Final[WeakKeyDictionary[Site, Kept]] = WeakKeyDictionary()


def kept_of(site: Site) -> Kept:
    """What is kept for an app; the same for all its pages."""
    return _OF.setdefault(site, Kept(site))


def is_stale(connection: Connection) -> bool:
    """Whether rows have changed since trails, disagreements and actors were made."""
    return get_meta(connection, "survey_stale") != "0" or get_meta(connection, "actors_stale") == "1"


def state_of(connection: Connection) -> State:
    """What differs between any two states of a ledger that pages over all of it show differently."""
    last = connection.execute(select(func.max(row_changes.c.seq))).scalar()
    return (last, *state_of_reports(connection), is_stale(connection))


def state_of_reports(connection: Connection) -> State:
    """What differs between any two states of a ledger in its reports and what they go back to. Decisions change none
    of them.
    """
    build = connection.execute(select(builds.c.id, builds.c.finished).order_by(builds.c.id.desc()).limit(1)).first()
    return (connection.execute(select(func.count()).select_from(documents)).scalar(), tuple(build) if build else None)
