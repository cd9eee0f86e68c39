"""Decided acts -> commitments with every cell filled that the text fills, each with the spans it was read from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from pledgetrail.extraction import cells
from pledgetrail.extraction.casting import Cast, Scene, cast, parties_of, scene_of
from pledgetrail.extraction.cells import span_of
from pledgetrail.extraction.deciders import Deciders, shipped
from pledgetrail.extraction.deciding import Decided, decide
from pledgetrail.extraction.decisions import Decider
from pledgetrail.extraction.features import path_between
from pledgetrail.extraction.sectors import flow_of, sector_of
from pledgetrail.extraction.sharing import (
    after_its_verb,
    as_listed,
    both_sides,
    explored,
    respectively,
    with_giver_before,
    with_main_receiver,
    with_receiver_before,
)
from pledgetrail.extraction.views import View
from pledgetrail.records import Commitment, Mention, Parsed, Quantity, Span


def statement_id(document: str, text_sha256: str, kind: str, start: int, end: int) -> str:
    """A statement's id: a hash of its document's id and text, its kind and its trigger's place."""
    key = f"{document}\0{text_sha256}\0{kind}\0{start}\0{end}"
    return "s-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def extract_commitments(parsed: Parsed, views: list[View], deciders: Deciders | None = None) -> list[Commitment]:
    """Commitments of one document in the order of their triggers; ``deciders`` are those shipped unless named."""
    return with_main_receiver(parsed, views, list(_commitments(parsed, views, deciders or shipped())))


def _commitments(parsed: Parsed, views: list[View], deciders: Deciders) -> Iterator[Commitment]:
    scene = scene_of(parsed, views)
    last: Commitment | None = None
    for view in views:
        if view.kind != "body":
            continue
        decided = decide(view, deciders.acts)
        taken: set[int] = set()
        main = [d for d in decided if d.candidate.pos != "sum"]
        sums = [d for d in decided if d.candidate.pos == "sum"]
        made: list[tuple[Decided, Commitment]] = []
        for item in main:
            quantity = _first_sum(view, item, main, taken)
            if quantity is not None:
                taken.add(quantity.start)
            made += _commitment(parsed, scene, view, item, quantity, deciders)
        for item in sums:
            quantity = next(
                (q for q in view.quantities if q.currency and view.head(q.start, q.end).i == item.candidate.token), None
            )
            if quantity is None or quantity.start in taken:
                continue
            taken.add(quantity.start)
            for _, commitment in _commitment(parsed, scene, view, item, quantity, deciders):
                made.append((item, after_its_verb(view, item, commitment, made)))
        made = [(d, as_listed(parsed, view, c)) for d, c in made]
        for _, commitment in sorted(made, key=lambda m: m[1].trigger.start):
            last = with_receiver_before(with_giver_before(commitment, last), last)
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


def _mention_spans(parsed: Parsed, mentions: Iterable[tuple[Mention, float]]) -> tuple[Span, ...]:
    return tuple(span_of(parsed, m.start, m.end) for m, _ in mentions)


def _commitment(
    parsed: Parsed,
    scene: Scene,
    view: View,
    item: Decided,
    quantity: Quantity | None,
    deciders: Deciders,
) -> list[tuple[Decided, Commitment]]:
    document = parsed.document
    candidate = item.candidate
    token = view.doc[candidate.token]
    trigger = span_of(parsed, view.offset + token.idx, view.offset + token.idx + len(token))
    if candidate.pos == "sum" and quantity is not None:
        trigger = span_of(parsed, quantity.start, quantity.end)
    sentence = span_of(parsed, *view.span(view.sentence(candidate.token)))
    players: Cast = cast(scene, candidate, item.stage, deciders.givers, deciders.receivers)
    if item.stage == "agreement":
        players = both_sides(scene, view, candidate.token, players)
    if item.stage == "exploration":
        players = explored(view, candidate.token, players)
    channels = cells.channels_of(view, candidate)
    if channels:
        rest = tuple((m, p) for m, p in players.to if m not in channels)
        players = Cast(players.by, rest, tuple((m, 1.0) for m in channels))
    found: dict[str, tuple[Span, ...]] = {}
    for cell, mentions in (("by", players.by), ("to", players.to), ("via", players.via)):
        if mentions:
            found[cell] = _mention_spans(parsed, mentions)
    what = cells.object_words(view, candidate)
    if what:
        found["what"] = (span_of(parsed, *what),)
    if quantity is not None:
        found["amount"] = (span_of(parsed, quantity.start, quantity.end),)
    dates = cells.dates_of(parsed, view, candidate, item.stage, scene.home is not None)
    found.update(dates.spans)
    speaker = cells.speaker_of(view, candidate)
    if speaker is not None and speaker.parties:
        found["speaker"] = (span_of(parsed, speaker.start, speaker.end),)
    places = cells.places_of(view, candidate)
    if places:
        found["places"] = tuple(span_of(parsed, m.start, m.end) for m in places)
    object_text = found["what"][0].quote if what else ""
    commitment = Commitment(
        id=statement_id(document.id, document.text_sha256, "commitment", trigger.start, trigger.end),
        document=document.id,
        text_sha256=document.text_sha256,
        trigger=trigger,
        evidence=(sentence,),
        cells=found,
        confidence=round(item.probability, 4),
        reader="rule: clear saying" if item.rule else deciders.named("acts"),
        trace=_trace(item, deciders.acts, players),
        when=dates.when,
        when_basis=dates.basis,
        places=tuple(dict.fromkeys(m.parties[0].name if m.parties else m.text for m in places)),
        stage=item.stage,
        by=parties_of(players.by),
        to=parties_of(players.to),
        via=parties_of(players.via),
        what=object_text,
        flow=flow_of(object_text),
        sector=sector_of(object_text, sentence.quote),
        planned=candidate.classes[0] == "plan" and item.stage == "pledge",
        amount=cells.amount_from(quantity) if quantity is not None else None,
        period=dates.period,
        conditional=cells.conditional(candidate, sentence.quote),
        negated=item.negated,
        cumulative=cells.cumulative(sentence.quote, quantity.start - sentence.start if quantity else None),
        speaker=speaker.parties[0] if speaker is not None and speaker.parties else None,
    )
    return [(item, c) for c in respectively(parsed, view, item, commitment, players.by)]


def _trace(item: Decided, acts: Decider, players: Cast) -> tuple[str, ...]:
    candidate, grammar = item.candidate, item.candidate.grammar
    marks = ", passive" * grammar.passive + ", negated" * grammar.negated
    lines = [f"word: {candidate.lemma} ({candidate.pos}; {', '.join(candidate.classes)}), {grammar.tense}{marks}"]
    if item.rule:
        lines.append(f"rule of clear.toml: {item.rule}")
    lines += [
        f"for {item.stage}: {feature} ({weight:+.2f})" for feature, weight in acts.reasons(item.features, item.stage)
    ]
    for role, mentions in (("by", players.by), ("to", players.to), ("via", players.via)):
        for mention, probability in mentions:
            lines.append(f"{role}: “{mention.text}” ({probability:.2f})")
            lines += [f"  {step}" for step in mention.chain]
    return tuple(lines)
