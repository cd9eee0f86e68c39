"""How the web app is started."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

#: Seconds a browser may keep files of ours under /static, whose addresses carry their hash.
KEEP_SECONDS: Final = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``reviewer`` signs all decisions; ``host`` and ``port`` are where browsers will ask."""

    reviewer: str
    host: str = "127.0.0.1"
    port: int = 8765

    @property
    def authorities(self) -> frozenset[str]:
        """The values of a Host header that are ours."""
        names = {"localhost", "127.0.0.1", "[::1]", f"[{self.host}]" if ":" in self.host else self.host}
        return frozenset({f"{name}:{self.port}" for name in names} | (names if self.port == 80 else set()))


def is_loopback(host: str) -> bool:
    """Whether a host can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
