"""Disagreements as pages show them: the widest apart first, the claims of each on one scale."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from pledgetrail.ledger.schema import disagreements
from pledgetrail.serving.scales import Tick, numbers

#: What a disagreement is about, in the words of the page.
SUBJECTS: Final = {"figure": "figures", "sum": "sums"}
KINDS: Final = {
    "competing": "cannot all be true",
    "update": "follow one another, as a toll that grows",
    "compatible": "sound different and fit together",
}

WIDTH: Final = 760
_LINE: Final = 26
_LEFT: Final = 14.0


@dataclass(frozen=True, slots=True)
class Brief:
    """What a list of disagreements is sorted and searched by."""

    id: str
    kind: str
    subject: str
    about: str
    claims: int
    origins: int
    apart: float  # the greatest number as a multiple of the least; 1 without numbers
    words: str  # folded, of all that a search finds it by


@dataclass(frozen=True, slots=True)
class Dot:
    """A claim on the scale: from ``left`` to ``right``, which are the same for a plain number."""

    claim: Mapping[str, Any]
    left: float
    right: float
    y: float
    after: bool  # whether its label stands right of it


@dataclass(frozen=True, slots=True)
class Scale:
    """The claims of a disagreement drawn, one below the other."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    by_magnitude: bool
    currency: str
    height: float


def briefs(connection: Connection) -> list[Brief]:
    """All disagreements, competing ones of most origins and widest apart first."""
    query = select(disagreements.c.id, disagreements.c.kind, disagreements.c.subject, disagreements.c.about)
    found = []
    for name, kind, subject, about, content in connection.execute(query.add_columns(disagreements.c.content)):
        claims = json.loads(content)["claims"]
        ends = [end for claim in claims for end in bounds(claim) or () if end > 0]
        origins = {telling["origin"] for claim in claims for telling in claim["tellings"]}
        said = [about, subject, *(f"{claim['value']} {claim['claimant'] or ''}" for claim in claims)]
        said += [telling["outlet"] or "" for claim in claims for telling in claim["tellings"]]
        apart = max(ends) / min(ends) if ends else 1.0
        found.append(Brief(name, kind, subject, about, len(claims), len(origins), apart, " ".join(said).casefold()))
    return sorted(found, key=order)


def order(its: Brief) -> tuple[int, int, float, str]:
    """What disagreements are sorted by, the least first."""
    kinds = list(KINDS)
    return (kinds.index(its.kind) if its.kind in kinds else 9, -its.origins, -its.apart, its.id)


def passing(found: Sequence[Brief], kind: str = "", subject: str = "", q: str = "") -> list[Brief]:
    """Those of a kind and subject that have all the words."""
    words = q.casefold().split()
    some = [its for its in found if kind in ("", its.kind) and subject in ("", its.subject)]
    return [its for its in some if all(word in its.words for word in words)] if words else some


def bounds(claim: Mapping[str, Any]) -> tuple[float, float] | None:
    """The least and the greatest number that a claim names; None for a claim in words."""
    number = claim["number"]
    if not number:
        return None
    if number["value"] is not None:
        return number["value"], number["value"]
    ends = [number[name] for name in ("low", "high") if number[name] is not None]
    return (min(ends), max(ends)) if ends else None


def on_scale(claims: Sequence[Mapping[str, Any]]) -> Scale | None:
    """The claims that name numbers of one currency, the least first; None if fewer than two of them do."""
    known = [(ends, claim) for claim in claims if (ends := bounds(claim)) is not None]
    currencies = {(claim["number"] or {}).get("currency") for _, claim in known}
    if len(known) < 2 or len(currencies) > 1:
        return None
    scale = numbers([end for ends, _ in known for end in ends], _LEFT, WIDTH - _LEFT)
    if scale is None:
        return None
    known.sort(key=lambda item: (item[0], item[1]["row"]))
    dots = []
    for place, ((low, high), claim) in enumerate(known):
        left, right = scale.at(low), scale.at(high)
        dots.append(Dot(claim, left, right, _LINE * (place + 0.6), right < WIDTH * 0.6))
    return Scale(
        tuple(dots), tuple(scale.ticks()), scale.by_magnitude, currencies.pop() or "", _LINE * (len(dots) + 0.3)
    )
