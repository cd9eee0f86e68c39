"""Commitments as the funnel counts them, with the states of their trails."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pledgetrail.ledger.codec import read_party
from pledgetrail.ledger.schema import row_aliases, row_statements, rows, statements
from pledgetrail.ledger.surveying import reports
from pledgetrail.ledger.trails import TrailFilter, homes, read_trails
from pledgetrail.records import Amount, Commitment, Party, Span
from pledgetrail.resolution.undertakings.funnel import Counted

#: So many days may be in the time of an act whose first day can stand for it.
_NARROW: Final = 31

_FLAT: Final = (
    *("id", "earliest", "latest", "stage", "amount_value", "amount_currency", "sector", "document", "confidence"),
    *("conditional", "negated", "planned", "cumulative"),
)


def _json(name: str) -> Any:
    return func.json_extract(rows.c.content, f"$.{name}")


#: Commitments in the order their ids were issued.
_ROWS: Final = (
    select(
        *(rows.c[name] for name in _FLAT),
        _json("id").label("statement"),
        *(_json(name).label(name) for name in ("by", "to", "places", "part_of")),
    )
    .where(rows.c.kind == "commitment", rows.c.content.is_not(None), rows.c.status != "rejected")
    .order_by(rows.c.issued)
)


def counted(connection: Connection, as_of: dt.date | None = None) -> Iterator[Counted]:
    """All commitments as the funnel counts them, with the state of their trails on a day (None: on that of the newest
    report). Rejected rows, and rows of which nothing was heard by that day, are left out.

    Of a row's content only what the funnel looks at is read: the rest, most of all its evidence, is left empty.
    """
    home = homes(connection)
    standing = {trail.id: trail for trail in read_trails(connection, TrailFilter(every=True), as_of)}
    told, ids = _tellings(connection)
    parties, names = cache(_parties), cache(_names)
    for row in connection.execute(_ROWS):
        act = _day(row.earliest), _day(row.latest)
        days = told.get(row.id)
        first = days[0] if days else act[0]
        if as_of and first and first > as_of:
            continue
        trail = standing.get(home.get(row.id, ""))
        yield Counted(
            row=row.id,
            content=_content(row, parties(row.by), parties(row.to), names(row.places)),
            day=_rate_day(*act, days[0] if days else None),
            ids=frozenset(ids.get(row.id, ())),
            trail=trail.id if trail else None,
            state=trail.state if trail else None,
            silent_days=trail.silent_days if trail else None,
        )


def _content(row: Any, by: tuple[Party, ...], to: tuple[Party, ...], places: tuple[str, ...]) -> Commitment:
    """What the funnel looks at of a row. What takes no part in counting is empty."""
    amount = Amount(row.amount_value, row.amount_currency, "") if row.amount_value is not None else None
    return Commitment(
        id=row.statement, document=row.document or "", text_sha256="", trigger=Span(row.document or "", 0, 0, ""),
        evidence=(), cells={}, confidence=row.confidence or 0.0, reader="", stage=row.stage, by=by, to=to,
        amount=amount, sector=row.sector, places=places, part_of=row.part_of,
        conditional=bool(row.conditional), negated=bool(row.negated), planned=bool(row.planned),
        cumulative=bool(row.cumulative),
    )  # fmt: skip


def _tellings(connection: Connection) -> tuple[dict[str, tuple[dt.date, dt.date]], dict[str, list[str]]]:
    """For each commitment the first and last day of the reports that tell it, and its ids: aliases and statements."""
    reported = {name: report.days for name, report in reports(connection) if report.days}
    days: dict[str, tuple[dt.date, dt.date]] = {}
    ids: dict[str, list[str]] = {}
    query = select(row_statements.c.row_id, statements.c.id, statements.c.document)
    query = query.join(statements, statements.c.id == row_statements.c.statement_id)
    for row, statement, document in connection.execute(query.where(statements.c.kind == "commitment")):
        ids.setdefault(row, []).append(statement)
        if its := reported.get(document):
            before = days.get(row, its)
            days[row] = min(before[0], its[0]), max(before[1], its[1])
    for row, alias in connection.execute(select(row_aliases.c.row_id, row_aliases.c.alias)):
        ids.setdefault(row, []).append(alias)
    return days, ids


def _parties(content: str | None) -> tuple[Party, ...]:
    return tuple(read_party(party) for party in json.loads(content or "[]"))


def _names(content: str | None) -> tuple[str, ...]:
    return tuple(json.loads(content or "[]"))


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


def _day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None
