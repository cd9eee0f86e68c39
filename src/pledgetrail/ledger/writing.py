"""Putting documents and their acts into the ledger, a batch at a time: all of a batch, or nothing."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, select, update

from pledgetrail import __version__
from pledgetrail.ledger import identity, joining
from pledgetrail.ledger.adding import carried, put
from pledgetrail.ledger.codec import dumps, read_statement, span_dict, statement_dict
from pledgetrail.ledger.digesting import put_digests
from pledgetrail.ledger.folding import refresh, resolve
from pledgetrail.ledger.pages import Page, drop_page, put_pages
from pledgetrail.ledger.placing import Placing
from pledgetrail.ledger.reattaching import drop_empty_splits, reattach
from pledgetrail.ledger.revision import Match, Mover, match, mover
from pledgetrail.ledger.schema import blocks, builds, documents, problems, rows, statements
from pledgetrail.ledger.store import Ledger, set_meta
from pledgetrail.records import REVIEWER, Act, AnyStatement, Document, Problem, RawReport, Reading
from pledgetrail.resolution.rows import origin_key

State = Literal["new", "unchanged", "revised", "collision"]

# Asked for every document, and therefore put together once.
_NAMED = documents.c.id == bindparam("name")
_TEXT = select(documents.c.seq, documents.c.text, documents.c.page_sha256).where(_NAMED)
_STATE = select(documents.c.content_sha256, documents.c.reader, documents.c.source, documents.c.source_path).where(
    _NAMED
)


@dataclass(frozen=True, slots=True)
class Build:
    """A build under way: its number, and the version of the reader that its documents are read with."""

    id: int
    reader: str


@dataclass(frozen=True, slots=True)
class _Old:
    """What the ledger has of a document that is read again."""

    seq: int
    text: str
    page_sha256: str | None
    rows: dict[str, list[AnyStatement]]
    added: list[tuple[str, AnyStatement]]  # what reviewers wrote down, each with its row


def start_build(ledger: Ledger, reader: str) -> Build:
    """Note that a build has begun."""
    with ledger.writing() as connection:
        values = {"started": _now(), "version": __version__, "reader": reader}
        number = connection.execute(builds.insert().values(values).returning(builds.c.id)).scalar_one()
        return Build(int(number), reader)


def finish_build(ledger: Ledger, build: Build, documents_added: int, skipped: int, problem_count: int) -> None:
    """Note that a build is done; of the problems noted, those of this build stay."""
    values = {"finished": _now(), "documents": documents_added, "skipped": skipped, "problems": problem_count}
    with ledger.writing() as connection:
        connection.execute(update(builds).where(builds.c.id == build.id).values(values))
        connection.execute(delete(problems).where(problems.c.build_id != build.id))


def state(connection: Connection, report: RawReport, reader: str) -> tuple[State, str]:
    """How a report stands to what the ledger has under its id, and the source that had it first.

    Another text from the same source is a revision; from another source it is a collision, and the first stays.
    """
    row = connection.execute(_STATE, {"name": report.id}).one_or_none()
    if row is None:
        return "new", report.source
    sha, read_by, source, path = row
    if sha == report.content_sha256:
        return ("unchanged" if read_by == reader else "revised"), source
    return ("revised" if path == whole_path(report.source) else "collision"), source


def whole_path(source: str) -> str:
    """Where a source lies, whatever the working folder: an address as it is, a path made absolute.

    Behind the first "!" stands the name of an archive's member. It is only a name: a "../" in it leads nowhere.
    """
    if "://" in source:
        return source
    path, mark, member = source.partition("!")
    return os.path.abspath(path) + mark + member


def add_batch(
    ledger: Ledger,
    build: Build,
    items: Sequence[Reading],
    found: Iterable[Problem] = (),
    pages: Iterable[Page] = (),
) -> None:
    """Write documents with all that follows from them, and the problems met on the way, in one transaction.

    ``pages`` are those that the documents name by their ``page_sha256``; one that the ledger has is not written twice.
    """
    with ledger.writing() as connection:
        put_pages(connection, pages)
        noted = [{"build_id": build.id, "source": p.source, "kind": p.kind, "message": p.message} for p in found]
        if noted:
            connection.execute(problems.insert(), noted)
        touched: set[str] = set()
        batch = [(item.document, _distinct(item.acts)) for item in items]
        placing = Placing(connection, build.id, (act for _, acts in batch for act in acts))
        for document, acts in batch:
            touched |= _put(connection, build, placing, document, acts)
        if items:
            put_digests(connection, items)
            known: set[str] = set()
            wanted = sorted(touched)
            for at in range(0, len(wanted), 500):
                query = select(rows.c.id).where(rows.c.id.in_(wanted[at : at + 500]))
                known |= set(connection.execute(query).scalars())
            refresh(connection, known)
            joining.forget(connection, known)
            drop_empty_splits(connection)
            set_meta(connection, "actors_stale", "1")


def _put(connection: Connection, build: Build, placing: Placing, document: Document, acts: Sequence[Act]) -> set[str]:
    """Write one document and give its acts their rows. Returns the rows to be folded anew."""
    old = _take_out(connection, document.id)
    values = _document_values(document, build)
    if old is None:
        connection.execute(documents.insert(), values)
        placed = placing.place(acts, Match({}, {}, {}), set())
        _insert_parts(connection, document, acts, placed)
        return set(placed)
    connection.execute(update(documents).where(documents.c.seq == old.seq).values(values))
    if old.page_sha256 and old.page_sha256 != document.page_sha256:
        drop_page(connection, old.page_sha256)
    move: Mover = mover(old.text, document.text)
    matched = match(old.rows, acts, move)
    touched = set(old.rows) | identity.tied(connection, list(old.rows))
    vacant = {row for row in old.rows if not identity.statements_left(connection, row)}
    placed = placing.place(acts, matched, vacant)
    _insert_parts(connection, document, acts, placed)
    joined = vacant & set(matched.absorbed)
    reattach(connection, document.id, [r for r in old.rows if r not in joined], matched, acts, placed, move)
    touched |= set(placed)
    for row in sorted(vacant):
        if row in joined:
            target = _standing(connection, placed[matched.absorbed[row]])
            key = connection.execute(select(rows.c.act_key).where(rows.c.id == target)).scalar()
            touched.add(placing.absorb(target, row, key))
        else:
            identity.withdraw(connection, row, document.id, build.id)
    return touched | _put_back(connection, build, document, old.added, move)


def _put_back(
    connection: Connection, build: Build, document: Document, added: Sequence[tuple[str, AnyStatement]], move: Mover
) -> set[str]:
    """Write what reviewers added to a document into its new text; a row whose sentence is gone is withdrawn."""
    touched = set()
    for row, statement in added:
        moved = carried(statement, move, document.text_sha256)
        touched |= {row} | identity.tied(connection, [row])
        if moved is not None:
            put(connection, row, moved)
        else:
            identity.withdraw(connection, row, document.id, build.id)
    return touched


def _standing(connection: Connection, row: str) -> str:
    return resolve(connection, row) or row


def _distinct(acts: Sequence[Act]) -> list[Act]:
    """The acts with statement ids made unique: two statements on one trigger have one hash."""
    seen: dict[str, int] = {}
    found = []
    for act in acts:
        kept = []
        for statement in act.statements:
            seen[statement.id] = number = seen.get(statement.id, 0) + 1
            kept.append(statement if number == 1 else replace(statement, id=f"{statement.id}-{number}"))
        if kept:
            found.append(Act(tuple(kept), act.key))
    return found


def _take_out(connection: Connection, name: str) -> _Old | None:
    """Remove what hangs on a document that the ledger has; the document itself stays, to be overwritten."""
    row = connection.execute(_TEXT, {"name": name}).one_or_none()
    if row is None:
        return None
    query = (
        select(statements.c.base_row, statements.c.content)
        .join(rows, rows.c.id == statements.c.base_row)
        .where(statements.c.document == name)
        .order_by(rows.c.issued, statements.c.act, statements.c.rank)
    )
    old: dict[str, list[AnyStatement]] = {}
    added: list[tuple[str, AnyStatement]] = []
    for base, content in connection.execute(query):
        statement = read_statement(json.loads(content))
        if statement.reader == REVIEWER:
            added.append((base, statement))
        else:
            old.setdefault(base, []).append(statement)
    connection.execute(delete(statements).where(statements.c.document == name))
    connection.execute(delete(blocks).where(blocks.c.document == name))
    return _Old(row.seq, row.text, row.page_sha256, old, added)


def _document_values(document: Document, build: Build) -> dict[str, Any]:
    spans = {
        "title_span": span_dict(document.title_span) if document.title_span else None,
        "published_span": span_dict(document.published_span) if document.published_span else None,
    }
    same = ("id", "source", "url", "title", "outlet", "agency", "author", "dateline", "published")
    more = ("published_basis", "language", "text", "text_sha256", "content_sha256", "section", "partial", "page_sha256")
    return {name: getattr(document, name) for name in (*same, *more)} | {
        "source_path": whole_path(document.source),
        "origin_key": origin_key(document),
        "origin": None,
        "reader": build.reader,
        "spans": dumps(spans),
        "build_id": build.id,
    }


def _insert_parts(connection: Connection, document: Document, acts: Sequence[Act], placed: Sequence[str]) -> None:
    """Write a document's blocks and statements."""
    parts = [
        {
            "document": document.id,
            "position": number,
            "kind": block.kind,
            "start": block.start,
            "end": block.end,
            "rule": block.rule,
        }
        for number, block in enumerate(document.blocks)
    ]
    if parts:
        connection.execute(blocks.insert(), parts)
    values = [
        {
            "id": statement.id,
            "document": statement.document,
            "kind": statement.kind,
            "start": statement.trigger.start,
            "end": statement.trigger.end,
            "quote": statement.trigger.quote,
            "reader": statement.reader,
            "confidence": statement.confidence,
            "act": number,
            "rank": rank,
            "base_row": row,
            "content": dumps(statement_dict(statement)),
        }
        for number, (act, row) in enumerate(zip(acts, placed, strict=True))
        for rank, statement in enumerate(act.statements)
    ]
    if values:
        connection.execute(statements.insert(), values)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
