"""Commitments as steps of an undertaking: the little that linking them into trails needs to know of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from pledgetrail.language import gazetteer
from pledgetrail.language.edtf import days_of
from pledgetrail.language.lexicon import load
from pledgetrail.records import Commitment, Party
from pledgetrail.resolution.undertakings.subjects import Subject, stems, subject

Days = tuple[dt.date | None, dt.date | None]

#: Stages in which ``by`` asks and ``to`` would give.
ASKING: Final = frozenset({"invitation", "request", "call"})
#: Stages whose words do not tell the giver from the taker: both sides agree, either may decline an offer, and the one
#: who opens a school need not have paid for it.
MUTUAL: Final = frozenset({"exploration", "agreement", "contract", "completion", "refusal"})

#: Party types that act for their state, and so are one giver with it.
_OF_STATE: Final = frozenset({"state", "government body", "person"})


@dataclass(frozen=True, slots=True)
class Step:
    """A commitments row, as linking sees it. Parties are keys: a state's ISO code, else the party's id.

    ``givers`` and ``receivers`` are told apart unless ``mutual``, where all parties are among the givers. ``places``
    are named places narrower than a state. The act happened between ``earliest`` and ``latest`` (None: not known); the
    reports that tell it are of ``told`` (the first) to ``heard`` (the last). ``spots`` are the documents and offsets
    that tell it. ``statement`` is the id of the row's leading statement, by which ties are broken: unlike the row's own
    id it does not depend on when the row came to be.
    """

    row: str
    statement: str
    stage: str
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    mutual: bool
    channels: frozenset[str]
    subject: Subject
    places: frozenset[str]
    sector: str | None
    flow: str | None
    amount: tuple[float, str | None] | None
    negated: bool
    conditional: bool
    planned: bool
    cumulative: bool
    part_of: str | None
    earliest: dt.date | None
    latest: dt.date | None
    told: dt.date | None
    heard: dt.date | None
    spots: tuple[tuple[str, int], ...]


def step(row: str, content: Commitment, days: Days) -> Step:
    """The step that a row is. ``days`` are the first and the last day of the reports that tell it, as far as known."""
    mutual = content.stage in MUTUAL
    asking = content.stage in ASKING
    giving, taking = (content.to, content.by) if asking else (content.by, content.to)
    places = _places(content)
    givers, receivers = _sides(giving, taking, places, mutual)
    channels = frozenset(_keys(content.via)) | (frozenset(_organisations(content.to)) if not mutual else frozenset())
    found = gazetteer.find(content.what)
    skip = frozenset(
        stem
        for text in [content.what[m.start : m.end] for m in found if m.entry.type != "organisation"]
        + [name for p in (*content.by, *content.to, *content.via) for name in (p.name, *p.aliases)]
        + ([content.amount.text] if content.amount else [])
        for stem in stems(text)
    )
    earliest, latest = days_of(content.when)
    named = frozenset(places) | {m.entry.name for m in found if m.entry.kind in ("region", "city")}
    sides = {*givers, *receivers}
    return Step(
        row=row,
        statement=content.id,
        stage=content.stage,
        givers=givers,
        receivers=receivers,
        mutual=mutual,
        channels=channels - sides,
        subject=subject(content.what, " ".join(s.quote for s in content.evidence[:1]), skip),
        places=frozenset(name for name in named if _narrow(name, sides, mutual)),
        sector=content.sector,
        flow=content.flow,
        amount=(content.amount.value, content.amount.currency) if content.amount else None,
        negated=content.negated,
        conditional=content.conditional,
        planned=content.planned,
        cumulative=content.cumulative,
        part_of=content.part_of,
        earliest=earliest,
        latest=latest,
        told=days[0],
        heard=days[1],
        spots=tuple(sorted({(s.document, s.start) for s in (content.trigger, *content.evidence)})),
    )


def lifetime(step: Step) -> Days:
    """The days between which the act lies: its own, or else those of the reports that tell it."""
    first = step.earliest or step.latest or step.told
    last = step.latest or step.earliest or step.told
    return first, last


def key_of(party: Party) -> str | None:
    """What makes parties one giver or taker: their state if they act for it, else themselves. A place that receives
    stands for its state. None for the unnamed ("companies", "the displaced"), who may be anybody.
    """
    if party.id.startswith("group-"):
        return None
    if party.id.startswith("place-"):
        entry = _entry(party.name)
        return party.country or (entry.country if entry else None)
    return (party.country or party.id) if party.type in _OF_STATE else party.id


def _keys(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(sorted({key for p in parties if (key := key_of(p))}))


def _organisations(parties: Iterable[Party]) -> tuple[str, ...]:
    return _keys(p for p in parties if p.type not in _OF_STATE and not p.id.startswith("place-"))


def _sides(
    giving: tuple[Party, ...], taking: tuple[Party, ...], places: tuple[str, ...], mutual: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Givers and receivers. An organisation that receives passes on: the states beside it, or else those of the places
    named, are the receivers where there are any.
    """
    givers, receivers = _keys(giving), _keys(taking)
    if mutual:
        both = tuple(sorted({*givers, *receivers}))
        return both or _countries(places), ()
    states = _keys(p for p in taking if p.type in _OF_STATE or p.id.startswith("place-"))
    there = tuple(c for c in _countries(places) if c not in givers)
    receivers = states or there or receivers
    return givers, tuple(key for key in receivers if key not in givers)


def _places(content: Commitment) -> tuple[str, ...]:
    """The places named, and those that receive or act."""
    parties = (p.name for p in (*content.by, *content.to) if p.id.startswith("place-"))
    return tuple(dict.fromkeys((*content.places, *parties)))


@cache
def _wide() -> frozenset[str]:
    return frozenset(load("undertakings.toml", "pledgetrail.resolution")["places"]["wide"])


@cache
def _entry(place: str) -> gazetteer.Entry | None:
    return gazetteer.lookup(place)


def _countries(places: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({entry.country for p in places if (entry := _entry(p)) and entry.country}))


def _narrow(place: str, sides: set[str], mutual: bool) -> bool:
    """Whether a place can tell one undertaking of two sides from another. The capital in which two sides met is none,
    nor is a place in a third country.
    """
    entry = _entry(place)
    if place in _wide() or (entry and entry.kind == "state"):
        return False
    if entry is None or entry.country is None:
        return True
    return entry.country in sides and not (mutual and entry.kind == "capital")
