"""Places: one place for all its names, disputed ones with the names that each side uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from pledgetrail.language import gazetteer
from pledgetrail.resolution.identity.people import Verdict
from pledgetrail.resolution.identity.spelling import words_of

PlaceKind = Literal["state", "region", "city", "place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place. ``sides`` are the names of a disputed one: (name, alpha-3 code of the side that uses it, or "").

    ``country`` is the alpha-3 code of the state that it lies in, None where that is disputed, several or unknown.
    """

    name: str
    kind: PlaceKind
    country: str | None = None
    disputed: bool = False
    sides: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=65_536)
def place(words: str) -> Place:
    """The place that a name is of. One that no list knows is a place of its own name.

    A capital is the city, not its state: where it stands for the government, extraction has made it a party. Case,
    accents and "the" do not count. Pure; the lists are the gazetteer's.
    """
    name = " ".join(words.split())
    form = words_of(name)
    contested = _contested().get(form[1:] if form[:1] == ("the",) else form)
    if contested is not None:
        return contested
    entry = gazetteer.lookup(name)
    if entry is None or entry.kind not in ("state", "region", "city", "capital"):
        return Place(name, "place")
    if entry.kind == "region":
        return Place(entry.name, "region", entry.country)
    return Place(entry.name, "state" if entry.kind == "state" else "city", entry.country)


def same_place(a: str, b: str) -> Verdict:
    """The verdict on two names of places: one if the lists know them as one, or if their words are the same."""
    ours, theirs = place(a), place(b)
    if ours == theirs or words_of(ours.name) == words_of(theirs.name):
        why = "names that sides use for one disputed place" if ours.sides else f"both names of {ours.name}"
        return Verdict("same", why, 1)
    return Verdict("different", f"two places: {ours.name}, {theirs.name}")


@cache
def _contested() -> dict[tuple[str, ...], Place]:
    """Folded words of a name -> the disputed place."""
    sides: dict[str, list[tuple[str, str]]] = {}
    for where, name, side, _ in gazetteer.disputed():
        named = sides.setdefault(where, [])
        if name:
            named.append((name, side))
    found: dict[tuple[str, ...], Place] = {}
    for where, names in sides.items():
        entry = gazetteer.lookup(where)
        kind: PlaceKind = "city" if entry is not None and entry.kind == "city" else "region"
        one = Place(where, kind, entry.country if entry is not None and kind == "city" else None, True, tuple(names))
        for form in (where, *(name for name, _ in names)):
            found[words_of(form)] = one
    return found
