"""Namings -> actors: which of them are one actor's, what it is called, which offices it held when, and why."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pledgetrail.records import PartyType, Span
from pledgetrail.resolution.identity.evidence import Held, Name
from pledgetrail.resolution.identity.joining import Joined, Node, joined
from pledgetrail.resolution.identity.known import Known
from pledgetrail.resolution.identity.namings import Naming, pooled
from pledgetrail.resolution.identity.people import person_words

#: Reports that conclude somebody's state from what they are about, which one report that says it outweighs.
_SAID = 1000

Value = TypeVar("Value", bound=str)


@dataclass(frozen=True, slots=True)
class Role:
    """An office that an actor held: the days of the first and last report that says so, and where these say it.

    ``from_`` and ``until`` are what reports show, not the term: None where no dated report calls the holder so without
    "former". ``former``: a report calls them the former holder.
    """

    title: str
    of: str | None
    of_id: str | None
    from_: dt.date | None
    until: dt.date | None
    former: bool = False
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ActorGroup:
    """One actor: the keys of its namings, sorted, and what they say together.

    ``why`` has, for each member but the one named in most reports, the reason for which it joined. ``ids`` are the
    members' party ids.
    """

    members: tuple[str, ...]
    ids: tuple[str, ...]
    name: str
    type: PartyType
    country: str | None = None
    aliases: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    roles: tuple[Role, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def actors(found: Iterable[Naming], known: Known | None = None) -> list[ActorGroup]:
    """The actors that namings are of, in the order of their first member; every key is in one group.

    ``known`` is the user's list and outranks everything: what it names is one, under its name, with its identifiers;
    what it tells apart stays apart. Pure: the same set of namings gives the same groups, whatever their order and
    however they were pooled. Work and memory grow with the number of different names.
    """
    nodes = _nodes(pooled(found))
    groups = [_group(members, joins) for members, joins in joined(nodes, known or Known())]
    return sorted(groups, key=lambda g: g.members)


def _nodes(found: list[Naming]) -> list[Node]:
    """One node for each key, in order: its names with the reports that use them, and what is known of its bearer."""
    by_key: dict[str, list[Naming]] = {}
    for naming in found:
        by_key.setdefault(naming.key, []).append(naming)
    return [_node(key, by_key[key]) for key in sorted(by_key)]


def _node(key: str, found: list[Naming]) -> Node:
    names, types, countries = Counter[str](), Counter[PartyType](), Counter[str]()
    guesses = Counter({n.guess: n.documents for n in found if n.guess})
    for naming in found:
        names[naming.name] += naming.documents
        types[naming.type] += naming.documents
        if naming.country:
            countries[naming.country] += naming.documents
        for held in naming.offices:
            if code := held.state():
                countries[code] += _SAID * held.documents
    offices = tuple(sorted((h for n in found for h in n.offices), key=_office_order))
    country, guess = (_commonest(counted) if counted else None for counted in (countries, guesses))
    name = Name(_commonest(names), _commonest(types), country, offices, None if country else guess)
    return Node(
        key=key,
        id=found[0].id,
        name=name,
        names=names,
        types=types,
        countries=countries,
        aliases=frozenset(a for n in found for a in n.aliases),
        apart=frozenset(k for n in found for k in n.apart),
    )


def _commonest(counted: Counter[Value]) -> Value:
    return min(counted, key=lambda value: (-counted[value], value))


def _office_order(held: Held) -> tuple[str, str, bool, str]:
    return (held.title, held.of or "", held.former, str(held.first))


def _group(members: list[Node], joins: list[Joined]) -> ActorGroup:
    """What the members say together. A listed actor has the list's name, type, state and identifiers."""
    names, types, countries = Counter[str](), Counter[PartyType](), Counter[str]()
    for node in members:
        names.update(node.names)
        types.update(node.types)
        countries.update(node.countries)
    listed = next((node.listed for node in members if node.listed is not None), None)
    name = listed.name if listed else _shown(names, members[0].name.type)
    forms = set(names).union(*(node.aliases for node in members), listed.aliases if listed else ())
    return ActorGroup(
        members=tuple(node.key for node in members),
        ids=tuple(sorted({node.id for node in members})),
        name=name,
        type=(listed.type if listed else None) or _commonest(types),
        country=(listed.country if listed else None) or (_commonest(countries) if countries else None),
        aliases=tuple(sorted(forms - {name})),
        identifiers=listed.identifiers if listed else (),
        roles=_roles(members),
        why=_reasons(members, joins),
        note=listed.note if listed else "",
    )


def _shown(names: Counter[str], kind: PartyType) -> str:
    """The commonest full name; of equals the one not in capitals, then with more words, with marks, then the first."""

    def order(name: str) -> tuple[bool, int, bool, int, bool, str]:
        words = person_words(name) if kind == "person" else ()
        lone = kind == "person" and (len(words) < 2 or len(words[0]) == 1 or len(set(words)) < len(words))
        return (lone, -names[name], name.isupper(), -len(words), name.isascii(), name)

    return min(names, key=order)


def _roles(members: list[Node]) -> tuple[Role, ...]:
    """Each office once, the earliest first. That somebody once held it says when it was held no more, not when."""
    held: dict[tuple[str, str], list[Held]] = {}
    for node in members:
        for one in node.name.offices:
            held.setdefault((one.title, one.of or ""), []).append(one)
    roles = []
    for (title, of), sights in held.items():
        serving = [h for h in sights if not h.former] or []
        first = min((h.first for h in serving if h.first), default=None)
        last = max((h.last for h in serving if h.last), default=None)
        names = sorted({h.of_name for h in sights if h.of_name})
        spans = sorted(
            {s for h in serving or sights for s in h.spans}, key=lambda s: (s.document, s.start, s.end, s.quote)
        )
        former = any(h.former for h in sights)
        roles.append(Role(title, names[0] if names else None, of or None, first, last, former, tuple(spans)))
    return tuple(sorted(roles, key=lambda r: (str(r.from_ or "9999"), r.title, r.of_id or "")))


def _reasons(members: list[Node], joins: list[Joined]) -> dict[str, str]:
    """For each member the reason on the way from it to the one named in most reports."""
    start = min(members, key=lambda n: (n.key.find("@") >= 0, -n.names.total(), n.key))
    beside: dict[str, list[tuple[str, str]]] = {}
    for join in joins:
        beside.setdefault(join.a, []).append((join.b, join.why))
        beside.setdefault(join.b, []).append((join.a, join.why))
    named = {node.key: node.name.text for node in members}
    why: dict[str, str] = {}
    reached, queue = {start.key}, [start.key]
    for at in queue:
        for other, reason in sorted(beside.get(at, ())):
            if other not in reached:
                reached.add(other)
                queue.append(other)
                why[other] = f"{reason}: {named[other]}, {named[at]}"
    return why
