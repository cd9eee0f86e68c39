"""One parsed passage -> the words in it that stand for actors and places, not yet resolved to anybody.

The statistical recogniser finds people and unknown organisations; the gazetteer knows states, nationalities,
organisations and places; the role lexicon knows titles. This module joins them: "Azerbaijan's Foreign Minister
Jeyhun Bayramov" becomes one name with a role and a nation.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pledgetrail.language import gazetteer, groups
from pledgetrail.language.lexicon import load
from pledgetrail.language.name import Name, NameKind

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: Titles that are given names or family names as often: never cut off a name, never a title on their own.
_NAME_LIKE = frozenset({"shah", "khan", "king", "prince", "sultan", "pope", "marshal"})
_POSSESSIVE = re.compile(r"['’]s?$")
#: A name that ends like this is no person's, whatever the recogniser says.
_BODY_WORDS = frozenset(
    {"Force", "Forces", "Army", "Ministry", "Council", "Agency", "Bank", "Fund", "University", "Group"}
)
_SUFFIX = re.compile(r",?\s+(?:MP|M\.P\.?|MHR|QC|AM|AO|Jr\.?|Sr\.?)$")
_GAP = re.compile(r"^(?:['’]s?)?\s*(?:(?:own|new|then|acting|former|current|top|visiting|first|outgoing|late)\s+)*$")
_AFTER = re.compile(r"^(?:,?\s+(?:the Hon\.?\s+|Mr\.?\s+|Dr\.?\s+|Sen(?:ator|\.)\s+)?|\s*[:,]\s*)$")
_OF = re.compile(r"^\s+(?:of|for|from|to)\s+(?:the\s+)?(?:Republic of\s+|State of\s+|Government of\s+)?$")
_APPOSED = re.compile(r"^\s*,\s+(?:who is |the |a |an )?(?:\w+\s+)?$")


@cache
def _words() -> dict[str, dict[str, object]]:
    return load("reference.toml")


def find_names(doc: Doc, text: str) -> list[Name]:
    """Names, roles, pronouns and descriptions of a passage, in order of their start, none inside another."""
    matches = gazetteer.find(text)
    roles = gazetteer.roles().find(text)
    people = _people(doc, text, matches, roles)
    names = [_known(text, m) for m in matches if not any(p.start <= m.start and m.end <= p.end for p in people)]
    names += people
    names += _unknown(doc, text, names)
    names.sort(key=lambda n: n.start)
    names = _with_bodies(text, names)
    names = [n for n in _with_roles(text, names, roles) if n.start < n.end]
    names += groups.find_groups(doc, text, names)
    names += _descriptions(doc, names)
    names.sort(key=lambda n: (n.start, -n.end))
    names = _outermost(names)
    _set_heads(doc, names)
    for name in names:
        name.words = text[name.start : name.end]
    return names


def _known(text: str, match: gazetteer.Match) -> Name:
    entry = match.entry
    kind: NameKind = "actor"
    if entry.kind == "nationality":
        kind = "nationality"
    elif entry.kind in ("region", "city"):
        kind = "place"
    nations = (entry.country,) if entry.country and entry.kind in ("state", "nationality", "capital") else ()
    return Name(match.start, match.end, -1, kind, text[match.start : match.end], entry, nations=nations)


def _people(doc: Doc, text: str, matches: list[gazetteer.Match], roles: list[gazetteer.RoleMatch]) -> list[Name]:
    """The recogniser's people, without titles and possessives, unless the gazetteer knows better."""
    taken = {(m.start, m.end) for m in matches}
    people = []
    for ent in doc.ents:
        if ent.label_ != "PERSON":
            continue
        start, end = ent.start_char, ent.end_char
        for role in roles:
            if role.start <= start < role.end < end and role.role not in _NAME_LIKE:
                start = role.end
        start += len(text[start:end]) - len(text[start:end].lstrip(" .,-"))
        words = _SUFFIX.sub("", _POSSESSIVE.sub("", text[start:end])).rstrip(" ,.-")
        end = start + len(words)
        if (
            len(words) < 2
            or words in ("Jr", "Sr", "MP")
            or not words[0].isupper()
            or (start, end) in taken
            or any(c.isdigit() for c in words)
        ):
            continue
        inside = [m for m in matches if start <= m.start and m.end <= end]
        if any(m.start == start and m.entry.kind in ("state", "nationality", "organisation", "body") for m in inside):
            continue
        if any(m.start < end and start < m.end and not (start <= m.start and m.end <= end) for m in matches):
            continue
        people.append(Name(start, end, -1, "person", words))
    return people


def _unknown(doc: Doc, text: str, names: list[Name]) -> list[Name]:
    """Organisations and places that the recogniser finds and the gazetteer does not know."""
    found = []
    for ent in doc.ents:
        if ent.label_ not in ("ORG", "GPE", "LOC", "FAC", "NORP"):
            continue
        start, end = ent.start_char, ent.end_char
        words = text[start:end]
        for article in ("The ", "the "):
            if words.startswith(article):
                start, words = start + 4, words[4:]
        words = _POSSESSIVE.sub("", words).rstrip(" ,.-")
        end = start + len(words)
        if len(words) < 2 or not any(c.isupper() for c in words) or any(n.start < end and start < n.end for n in names):
            if ent.label_ != "ORG":
                continue
            inside = [n for n in names if start <= n.start and n.end <= end]
            others = [n for n in names if n.start < end and start < n.end and n not in inside]
            # "Turkish Red Crescent Society" is one organisation of that state, not a nationality and a rest
            if (
                not others
                and len(inside) > 1
                and len(words.split()) >= 5
                and "," not in words
                and inside[0].start == start
            ):
                for name in inside:
                    names.remove(name)
                found.append(Name(start, end, -1, "actor", words))
                continue
            if others or len(inside) != 1 or len(words.split()) < 3 or inside[0].kind == "person":
                continue
            if inside[0].entry is None or inside[0].entry.kind not in ("state", "nationality", "city", "region"):
                continue
            nations = inside[0].nations
            names.remove(inside[0])
            found.append(Name(start, end, -1, "actor", words, nations=nations))
            continue
        found.append(Name(start, end, -1, "actor" if ent.label_ == "ORG" else "place", words))
    return found


def _with_roles(text: str, names: list[Name], roles: list[gazetteer.RoleMatch]) -> list[Name]:
    """Join each role with the nation before or after it and the person that bears it."""
    used: set[int] = set()
    out: list[Name] = []
    for role in roles:
        if any(n.start <= role.start and role.end <= n.end for n in names) or role.role == "shah":
            continue
        plural = text[role.start : role.end].lower().endswith("s") and role.role[-1:] != "s"
        item = Name(role.start, role.end, -1, "role", role.role, role=role.role, speaks_for=role.speaks_for)
        item.plural = plural
        for i, name in enumerate(names):
            if i in used or name.kind == "person":
                continue
            if name.end <= role.start and _GAP.match(text[name.end : role.start]):
                _attach(item, name)
                item.start = name.start
                used.add(i)
                if plural:
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


def _with_bodies(text: str, names: list[Name]) -> list[Name]:
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
        if name.entry.country:
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


def _descriptions(doc: Doc, names: list[Name]) -> list[Name]:
    """Pronouns and definite descriptions: "they", "its", "the government", "both sides", "the two countries"."""
    words = _words()
    pronouns: dict[str, object] = words["pronouns"]
    nouns: dict[str, object] = words["descriptions"]
    plain: set[int] = set()
    found = []
    for token in doc:
        low = token.lower_
        if low in pronouns:
            if low == "us" and token.text == "US":
                continue
            found.append(
                Name(
                    token.idx,
                    token.idx + len(token),
                    token.i,
                    "pronoun",
                    low,
                    plural=low in ("they", "their", "them", "both", "we", "our", "us"),
                )
            )
        elif low in nouns and token.i not in plain:
            left = token.i
            while (
                left > 0
                and doc[left - 1].lower_
                in (
                    "the",
                    "both",
                    "two",
                    "three",
                    "four",
                    "its",
                    "their",
                    "all",
                    "these",
                    "his",
                    "our",
                    "this",
                    "that",
                    "each",
                )
                or (
                    left > 0
                    and left > token.i - 3
                    and doc[left - 1].dep_ in ("amod", "compound", "nummod")
                    and doc[left - 1].lower_.islower()
                )
            ):
                left -= 1
            if left == token.i and low not in ("officials", "authorities", "donors", "lenders"):
                continue
            start = doc[left].idx
            if any(n.start < token.idx + len(token) and start < n.end for n in names):
                continue
            found.append(Name(start, token.idx + len(token), token.i, "description", low, plural=low.endswith("s")))
    return found


def _outermost(names: list[Name]) -> list[Name]:
    kept: list[Name] = []
    for name in names:
        if kept and name.start < kept[-1].end:
            if name.end - name.start > kept[-1].end - kept[-1].start:
                kept[-1] = name
            continue
        kept.append(name)
    return kept


def _set_heads(doc: Doc, names: list[Name]) -> None:
    """The token of each name that hangs on a token outside it (names and tokens are both in order)."""
    i = 0
    count = len(doc)
    for name in names:
        while i < count and doc[i].idx + len(doc[i]) <= name.start:
            i += 1
        j = i
        best = min(i, count - 1)
        while j < count and doc[j].idx < name.end:
            head = doc[j].head
            if head.i == j or not (name.start <= head.idx < name.end):
                best = j
                if doc[j].dep_ not in ("punct", "det", "case", "poss"):
                    break
            j += 1
        name.head = best
        left = doc[best].left_edge.i
        if name.kind == "role":
            for k in range(left, best):
                if doc[k].lower_ in ("his", "her", "their", "its"):
                    name.owner = k
