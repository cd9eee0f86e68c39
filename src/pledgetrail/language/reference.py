"""Names, roles, pronouns and descriptions -> mentions with the parties that they stand for in this document.

A small resolver of our own. Each step that it takes is kept in the mention's chain, for ``explain``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pledgetrail.language import gazetteer, speech
from pledgetrail.language.actors import Registry
from pledgetrail.language.focus import Focus
from pledgetrail.language.lexicon import load
from pledgetrail.language.name import Name, Passage
from pledgetrail.records import Mention, Party, Quotation

if TYPE_CHECKING:
    from spacy.tokens import Doc

_SUBJECTS = ("nsubj", "nsubjpass")
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
    quotations = _quotations(passages, by_head, quotes, mentions)
    _first_person(mentions, waiting, quotations, registry)
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
    if name.plural:
        if len(name.nations) > 1:
            return tuple(registry.state(c) for c in name.nations), (f"“{words}” speak for the states named",)
        if len(name.nations) == 1:
            return (registry.state(name.nations[0]),), (f"“{words}” speak for the state named",)
        number = next((_NUMBERS[w] for w in words.lower().split() if w in _NUMBERS), 2)
        group = focus.last(sentence, "people") or focus.people(number)
        if group:
            return group.parties, (f"“{words}” are {group.text}, named together before",)
        return (), ()
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
            code = state.parties[0].country if state else registry.dominant()
        if code:
            return (registry.state(code),), (
                f"“{words}” speaks for {gazetteer.state(code).name}, whose matter the report is about",
            )
    return (), ()


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
        if registry.home and name.name in ("government", "ministry", "parliament", "administration"):
            code = registry.home
        code = code or registry.home or registry.dominant()
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
    if found is None:
        return (), ()
    return found.parties, (f"“{words}” is {found.text}, spoken of before",)


def _quotations(
    passages: Sequence[Passage],
    by_head: Sequence[dict[int, Mention]],
    quotes: Sequence[tuple[int, int]],
    mentions: Sequence[Mention],
) -> list[Quotation]:
    """Give each quotation its speaker; one without a verb of saying goes on with the speaker before it."""
    found: list[Quotation] = []
    last: Mention | None = None
    at = 0
    for (block, doc, _), heads in zip(passages, by_head, strict=True):
        while at < len(quotes) and quotes[at][0] < block.end:
            start, end = quotes[at]
            at += 1
            token = speech.speaker_of(doc, start - block.start, end - block.start)
            speaker = heads.get(token.i) if token is not None else None
            if token is not None and speaker is None:
                speaker = next((m for m in mentions if m.start <= block.start + token.idx < m.end), None)
            if speaker is not None:
                last = speaker
            elif end - start > 40:
                speaker = last
            found.append(Quotation(start, end, speaker))
    return found


def _first_person(
    mentions: list[Mention], waiting: Sequence[tuple[int, Name]], quotations: Sequence[Quotation], registry: Registry
) -> None:
    """ "we will do it" is its speaker's; outside quotations a release's "we" is the office that issued it."""
    for index, name in waiting:
        mention = mentions[index]
        quote = next((q for q in quotations if q.start <= mention.start < q.end), None)
        parties: tuple[Party, ...] = ()
        bound: tuple[Party, ...] = ()
        chain: tuple[str, ...] = ()
        if quote is not None and quote.speaker is not None and name.name in ("you", "your"):
            other = _addressee(mentions, index, quote.speaker)
            if other is not None:
                parties, bound = other.parties, other.stands_for
                chain = (f"“{name.name}” is said to {other.text}, the last other person named",)
        elif quote is not None and quote.speaker is not None:
            parties, bound = quote.speaker.parties, quote.speaker.stands_for
            chain = (f"“{name.name}” is said by {quote.speaker.text}", *quote.speaker.chain)
        elif registry.home and name.name not in ("you", "your"):
            parties = bound = (registry.state(registry.home),)
            chain = (f"“{name.name}” is the office that issued the report",)
        if parties:
            mentions[index] = replace(mention, parties=parties, chain=chain, stands_for=bound)


def _addressee(mentions: Sequence[Mention], index: int, speaker: Mention) -> Mention | None:
    """The last person before a mention who is not the speaker and not of the speaker's state."""
    own = {p.id for p in speaker.parties} | {p.country for p in speaker.parties if p.country}
    for mention in reversed(mentions[max(0, index - 40) : index]):
        people = [p for p in mention.parties if p.type == "person"]
        if mention.kind == "name" and people and not any(p.id in own or p.country in own for p in people):
            return mention
    return None
