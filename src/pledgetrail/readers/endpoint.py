"""Where questions go, and the rules of where they may go."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from pledgetrail.readers.errors import ReaderError

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Key:
    """A key to a service. It is never shown: not by str, not by repr."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "Key(...)"

    def hide(self, text: str) -> str:
        """A text without the key in it."""
        return text.replace(self.value, "[key]") if self.value else text


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service that answers chat completions."""

    url: str  # of the completions themselves
    host: str  # with its port, as it is told to the user
    loopback: bool  # the address is this machine's own
    encrypted: bool


def endpoint(base_url: str, *, insecure: bool = False) -> Endpoint:
    """The service at a base URL such as ``https://host/v1``. Raises ReaderError for an address not to be used.

    Texts go over https, or to this machine itself; anything else needs ``insecure``. A name or password in the address
    is refused, because addresses are shown and logged, and so are a query and a fragment.
    """
    try:
        parts = urlsplit(base_url.strip())
        port = parts.port
    except ValueError:
        raise ReaderError("--base-url is no address; it looks like https://host/v1") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00-\x1f\\]", base_url.strip()):
        raise ReaderError("--base-url is no address; it looks like https://host/v1")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ReaderError(
            "--base-url must have no name, password, query or fragment in it; a key goes by --api-key-env"
        )
    loopback = _is_loopback(parts.hostname)
    if parts.scheme == "http" and not loopback and not insecure:
        raise ReaderError(
            f"texts would go to {parts.hostname} unencrypted; use an https address, or say --insecure if that is meant"
        )
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    host = f"{name}:{port}" if port else name
    path = parts.path.rstrip("/")
    path = path if path.endswith("/chat/completions") else f"{path}/chat/completions"
    return Endpoint(f"{parts.scheme}://{host}{path}", host, loopback, parts.scheme == "https")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def key_from(variable: str | None) -> Key | None:
    """The key in an environment variable; None where no variable is named. Raises ReaderError if it is not usable."""
    if variable is None:
        return None
    if not _VARIABLE.fullmatch(variable):
        # what was given may be the key itself, so it is not repeated
        raise ReaderError("--api-key-env takes the name of an environment variable, not the key")
    value = os.environ.get(variable, "").strip()
    if not value:
        raise ReaderError(f"the environment variable {variable} is not set")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ReaderError(f"the environment variable {variable} holds no key: a key is one word")
    return Key(value)
