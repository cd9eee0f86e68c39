"""Who claims a figure: mentions and nameless tellers ("local officials said") around it are weighed as its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pledgetrail.extraction.decisions import Decider, Place
from pledgetrail.extraction.features import mention_class, path_between
from pledgetrail.extraction.figure_features import Count, source_words
from pledgetrail.extraction.inflection import noun_forms, plain
from pledgetrail.extraction.views import View
from pledgetrail.language.lexicon import load
from pledgetrail.records import Party

if TYPE_CHECKING:
    from spacy.tokens import Token

_PACKAGE = "pledgetrail.extraction"
#: Words claim a figure from this probability on (cross-validated on train).
CLAIMED = 0.20


@dataclass(frozen=True, slots=True)
class Source:
    """Words that may claim a figure: document offsets, whom they stand for, where they stand, and features."""

    start: int
    end: int
    parties: tuple[Party, ...]
    where: str
    features: tuple[str, ...]


def sources(
    views: list[View], view: View, count: Count, carried: tuple[View, int, Source] | None = None
) -> Iterator[Source]:
    """Mentions and owners of verbs of saying in the figure's sentence and the two before it.

    ``carried`` is the source of the figure before, with that figure's passage and token: lists go on with one source.
    """
    here = view.sentence_of[count.head]
    token = view.doc[count.noun if count.noun is not None else count.head]
    said_here = False
    for found in _speakers(view, here):
        start, end, parties, head = found
        if start < count.quantity.end and count.quantity.start < end:
            continue
        features = tuple(_source_features(view, head, token, parties))
        said_here = said_here or any(f.startswith("says=") for f in features)
        yield Source(start, end, parties, "same", features)
    quote = view.quoted(token)
    if quote is not None and quote.speaker is not None:
        speaker = quote.speaker
        inside = view.span(view.sentence(count.head))
        if not inside[0] <= speaker.start < inside[1]:
            kind = speaker.parties[0].type if speaker.parties else "?"
            features = (
                "is speaker",
                f"said here={said_here}&speaker",
                f"speaker={speaker.kind}&{kind}",
                f"said here={said_here}&speaker={kind}",
            )
            yield Source(speaker.start, speaker.end, speaker.parties, "speaker", features)
    if carried is not None and carried[0].index >= view.index - 2:
        before, token_before, source = carried
        gap = (
            str(min(view.index - before.index, 2))
            if before.index != view.index
            else f"same {min(here - before.sentence_of[token_before], 2)}"
        )
        if gap != "same 0":
            mark = view.sentences[here].text.lstrip()[:1]
            features = (
                f"carried={gap}&{said_here}",
                f"carried&mark={mark if not mark.isalnum() else mark.isupper()}&{said_here}",
                f"carried&quoted={view.quoted(token) is not None}&{said_here}",
                f"carried&colon={before.doc.text.rstrip().endswith((':', ';'))}&{said_here}",
            )
            yield Source(source.start, source.end, source.parties, "carried", features)
    at, sentence = view, here
    for back in (1, 2):
        sentence -= 1
        if sentence < 0:
            if at.index == 0:
                return
            at = views[at.index - 1]
            sentence = len(at.sentences) - 1
            if sentence < 0 or at.kind != "body":
                return
        for start, end, parties, head in _speakers(at, sentence):
            features = tuple(_far_features(at, head, back, parties, said_here, view.index == at.index, view, here))
            if features:
                yield Source(start, end, parties, f"back {back}", features)


@cache
def _papers() -> frozenset[str]:
    data = load("figures.toml", _PACKAGE)
    return frozenset(f for w in data["papers"]["words"].split() for f in noun_forms(w))


def _owner(view: View, token: Token) -> int | None:
    """The mention that an estimate, report or source is of: "a U.S. military estimate", "data from the ministry"."""
    for child in token.children:
        if child.dep_ in ("poss", "compound", "amod", "nmod") and child.i in view.by_token:
            return view.by_token[child.i]
    makers = [c for c in token.children if c.dep_ == "acl"]
    for child in (c for t in (token, *makers) for c in t.children):
        if child.dep_ in ("prep", "agent") and child.lower_ in ("from", "by", "of", "at", "in"):
            for inner in child.children:
                if inner.i in view.by_token and view.mentions[view.by_token[inner.i]].kind != "place":
                    return view.by_token[inner.i]
    return None


def _phrase(view: View, token: Token) -> tuple[int, int]:
    """A noun with the words before it, without its article: where a nameless teller stands."""
    left = token.left_edge.i
    while left < token.i and (view.doc[left].dep_ in ("det", "punct", "poss") or view.doc[left].is_space):
        left += 1
    return view.span(view.doc[left : token.i + 1])


def _speakers(view: View, sentence: int) -> Iterator[tuple[int, int, tuple[Party, ...], Token]]:
    """Mentions of a sentence, and nameless subjects of its verbs of saying ("local officials said")."""
    nouns, verbs = source_words()
    for mention, head in zip(view.mentions, view.heads, strict=True):
        if view.sentence_of[head] == sentence and mention.kind != "place":
            start = mention.start if mention.parties else min(mention.start, _phrase(view, view.doc[head])[0])
            yield start, mention.end, mention.parties, view.doc[head]
    for token in view.sentences[sentence]:
        if token.i in view.by_token or not (token.dep_ in ("nsubj", "pobj") or token.lower_ in nouns):
            continue
        says = token.dep_ == "nsubj" and token.head.lower_ in verbs
        according = (
            token.dep_ == "pobj"
            and token.head.lower_ in ("to", "by")
            and (
                token.head.head.lower_ in verbs
                or (token.head.i > 0 and view.doc[token.head.i - 1].lower_ == "according")
            )
        )
        if says or according:
            owner = _owner(view, token) if token.lower_ in _papers() else None
            if owner is not None:
                mention = view.mentions[owner]
                yield mention.start, mention.end, mention.parties, token
                continue
            yield *_phrase(view, token), (), token


def _source_features(view: View, head: Token, token: Token, parties: tuple[Party, ...]) -> Iterator[str]:
    nouns, verbs = source_words()
    kind = mention_class(view, head) or "words"
    short = kind.split(":")[-1]
    yield f"kind={kind}"
    yield f"dep={head.dep_}&{short}"
    yield f"path={path_between(token, head, 7)}"
    governor = head.head
    if head.dep_ in ("nsubj", "nsubjpass"):
        yield f"governor={plain(governor.lower_)}&{head.dep_}"
        if governor.lower_ in verbs:
            yield f"says={head.dep_}&{short}"
            below = any(t.i == governor.i for t in token.ancestors)
            yield f"says over it={below}&{governor.dep_}"
    elif head.dep_ == "pobj":
        yield f"prep={head.head.lower_} of {plain(head.head.head.lower_)}"
        if head.head.i > 0 and (
            head.head.head.lower_ == "according" or view.doc[head.head.i - 1].lower_ == "according"
        ):
            yield "says=according"
    elif head.dep_ in ("poss", "compound", "amod", "nmod"):
        yield f"owns={plain(head.head.lower_)}&{head.dep_}"
        if head.head.lower_ in nouns:
            yield f"owns source={head.dep_}"
            if head.head.dep_ == "nsubj":
                yield f"says=owner&{plain(head.head.head.lower_)}"
    yield f"side={'before' if head.i < token.i else 'after'}&{head.dep_}"
    between = abs(head.i - token.i) // 4
    yield f"distance={min(between, 6)}"


def _far_features(
    at: View,
    head: Token,
    back: int,
    parties: tuple[Party, ...],
    said_here: bool,
    same_passage: bool,
    view: View,
    here: int,
) -> Iterator[str]:
    _, verbs = source_words()
    says = head.dep_ == "nsubj" and head.head.lower_ in verbs
    according = (
        head.dep_ == "pobj"
        and head.head.lower_ == "to"
        and head.head.i > 0
        and at.doc[head.head.i - 1].lower_ == "according"
    )
    if not (says or according):
        return
    kind = (mention_class(at, head) or "words").split(":")[-1]
    yield f"far={back}&{said_here}&{same_passage}"
    yield f"far says={says}&{kind}&{said_here}"
    yield f"far verb={head.head.lower_}&{said_here}"
    yield f"far quoted={view.quoted(view.sentences[here][0]) is not None}&{said_here}"
    yield f"far first={view.sentences[here][0].lower_}"
    if at.sentences[at.sentence_of[head.i]].text.rstrip().endswith(":"):
        yield f"far colon&{said_here}"


def claimant(
    views: list[View], view: View, count: Count, model: Decider, carried: tuple[View, int, Source] | None = None
) -> tuple[Source, float] | None:
    """The likeliest source of a figure, if any is likely enough."""
    best: tuple[Source, float] | None = None
    found = list(sources(views, view, count, carried))
    at = (count.quantity.start, count.quantity.end)
    places = [Place(at, (s.start, s.end)) for s in found]
    for source, chances in zip(found, model.batch((s.features for s in found), places), strict=True):
        chance = chances["claims"]
        if chance >= CLAIMED and (best is None or chance > best[1]):
            best = (source, chance)
    return best
