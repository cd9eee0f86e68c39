"""What pages call things: the names of their fields and the words that are no author, from ``data/*.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


def table(name: str) -> dict[str, Any]:
    """The data file ``name`` (without its suffix) as parsed. Raises FileNotFoundError and TOMLDecodeError."""
    return tomllib.loads((resources.files("pledgetrail.sources") / "data" / f"{name}.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Fields:
    """Types of JSON-LD by what they describe, and names of meta by the field of a report, in order of belief."""

    report: frozenset[str]
    page: frozenset[str]
    site: frozenset[str]
    meta: dict[str, tuple[str, ...]]
    wanted: frozenset[str]  # all names of meta
    published: tuple[str, ...]  # words before the day of publication, the longest first
    updated: tuple[str, ...]


@cache
def fields() -> Fields:
    """The loaded ``page_fields.toml``."""
    data = table("page_fields")
    kinds = {name: frozenset(types) for name, types in data["types"].items()}
    meta = {name: tuple(names) for name, names in data["meta"].items()}
    words = {name: tuple(sorted(labels, key=len, reverse=True)) for name, labels in data["day"].items()}
    wanted = frozenset().union(*meta.values())
    return Fields(kinds["report"], kinds["page"], kinds["site"], meta, wanted, words["published"], words["updated"])


@dataclass(frozen=True, slots=True)
class AuthorWords:
    """What tells a person's name from what stands in its place."""

    generic: frozenset[str]
    bodies: frozenset[str]
    lead: tuple[str, ...]
    paths: frozenset[str]


@cache
def author_words() -> AuthorWords:
    """The loaded ``page_authors.toml``."""
    data = table("page_authors")
    lead = tuple(sorted(data["lead"], key=len, reverse=True))
    return AuthorWords(frozenset(data["generic"]), frozenset(data["bodies"]), lead, frozenset(data["paths"]))
