"""The command ``explain``: a row with the words behind each cell, what read them, and what reviewers decided; or what
is known of a report, trail, actor or disagreement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pledgetrail.cli import actors, disagreements, trails
from pledgetrail.cli.listing import Line, Piece, print_lines
from pledgetrail.cli.report_lines import FROM_SIBLINGS, dating_lines, document_lines, joined_lines, source_words
from pledgetrail.cli.showing import COLUMNS
from pledgetrail.cli.terminal import number
from pledgetrail.ledger.errors import UnknownRow
from pledgetrail.ledger.joins import about, joins_of
from pledgetrail.ledger.pages import page_size
from pledgetrail.ledger.queries import Entry, document_text, read_entry
from pledgetrail.ledger.reattaching import decided
from pledgetrail.ledger.store import open_ledger
from pledgetrail.publishing.contract import row_dict
from pledgetrail.records import AnyStatement, Span
from pledgetrail.resolution.rows import CELLS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pledgetrail.ledger.decisions import Decision

#: Code points of text shown either side of words that lie outside the row's sentences.
_AROUND: Final = 80


def run(path: Path, name: str) -> None:
    """Print the explanation; words in question are reversed on a terminal and in «guillemets» elsewhere."""
    with open_ledger(path) as ledger, ledger.reading() as connection:
        try:
            entry = read_entry(connection, name)
        except UnknownRow:
            lines = _other(connection, name)
            if not lines:
                raise
        else:
            lines = list(explain(connection, entry, name))
    print_lines(lines)


def _other(connection: Connection, name: str) -> list[Line]:
    """What an id that is no row's stands for: a report, trail, actor or disagreement. Nothing if for none of them."""
    document = about(connection, name)
    if document is not None:
        return list(document_lines(connection, document))
    ways = (trails.lines_of, actors.lines_of, disagreements.lines_of)
    return next((lines for way in ways if (lines := way(connection, name))), [])


def explain(connection: Connection, entry: Entry, name: str) -> Iterator[Line]:
    """The explanation of a row, line by line; ``name`` is the id it was asked for by."""
    row, content = entry.row, entry.row.content
    yield [(f"{row.id} ", "bold"), (f"{content.kind}, {row.status}", "")]
    if name != row.id:
        yield [(f"  {name} is now part of {row.id}", "")]
    for heading, column in COLUMNS[content.kind].items():
        if heading not in ("id", "status") and (value := column(entry)):
            yield [(f"  {heading:<13}", "dim"), (value, "")]
    if entry.part_of:
        yield [("  part of      ", "dim"), (entry.part_of, "")]
    yield []
    yield [("Cells, and the words they were read from", "bold")]
    yield from _cells(connection, entry)
    for item in row.alternatives:
        yield from _alternative(connection, item)
    yield []
    yield [(f"Read from {len(row.statements)} statement(s), {row.origins} origin(s)", "bold")]
    for statement in row.statements:
        yield from _statement(connection, statement)
    yield from joined_lines(joins_of(connection, [statement.id for statement in row.statements]))
    if content.when_basis == FROM_SIBLINGS:
        yield from dating_lines(connection, row.statements)
    if entry.trail:
        yield []
        yield [("trail ", "dim"), (entry.trail, "bold")]
    for disagreement in entry.disagreements:
        yield [("disagreement ", "dim"), (disagreement, "bold")]
    made = decided(connection, row.id)
    if made:
        yield []
        yield [("Decisions", "bold")]
        yield from ([(line, "")] for line in map(_decision, made))


def _cells(connection: Connection, entry: Entry) -> Iterator[Line]:
    content, values = entry.row.content, row_dict(entry)
    for cell in CELLS[content.kind]:
        spans = values["cell_evidence"].get(cell)
        if spans is None:
            continue
        yield [(f"  {cell:<13}", "cyan"), (_plain(values.get(cell)), "bold")]
        if cell == "when" and content.when_basis:
            yield [(f"    date {content.when_basis}", "dim")]
        own = content.cells.get(cell)
        if not own:
            yield [("    read from the sentence as a whole", "dim")]
        for span in own or content.evidence[:1]:
            yield [("    ", ""), *_in_sentence(connection, span, content.evidence)]


def _alternative(connection: Connection, item: Any) -> Iterator[Line]:
    source = " (as extracted)" if item.get("source") == "extraction" else ""
    yield [(f"  {item['cell']}, otherwise: ", "yellow"), (_plain(item["value"]) + source, "")]
    for span in item["evidence"]:
        yield [("    ", ""), *_in_sentence(connection, span, ())]


def _statement(connection: Connection, statement: AnyStatement) -> Iterator[Line]:
    confidence = f"confidence {statement.confidence:.2f}"
    yield [(f"  {statement.document}", "cyan"), (f"  {statement.reader}  {confidence}", "")]
    if source := source_words(about(connection, statement.document)):
        yield [(f"    {source}", "dim")]
    yield [("    ", ""), *_in_sentence(connection, statement.trigger, statement.evidence)]
    for step in statement.trace:
        yield [(f"      {step}", "dim")]
    if page := page_size(connection, statement.document):
        yield [(f"      page sha256 {page[0]}, {page[1]:,} bytes", "dim")]


def _decision(decision: Decision) -> str:
    parts = [f"  {decision.id}  {decision.time}  {decision.reviewer}: {decision.action}"]
    if decision.cell:
        parts.append(f"{decision.cell}: {_plain(decision.old)} → {_plain(decision.new)}")
    if decision.other and decision.action != "add":
        parts.append(decision.other)
    if decision.reason:
        parts.append(f"({decision.reason})")
    return " ".join(parts)


def _in_sentence(connection: Connection, span: Span, sentences: Sequence[Span]) -> list[Piece]:
    """A span within the sentence of the row that holds it, or else within the words around it."""
    place = (f"{span.document}:{span.start}-{span.end}  ", "dim")
    for sentence in sentences:
        same = (sentence.document, sentence.field) == (span.document, span.field)
        if same and sentence.start <= span.start and span.end <= sentence.end:
            at = span.start - sentence.start
            whole = sentence.quote
            return [place, (whole[:at], ""), (span.quote, "reverse"), (whole[at + len(span.quote) :], "")]
    text = document_text(connection, span.document, span.field) or ""
    if text[span.start : span.end] != span.quote:
        return [place, (span.quote, "reverse")]
    left, right = max(0, span.start - _AROUND), span.end + _AROUND
    before, after = ("…" if left else "") + text[left : span.start], text[span.end : right]
    return [place, (before, ""), (span.quote, "reverse"), (after + ("…" if right < len(text) else ""), "")]


def _plain(value: Any) -> str:
    """A value of the export contract in a few words."""
    if isinstance(value, dict):
        if "currency" in value:
            parts = (value.get("qualifier"), value["currency"], number(value.get("value")))
            return " ".join(part for part in parts if part)
        if "when_basis" in value:
            return f"{value['when']} {value['when_basis']}"
        return f"{value.get('name')} ({value.get('country') or value.get('code') or value.get('type')})"
    if isinstance(value, list):
        return "; ".join(_plain(item) for item in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return value if isinstance(value, str) else json.dumps(value)
