"""What is known of a name beside its words: its type, its state, and the offices its bearer was seen in, with days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from pledgetrail.language import gazetteer
from pledgetrail.language.lexicon import load
from pledgetrail.records import PartyType, Span

#: Two sights of one office this many days apart may be of one term; parliaments sit about as long.
_TERM: Final = dt.timedelta(days=5 * 365)


@cache
def lexicon() -> dict[str, Any]:
    """``data/actors.toml``: what analysts may correct about names and offices."""
    return load("actors.toml", "pledgetrail.resolution")


@cache
def listed(name: str) -> frozenset[str]:
    """The words of one of its lists."""
    return frozenset(lexicon()[name])


@dataclass(frozen=True, slots=True)
class Held:
    """An office as reports saw it held: its normal title, whose it is (a party's id and name), first and last day.

    ``documents`` counts the reports, ``spans`` are the places of the first and the last sight.
    """

    title: str
    of: str | None = None
    of_name: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    former: bool = False
    documents: int = 1
    spans: tuple[Span, ...] = ()

    def state(self) -> str | None:
        """The alpha-3 code of the state whose office it is."""
        return self.of[6:].upper() if self.of and self.of.startswith("state-") else None


@dataclass(frozen=True, slots=True)
class Name:
    """A name with what is known of its bearer. ``country`` is ISO 3166-1 alpha-3, what reports say.

    ``guess`` is a state that no report says, and that one was concluded to be from what it is about.
    """

    text: str
    type: PartyType = "person"
    country: str | None = None
    offices: tuple[Held, ...] = field(default=())
    guess: str | None = None

    def state(self) -> str | None:
        """The state that the name's bearer is of: ``country``, else the one state of their offices."""
        said = {code for h in self.offices if (code := h.state())}
        return self.country or (said.pop() if len(said) == 1 else None)


def normal_title(title: str, state: str | None = None) -> str:
    """A title's normal form with its modifiers: "FM" -> "foreign minister"; "federal" and the like go.

    A "foreign secretary" is a foreign minister only of a ``state`` (alpha-3) that calls its ministers so.
    """
    match = gazetteer.roles().lookup(title)
    words = title.lower().split()
    if match is None:
        return " ".join(words)
    role = match.role
    if words[-1] == "secretary" and role.endswith(" minister") and state not in listed("secretaries_are_ministers"):
        role = role.removesuffix("minister") + "secretary"
    kept = [w for w in (match.modifier or "").split() if w not in listed("same_office") and w != "former"]
    return " ".join([*kept, role])


def one_holder(title: str) -> bool:
    """Whether an office of this normal title has one holder at a time."""
    if title in listed("one_holder"):
        return True
    return title.endswith(" minister") and title.split()[0] not in ("deputy", "vice", "assistant", "junior", "prime")


def shared_office(a: Name, b: Name) -> Held | None:
    """The office that both bearers held, one that has one holder, at days that may be of one term; or None."""
    for ours in a.offices:
        for theirs in b.offices:
            if ours.of and (ours.title, ours.of) == (theirs.title, theirs.of) and one_holder(ours.title):
                if not ours.former and not theirs.former and _one_term(ours, theirs):
                    return ours
    return None


def guessed_state(a: Name, b: Name) -> str | None:
    """The state that reports say of one bearer and that was concluded for the other, of whom no report says any."""
    for one, other in ((a, b), (b, a)):
        if one.state() is not None and other.state() is None and one.state() == other.guess:
            return one.state()
    return None


def like_office(a: Name, b: Name) -> Held | None:
    """The office with a state that one bearer held and the other held of no state that is said; or None.

    "President" does not disagree with "president of Azerbaijan". No more than :func:`shared_office` does it count for
    former holders, for offices of many holders and for other terms.
    """
    for some, others in ((a, b), (b, a)):
        for bare in some.offices:
            if bare.of or bare.former:
                continue
            for held in others.offices:
                state = held.state()
                if not state or held.former or not one_holder(held.title) or (some.state() or state) != state:
                    continue
                if normal_title(bare.title, state) == held.title and _one_term(bare, held):
                    return held
    return None


def _one_term(a: Held, b: Held) -> bool:
    if not (a.first and a.last and b.first and b.last):
        return True
    return max(a.first, b.first) - min(a.last, b.last) <= _TERM
