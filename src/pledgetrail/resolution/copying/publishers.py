"""Who publishes a report, as far as copies go: an agency, an office, a site that republishes, or a paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from pledgetrail.language.lexicon import load
from pledgetrail.reading import lexicon
from pledgetrail.reading.lines import fold
from pledgetrail.records import Document

_CREDIT: Final = 25  # words of a line that may name where a report comes from
_AROUND: Final = frozenset({"chrome", "byline", "agency", "note", "heading", "caption"})


@dataclass(frozen=True, slots=True)
class Publisher:
    """What a report says of itself. ``credits`` are its lines, folded, that name where it was taken from."""

    outlet: str  # folded; empty if unknown
    host: str  # of its address, without "www."; empty if unknown
    agency: str  # the agency it carries or is, folded; empty if it names none
    office: bool
    release: bool
    aggregator: bool
    credits: tuple[str, ...]
    wire: bool = False  # the publisher is itself the agency

    def credits_to(self, other: Publisher) -> bool:
        """It says, in a line of its own, that it took the report from the other publisher."""
        return bool(other.outlet) and any(f" {other.outlet} " in f" {line} " for line in self.credits)


def publisher_of(document: Document) -> Publisher:
    """What the document's metadata and the lines around its body say."""
    table = _table()
    outlet = fold(document.outlet or "")
    lines = [
        fold(document.text[block.start : block.end])
        for block in document.blocks
        if block.kind in _AROUND and block.end - block.start < 400
    ]
    opens: re.Pattern[str] = table["opens"]
    phrases: re.Pattern[str] = table["phrases"]
    sender = _own_agency(document.outlet)
    office = outlet in table["offices"] or not table["words"].isdisjoint(outlet.split())
    return Publisher(
        outlet,
        _host(document.url),
        fold(document.agency or sender),
        office,
        office or bool(phrases.match(fold(document.title or ""))) or any(map(phrases.search, lines)),
        outlet in table["aggregators"],
        tuple(line for line in lines if len(line.split()) <= _CREDIT and opens.match(line)),
        bool(sender),
    )


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _own_agency(outlet: str | None) -> str:
    """The agency that the outlet is, or nothing."""
    lexis = lexicon.credits()
    if not outlet:
        return ""
    words = outlet.split()
    named = len(words) > 1 and words[-1].casefold() in lexis.wires
    return lexis.agencies.get(outlet, outlet if named else "")


@cache
def _table() -> dict[str, Any]:
    words = load("copies.toml", "pledgetrail.resolution")

    def any_of(phrases: list[str]) -> str:
        return "|".join(re.escape(fold(phrase)) for phrase in phrases)

    return {
        "words": frozenset(words["office"]["words"]),
        "offices": frozenset(map(fold, words["office"]["names"])),
        "phrases": re.compile(rf"\b(?:{any_of(words['release']['phrases'])})\b"),
        "aggregators": frozenset(map(fold, words["aggregator"]["names"])),
        "opens": re.compile(rf"(?:{any_of(words['aggregator']['opens'])})\b"),
    }
