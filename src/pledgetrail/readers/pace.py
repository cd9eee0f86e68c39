"""How fast questions go out: so many a minute, and none while the service has asked for patience."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

#: The first wait before a question is repeated, and the longest one, in seconds.
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 120.0


class Pace:
    """Turns for questions, spaced evenly; threads may share one. Clock and sleep can be put in place by tests."""

    def __init__(
        self,
        per_minute: float | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        if per_minute is not None and not per_minute > 0:
            raise ValueError("a rate is more than nothing")
        self._gap = 60.0 / per_minute if per_minute else 0.0
        self._clock = clock
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._lock = threading.Lock()
        self._next = 0.0

    def now(self) -> float:
        """The time by this pace's clock, in seconds."""
        return self._clock()

    def turn(self) -> None:
        """Wait for a turn; none is waited for after a stop."""
        while not self._stopped.is_set():
            with self._lock:
                now = self._clock()
                wait = self._next - now
                if wait <= 0:
                    self._next = now + self._gap
                    return
            self._sleep(wait)

    def stop(self) -> None:
        """End all waiting: nothing more will be asked."""
        self._stopped.set()

    def hold(self, seconds: float) -> None:
        """Give no turns for so long: to anybody, since limits are the user's, not the question's."""
        with self._lock:
            self._next = max(self._next, self._clock() + min(seconds, LONGEST_WAIT))

    def pause(self, seconds: float) -> None:
        """Let one question wait."""
        self._sleep(min(seconds, LONGEST_WAIT))


def backoff(attempt: int, chance: float) -> float:
    """Seconds to wait after a failed attempt (1, 2, ...): doubling, with a share of up to a half left to ``chance``."""
    whole = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt - 1, 30))
    return whole * (0.5 + 0.5 * chance)
