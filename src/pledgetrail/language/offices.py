"""Who is called what office in a report: "Foreign Minister Mevlut Cavusoglu", "Ban Ki-moon, the UN chief"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pledgetrail.language import gazetteer
from pledgetrail.language.actors import Registry
from pledgetrail.language.counterparts import counterpart_title, office_beside
from pledgetrail.language.titles import is_past
from pledgetrail.records import Mention, Office, Parsed, Party, Span

#: Words before a title that say that it is not held.
_NOT_HELD = frozenset({"shadow", "would-be"})
#: Words before a state and a title that say that it was held once: "former Iraqi foreign minister". "Then" is none of
#: them: it may tell what happened next.
_ONCE = re.compile(r"\b(?:former|one-?time|ex|late|retired)[\s-]+$", re.I)


def offices(parsed: Parsed) -> tuple[Office, ...]:
    """The offices that the report's words join to people's names, in the order of the text, each naming once.

    The title stands as in the text, with "deputy" and the like but without "former", which sets ``former``. ``of`` is
    the state or organisation that the words name beside the title; for a title that speaks for a state also the state
    that the report's words give its holder elsewhere. It is never a guess: that a state's office issued the report says
    nothing, for it names foreign presidents, too.
    A counterpart ("his Turkish counterpart, Deniz Aksoy") holds the other's office for the state named; its title is
    in normal form. Spans lie in ``parsed.document.text``. Forms of address ("Mr", "Gen.") are no offices. Pure.
    """
    registry = Registry(parsed.document)
    said = _said(parsed.mentions, registry)
    found: list[Office] = []
    for at, mention in enumerate(parsed.mentions):
        beside = mention.title == "counterpart"
        office = _counterpart(parsed, at, registry, found) if beside else _office(parsed, mention, registry, said)
        if office is not None:
            found.append(office)
    return tuple(found)


def _counterpart(parsed: Parsed, at: int, registry: Registry, before: list[Office]) -> Office | None:
    """The office of a person who is named as somebody's counterpart."""
    mention = parsed.mentions[at]
    if mention.kind != "name" or len(mention.parties) != 1 or mention.parties[0].type != "person":
        return None
    party = mention.parties[0]
    of, other = _state(mention.text, party, registry), office_beside(parsed, at, before)
    if of is None or other is None or other.former or other.of is None or other.party.id == party.id:
        return None
    title = counterpart_title(other.title, other.of.country or "", of.country or "")
    words = parsed.document.text[mention.start : mention.end]
    return Office(party, title, of, Span(parsed.document.id, mention.start, mention.end, words)) if title else None


def _said(mentions: Iterable[Mention], registry: Registry) -> frozenset[tuple[str, str]]:
    """Which person is called whose, by party id and state: what words say, not what was guessed of the report."""
    said: set[tuple[str, str]] = set()
    for mention in mentions:
        if mention.kind != "name" or len(mention.parties) != 1 or mention.parties[0].type != "person":
            continue
        party = mention.parties[0]
        if mention.title and (of := _state(mention.text, party, registry)) is not None:
            said.add((party.id, of.country or ""))
    return frozenset(said)


def _office(parsed: Parsed, mention: Mention, registry: Registry, said: frozenset[tuple[str, str]]) -> Office | None:
    if mention.kind != "name" or not mention.title or len(mention.parties) != 1:
        return None
    party = mention.parties[0]
    words = parsed.document.text[mention.start : mention.end]
    roles = [r for r in gazetteer.roles().find(words) if r.kind == "title" and not r.plural]
    role = next((r for r in roles if r.role == mention.title), None)
    if party.type != "person" or role is None:
        return None
    modifiers = (role.modifier or "").split()
    if _NOT_HELD.intersection(modifiers):
        return None
    title = words[role.start : role.end]
    while (first := title.split(maxsplit=1)) and len(first) == 2 and _is_past(first[0]):
        title = first[1]
    span = Span(parsed.document.id, mention.start, mention.end, words)
    of = _of(words[: role.start], words[role.end :], party, mention, registry)
    past = is_past(role) or bool(_ONCE.search(parsed.document.text[max(0, mention.start - 12) : mention.start]))
    held = role.speaks_for == "state" or past
    if of is None and held and party.country and (party.id, party.country) in said:
        of = registry.state(party.country)
    return Office(party, " ".join(title.split()), of, span, past)


def _is_past(word: str) -> bool:
    match = gazetteer.roles().find(f"{word} minister")
    return bool(match) and is_past(match[0])


def _of(before: str, after: str, party: Party, mention: Mention, registry: Registry) -> Party | None:
    """The organisation that the person stands for, or the state named in the mention beside the title and the name."""
    bound = [p for p in mention.stands_for if p.id != party.id]
    if len(bound) == 1:
        return bound[0]
    return _state(before, party, registry) or _state(after, party, registry)


def _state(words: str, party: Party, registry: Registry) -> Party | None:
    """The first state named among the words, leaving out those of the person's own name ("Michael Jordan")."""
    spellings = {party.name, *party.aliases}
    for match in gazetteer.find(words):
        entry = match.entry
        if any(words[match.start : match.end] in spelling for spelling in spellings):
            continue
        if entry.country and entry.kind in ("state", "nationality", "capital"):
            return registry.state(entry.country)
    return None
