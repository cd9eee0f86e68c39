"""Commitments as the funnel counts them, with the states of their trails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Connection

from pledgetrail.ledger.queries import Entry, Filter, entries
from pledgetrail.ledger.surveying import reports
from pledgetrail.ledger.trails import TrailFilter, homes, read_trails
from pledgetrail.records import Commitment
from pledgetrail.resolution.disputes.claims import Report
from pledgetrail.resolution.undertakings.funnel import Counted

#: So many days may be in the time of an act whose first day can stand for it.
_NARROW: Final = 31


def counted(connection: Connection, as_of: dt.date | None = None) -> Iterator[Counted]:
    """All commitments rows as the funnel counts them, with the state of their trails on a day (None: on that of the
    newest report). Rejected rows, and rows of which nothing was heard by that day, are left out.
    """
    home = homes(connection)
    known = dict(reports(connection))
    standing = {trail.id: trail for trail in read_trails(connection, TrailFilter(every=True), as_of)}
    for entry in entries(connection, Filter(kind="commitment")):
        content = entry.row.content
        if entry.row.status == "rejected" or not isinstance(content, Commitment):
            continue
        told = _told(entry, known)
        first = told[0] if told else _act_days(entry)[0]
        if as_of and first and first > as_of:
            continue
        trail = standing.get(home.get(entry.row.id, ""))
        yield Counted(
            row=entry.row.id,
            content=content,
            day=_rate_day(*_act_days(entry), told[0] if told else None),
            ids=frozenset({*entry.row.aliases, *(s.id for s in entry.row.statements)}),
            trail=trail.id if trail else None,
            state=trail.state if trail else None,
            silent_days=trail.silent_days if trail else None,
        )


def _rate_day(earliest: dt.date | None, latest: dt.date | None, told: dt.date | None) -> dt.date | None:
    """The day whose rate converts a sum: that of the act; the report's, where it lies in a longer time of the act; the
    first day of a month. Of a year alone there is none.
    """
    if earliest is None or latest is None:
        return earliest or latest or told
    if earliest == latest:
        return earliest
    if told and earliest <= told <= latest:
        return told
    return earliest if (latest - earliest).days <= _NARROW else None


def _told(entry: Entry, known: Mapping[str, Report]) -> tuple[dt.date, dt.date] | None:
    days = [its for s in entry.row.statements if (report := known.get(s.document)) and (its := report.days)]
    return (min(first for first, _ in days), max(last for _, last in days)) if days else None


def _act_days(entry: Entry) -> tuple[dt.date | None, dt.date | None]:
    first, last = (entry.columns[name] for name in ("earliest", "latest"))
    return dt.date.fromisoformat(first) if first else None, dt.date.fromisoformat(last) if last else None
