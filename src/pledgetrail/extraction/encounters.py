"""Decided words -> encounters: their kind, held or planned, who took part, when and where, with the spans of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pledgetrail.extraction.attendance import attendance, participants_of
from pledgetrail.extraction.candidates import Candidate
from pledgetrail.extraction.cells import times_of
from pledgetrail.extraction.commitments import statement_id
from pledgetrail.extraction.deciders import Deciders, shipped
from pledgetrail.extraction.decisions import Decider, Place
from pledgetrail.extraction.encounter_candidates import propose_encounters, word_lists
from pledgetrail.extraction.encounter_features import encounter_features
from pledgetrail.extraction.features import path_between
from pledgetrail.extraction.views import View
from pledgetrail.language.gazetteer import lookup
from pledgetrail.records import Encounter, Mention, Parsed, Span

#: What stands between a place and its year in a series.
_ADJOINS = re.compile(r",?\s+(?:in|on)\s+|\s+\(")

#: A candidate is an encounter from this probability on (cross-validated on train).
THRESHOLD = 0.35
#: A signing needs more: a treaty's date is told as background far more often than its ceremony as news.
SIGNED = 0.40


@dataclass(frozen=True, slots=True)
class Told:
    """A candidate taken for an encounter."""

    candidate: Candidate
    kind: str
    probability: float
    features: tuple[str, ...]


def extract_encounters(parsed: Parsed, views: list[View], deciders: Deciders | None = None) -> Iterator[Encounter]:
    """Encounters of one document in the order of their triggers; what restates an earlier one joins its evidence.

    ``deciders`` are those shipped unless named.
    """
    deciders = deciders or shipped()
    found: list[Encounter] = []
    for told in tell(views, deciders.encounters):
        encounter = _encounter(parsed, views, told, deciders)
        found.extend(editions(parsed, views[told.candidate.passage], told, encounter) or [encounter])
    yield from merge(found)


def editions(parsed: Parsed, view: View, told: Told, encounter: Encounter) -> list[Encounter]:
    """One encounter each for a series told in one sentence: "took place in London in 2023 and in Berlin in 2024"."""
    if told.kind not in ("conference", "meeting"):
        return []
    start, end = view.span(view.sentence(told.candidate.token))
    series = []
    for time in view.times:
        if time.edtf and start <= time.start < end:
            place = next(
                (
                    m
                    for m in view.mentions
                    if m.end < time.start and _ADJOINS.fullmatch(parsed.document.text, m.end, time.start)
                ),
                None,
            )
            if place is not None and (place.kind == "place" or any(p.type == "state" for p in place.parties)):
                series.append((place, time))
    if len(series) < 2:
        return []
    made = []
    for place, time in series:
        where, when = _span(parsed, place.start, place.end), _span(parsed, time.start, time.end)
        identity = statement_id(encounter.document, encounter.text_sha256, "encounter", where.start, when.end)
        cells = {**encounter.cells, "places": (where,), "when": (when,)}
        made.append(
            replace(
                encounter, id=identity, trigger=_span(parsed, where.start, when.end), cells=cells,
                when=time.edtf, when_basis=time.basis, places=(place_name(place),),
            )
        )  # fmt: skip
    return made


def tell(views: list[View], model: Decider) -> list[Told]:
    """The encounters of a document's passages, one for each however many of its words in a sentence are candidates."""
    found: list[Told] = []
    proposed = list(with_features(views))
    places = [Place(view.place(candidate.token)) for view, candidate, _ in proposed]
    decided = model.batch((f for _, _, f in proposed), places)
    for (_, candidate, features), chances in zip(proposed, decided, strict=True):
        nothing = chances.pop("none")
        kind = max(chances, key=lambda k: chances[k])
        if 1 - nothing >= (SIGNED if kind == "signing" else THRESHOLD) and not candidate.grammar.negated:
            found.append(Told(candidate, kind, 1 - nothing, features))
    kept: list[Told] = []
    for item in sorted(found, key=lambda t: -t.probability):
        view = views[item.candidate.passage]
        if not any(
            other.candidate.passage == item.candidate.passage and one_word_of(view, item, other) for other in kept
        ):
            kept.append(item)
    return sorted(kept, key=lambda t: (t.candidate.passage, t.candidate.token))


def with_features(views: Iterable[View]) -> Iterator[tuple[View, Candidate, tuple[str, ...]]]:
    """Every candidate of the body with its features, told in the light of those before it."""
    earlier: Counter[str] = Counter()
    for view in views:
        if view.kind != "body":
            continue
        for candidate in propose_encounters(view):
            yield view, candidate, tuple(encounter_features(view, candidate, earlier))
            earlier[candidate.lemma] += 1
            earlier["kind " + candidate.classes[0]] += 1


def one_word_of(view: View, a: Told, b: Told) -> bool:
    """Whether two candidates of a passage tell of one encounter ("arrived on a visit", "met for talks")."""
    first, second = view.doc[a.candidate.token], view.doc[b.candidate.token]
    if view.sentence_of[first.i] != view.sentence_of[second.i]:
        return False
    path = path_between(first, second, 4)
    if path == "far" or "conj" in path or "advcl" in path:
        return False
    return not ("<" in path and ">" in path) or a.kind == b.kind


def _span(parsed: Parsed, start: int, end: int) -> Span:
    return Span(parsed.document.id, start, end, parsed.document.text[start:end])


def _encounter(parsed: Parsed, views: list[View], told: Told, deciders: Deciders) -> Encounter:
    document, candidate = parsed.document, told.candidate
    view = views[candidate.passage]
    token = view.doc[candidate.token]
    trigger = _span(parsed, view.offset + token.idx, view.offset + token.idx + len(token))
    cells: dict[str, tuple[Span, ...]] = {}
    present = attendance(views, candidate, told.kind, deciders.participants)
    parties = participants_of(m for m, _ in present)
    if parties:
        cells["participants"] = tuple(
            _span(parsed, m.start, m.end) for m, _ in present if set(m.parties) & set(parties)
        )
    places = places_of(view, told)
    if places:
        cells["places"] = tuple(_span(parsed, m.start, m.end) for m in places)
    time = next((t for t in times_of(view, candidate) if t.edtf), None)
    if time is not None:
        cells["when"] = (_span(parsed, time.start, time.end),)
    return Encounter(
        id=statement_id(document.id, document.text_sha256, "encounter", trigger.start, trigger.end),
        document=document.id,
        text_sha256=document.text_sha256,
        trigger=trigger,
        evidence=(_span(parsed, *view.span(view.sentence(candidate.token))),),
        cells=cells,
        confidence=round(told.probability, 4),
        reader=deciders.named("encounters", "participants"),
        trace=_trace(told, deciders.encounters, present),
        when=time.edtf if time is not None else None,
        when_basis=time.basis if time is not None else None,
        planned=planned(view, candidate),
        places=tuple(dict.fromkeys(place_name(m) for m in places)),
        encounter=told.kind,
        participants=parties,
    )


def places_of(view: View, told: Told) -> list[Mention]:
    """Places of the encounter: what hangs near its word by "in", "at", "to", or is the object of a visit."""
    token = view.doc[told.candidate.token]
    sentence = view.sentence(token.i)
    found = []
    for mention, head in zip(view.mentions, view.heads, strict=True):
        if not sentence.start <= head < sentence.end:
            continue
        place = mention.kind == "place" or (mention.kind == "name" and any(p.type == "state" for p in mention.parties))
        word = view.doc[head]
        path = path_between(token, word, 5)
        local = word.dep_ == "pobj" and word.head.lower_ in ("in", "at", "to", "near", "across")
        goal = told.kind == "visit" and (path == ">dobj" or path.endswith(("(of)>pobj", "(to)>pobj")))
        if place and path != "far" and (local or goal):
            found.append(mention)
    return found


def place_name(mention: Mention) -> str:
    """A place by its own words; a state by its name."""
    entry = lookup(mention.text)
    if (
        mention.parties
        and mention.parties[0].type == "state"
        and (entry is None or entry.kind in ("state", "nationality"))
    ):
        return mention.parties[0].name
    return mention.text


def planned(view: View, candidate: Candidate) -> bool:
    """Whether the encounter lies ahead of the report: by tense, or by a word of planning that it hangs on."""
    if candidate.grammar.tense in ("future", "infinitive", "would", "modal"):
        return True
    token = view.doc[candidate.token]
    lists = word_lists()
    near = [token.head, token.head.head, *token.children]
    if any("planned" in lists.get(t.lower_, ()) for t in near):
        return True
    return any(c.lower_ in ("next", "upcoming", "forthcoming", "planned") for c in token.children)


def merge(found: list[Encounter]) -> Iterator[Encounter]:
    """Join what tells of one encounter within a document onto the fullest telling."""
    groups: list[list[Encounter]] = []
    for item in found:
        for group in groups:
            if all(same_encounter(item, other) for other in group):
                group.append(item)
                break
        else:
            groups.append([item])
    for group in groups:
        best = max(group, key=lambda e: (len(e.participants) >= 2, len(e.cells), e.confidence))
        others = [e for e in group if e is not best]
        if not others:
            yield best
            continue
        evidence = tuple(dict.fromkeys((*best.evidence, *(s for e in others for s in e.evidence))))
        yield replace(best, evidence=evidence, confidence=max(e.confidence for e in group))


def same_encounter(a: Encounter, b: Encounter) -> bool:
    """Kinds agree, days and places do not contradict each other, and the participants of one are among the other's.

    Two of one sentence are two: :func:`one_word_of` has already joined the words of one.
    Annotators count one encounter however often a report comes back to it ("the talks", "peace talks"), so a telling
    that names nobody joins one that does (cross-validated on train: F1 .700 against .675 if only definite ones join).
    """
    if a.encounter != b.encounter or a.evidence[0] == b.evidence[0]:
        return False
    if a.when and b.when and not (a.when.startswith(b.when) or b.when.startswith(a.when)):
        return False
    if a.places and b.places and not set(a.places) & set(b.places):
        return False
    x, y = ({p.country or p.id for p in e.participants} for e in (a, b))
    if x and not y and b.places and not a.places or y and not x and a.places and not b.places:
        return False  # nobody named, but a place of its own
    return x <= y or y <= x


def _trace(told: Told, kinds: Decider, present: list[tuple[Mention, float]]) -> tuple[str, ...]:
    candidate = told.candidate
    lines = [f"word: {candidate.lemma} ({candidate.pos}; {candidate.classes[0]}), {candidate.grammar.tense}"]
    lines += [
        f"for {told.kind}: {feature} ({weight:+.2f})" for feature, weight in kinds.reasons(told.features, told.kind)
    ]
    for mention, chance in present:
        lines.append(f"present: “{mention.text}” ({chance:.2f})")
        lines += [f"  {step}" for step in mention.chain]
    return tuple(lines)
