"""Ids of groups through time: a group goes on under the id that most of its members had. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence


def name_groups(
    groups: Iterable[Sequence[str]],
    before: Mapping[str, Collection[str]],
    prefix: str,
    fresh: Sequence[str] = (),
    taken: Iterable[str] = (),
) -> list[str]:
    """An id for each group of members, in the order of the groups.

    ``before`` are the members that each id had; one may have been in several groups. An id goes to the group that has
    most of its former members (of equals to the one nearest in size, then to the first), and a group that several ids
    would go to takes the one of most members. A group without any gets the one that ``fresh`` proposes for it if
    that is free, else one made of its first member. So groups that are as they were keep their ids, and can be left
    out, if no two had the same members; their ids are then given as ``taken``.
    """
    listed = [tuple(group) for group in groups]
    had: dict[str, list[str]] = {}
    for name, members in before.items():
        for member in members:
            had.setdefault(member, []).append(name)
    claims: list[tuple[int, int, int, str]] = []
    for number, group in enumerate(listed):
        counted = Counter(name for member in set(group) for name in had.get(member, ()))
        size = len(set(group))
        claims += [(-times, size + len(set(before[name])), number, name) for name, times in counted.items()]
    named: dict[int, str] = {}
    used: set[str] = set(taken)
    for _, _, number, name in sorted(claims):
        if name not in used and number not in named:
            named[number] = name
            used.add(name)
    for number, group in enumerate(listed):
        if number not in named:
            wish = fresh[number] if fresh else ""
            named[number] = wish if wish and wish not in used else _new(group[0], prefix, used)
            used.add(named[number])
    return [named[number] for number in range(len(listed))]


def _new(member: str, prefix: str, taken: Collection[str]) -> str:
    for number in range(1_000):
        seed = member if number == 0 else f"{member}#{number}"
        name = f"{prefix}-{hashlib.sha256(seed.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
        if name not in taken:
            return name
    raise AssertionError("no free id")
