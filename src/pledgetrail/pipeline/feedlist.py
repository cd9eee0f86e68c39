"""The list of feeds to watch: a TOML file with a table ``[[feed]]`` for each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pledgetrail.sources.fetching.addresses import Address, BadAddress, parse

_KEYS: Final = {"url": str, "path": str, "name": str, "outlet": str, "pages": bool}


class FeedListError(Exception):
    """The list cannot be used; the message names it and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to watch: at an address, or a file that something else keeps up to date."""

    name: str  # ids of its documents begin with it
    address: Address | None
    path: Path | None
    outlet: str | None = None  # goes before what the feed calls itself
    pages: bool = False  # fetch the pages of entries that have only a summary


def read_feeds(path: Path) -> list[Feed]:
    """The feeds of a list, in order. A path is seen from the list's folder. Raises FeedListError."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FeedListError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FeedListError(f"{path}: is not TOML ({error})") from error
    tables = found.pop("feed", None)
    if found:
        raise FeedListError(f"{path}: nothing is known of {', '.join(sorted(found))}; feeds are tables [[feed]]")
    if not isinstance(tables, list) or not tables:
        raise FeedListError(f"{path}: names no feed; each is a table [[feed]] with a url")
    feeds = [_feed(path, number, table) for number, table in enumerate(tables, start=1)]
    names = [name for feed in feeds for name in {feed.name, feed.address.text if feed.address else feed.name}]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FeedListError(f"{path}: comes twice: {', '.join(twice)}")
    return feeds


def _feed(path: Path, number: int, table: Any) -> Feed:
    place = f"{path}: feed {number}"
    if not isinstance(table, dict):
        raise FeedListError(f"{place}: is no table")
    for key, value in table.items():
        if key not in _KEYS:
            raise FeedListError(f"{place}: nothing is known of {key}; there are {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]) or value == "":
            raise FeedListError(f"{place}: {key} must be {'true or false' if _KEYS[key] is bool else 'text'}")
    if ("url" in table) == ("path" in table):
        raise FeedListError(f"{place}: needs either url or path")
    if not table.get("name", "-").isprintable():
        raise FeedListError(f"{place}: the name holds control characters")
    try:
        address = parse(table["url"]) if "url" in table else None
    except BadAddress as error:
        raise FeedListError(f"{place}: {table['url']} {error}") from None
    name = table.get("name") or (address.text if address else table["path"])
    local = path.parent / table["path"] if "path" in table else None
    return Feed(name, address, local, table.get("outlet"), table.get("pages", False))
