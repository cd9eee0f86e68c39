"""Reading a ledger: rows by filter, one row by id, documents, actors, full text. Page by page, never all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, exists, false, func, or_, select

from pledgetrail.ledger.codec import read_span, read_statement
from pledgetrail.ledger.errors import UnknownRow
from pledgetrail.ledger.flat import fold_name
from pledgetrail.ledger.folding import resolve
from pledgetrail.ledger.schema import (
    datings,
    disagreement_rows,
    documents,
    evidence,
    row_aliases,
    row_parties,
    row_places,
    row_statements,
    rows,
    statements,
    trail_rows,
    withdrawn_rows,
)
from pledgetrail.records import AnyStatement, Row

#: Rows read at a time.
PAGE: Final = 500

#: Types of party that act for their country.
_OF_STATE: Final = ("state", "government body", "person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which rows to read; what is None does not matter. ``since`` and ``until`` are ISO days of the act."""

    kind: str | None = None
    stage: str | None = None
    by: str | None = None  # who acts: gives, meets, claims
    to: str | None = None  # beneficiary or channel
    place: str | None = None
    since: str | None = None
    until: str | None = None
    min_confidence: float | None = None
    undated: bool = False  # only rows without a date


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with the columns that only the table has."""

    row: Row
    part_of: str | None  # row id of the total
    columns: Mapping[str, Any]
    actors: Mapping[str, str] = field(default_factory=dict)  # the actor that each party is, by the party's id as read
    trail: str | None = None  # the one to name the row by
    disagreements: tuple[str, ...] = ()  # those that the row is in


def entries(connection: Connection, wanted: Filter, limit: int | None = None) -> Iterator[Entry]:
    """The rows that a filter lets through, in the order their ids were issued; at most ``limit``."""
    last, left = 0, limit
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        query = select(rows).where(rows.c.issued > last, *conditions(wanted)).order_by(rows.c.issued).limit(size)
        page = connection.execute(query).mappings().all()
        if not page:
            return
        yield from _read(connection, page)
        last = page[-1]["issued"]
        left = None if left is None else left - len(page)


def entries_of(connection: Connection, issued: Sequence[int]) -> Iterator[Entry]:
    """The rows of some numbers, in the order given; rows that are hidden or gone are left out."""
    for at in range(0, len(issued), PAGE):
        numbers = issued[at : at + PAGE]
        query = select(rows).where(rows.c.issued.in_(numbers), rows.c.content.is_not(None))
        page = connection.execute(query).mappings().all()
        found = {entry.columns["issued"]: entry for entry in _read(connection, page)}
        yield from (found[number] for number in numbers if number in found)


def count(connection: Connection, wanted: Filter) -> int:
    """How many rows a filter lets through."""
    return int(connection.execute(select(func.count()).select_from(rows).where(*conditions(wanted))).scalar_one())


def tally(connection: Connection) -> dict[tuple[str, str], int]:
    """Rows by kind and class (stage, kind of encounter, measure)."""
    name = func.coalesce(rows.c.stage, rows.c.encounter, rows.c.measure, "")
    query = select(rows.c.kind, name, func.count()).where(rows.c.content.is_not(None)).group_by(rows.c.kind, name)
    return {(kind, its): number for kind, its, number in connection.execute(query)}


def read_row(connection: Connection, name: str) -> Row:
    """The row of an id or alias, or the row it was merged into. Raises UnknownRow, which says if it was withdrawn."""
    return read_entry(connection, name).row


def read_entry(connection: Connection, name: str) -> Entry:
    """The same with the table's own columns."""
    known, seen = resolve(connection, name), set[str]()
    while known is not None and known not in seen:
        seen.add(known)
        row = connection.execute(select(rows).where(rows.c.id == known)).mappings().one_or_none()
        if row is None:
            break
        if row["content"] is not None:
            return next(_read(connection, [row]))
        known = row["merged_into"]
    query = select(withdrawn_rows.c.document).where(withdrawn_rows.c.id.in_([name, *seen]))
    document = connection.execute(query.limit(1)).scalar()
    if document is not None:
        raise UnknownRow(f"{name}: was withdrawn when {document} was read again and no longer said it")
    if seen:
        raise UnknownRow(f"{name}: shows nothing any more; the decision that added it, or split it off, was undone")
    raise UnknownRow(f"{name}: there is no such row")


def read_rows(connection: Connection, names: Sequence[str]) -> dict[str, Row]:
    """Those of the names that are ids of rows that are shown, with their rows. Other names are left to ``read_row``."""
    return {name: entry.row for name, entry in read_entries(connection, names).items()}


def read_entries(connection: Connection, names: Sequence[str]) -> dict[str, Entry]:
    """The same with the table's own columns."""
    found: dict[str, Entry] = {}
    for at in range(0, len(names), PAGE):
        query = select(rows).where(rows.c.id.in_(names[at : at + PAGE]), rows.c.content.is_not(None))
        found |= {entry.row.id: entry for entry in _read(connection, connection.execute(query).mappings().all())}
    return found


def conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """A filter as conditions on table ``rows``; hidden rows never pass."""
    found: list[ColumnElement[bool]] = [rows.c.content.is_not(None)]
    if wanted.kind:
        found.append(rows.c.kind == wanted.kind)
    if wanted.stage:
        found.append(rows.c.stage == wanted.stage)
    if wanted.by:
        found.append(_party(wanted.by, ("by", "participant", "claimed_by")))
    if wanted.to:
        found.append(_party(wanted.to, ("to", "via")))
    if wanted.place:
        like = f"% {_like(fold_name(wanted.place))} %"
        inside = row_places.c.folded.like(like, escape="\\")
        found.append(exists().where(row_places.c.row_id == rows.c.id, inside))
    if wanted.since:
        found.append(func.coalesce(rows.c.latest, rows.c.earliest) >= wanted.since)
    if wanted.until:
        found.append(func.coalesce(rows.c.earliest, rows.c.latest) <= wanted.until)
    if wanted.undated:
        found.append(and_(rows.c.earliest.is_(None), rows.c.latest.is_(None)))
    if wanted.min_confidence is not None:
        found.append(rows.c.confidence >= wanted.min_confidence)
    return found


def _party(name: str, roles: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a row has a party that a name stands for: its name or alias, or a country (name or ISO 3166-1 alpha-3).

    A state's name also finds its bodies and those who act for it; any other name also finds longer names with it.
    """
    other = row_parties.alias("named")
    folded = _like(fold_name(name))
    if not folded:
        return false()
    is_state = and_(other.c.type == "state", other.c.folded.like(f"%| {folded} |%", escape="\\"))
    of_country = or_(
        row_parties.c.country == name.strip().upper(),
        row_parties.c.country.in_(select(other.c.country).where(is_state)),
    )
    same = or_(
        row_parties.c.actor_id == name,
        row_parties.c.folded.like(f"%| {folded} |%", escape="\\"),
        and_(row_parties.c.folded.like(f"% {folded} %", escape="\\"), ~exists().where(is_state)),
        and_(row_parties.c.type.in_(_OF_STATE), of_country),
    )
    return exists().where(row_parties.c.row_id == rows.c.id, row_parties.c.role.in_(roles), same)


def _like(words: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", words)


def _beside(
    connection: Connection, page: Any, row: ColumnElement[str], value: ColumnElement[str]
) -> dict[str, list[str]]:
    """What another table has of the rows of a page, in order."""
    query = select(row, value).where(row.in_([shown["id"] for shown in page])).distinct().order_by(row, value)
    found: dict[str, list[str]] = {}
    for name, its in connection.execute(query):
        found.setdefault(name, []).append(its)
    return found


def _statements(connection: Connection, page: Any) -> dict[str, list[AnyStatement]]:
    query = (
        select(row_statements.c.row_id, statements.c.content)
        .join(statements, statements.c.id == row_statements.c.statement_id)
        .where(row_statements.c.row_id.in_([row["id"] for row in page]))
        .order_by(row_statements.c.row_id, row_statements.c.position)
    )
    found: dict[str, list[AnyStatement]] = {}
    for row, content in connection.execute(query):
        found.setdefault(row, []).append(read_statement(json.loads(content)))
    return found


def _actors(connection: Connection, page: Any) -> dict[str, dict[str, str]]:
    query = select(row_parties.c.row_id, row_parties.c.party, row_parties.c.actor_id)
    found: dict[str, dict[str, str]] = {}
    for row, party, actor in connection.execute(query.where(row_parties.c.row_id.in_([row["id"] for row in page]))):
        found.setdefault(row, {})[party] = actor
    return found


def _read(connection: Connection, page: Sequence[RowMapping]) -> Iterator[Entry]:
    """The rows of a page with what lies in other tables."""
    owned, actors_of = _statements(connection, page), _actors(connection, page)
    aliases = _beside(connection, page, row_aliases.c.row_id, row_aliases.c.alias)
    disputed = _beside(connection, page, disagreement_rows.c.row_id, disagreement_rows.c.disagreement)
    home = select(trail_rows.c.row_id, trail_rows.c.trail).where(trail_rows.c.home == 1).subquery()
    trails = _beside(connection, page, home.c.row_id, home.c.trail)
    for row in page:
        name = row["id"]
        alternatives = tuple(
            {**item, "evidence": tuple(read_span(span) for span in item["evidence"])}
            for item in json.loads(row["alternatives"] or "[]")
        )
        content, told = read_statement(json.loads(row["content"])), tuple(owned.get(name, ()))
        shown = Row(name, content, told, row["origins"], row["status"], tuple(aliases.get(name, ())), alternatives)
        trail = next(iter(trails.get(name, ())), None)
        disagreements = tuple(disputed.get(name, ()))
        yield Entry(shown, row["part_of"], dict(row), actors_of.get(name, {}), trail, disagreements)


def extracted(row: Mapping[str, Any]) -> AnyStatement:
    """A row's content before decisions."""
    return read_statement(json.loads(row["extracted"] or row["content"]))


def document_text(connection: Connection, name: str, field: str = "text") -> str | None:
    """A field of a document that spans lie in: text, title or published."""
    column = {"text": documents.c.text, "title": documents.c.title, "published": documents.c.published}[field]
    found: str | None = connection.execute(select(column).where(documents.c.id == name)).scalar()
    return found


def document_rows(connection: Connection) -> Iterator[RowMapping]:
    """All documents in the order they came, each with ``dating``, the JSON of what its siblings tell of its day."""
    query = select(documents, datings.c.edtf, datings.c.basis, datings.c.content.label("dating"))
    query = query.join(datings, datings.c.document == documents.c.id, isouter=True)
    yield from _pages(connection, query, documents.c.seq, "seq")


def _pages(connection: Connection, query: Select[Any], key: Any, name: str) -> Iterator[RowMapping]:
    last: Any = None
    while True:
        after = query if last is None else query.where(key > last)
        page = connection.execute(after.order_by(key).limit(PAGE)).mappings().all()
        if not page:
            return
        yield from page
        last = page[-1][name]


def actor_evidence(connection: Connection, actor: str, limit: int = 5) -> list[dict[str, Any]]:
    """The first spans in which an actor was read, as the contract writes them."""
    roles = {"participant": "participants"}
    query = select(row_parties.c.row_id, row_parties.c.role).where(row_parties.c.actor_id == actor)
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row, role in connection.execute(query.order_by(row_parties.c.row_id, row_parties.c.role).limit(limit)):
        spans = (
            select(evidence.c.document, evidence.c.field, evidence.c.start, evidence.c.end, evidence.c.quote)
            .where(evidence.c.row_id == row, evidence.c.cell.in_((roles.get(role, role), "")))
            .order_by(evidence.c.cell.desc(), evidence.c.position)
            .limit(1)
        )
        for span in connection.execute(spans).mappings():
            found.setdefault((span["document"], span["field"], span["start"], span["end"]), dict(span))
    return list(found.values())
