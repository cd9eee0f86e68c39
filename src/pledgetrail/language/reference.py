"""Names, roles, pronouns and descriptions -> mentions with the parties that they stand for in this document.

A small resolver of our own. Each step that it takes is kept in the mention's chain, for ``explain``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pledgetrail.language import gazetteer
from pledgetrail.language.actors import Registry
from pledgetrail.language.focus import Focus
from pledgetrail.language.lexicon import load
from pledgetrail.language.name import Name, Passage
from pledgetrail.language.quoting import quotations_of, settle_first_person
from pledgetrail.records import Mention, Party, Quotation

if TYPE_CHECKING:
    from spacy.tokens import Doc

_SUBJECTS = ("nsubj", "nsubjpass")
#: Words before a plural title that say that its holders were named before.
_POINTING = frozenset({"the", "both", "two", "three", "four", "five", "these", "those", "their", "all"})
#: Titles that set somebody against a state: "Syrian opposition leaders" do not speak for Syria.
_AGAINST = frozenset({"opposition leader", "rebel leader", "party leader", "minority leader", "warlord", "candidate"})
#: Bodies that a release names without saying whose: its own.
_OWN = frozenset(
    {"government", "ministry", "parliament", "administration", "cabinet", "treasury", "congress", "senate"}
)
_NUMBERS = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5}


def resolve(
    passages: Sequence[Passage],
    protos: Sequence[list[Name]],
    registry: Registry,
    quotes: Sequence[tuple[int, int]],
) -> tuple[list[Mention], list[Quotation]]:
    """Resolve every name of the document, in order. Returns mentions and quotations in document offsets."""
    registry.learn(list(protos), [p.text for p in passages])
    focus = Focus()
    mentions: list[Mention] = []
    waiting: list[tuple[int, Name]] = []  # first-person pronouns, settled when speakers are known
    sentence = 0
    by_head: list[dict[int, Mention]] = []
    for (block, doc, text), names in zip(passages, protos, strict=True):
        heads: dict[int, Mention] = {}
        ends = [s.end_char for s in doc.sents]
        at = 0
        group: list[tuple[Name, tuple[Party, ...]]] = []
        for name in names:
            while at < len(ends) and name.start >= ends[at]:
                _close_group(group, focus, sentence + at, doc)
                at += 1
            here = sentence + at
            mention = _mention(name, block.start, doc, registry, focus, here)
            if name.kind == "pronoun" and load("reference.toml")["pronouns"][name.name] in (
                "speaker",
                "speakers",
                "addressee",
            ):
                waiting.append((len(mentions), name))
            if group and not _coordinated(text, group[-1][0], name):
                _close_group(group, focus, here, doc)
            if mention.kind not in ("pronoun",) and mention.parties:
                group.append((name, mention.parties))
            focus.add(
                mention.parties, here, doc[name.head].dep_ in _SUBJECTS, ", ".join(p.name for p in mention.parties)
            )
            heads[name.head] = mention
            mentions.append(mention)
        _close_group(group, focus, sentence + at, doc)
        sentence += max(1, len(ends))
        by_head.append(heads)
    quotations = quotations_of(passages, by_head, quotes, mentions)
    settle_first_person(mentions, waiting, quotations, registry)
    return mentions, quotations


def _close_group(group: list[tuple[Name, tuple[Party, ...]]], focus: Focus, sentence: int, doc: Doc) -> None:
    """Remember a list of names ("Turkey, Pakistan and Azerbaijan") as one group for "they" and "the three states"."""
    if len(group) > 1:
        parties = tuple(dict.fromkeys(p for _, ps in group for p in ps))
        subject = doc[group[0][0].head].dep_ in _SUBJECTS
        focus.add(parties, sentence, subject, ", ".join(p.name for p in parties))
    group.clear()


def _coordinated(text: str, left: Name, right: Name) -> bool:
    between = text[left.end : right.start].strip().lower()
    return between in (
        ",",
        "and",
        ", and",
        "and the",
        ", and the",
        ", the",
        "&",
        "-",
        "–",
        "'s",
        "with",
        "'s and",
        "and his",
        "and her",
    )


def _mention(name: Name, offset: int, doc: Doc, registry: Registry, focus: Focus, sentence: int) -> Mention:
    """One name as a mention, resolved as far as the text before it allows."""
    parties: tuple[Party, ...] = ()
    chain: tuple[str, ...] = ()
    kind = name.kind
    if name.kind == "person":
        party = registry.person(name)
        parties = (party,) if party else ()
        if party and party.name != name.name:
            chain = (f"“{name.name}” is {party.name}, named in full elsewhere in the report",)
        kind = "person"
    elif name.kind == "nationality" or name.kind == "actor":
        if name.entry is not None and name.entry.kind == "body" and name.nations:
            parties = tuple(registry.body(name.entry, code) for code in name.nations)
        elif name.entry is not None:
            parties = (registry.entry(name.entry),)
        else:
            parties = (registry.organisation(name),)
    elif name.kind == "place":
        parties = (registry.place(name),)
    elif name.kind == "group":
        if name.body is not None:
            parties = (registry.group_of(name.body, name.name, name.words),)
        else:
            parties = (registry.group(name.name, name.nations[0] if len(name.nations) == 1 else None),)
    elif name.kind == "role":
        parties, chain = _role(name, doc, registry, focus, sentence)
    elif name.kind == "pronoun":
        parties, chain = _pronoun(name, doc, focus, sentence)
    else:
        parties, chain = _description(name, doc, registry, focus, sentence)
    kinds = {"actor": "name", "person": "name", "nationality": "nationality", "place": "place", "group": "description"}
    return Mention(
        start=offset + name.start,
        end=offset + name.end,
        text=name.words,
        kind=kinds.get(kind, kind),  # type: ignore[arg-type]
        parties=parties,
        chain=chain,
        title=name.role,
        stands_for=tuple(dict.fromkeys(registry.stands_for(p) for p in parties)),
    )


def _role(
    name: Name, doc: Doc, registry: Registry, focus: Focus, sentence: int
) -> tuple[tuple[Party, ...], tuple[str, ...]]:
    """ "the minister", "Azerbaijan's top diplomat", "his Turkish counterpart", "the two foreign ministers"."""
    words = name.words
    if name.role in _AGAINST and name.body is None and name.nations:
        return (registry.group(words, name.nations[0] if len(name.nations) == 1 else None),), ()
    if name.plural:
        return _roles(name, doc, registry, focus, sentence)
    if name.role == "counterpart" and not name.nations:
        other = focus.last(sentence, "person", subject_first=False, other=True)
        return (other.parties, (f"“{words}” is {other.text}, the other one spoken of",)) if other else ((), ())
    if name.role == "counterpart":
        return tuple(registry.state(c) for c in name.nations), (
            f"“{words}” speaks for the state named",
        ) if name.nations else ()
    bearers = registry.bearer(name.role or "", name.nations, name.former)
    if len(bearers) == 1:
        return (bearers[0],), (f"“{words}” is {bearers[0].name}, who bears this role in the report",)
    if bearers:
        for item in reversed(focus.seen):
            for party in item.parties:
                if party in bearers:
                    return (party,), (f"“{words}” is {party.name}, the last named with this role",)
        return (bearers[0],), (f"“{words}” is {bearers[0].name}, one of those with this role",)
    if name.body is not None:
        return (registry.entry(name.body),), (f"“{words}” speaks for {name.body.name}",)
    if name.nations:
        return (registry.state(name.nations[0]),), (f"“{words}” speaks for the state named",)
    person = (
        focus.last(sentence, "person") if name.role in ("minister", "secretary", "president", "spokesman") else None
    )
    if person:
        return person.parties, (f"“{words}” is {person.text}, the last person named",)
    if name.speaks_for == "state":
        code = registry.home
        if code is None:
            state = focus.last(sentence, "state")
            code = state.parties[0].country if state else registry.states.dominant()
        if code:
            return (registry.state(code),), (
                f"“{words}” speaks for {gazetteer.state(code).name}, whose matter the report is about",
            )
    return (), ()


def _roles(
    name: Name, doc: Doc, registry: Registry, focus: Focus, sentence: int
) -> tuple[tuple[Party, ...], tuple[str, ...]]:
    """ "the two foreign ministers", "Turkish and Russian officials", "EU leaders", "finance ministers"."""
    words = name.words
    if name.nations:
        states = tuple(registry.state(c) for c in name.nations)
        return states, (f"“{words}” speak for the state{'s' * (len(states) > 1)} named",)
    if name.body is not None:
        return (registry.group_of(name.body, name.name.lower(), words, leading=True),), ()
    before = _word_before(name, doc)
    if before in _POINTING or words.split()[0].lower() in _POINTING:
        number = next((_NUMBERS[w] for w in (before, *words.lower().split()) if w in _NUMBERS), 2)
        again = focus.named(sentence, words.lower().split()[-1]) if number == 2 and before not in _NUMBERS else None
        if again:
            return again.parties, (f"“{words}” are {again.text}, named before",)
        group = focus.last(sentence, "people") or focus.people(number)
        if group:
            return group.parties, (f"“{words}” are {group.text}, named together before",)
        return (), ()
    return (registry.group(words),), ()


def _word_before(name: Name, doc: Doc) -> str:
    """The word before a name, in lower case; "" at the start."""
    i = name.head
    while i >= 0 and doc[i].idx >= name.start:
        i -= 1
    return doc[i].lower_ if i >= 0 else ""


def _pronoun(name: Name, doc: Doc, focus: Focus, sentence: int) -> tuple[tuple[Party, ...], tuple[str, ...]]:
    want = load("reference.toml")["pronouns"][name.name]
    if want in ("speaker", "speakers", "addressee"):
        return (), ()
    other = name.name in ("him", "her", "them", "it") and doc[name.head].dep_ in ("dobj", "dative", "pobj")
    found = focus.last(sentence, want, other=other) or (focus.people(2) if want == "plural" else None)
    if found is None:
        return (), ()
    return found.parties, (f"“{name.name}” is {found.text}, the last that fits",)


def _description(
    name: Name, doc: Doc, registry: Registry, focus: Focus, sentence: int
) -> tuple[tuple[Party, ...], tuple[str, ...]]:
    words = name.words
    want = load("reference.toml")["descriptions"].get(name.name.lower(), "home")
    if want == "group":
        return (registry.group(name.name),), ()
    if want == "home":
        state = focus.last(sentence, "state", subject_first=False)
        code = state.parties[0].country if state else None
        if registry.home and (name.name.lower() in _OWN or "department of" in name.words.lower()):
            code = registry.home  # in a release "the Government" is the one that issues it
        code = code or registry.home or registry.states.dominant()
        if code and name.entry is not None:
            return (registry.body(name.entry, code),), (
                f"“{words}” is that of {gazetteer.state(code).name}, the last state spoken of",
            )
        if code:
            return (registry.state(code),), (
                f"“{words}” is that of {gazetteer.state(code).name}, the last state spoken of",
            )
        return (), ()
    found = focus.last(sentence, want)
    number = _NUMBERS.get(next((w for w in words.lower().split() if w in _NUMBERS), ""), 0)
    if number and want in ("states", "people") and (found is None or len(found.parties) != number):
        found = focus.last(sentence, "people") or focus.people(number) or focus.states(number) or found
    if found is None and want in ("people", "states"):
        found = focus.last(sentence, "states" if want == "people" else "people") or focus.people(2)
    if found is None and want in ("people", "states"):
        return (registry.group(re.sub(r"^(?:the|these|those)\s+", "", words, flags=re.I)),), ()
    if found is None:
        return (), ()
    return found.parties, (f"“{words}” is {found.text}, spoken of before",)
