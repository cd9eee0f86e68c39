"""Decided acts -> commitments with every cell filled that the text fills, each with the spans it was read from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pledgetrail.extraction import cells
from pledgetrail.extraction.casting import Cast, Scene, cast, parties_of, scene_of
from pledgetrail.extraction.deciding import Decided, decide
from pledgetrail.extraction.decisions import Model, load_model
from pledgetrail.extraction.features import path_between
from pledgetrail.extraction.lists import listed_givers, listed_receivers
from pledgetrail.extraction.views import View
from pledgetrail.records import Commitment, Mention, Parsed, Party, Quantity, Span

#: Stages whose time expressions say when the act is to be done, when they lie ahead of it.
_AHEAD = frozenset({"pledge", "offer", "request", "invitation", "call", "agreement", "exploration", "contract"})


def statement_id(document: str, text_sha256: str, kind: str, start: int, end: int) -> str:
    """A statement's id: a hash of its document's id and text, its kind and its trigger's place."""
    key = f"{document}\0{text_sha256}\0{kind}\0{start}\0{end}"
    return "s-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def extract_commitments(parsed: Parsed, views: list[View]) -> list[Commitment]:
    """Commitments of one document in the order of their triggers. Raises FileNotFoundError without the weights."""
    return _with_main_receiver(parsed, views, list(_commitments(parsed, views)))


def _with_main_receiver(parsed: Parsed, views: list[View], commitments: list[Commitment]) -> list[Commitment]:
    """A gift that names no receiver goes to the one whom the report is about, if one stands out.

    Votes: being named, in the headline or first sentences, and as the receiver of other gifts; givers have none.
    """
    gifts = [c for c in commitments if c.stage in _GIVING]
    if not any(not c.to and c.amount for c in gifts):
        return commitments
    votes: Counter[Party] = Counter()
    first: dict[Party, Mention] = {}
    for view in views:
        for mention in view.mentions:
            for party in mention.parties if mention.kind in ("name", "place", "nationality") else ():
                if party.type == "state" or (mention.kind == "place" and not party.country):
                    first.setdefault(party, mention)
                    votes[party] += 4 if view.index < 2 else 1
    for commitment in gifts:
        for party in commitment.to:
            if party in votes:
                votes[party] += 6
        for party in votes:
            if party.country and any(party.country == giver.country for giver in commitment.by):
                votes[party] -= 4
    ranked = votes.most_common()
    if not ranked or ranked[0][1] < 6 or (len(ranked) > 1 and ranked[1][1] > 0.6 * ranked[0][1]):
        return commitments
    main = ranked[0][0]
    spans = (_span(parsed, first[main].start, first[main].end),)
    note = f"to: no receiver is named here; the report's gifts go to {main.name}"
    return [
        replace(c, to=(main,), cells={**c.cells, "to": spans}, trace=(*c.trace, note))
        if c.stage in _GIVING and not c.to and not c.via and c.amount
        else c
        for c in commitments
    ]


def _commitments(parsed: Parsed, views: list[View]) -> Iterator[Commitment]:
    acts, givers, receivers = load_model("acts"), load_model("givers"), load_model("receivers")
    if acts is None or givers is None or receivers is None:
        raise FileNotFoundError("the weights of the decisions are missing: reinstall pledgetrail")
    scene = scene_of(parsed, views)
    last: Commitment | None = None
    for view in views:
        if view.kind != "body":
            continue
        decided = decide(view, acts)
        taken: set[int] = set()
        main = [d for d in decided if d.candidate.pos != "sum"]
        sums = [d for d in decided if d.candidate.pos == "sum"]
        made: list[tuple[Decided, Commitment]] = []
        for item in main:
            quantity = _first_sum(view, item, main, taken)
            if quantity is not None:
                taken.add(quantity.start)
            made.append((item, _commitment(parsed, scene, view, item, quantity, givers, receivers, acts)))
        for item in sums:
            quantity = next(
                (q for q in view.quantities if q.currency and view.head(q.start, q.end).i == item.candidate.token), None
            )
            if quantity is None or quantity.start in taken:
                continue
            taken.add(quantity.start)
            commitment = _commitment(parsed, scene, view, item, quantity, givers, receivers, acts)
            made.append((item, _after_its_verb(view, item, commitment, made)))
        made = [(d, _as_listed(parsed, view, d, c, made)) for d, c in made]
        for _, commitment in sorted(made, key=lambda m: m[1].trigger.start):
            last = _with_giver_before(commitment, last)
            yield last


def _first_sum(view: View, item: Decided, main: list[Decided], taken: set[int]) -> Quantity | None:
    """The nearest sum of the act, unless another act of the sentence is nearer to it."""
    for quantity in cells.sums_of(view, item.candidate):
        if quantity.start in taken:
            continue
        head = view.head(quantity.start, quantity.end).i
        rivals = [
            d
            for d in main
            if d is not item and view.sentence_of[d.candidate.token] == view.sentence_of[item.candidate.token]
        ]
        mine = _steps(view, item, quantity)
        if any(_steps(view, rival, quantity) < mine for rival in rivals):
            continue
        if mine >= 9 and abs(head - item.candidate.token) > 12:
            continue
        return quantity
    return None


def _steps(view: View, item: Decided, quantity: Quantity) -> float:
    token, head = view.doc[item.candidate.token], view.head(quantity.start, quantity.end)
    path = path_between(token, head, 8)
    return (9 if path == "far" else path.count("<") * 1.5 + path.count(">")) + abs(head.i - token.i) * 0.02


def _after_its_verb(
    view: View, item: Decided, commitment: Commitment, made: list[tuple[Decided, Commitment]]
) -> Commitment:
    """A further sum of a sentence takes what it lacks from the act of that sentence, and its stage."""
    here = view.sentence_of[item.candidate.token]
    same = [(d, c) for d, c in made if view.sentence_of[d.candidate.token] == here]
    if not same:
        return commitment
    decided, first = min(same, key=lambda m: abs(m[0].candidate.token - item.candidate.token))
    text = view.doc[max(0, item.candidate.token - 8) : item.candidate.token].text.lower()
    part = first.amount is not None and any(w in text for w in ("includ", "comprising", "of which", "consist"))
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
        part_of=first.id if part else None,
    )


def _as_listed(
    parsed: Parsed, view: View, item: Decided, commitment: Commitment, made: list[tuple[Decided, Commitment]]
) -> Commitment:
    """In a list of givers with their sums each sum is its own giver's; the receiver is that of the sentence's act."""
    if commitment.amount is None:
        return commitment
    sentence = commitment.evidence[0]
    at = commitment.cells["amount"][0].start
    giver = listed_givers(view, sentence.start, sentence.end).get(at)
    receiver = listed_receivers(view, sentence.start, sentence.end).get(at)
    changes: dict[str, object] = {}
    found = dict(commitment.cells)
    if giver is not None:
        changes["by"] = giver.stands_for or giver.parties
        found["by"] = (_span(parsed, giver.start, giver.end),)
        changes["to"] = ()
        found.pop("to", None)
    elif receiver is not None:
        changes["to"] = receiver.stands_for or receiver.parties
        found["to"] = (_span(parsed, receiver.start, receiver.end),)
    if not changes:
        return commitment
    trace = (*commitment.trace, "list: each sum of the sentence stands with its own party")
    return replace(commitment, cells=found, trace=trace, **changes)  # type: ignore[arg-type]


#: Stages in which one giver gives on and on: a list goes on with the giver of the item before.
_GIVING = frozenset({"pledge", "disbursement", "delivery", "offer"})


def _with_giver_before(commitment: Commitment, last: Commitment | None) -> Commitment:
    """A gift that names no giver ("$5 million to UNICEF" in a list) is the giver's of the gift before it."""
    if commitment.by or last is None or commitment.stage not in _GIVING or last.stage not in _GIVING or not last.by:
        return commitment
    return replace(
        commitment,
        by=last.by,
        cells={**commitment.cells, "by": last.cells["by"]},
        trace=(*commitment.trace, "by: no giver is named here; the gift before it names one"),
    )


def _span(parsed: Parsed, start: int, end: int) -> Span:
    return Span(parsed.document.id, start, end, parsed.document.text[start:end])


def _mention_spans(parsed: Parsed, mentions: Iterable[tuple[Mention, float]]) -> tuple[Span, ...]:
    return tuple(_span(parsed, m.start, m.end) for m, _ in mentions)


def _commitment(
    parsed: Parsed,
    scene: Scene,
    view: View,
    item: Decided,
    quantity: Quantity | None,
    givers: Model,
    receivers: Model,
    acts: Model,
) -> Commitment:
    document = parsed.document
    candidate = item.candidate
    token = view.doc[candidate.token]
    trigger = _span(parsed, view.offset + token.idx, view.offset + token.idx + len(token))
    sentence = _span(parsed, *view.span(view.sentence(candidate.token)))
    players: Cast = cast(scene, candidate, item.stage, givers, receivers)
    if item.stage == "agreement":
        players = _both_sides(scene, view, candidate.token, players)
    found: dict[str, tuple[Span, ...]] = {}
    for cell, mentions in (("by", players.by), ("to", players.to), ("via", players.via)):
        if mentions:
            found[cell] = _mention_spans(parsed, mentions)
    what = cells.object_words(view, candidate)
    if what:
        found["what"] = (_span(parsed, *what),)
    if quantity is not None:
        found["amount"] = (_span(parsed, quantity.start, quantity.end),)
    dates = _dates(parsed, view, item, scene.home is not None)
    found.update(dates.spans)
    places = cells.places_of(view, candidate)
    if places:
        found["places"] = tuple(_span(parsed, m.start, m.end) for m in places)
    return Commitment(
        id=statement_id(document.id, document.text_sha256, "commitment", trigger.start, trigger.end),
        document=document.id,
        text_sha256=document.text_sha256,
        trigger=trigger,
        evidence=(sentence,),
        cells=found,
        confidence=round(item.probability, 4),
        reader="rule: clear saying" if item.rule else "model: acts",
        trace=_trace(item, acts, players),
        when=dates.when,
        when_basis=dates.basis,
        places=tuple(dict.fromkeys(m.parties[0].name if m.parties else m.text for m in places)),
        stage=item.stage,
        by=parties_of(players.by),
        to=parties_of(players.to),
        via=parties_of(players.via),
        what=found["what"][0].quote if what else "",
        amount=cells.amount_from(quantity) if quantity is not None else None,
        period=dates.period,
        conditional=cells.conditional(view, candidate, sentence.quote),
        negated=item.negated,
        cumulative=_cumulative(sentence.quote),
    )


def _both_sides(scene: Scene, view: View, token: int, players: Cast) -> Cast:
    """An agreement has two sides: where one is named, the others are those whom the sentence before names with it."""
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


@dataclass(frozen=True, slots=True)
class _Dates:
    when: str | None
    basis: str | None
    period: str | None
    spans: dict[str, tuple[Span, ...]]


def _dates(parsed: Parsed, view: View, item: Decided, release: bool) -> _Dates:
    """The day of the act and the time of its fulfilment, from the time expressions of its sentence.

    A time that ends after the report's date says when a promise is to be kept; any other, when it was made. A release
    that names no day makes its promises on the day it is issued.
    """
    document, grammar = parsed.document, item.candidate.grammar
    today = document.published if document.published and len(document.published) == 10 else None
    when: str | None = None
    basis: str | None = None
    period: str | None = None
    spans: dict[str, tuple[Span, ...]] = {}
    for time in cells.times_of(view, item.candidate):
        if time.edtf is None:
            continue
        if today and time.latest:
            ahead = time.latest.isoformat() > today
        else:
            ahead = grammar.tense in ("future", "infinitive", "would") and time.start > view.offset
        if ahead and item.stage in _AHEAD:
            if period is None:
                period, spans["period"] = time.edtf, (_span(parsed, time.start, time.end),)
        elif when is None:
            when, basis, spans["when"] = time.edtf, time.basis, (_span(parsed, time.start, time.end),)
    fresh = grammar.tense in ("future", "present", "progressive", "infinitive", "bare") or item.candidate.pos == "sum"
    if when is None and release and today and fresh and item.stage in _AHEAD and document.published_span:
        when, basis, spans["when"] = today, "from the report's date", (document.published_span,)
    return _Dates(when, basis, period, spans)


def _cumulative(text: str) -> bool:
    low = text.lower()
    return any(
        w in low
        for w in (
            "brings the total",
            "bringing the total",
            "brings its total",
            "bringing its total",
            "bring to ",
            "brings to ",
            "bringing to ",
            "brings our total",
            "bringing our total",
            "total contribution to",
            "so far",
            "to date",
        )
    )


def _trace(item: Decided, acts: Model, players: Cast) -> tuple[str, ...]:
    lines = [
        f"word: {item.candidate.lemma} ({item.candidate.pos}; {', '.join(item.candidate.classes)}), {item.candidate.grammar.tense}"
        + (", passive" if item.candidate.grammar.passive else "")
        + (", negated" if item.candidate.grammar.negated else "")
    ]
    lines += [
        f"for {item.stage}: {feature} ({weight:+.2f})" for feature, weight in acts.reasons(item.features, item.stage)
    ]
    for role, mentions in (("by", players.by), ("to", players.to), ("via", players.via)):
        for mention, probability in mentions:
            lines.append(f"{role}: “{mention.text}” ({probability:.2f})")
            lines += [f"  {step}" for step in mention.chain]
    return tuple(lines)
