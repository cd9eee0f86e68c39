"""Titles beside names: "Azerbaijan's Foreign Minister Jeyhun Bayramov" is one name with a role and a nation."""

from __future__ import annotations

import re

from pledgetrail.language import gazetteer
from pledgetrail.language.name import Name

_GAP = re.compile(r"^(?:['’]s?)?\s*(?:(?:own|new|then|acting|former|current|top|visiting|first|outgoing|late)\s+)*$")
_AFTER = re.compile(r"^(?:,?\s+(?:the Hon\.?\s+|Mr\.?\s+|Dr\.?\s+|Sen(?:ator|\.)\s+)?|\s*[:,]\s*)$")
_OF = re.compile(r"^\s+(?:of|for|from|to)\s+(?:the\s+)?(?:Republic of\s+|State of\s+|Government of\s+)?$")
_APPOSED = re.compile(r"^\s*,\s+(?:who is |the |a |an )?(?:\w+\s+)?$")

#: Words before a title that say that its holder held it once.
_PAST = frozenset({"former", "late", "retired", "then"})


def is_past(role: gazetteer.RoleMatch) -> bool:
    """Whether the words before a title say that its holder held it once: "former", "the late"."""
    return bool(role.modifier) and not _PAST.isdisjoint((role.modifier or "").split())


def with_roles(text: str, names: list[Name], roles: list[gazetteer.RoleMatch]) -> list[Name]:
    """Join each role with the nation before or after it and the person that bears it."""
    used: set[int] = set()
    out: list[Name] = []
    for role in roles:
        if any(n.start <= role.start and role.end <= n.end for n in names) or role.role == "shah":
            continue
        # a word that belongs to a name is no part of the title behind it: "European Union | finance ministers"
        start = max((n.end for n in names if n.start < role.start < n.end < role.end), default=role.start)
        start += len(text[start : role.end]) - len(text[start : role.end].lstrip())
        plural = role.plural
        item = Name(start, role.end, -1, "role", role.role, role=role.role, speaks_for=role.speaks_for)
        item.plural = plural
        if plural:
            item.name = text[start : role.end]
        item.former = is_past(role)
        for i, name in enumerate(names):
            if i in used or name.kind == "person":
                continue
            if name.end <= start and _GAP.match(text[name.end : start]):
                _attach(item, name)
                item.start = name.start
                used.add(i)
                if plural and name.nations:
                    _earlier_states(text, names, used, i, item)
            elif name.start >= item.end and (
                (item.role != "counterpart" and _OF.match(text[item.end : name.start]))
                or (name.entry and name.entry.kind == "body" and text[item.end : name.start] == " ")
            ):
                if name.nations or (name.entry and name.entry.type):
                    used.add(i)
                    _attach(item, name)
                    item.end = name.end
                    if plural:
                        used |= _more_states(text, names, i, item)
        for i, name in enumerate(names):
            if i in used or name.kind != "person" or plural:
                continue
            gap_after = text[item.end : name.start] if name.start >= item.end else None
            gap_before = text[name.end : item.start] if name.end <= item.start else None
            if gap_after is not None and _AFTER.match(gap_after):
                used.add(i)
                item.kind, item.name, item.end = "person", name.name, name.end
                _trailing_nation(text, names, used, item)
                break
            if gap_before is not None and _APPOSED.match(gap_before) and not name.role:
                used.add(i)
                item.kind, item.name, item.start = "person", name.name, name.start
                break
        out.append(item)
    return [n for i, n in enumerate(names) if i not in used] + out


def with_bodies(text: str, names: list[Name]) -> list[Name]:
    """Join a body that every state has ("Foreign Ministry", "government") with the state named beside it."""
    names.sort(key=lambda n: n.start)
    out: list[Name] = []
    for name in names:
        if name.entry is None or name.entry.kind != "body" or name.entry.country:
            out.append(name)
            continue
        before = out[-1] if out else None
        if (
            before is not None
            and before.nations
            and before.kind in ("actor", "nationality")
            and _GAP.match(text[before.end : name.start])
        ):
            out.pop()
            name.start, name.nations = before.start, before.nations[-1:]
        else:
            name.kind = "description"
        if before is not None and name.nations and len(before.nations) > 1:
            name.nations = before.nations
        out.append(name)
    for i, name in enumerate(out[:-1]):
        after = out[i + 1]
        if (
            name.entry
            and name.entry.kind == "body"
            and not name.nations
            and after.nations
            and _OF.match(text[name.end : after.start])
        ):
            name.nations, name.end, name.kind = after.nations, after.end, "actor"
            after.kind, after.start = "description", after.end
    return [n for n in out if n.start < n.end]


def _attach(item: Name, name: Name) -> None:
    if name.nations:
        item.nations += name.nations
    elif name.entry and name.entry.type:
        item.body = name.entry
        if name.entry.country and name.entry.type != "group":  # an opposition's leaders are not the state's
            item.nations += (name.entry.country,)
    elif name.kind == "actor":
        item.body = gazetteer.Entry(name.name, "organisation", None, "organisation")


def _earlier_states(text: str, names: list[Name], used: set[int], i: int, item: Name) -> None:
    """ "his Turkish and Russian counterparts": take the nations before, too."""
    for j in range(i - 1, -1, -1):
        if not names[j].nations or not re.fullmatch(
            r"(?:'s?)?\s*,?\s*(?:and)?\s*(?:the\s+)?", text[names[j].end : item.start]
        ):
            break
        item.nations = names[j].nations + item.nations
        item.start = names[j].start
        used.add(j)


def _more_states(text: str, names: list[Name], i: int, item: Name) -> set[int]:
    """ "the top diplomats of Turkey, Pakistan and Azerbaijan": take the further states of the list."""
    more = set()
    for j in range(i + 1, len(names)):
        if not names[j].nations or not re.fullmatch(
            r"\s*,?\s*(?:and|,)?\s*(?:the\s+)?", text[item.end : names[j].start]
        ):
            break
        item.nations += names[j].nations
        item.end = names[j].end
        more.add(j)
    return more


def _trailing_nation(text: str, names: list[Name], used: set[int], item: Name) -> None:
    """ "Prime Minister Rishi Sunak of the United Kingdom"."""
    if item.nations:
        return
    for i, name in enumerate(names):
        if i not in used and name.nations and name.start >= item.end and _OF.match(text[item.end : name.start]):
            used.add(i)
            item.nations, item.end = name.nations, name.end
            return
