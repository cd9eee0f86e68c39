"""Named features of a mention that may give or receive in an act."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pledgetrail.extraction.candidates import Candidate
from pledgetrail.extraction.features import path_between, word_class
from pledgetrail.extraction.inflection import plain
from pledgetrail.extraction.views import View
from pledgetrail.language import gazetteer
from pledgetrail.records import Mention

if TYPE_CHECKING:
    from spacy.tokens import Token


def kind_of(mention: Mention) -> str:
    """The kind of a mention with the type of its party; organisations that no list knows are told apart."""
    if not mention.parties:
        return f"{mention.kind}:?"
    party = mention.parties[0]
    unknown = party.type == "organisation" and gazetteer.lookup(party.name) is None
    return f"{mention.kind}:{party.type}{'?' if unknown else ''}{'+' if len(mention.parties) > 1 else ''}"


def role_features(
    view: View, candidate: Candidate, stage: str, index: int, subject: Token | None, how: str
) -> Iterator[str]:
    """Features of one mention for the decision whether it is the giver or the receiver of an act."""
    mention = view.mentions[index]
    token = view.doc[candidate.token]
    head = view.doc[view.heads[index]]
    voice = "passive" if candidate.grammar.passive else "active"
    path = path_between(token, head)
    klass = candidate.classes[0]
    kind = kind_of(mention)
    direction = "before" if head.i < token.i else "after"
    yield f"path={path}&{voice}&{candidate.pos[0]}"
    yield f"path&stage={path}&{stage}"
    yield f"path&word={path}&{candidate.lemma}&{voice}"
    yield f"pos&hangs={candidate.pos}&{head.dep_}&{head.head.lower_ if head.dep_ == 'pobj' else ''}&{direction}"
    yield f"pos&kind={candidate.pos}&{kind}&{direction}"
    yield f"path&class={path}&{klass}&{voice}"
    yield f"stage&direction={stage}&{direction}"
    yield f"kind&direction={kind}&{direction}"
    yield f"kind&stage={kind}&{stage}"
    yield f"hangs={head.dep_}&{head.head.lower_ if head.dep_ == 'pobj' else ''}&{stage}"
    yield f"hangs={head.dep_}&{head.head.lower_ if head.dep_ == 'pobj' else ''}&{direction}"
    if head.dep_ == "pobj":
        yield f"prep={head.head.lower_}&{stage}&{direction}"
        yield f"prep of={plain(head.head.head.lower_)} {head.head.lower_}"
    if head.dep_ in ("poss", "amod", "compound", "nmod"):
        owner = word_class(head.head) or plain(head.head.lower_)
        yield f"modifies={owner}&{direction}"
        yield f"modifies&stage={owner}&{stage}"
    if subject is not None:
        inside = subject.left_edge.i <= head.i <= subject.right_edge.i
        if head.i == subject.i:
            yield f"is subject={voice}&{candidate.pos}"
            yield f"is subject={how}"
            yield f"is subject&{how}&{stage}"
            yield f"is subject&{how}&{klass}&{voice}"
        elif inside:
            yield f"in subject&{head.dep_}&{how}&{voice}"
            if view.by_token.get(subject.i) is None:
                yield f"in nameless subject&{head.dep_}&{voice}&{plain(subject.lower_)}"
    between = abs(head.i - token.i)
    yield f"distance={min(between // 3, 8)}&{direction}"
    low, high = min(token.i, head.i), max(token.i, head.i)
    yield f"rank={min(sum(1 for h in view.heads if low < h < high), 4)}&{direction}&{stage}"
    same_sentence = view.sentence_of[head.i] == view.sentence_of[token.i]
    yield f"same sentence={same_sentence}"
    quote = view.quoted(token)
    if quote is not None:
        inner = quote.start <= mention.start < quote.end
        yield f"quoted&inner={inner}&{kind}"
        if quote.speaker is not None and mention.start == quote.speaker.start:
            yield f"is speaker&{stage}"
    if mention.kind == "pronoun":
        yield f"pronoun={mention.text.lower()}&{direction}"
        yield f"pronoun={mention.text.lower()}&{quote is not None}"
    if mention.kind == "place" or (mention.parties and not mention.parties[0].country):
        yield f"no country&{stage}&{direction}"


def far_features(
    other: View,
    index: int,
    where: str,
    stage: str,
    candidate: Candidate,
    nameless: bool,
    present: set[str],
    home: str | None,
) -> Iterator[str]:
    """Features of a mention outside the act's sentence; ``where`` says how far away it stands."""
    mention = other.mentions[index]
    head = other.doc[other.heads[index]]
    kind = f"{mention.kind}:{mention.parties[0].type if mention.parties else '?'}"
    again = any((p.country or p.id) in present for p in mention.parties)
    is_home = any(p.country == home for p in mention.parties) if home else False
    yield f"far={where}&{stage}"
    yield f"far kind={where}&{kind}"
    yield f"far dep={where}&{head.dep_}"
    yield f"far dep={where}&{head.dep_}&{stage}&{nameless}"
    yield f"far again={where}&{again}"
    yield f"far home={where}&{is_home}&{stage}"
    yield f"far home={where}&{is_home}&{candidate.grammar.passive}&{nameless}"
    yield f"far class={where}&{candidate.classes[0]}&{candidate.pos[0]}&{nameless}"
    yield f"far nameless={where}&{nameless}&{head.dep_ in ('nsubj', 'nsubjpass')}"
    if head.dep_ == "pobj":
        yield f"far prep={where}&{head.head.lower_}"
