"""The phrases that reading knows, loaded from ``data/*.toml`` and compiled when first asked for."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pledgetrail.reading.lines import fold


def table(name: str) -> dict[str, Any]:
    """The data file ``name`` (without its suffix) as parsed. Raises FileNotFoundError and TOMLDecodeError."""
    return tomllib.loads((resources.files("pledgetrail.reading") / "data" / f"{name}.toml").read_text("utf-8"))


@cache
def stop_words() -> frozenset[str]:
    """Words so common that they name nothing (``lines.toml``)."""
    return frozenset(table("lines")["stop_words"])


@dataclass(frozen=True, slots=True)
class Chrome:
    """Phrases and shapes of lines that are no part of a report; every value is the name of its group."""

    whole: dict[str, str]
    start: dict[str, tuple[tuple[str, str], ...]]  # by first word: folded phrase with a space after it, group
    anywhere: re.Pattern[str]
    patterns: re.Pattern[str]
    pattern_names: dict[str, str]
    markers: dict[str, str]
    start_words: int
    anywhere_words: int


@cache
def chrome() -> Chrome:
    """The compiled ``chrome.toml``."""
    data = table("chrome")
    start: dict[str, list[tuple[str, str]]] = {}
    for group, phrases in data["start"].items():
        for phrase in map(fold, phrases):
            start.setdefault(phrase.split()[0], []).append((phrase + " ", group))
    named = {f"p{i}": group for i, group in enumerate(data["pattern"])}
    shapes = (f"(?P<p{i}>{'|'.join(f'(?:{p})' for p in group)})" for i, group in enumerate(data["pattern"].values()))
    return Chrome(
        whole={fold(phrase): group for group, phrases in data["whole"].items() for phrase in phrases},
        start={word: tuple(found) for word, found in start.items()},
        anywhere=_phrases([phrase for group in data["anywhere"].values() for phrase in group]),
        patterns=re.compile("|".join(shapes), re.IGNORECASE),
        pattern_names=named,
        markers={fold(phrase): group for group, phrases in data["marker"].items() for phrase in phrases},
        start_words=data["words"]["start"],
        anywhere_words=data["words"]["anywhere"],
    )


@dataclass(frozen=True, slots=True)
class Credits:
    """Names and words of those who write, send and publish."""

    agencies: dict[str, str]  # a form as written, and its folded form, to the agency's name
    unnamed: frozenset[str]
    sections: frozenset[str]
    outlets: dict[str, str]
    outlet_words: frozenset[str]
    wires: frozenset[str]
    nameless: tuple[str, ...]
    nobody: frozenset[str]
    verbs: frozenset[str]
    byline_opens: re.Pattern[str]
    not_names: frozenset[str]
    honours: frozenset[str]
    offices: frozenset[str]
    photo: re.Pattern[str]
    photo_opens: re.Pattern[str]


@cache
def credits() -> Credits:
    """The compiled ``credits.toml``."""
    data = table("credits")
    agencies = {form: entry["name"] for entry in data["agency"] for form in entry["forms"]}
    byline, caption = data["byline"], data["caption"]
    opens = "|".join(sorted(map(re.escape, byline["opens"]), key=len, reverse=True))
    captions = "|".join(sorted(map(re.escape, caption["opens"]), key=len, reverse=True))
    return Credits(
        agencies=agencies,
        unnamed=frozenset(map(fold, data["unnamed"]["lines"])),
        sections=frozenset(map(fold, data["unnamed"]["sections"])),
        outlets={fold(name): name for name in data["outlet"]["names"]},
        outlet_words=frozenset(data["outlet"]["words"]),
        wires=frozenset(data["outlet"]["wires"]),
        nobody=frozenset(map(fold, byline["nobody"])),
        nameless=tuple(fold(words) + " " for words in byline["nameless"]),
        verbs=frozenset(byline["verbs"]),
        byline_opens=re.compile(rf"(?:{opens})\s*:?(?=\s|$)", re.IGNORECASE),
        not_names=frozenset(map(fold, byline["not_names"])),
        honours=frozenset(map(fold, byline["honours"])),
        offices=frozenset(map(fold, byline["offices"])),
        photo=_phrases(caption["credits"]),
        photo_opens=re.compile(rf"(?:{captions})\s*[:/]", re.IGNORECASE),
    )


def _phrases(phrases: list[str]) -> re.Pattern[str]:
    """Any of the phrases, as whole words of a folded text."""
    longest_first = sorted({re.escape(fold(phrase)) for phrase in phrases}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b")


@dataclass(frozen=True, slots=True)
class Dates:
    """Months, weekdays, and the words around a date."""

    months: dict[str, int]
    weekdays: dict[str, int]
    published: frozenset[str]
    updated: frozenset[str]
    beside: frozenset[str]
    inside: frozenset[str]


@cache
def dates() -> Dates:
    """The compiled ``dates.toml``."""
    data = table("dates")
    labels = data["labels"]
    return Dates(
        months=dict(data["months"]),
        weekdays=dict(data["weekdays"]),
        published=frozenset(map(fold, labels["published"])),
        updated=frozenset(map(fold, labels["updated"])),
        beside=frozenset(map(fold, labels["beside"])),
        inside=frozenset(labels["inside"]),
    )


@dataclass(frozen=True, slots=True)
class Datelines:
    """What may and may not be a place in capitals at the start of a report."""

    short: frozenset[str]
    parts: frozenset[str]
    not_places: frozenset[str]
    regions: tuple[str, ...]


@cache
def datelines() -> Datelines:
    """The compiled ``datelines.toml``."""
    places = table("datelines")["places"]
    return Datelines(
        short=frozenset(places["short"]),
        parts=frozenset(places["parts"]),
        not_places=frozenset(places["not_places"]),
        regions=tuple(places["regions"]),
    )
