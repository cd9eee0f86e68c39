"""The cells of a decided act that are not parties: its object's words, its sum, its time and its places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pledgetrail.extraction.candidates import Candidate
from pledgetrail.extraction.features import object_of, path_between
from pledgetrail.extraction.views import View
from pledgetrail.language.speech import speech_verb
from pledgetrail.records import Amount, Mention, Parsed, Quantity, Span, Time

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
    elif candidate.pos == "noun" and thing is None:
        return _phrase(view, token)
    elif thing is not None and thing.lower_ in _RELATIVES and token.dep_ == "relcl":
        return _phrase(view, token.head, token.i)
    if thing is None:
        return None
    left, right = thing.left_edge.i, thing.right_edge.i
    if thing.dep_ in ("xcomp", "advcl", "acl"):
        subject = next((c for c in thing.children if c.dep_ in ("nsubj", "nsubjpass")), None)
        left = subject.left_edge.i if subject is not None else thing.i
    elif thing.dep_ == "ccomp":
        while left < thing.i and view.doc[left].dep_ == "mark":
            left += 1
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
    opened = sum(view.doc[i].text in _MARKS for i in range(left, right + 1)) % 2 == 0
    while (
        right > left
        and not (opened and view.doc[right].text in _MARKS)
        and (view.doc[right].is_punct or view.doc[right].is_space or view.doc[right].dep_ in ("cc", "mark"))
    ):
        right -= 1
    if right < left:
        return None
    return view.span(range(left, right + 1))


_RELATIVES = frozenset({"which", "that", "who", "whom"})
_MARKS = frozenset({'"', "“", "”"})


def _phrase(view: View, noun: Token, before: int | None = None) -> tuple[int, int]:
    """Document offsets of a noun with the words before it and its "of" phrase, up to a token if one is given."""
    left, right = noun.left_edge.i, noun.i
    for child in noun.children:
        if child.dep_ == "prep" and child.i > noun.i and child.lower_ in ("of", "on", "for"):
            right = max(right, child.right_edge.i)
    if before is not None:
        right = min(right, before - 1)
    right = min(right, left + _LONGEST_OBJECT)
    while right > noun.i and view.doc[right].is_punct:
        right -= 1
    return view.span(range(left, max(right, noun.i) + 1))


def sums_of(view: View, candidate: Candidate) -> list[Quantity]:
    """Sums of money in the act's sentence, the nearest in the parse first, without equivalents."""
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
            inside = view.tokens(time.start, time.end)
            head = view.head(time.start, time.end)
            path = path_between(token, head, 8)
            said = path != "far" and all(step.split(">")[0] in _SAID for step in path.split("<")[1:])
            steps = 9.0 if path == "far" else path.count("<") * (1.2 if said else 2) + path.count(">")
            if inside[-1] == token.i - 1:  # "trucks with blankets on Monday entered": before a verb it is the verb's
                steps = 1
            if steps < 7:
                ranked.append((steps + abs(head.i - token.i) * 0.05, time))
    return [t for _, t in sorted(ranked, key=lambda x: x[0])]


#: What an act hangs by on the verb that says it: "on Friday the ministry announced that it had said it would help".
_SAID = frozenset({"ccomp", "xcomp", "conj"})


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


def conditional(candidate: Candidate, text: str) -> bool:
    """Whether the act is said under an explicit condition."""
    if candidate.grammar.conditional:
        return True
    found = _CONDITION.search(text)
    return bool(found) and "whether" not in text.lower()


#: Stages whose time expressions say when the act is to be done, when they lie ahead of it.
_AHEAD = frozenset({"pledge", "offer", "request", "invitation", "call", "agreement", "exploration", "contract"})


def span_of(parsed: Parsed, start: int, end: int) -> Span:
    """The span of a document between two offsets."""
    return Span(parsed.document.id, start, end, parsed.document.text[start:end])


@dataclass(frozen=True, slots=True)
class Dates:
    """The day of an act and the time of its fulfilment (EDTF), and where the text says so."""

    when: str | None
    basis: str | None
    period: str | None
    spans: dict[str, tuple[Span, ...]]


def dates_of(parsed: Parsed, view: View, candidate: Candidate, stage: str, release: bool) -> Dates:
    """The day of the act and the time of its fulfilment, from the time expressions of its sentence.

    A time that ends after the report's date says when a promise is to be kept; any other, when it was made. A release
    that names no day makes its promises on the day it is issued.
    """
    document, grammar = parsed.document, candidate.grammar
    today = document.published if document.published and len(document.published) == 10 else None
    when: str | None = None
    basis: str | None = None
    period: str | None = None
    spans: dict[str, tuple[Span, ...]] = {}
    for time in times_of(view, candidate):
        if time.edtf is None:
            continue
        if today and time.latest:
            ahead = time.latest.isoformat() > today and not _running(time, today, view, candidate)
        else:
            ahead = grammar.tense in ("future", "infinitive", "would") and time.start > view.offset
        if ahead and stage in _AHEAD:
            if period is None:
                period, spans["period"] = time.edtf, (span_of(parsed, time.start, time.end),)
        elif when is None:
            when, basis, spans["when"] = time.edtf, time.basis, (span_of(parsed, time.start, time.end),)
    told = grammar.tense == "past" and period is None and not _timed(view, candidate) and stage in _TOLD
    fresh = (
        told or grammar.tense in ("future", "present", "progressive", "infinitive", "bare") or candidate.pos == "sum"
    )
    if when is None and release and today and fresh and stage in _AHEAD and document.published_span:
        when, basis, spans["when"] = today, "from the report's date", (document.published_span,)
    return Dates(when, basis, period, spans)


#: Stages that a release tells of in the past on the day itself: "The leaders discussed", "The President announced".
_TOLD = frozenset({"pledge", "offer", "agreement", "exploration"})


def _timed(view: View, candidate: Candidate) -> bool:
    """Whether the act's sentence has any time expression."""
    sentence = view.sentence(candidate.token)
    return any(view.offset + sentence.start_char <= t.start < view.offset + sentence.end_char for t in view.times)


def _running(time: Time, today: str, view: View, candidate: Candidate) -> bool:
    """Whether a time that runs on beyond today is that of something done: "This year we have given", "gave in 2024"."""
    begun = time.earliest is not None and time.earliest.isoformat() <= today
    done = candidate.grammar.tense == "perfect" or (
        candidate.grammar.tense == "past" and time.start < view.place(candidate.token)[0]
    )
    return begun and done


_TOTAL = re.compile(
    r"\b(?:bring(?:s|ing)?|brought|tak(?:es|ing)|rais(?:es|ing))\s+(?:\w+\W+){0,6}?(?:total|contribution|commitment|assistance|support|aid)?"
    r"(?:\W+\w+){0,8}?\W+to\b|\btotal contribution to\b|\b(?:so far|to date|in total)\b",
    re.I,
)


def cumulative(text: str, sum_at: int | None) -> bool:
    """Whether a sentence gives the sum at an offset of it as a running total ("bringing the total to")."""
    if sum_at is None:
        return False
    return any(
        0 <= sum_at - m.end() <= 40 or 0 <= m.start() - sum_at <= 40 and "to" != m.group()[-2:]
        for m in _TOTAL.finditer(text)
    )


def speaker_of(view: View, candidate: Candidate) -> Mention | None:
    """Who says the act: the quotation's speaker, or the subject of the verb of saying that the act hangs on."""
    token = view.doc[candidate.token]
    quote = view.quoted(token)
    if quote is not None:
        return quote.speaker
    for _ in range(4):
        head = token.head
        if head.i == token.i:
            return None
        if token.dep_ == "ccomp" and speech_verb(head):
            subject = next((t for t in head.children if t.dep_ == "nsubj"), None)
            index = view.by_token.get(subject.i) if subject is not None else None
            return view.mentions[index] if index is not None else None
        token = head
    return None


def channels_of(view: View, candidate: Candidate) -> list[Mention]:
    """Organisations that a gift goes "through" or "via", in the act's sentence."""
    sentence = view.sentence(candidate.token)
    found = []
    for mention, head in zip(view.mentions, view.heads, strict=True):
        token = view.doc[head]
        if sentence.start <= head < sentence.end and token.dep_ == "pobj" and token.head.lower_ in ("through", "via"):
            if any(p.type in ("organisation", "government body") for p in mention.parties):
                found.append(mention)
    return found
