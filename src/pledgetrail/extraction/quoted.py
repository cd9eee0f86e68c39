"""Replies of a second reader -> statements: its quotations are placed in the text, and our own language room says what
the words in them mean.

A reply is data from outside. It can choose among quotations of the excerpt it was asked about and among the words of
the vocabulary; nothing else of it gets into a statement, however it is made. What cannot be used is left out and
counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pledgetrail.extraction import encounters, figures
from pledgetrail.extraction.binding import Binding
from pledgetrail.extraction.cells import amount_from, span_of
from pledgetrail.extraction.commitments import statement_id
from pledgetrail.extraction.excerpts import Excerpt
from pledgetrail.extraction.sectors import flow_of, sector_of
from pledgetrail.extraction.telling import MALFORMED, Telling
from pledgetrail.extraction.views import views
from pledgetrail.records import AnyStatement, Commitment, Encounter, Figure, Parsed, Span
from pledgetrail.vocabulary import ENCOUNTERS, MEASURES, STAGES

#: Statements of one kind taken from one reply; a part of a report holds far fewer.
MOST_STATEMENTS: Final = 150
#: What is counted beside what :mod:`telling` leaves out.
KEPT, TOO_MANY, NO_VALUE = "statements", "statements beyond the limit", "figures without their number"


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered about an excerpt: decoded JSON of any form."""

    excerpt: Excerpt
    content: object


def quoted_statements(parsed: Parsed, replies: Iterable[Reply], reader: str) -> tuple[list[AnyStatement], Counter[str]]:
    """The statements that replies support, in the order of their triggers, and what was kept and left out.

    For every span ``text[start:end] == quote``. ``reader`` marks the statements. Never raises for a reply.
    """
    tally: Counter[str] = Counter()
    binding = Binding(parsed, views(parsed))
    found: list[AnyStatement] = []
    for reply in replies:
        for kind, read in (("commitments", _commitment), ("encounters", _encounter), ("figures", _figure)):
            for item in _items(reply.content, kind, tally):
                statement = read(Telling(parsed, binding, reply.excerpt, item, tally, reader))
                if statement is not None:
                    found.append(statement)
    kept = list(_once(found))
    tally[KEPT] += len(kept)
    commitments = [s for s in kept if isinstance(s, Commitment)]
    met = encounters.merge([s for s in kept if isinstance(s, Encounter)])
    counted = figures.merge(_parts([s for s in kept if isinstance(s, Figure)]))
    statements: list[AnyStatement] = [*commitments, *met, *counted]
    return sorted(statements, key=lambda s: (s.trigger.start, s.trigger.end, s.kind)), tally


def _items(content: object, kind: str, tally: Counter[str]) -> Iterator[Mapping[str, Any]]:
    items = content.get(kind) if isinstance(content, Mapping) else None
    if not isinstance(items, Sequence) or isinstance(items, str | bytes):
        return
    tally[TOO_MANY] += max(0, len(items) - MOST_STATEMENTS)
    for item in items[:MOST_STATEMENTS]:
        if isinstance(item, Mapping):
            yield item
        else:
            tally[MALFORMED] += 1


def _commitment(told: Telling) -> Commitment | None:
    stage = told.choice("stage", STAGES)
    if stage is None or not told.settle("trigger"):
        return None
    by = told.cast("by")
    via = told.cast("via", by)
    to = told.cast("to", (*by, *via))
    what = told.words("what")
    amount = None
    for span in told.spans("amount"):
        quantity = told.binding.sum(span.start, span.end)
        if quantity is None:
            told.left_out("amount")
            continue
        amount = amount_from(quantity)
        told.cells["amount"] = (span_of(told.parsed, quantity.start, quantity.end),)
        break
    sentence = told.evidence[0].quote if told.evidence else ""
    when, basis = told.time("when")
    period, _ = told.time("period")
    return Commitment(
        stage=stage, by=by, to=to, via=via, what=what, amount=amount, flow=flow_of(what),
        sector=sector_of(what, sentence),
        when=when, when_basis=basis, period=period, places=told.where(), speaker=told.speaker("speaker"),
        conditional=told.flag("condition", "conditional"), negated=told.flag("negation", "negated"),
        planned=told.flag("plan", "planned"), cumulative=told.flag("running_total", "cumulative"),
        **told.shared("commitment"),
    )  # fmt: skip


def _encounter(told: Telling) -> Encounter | None:
    kind = told.choice("kind", ENCOUNTERS)
    if kind is None or not told.settle("trigger"):
        return None
    present = told.meant("participants")
    parties = tuple(dict.fromkeys(p for _, m in present for p in m.parties))
    persons = {p.country for p in parties if p.type == "person" and p.country}
    parties = tuple(p for p in parties if not (p.type == "state" and p.country in persons))
    if parties:
        told.cells["participants"] = tuple(s for s, m in present if set(m.parties) & set(parties))
    when, basis = told.time("when")
    return Encounter(
        encounter=kind, participants=parties, when=when, when_basis=basis, places=told.where(),
        planned=told.flag("plan", "planned"), **told.shared("encounter"),
    )  # fmt: skip


def _figure(told: Telling) -> Figure | None:
    measure = told.choice("measure", MEASURES)
    if measure is None or not told.settle("value"):
        return None
    number = next(iter(told.spans("value")), None)
    quantity = told.binding.count(number.start, number.end) if number is not None else None
    if quantity is None or not any(e.start <= quantity.start < e.end for e in told.evidence):
        told.tally[NO_VALUE] += 1
        return None
    told.trigger = span_of(told.parsed, quantity.start, quantity.end)
    told.cells["value"] = (told.trigger,)
    unit = sorted(told.spans("unit"), key=lambda s: s.start)
    if unit:
        told.cells["measure"] = tuple(unit)
    whose = told.spans("of")[:1]
    if whose:
        told.cells["of"] = tuple(whose)
    total = told.spans("part_of")[:1]
    when, basis = told.time("when")
    return Figure(
        value=quantity.value, low=quantity.low, high=quantity.high, qualifier=quantity.qualifier,
        currency=quantity.currency, measure=measure, unit=" ".join(" ".join(s.quote.split()) for s in unit),
        of=next((told.binding.place(s.start, s.end) for s in whose), None),
        claimed_by=told.speaker("claimed_by"), when=when, when_basis=basis, places=told.where(),
        part_of=_total(told, total[0]) if total else None, **told.shared("figure"),
    )  # fmt: skip


def _total(told: Telling, span: Span) -> str | None:
    """The id that the figure at a span has, if it is told too (:func:`_parts` sees to it)."""
    quantity = told.binding.count(span.start, span.end)
    if quantity is None:
        return None
    document = told.parsed.document
    return statement_id(document.id, document.text_sha256, "figure", quantity.start, quantity.end)


def _parts(found: Sequence[Figure]) -> Iterator[Figure]:
    """The figures, each part of a total that is told and is no part itself."""
    totals = {f.id for f in found if f.part_of is None}
    for figure in found:
        keep = figure.part_of in totals and figure.part_of != figure.id
        yield figure if keep or figure.part_of is None else replace(figure, part_of=None)


def _once(found: Sequence[AnyStatement]) -> Iterator[AnyStatement]:
    """Each statement once: parts of a report overlap, and replies repeat themselves. The fullest stays."""
    best: dict[tuple[object, ...], AnyStatement] = {}
    for statement in found:
        key = (statement.id, _class(statement), _thing(statement))
        if key not in best or len(statement.cells) > len(best[key].cells):
            best[key] = statement
    return iter(best.values())


def _class(statement: AnyStatement) -> str:
    if isinstance(statement, Commitment):
        return statement.stage
    return statement.encounter if isinstance(statement, Encounter) else ""


def _thing(statement: AnyStatement) -> object:
    """What tells two acts at one word apart: "pledged $5 million for schools and $7 million for roads"."""
    if not isinstance(statement, Commitment):
        return None
    return statement.amount, statement.what
