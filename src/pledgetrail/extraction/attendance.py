"""Who takes part in an encounter: every mention in reach is weighed by how it hangs on the encounter's word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pledgetrail.extraction.candidates import Candidate
from pledgetrail.extraction.casting import Player
from pledgetrail.extraction.decisions import Decider, Place
from pledgetrail.extraction.encounter_candidates import words
from pledgetrail.extraction.features import mention_class, path_between, subject_of
from pledgetrail.extraction.inflection import plain
from pledgetrail.extraction.views import View
from pledgetrail.language.gazetteer import lookup
from pledgetrail.records import Mention, Party

#: A mention of the same sentence takes part from this probability on; one of an earlier sentence from the second.
PRESENT, PRESENT_FAR = 0.35, 0.30


def guests(views: list[View], candidate: Candidate, kind: str) -> Iterator[Player]:
    """Mentions with parties in the encounter's sentence and the two before it."""
    view = views[candidate.passage]
    here = view.sentence_of[candidate.token]
    named: set[str] = set()
    for index, head in enumerate(view.heads):
        mention = view.mentions[index]
        if view.sentence_of[head] != here or not mention.parties:
            continue
        last = view.doc[view.tokens(mention.start, mention.end)[-1]].lower_
        if "noun" in words().get(last, ()) and mention.kind == "name" and lookup(mention.text) is None:
            continue  # the name of the encounter itself ("Trilateral Dialogue") is nobody present
        named.update(p.id for p in mention.parties)
        yield Player(view, index, "same", tuple(_near_features(view, candidate, kind, index)))
    nameless = str(min(len(named), 2))
    quote = view.quoted(view.doc[candidate.token])
    speaker = quote.speaker.start if quote is not None and quote.speaker is not None else -1
    for back, other, sentence in _before(views, view, here):
        for index, head in enumerate(other.heads):
            mention = other.mentions[index]
            if other.sentence_of[head] == sentence and mention.parties:
                features = _far_features(
                    other, index, f"back {back}", candidate, kind, nameless, named, mention.start == speaker
                )
                yield Player(other, index, f"back {back}", tuple(features))


def _before(views: list[View], view: View, sentence: int, most: int = 2) -> Iterator[tuple[int, View, int]]:
    at = view
    for back in range(1, most + 1):
        sentence -= 1
        if sentence < 0:
            if at.index == 0:
                return
            at = views[at.index - 1]
            sentence = len(at.sentences) - 1
            if sentence < 0:
                return
        yield back, at, sentence


def _near_features(view: View, candidate: Candidate, kind: str, index: int) -> Iterator[str]:
    mention = view.mentions[index]
    token, head = view.doc[candidate.token], view.doc[view.heads[index]]
    path = path_between(token, head, 6)
    what = f"{mention.kind}:{mention.parties[0].type}{'+' if len(mention.parties) > 1 else ''}"
    direction = "before" if head.i < token.i else "after"
    pos = candidate.pos[0]
    yield f"path={path}&{pos}"
    yield f"path&kind={path}&{kind}&{pos}"
    yield f"path&what={path}&{what}"
    yield f"path&word={path}&{candidate.lemma}"
    yield f"what={what}&{kind}&{direction}"
    hook = f"{head.dep_}{' ' + head.head.lower_ if head.dep_ == 'pobj' else ''}"
    yield f"hangs={hook}&{kind}&{direction}"
    yield f"hangs&what={hook}&{what}"
    if head.dep_ == "pobj":
        yield f"prep of={plain(head.head.head.lower_)} {head.head.lower_}"
    elif head.dep_ in ("poss", "amod", "compound", "nmod"):
        yield f"modifies={plain(head.head.lower_)}&{direction}"
    elif head.dep_ in ("nsubj", "nsubjpass", "dobj"):
        yield f"verb={plain(head.head.lower_)}&{head.dep_}"
    elif head.dep_ in ("conj", "appos"):
        first = head.head
        yield f"joined={first.dep_}&{kind}&{direction}&{mention_class(view, first) != ''}"
    subject, how = subject_of(token if pos == "v" or token.dep_ not in ("dobj", "pobj") else token.head)
    if subject is not None and subject.left_edge.i <= head.i <= subject.right_edge.i:
        yield f"in subject={how}&{head.i == subject.i}&{kind}&{pos}"
    if token.left_edge.i <= head.i <= token.right_edge.i:
        yield f"under it={kind}&{hook}"
    low, high = min(token.i, head.i), max(token.i, head.i)
    yield f"distance={min((high - low) // 3, 8)}&{direction}&{kind}"
    yield f"between={min(sum(1 for h in view.heads if low < h < high), 4)}&{direction}&{kind}"
    twice = any(
        i != index
        and set(m.parties) & set(mention.parties)
        and view.sentence_of[view.heads[i]] == view.sentence_of[head.i]
        for i, m in enumerate(view.mentions)
    )
    yield f"named twice={twice}"
    quote = view.quoted(token)
    if quote is not None:
        yield f"quoted={quote.start <= mention.start < quote.end}&{what}"


def _far_features(
    other: View, index: int, where: str, candidate: Candidate, kind: str, nameless: str, named: set[str], speaks: bool
) -> Iterator[str]:
    mention = other.mentions[index]
    head = other.doc[other.heads[index]]
    what = f"{mention.kind}:{mention.parties[0].type}{'+' if len(mention.parties) > 1 else ''}"
    again = any(p.id in named for p in mention.parties)
    yield f"far={where}&{nameless}"
    yield f"far what={what}&{nameless}&{kind}"
    yield f"far dep={where}&{head.dep_}&{nameless}"
    yield f"far dep&what={head.dep_}&{what}&{candidate.pos[0]}"
    yield f"far again={again}"
    yield f"far speaks={speaks}"
    yield f"far word={candidate.lemma}&{nameless}&{head.dep_}"
    if head.dep_ == "pobj":
        yield f"far prep={head.head.lower_}&{nameless}"


def attendance(views: list[View], candidate: Candidate, kind: str, model: Decider) -> list[tuple[Mention, float]]:
    """The mentions that take part with their probability, in the order of the text.

    Those of earlier sentences count only where the encounter's own names fewer than two.
    """
    near: list[tuple[Mention, float]] = []
    far: list[tuple[Mention, float]] = []
    found = list(guests(views, candidate, kind))
    at = views[candidate.passage].place(candidate.token)
    places = [Place(at, (g.mention.start, g.mention.end), kind) for g in found]
    for guest, chances in zip(found, model.batch((g.features for g in found), places), strict=True):
        chance = chances["present"]
        if guest.where == "same" and chance >= PRESENT:
            near.append((guest.mention, chance))
        elif guest.where != "same" and chance >= PRESENT_FAR:
            far.append((guest.mention, chance))
    if len(participants_of(m for m, _ in near)) < 2:
        near += far
    return sorted(near, key=lambda n: n[0].start)


def participants_of(mentions: Iterable[Mention]) -> tuple[Party, ...]:
    """The distinct parties of mentions; a state is left out where a person of it is named."""
    parties = list(dict.fromkeys(p for m in mentions for p in m.parties))
    persons = {p.country for p in parties if p.type == "person" and p.country}
    return tuple(p for p in parties if not (p.type == "state" and p.country in persons))
