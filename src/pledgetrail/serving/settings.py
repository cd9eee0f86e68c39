"""How the web app is started."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

#: Seconds a browser may keep files of ours under /static, whose addresses carry their hash.
KEEP_SECONDS: Final = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``reviewer`` signs all decisions; ``host`` and ``port`` are where browsers will ask.

    With ``team``, a file of people, those log in and sign with their own names. ``public`` is the address that they
    type, if it is another one; ``proxy_from`` are the proxies that are believed, and ``proxy_header`` is where they
    say who asks.
    """

    reviewer: str = ""
    host: str = "127.0.0.1"
    port: int = 8765
    team: Path | None = None
    public: str | None = None
    proxy_header: str | None = None
    proxy_from: tuple[str, ...] = ()

    @property
    def authorities(self) -> frozenset[str]:
        """The values of a Host header that are ours."""
        names = {"localhost", "127.0.0.1", "[::1]", f"[{self.host}]" if ":" in self.host else self.host}
        found = {f"{name}:{self.port}" for name in names} | (names if self.port == 80 else set())
        return frozenset(found | ({urlsplit(self.public).netloc.lower()} if self.public else set()))

    @property
    def secure(self) -> bool:
        """Whether browsers come by https, so that cookies need not travel otherwise."""
        return bool(self.public and self.public.lower().startswith("https://"))

    @property
    def login_cookie(self) -> str:
        """The cookie that holds a session's token; by https with a prefix that no other host's page can set."""
        return "__Host-pledgetrail_login" if self.secure else "pledgetrail_login"


def is_public_address(text: str) -> bool:
    """Whether a text is an address like https://ledger.example.org, of http or https and without a path."""
    try:
        parts = urlsplit(text)
        fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and not (parts.query or parts.fragment or "@" in parts.netloc)
    return fine and plain and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path in ("", "/")


def is_loopback(host: str) -> bool:
    """Whether a host can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
