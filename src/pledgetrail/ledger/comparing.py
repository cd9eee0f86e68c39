"""What is compared of rows: drawn from rows as they are shown, with what is known of their reports and actors."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pledgetrail.ledger.codec import dumps, read_span, read_statement
from pledgetrail.ledger.flat import ROLES
from pledgetrail.ledger.reports import reports
from pledgetrail.ledger.schema import actor_keys, actors, row_parties, row_statements, rows, statements
from pledgetrail.records import AnyStatement, Commitment, Encounter, Party
from pledgetrail.resolution.disputes.claims import Claim, Disagreement, Report, claims
from pledgetrail.resolution.disputes.facts import Meeting, alternatives, meetings
from pledgetrail.resolution.disputes.sums import sum_claims
from pledgetrail.resolution.undertakings.steps import Step, step
from pledgetrail.resolution.undertakings.subjects import Subject

#: Rows read at a time.
PAGE: Final = 500

_DAYS: Final = frozenset({"earliest", "latest", "told", "heard"})
_SETS: Final = ("words", "works", "themes", "around", "site")


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared of a row; ``step`` of commitments only."""

    row: str
    step: Step | None
    claims: Sequence[Claim]
    meetings: Sequence[Meeting]
    facts: Sequence[Disagreement]  # on which its own reports differ


class Comparing:
    """Draws what is compared from rows, and keeps what it has learnt of reports on the way."""

    def __init__(self, connection: Connection) -> None:
        """Look at one state of the ledger."""
        self._connection = connection
        keys = select(actor_keys.c.actor, func.min(actor_keys.c.key)).group_by(actor_keys.c.actor)
        states = select(actors.c.id, actors.c.country).where(actors.c.country.is_not(None))
        #: What stands for an actor: of its keys the first, which no order of arrival decides.
        self.standing: dict[str, str] = {actor: key for actor, key in connection.execute(keys)}
        self._countries: dict[str, str] = {actor: country for actor, country in connection.execute(states)}
        self._reports: dict[str, Report] = {}
        self._asked: set[str] = set()

    def of(self, issued: Iterable[int]) -> Iterator[tuple[int, Compared]]:
        """What is compared of the rows of some numbers; those that are hidden, rejected or gone are left out."""
        ordered = sorted(issued)
        for at in range(0, len(ordered), PAGE):
            columns = (rows.c.issued, rows.c.id, rows.c.status, rows.c.content, rows.c.alternatives)
            shown = (rows.c.content.is_not(None), rows.c.status != "rejected")
            query = select(*columns).where(rows.c.issued.in_(ordered[at : at + PAGE]), *shown)
            page = self._connection.execute(query.order_by(rows.c.issued)).all()
            names = [row.id for row in page]
            told, known = self._statements(names), self._parties(names)
            for row in page:
                content = read_statement(json.loads(row.content))
                others = [
                    {**item, "evidence": tuple(read_span(span) for span in item["evidence"])}
                    for item in json.loads(row.alternatives or "[]")
                ]
                self._learn(content, told.get(row.id, ()), others)
                yield (
                    row.issued,
                    self._row(row.id, row.status, content, told.get(row.id, ()), others, known.get(row.id, {})),
                )

    def _row(
        self,
        row: str,
        status: str,
        shown: AnyStatement,
        told: Sequence[AnyStatement],
        others: Sequence[dict[str, Any]],
        known: dict[str, str],
    ) -> Compared:
        """What a reviewer has edited is taken as edited: what was there before was a misreading, and no claim."""
        content = self._known(known, shown)
        edited = status == "edited" or any("source" in item for item in others)
        heard: Sequence[Any] = [self._known(known, s) for s in told] if not edited else ()
        others = [item for item in others if "source" not in item]
        facts = alternatives(row, content, others, heard, self._reports) if others else ()
        if isinstance(content, Commitment):
            its = sum_claims(row, content, heard, self._reports)
            return Compared(row, step(row, content, self._days(told)), its, (), facts)
        if isinstance(content, Encounter):
            return Compared(row, None, (), meetings(row, content, heard, self._reports), facts)
        return Compared(row, None, claims(row, content, heard, self._reports), (), facts)

    def _known(self, known: dict[str, str], statement: AnyStatement) -> AnyStatement:
        """A statement whose parties are the actors that they are over all reports, with the country known of these."""

        def actor(party: Party) -> Party:
            name = known.get(party.id, party.id)
            key, country = self.standing.get(name, name), party.country or self._countries.get(name)
            same = key == party.id and country == party.country
            return party if same else replace(party, id=key, country=country)

        changes: dict[str, Any] = {}
        for cell in ROLES[statement.kind].values():
            value = getattr(statement, cell)
            if value:
                changes[cell] = tuple(map(actor, value)) if isinstance(value, tuple) else actor(value)
        return replace(statement, **changes) if changes else statement

    def _days(self, told: Sequence[AnyStatement]) -> tuple[dt.date | None, dt.date | None]:
        """The first and the last day of the reports that tell a row. Of a report whose day is only bounded the first
        counts: that it was heard of later is not known.
        """
        days = [its[0] for s in told if (report := self._reports.get(s.document)) and (its := report.days)]
        return (min(days), max(days)) if days else (None, None)

    def _learn(self, shown: AnyStatement, told: Iterable[AnyStatement], others: Iterable[dict[str, Any]]) -> None:
        """Look up the reports that a row speaks of."""
        names = {shown.document, *(s.document for s in told)}
        names |= {span.document for item in others for span in item["evidence"]}
        if missing := names - self._asked:
            self._asked |= missing
            self._reports |= reports(self._connection, missing)

    def _statements(self, names: Sequence[str]) -> dict[str, list[AnyStatement]]:
        query = (
            select(row_statements.c.row_id, statements.c.content, statements.c.document)
            .join(statements, statements.c.id == row_statements.c.statement_id)
            .where(row_statements.c.row_id.in_(names))
            .order_by(row_statements.c.row_id, row_statements.c.position)
        )
        found: dict[str, list[AnyStatement]] = {}
        told = self._connection.execute(query).all()
        missing = {row.document for row in told} - self._asked
        self._asked |= missing
        self._reports |= reports(self._connection, missing)
        for row, content, _ in told:
            found.setdefault(row, []).append(read_statement(json.loads(content)))
        return found

    def _parties(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        query = select(row_parties.c.row_id, row_parties.c.party, row_parties.c.actor_id)
        found: dict[str, dict[str, str]] = {}
        for row, party, actor in self._connection.execute(query.where(row_parties.c.row_id.in_(names))):
            found.setdefault(row, {})[party] = actor
        return found


def write_step(one: Step) -> str:
    """A step as JSON."""
    return dumps(_plain(one))


def read_step(text: str) -> Step:
    """The step of a JSON text that ``write_step`` made."""
    value: dict[str, Any] = json.loads(text)
    value |= {name: dt.date.fromisoformat(value[name]) for name in _DAYS if value[name]}
    value |= {name: frozenset(value[name]) for name in ("channels", "places")}
    value |= {name: tuple(value[name]) for name in ("givers", "receivers")}
    subject: dict[str, Any] = value["subject"]
    value["subject"] = Subject(**subject | {n: frozenset(subject[n]) for n in _SETS})
    value["amount"] = tuple(value["amount"]) if value["amount"] else None
    value["spots"] = tuple((document, start) for document, start in value["spots"])
    return Step(**value)


def _plain(record: Any) -> dict[str, Any]:
    return {field.name: _value(getattr(record, field.name)) for field in fields(record)}


def _value(value: Any) -> Any:
    if isinstance(value, Subject):
        return _plain(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, dt.date) else value
