"""Decided quantities -> figures: value, measure, of whom, claimed by whom, parts of totals, with the spans of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pledgetrail.extraction.claimants import Source, claimant
from pledgetrail.extraction.commitments import statement_id
from pledgetrail.extraction.deciders import Deciders, shipped
from pledgetrail.extraction.decisions import Decider, Place
from pledgetrail.extraction.encounters import place_name
from pledgetrail.extraction.figure_cells import population, time_of, unit_words
from pledgetrail.extraction.figure_features import Count, count_of, figure_features, measure_words
from pledgetrail.extraction.views import View
from pledgetrail.language.actors import slug
from pledgetrail.language.gazetteer import state
from pledgetrail.records import Figure, Mention, Parsed, Party, Span

#: A quantity is a figure from this probability on (cross-validated on train).
THRESHOLD = 0.35


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity taken for a figure."""

    view: View
    count: Count
    measure: str
    probability: float
    features: tuple[str, ...]


def extract_figures(parsed: Parsed, views: list[View], deciders: Deciders | None = None) -> Iterator[Figure]:
    """Figures of one document in their order; what is told again joins the evidence of its first telling.

    ``deciders`` are those shipped unless named.
    """
    deciders = deciders or shipped()
    found: list[tuple[Measured, Figure]] = []
    carried: tuple[View, int, Source] | None = None
    for item in measured(views, deciders.figures):
        source = claimant(views, item.view, item.count, deciders.claimants, carried)
        carried = (item.view, item.count.head, source[0]) if source is not None else None
        figure = _figure(parsed, item, source, deciders)
        found.append((item, _part(item, figure, found)))
    yield from merge(f for _, f in found)


def counts(views: list[View]) -> Iterator[tuple[View, Count]]:
    """Every quantity of the body that could be a figure."""
    for view in views:
        if view.kind == "body":
            for quantity in view.quantities:
                if not quantity.equivalent:
                    yield view, count_of(view, quantity)


def measured(views: list[View], model: Decider) -> Iterator[Measured]:
    """The quantities that the model takes for figures, with their class of measure."""
    found = [(view, count, tuple(figure_features(view, count))) for view, count in counts(views)]
    places = [Place((count.quantity.start, count.quantity.end)) for _, count, _ in found]
    for (view, count, features), chances in zip(found, model.batch((f for _, _, f in found), places), strict=True):
        nothing = chances.pop("none")
        if 1 - nothing >= THRESHOLD:
            yield Measured(view, count, max(chances, key=lambda c: chances[c]), 1 - nothing, features)


def _span(parsed: Parsed, start: int, end: int) -> Span:
    return Span(parsed.document.id, start, end, parsed.document.text[start:end])


def _party(source: Source, words: str) -> Party:
    """Whom a source stands for; nameless ones ("local officials") are a group by their words."""
    if source.parties:
        return source.parties[0]
    return Party("group-" + slug(words), words, "group")


def _figure(parsed: Parsed, item: Measured, source: tuple[Source, float] | None, deciders: Deciders) -> Figure:
    document, view, quantity = parsed.document, item.view, item.count.quantity
    trigger = _span(parsed, quantity.start, quantity.end)
    cells: dict[str, tuple[Span, ...]] = {"value": (trigger,)}
    unit = tuple(_span(parsed, *view.span(words)) for words in unit_words(view, item.count, item.measure))
    if unit:
        cells["measure"] = unit
    whom = population(view, item.count)
    if whom is not None:
        cells["of"] = (_span(parsed, whom.start, whom.end),)
    if source is not None:
        cells["claimed_by"] = (_span(parsed, source[0].start, source[0].end),)
    time = time_of(view, item.count)
    if time is not None:
        cells["when"] = (_span(parsed, time.start, time.end),)
    places = [whom] if whom is not None and whom.kind in ("place", "name") else []
    if places:
        cells["places"] = cells["of"]
    return Figure(
        id=statement_id(document.id, document.text_sha256, "figure", trigger.start, trigger.end),
        document=document.id,
        text_sha256=document.text_sha256,
        trigger=trigger,
        evidence=(_span(parsed, *view.span(view.sentence(item.count.head))),),
        cells=cells,
        confidence=round(item.probability, 4),
        reader=deciders.named("figures", "claimants"),
        trace=_trace(item, source, deciders.figures, parsed),
        when=time.edtf if time is not None else None,
        when_basis=time.basis if time is not None else None,
        places=tuple(_name(m) for m in places),
        value=quantity.value,
        low=quantity.low,
        high=quantity.high,
        qualifier=quantity.qualifier,
        currency=quantity.currency,
        measure=item.measure,
        unit=" ".join(" ".join(s.quote.split()) for s in unit),
        of=_name(whom) if whom is not None else None,
        claimed_by=_party(source[0], cells["claimed_by"][0].quote) if source is not None else None,
    )


def _name(mention: Mention) -> str:
    """A place by its words; a state or its people by the state's name."""
    party = mention.parties[0] if mention.parties else None
    if party is not None and party.type == "group" and party.country:
        return state(party.country).name
    return place_name(mention)


def _part(item: Measured, figure: Figure, before: Iterable[tuple[Measured, Figure]]) -> Figure:
    """A count after "including" is part of the total before it in the sentence, and is counted by the same source."""
    view = item.view
    lists = measure_words()
    here = view.sentence_of[item.count.head]
    same = [(m, f) for m, f in before if m.view is view and view.sentence_of[m.count.head] == here]
    if not same:
        return figure
    total, whole = next(((m, f) for m, f in reversed(same) if f.part_of is None), same[-1])
    between = view.doc[view.token_at(total.count.quantity.end) : view.token_at(item.count.quantity.start) + 1]
    leads = any("parts" in lists.get(t.lower_, ()) for t in between)
    if not leads or total.count.quantity.currency != item.count.quantity.currency or item.count.quantity.percent:
        return figure
    if _least(item) is not None and _least(total) is not None and (_least(item) or 0) > (_least(total) or 0):
        return figure
    cells = dict(figure.cells)
    if figure.claimed_by is None and whole.claimed_by is not None:
        cells["claimed_by"] = whole.cells["claimed_by"]
    return replace(figure, part_of=whole.id, claimed_by=figure.claimed_by or whole.claimed_by, cells=cells)


def _least(item: Measured) -> float | None:
    quantity = item.count.quantity
    return quantity.value if quantity.value is not None else quantity.low


def merge(figures: Iterable[Figure]) -> Iterator[Figure]:
    """Join figures of a document that say the same number of the same thing; the fullest stays."""
    groups: list[list[Figure]] = []
    for figure in figures:
        for group in groups:
            if all(same_figure(figure, other) for other in group):
                group.append(figure)
                break
        else:
            groups.append([figure])
    aliases = {f.id: max(g, key=_fullness).id for g in groups for f in g}
    for group in groups:
        best = max(group, key=_fullness)
        evidence = tuple(dict.fromkeys((*best.evidence, *(s for f in group if f is not best for s in f.evidence))))
        part = aliases.get(best.part_of, best.part_of) if best.part_of else None
        yield replace(best, evidence=evidence, part_of=part if part != best.id else None)


def _fullness(figure: Figure) -> tuple[int, float]:
    return len(figure.cells), figure.confidence


def same_figure(a: Figure, b: Figure) -> bool:
    """Equal values in different sentences, of one class, not claimed by two nor of two places."""
    if (a.value, a.low, a.high, a.currency, a.measure) != (b.value, b.low, b.high, b.currency, b.measure) or a.evidence[
        0
    ] == b.evidence[0]:
        return False
    if a.of and b.of and a.of != b.of:
        return False
    return a.claimed_by is None or b.claimed_by is None or a.claimed_by.id == b.claimed_by.id


def _trace(item: Measured, source: tuple[Source, float] | None, model: Decider, parsed: Parsed) -> tuple[str, ...]:
    count, doc = item.count, item.view.doc
    noun = doc[count.noun].lower_ if count.noun is not None else "nothing named"
    lines = [f"quantity: “{count.quantity.text}”, counts {noun}"]
    lines += [
        f"for {item.measure}: {feature} ({weight:+.2f})"
        for feature, weight in model.reasons(item.features, item.measure)
    ]
    if source is not None:
        said = parsed.document.text[source[0].start : source[0].end]
        lines.append(f"claimed by: “{said}” ({source[0].where}, {source[1]:.2f})")
    return tuple(lines)
