"""The day of an act in a report that was dated by its siblings, from the act's own words of time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pledgetrail.language.times import Anchor, find_times
from pledgetrail.records import AnyStatement, Commitment, Span, Time
from pledgetrail.resolution.dates.dating import Dating

#: Code points between an act's trigger and the words of time that are taken to be its own.
_NEAR: Final = 150
_CLAUSE: Final = re.compile(r"[;:]|\b(?:which|who|whom|whose|where|when|while|because|although)\b", re.IGNORECASE)
_DAY: Final = len("2021-01-13")


class Anchored(NamedTuple):
    """The day of an act in EDTF, what it was inferred from, and the words of time."""

    when: str
    when_basis: str
    span: Span


def anchored(statement: AnyStatement, text: str, dating: Dating) -> Anchored | None:
    """The day of an act that has none, or none with a year, now that its report is dated; else None.

    ``text`` is the document's. The report may be of any day of its interval, so only what all these days agree on is
    believed: "on Wednesday" where the interval is two days, "last year" where it lies in one year. For a later report
    words never mean an earlier day, hence the interval's two ends are enough to tell. An open interval tells nothing.
    """
    if dating.earliest is None or dating.latest is None or statement.document != dating.document:
        return None
    if statement.when is not None and not statement.when.startswith("XXXX"):
        return None
    if dating.basis != "from sibling reports":
        return None
    for time in _near(statement, text, dating.earliest, dating.latest):
        if statement.when is not None and not _names(statement, time):
            continue
        if time.edtf is None or (_to_come(statement) and time.latest and time.latest > dating.latest):
            continue
        return Anchored(time.edtf, dating.basis, Span(statement.document, time.start, time.end, time.text))
    return None


def _near(statement: AnyStatement, text: str, earliest: dt.date, latest: dt.date) -> Iterator[Time]:
    """The words of time in the sentence of the trigger, the nearest first, resolved where both ends agree."""
    trigger = statement.trigger
    for sentence in statement.evidence:
        if not sentence.start <= trigger.start < sentence.end or sentence.field != "text":
            continue
        words = text[sentence.start : sentence.end]
        first = find_times(words, _at(earliest), offset=sentence.start)
        last = find_times(words, _at(latest), offset=sentence.start)
        pairs = [(a, b) for a, b in zip(first, last, strict=True) if a.edtf and b.edtf and a.basis]
        near = [p for p in pairs if _distance(p[0], trigger) <= _NEAR and _its_own(text, p[0], trigger)]
        for a, b in sorted(near, key=lambda p: (_distance(p[0], trigger), p[0].start)):
            if a.edtf != b.edtf:  # what stands nearest is the act's; words farther off must not step in for it
                return
            yield a
        return


def _at(day: dt.date) -> Anchor:
    return Anchor(day.year, day.month, day.day)


def _distance(time: Time, trigger: Span) -> int:
    return max(time.start - trigger.end, trigger.start - time.end, 0)


def _its_own(text: str, time: Time, trigger: Span) -> bool:
    """Whether nothing between the trigger and the words of time begins a clause of its own.

    A day may stand behind a comma ("On Wednesday, he said"); a month or year there dates rather what it follows.
    """
    between = text[min(time.end, trigger.end) : max(time.start, trigger.start)]
    if _CLAUSE.search(between):
        return False
    return "," not in between or len(time.edtf or "") == _DAY


def _names(statement: AnyStatement, time: Time) -> bool:
    """Whether the statement's day without a year was read from these words."""
    return any(s.start < time.end and time.start < s.end for s in statement.cells.get("when", ()))


def _to_come(statement: AnyStatement) -> bool:
    """Whether a time ahead would say when the act is to be fulfilled, not when it was."""
    return isinstance(statement, Commitment) and not statement.planned
