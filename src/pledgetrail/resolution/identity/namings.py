"""How reports name an actor: what one report says of each, as a small record, and the records of many added up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pledgetrail.language import gazetteer
from pledgetrail.records import Office, Party, PartyType
from pledgetrail.resolution.identity.evidence import Held, normal_title, one_holder
from pledgetrail.resolution.identity.people import person_words
from pledgetrail.resolution.identity.spelling import likeness, skeleton


@dataclass(frozen=True, slots=True)
class Naming:
    """One way in which reports name an actor.

    ``key`` is what is grouped: the party's id, but for a person named by one word, which many bear: there the id with
    the office that one person holds, or else with the report. ``apart`` are keys of people with a word of the name in
    common whom a report tells apart from this one. ``documents`` counts the reports that name the actor so.
    ``country`` is what a report's words say, ``guess`` what it was only concluded to be.
    """

    key: str
    id: str
    name: str
    type: PartyType
    country: str | None = None
    aliases: tuple[str, ...] = ()
    offices: tuple[Held, ...] = ()
    documents: int = 1
    apart: tuple[str, ...] = ()
    guess: str | None = None


def namings(
    document: str, parties: Iterable[Party], offices: Sequence[Office] = (), day: dt.date | None = None
) -> tuple[Naming, ...]:
    """What one report says of its actors: a naming for each party id, sorted by it.

    ``parties`` are all that the report's statements name, repeats included; whoever holds one of ``offices`` is added.
    ``day`` is the day of the report. To find the actor of a party of this report, look for the naming with the party's
    id and take its key. Pure and independent of order.
    """
    named = {p.id: p for p in sorted((*(o.party for o in offices), *parties), key=lambda p: (p.id, p.name, repr(p)))}
    held: dict[str, list[Held]] = {}
    for office in offices:
        held.setdefault(office.party.id, []).append(_held(office, day))
    made = [
        _naming(document, party, _added(held.get(key, ()), one_report=True)) for key, party in sorted(named.items())
    ]
    words: dict[str, set[str]] = {}
    for naming in made:
        for word in _parts(naming):
            words.setdefault(word, set()).add(naming.key)
    by_key = {n.key: n for n in made}
    return tuple(
        replace(n, apart=tuple(sorted(k for k in near if not _one_holder_of_both(n, by_key[k]))))
        if (near := {k for w in _parts(n) for k in words[w]} - {n.key})
        else n
        for n in made
    )


def pooled(found: Iterable[Naming]) -> list[Naming]:
    """Namings added up: one for each key, name, type and state, sorted by them. Pooling pooled ones changes nothing.

    Memory grows with the different names, not with the reports.
    """
    sums: dict[tuple[str, str, str, str, str, str], Naming] = {}
    for naming in found:
        which = (naming.key, naming.name, naming.type, naming.country or "", naming.guess or "", naming.id)
        before = sums.get(which)
        sums[which] = naming if before is None else _sum(before, naming)
    return [sums[which] for which in sorted(sums)]


def _one_holder_of_both(a: Naming, b: Naming) -> bool:
    """Whether two names of one report are one person's: one is the other's end ("Makhdoom Shah Mahmood Qureshi"), and
    the report calls both by an office of one holder, with no word of two states.
    """
    short, long = sorted((person_words(n.name) for n in (a, b)), key=lambda words: (len(words), words))
    if len(short) < 2 or len(short) == len(long):
        return False
    if any(likeness(x, y) not in ("equal", "variant") for x, y in zip(short, long[-len(short) :], strict=True)):
        return False
    return any(
        x.title == y.title and one_holder(x.title) and _one_state(x, a, y, b) and not (x.former or y.former)
        for x in a.offices
        for y in b.offices
    )


def _one_state(x: Held, a: Naming, y: Held, b: Naming) -> bool:
    """Whether an office of each of two people is of one state or body; a guess counts where the words say nothing."""
    if x.of and y.of:
        return x.of == y.of
    ours, theirs = (h.state() or (n.country or n.guess if h.of is None else None) for h, n in ((x, a), (y, b)))
    return ours is not None and ours == theirs


def _sum(a: Naming, b: Naming) -> Naming:
    return replace(
        a,
        aliases=tuple(sorted({*a.aliases, *b.aliases})),
        offices=_added((*a.offices, *b.offices)),
        documents=a.documents + b.documents,
        apart=tuple(sorted({*a.apart, *b.apart})),
    )


def _held(office: Office, day: dt.date | None) -> Held:
    whose, name = (office.of.id, office.of.name) if office.of else (None, None)
    state = office.of.country if office.of and office.of.type == "state" else None
    return Held(normal_title(office.title, state), whose, name, day, day, office.former, 1, (office.span,))


def _added(held: Iterable[Held], *, one_report: bool = False) -> tuple[Held, ...]:
    """Each office once, with its first and last day and the places of these, sorted."""
    sums: dict[tuple[str, str, bool], Held] = {}
    for one in held:
        which = (one.title, one.of or "", one.former)
        before = sums.get(which)
        sums[which] = one if before is None else _both(before, one, one_report)
    return tuple(sums[which] for which in sorted(sums))


def _both(a: Held, b: Held, one_report: bool) -> Held:
    """One office seen twice. The order does not matter, nor how often it was added up before."""
    early = min(a, b, key=lambda h: (h.first or dt.date.max, h.spans[0].document, h.spans[0].start))
    late = max(a, b, key=lambda h: (h.last or dt.date.min, h.spans[-1].document, h.spans[-1].start))
    names = sorted({h.of_name for h in (a, b) if h.of_name})
    return replace(
        a,
        of_name=names[0] if names else None,
        first=early.first,
        last=late.last,
        documents=1 if one_report else a.documents + b.documents,
        spans=tuple(dict.fromkeys((early.spans[0], late.spans[-1]))),
    )


def _naming(document: str, party: Party, held: tuple[Held, ...]) -> Naming:
    key = party.id
    if party.type == "person" and len(person_words(party.name)) < 2:
        known = [h for h in held if h.of and not h.former and one_holder(h.title)]
        key = f"{key}@{known[0].title} of {known[0].of}" if known else f"{key}@{document}"
    guessed = party.country is not None and _is_guess(party, held)
    country, guess = (None, party.country) if guessed else (party.country, None)
    return Naming(key, party.id, party.name, party.type, country, party.aliases, held, guess=guess)


def _is_guess(party: Party, held: tuple[Held, ...]) -> bool:
    """Whether a person's state was concluded from what the report is about.

    It is where the report calls them by an office that speaks for a state, and names no state beside any of theirs; a
    person without such an office has a state only if words say it.
    """
    if party.type != "person" or any(h.state() == party.country for h in held):
        return False
    return any(h.of is None and _of_state(h.title) for h in held)


def _of_state(title: str) -> bool:
    match = gazetteer.roles().lookup(title)
    return match is not None and match.speaks_for == "state"


def _parts(naming: Naming) -> set[str]:
    """The skeletons of a person's words, by which two people of a report may be mistaken for one."""
    return {skeleton(w) for w in person_words(naming.name)} if naming.type == "person" else set()
