"""How often passwords may be tried: some times freely, then after waits that double, for each name and each address.

A try counts before its password is looked at, so that many at once are not checked before the first has failed. Names
are those that were typed: whether somebody has them makes no difference.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

#: Tries without a wait; seconds of the longest wait. A name's waits are short, since anybody can make somebody wait.
_FREE: Final = {"name": 5, "address": 20}
_LONGEST: Final = {"name": 60.0, "address": 900.0}

#: Seconds after which tries are forgotten; how many names and addresses are remembered.
_FORGET: Final = 3600.0
_MOST: Final = 20_000


@dataclass(slots=True)
class _Tries:
    count: int
    last: float


class Throttle:
    """Counts tries, in this process. Not for several threads at once: the event loop's alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: dict[tuple[str, str], _Tries] = {}

    def admit(self, name: str, address: str) -> int:
        """Count a try, and give 0; or the whole seconds to wait, and count nothing."""
        now, keys = self._clock(), (("name", name), ("address", address))
        wait = max(self._wait(key, now) for key in keys)
        if wait > 0:
            return int(wait) + 1
        for key in keys:
            found = self._tries.pop(key, None)  # so that the latest stand last
            self._tries[key] = _Tries(found.count + 1 if found and now - found.last < _FORGET else 1, now)
        while len(self._tries) > _MOST:
            del self._tries[next(iter(self._tries))]
        return 0

    def succeeded(self, name: str, address: str) -> None:
        """Forget the tries of a name whose password was right, and that one of the address; not its others."""
        self._tries.pop(("name", name), None)
        found = self._tries.get(("address", address))
        if found is not None:
            found.count -= 1

    def _wait(self, key: tuple[str, str], now: float) -> float:
        found = self._tries.get(key)
        if found is None or now - found.last >= _FORGET:
            return 0.0
        over = found.count - _FREE[key[0]]
        if over < 0:
            return 0.0
        return found.last + min(_LONGEST[key[0]], 2.0 ** min(over, 30)) - now
