"""What a reverse proxy says of a request: from where it came, and who sent it. Only named proxies are believed."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final, TypeAlias

from starlette.types import Scope

from pledgetrail.serving.team.errors import TeamError

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")

#: Headers that browsers send by themselves, or that a page may set: they say nothing of who asks.
_TAKEN: Final = frozenset({"host", "cookie", "origin", "referer", "content-type", "accept", "user-agent"})


class Proxy:
    """The proxies that are believed, and the header in which they name who asks."""

    def __init__(self, header: str | None, trusted: Iterable[str]) -> None:
        """Raises TeamError for what is no header or address, and for a header that nobody is believed about."""
        self._trusted = [_network(text) for text in trusted]
        if header is not None and (not _TOKEN.fullmatch(header) or header.lower() in _TAKEN):
            raise TeamError(f"{header!r} is no header that a proxy names people in")
        if header is not None and not self._trusted:
            raise TeamError("anybody can send a header: name the proxy's address with --proxy-from")
        self._header = header.lower().encode() if header else None

    @property
    def vouches(self) -> bool:
        """Whether people are known by a header, and not by passwords."""
        return self._header is not None

    def address(self, scope: Scope) -> str:
        """Where a request came from: behind a named proxy the last address in X-Forwarded-For that is none of them.

        IPv6 addresses are cut to the 64 bits of their network, since one person has all addresses of it.
        """
        peer = self._peer(scope)
        if peer is not None and self._believes(peer):
            sent = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
            for part in reversed(sent.decode("latin-1").split(",")):
                found = _parse(part.strip())
                if found is None:
                    break
                peer = found
                if not self._believes(found):
                    break
        if isinstance(peer, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((int(peer) >> 64 << 64, 64)))
        return str(peer)

    def identity(self, scope: Scope) -> str | None:
        """Who a named proxy says asks; None if it was not one, or names nobody or several."""
        peer = self._peer(scope)
        if self._header is None or peer is None or not self._believes(peer):
            return None
        given = [value for name, value in scope["headers"] if name == self._header]
        if len(given) != 1:
            return None
        try:
            return given[0].decode("utf-8").strip() or None
        except UnicodeDecodeError:
            return None

    def _peer(self, scope: Scope) -> _Address | None:
        client = scope.get("client")
        return _parse(client[0]) if client else None

    def _believes(self, address: _Address) -> bool:
        return any(address in network for network in self._trusted)


def _parse(text: str) -> _Address | None:
    try:
        found = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        found = ipaddress.ip_network(text.strip("[]"))
    except ValueError:
        raise TeamError(f"{text!r} is no address of a proxy, like 10.0.0.1") from None
    if found.prefixlen == 0:
        raise TeamError(f"{text!r} is everybody; name the proxy's address")
    return found
