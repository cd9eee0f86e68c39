"""Rows that reviewers add: what reading missed, written down from the sentence that says it.

Such a row has one statement, whose ``reader`` is ``records.REVIEWER``. It stands beside those that were extracted,
is not joined with them, and follows its words when the report is read again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pledgetrail.ledger import identity, review
from pledgetrail.ledger.codec import KINDS, dumps, read_statement, statement_dict
from pledgetrail.ledger.decisions import Decision, check_days, edit
from pledgetrail.ledger.errors import AlreadyAdded, InvalidDecision
from pledgetrail.ledger.folding import refresh
from pledgetrail.ledger.recording import append
from pledgetrail.ledger.revision import Mover
from pledgetrail.ledger.schema import documents, rows, statements
from pledgetrail.ledger.store import Ledger
from pledgetrail.records import REVIEWER, AnyStatement, Span
from pledgetrail.resolution.rows import CELLS, cell_value

#: What each kind says at least: all cells of the first group, and one of the second.
_LEAST: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "commitment": (("stage",), ("by", "to", "what", "amount")),
    "encounter": (("kind", "participants"), ("participants",)),
    "figure": (("value", "measure"), ("value",)),
}

#: Fields of a kind that a statement must have to exist, before its cells are filled.
_BLANK: Final[dict[str, dict[str, Any]]] = {"commitment": {"stage": ""}, "encounter": {"encounter": ""}, "figure": {}}


@dataclass(frozen=True, slots=True)
class Told:
    """A cell's value in the form of the export contract, and its words; without any, it is read from the sentence."""

    value: Any
    spans: Sequence[Span] = ()


def add(
    ledger: Ledger,
    kind: str,
    sentence: Span,
    cells: Mapping[str, Told],
    *,
    reviewer: str,
    reason: str = "",
    time: dt.datetime | None = None,
) -> Decision:
    """Add a row of a kind that a sentence says and reading has missed. Returns the decision, attached to the new row.

    ``cells`` are named as in ``review.record``'s edits; a commitment needs its stage, an encounter its kind and
    participants, a figure its value and measure. Raises InvalidDecision for what does not fit, for words that do not
    stand where a span says, and AlreadyAdded, one of them, for a row that was added before; then nothing is recorded.
    """
    if kind not in KINDS:
        raise InvalidDecision(f"{kind!r} is no kind of row; there are {', '.join(KINDS)}")
    if not reviewer.strip():
        raise InvalidDecision("a decision needs a named reviewer")
    with ledger.writing() as connection:
        statement = _statement(connection, kind, sentence, cells, reviewer)
        _check_new(connection, statement)
        seed = f"add:{sentence.document}:{kind}:{sentence.start}:{sentence.end}"
        row = identity.new_id(connection, seed)
        statement = replace(statement, id=_statement_id(row))
        identity.issue(connection, row, kind, None)
        put(connection, row, statement)
        words = tuple(dict.fromkeys((sentence, *(span for its in statement.cells.values() for span in its))))
        values = {
            "action": "add",
            "reason": reason,
            "row_id": row,
            "kind": kind,
            "cell": None,
            "old": None,
            "new": dumps(statement_dict(statement)),
            "other": statement.id,
        }
        number = append(connection, values, words, reviewer, time)
        refresh(connection, [row])
        return review.decision(connection, number)


def put(connection: Connection, row: str, statement: AnyStatement) -> None:
    """Write a reviewer's statement as that of a row, behind those of its document."""
    last = select(func.coalesce(func.max(statements.c.act), -1)).where(statements.c.document == statement.document)
    values = {
        "id": statement.id,
        "document": statement.document,
        "kind": statement.kind,
        "start": statement.trigger.start,
        "end": statement.trigger.end,
        "quote": statement.trigger.quote,
        "reader": statement.reader,
        "confidence": statement.confidence,
        "act": int(connection.execute(last).scalar_one()) + 1,
        "rank": 0,
        "base_row": row,
        "content": dumps(statement_dict(statement)),
    }
    connection.execute(statements.insert(), values)


def carried(statement: AnyStatement, move: Mover, text_sha256: str) -> AnyStatement | None:
    """A reviewer's statement with its spans in the new text of its document; None if its sentence is gone.

    A cell whose words are gone is read from the sentence as a whole.
    """
    sentences = tuple(found for span in statement.evidence if (found := move(span)) is not None)
    trigger = move(statement.trigger)
    if not sentences or trigger is None:
        return None
    cells = {
        cell: tuple(m for span in spans if (m := move(span)) is not None) for cell, spans in statement.cells.items()
    }
    kept = {cell: spans for cell, spans in cells.items() if spans}
    return replace(statement, trigger=trigger, evidence=sentences, cells=kept, text_sha256=text_sha256)


def _statement_id(row: str) -> str:
    return "s-" + hashlib.sha256(f"added\0{row}".encode()).hexdigest()[:16]


def _statement(
    connection: Connection, kind: str, sentence: Span, cells: Mapping[str, Told], reviewer: str
) -> AnyStatement:
    sha = _verify(connection, sentence)
    if sentence.field != "text":
        raise InvalidDecision("a row is added from the text of a report")
    for told in cells.values():
        for span in told.spans:
            _verify(connection, span)
            if span.document != sentence.document:
                raise InvalidDecision(f"{span.document}: the words of an added row stand in one report")
    statement: AnyStatement = KINDS[kind](
        id="",
        document=sentence.document,
        text_sha256=sha,
        trigger=sentence,
        evidence=(sentence,),
        cells={},
        confidence=1.0,
        reader=REVIEWER,
        trace=(f"written down by {reviewer}",),
        **_BLANK[kind],
    )
    for cell, told in cells.items():
        if told.value is not False and told.value not in (None, "", []):  # a figure may well be 0
            check_days(cell, told.value)
            statement = edit(statement, cell, told.value, tuple(told.spans))
    _check_least(statement, cells)
    return statement


def _verify(connection: Connection, span: Span) -> str:
    """The hash of the text that a span lies in. Raises InvalidDecision where other words stand there."""
    fields = {"text": documents.c.text, "title": documents.c.title, "published": documents.c.published}
    query = select(fields[span.field], documents.c.text_sha256).where(documents.c.id == span.document)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise InvalidDecision(f"there is no report {span.document}")
    if not span.quote.strip() or (found[0] or "")[span.start : span.end] != span.quote or span.start < 0:
        raise InvalidDecision(f"{span.document}: has not the words {span.quote!r} at {span.start}-{span.end}")
    return str(found[1])


def _check_least(statement: AnyStatement, cells: Mapping[str, Told]) -> None:
    def filled(cell: str) -> bool:
        if cell in CELLS[statement.kind]:
            return cell_value(statement, cell) not in (None, (), "")
        return cells.get(cell, Told(None)).value not in (None, "")

    all_of, one_of = _LEAST[statement.kind]
    missing = [cell for cell in all_of if not filled(cell)]
    if missing:
        raise InvalidDecision(f"{_ARTICLES[statement.kind]} needs {' and '.join(missing)}")
    if not any(filled(cell) for cell in one_of):
        raise InvalidDecision(f"{_ARTICLES[statement.kind]} needs one of {', '.join(one_of)}")


_ARTICLES: Final = {"commitment": "a commitment", "encounter": "an encounter", "figure": "a figure"}


def _check_new(connection: Connection, statement: AnyStatement) -> None:
    """Raises InvalidDecision if a row that is shown has been added with the same sentence and cells."""
    same = (
        select(statements.c.content, rows.c.id)
        .join(rows, rows.c.id == statements.c.base_row)
        .where(
            statements.c.document == statement.document,
            statements.c.reader == REVIEWER,
            statements.c.kind == statement.kind,
            statements.c.start == statement.trigger.start,
            statements.c.end == statement.trigger.end,
            rows.c.content.is_not(None),
        )
    )
    for content, row in connection.execute(same):
        other = read_statement(json.loads(content))
        if replace(other, id="", trace=()) == replace(statement, id="", trace=()):
            raise AlreadyAdded(f"{row}: has been added from this sentence already")
