"""Names the product knows: states and their peoples, capitals, regions, cities, organisations, bodies, companies.

The knowledge is in ``data/*.csv``; this module reads it once, at first use, and looks it up in texts.
Names are case-sensitive, except that any name may stand in capitals (headlines, datelines).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, cast

from pledgetrail.language.forms import Finder, fold, fold_lower, rows, split
from pledgetrail.language.roles import RoleMatch, Roles, portfolios, roles
from pledgetrail.records import PartyType

__all__ = [
    "Entry",
    "EntryKind",
    "Match",
    "RoleMatch",
    "Roles",
    "disputed",
    "find",
    "group_nouns",
    "lookup",
    "roles",
    "state",
]

EntryKind = Literal["state", "nationality", "capital", "region", "city", "organisation", "body", "company", "group"]

_KIND_OF_TYPE: Final[dict[str, EntryKind]] = {
    "organisation": "organisation",
    "government body": "body",
    "company": "company",
    "group": "group",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form stands for.

    ``name`` is canonical. ``country`` is ISO 3166-1 alpha-3 (3166-3 for states that are no more, XKX for Kosovo).
    ``type`` is the party type if it can act, None for a mere place. A nationality and a capital bear the name of
    the people's state and of the city, and act, if at all, for the state ``country``.
    """

    name: str
    kind: EntryKind
    country: str | None
    type: PartyType | None


@dataclass(frozen=True, slots=True)
class Match:
    """A known name at ``text[start:end]`` (code points)."""

    start: int
    end: int
    entry: Entry


def _states() -> Iterator[tuple[str, Entry]]:
    for row in rows("states.csv"):
        entry = Entry(row["name"], "state", row["code"], "state")
        for form in (row["name"], *split(row["names"])):
            yield form, entry
        people = Entry(row["name"], "nationality", row["code"], "state")
        for form in split(row["people"]):
            yield form, people
        for capital in split(row["capitals"]):
            spellings = capital.split("/")
            for form in spellings:
                yield form, Entry(spellings[0], "capital", row["code"], "state")


def _bodies() -> Iterator[tuple[str, Entry]]:
    for row in rows("bodies.csv"):
        generic = row["generic"] == "yes"
        entry = Entry(row["name"], "body", row["country"] or None, "government body")
        for form in (row["name"], *split(row["forms"])):
            yield form, entry
            if generic:
                yield form.lower(), entry
    for role, words in portfolios():
        name = " ".join(w if w in ("and", "of") else w.capitalize() for w in role.split())
        entry = Entry(f"{name} Ministry", "body", None, "government body")
        for word in words:
            title = " ".join(w if w in ("and", "of") else w[0].upper() + w[1:] for w in word.split())
            for shape in ("{} Ministry", "Ministry of {}", "Ministry for {}", "Department of {}", "{} Department"):
                yield shape.format(title), entry
                yield shape.format(title).lower(), entry


def _regions() -> Iterator[tuple[str, Entry]]:
    for row in rows("regions.csv"):
        country = row["country"] or None
        for form in (row["name"], *split(row["forms"])):
            yield form, Entry(row["name"], "region", country, None)
        for form in split(row["people"]):
            yield form, Entry(row["name"], "nationality", country, None)


def _actors() -> Iterator[tuple[str, Entry]]:
    for file in ("organisations.csv", "companies.csv"):
        for row in rows(file):
            entry = Entry(row["name"], _KIND_OF_TYPE[row["type"]], row["country"] or None, cast(PartyType, row["type"]))
            for form in (row["name"], *split(row["forms"])):
                yield form, entry


def _cities() -> Iterator[tuple[str, Entry]]:
    for row in rows("cities.csv"):
        entry = Entry(row["name"], "city", row["country"] or None, None)
        for form in (row["name"], *split(row["forms"])):
            yield form, entry


@cache
def disputed() -> tuple[tuple[str, str, str, str], ...]:
    """``disputed.csv``: a disputed place, a name of it, the alpha-3 code of the side that uses it (or ""), a note.

    A place without names of its sides has one row with an empty name.
    """
    return tuple((row["place"], row["name"], row["side"], row["note"]) for row in rows("disputed.csv"))


@cache
def _uses() -> dict[str, dict[str, str]]:
    """``ambiguous.csv`` as use -> folded form -> form as spelled."""
    uses: dict[str, dict[str, str]] = {"cover": {}, "after": {}, "word": {}, "exact": {}}
    for row in rows("ambiguous.csv"):
        uses[row["use"]][fold(row["form"])] = row["form"]
    return uses


@cache
def _forms() -> dict[str, Entry | None]:
    """Folded form -> entry; None for a form that only covers other names. The first file to name a form has it."""
    forms: dict[str, Entry | None] = dict.fromkeys(_uses()["cover"])
    for source in (_states(), _bodies(), _regions(), _actors(), _cities()):
        for form, entry in source:
            forms.setdefault(fold(form), entry)
    for place, name, _, _ in disputed():
        forms.setdefault(fold(name or place), forms.get(fold(place)) or Entry(place, "region", None, None))
    for form in [form for form in forms if len(form) > 3 and not form.isupper()]:
        forms.setdefault(form.upper(), forms[form])
    return forms


@cache
def _index() -> tuple[Finder, list[str], list[Entry | None], re.Pattern[str]]:
    forms = _forms()
    after = re.compile(r"[$€£¥]|\s(?:" + "|".join(map(re.escape, _uses()["after"])) + r")\b")
    return Finder(forms), list(forms), list(forms.values()), after


@cache
def _by_name() -> dict[str, Entry]:
    """Folded lower-case form -> entry."""
    names: dict[str, Entry] = {}
    for form, entry in _forms().items():
        if entry is not None and form not in _uses()["word"]:
            names.setdefault(fold_lower(form), entry)
    return names


def _shouted(text: str, start: int, end: int) -> bool:
    """Whether the words around ``text[start:end]`` are in capitals, so that capitals there tell nothing."""
    around = text[max(0, start - 30) : start] + text[end : end + 30]
    upper = sum(map(str.isupper, around))
    return upper > sum(map(str.islower, around))


def _misleads(text: str, folded: str, start: int, end: int, form: str) -> bool:
    uses = _uses()
    if form in uses["word"]:
        return _shouted(text, start, end)
    return form in uses["exact"] and text[start:end] != uses["exact"][form]


def find(text: str) -> list[Match]:
    """The known names in ``text``: whole words, leftmost and longest, in order, never overlapping."""
    finder, forms, entries, after = _index()
    folded = fold(text)
    matches: list[Match] = []
    reached = 0
    for start, end, index in finder.candidates(folded):
        if start < reached or _misleads(text, folded, start, end, forms[index]):
            continue
        reached = end
        entry = entries[index]
        # "US$5 million" and "Australian dollars" name a currency, not a party
        if entry is not None and not (entry.kind in ("state", "nationality") and after.match(folded, end)):
            matches.append(Match(start, end, entry))
    return matches


@cache
def _state_entries() -> dict[str | None, Entry]:
    return {entry.country: entry for _, entry in _states() if entry.kind == "state"}


def state(code: str) -> Entry:
    """The state of an ISO alpha-3 code. Raises KeyError for a code that is none."""
    return _state_entries()[code]


def lookup(name: str) -> Entry | None:
    """The entry that has ``name`` among its forms, whatever its case and accents, with or without "the"."""
    folded = " ".join(fold(name).split())
    exact = _forms().get(folded) or _by_name().get(fold_lower(folded))
    if exact is None and fold_lower(folded).startswith("the "):
        return lookup(folded[4:])
    return exact


@cache
def group_nouns() -> dict[str, str]:
    """Nouns for groups (lower case, "rebels") -> class: donors, officials, people, combatants, states, ..."""
    return {row["form"]: row["class"] for row in rows("groups.csv")}
