"""What acts of one sentence or report take from each other: sums of a list, sides of a deal, givers and receivers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from pledgetrail.extraction.casting import Cast, Scene, parties_of
from pledgetrail.extraction.cells import span_of
from pledgetrail.extraction.deciding import Decided
from pledgetrail.extraction.features import noun_classes, object_of
from pledgetrail.extraction.lists import listed_givers, listed_receivers, respective_givers
from pledgetrail.extraction.views import View
from pledgetrail.records import Commitment, Mention, Parsed, Party

if TYPE_CHECKING:
    from spacy.tokens import Token

_PARTS = re.compile(r"\b(?:includ\w+|comprising|of which|consist\w*|made up of|broken down)\b", re.I)
#: An item of a list is not longer than this, in characters.
_LONGEST_ITEM = 300
_JOINT = re.compile(r"[\s,;:.(]*(?:\b(?:and|with|while|the|from|by|plus|then)\b[\s,;:(]*)*$", re.I)
_RESPECTIVELY = re.compile(r"\brespectively\b", re.I)


def after_its_verb(
    view: View, item: Decided, commitment: Commitment, made: list[tuple[Decided, Commitment]]
) -> Commitment:
    """A further sum of a sentence takes what it lacks from the act of that sentence, and its stage.

    After "including" and the like it is a part of the sum before, and so are the sums listed with it.
    """
    here = view.sentence_of[item.candidate.token]
    same = [(d, c) for d, c in made if view.sentence_of[d.candidate.token] == here]
    if not same:
        return commitment
    _, first = min(same, key=lambda m: abs(m[0].candidate.token - item.candidate.token))
    totals = [c for _, c in same if c.amount and not c.part_of and c.cells["amount"][0].end <= commitment.trigger.start]
    total = max(totals, key=lambda c: c.amount.value if c.amount else 0, default=None)
    part = False
    if total is not None and total.amount is not None and commitment.amount is not None:
        between = view.text[total.cells["amount"][0].end - view.offset : commitment.trigger.start - view.offset]
        part = bool(_PARTS.search(between)) and commitment.amount.value < total.amount.value
    found = dict(commitment.cells)
    for cell in ("by", "to", "when"):
        if cell not in found and cell in first.cells:
            found[cell] = first.cells[cell]
    return replace(
        commitment,
        stage=first.stage,
        by=commitment.by or first.by,
        to=commitment.to or first.to,
        when=commitment.when or first.when,
        when_basis=commitment.when_basis if commitment.when else first.when_basis,
        cells=found,
        part_of=total.id if part and total is not None else None,
    )


def as_listed(parsed: Parsed, view: View, commitment: Commitment) -> Commitment:
    """In a list of givers with their sums each sum is its own giver's; the receiver is that of the sentence's act."""
    if commitment.amount is None:
        return commitment
    sentence = commitment.evidence[0]
    at = commitment.cells["amount"][0].start
    givers = listed_givers(view, sentence.start, sentence.end) or respective_givers(view, sentence.start, sentence.end)
    giver = givers.get(at)
    receiver = listed_receivers(view, sentence.start, sentence.end).get(at)
    changes: dict[str, object] = {}
    found = dict(commitment.cells)
    if giver is not None:
        changes["by"] = giver.stands_for or giver.parties
        found["by"] = (span_of(parsed, giver.start, giver.end),)
        if {m.start for m in givers.values()} & {
            s.start for s in commitment.cells.get("to", ())
        } or not _RESPECTIVELY.search(view.text):
            changes["to"] = ()
            found.pop("to", None)
    elif receiver is not None:
        changes["to"] = receiver.stands_for or receiver.parties
        found["to"] = (span_of(parsed, receiver.start, receiver.end),)
    if not changes:
        return commitment
    words = _own_words(view, at, sentence.end, [m.start for m in givers.values()] if giver is not None else [])
    changes["what"], found["what"] = words, (span_of(parsed, at, at + len(words)),)
    trace = (*commitment.trace, "list: each sum of the sentence stands with its own party")
    return replace(commitment, cells=found, trace=trace, **changes)  # type: ignore[arg-type]


def _own_words(view: View, at: int, end: int, others: list[int]) -> str:
    """The words of one item of a list: from its sum to the next party or sum, without what joins the two."""
    starts = [*others, *(q.start for q in view.quantities if q.currency and not q.equivalent)]
    stop = min((s for s in starts if s > at), default=min(end, at + _LONGEST_ITEM))
    return _JOINT.sub("", view.text[at - view.offset : stop - view.offset])


def respectively(
    parsed: Parsed, view: View, item: Decided, commitment: Commitment, mentions: tuple[tuple[Mention, float], ...]
) -> list[Commitment]:
    """ "A and B promised X and Y respectively": as many acts as givers, each with its own thing."""
    if len(mentions) < 2 or not _RESPECTIVELY.search(commitment.evidence[0].quote):
        return [commitment]
    thing = object_of(view.doc[item.candidate.token])
    if thing is None:
        return [commitment]
    things = [thing, *thing.conjuncts]
    givers = sorted((m for m, _ in mentions), key=lambda m: m.start)
    if len(things) != len(givers):
        return [commitment]
    found = []
    for number, (giver, token) in enumerate(zip(givers, sorted(things, key=lambda t: t.i), strict=True)):
        tokens = range(token.left_edge.i, token.i + 1)
        start, end = view.span(tokens)
        words = span_of(parsed, start, end)
        found.append(
            replace(
                commitment,
                id=commitment.id if number == 0 else f"{commitment.id}-{number + 1}",
                by=giver.stands_for or giver.parties,
                what=words.quote,
                cells={**commitment.cells, "by": (span_of(parsed, giver.start, giver.end),), "what": (words,)},
                trace=(*commitment.trace, "respectively: each giver has its own thing"),
            )
        )
    return found


#: Stages in which one giver gives on and on: a list goes on with the giver of the item before.
_GIVING = frozenset({"pledge", "disbursement", "delivery", "offer"})


def with_giver_before(commitment: Commitment, last: Commitment | None) -> Commitment:
    """A gift that names no giver ("$5 million to UNICEF" in a list) is the giver's of the gift before it."""
    if commitment.by or last is None or commitment.stage not in _GIVING or last.stage not in _GIVING or not last.by:
        return commitment
    return replace(
        commitment,
        by=last.by,
        cells={**commitment.cells, "by": last.cells["by"]},
        trace=(*commitment.trace, "by: no giver is named here; the gift before it names one"),
    )


def _helped(token: Token) -> bool:
    """Whether a name stands as what is rebuilt or helped: "recovery of", "support for", "Ukraine's reconstruction"."""
    above = token.head.head if token.dep_ == "pobj" and token.head.lower_ in ("of", "for", "in", "to") else token.head
    return noun_classes().get(above.lower_) in ("work", "aid") and (
        above is not token.head or token.dep_ in ("poss", "compound", "amod")
    )


def with_main_receiver(parsed: Parsed, views: list[View], commitments: list[Commitment]) -> list[Commitment]:
    """A gift that names no receiver goes to the one whom the report is about, if one stands out.

    Votes: being named, in the headline or first sentences, as what is rebuilt or helped ("recovery of Ukraine"), and as
    the receiver of other gifts; givers have none.
    """
    gifts = [c for c in commitments if c.stage in _GIVING]
    if not any(not c.to and c.amount for c in gifts):
        return commitments
    votes: Counter[Party] = Counter()
    first: dict[Party, Mention] = {}
    for view in views:
        for mention, head in zip(view.mentions, view.heads, strict=True):
            for party in mention.parties if mention.kind in ("name", "place", "nationality") else ():
                if party.type == "state" or (mention.kind == "place" and not party.country):
                    first.setdefault(party, mention)
                    votes[party] += (4 if view.index < 2 else 1) + (6 if _helped(view.doc[head]) else 0)
    for commitment in gifts:
        for party in commitment.to:
            if party in votes:
                votes[party] += 6
        for party in votes:
            if party.country and any(party.country == giver.country for giver in commitment.by):
                votes[party] -= 4
    ranked = votes.most_common()
    if not ranked or ranked[0][1] < 3 or (len(ranked) > 1 and ranked[1][1] > 0.6 * ranked[0][1]):
        return commitments
    main = ranked[0][0]
    spans = (span_of(parsed, first[main].start, first[main].end),)
    note = f"to: no receiver is named here; the report's gifts go to {main.name}"
    return [
        replace(c, to=(main,), cells={**c.cells, "to": spans}, trace=(*c.trace, note))
        if c.stage in _GIVING and not c.to and not c.via and c.amount
        else c
        for c in commitments
    ]


def both_sides(scene: Scene, view: View, token: int, players: Cast) -> Cast:
    """An agreement has two sides: where one is named, the others are those whom the sentence before names with it."""
    brokers = tuple(
        (view.mentions[i], 0.5)
        for c in view.doc[token].children
        if c.dep_ in ("amod", "compound") and c.lower_.endswith(("brokered", "mediated", "sponsored"))
        for i in dict.fromkeys(view.by_token[t] for t in range(c.left_edge.i, c.i + 1) if t in view.by_token)
    )
    players = replace(players, by=(*players.by, *(b for b in brokers if b[0] not in [m for m, _ in players.by])))
    known = parties_of((*players.by, *players.to))
    sides = {p.country or p.id for p in known}
    if len(sides) != 1:
        return players
    number = view.sentence_of[token] - 1
    before = view if number >= 0 else (scene.views[view.index - 1] if view.index else None)
    if before is None or not before.sentences:
        return players
    sentence = before.sentences[number if number >= 0 else len(before.sentences) - 1]
    more: list[tuple[Mention, float]] = []
    there = False
    for mention, head in zip(before.mentions, before.heads, strict=True):
        if not sentence.start <= head < sentence.end or mention.kind not in ("name", "role", "description"):
            continue
        keys = {p.country or p.id for p in mention.parties if p.type in ("person", "state")}
        there = there or bool(keys & sides)
        if keys and not keys & sides:
            more.append((mention, 0.5))
            sides |= keys
    return replace(players, by=(*players.by, *more)) if there else players


def explored(view: View, token: int, players: Cast) -> Cast:
    """ "The two examined the possibility of the bank's financing it": who would act gives, the other side receives."""
    thing = object_of(view.doc[token])
    clause = (
        next((c for p in thing.children if p.dep_ == "prep" for c in p.children if c.dep_ == "pcomp"), None)
        if thing
        else None
    )
    subject = next((c for c in clause.children if c.dep_ in ("nsubj", "poss")), None) if clause is not None else None
    index = view.by_token.get(subject.i) if subject is not None else None
    if index is None or not view.mentions[index].parties:
        return players
    giver = view.mentions[index]
    own = {p.id for p in (giver.stands_for or giver.parties)}
    others = tuple(
        (replace(m, parties=rest, stands_for=rest), p)
        for m, p in players.by
        for rest in [tuple(x for x in (m.stands_for or m.parties) if x.id not in own)]
        if rest
    )
    return Cast(((giver, 1.0),), others or players.to, players.via)


def with_receiver_before(commitment: Commitment, last: Commitment | None) -> Commitment:
    """In a speech ("we will do it") a promise without a receiver is to the receiver of the speaker's act before it."""
    if commitment.to or last is None or not last.to or commitment.speaker is None:
        return commitment
    same = {p.country or p.id for p in commitment.by} & {p.country or p.id for p in last.by}
    if not same or commitment.stage not in _GIVING or last.stage not in _GIVING or "speaker" not in commitment.cells:
        return commitment
    note = "to: no receiver is named here; the speaker's act before names one"
    return replace(
        commitment, to=last.to, cells={**commitment.cells, "to": last.cells["to"]}, trace=(*commitment.trace, note)
    )
