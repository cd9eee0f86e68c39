"""From a form or a JSON body to a decision in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from pledgetrail.ledger import agreement, review
from pledgetrail.ledger.decisions import ACTIONS, Decision
from pledgetrail.ledger.errors import InvalidDecision, LedgerUnwritable
from pledgetrail.ledger.queries import Entry, document_text, read_entry
from pledgetrail.records import Span
from pledgetrail.resolution.rows import CELLS
from pledgetrail.serving.editing import CHOICES, read_value
from pledgetrail.serving.pointing import words_of
from pledgetrail.serving.site import Site
from pledgetrail.serving.team import Forbidden, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reviewer wants. ``value`` is what was typed into a cell; ``new``, for programs, is as in the contract."""

    action: str
    row: str
    expected: str | None = None
    reason: str = ""
    cell: str | None = None
    value: str | None = None
    new: Any = None
    other: str | None = None
    moved: Sequence[str] = ()
    undoes: int | None = None
    spans: Sequence[Span] = ()
    quote: tuple[str, str] | None = None  # a document, and words of it to be looked for


def decide(site: Site, person: Person | None, wish: Wish) -> Decision:
    """Record somebody's decision, under their name.

    Raises UnknownRow, StaleRow, InvalidDecision, Forbidden, and LedgerUnwritable for a ledger that is shown only.
    """
    name = signature(site, person)
    if wish.action not in ACTIONS:
        raise InvalidDecision(f"{wish.action!r} is no decision; there are {', '.join(ACTIONS)}")
    if wish.action == "comment" and not wish.reason.strip():
        raise InvalidDecision("a comment needs words")
    new, row = wish.new, wish.row.strip()
    if wish.action == "undo":  # of a row that may show nothing by now
        reason, expected = wish.reason.strip(), wish.expected
        return review.record(
            site.ledger, "undo", row, reviewer=name, reason=reason, undoes=wish.undoes, expected=expected
        )
    with site.ledger.reading() as connection:
        entry = read_entry(connection, row)
        spans = [read_span(connection, span) for span in wish.spans]
        if wish.quote and not spans:
            spans = [_find(connection, entry, *wish.quote)]
        if wish.action == "edit" and wish.cell and wish.value is not None:
            new, spans = _typed(connection, entry, wish.cell, wish.value, spans)
    return review.record(
        site.ledger,
        wish.action,
        row,
        reviewer=name,
        reason=wish.reason.strip(),
        cell=wish.cell if wish.action == "edit" else None,
        new=new,
        other=(wish.other or "").strip() or None,
        moved=wish.moved,
        undoes=wish.undoes,
        spans=spans,
        expected=wish.expected,
    )


def _typed(connection: Connection, entry: Entry, cell: str, text: str, spans: list[Span]) -> tuple[Any, list[Span]]:
    """The value that was typed into a cell, and its words: those selected, or else those that show it in the report of
    the row's first sentence; none if none do.
    """
    kind, sentence = entry.row.content.kind, next(iter(entry.row.content.evidence), None)
    value = read_value(connection, kind, cell, text, spans[0] if spans else sentence)
    if not spans and sentence is not None and sentence.field == "text" and value and cell in CELLS[kind]:
        spans = list(words_of(connection, sentence, cell, text, value)) if cell not in CHOICES else []
    return value, spans


def undo_last(site: Site, person: Person | None, opinion: bool = False) -> Decision:
    """Undo somebody's latest decision that stands, or their latest second ``opinion``. Raises as ``decide``, and
    InvalidDecision if there is none.
    """
    name = signature(site, person)
    with site.ledger.reading() as connection:
        last = (agreement.last_opinion if opinion else review.last_standing)(connection, name)
    if last is None or last.attached is None:
        raise InvalidDecision(f"there is no {'second opinion' if opinion else 'decision'} of yours to undo")
    return review.record(site.ledger, "undo", last.attached, reviewer=name, undoes=last.id)


def signature(site: Site, person: Person | None) -> str:
    """The name that a decision is signed with. Raises Forbidden for who may not decide, LedgerUnwritable."""
    if person is None or not person.may_decide:
        raise Forbidden("Readers see all, and decide nothing.")
    if not site.writable:
        raise LedgerUnwritable(f"{site.ledger.path.name}: cannot be written, so nothing can be decided")
    return person.name


def read_span(connection: Connection, span: Span) -> Span:
    """The span with the words that stand there. Raises InvalidDecision if it has others, or lies outside."""
    text = document_text(connection, span.document, span.field)
    if text is None or not 0 <= span.start < span.end <= len(text):
        raise InvalidDecision(f"{span.document}: has no words at {span.start}-{span.end}")
    words = text[span.start : span.end]
    if span.quote and span.quote != words:
        raise InvalidDecision(f"{span.document}: has not the words {span.quote!r} at {span.start}-{span.end}")
    return replace(span, quote=words)


def _find(connection: Connection, entry: Entry, document: str, words: str) -> Span:
    """Words as they were typed, looked for in the row's sentences first. Raises InvalidDecision if there are none."""
    text = document_text(connection, document) or ""
    starts = [span.start for span in entry.row.content.evidence if span.document == document]
    for start in (*starts, 0):
        at = text.find(words, start)
        if at >= 0:
            return Span(document, at, at + len(words), words)
    raise InvalidDecision(f"{document}: has not the words {words!r}")
