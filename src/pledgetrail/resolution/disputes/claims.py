"""Rows -> claims: compact records of who says what number of whom, where, when, and in which reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pledgetrail.language.edtf import days_of
from pledgetrail.records import Figure, Party, Span, Statement
from pledgetrail.resolution.disputes.things import Thing, is_earlier, sentence_of, thing_of
from pledgetrail.resolution.disputes.values import Value, written

#: The report's own voice, as a claimant.
OWN_VOICE = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What comparing must know of a report. ``days`` are the first and the last it can be of, None if not known."""

    document: str
    origin: str  # the document that its text goes back to: itself, unless it is a copy
    days: tuple[dt.date, dt.date] | None = None
    outlet: str | None = None
    title: str | None = None
    story: str | None = None  # the group of reports on one event that it belongs to
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One report's telling of a claim."""

    document: str
    origin: str
    outlet: str | None
    days: tuple[dt.date, dt.date] | None
    story: str | None
    evidence: Span

    @property
    def order(self) -> tuple[dt.date, str, int]:
        """Tellings in order of their day, those without one last."""
        return (self.days[0] if self.days else dt.date.max, self.document, self.evidence.start)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one claimant says in one cell of a row, and the reports that tell it.

    ``words`` is the value as a reader sees it; ``value`` the number, None where the claim is no number. A claimant is
    the key and the name of a party; both are empty where reports say it in their own voice.
    """

    row: str
    cell: str
    words: str
    tellings: tuple[Telling, ...]
    value: Value | None = None
    thing: Thing | None = None
    claimant: str = OWN_VOICE
    claimant_name: str = ""
    when: tuple[dt.date | None, dt.date | None] = (None, None)  # the time it speaks about, if it says so
    part: bool = False  # a part of a total
    earlier: bool = False  # of an occasion before the one that its reports are about

    @property
    def days(self) -> tuple[dt.date, dt.date] | None:
        """The first and the last day that its reports can be of; None if nothing is known of any."""
        if len(self.tellings) == 1:  # nearly always, and asked for often
            return self.tellings[0].days
        known = [t.days for t in self.tellings if t.days]
        return (min(first for first, _ in known), max(last for _, last in known)) if known else None

    @property
    def documents(self) -> frozenset[str]:
        """The reports that tell it."""
        return frozenset(t.document for t in self.tellings)

    @property
    def origins(self) -> int:
        """How many independent texts tell it."""
        return len({t.origin for t in self.tellings})

    @property
    def stories(self) -> frozenset[str]:
        """The stories of its reports."""
        return frozenset(t.story for t in self.tellings if t.story)


#: How two claims stand to each other.
Standing = Literal["competing", "update", "compatible"]


@dataclass(frozen=True, slots=True)
class Relation:
    """Two claims of a disagreement, by their place in it, and how they stand to each other."""

    first: int
    second: int
    kind: Standing
    how: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Claims about one thing, in order of value, and how they stand to each other. Nobody is taken for right.

    ``kind`` is "competing" if any two claims compete, else "update" if one follows another, else "compatible".
    ``subject`` is "figure", "sum", or the cell of a row in which reports differ ("participants", "when", ...).
    """

    subject: str
    about: str
    kind: Standing
    claims: tuple[Claim, ...]
    relations: tuple[Relation, ...]


def party_key(party: Party) -> str:
    """A state, its government and its speakers are one; anybody else is who he is."""
    return party.country or party.id


def tellings(statements: Iterable[Statement], reports: Mapping[str, Report]) -> tuple[Telling, ...]:
    """One telling a report and place, in order of day; the evidence is the statement's trigger."""
    found = {}
    for s in statements:
        report = reports.get(s.document) or Report(s.document, s.document)
        found[s.document, s.trigger.start] = Telling(
            s.document, report.origin, report.outlet, report.days, report.story, s.trigger
        )
    return tuple(sorted(found.values(), key=lambda t: t.order))


def claims(
    row: str, content: Figure, statements: Sequence[Figure] = (), reports: Mapping[str, Report] | None = None
) -> list[Claim]:
    """The claims of a row of figures: one, or one for each value and claimant where its statements differ.

    A statement without a claimant is in its report's own voice. Rows that a reviewer has edited are given without
    statements: then the row's content alone is claimed. Figures of which nothing tells what they count give none, nor
    do those that nothing can be set against (see things.py).
    """
    known = reports or {}
    told = sorted(statements, key=lambda s: (s.document, s.trigger.start, s.id)) or [content]
    groups: dict[tuple[Value, str], list[Figure]] = {}
    for statement in told:
        value = _value(statement)
        voice = party_key(statement.claimed_by) if statement.claimed_by else OWN_VOICE
        groups.setdefault((value, voice), []).append(statement)
    found = []
    for (value, voice), group in sorted(groups.items(), key=lambda item: (repr(item[0][0]), item[0][1])):
        lead = max(group, key=lambda s: (s.of is not None, len(s.unit), s.document, s.id))
        report = known.get(lead.document)
        thing = thing_of(lead, report.title or "" if report else "")
        if thing is None or (value.value is None and value.low is None and value.high is None):
            continue
        claimant = next((s.claimed_by for s in group if s.claimed_by), None)
        when = next((s.when for s in group if s.when), None)
        found.append(
            Claim(
                row,
                "value",
                written(value),
                tellings(group, known),
                value,
                thing,
                voice,
                claimant.name if claimant else "",
                days_of(when),
                any(s.part_of for s in group),
                is_earlier(sentence_of(lead).quote),
            )
        )
    return found


def _value(figure: Figure) -> Value:
    return Value(figure.value, figure.low, figure.high, figure.qualifier, figure.currency)
