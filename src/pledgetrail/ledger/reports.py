"""The reports of a ledger as comparing rows knows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, select

from pledgetrail.language.edtf import days_of
from pledgetrail.ledger.schema import datings, documents
from pledgetrail.resolution.disputes.claims import Report

_PAGE: Final = 500

_read = lru_cache(4_096)(days_of)  # many reports are of one day


def reports(connection: Connection, names: Iterable[str] | None = None) -> Iterator[tuple[str, Report]]:
    """Documents by id, all unless some are named; the days of undated ones as far as their siblings tell them."""
    same = (documents.c.id, documents.c.origin, documents.c.published, documents.c.outlet, documents.c.title)
    more = (documents.c.story, documents.c.url, datings.c.earliest, datings.c.latest)
    query = select(*same, *more).join(datings, datings.c.document == documents.c.id, isouter=True)
    if names is None:
        yield from _reports(connection.execute(query))
        return
    ordered = sorted(names)
    for at in range(0, len(ordered), _PAGE):
        yield from _reports(connection.execute(query.where(documents.c.id.in_(ordered[at : at + _PAGE]))))


def newest_day(connection: Connection) -> dt.date | None:
    """The last day that a report of the ledger can be of: the day on which silence is counted unless one is given."""
    bears = {day: days_of(day) for (day,) in connection.execute(select(documents.c.published).distinct())}
    full = {day: last for day, (first, last) in bears.items() if first and last}
    told = select(datings.c.latest, documents.c.published).join(documents, documents.c.id == datings.c.document)
    told = told.where(datings.c.earliest.is_not(None), datings.c.latest.is_not(None))
    inferred = [dt.date.fromisoformat(last) for last, day in connection.execute(told) if day not in full]
    return max((*full.values(), *inferred), default=None)


def _reports(lines: Iterable[Any]) -> Iterator[tuple[str, Report]]:
    for row in lines:
        first, last = _read(row.published)
        if not (first and last) and row.earliest and row.latest:
            first, last = dt.date.fromisoformat(row.earliest), dt.date.fromisoformat(row.latest)
        days = (first, last) if first and last else None
        yield row.id, Report(row.id, row.origin or row.id, days, row.outlet, row.title, row.story, row.url)
