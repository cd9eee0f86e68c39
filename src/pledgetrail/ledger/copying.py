"""Copies: which texts the documents' go back to, found for what is new and kept with the sentences."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, update

from pledgetrail.ledger.codec import dumps, read_span, span_dict
from pledgetrail.ledger.documents import read_document
from pledgetrail.ledger.schema import compared, copies, digests, documents, statements
from pledgetrail.ledger.store import Ledger, set_meta
from pledgetrail.records import Span
from pledgetrail.resolution.copying.copies import CopyLink, links
from pledgetrail.resolution.copying.origins import origin_of, origins
from pledgetrail.resolution.copying.sketches import Sketch, candidates, unpack

_VALUES: Final = 500


def link_copies(ledger: Ledger) -> set[str]:
    """Compare the documents that may share their text and were not compared yet. Returns those that have got another
    origin, or statements of another origin.

    Which pairs are worth comparing depends on what else the ledger holds, so all are found anew, and what is no longer
    among them is dropped.
    """
    with ledger.reading() as connection:
        fresh = set(connection.execute(select(documents.c.id).where(documents.c.origin.is_(None))).scalars())
        if not fresh:
            return set()
        known = {(one, other) for one, other in connection.execute(select(compared))}
        known = {pair for pair in known if fresh.isdisjoint(pair)}
        pairs = list(candidates(_sketches(connection)))  # in order of time, so that a document is loaded about once
        asked = [pair for pair in pairs if pair not in known]
        found = list(links(asked, lambda name: read_document(connection, name)))
    gone = known.difference(pairs)
    with ledger.writing() as connection:
        before = _linked(connection)
        set_meta(connection, "survey_stale", "1")  # the newest of them may be the day on which silence is counted
        _drop(connection, fresh, gone)
        _insert(connection, compared, [{"one": one, "other": other} for one, other in asked])
        _insert(connection, copies, [_values(link) for link in found])
        changed = {
            *fresh,
            *(name for pair in gone for name in pair),
            *(name for link in found for name in (link.document, link.source)),
        }
        return _put_origins(connection, _hanging(connection, changed, before))


def _drop(connection: Connection, fresh: set[str], gone: set[tuple[str, str]]) -> None:
    """Forget what was found of documents that are read anew, and of pairs that are no candidates any more."""
    names = sorted(fresh)
    for at in range(0, len(names), _VALUES):
        some = names[at : at + _VALUES]
        connection.execute(delete(copies).where(copies.c.document.in_(some) | copies.c.source.in_(some)))
        connection.execute(delete(compared).where(compared.c.one.in_(some) | compared.c.other.in_(some)))
    for one, other in sorted(gone):
        connection.execute(delete(copies).where(copies.c.document.in_((one, other)), copies.c.source.in_((one, other))))
        connection.execute(delete(compared).where(compared.c.one == one, compared.c.other == other))


def copy_links(connection: Connection, names: Collection[str] | None = None) -> Iterator[CopyLink]:
    """The links, in the order of their documents; only those of some documents if these are given."""
    query = select(copies).order_by(copies.c.document, copies.c.source)
    queries = [query] if names is None else [query.where(copies.c.document.in_(some)) for some in _some(names)]
    for one in queries:
        for row in connection.execute(one):
            pairs = tuple((read_span(here), read_span(there)) for here, there in json.loads(row.alignment))
            yield CopyLink(row.document, row.source, row.kind, row.share, pairs)


def _sketches(connection: Connection) -> Iterator[Sketch]:
    for name, packed in connection.execute(select(digests.c.document, digests.c.sketch)):
        yield unpack(name, packed)


def _values(link: CopyLink) -> dict[str, Any]:
    pairs = [[span_dict(here), span_dict(there)] for here, there in link.alignment]
    same = {"document": link.document, "source": link.source, "kind": link.kind, "share": link.share}
    return same | {"alignment": dumps(pairs)}


def _linked(connection: Connection) -> list[tuple[str, str]]:
    return [(one, other) for one, other in connection.execute(select(copies.c.document, copies.c.source))]


def _hanging(connection: Connection, changed: Iterable[str], before: Iterable[tuple[str, str]]) -> set[str]:
    """The documents that copying, then or now, or having the same words leads to from some, and these. The others'
    origins are as they were.
    """
    near: dict[str, set[str]] = {}
    for one, other in (*before, *_linked(connection), *_alike(connection)):
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    found = set(changed)
    frontier = list(found)
    while frontier:
        more = near.get(frontier.pop(), set()) - found
        found |= more
        frontier += more
    return found


def _put_origins(connection: Connection, names: set[str]) -> set[str]:
    """Write the origins of documents, all that hang together, and of their statements. Returns which have changed."""
    found = list(copy_links(connection, names))
    before: dict[str, str | None] = {}
    for some in _some(names):
        query = select(documents.c.id, documents.c.origin).where(documents.c.id.in_(some))
        before |= {name: origin for name, origin in connection.execute(query)}
    now = origins(before, found)
    alike = _same_words(connection, now)
    now |= alike
    _set(connection, documents, {name: origin for name, origin in now.items() if before[name] != origin})
    changed = {name for name, origin in now.items() if origin != (before[name] or name)}
    by_document: dict[str, list[CopyLink]] = {}
    for link in found:
        by_document.setdefault(link.document, []).append(link)
    same = (statements.c.id, statements.c.document, statements.c.start, statements.c.end, statements.c.origin)
    moved: dict[str, str | None] = {}
    for some in _some(names):
        for name, document, start, end, origin in connection.execute(
            select(*same).where(statements.c.document.in_(some))
        ):
            goes_back = alike.get(document) or origin_of(Span(document, start, end, ""), by_document)
            value = None if goes_back == document else goes_back
            if value != origin:
                moved[name] = value
                changed.add(document)
    _set(connection, statements, moved)
    return changed


def _same_words(connection: Connection, found: Mapping[str, str]) -> dict[str, str]:
    """Of some documents those whose words are the same, too few to be compared, with the first of them by id."""
    groups: dict[str, list[str]] = {}
    for first, name in _alike(connection):
        groups.setdefault(first, [first]).append(name)
    alike: dict[str, str] = {}
    for group in groups.values():
        by_themselves = sorted(name for name in group if found.get(name) == name)
        alike |= {name: by_themselves[0] for name in by_themselves[1:]}
    return alike


def _alike(connection: Connection) -> Iterator[tuple[str, str]]:
    """Documents with the same words: the first of them with each other."""
    shared = select(documents.c.origin_key).group_by(documents.c.origin_key).having(func.count() > 1)
    query = select(documents.c.origin_key, documents.c.id).where(documents.c.origin_key.in_(shared))
    first: dict[str, str] = {}
    for key, name in connection.execute(query.order_by(documents.c.origin_key, documents.c.id)):
        if first.setdefault(key, name) != name:
            yield first[key], name


def _some(names: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    return (ordered[at : at + _VALUES] for at in range(0, len(ordered), _VALUES))


def _insert(connection: Connection, table: Any, values: list[dict[str, Any]]) -> None:
    for at in range(0, len(values), _VALUES):
        connection.execute(table.insert(), values[at : at + _VALUES])


def _set(connection: Connection, table: Any, values: dict[str, Any]) -> None:
    if values:
        statement = update(table).where(table.c.id == bindparam("name")).values(origin=bindparam("value"))
        connection.execute(statement, [{"name": name, "value": value} for name, value in values.items()])
