"""Finding decisions their rows again after a document was read anew. None is dropped: what fits nowhere is listed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, exists, select, update

from pledgetrail.ledger import decisions as review
from pledgetrail.ledger.codec import dumps, spans_list
from pledgetrail.ledger.decisions import Decision
from pledgetrail.ledger.folding import refresh, resolve
from pledgetrail.ledger.identity import attach
from pledgetrail.ledger.revision import Match, Mover, touches
from pledgetrail.ledger.schema import attachments, decision_spans, row_statements, rows
from pledgetrail.records import Act, Span


def reattach(
    connection: Connection,
    document: str,
    old_rows: Sequence[str],
    matched: Match,
    acts: Sequence[Act],
    placed: Sequence[str],
    move: Mover,
) -> None:
    """Carry the spans of decisions on a document into its new text, and say where each decision applies now.

    ``old_rows`` are the rows the document had, without those that another of its rows has taken up. A decision
    follows its row. If the row was split, it goes to the one part whose words it was about; if it fits several or
    none, it is unattached, as is an edit whose words are gone. One that was unattached returns to its row if the
    document states that row again.
    """
    about = select(decision_spans.c.decision_id).where(decision_spans.c.document == document)
    query = review.selection().where(attachments.c.row_id.in_(old_rows) | attachments.c.decision_id.in_(about))
    for row in connection.execute(query).mappings().all():
        decision = review.read_decision(row)
        here = tuple(moved for s in decision.spans if s.document == document and (moved := move(s)) is not None)
        elsewhere = tuple(span for span in decision.spans if span.document != document)
        gone = bool(decision.spans) and not here and not elsewhere
        if not gone:
            _set_spans(connection, decision.id, (*here, *elsewhere))
        if decision.attached is None:
            if decision.row_id not in old_rows:
                _return(connection, decision, here, acts, placed)
        elif decision.attached in old_rows:
            parts = {placed[number]: acts[number] for number in matched.pieces[decision.attached]}
            if gone and parts and decision.action == "edit":  # no words, no cell
                attach(connection, decision.id, None, f"its words are gone from {document}")
                continue
            _follow(connection, document, decision, here, elsewhere, parts)
            if gone and len(parts) == 1:
                _set_spans(connection, decision.id, ())
        elif gone and decision.action == "edit":  # of a row that a reviewer added
            attach(connection, decision.id, None, f"its words are gone from {document}")


def _set_spans(connection: Connection, decision: int, spans: Sequence[Span]) -> None:
    where = attachments.c.decision_id == decision
    connection.execute(update(attachments).where(where).values(spans=dumps(spans_list(spans))))


def _follow(
    connection: Connection,
    document: str,
    decision: Decision,
    here: Sequence[Span],
    elsewhere: Sequence[Span],
    parts: dict[str, Act],
) -> None:
    if len(parts) == 1:
        attach(connection, decision.id, next(iter(parts)), None)
        return
    if not parts:
        if decision.attached and resolve(connection, decision.attached) and elsewhere:
            return  # the row goes on with the words of other documents
        attach(connection, decision.id, None, f"its words are gone from {document}")
        return
    fitting = [row for row, act in parts.items() if touches(here, _words(act, decision.cell))]
    if len(fitting) == 1:
        attach(connection, decision.id, fitting[0], None)
        return
    how = "several" if fitting else "none"
    names = ", ".join(sorted(parts))
    attach(connection, decision.id, None, f"the row was split ({names}) and the decision fits {how} of its parts")


def _words(act: Act, cell: str | None) -> list[Span]:
    """The spans of an act that a decision can be about: its cell's, or for the whole act trigger and sentences."""
    if cell:
        return [span for statement in act.statements for span in statement.cells.get(cell, ())]
    return [span for statement in act.statements for span in (statement.trigger, *statement.evidence)]


def _return(
    connection: Connection, decision: Decision, here: Sequence[Span], acts: Sequence[Act], placed: Sequence[str]
) -> None:
    row = decision.row_id
    if placed.count(row) != 1:
        return
    act = acts[placed.index(row)]
    if act.statements[0].kind == decision.kind and touches(here, _words(act, decision.cell)):
        attach(connection, decision.id, row, None)


def drop_empty_splits(connection: Connection) -> None:
    """List as unattached what hangs on split-off rows that have no statement any more."""
    held = exists().where(row_statements.c.row_id == rows.c.id)
    query = select(rows.c.id).where(rows.c.split_from.is_not(None), rows.c.merged_into.is_(None), ~held)
    for row in connection.execute(query).scalars().all():
        for decision in review.attached_to(connection, [row]):
            attach(connection, decision.id, None, "the row that was split off has no statement any more")


def decided(connection: Connection, row: str) -> list[Decision]:
    """All decisions on a row, undone ones and undos too, in the order they were made."""
    return review.attached_to(connection, [row])


def unattached(connection: Connection) -> list[Decision]:
    """The decisions that apply nowhere, with the reason in ``note``."""
    query = review.selection().where(attachments.c.row_id.is_(None))
    return [review.read_decision(row) for row in connection.execute(query).mappings()]


def refresh_with_parts(connection: Connection, ids: Sequence[str]) -> None:
    """Fold rows anew, and the rows that are parts of them."""
    parts = connection.execute(select(rows.c.id).where(rows.c.part_of.in_(ids))).scalars()
    refresh(connection, {*ids, *parts})
