"""Web addresses: what may be asked for, in one normal form, and lists of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import httpx

from pledgetrail.records import Problem
from pledgetrail.sources.inputs import Input, Settings, file_input

#: Characters of an address that are looked at; nothing real is longer, and servers take about 8,000.
LONGEST: Final = 8_000

#: Lists that are read as tables or records.
_TABLES: Final = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet")

_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")
_UNSAFE: Final = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class BadAddress(ValueError):
    """An address that nothing will be asked at; the message says why, without naming it."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address in normal form: scheme and host in lower case and ASCII, a path, no fragment, no default port."""

    text: str
    scheme: str  # http or https
    host: str
    port: int
    target: str  # path and query, as a request line has them

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what one robots.txt speaks for."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def beside(self, target: str) -> Address:
        """Another target on the same origin."""
        return parse(f"{self.scheme}://{self.authority}{target}")

    def join(self, location: str) -> Address:
        """Where a redirect leads, seen from here. Raises BadAddress."""
        location = location.strip()
        if _UNSAFE.search(location) or len(location) > LONGEST:
            raise BadAddress("is no address")
        try:
            return parse(str(httpx.URL(self.text).join(location)))
        except (httpx.InvalidURL, ValueError) as error:
            raise error if isinstance(error, BadAddress) else BadAddress(f"is no address ({error})") from None


def parse(text: str) -> Address:
    """An address in normal form. Raises BadAddress for what is none, is not on the web, or holds a password."""
    text = text.strip()
    if len(text) > LONGEST:
        raise BadAddress(f"is longer than {LONGEST:,} characters")
    if not text or _UNSAFE.search(text):
        raise BadAddress("is no address")
    try:
        url = httpx.URL(text)
        host = url.raw_host.decode("ascii").rstrip(".")
    except (httpx.InvalidURL, ValueError) as error:
        raise BadAddress(f"is no address ({error})") from None
    if url.scheme not in _PORTS:
        raise BadAddress("is not http or https")
    if not _HOST.fullmatch(host):
        raise BadAddress("names no host")
    if url.port is not None and not 0 < url.port < 65536:
        raise BadAddress("names a port that cannot be")
    if url.userinfo:
        raise BadAddress("holds a user name or password")
    port = url.port or _PORTS[url.scheme]
    target = url.raw_path.decode("ascii")
    made = Address("", url.scheme, host, port, target)
    return Address(f"{made.scheme}://{made.authority}{target}", made.scheme, host, port, target)


def read_lists(specs: Iterable[Path | str]) -> Iterator[Address | Problem]:
    """The addresses of lists, in order, each address once: one a line, ``#`` begins a comment, ``-`` is standard input.

    What is no address is a Problem that names its list and line. Of tables and JSON (told by the suffix) the column of
    addresses is taken, and nothing is said of rows without one.
    """
    seen: set[str] = set()
    for spec in specs:
        source = "standard input" if str(spec) == "-" else str(spec)
        try:
            for item in _read(spec, source):
                if isinstance(item, Problem):
                    yield item
                elif item.text not in seen:
                    seen.add(item.text)
                    yield item
        except FileNotFoundError:
            yield Problem(source, "missing", f"{source}: no such file")
        except OSError as error:
            yield Problem(source, "unreadable", f"{source}: cannot be read ({error.strerror or error})")


def _read(spec: Path | str, source: str) -> Iterator[Address | Problem]:
    if str(spec) == "-":
        yield from read_text(sys.stdin.buffer, source)
        return
    path = Path(spec)
    if path.suffix.lower() in _TABLES:
        yield from _in_table(file_input(path, source, path.name))
        return
    with path.open("rb") as stream:
        yield from read_text(stream, source)


def _in_table(item: Input) -> Iterator[Address | Problem]:
    from pledgetrail.sources.addresses import addresses

    found = False
    for text in addresses(item, Settings()):
        found = True
        yield from _address(text, item.source)
    if not found:
        yield Problem(item.source, "bad-address", f"{item.source}: has no column of addresses")


def _address(text: str, place: str) -> Iterator[Address | Problem]:
    try:
        yield parse(text)
    except BadAddress as error:
        shown = text if len(text) <= 200 else text[:199] + "…"
        yield Problem(place, "bad-address", f"{place}: {shown} {error}")


def read_text(stream: BinaryIO, source: str) -> Iterator[Address | Problem]:
    """The addresses of a plain list. No more than one line of bounded length is held. Raises OSError."""
    number = 0
    while line := stream.readline(4 * LONGEST):
        number += 1
        while line and not line.endswith(b"\n") and (more := stream.readline(4 * LONGEST)):
            line = line[: 4 * LONGEST] + more[-1:]  # too long for an address; its end is looked for, nothing more
        text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip()
        text = re.split(r"(?:^|\s)#", text, maxsplit=1)[0].strip()
        if text:
            yield from _address(text, f"{source}:{number}")
