"""Days as reviewers write them: in EDTF, or in the words of a report, which are read from the report's own day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from pledgetrail.language.edtf import bounds
from pledgetrail.language.times import anchor_of, find_times
from pledgetrail.ledger.errors import InvalidDecision
from pledgetrail.ledger.queries import document_text
from pledgetrail.ledger.schema import datings, documents
from pledgetrail.records import Span, Time

STATED: Final = "stated"
FROM_REPORT: Final = "from the report's date"
FROM_SIBLINGS: Final = "from sibling reports"

#: Code points before words that may say whether they look ahead ("will meet on Wednesday").
_BEFORE: Final = 200


@dataclass(frozen=True, slots=True)
class Published:
    """The day a report is of (EDTF), and what a day that is read from it is known from."""

    edtf: str | None
    basis: str


def published(connection: Connection, document: str) -> Published:
    """The day that a report bears, or else that was inferred for it from others."""
    own = connection.execute(select(documents.c.published).where(documents.c.id == document)).scalar()
    if own:
        return Published(own, FROM_REPORT)
    inferred = connection.execute(select(datings.c.edtf).where(datings.c.document == document)).scalar()
    return Published(inferred, FROM_SIBLINGS)


def times_in(connection: Connection, words: Span) -> list[Time]:
    """The time expressions within words of a report, dated as their sentence says, with places in the report."""
    text = document_text(connection, words.document, words.field) or ""
    start = max(0, words.start - _BEFORE)
    anchor = anchor_of(published(connection, words.document).edtf)
    found = find_times(text[start : words.end], anchor, offset=start)
    return [time for time in found if time.edtf and time.start < words.end and time.end > words.start]


def read_day(connection: Connection, text: str, words: Span | None) -> tuple[str, str]:
    """The day (EDTF) that a text means, and what it is known from. ``words`` are those of the report that show it.

    Raises InvalidDecision for what is no day.
    """
    told = times_in(connection, words) if words is not None else []
    day = published(connection, words.document) if words is not None else Published(None, FROM_REPORT)
    if is_edtf(text):
        same = next((time for time in told if time.edtf == text), None)
        return text, _basis(same, day)
    folded = text.casefold()
    said = [time for time in told if folded in time.text.casefold() or time.text.casefold() in folded]
    found = said or [time for time in find_times(text, anchor_of(day.edtf)) if time.edtf]
    if not found:
        raise InvalidDecision(f"{text!r} is no date; write one like 2021-01-13, 2021-01 or 2021")
    return str(found[0].edtf), _basis(found[0], day)


def is_edtf(text: str) -> bool:
    """Whether a text is a date in EDTF."""
    try:
        bounds(text)
    except ValueError:
        return False
    return True


def _basis(time: Time | None, day: Published) -> str:
    return day.basis if time is not None and time.basis == FROM_REPORT else STATED


def cell_value(edtf: str, basis: str) -> Any:
    """The value of the cell ``when`` that says so."""
    return edtf if basis == STATED else {"when": edtf, "when_basis": basis}
