"""Dating reports that bear no date: from the days their own text tells as past, and from their siblings.

Siblings are reports that tell of the same event. Where one names its day ("the second trilateral dialogue on Jan. 13")
and the other the weekday ("after a trilateral meeting on Wednesday"), each narrows the other's date. What is known of
a report only ever narrows; rounds go on until nothing changes. Evidence that does not agree is told, never forced.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from pledgetrail.resolution.dates import timing
from pledgetrail.resolution.dates.clues import Clues, Telling
from pledgetrail.resolution.dates.intervals import Days
from pledgetrail.resolution.dates.siblings import Place, Sibling, siblings

Basis = Literal["from sibling reports", "stated"]

_ROUNDS: Final = 8
#: Weight of evidence, as -ln(chance that all of it is mistaken), from which a date is believed, and its share that
#: evidence for other days may have (``scripts/score_dating.py``).
_ENOUGH: Final = 0.6
_RIVAL: Final = 0.15
#: Log odds that make a sibling less sure: it has no date itself; it names a day of the month, which a
#: report may do long after; both come from offices, whose releases follow one pattern.
_DOUBTS: Final = {"undated": -0.5, "month": -0.5, "offices": -1.0}
#: An interval of so many days dates by itself; a longer one only narrows.
_NARROW: Final = 14


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the reasoning in words, and the place in a document that it rests on: ``text[start:end] == quote``."""

    words: str
    document: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Dating:
    """What follows for a report without a date.

    ``edtf`` is the day that its lead tells of, where that is known, else the interval of its publication; the latter is
    always in ``earliest`` and ``latest`` (None is open). Both None: nothing follows, as the contradictions tell.
    """

    document: str
    edtf: str | None
    earliest: dt.date | None
    latest: dt.date | None
    basis: Basis
    chain: tuple[Step, ...]
    contradictions: tuple[tuple[Step, ...], ...] = ()

    @property
    def interval(self) -> Days:
        """The days on which it may have been published."""
        return Days(self.earliest, self.latest)


@dataclass(frozen=True, slots=True)
class _Vote:
    """What a sibling's telling says of a report's day."""

    days: Days
    sibling: Sibling
    telling: Telling
    event: Days
    lead: bool
    origin: str  # the document that the sibling's text goes back to

    @property
    def evidence(self) -> float:
        return math.log1p(math.exp(self.sibling.odds))


def date_reports(found: Iterable[Clues], origins: Mapping[str, str] | None = None) -> dict[str, Dating]:
    """The dating of every report without a date of which anything follows, by document id.

    ``origins`` are the documents that texts go back to: copies of one text are one sibling, however many they are.
    A pure function of the set of clues: their order makes no difference. Dated reports are never in the result. Near
    linear: pairs of tellings come from an index with bounded entries (``siblings``), rounds are bounded.
    """
    by_id = {c.document: c for c in found}
    reports = [by_id[document] for document in sorted(by_id)]
    undated = frozenset(at for at, report in enumerate(reports) if not report.dated)
    origin = [(origins or {}).get(report.document, report.document) for report in reports]
    near = _by_report(siblings(reports, undated))
    known = {at: report.published for at, report in enumerate(reports)}
    for at in undated:
        known[at] = _stated(reports[at])
    votes: dict[int, list[_Vote]] = {}
    rivals: dict[int, list[_Vote]] = {}
    waiting = set(near)
    for _ in range(_ROUNDS):
        moved: dict[int, Days] = {}
        for at in sorted(waiting):
            chosen, against = _choose(_votes(reports, known, at, near[at], origin))
            days = known[at]
            kept: list[_Vote] = []
            for vote in chosen:
                both = days & vote.days
                if both is None:
                    against = [*against, vote]
                    continue
                days = both
                kept.append(vote)
            votes[at], rivals[at] = kept, against
            if days != known[at]:
                moved[at] = days
        if not moved:
            break
        known.update(moved)
    datings = (_dating(reports, known[at], at, votes.get(at, []), rivals.get(at, [])) for at in sorted(undated))
    return {dating.document: dating for dating in datings if dating}


def _by_report(found: Mapping[Place, Sequence[Sibling]]) -> dict[int, dict[int, Sequence[Sibling]]]:
    near: dict[int, dict[int, Sequence[Sibling]]] = {}
    for (at, number), same in found.items():
        near.setdefault(at, {})[number] = same
    return near


def _stated(report: Clues) -> Days:
    """Published on or after the latest day that its text tells as past."""
    return Days(report.past.when.full) if report.past and report.past.when else Days()


def _votes(
    reports: Sequence[Clues],
    known: Mapping[int, Days],
    at: int,
    near: Mapping[int, Sequence[Sibling]],
    origin: Sequence[str],
) -> list[_Vote]:
    """What the siblings of a report say of its day, as far as their words of time agree with its own."""
    votes = []
    for number, same in near.items():
        telling = reports[at].tellings[number]
        if not _dates(telling):
            continue
        mine = timing.event(telling, known[at])
        for sibling in same:
            theirs = reports[sibling.report].tellings[sibling.telling]
            if not _tells(theirs):
                continue
            event = mine & timing.event(theirs, known[sibling.report])
            if event is None:
                continue
            days = timing.by_convention(reports[at], telling, event)
            lead = days is not None
            days = days or timing.published(telling, event)
            if days.earliest or days.latest:
                odds = sibling.odds + _doubt(reports[at], reports[sibling.report], theirs)
                votes.append(_Vote(days, replace(sibling, odds=odds), telling, event, lead, origin[sibling.report]))
    return votes


def _dates(telling: Telling) -> bool:
    """Whether the day of its event tells of its report's. "Today" fits any; what looks ahead is misread too often."""
    if telling.when is None or telling.when.days is not None:
        return False
    return telling.side == "past" or telling.when.month is not None


def _tells(telling: Telling) -> bool:
    """Whether its report's day tells of that of its event. Of weekdays read as ahead one in two is past."""
    return telling.when is None or telling.side == "past" or telling.when.month is not None


def _doubt(report: Clues, other: Clues, telling: Telling) -> float:
    """What is taken off the log odds where the sibling is less sure than a dated report of a day just past."""
    return (
        _DOUBTS["undated"] * (not other.dated)
        + _DOUBTS["month"] * (telling.when is not None and telling.when.month is not None)
        + _DOUBTS["offices"] * (report.office and other.office)
    )


def _choose(votes: Sequence[_Vote]) -> tuple[list[_Vote], list[_Vote]]:
    """The votes that agree on the day with the most evidence, and those for other days if they weigh too much.

    Short intervals decide; of the long ones the clear ones are added. A text counts once, however often it is said.
    """
    ordered = sorted(votes, key=_order)
    narrow = [v for v in ordered if v.days.bounded and (v.days.latest - v.days.earliest).days <= _NARROW]  # type: ignore[operator]
    wide = [v for v in ordered if v not in narrow]
    best: list[_Vote] = []
    for day in sorted({v.days.earliest for v in narrow if v.days.earliest}):
        agreed = [v for v in narrow if v.days & Days(day, day)]
        if _evidence(agreed) > _evidence(best) + 1e-9:
            best = agreed
    others = [v for v in narrow if v not in best]
    if _evidence(best) < _ENOUGH:
        best, others = [], []
    elif _evidence(others) > _RIVAL * _evidence(best):
        return [], [*best, *others]
    return [*best, *_clear(wide)], others


def _clear(wide: Sequence[_Vote]) -> list[_Vote]:
    """The votes for long intervals whose telling is of one day, by enough evidence and little for any other day."""
    by_telling: dict[Telling, dict[dt.date, list[_Vote]]] = {}
    for vote in wide:
        if day := vote.event.only:
            by_telling.setdefault(vote.telling, {}).setdefault(day, []).append(vote)
    clear: list[_Vote] = []
    for days in by_telling.values():
        first, *rest = sorted(days.values(), key=_evidence, reverse=True)
        against = [vote for votes in rest for vote in votes]
        if _evidence(first) >= _ENOUGH and _evidence(against) <= _RIVAL * _evidence(first):
            clear.extend(first)
    return sorted(clear, key=_order)


def _evidence(votes: Sequence[_Vote]) -> float:
    most: dict[str, float] = {}
    for vote in votes:
        most[vote.origin] = max(most.get(vote.origin, 0.0), vote.evidence)
    return math.fsum(most.values())


def _order(vote: _Vote) -> tuple[float, int, int, int]:
    return (-vote.sibling.odds, vote.sibling.report, vote.sibling.telling, vote.telling.start)


# --- what is told ------------------------------------------------------------------------------------


def _dating(reports: Sequence[Clues], days: Days, at: int, votes: list[_Vote], against: list[_Vote]) -> Dating | None:
    report = reports[at]
    chain: list[Step] = []
    if report.past and report.past.when and report.past.when.full:
        chain.append(_step(report, report.past, f"tells {report.past.when.full} as past: not published before"))
    news = {v.event.only for v in votes if v.lead}
    for vote in _one_each(votes):
        chain.extend(step for step in _steps(reports, report, vote) if step not in chain)
    contradictions = tuple(tuple(_steps(reports, report, vote)) for vote in _one_each(against))
    if not chain and not contradictions:
        return None
    day = news.pop() if len(news) == 1 else None
    edtf = day.isoformat() if day else days.edtf
    basis: Basis = "from sibling reports" if votes else "stated"
    return Dating(report.document, edtf, days.earliest, days.latest, basis, tuple(chain), contradictions)


_TOLD: Final = 4  # siblings named in a chain


def _one_each(votes: Sequence[_Vote]) -> list[_Vote]:
    """The surest vote of each sibling, of so many siblings as are told."""
    best: dict[int, _Vote] = {}
    for vote in sorted(votes, key=_order):
        best.setdefault(vote.sibling.report, vote)
    return list(best.values())[:_TOLD]


def _steps(reports: Sequence[Clues], report: Clues, vote: _Vote) -> Iterable[Step]:
    other = reports[vote.sibling.report]
    theirs = other.tellings[vote.sibling.telling]
    source = f"published {other.published.edtf}" if other.dated else "itself without a date"
    said = f"“{theirs.words}”" if theirs.when else "an event to come"
    yield _step(other, theirs, f"{other.document} ({source}) tells of the same event: {said}, hence {vote.event.edtf}")
    if vote.lead:
        yield _step(
            report,
            vote.telling,
            f"its lead names “{vote.telling.words}”, {vote.event.edtf}: news comes out on that day or the next",
        )
    else:
        yield _step(report, vote.telling, f"it says “{vote.telling.words}”: published {vote.days.edtf}")


def _step(report: Clues, telling: Telling, words: str) -> Step:
    return Step(words, report.document, telling.start, telling.end, telling.phrase)
