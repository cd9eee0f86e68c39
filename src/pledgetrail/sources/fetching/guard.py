"""Which IP addresses may be connected to: public ones, so that a list from the web cannot reach what lies inside."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Where IPv6-only networks reach IPv4 addresses, the last four bytes (RFC 6052).
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

#: What Python's tables call global, or did in some version, and is not for us: addresses at which clouds tell their
#: machines secrets, and blocks of the IANA special-purpose registries.
_CLOSED: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",  # the host's own service in Azure
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "240.0.0.0/4",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fec0::/10",
    )
)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """What may be connected to. ``exempt`` names single addresses that may be although they are not public."""

    allow_private: bool = False
    exempt: frozenset[IPAddress] = frozenset()

    def refusal(self, address: IPAddress) -> str | None:
        """Why an address must not be connected to, or None if it may be."""
        if self.allow_private or address in self.exempt:
            return None
        return _closed(address)


def _closed(address: IPAddress) -> str | None:
    inner = _embedded(address)
    if inner is not None and (why := _closed(inner)):
        return f"{why}, inside {address}"
    if inner is not None and address in _NAT64:
        return None
    for name in ("loopback", "link_local", "multicast", "unspecified"):
        if getattr(address, f"is_{name}"):
            return f"{address} is {name.replace('_', '-')}"
    if address.is_private:
        return f"{address} is private"
    if not address.is_global or address.is_reserved or any(address in network for network in _CLOSED):
        return f"{address} is reserved"
    return None


def _embedded(address: IPAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for or leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
