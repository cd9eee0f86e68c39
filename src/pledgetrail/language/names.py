"""One parsed passage -> the words in it that stand for actors and places, not yet resolved to anybody.

The statistical recogniser finds people and unknown organisations; the gazetteer knows states, nationalities,
organisations and places; the role lexicon knows titles. This module joins them: "Azerbaijan's Foreign Minister
Jeyhun Bayramov" becomes one name with a role and a nation.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pledgetrail.language import gazetteer, groups, titles
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
#: Words of no name that stand before one: "this", "urged", "The"; particles ("al", "de") may begin a name.
_PLAIN = re.compile(r"[Tt]he|[Tt]his|[Aa]n?|(?!(?:al|el|de|da|di|du|la|le|van|von|der|den|bin|ibn|abu|d|l)$)[a-z]+")
#: Given names between a title and what the recogniser took for the whole name.
_GIVEN = re.compile(r" (?:[A-Z][\w’'-]+ ){1,2}")
_ADDRESS = frozenset({"Mr", "Mrs", "Ms", "Miss"})
#: The name behind a form of address.
_CAPITALS = re.compile(r" ((?:[A-Z][\w’-]+ )?(?:(?:de|van|von|al|bin|el) )?[A-Z][\w’-]+)(?<![’']s)\b")
_SUFFIX = re.compile(r",?\s+(?:MP|M\.P\.?|MHR|QC|AM|AO|Jr\.?|Sr\.?)$")


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
    names += _unknown(doc, text, names, roles)
    names.sort(key=lambda n: n.start)
    names = titles.with_bodies(text, names)
    names = [n for n in titles.with_roles(text, names, roles) if n.start < n.end]
    groups.widen_titles(doc, names)
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
        before = max((r.end for r in roles if r.end <= start), default=0)
        if before and _GIVEN.fullmatch(text, before, start) and not any(before <= m.start < start for m in matches):
            start = before + 1  # "Foreign Minister Tzachi | Hanegbi"
        people.append(Name(start, end, -1, "person", text[start:end]))
    return people + _addressed(text, people, matches, roles)


def _addressed(
    text: str, people: list[Name], matches: list[gazetteer.Match], roles: list[gazetteer.RoleMatch]
) -> list[Name]:
    """People whom only a form of address tells from other capitals: "Mr Downer"."""
    found = []
    for role in roles:
        words = _CAPITALS.match(text, role.end) if text[role.start : role.end].rstrip(".") in _ADDRESS else None
        if words is None:
            continue
        start, end = words.span(1)
        taken = [(n.start, n.end) for n in people] + [(m.start, m.end) for m in matches]
        if not any(a < end and start < b for a, b in taken):
            found.append(Name(start, end, -1, "person", text[start:end]))
    return found


@cache
def _no_actor() -> frozenset[str]:
    """Last words of names that are nobody who acts."""
    return frozenset(load("reference.toml")["no_actor"]["last"].split())


def _own_words(text: str, start: int, end: int, roles: list[gazetteer.RoleMatch]) -> tuple[int, int]:
    """A name without what the recogniser took in around it: articles, plain words before it, a title that follows."""
    for role in roles:
        if start < role.start < end < role.end or start < role.start - 1 < end == role.end:
            end = role.start
    words = text[start:end]
    while len(parts := words.split(maxsplit=1)) == 2 and _PLAIN.fullmatch(parts[0]):
        words = parts[1]
    start = text.index(words, start, end) if words else start
    words = _POSSESSIVE.sub("", words).rstrip(" ,.-(")
    while len(parts := words.rsplit(maxsplit=1)) == 2 and parts[1] in ("for", "of", "and", "the", "in"):
        words = parts[0]
    return start, start + len(words)


def _unknown(doc: Doc, text: str, names: list[Name], roles: list[gazetteer.RoleMatch]) -> list[Name]:
    """Organisations and places that the recogniser finds and the gazetteer does not know."""
    found = []
    for ent in doc.ents:
        if ent.label_ not in ("ORG", "GPE", "LOC", "FAC", "NORP"):
            continue
        start, end = _own_words(text, ent.start_char, ent.end_char, roles)
        words = text[start:end]
        if words and words.split()[-1].lower() in _no_actor():
            continue
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
                and (doc[left - 1].lower_ != "that" or doc[left - 1].dep_ == "det")
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
