"""Rows of several reports that tell one act are shown as one: found by ``resolution.matching``, kept in ``joined_to``.

A row that has no signature, or one that is not settled, is yet to be compared. So a pass that was broken off goes on
where it stood, and only what changed is looked at, whatever the size of the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, exists, select, update

from pledgetrail.language.edtf import days_of
from pledgetrail.ledger.codec import dumps
from pledgetrail.ledger.folding import Member, members_of, refresh
from pledgetrail.ledger.schema import attachments, decisions, row_keys, row_links, rows, signatures, statements
from pledgetrail.ledger.store import Ledger
from pledgetrail.records import REVIEWER
from pledgetrail.resolution.matching import Signature, groups, keys, probes, same_act, signature
from pledgetrail.resolution.rows import merge

#: Rows compared in one transaction, and values asked for in one query.
_CHUNK: Final = 200
_VALUES: Final = 500

_FIELDS: Final = tuple(field.name for field in fields(Signature))
_SETS: Final = frozenset({"actors", "receivers", "words", "places", "documents"})


def forget(connection: Connection, names: Iterable[str]) -> None:
    """Let rows be compared again, because what they say has changed."""
    for some in _some(sorted(set(names)), _VALUES):
        connection.execute(delete(signatures).where(signatures.c.row_id.in_(some)))


def drop(connection: Connection, name: str) -> None:
    """Take a row out of the comparison; what was joined to it stands alone until the next pass."""
    linked = _linked(connection, [name])
    connection.execute(delete(row_links).where((row_links.c.one == name) | (row_links.c.other == name)))
    connection.execute(delete(row_keys).where(row_keys.c.row_id == name))
    connection.execute(update(rows).where(rows.c.joined_to == name).values(joined_to=None))
    forget(connection, [name, *linked])


def join(ledger: Ledger) -> int:
    """Compare what has not been compared, join what is one act and part what no longer is. Returns how many rows
    now show other statements than before.
    """
    for some in _some(_pending(ledger), _CHUNK):
        with ledger.writing() as connection:
            signed = _sign(connection, some)
            _link(connection, signed)
    pending = _pending(ledger)  # now also what had been linked with these, and may not be any more
    changed = 0
    done: set[str] = set()
    for some in _some(pending, _CHUNK):
        with ledger.writing() as connection:
            linked = _reached(connection, [row for row in some if row not in done])
            moved = _settle(connection, linked)
            refresh(connection, moved)
        done |= linked.keys()
        changed += len(moved)
    return changed


def _pending(ledger: Ledger) -> list[str]:
    """The rows to be compared, as read by the program: what reviewers add stands for itself."""
    stated = exists().where(statements.c.base_row == rows.c.id, statements.c.reader != REVIEWER)
    query = (
        select(rows.c.id)
        .join(signatures, signatures.c.row_id == rows.c.id, isouter=True)
        .where((signatures.c.row_id.is_(None)) | (signatures.c.settled == 0), stated)
        .order_by(rows.c.issued)
    )
    with ledger.reading() as connection:
        return list(connection.execute(query).scalars())


def _sign(connection: Connection, names: Sequence[str]) -> dict[str, Signature]:
    """Write the signatures and keys of rows, and take away their links."""
    signed = {row: _signature(row, its) for row, its in members_of(connection, names).items() if its}
    for table, column in ((signatures, signatures.c.row_id), (row_keys, row_keys.c.row_id)):
        connection.execute(delete(table).where(column.in_(names)))
    gone = row_links.c.one.in_(names) | row_links.c.other.in_(names)
    left = _linked(connection, names)
    connection.execute(delete(row_links).where(gone))
    if left:  # what hung together through these rows may not any more
        connection.execute(update(signatures).where(signatures.c.row_id.in_(left)).values(settled=0))
    _insert(connection, signatures, [{"row_id": r, "content": _written(s), "settled": 0} for r, s in signed.items()])
    _insert(connection, row_keys, [{"key": key, "row_id": r} for r, s in signed.items() for key in keys(s)])
    return signed


def _signature(row: str, members: Sequence[Member]) -> Signature:
    sources = {m.statement.id: m.source for m in members}
    folded = merge((m.statement for m in members), sources, {m.statement.id: m.rank for m in members})
    told = days_of(folded.content.when)
    if all(told):
        return signature(row, folded, told, own=True)
    published = sorted(source.published for source in sources.values() if source.published)
    return signature(row, folded, days_of(published[0] if published else None), own=False)


def _link(connection: Connection, signed: dict[str, Signature]) -> None:
    """Compare rows with those that share a key, and note the pairs that are one act."""
    asked = {row: probes(one) for row, one in signed.items()}
    found: dict[int, list[str]] = {}
    for some in _some(sorted({key for its in asked.values() for key in its}), _VALUES):
        for key, row in connection.execute(select(row_keys).where(row_keys.c.key.in_(some))):
            found.setdefault(key, []).append(row)
    near = {row: {other for key in its for other in found.get(key, ())} - {row} for row, its in asked.items()}
    known = signed | read_signatures(connection, {other for its in near.values() for other in its} - set(signed))
    pairs = {
        (min(row, other), max(row, other))
        for row, others in near.items()
        for other in others
        if other in known and same_act(signed[row], known[other])
    }
    _insert(connection, row_links, [{"one": one, "other": other} for one, other in sorted(pairs)])


def _reached(connection: Connection, names: Sequence[str]) -> dict[str, set[str]]:
    """The links of rows, and of all that links lead to from them."""
    linked = _neighbours(connection, names)
    while frontier := {other for its in linked.values() for other in its} - linked.keys():
        linked |= _neighbours(connection, sorted(frontier))
    return linked


def _neighbours(connection: Connection, names: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {row: set() for row in names}
    for some in _some(names, _VALUES):
        for a, b in ((row_links.c.one, row_links.c.other), (row_links.c.other, row_links.c.one)):
            for one, other in connection.execute(select(a, b).where(a.in_(some))):
                found[one].add(other)
    return found


def _settle(connection: Connection, linked: Mapping[str, set[str]]) -> set[str]:
    """Join linked rows as they belong together now. Returns those that show other statements."""
    names = sorted(linked)
    several = [row for row in names if linked[row]]
    known = read_signatures(connection, several)
    pairs = [(row, other) for row in several for other in linked[row] if row < other]
    together = groups(known, [(one, other) for one, other in pairs if one in known and other in known])
    heads = _heads(connection, together)
    moved: dict[str, str | None] = {}
    touched: set[str] = set()
    for some in _some(names, _VALUES):
        for row, before in connection.execute(select(rows.c.id, rows.c.joined_to).where(rows.c.id.in_(some))):
            if before != heads.get(row):
                moved[row] = heads.get(row)
                touched |= {name for name in (row, before, moved[row]) if name}
        connection.execute(update(signatures).where(signatures.c.row_id.in_(some)).values(settled=1))
    if moved:
        statement = update(rows).where(rows.c.id == bindparam("row_")).values(joined_to=bindparam("head"))
        connection.execute(statement, [{"row_": row, "head": head} for row, head in moved.items()])
    return touched


def _heads(connection: Connection, together: Sequence[Sequence[str]]) -> dict[str, str]:
    """Whom each row of a group is shown by: the one issued first, or one that people have decided on, which is never
    joined to another.
    """
    issued: dict[str, int] = {}
    decided: set[str] = set()
    for some in _some(sorted(row for group in together for row in group), _VALUES):
        issued |= {r: n for r, n in connection.execute(select(rows.c.id, rows.c.issued).where(rows.c.id.in_(some)))}
        for column in (attachments.c.row_id, decisions.c.other):
            decided |= set(connection.execute(select(column).where(column.in_(some))).scalars())
    heads: dict[str, str] = {}
    for group in together:
        ordered = sorted(group, key=issued.__getitem__)
        head = next((row for row in ordered if row in decided), ordered[0])
        heads |= {row: head for row in ordered if row != head and row not in decided}
    return heads


def _linked(connection: Connection, names: Sequence[str]) -> set[str]:
    return {other for its in _neighbours(connection, names).values() for other in its}


def read_signatures(connection: Connection, names: Iterable[str]) -> dict[str, Signature]:
    """The signatures of rows, as far as they have any."""
    found: dict[str, Signature] = {}
    for some in _some(sorted(names), _VALUES):
        query = select(signatures.c.row_id, signatures.c.content).where(signatures.c.row_id.in_(some))
        for row, content in connection.execute(query):
            values: dict[str, Any] = json.loads(content)
            found[row] = Signature(**values | {name: frozenset(values[name]) for name in _SETS})
    return found


def _written(one: Signature) -> str:
    return dumps({name: sorted(getattr(one, name)) if name in _SETS else getattr(one, name) for name in _FIELDS})


def _insert(connection: Connection, table: Any, values: list[dict[str, Any]]) -> None:
    if values:
        connection.execute(table.insert().prefix_with("OR IGNORE"), values)


def _some(names: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (names[at : at + size] for at in range(0, len(names), size))
