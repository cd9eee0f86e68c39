"""Rows -> claims: compact records of who says what number of whom, where, when, and in which reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pledgetrail.language.edtf import bounds
from pledgetrail.records import Figure, Party, Span, Statement
from pledgetrail.resolution.populations import is_earlier, joined_places, occasions_of, place_key, population
from pledgetrail.resolution.values import Value, written

#: The report's own voice, as a claimant.
OWN_VOICE = ""

#: Nobody is older.
_OLDEST = 115


@dataclass(frozen=True, slots=True)
class Report:
    """What comparing must know of a report. ``days`` are the first and the last it can be of, None if not known."""

    document: str
    origin: str  # the document that its text goes back to: itself, unless it is a copy
    days: tuple[dt.date, dt.date] | None = None
    outlet: str | None = None
    title: str | None = None
    story: str | None = None  # the group of reports on one event that it belongs to


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
class Thing:
    """What a number is about. Only claims about one thing are set side by side."""

    measure: str
    classes: tuple[str, ...]
    sides: tuple[str, ...]
    money: str | None  # the currency, for money
    place: str | None = None
    occasions: tuple[str, ...] = ()
    given: str = ""  # for sums: by whom
    objects: tuple[str, ...] = ()  # for sums: words of what they are for

    @property
    def name(self) -> str:
        """In words: "killed: civilians (Azerbaijan), in Nagorno-Karabakh"."""
        whose = f" ({', '.join(self.sides)})" if self.sides else ""
        what = " and ".join(self.classes) + whose
        said = f"{self.measure}: {what}" if what else " ".join(part for part in (self.measure, self.given) if part)
        where = f"{'for' if self.given else 'in'} {self.place}" if self.place and self.place not in self.sides else ""
        return ", ".join(part for part in (said, where) if part)


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


def interval(edtf: str | None) -> tuple[dt.date | None, dt.date | None]:
    """The days that an EDTF time can mean; (None, None) where it is none or cannot be read."""
    if not edtf:
        return None, None
    try:
        return bounds(edtf)
    except ValueError:
        return None, None


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

    A statement that leaves out the claimant bears out the claim of the same number that names one. Rows that a reviewer
    has edited are given without statements: then the row's content alone is claimed. Figures whose population nothing
    tells, and percentages of nothing named, give none.
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
        thing = thing_of(lead, known)
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
                interval(when),
                any(s.part_of for s in group),
                is_earlier(_sentence(lead).quote),
            )
        )
    return found


def _value(figure: Figure) -> Value:
    return Value(figure.value, figure.low, figure.high, figure.qualifier, figure.currency)


def _sentence(figure: Figure) -> Span:
    return figure.evidence[0] if figure.evidence else figure.trigger


def _place(figure: Figure, sentence: Span) -> str | None:
    """The place of a figure; of "in Syria and Iraq", both."""
    name = figure.of or next(iter(figure.places), None)
    if name is None:
        return None
    spans = figure.cells.get("of") or figure.cells.get("places") or ()
    if not spans or spans[0].document != sentence.document:
        return place_key(name)
    return " and ".join(
        joined_places(name, sentence.quote, spans[0].start - sentence.start, spans[0].end - sentence.start)
    )


def _is_age(sentence: Span, number: Span) -> bool:
    """Whether a bare number between a name and a comma is somebody's age ("Sergeant Lee, 34, was killed")."""
    before = sentence.quote[: max(number.start - sentence.start, 0)].rstrip()
    after = sentence.quote[max(number.end - sentence.start, 0) :].lstrip()
    if not number.quote.isdigit() or int(number.quote) > _OLDEST:
        return False
    return before.endswith((",", "aged", "age", "(")) and after.startswith((",", ".", ";", ")", "and", "years"))


def thing_of(figure: Figure, reports: Mapping[str, Report]) -> Thing | None:
    """What a figure is about, from its unit, place and sentence (or else its report's title); None if nothing tells."""
    sentence = _sentence(figure)
    if _is_age(sentence, figure.trigger):
        return None
    counted = population(figure.measure, figure.unit, sentence.quote, max(figure.trigger.end - sentence.start, 0))
    if counted is None:
        return None
    report = reports.get(figure.document)
    named = occasions_of(sentence.quote) or occasions_of(report.title or "" if report else "")
    return Thing(figure.measure, counted.classes, counted.sides, figure.currency, _place(figure, sentence), named)
