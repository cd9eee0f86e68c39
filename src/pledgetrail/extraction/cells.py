"""The cells of a decided act that are not parties: its object's words, its sum, its time and its places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pledgetrail.extraction.candidates import Candidate
from pledgetrail.extraction.features import object_of, path_between
from pledgetrail.extraction.views import View
from pledgetrail.records import Amount, Mention, Quantity, Time

if TYPE_CHECKING:
    from spacy.tokens import Token

#: An object's words end here; longer ones are cut at a clause.
_LONGEST_OBJECT = 30


def object_words(view: View, candidate: Candidate) -> tuple[int, int] | None:
    """Document offsets of what the act is about, from the object's first word to the end of its phrase."""
    token = view.doc[candidate.token]
    thing = object_of(token)
    if candidate.pos == "sum":
        thing = token
    if thing is None:
        return None
    left, right = thing.left_edge.i, thing.right_edge.i
    if thing.dep_ in ("xcomp", "ccomp", "advcl", "acl"):
        left = thing.i
        subject = next((c for c in thing.children if c.dep_ in ("nsubj", "nsubjpass")), None)
        if subject is not None:
            left = subject.left_edge.i
    if thing.i > token.i:
        left = max(left, token.i + 1)
    elif thing.i < token.i:
        right = min(right, token.i - 1)
    sentence = view.sentence(candidate.token)
    left, right = max(left, sentence.start), min(right, sentence.end - 1)
    for i in range(left, right + 1):
        cut = (
            view.doc[i].lower_ in (";", "—")
            or view.doc[i].dep_ == "advcl"
            and i > thing.i
            or i - left >= _LONGEST_OBJECT
        )
        if cut and i > left:
            right = i - 1
            break
    while right > left and (
        view.doc[right].is_punct or view.doc[right].is_space or view.doc[right].dep_ in ("cc", "mark")
    ):
        right -= 1
    if right < left:
        return None
    return view.span(range(left, right + 1))


def sums_of(view: View, candidate: Candidate) -> list[Quantity]:
    """Sums of money in the act's sentence, the nearest in the parse first. Equivalents in another currency are left out."""
    token = view.doc[candidate.token]
    sentence = view.sentence(candidate.token)
    start, end = view.offset + sentence.start_char, view.offset + sentence.end_char
    found = []
    for quantity in view.quantities:
        if not (quantity.currency and not quantity.equivalent and start <= quantity.start < end):
            continue
        if quantity.value is None and quantity.low is None:
            continue
        head = view.head(quantity.start, quantity.end)
        path = path_between(token, head, 8)
        steps = 9 if path == "far" else path.count("<") * 1.5 + path.count(">")
        found.append((steps + abs(head.i - token.i) * 0.02, quantity))
    return [q for _, q in sorted(found, key=lambda x: x[0])]


def amount_from(quantity: Quantity) -> Amount:
    """A sum as an amount; a range by its middle, as the scorer and the trackers read it, with its own words kept."""
    value = quantity.value
    if value is None:
        low, high = quantity.low, quantity.high
        value = (low + high) / 2 if low is not None and high is not None else (low if low is not None else high)
    assert value is not None
    return Amount(value, quantity.currency, quantity.text, quantity.qualifier)


def times_of(view: View, candidate: Candidate) -> list[Time]:
    """Time expressions of the act's sentence, those under the trigger and nearest first."""
    token = view.doc[candidate.token]
    sentence = view.sentence(candidate.token)
    start, end = view.offset + sentence.start_char, view.offset + sentence.end_char
    ranked = []
    for time in view.times:
        if start <= time.start < end:
            head = view.head(time.start, time.end)
            path = path_between(token, head, 6)
            steps = 7 if path == "far" else path.count("<") * 2 + path.count(">")
            if steps < 7:
                ranked.append((steps + abs(head.i - token.i) * 0.05, time))
    return [t for _, t in sorted(ranked, key=lambda x: x[0])]


def places_of(view: View, candidate: Candidate) -> list[Mention]:
    """Places named in the act's sentence: regions and cities, and states after a preposition of place."""
    sentence = view.sentence(candidate.token)
    found = []
    for mention, head in zip(view.mentions, view.heads, strict=True):
        if not sentence.start <= head < sentence.end:
            continue
        token: Token = view.doc[head]
        local = token.dep_ == "pobj" and token.head.lower_ in (
            "in",
            "across",
            "throughout",
            "at",
            "near",
            "of",
            "inside",
        )
        if mention.kind == "place" or (
            local and mention.kind == "name" and any(p.type == "state" for p in mention.parties)
        ):
            found.append(mention)
    return found


_CONDITION = re.compile(
    r"\b(?:if|unless|provided that|on condition that|subject to|depending on|conditional on|should .{3,40} agree)\b",
    re.I,
)


def conditional(view: View, candidate: Candidate, text: str) -> bool:
    """Whether the act is said under an explicit condition."""
    if candidate.grammar.conditional:
        return True
    found = _CONDITION.search(text)
    return bool(found) and "whether" not in text.lower()
