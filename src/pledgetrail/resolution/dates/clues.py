"""What a report holds that helps to date it, or other reports by it: taken once, when the report is read.

A *telling* is a sentence of the body that names a day ("on Wednesday", "Jan. 13", "yesterday") or announces an event
without one ("will take part in the second trilateral meeting"), with the terms by which another report's telling of
the same event is found.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, Final, Literal

from pledgetrail.language.edtf import days_of
from pledgetrail.language.forms import fold_lower
from pledgetrail.language.gazetteer import lookup
from pledgetrail.language.lexicon import load
from pledgetrail.language.timereader import Reading, read_times
from pledgetrail.language.timespecs import Point, Shift, Spec
from pledgetrail.records import Act, Document
from pledgetrail.resolution.copying.body import body_of
from pledgetrail.resolution.dates.intervals import Days
from pledgetrail.resolution.dates.tellings import names, terms, weight

Side = Literal["past", "future"]

#: Tellings kept of one report: of a day, and of an event ahead whose day is not said.
_TOLD: Final = 16
_AHEAD: Final = 4
_TERMS: Final = 18  # of a telling, the weightiest
_NAMES: Final = 24  # of a report
_PHRASE: Final = 70  # code points shown before the words of time
_NEAR: Final = 60  # code points between a past verb and its date
_WORD: Final = re.compile(r"'?[a-z]+")
_OFFICE: Final = re.compile(r"\b(?:ministry|department|government|office|embassy|commission|senate|parliament)\b", re.I)
_ATTRIBUTE: Final = re.compile(r"(?:\b(?:the|a|an|this|its|his|her|their)|['’]s?)\s+\Z")
_DAY: Final = re.compile(r"\d(?:st|nd|rd|th)?\Z")
_NOT_PAST: Final = re.compile(
    r"\b(?:must|(?-i:may)|should|can|could|expir\w+|clos(?:e|es|ing)|lodged?|proclaim|commenc\w+|terminat\w+|proceed|extended"
    r"|to \d)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class When:
    """A day as words give it. ``shift`` of a weekday: "last Friday" -1; ``days`` from the report's: yesterday -1."""

    weekday: int | None = None
    shift: int | None = None
    days: int | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def full(self) -> dt.date | None:
        """The day of the calendar, if the words name it with its year."""
        return dt.date(self.year, self.month, self.day) if self.year and self.month and self.day else None


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence that tells of an event, and when it says it was. Offsets are of the document's text.

    ``phrase`` is ``text[start:end]``: the words of time with some before them; ``words`` are the words of time alone,
    from ``at``. A telling ``when`` is None announces an event without its day.
    """

    start: int
    end: int
    phrase: str
    at: int
    words: str
    when: When | None
    side: Side | None
    paragraph: int
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clues:
    """All that dating looks at of one report. ``dated``: it has a publication date of its own (EDTF bounds beside it).

    ``names`` are its weightiest names; ``past`` is the latest day with its year that it plainly tells as past;
    ``office``: a government or organisation issued it, so it is not written as news is.
    """

    document: str
    dated: bool
    earliest: dt.date | None
    latest: dt.date | None
    tellings: tuple[Telling, ...]
    names: tuple[str, ...]
    past: Telling | None = None
    office: bool = False

    @property
    def published(self) -> Days:
        """The days on which it may have been published, as far as it says so itself."""
        return Days(self.earliest, self.latest)


def clues(document: Document, acts: Sequence[Act] = ()) -> Clues:
    """The clues of a document. Its acts tell for which states its people stand. Linear in the text."""
    earliest, latest = days_of(document.published)
    people = _people(acts)
    found: list[Telling] = []
    ahead: list[Telling] = []
    named: set[str] = set()
    for paragraph, start, end in sentences(document):
        text = document.text[start:end]
        named |= names(text)
        here = days_named(text)
        if not here and len(ahead) < _AHEAD and _announces(text):
            told = terms(text, people)
            if "e:meeting" in told or "e:visit" in told or "e:conference" in told:
                ahead.append(_telling(text, start, Reading(0, len(text), Point()), "future", paragraph, told))
        told = terms(text, people) if here else ()
        for reading in here:
            telling = _telling(text, start, reading, _side(text, reading.start, reading.end), paragraph, told)
            if telling.when and telling.when.month and not _surely_past(text, telling, reading.start):
                telling = replace(telling, side=None)
            found.append(telling)
    past = max((t for t in found if t.side), key=lambda t: (_full(t) or dt.date.min, -t.start), default=None)
    kept = sorted(found, key=lambda t: (t.when is not None and t.when.full is not None, t.start))[:_TOLD]
    return Clues(
        document.id,
        document.published is not None,
        earliest,
        latest,
        tuple(sorted((*kept, *ahead), key=lambda t: t.start)),
        tuple(sorted(named, key=lambda n: (-weight(n), n))[:_NAMES]),
        past if past and _full(past) else None,
        _office(document.outlet),
    )


def pack(found: Clues) -> dict[str, Any]:
    """The clues as plain JSON values."""
    packed = asdict(found)
    packed["earliest"], packed["latest"] = (d.isoformat() if d else None for d in (found.earliest, found.latest))
    return packed


def unpack(packed: dict[str, Any]) -> Clues:
    """The clues that :func:`pack` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    days = {name: dt.date.fromisoformat(packed[name]) if packed[name] else None for name in ("earliest", "latest")}
    past = packed["past"]
    return Clues(
        **{
            **packed,
            **days,
            "tellings": tuple(map(_unpack_telling, packed["tellings"])),
            "names": tuple(packed["names"]),
            "past": _unpack_telling(past) if past else None,
        }
    )


def _unpack_telling(packed: dict[str, Any]) -> Telling:
    when = packed["when"]
    return Telling(**{**packed, "when": When(**when) if when else None, "terms": tuple(packed["terms"])})


def _office(outlet: str | None) -> bool:
    if not outlet:
        return False
    entry = lookup(outlet)
    if entry is not None:
        return entry.type in ("state", "government body", "organisation")
    return _OFFICE.search(outlet) is not None


def _full(telling: Telling) -> dt.date | None:
    return telling.when.full if telling.when else None


def sentences(document: Document) -> Iterator[tuple[int, int, int]]:
    """Number of the paragraph, start and end of each sentence of the body."""
    blocks = [b for b in document.blocks if b.kind == "body"]
    at = 0
    for sentence in body_of(document).sentences:
        while at + 1 < len(blocks) and blocks[at + 1].start <= sentence.start:
            at += 1
        yield at, sentence.start, sentence.end


def _people(acts: Sequence[Act]) -> dict[str, str]:
    """Folded surname -> the state that a person of the acts stands for, where all who bear the name stand for one."""
    found: dict[str, set[str]] = {}
    for act in acts:
        for statement in act.statements:
            for name in ("by", "to", "participants"):
                for party in getattr(statement, name, ()):
                    if party.type == "person" and party.country and party.name.strip():
                        found.setdefault(fold_lower(party.name).split()[-1], set()).add(party.country)
    return {name: next(iter(states)) for name, states in found.items() if len(states) == 1}


def _when(spec: Spec) -> When | None:
    """The day that a spec means, or None if it means none (a month, a year, an interval, "the day before")."""
    if isinstance(spec, Shift):
        plain = spec.unit == "day" and abs(spec.amount) <= 1 and spec.side is None and spec.month is None
        return When(days=spec.amount) if plain else None
    if not isinstance(spec, Point) or spec.about or spec.season or spec.decade:
        return None
    if spec.month and spec.day and spec.shift is None and spec.year_shift is None:
        when = When(spec.weekday, None, None, spec.year, spec.month, spec.day)
        try:
            dt.date(spec.year or 2000, spec.month, spec.day)
        except ValueError:
            return None
        return when
    if spec.weekday is not None and spec.month is None and spec.day is None:
        return When(spec.weekday, spec.shift)
    return None


def days_named(text: str) -> list[Reading]:
    """The words of a sentence that name a day: a weekday, a day of a month, today, yesterday or tomorrow."""
    return [reading for reading in read_times(text) if _when(reading.spec)]


def _telling(
    text: str, offset: int, reading: Reading, side: Side | None, paragraph: int, told: tuple[str, ...]
) -> Telling:
    when = _when(reading.spec)
    first = 0
    if when and reading.start > _PHRASE:
        first = text.find(" ", reading.start - _PHRASE, reading.start) + 1 or reading.start
    last = reading.end if when else min(len(text), 2 * _PHRASE)
    weighty = sorted(told, key=lambda t: (-weight(t), t))[:_TERMS]
    kept = {*weighty, *(t for t in told if ":" in t)}
    return Telling(
        offset + first,
        offset + last,
        text[first:last],
        offset + reading.start,
        text[reading.start : reading.end] if when else "",
        when,
        side,
        paragraph,
        tuple(sorted(kept)),
    )


def _side(text: str, start: int, end: int) -> Side | None:
    """Whether the nearest telling word before the words of time, or else after them, looks ahead or back.

    None for a date that only names something ("the Nov. 8 election").
    """
    before = text[max(0, start - 150) : start].lower()
    if _DAY.search(text, start, end) and _ATTRIBUTE.search(before):
        return None
    side = _leaning(_WORD.findall(before)[::-1], back=True)
    return side or _leaning(_WORD.findall(text[end : end + 120].lower()), back=False)


def _leaning(words: Sequence[str], *, back: bool) -> Side | None:
    """What the first telling word says; ``back``: the words stand in the order from right to left."""
    future, past = _leans()
    for index, word in enumerate(words):
        other = words[index - 1] if index else ""
        first, second = (word, other) if back else (other, word)
        if word in future or f"{first} {second}" in future:
            return "future"
        if word in past or (len(word) > 4 and word.endswith("ed")):
            auxiliary = words[index + 1 : index + 2] if back else words[max(0, index - 1) : index]
            return "future" if auxiliary and auxiliary[0] in ("be", "to", "is", "are") else "past"
    return None


def _surely_past(text: str, telling: Telling, start: int) -> bool:
    """Whether a day of a month is told as past so plainly that the report cannot be older.

    Its month is named (figures may be turned round), nothing in the sentence looks ahead, and a past verb stands near.
    Without all this one in six lies ahead of the report.
    """
    if telling.side != "past" or not any(map(str.isalpha, telling.words)):
        return False
    future, _ = _leans()
    words = _WORD.findall(text.lower())
    if any(w in future or f"{w} {n}" in future for w, n in zip(words, [*words[1:], ""], strict=True)):
        return False
    if _NOT_PAST.search(text):
        return False
    near = text[max(0, start - _NEAR) : start]
    return _leaning(_WORD.findall(near.lower())[::-1], back=True) == "past"


def _announces(text: str) -> bool:
    """Whether a sentence says that something will be."""
    return re.search(r"\b(?:will|is to|are to|is due to|are due to|is set to|are set to)\b", text) is not None


@cache
def _leans() -> tuple[frozenset[str], frozenset[str]]:
    leans = load("times.toml")["leans"]
    return frozenset(leans["future"]), frozenset(leans["past"])
