"""Ids of groups through time: a group goes on under the id that most of its members had. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence


def name_groups(
    groups: Iterable[Sequence[str]], before: Mapping[str, str], prefix: str, taken: Collection[str] = ()
) -> list[str]:
    """An id for each group of members, in the order of the groups.

    ``before`` says which group each member was in. An id goes to the group that has most of its former members (of
    equals to the one that comes first), and a group that several ids would go to takes the one of most members. A
    group without any gets an id made of its first member, which is in none of the ids ``taken``. So groups that are
    as they were keep their ids.
    """
    listed = [tuple(group) for group in groups]
    claims: list[tuple[int, str, int]] = []
    for number, group in enumerate(listed):
        counted = Counter(before[member] for member in group if member in before)
        claims += [(-times, name, number) for name, times in counted.items()]
    named: dict[int, str] = {}
    used: set[str] = set()
    for _, name, number in sorted(claims, key=lambda claim: (claim[0], claim[2], claim[1])):
        if name not in used and number not in named:
            named[number] = name
            used.add(name)
    blocked = used | set(taken)
    for number, group in enumerate(listed):
        if number not in named:
            named[number] = _new(group[0], prefix, blocked)
            blocked.add(named[number])
    return [named[number] for number in range(len(listed))]


def _new(member: str, prefix: str, taken: Collection[str]) -> str:
    for number in range(1_000):
        seed = member if number == 0 else f"{member}#{number}"
        name = f"{prefix}-{hashlib.sha256(seed.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
        if name not in taken:
            return name
    raise AssertionError("no free id")
