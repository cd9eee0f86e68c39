"""Rows as they are shown: statements folded, reviewers' decisions folded over them, and written flat.

Everything written here is a pure function of statements, documents and decisions, and can be written again at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from pledgetrail.ledger import decisions as review
from pledgetrail.ledger import flat
from pledgetrail.ledger.actors import assign_actors
from pledgetrail.ledger.codec import dumps, read_statement, spans_list, statement_dict
from pledgetrail.ledger.dates import read_dating, with_day
from pledgetrail.ledger.revision import touches
from pledgetrail.ledger.schema import (
    attachments,
    datings,
    decisions,
    documents,
    evidence,
    row_aliases,
    row_parties,
    row_places,
    row_statements,
    rows,
    statements,
)
from pledgetrail.ledger.store import set_meta
from pledgetrail.records import REVIEWER, AnyStatement, Encounter
from pledgetrail.resolution.rows import Source, merge

#: Rows that are folded at a time: bounds memory, and stays far below SQLite's limit of variables.
CHUNK: Final = 200

_SIDE_TABLES: Final = (row_statements, row_parties, row_places, evidence)


@dataclass(frozen=True, slots=True)
class Member:
    """A statement of a row with what the fold must know of it."""

    statement: AnyStatement
    rank: int
    source: Source


def refresh(connection: Connection, ids: Iterable[str]) -> None:
    """Fold the rows anew, and those that decisions tie them to. Rows left without statements are hidden."""
    wanted = sorted(set(ids))
    whole = [_cluster(connection, wanted[at : at + CHUNK]) for at in range(0, len(wanted), CHUNK)]
    prepared = []
    for cluster, made in whole:
        members, merged = _members(connection, cluster, made)
        _write_statements(connection, cluster, members)
        prepared.append((cluster, made, members, merged))
    if prepared:
        set_meta(connection, "survey_stale", "1")
    for cluster, made, members, merged in prepared:  # when every statement has its row: totals may lie in any of them
        _write(connection, cluster, made, members, merged)


def resolve(connection: Connection, name: str) -> str | None:
    """The id of the row that an id or alias stands for, None if there is none."""
    known: str | None = connection.execute(select(rows.c.id).where(rows.c.id == name)).scalar()
    if known is None:
        known = connection.execute(select(row_aliases.c.row_id).where(row_aliases.c.alias == name)).scalar()
    return known


def _cluster(connection: Connection, ids: Sequence[str]) -> tuple[list[str], list[review.Decision]]:
    """The rows with all that merges and splits tie them to, and the decisions that stand on any of them."""
    known = set(ids)
    frontier = set(ids)
    while frontier:
        names = _with_aliases(connection, frontier)
        ties = select(attachments.c.row_id, decisions.c.other).where(
            attachments.c.decision_id == decisions.c.id,
            attachments.c.row_id.is_not(None),
            decisions.c.action.in_(("merge", "split")),
            attachments.c.row_id.in_(frontier) | decisions.c.other.in_(names),
        )
        tied: set[str] = set()
        for row, other in connection.execute(ties):
            tied |= {row, resolve(connection, other) or row}
        query = select(rows.c.id, rows.c.joined_to).where(rows.c.id.in_(frontier) | rows.c.joined_to.in_(frontier))
        for row, head in connection.execute(query):
            tied |= {row, head or row}
        frontier = tied - known
        known |= tied
    cluster = sorted(known)
    made = review.active(connection, review.attached_to(connection, cluster))
    return cluster, [
        replace(d, other=resolve(connection, d.other)) if d.other and d.action in ("merge", "split") else d
        for d in made
    ]


def _with_aliases(connection: Connection, ids: Iterable[str]) -> set[str]:
    names = set(ids)
    found = connection.execute(select(row_aliases.c.alias).where(row_aliases.c.row_id.in_(names))).scalars()
    return names | set(found)


def members_of(connection: Connection, names: Sequence[str]) -> dict[str, list[Member]]:
    """The statements that rows were extracted from, before any are joined, merged or split."""
    members: dict[str, list[Member]] = {row: [] for row in names}
    told = (statements.c.base_row, statements.c.content, statements.c.rank, statements.c.document, statements.c.origin)
    query = (
        select(*told, documents.c.published, datings.c.edtf, datings.c.content.label("dating"))
        .join(documents, documents.c.id == statements.c.document)
        .join(datings, datings.c.document == documents.c.id, isouter=True)
        .where(statements.c.base_row.in_(names))
        .order_by(statements.c.base_row, documents.c.seq, statements.c.act, statements.c.rank)
    )
    texts = lru_cache(lambda name: _text(connection, name))
    for row in connection.execute(query).all():
        statement = read_statement(json.loads(row.content))
        if row.dating and statement.reader != REVIEWER:
            statement = with_day(statement, texts(row.document), read_dating(row.dating))
        source = Source(row.published or row.edtf, row.origin or row.document)
        members[row.base_row].append(Member(statement, row.rank, source))
    return members


def _text(connection: Connection, name: str) -> str:
    return str(connection.execute(select(documents.c.text).where(documents.c.id == name)).scalar_one())


def _members(
    connection: Connection, cluster: Sequence[str], made: Sequence[review.Decision]
) -> tuple[dict[str, list[Member]], dict[str, str]]:
    """Each row's statements after the joins, merges and splits that stand, and which rows are shown by which.

    What a reviewer wrote down counts as long as the decision that did so stands.
    """
    added = {decision.other for decision in made if decision.action == "add"}
    members = {
        row: [m for m in its if m.statement.reader != REVIEWER or m.statement.id in added]
        for row, its in members_of(connection, cluster).items()
    }
    merged: dict[str, str] = {}
    joined = select(rows.c.id, rows.c.joined_to).where(rows.c.id.in_(cluster), rows.c.joined_to.is_not(None))
    for row, head in connection.execute(joined.order_by(rows.c.issued)):
        members[head].extend(members[row])
        members[row] = []
        merged[row] = head
    for decision in made:
        row, other = decision.attached, decision.other
        if row not in members or other not in members or row == other:
            continue
        if decision.action == "split":
            moved = [m for m in members[row] if touches(decision.spans, (m.statement.trigger,))]
            members[row] = [m for m in members[row] if m not in moved]
            members[other].extend(moved)
        elif decision.action == "merge":
            members[row].extend(members[other])
            members[other] = []
            merged[other] = row
    return members, merged


def _write_statements(connection: Connection, cluster: Sequence[str], members: Mapping[str, list[Member]]) -> None:
    """Empty the side tables of the rows and note which statements they have, in the order of the fold."""
    for table in _SIDE_TABLES:
        connection.execute(delete(table).where(table.c.row_id.in_(cluster)))
    pairs = [
        {"row_id": row, "position": n, "statement_id": member.statement.id}
        for row in cluster
        for n, member in enumerate(members[row])
    ]
    _insert(connection, row_statements, pairs)


def _write(
    connection: Connection,
    cluster: Sequence[str],
    made: Sequence[review.Decision],
    members: Mapping[str, list[Member]],
    merged: Mapping[str, str],
) -> None:
    """Fold each row and write its columns, parties, places and evidence."""
    by_row: dict[str, list[review.Decision]] = {}
    for decision in made:
        by_row.setdefault(decision.attached or "", []).append(decision)
    shown: dict[str, AnyStatement] = {}
    columns: list[dict[str, Any]] = []
    for row in cluster:
        if not members[row]:
            columns.append(_blank(row, merged.get(row)))
            continue
        content, values = _fold(members[row], by_row.get(row, []))
        shown[row] = content
        columns.append(_blank(row, None) | values)
    parts = {row: c.part_of for row, c in shown.items() if not isinstance(c, Encounter) and c.part_of}
    totals = _totals(connection, list(parts.values()))
    for values in columns:
        total = totals.get(parts.get(values["row_"], ""))
        values["part_of"] = total if total != values["row_"] else None
    if columns:
        names = [name for name in columns[0] if name != "row_"]
        statement = update(rows).where(rows.c.id == bindparam("row_")).values({n: bindparam(n) for n in names})
        connection.execute(statement, columns)
    _insert(connection, row_parties, [x for row, c in shown.items() for x in flat.party_rows(row, c)])
    assign_actors(connection, sorted(shown))
    _insert(connection, row_places, [x for row, c in shown.items() for x in flat.place_rows(row, c)])
    _insert(connection, evidence, [x for row, c in shown.items() for x in flat.evidence_rows(row, c)])


def _fold(members: Sequence[Member], made: Sequence[review.Decision]) -> tuple[AnyStatement, dict[str, Any]]:
    folded = merge(
        [m.statement for m in members],
        {m.statement.id: m.source for m in members},
        {m.statement.id: m.rank for m in members},
    )
    content, status, alternatives = review.apply(folded, made)
    reviewer, second = review.opinions(made)
    written = [{**a, "evidence": spans_list(a["evidence"])} for a in alternatives]  # type: ignore[arg-type]
    return content, flat.row_columns(content) | {
        "status": status,
        "reviewer": reviewer,
        "second": second,
        "origins": folded.origins,
        "alternatives": dumps(written),
        "extracted": dumps(statement_dict(folded.content)) if content != folded.content else None,
    }


#: Columns that a fold writes; the others say what a row is, not what it shows.
_FOLDED: Final = tuple(
    column.name
    for column in rows.c
    if column.name not in ("issued", "id", "kind", "act_key", "split_from", "joined_to", "merged_into", "status")
)


def _blank(row: str, merged_into: str | None) -> dict[str, Any]:
    """The columns of a row that shows nothing."""
    return {"row_": row, "merged_into": merged_into, "status": "extracted", **dict.fromkeys(_FOLDED)}


def _totals(connection: Connection, parts: Sequence[str]) -> dict[str, str]:
    """The rows of statements that are totals; a reviewer may name a row itself."""
    query = select(row_statements.c.statement_id, row_statements.c.row_id)
    found = {s: r for s, r in connection.execute(query.where(row_statements.c.statement_id.in_(parts)))}
    for part in parts:
        if part not in found and (row := resolve(connection, part)):
            found[part] = row
    return found


def _insert(connection: Connection, table: Table, values: list[dict[str, Any]]) -> None:
    if values:
        connection.execute(table.insert(), values)
