"""Which names are one actor's: the surest reasons first, a doubtful one only where it points at one actor alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pledgetrail.language.actors import initials
from pledgetrail.records import PartyType
from pledgetrail.resolution.identity.bodies import Key, body_key, bracketed
from pledgetrail.resolution.identity.candidates import pairs
from pledgetrail.resolution.identity.evidence import Name, shared_office
from pledgetrail.resolution.identity.known import Known, Listed, said_apart
from pledgetrail.resolution.identity.people import person_words, same_person
from pledgetrail.resolution.identity.places import place

#: Ranks of verdicts up to which two names are spellings of one, whoever else is about.
_SURE = 2
#: Names of each of two actors that are looked at before they are joined.
_LOOKED_AT = 12


@dataclass(slots=True)
class Node:
    """All namings of one key: what is joined. ``names``, ``types`` and ``countries`` count reports."""

    key: str
    id: str
    name: Name
    names: Counter[str]
    types: Counter[PartyType]
    countries: Counter[str]
    aliases: frozenset[str]
    apart: frozenset[str]
    listed: Listed | None = None


@dataclass(frozen=True, slots=True, order=True)
class Joined:
    """Two keys that are one actor's, and why. ``rank`` is the verdict's, ``agreed`` says what agrees beside words."""

    rank: int
    a: str
    b: str
    why: str = field(compare=False)
    agreed: int = field(default=0, compare=False)  # 2: an office that one person holds, 1: the state
    asks: str = field(default="", compare=False)  # the key that must find one actor only


class _Clusters:
    """Nodes joined so far, with what keeps clusters apart."""

    def __init__(self, nodes: dict[str, Node]) -> None:
        self.nodes = nodes
        self.joins: list[Joined] = []
        self._root = {key: key for key in nodes}
        self._members = {key: [key] for key in nodes}

    def root(self, key: str) -> str:
        while self._root[key] != key:
            self._root[key] = self._root[self._root[key]]
            key = self._root[key]
        return key

    def members(self, key: str) -> list[str]:
        return self._members[self.root(key)]

    def join(self, join: Joined) -> bool:
        """Join the clusters of two keys, unless something keeps them apart. Whether they are one now."""
        a, b = sorted((self.root(join.a), self.root(join.b)), key=lambda r: (-len(self._members[r]), r))
        if a == b:
            return True
        if self._kept_apart(self._members[a], self._members[b], join.rank):
            return False
        self._root[b] = a
        self._members[a] = sorted(self._members[a] + self._members.pop(b))
        self.joins.append(join)
        return True

    def _kept_apart(self, ours: list[str], theirs: list[str], rank: int) -> bool:
        """Whether the list, a report that names both, or two full names speak against one actor.

        The list's word is looked at for all, the rest for at most ``_LOOKED_AT`` names of each.
        """
        left, right = ([self.nodes[key] for key in keys] for keys in (ours, theirs))
        lines = [{n.listed.line for n in nodes if n.listed} for nodes in (left, right)]
        if lines[0] and lines[1] and lines[0] != lines[1]:
            return True
        for some, others in ((left, right), (right, left)):
            for one in {n.listed.line: n.listed for n in some if n.listed is not None}.values():
                if one.not_same_as and any(said_apart(one, n.name.text, n.name.type) for n in others):
                    return True
        if rank < 0 or left[0].name.type != "person":
            return False
        if rank > _SURE and any(set(ours) & n.apart for n in right):
            return True
        return any(same_person(a.name, b.name).answer == "different" for a in _full(left) for b in _full(right))


def _full(nodes: list[Node]) -> list[Node]:
    found = [n for n in nodes if len(person_words(n.name.text)) > 1]
    return found[:_LOOKED_AT]


def joined(nodes: list[Node], known: Known) -> Iterator[tuple[list[Node], list[Joined]]]:
    """The nodes of each actor, sorted, with the joins among them. Marks the nodes that the list names."""
    clusters = _Clusters({node.key: node for node in nodes})
    for join in sorted(_by_list(nodes, known)):
        clusters.join(join)
    people = [n for n in nodes if n.name.type == "person"]
    for join in sorted(_bodies([n for n in nodes if n.name.type != "person"])):
        clusters.join(join)
    found = sorted(_people(people))
    for join in found:
        if join.rank <= _SURE or join.rank == 4:
            clusters.join(join)
    _doubtful([j for j in found if join_is_doubtful(j)], clusters)
    of: dict[str, list[Joined]] = {}
    for join in clusters.joins:
        of.setdefault(clusters.root(join.a), []).append(join)
    for node in nodes:
        if clusters.root(node.key) == node.key:
            yield [clusters.nodes[key] for key in clusters.members(node.key)], of.get(node.key, [])


def join_is_doubtful(join: Joined) -> bool:
    """Whether a join needs that no other actor could be meant."""
    return join.rank > _SURE and join.rank != 4


def _by_list(nodes: list[Node], known: Known) -> Iterator[Joined]:
    """What the user's list says is one."""
    if not known.listed:
        return
    first: dict[int, str] = {}
    for node in nodes:
        found = {
            one.line: one
            for name in sorted(node.names)
            if (one := known.find(name, node.name.type, node.name.country)) is not None
        }
        if len(found) != 1:
            continue
        node.listed = next(iter(found.values()))
        line = node.listed.line
        if line in first:
            yield Joined(-1, first[line], node.key, f"the list of actors says so (line {line})")
        else:
            first[line] = node.key


def _people(nodes: list[Node]) -> Iterator[Joined]:
    """Pairs of people whose names may be one's, from those that have a key in common."""
    for i, j in pairs((node.name.text, node.name.offices) for node in nodes):
        a, b = nodes[i], nodes[j]
        verdict = same_person(a.name, b.name)
        if verdict.same:
            ours, theirs = a.name.state(), b.name.state()
            agreed = 2 if shared_office(a.name, b.name) else int(bool(ours and ours == theirs))
            yield Joined(verdict.rank, a.key, b.key, verdict.why, agreed, _asks(a, b))


def _asks(a: Node, b: Node) -> str:
    """Which of two names must find one actor only: the one with fewer words, or with initials, or of no known state."""
    return min((a, b), key=lambda node: (*_length(node)[:2], node.name.state() is not None, node.key)).key


def _doubtful(found: list[Joined], clusters: _Clusters) -> None:
    """Join a name by a doubtful reason if all such reasons point at one actor, or the best of them does.

    Longer names ask first, so that "J. M. Santos" finds Juan Santos and Juan Manuel Santos as one.
    """
    asking: dict[str, list[Joined]] = {}
    for join in found:
        asking.setdefault(join.asks, []).append(join)
    for key in sorted(asking, key=lambda k: (-_length(clusters.nodes[k])[0], k)):
        options: dict[str, Joined] = {}
        for join in sorted(asking[key], key=lambda j: (-j.agreed, j)):
            other = join.b if join.a == key else join.a
            if clusters.root(other) != clusters.root(key):
                options.setdefault(clusters.root(other), join)
        best = max((join.agreed for join in options.values()), default=0)
        chosen = [join for join in options.values() if join.agreed == best]
        if len(chosen) == 1:
            clusters.join(chosen[0])


def _length(node: Node) -> tuple[int, int, str]:
    words = person_words(node.name.text)
    return (sum(len(w) > 1 for w in words), len(words), node.key)


def _bodies(nodes: list[Node]) -> Iterator[Joined]:
    """Organisations, states, companies and places whose names come to one key, and abbreviations of one long form."""
    of_key: dict[Key, str] = {}
    for node in nodes:
        key = _key(node)
        if key in of_key:
            yield Joined(1, of_key[key], node.key, _said(key))
        else:
            of_key[key] = node.key
    long_forms: dict[str, set[Key]] = {}
    for node in nodes:
        for short in sorted({*node.aliases, *filter(None, map(bracketed, node.names))}):
            if any(initials(short, name) for name in node.names):
                long_forms.setdefault(short.replace(".", ""), set()).add(_key(node))
    for short, keys in sorted(long_forms.items()):
        own = of_key.get(body_key(short))
        if own is not None and len(keys) == 1 and (key := next(iter(keys)))[0] == "words":
            yield Joined(5, min(own, of_key[key]), max(own, of_key[key]), f"{short} is given as the short form")


def _key(node: Node) -> Key:
    if node.key.startswith("place-"):
        where = place(node.name.text)
        return "place", where.name
    if node.name.type == "group" and node.key.startswith("group-"):
        return "group", node.key
    return body_key(node.name.text, node.name.country if node.name.type == "government body" else None)


def _said(key: Key) -> str:
    reasons = {
        "state": "names of one state and its government",
        "known": "names of one body in the lists of names",
        "body": "names of one body of a state",
        "place": "names of one place",
    }
    return reasons.get(key[0], "same words but for articles, order, number or spelling")
