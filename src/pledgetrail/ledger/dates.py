"""Days of reports that bear none, as their siblings tell them, and what that makes of the days of their acts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, delete, func, select

from pledgetrail.ledger.codec import dumps
from pledgetrail.ledger.schema import datings, digests, documents
from pledgetrail.ledger.store import Ledger
from pledgetrail.records import AnyStatement
from pledgetrail.resolution.dates.anchoring import anchored
from pledgetrail.resolution.dates.clues import Clues, unpack
from pledgetrail.resolution.dates.dating import Dating, Step, date_reports


def date_documents(ledger: Ledger) -> set[str]:
    """Date the documents that bear no date, from all that the ledger holds. Returns those that are dated otherwise
    than before.
    """
    with ledger.reading() as connection:
        undated = select(func.count()).select_from(documents).where(documents.c.published.is_(None))
        some = bool(connection.execute(undated).scalar_one())
        query = select(documents.c.id, documents.c.origin).where(documents.c.origin.is_not(None))
        origins = {name: origin for name, origin in connection.execute(query)}
        dated = date_reports(_clues(connection), origins) if some else {}
        now = {name: dumps(_plain(its)) for name, its in dated.items()}
        before = {name: content for name, content in connection.execute(select(datings.c.document, datings.c.content))}
    changed = {name for name in {*now, *before} if now.get(name) != before.get(name)}
    if changed:
        with ledger.writing() as connection:
            for name in sorted(changed):
                connection.execute(delete(datings).where(datings.c.document == name))
                if name in now:
                    connection.execute(datings.insert().values(_values(name, now[name])))
    return changed


def read_dating(content: str) -> Dating:
    """The dating of a column ``datings.content``."""
    value: dict[str, Any] = json.loads(content)
    days = {name: dt.date.fromisoformat(value[name]) if value[name] else None for name in ("earliest", "latest")}
    chain = tuple(Step(**step) for step in value["chain"])
    against = tuple(tuple(Step(**step) for step in steps) for steps in value["contradictions"])
    return Dating(**value | days | {"chain": chain, "contradictions": against})


def with_day(statement: AnyStatement, text: str, dating: Dating) -> AnyStatement:
    """A statement with the day that its words of time mean in a report that was dated so."""
    found = anchored(statement, text, dating)
    if found is None:
        return statement
    cells: Mapping[str, Any] = {**statement.cells, "when": (found.span,)}
    return replace(statement, when=found.when, when_basis=found.when_basis, cells=cells)


def _clues(connection: Connection) -> Iterator[Clues]:
    for (packed,) in connection.execute(select(digests.c.clues)):
        yield unpack(json.loads(packed))


def _plain(dating: Dating) -> dict[str, Any]:
    days = {"earliest": dating.earliest, "latest": dating.latest}
    return asdict(dating) | {name: day.isoformat() if day else None for name, day in days.items()}


def _values(name: str, content: str) -> dict[str, Any]:
    value = json.loads(content)
    return {"document": name, "content": content} | {n: value[n] for n in ("edtf", "earliest", "latest", "basis")}
