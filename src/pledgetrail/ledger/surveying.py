"""What all rows say together: the trails of undertakings, and the things on which reports disagree.

Both are made anew from all the rows in one pass over them, since any row may concern any other; only what is compared
of a row is kept in memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select

from pledgetrail.language.edtf import days_of
from pledgetrail.ledger.codec import dumps, span_dict
from pledgetrail.ledger.flat import ROLES
from pledgetrail.ledger.naming import name_groups
from pledgetrail.ledger.queries import Entry, Filter, entries
from pledgetrail.ledger.schema import (
    actor_keys,
    actors,
    datings,
    disagreement_rows,
    disagreements,
    documents,
    row_changes,
    trail_rows,
    trails,
)
from pledgetrail.ledger.store import Ledger, get_meta, set_meta
from pledgetrail.records import AnyStatement, Commitment, Encounter, Party
from pledgetrail.resolution.disputes import disagreements as disputing
from pledgetrail.resolution.disputes.claims import Claim, Disagreement, Report, claims
from pledgetrail.resolution.disputes.facts import Meeting, alternatives, meetings, table_disagreements
from pledgetrail.resolution.disputes.sums import sum_claims
from pledgetrail.resolution.undertakings import trails as trailing
from pledgetrail.resolution.undertakings.states import trail_state
from pledgetrail.resolution.undertakings.steps import Step, step

#: Rows of a table written at a time.
_PAGE: Final = 1_000

Days = tuple[dt.date | None, dt.date | None]


@dataclass(slots=True)
class _Survey:
    """What is compared of the rows met so far."""

    reports: Mapping[str, Report]
    standing: Mapping[str, str]  # what stands for an actor: of its keys the first, which no order of arrival decides
    countries: Mapping[str, str]  # of actors
    steps: dict[str, Step] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    facts: list[Disagreement] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Take in a row. What a reviewer has edited is taken as edited, without what the reports said instead."""
        row, content = entry.row.id, self._known(entry, entry.row.content)
        told: Sequence[Any] = ()
        if entry.row.status != "edited":
            told = [self._known(entry, statement) for statement in entry.row.statements]
        if isinstance(content, Commitment):
            self.steps[row] = step(row, content, self._days(entry.row.statements))
            self.claims += sum_claims(row, content, told, self.reports)
        elif isinstance(content, Encounter):
            self.meetings += meetings(row, content, told, self.reports)
        else:
            self.claims += claims(row, content, told, self.reports)
        if entry.row.alternatives:
            self.facts += alternatives(row, content, entry.row.alternatives, told, self.reports)

    def _known(self, entry: Entry, statement: AnyStatement) -> AnyStatement:
        """A statement whose parties are the actors that they are over all reports, with the country known of these."""

        def actor(party: Party) -> Party:
            name = entry.actors.get(party.id, party.id)
            return replace(party, id=self.standing.get(name, name), country=party.country or self.countries.get(name))

        changes: dict[str, Any] = {}
        for cell in ROLES[statement.kind].values():
            value = getattr(statement, cell)
            changes[cell] = tuple(map(actor, value)) if isinstance(value, tuple) else value and actor(value)
        return replace(statement, **changes)

    def _days(self, told: Sequence[AnyStatement]) -> Days:
        """The first and the last day of the reports that tell a row. Of a report whose day is only bounded the first
        counts: that it was heard of later is not known.
        """
        days = [its[0] for s in told if (report := self.reports.get(s.document)) and (its := report.days)]
        return (min(days), max(days)) if days else (None, None)


def survey(ledger: Ledger) -> None:
    """Make trails and disagreements anew if rows have changed since. Ids stay where the rows are the same."""
    with ledger.reading() as connection:
        if get_meta(connection, "survey_stale") == "0":
            return
        seen = connection.execute(select(func.max(row_changes.c.seq))).scalar()
        states = select(actors.c.id, actors.c.country).where(actors.c.country.is_not(None))
        keys = select(actor_keys.c.actor, func.min(actor_keys.c.key)).group_by(actor_keys.c.actor)
        standing = {actor: key for actor, key in connection.execute(keys)}
        countries = {actor: country for actor, country in connection.execute(states)}
        found = _Survey(dict(reports(connection)), standing, countries)
        for entry in entries(connection, Filter()):
            if entry.row.status != "rejected":
                found.add(entry)
    with ledger.writing() as connection:
        _put_trails(connection, found, newest(found.reports.values()))
        disputed = disputing.disagreements(found.claims)
        summed = {claim.row for its in disputed if its.subject == "sum" for claim in its.claims}
        disputed += table_disagreements(found.meetings)
        disputed += (its for its in found.facts if its.subject != "amount" or its.claims[0].row not in summed)
        _put_disagreements(connection, disputed)
        newest_change = connection.execute(select(func.max(row_changes.c.seq))).scalar()
        set_meta(connection, "survey_stale", "0" if newest_change == seen else "1")  # what came meanwhile was not seen


def reports(connection: Connection) -> Iterator[tuple[str, Report]]:
    """All documents by id, as comparing knows them; the days of undated ones as far as their siblings tell them."""
    same = (documents.c.id, documents.c.origin, documents.c.published, documents.c.outlet, documents.c.title)
    more = (documents.c.story, documents.c.url, datings.c.earliest, datings.c.latest)
    query = select(*same, *more).join(datings, datings.c.document == documents.c.id, isouter=True)
    read = cache(days_of)  # many reports are of one day
    for row in connection.execute(query):
        first, last = read(row.published)
        if not (first and last) and row.earliest and row.latest:
            first, last = dt.date.fromisoformat(row.earliest), dt.date.fromisoformat(row.latest)
        days = (first, last) if first and last else None
        yield row.id, Report(row.id, row.origin or row.id, days, row.outlet, row.title, row.story, row.url)


def newest_day(connection: Connection) -> dt.date | None:
    """The last day that a report of the ledger can be of: the day on which silence is counted unless one is given."""
    bears = {day: days_of(day) for (day,) in connection.execute(select(documents.c.published).distinct())}
    full = {day: last for day, (first, last) in bears.items() if first and last}
    told = select(datings.c.latest, documents.c.published).join(documents, documents.c.id == datings.c.document)
    told = told.where(datings.c.earliest.is_not(None), datings.c.latest.is_not(None))
    inferred = [dt.date.fromisoformat(last) for last, day in connection.execute(told) if day not in full]
    return max((*full.values(), *inferred), default=None)


def newest(known: Iterable[Report]) -> dt.date | None:
    """The last day that a report can be of: the day on which silence is counted unless another is asked for."""
    return max((report.days[1] for report in known if report.days), default=None)


def _put_trails(connection: Connection, found: _Survey, as_of: dt.date | None) -> None:
    steps = found.steps
    made = trailing.trails(steps.values())
    actor = {key: name for name, key in found.standing.items()}
    query = select(trail_rows.c.trail, trail_rows.c.row_id)
    named = name_groups((trail.rows for trail in made), _members(connection, query), "t")
    homes = trailing.homes(made)
    lines, members = [], []
    for number, (name, trail) in enumerate(zip(named, made, strict=True)):
        state = trail_state((steps[row] for row in trail.rows), as_of)
        lines.append(
            {
                "id": name,
                "state": state.state,
                "first": _iso(state.first),
                "last": _iso(state.last),
                "givers": dumps([actor.get(key, key) for key in trail.givers]),
                "receivers": dumps([actor.get(key, key) for key in trail.receivers]),
                "subject": dumps(trail.subject),
                "size": len(trail.rows),
            }
        )
        for position, row in enumerate(trail.rows):
            home = int(homes[row] == number)
            members.append({"trail": name, "position": position, "row_id": row, "home": home})
    _replace(connection, trails, lines)
    _replace(connection, trail_rows, members)


def _put_disagreements(connection: Connection, made: Sequence[Disagreement]) -> None:
    keys = [tuple(dict.fromkeys(f"{claim.row} {claim.cell} {its.subject}" for claim in its.claims)) for its in made]
    member = disagreement_rows.c.row_id + " " + disagreement_rows.c.cell + " " + disagreements.c.subject
    query = select(disagreements.c.id, member)
    query = query.join(disagreement_rows, disagreement_rows.c.disagreement == disagreements.c.id)
    before = _members(connection, query)
    named = name_groups(keys, before, "d")
    lines = [
        {
            "id": name,
            "kind": its.kind,
            "subject": its.subject,
            "about": its.about,
            "content": dumps(disagreement_dict(its)),
        }
        for name, its in zip(named, made, strict=True)
    ]
    members = [
        {"disagreement": name, "row_id": row, "cell": cell}
        for name, its in zip(named, keys, strict=True)
        for row, cell, _ in (key.split(" ", 2) for key in its)
    ]
    _replace(connection, disagreements, lines)
    _replace(connection, disagreement_rows, members)


def disagreement_dict(its: Disagreement) -> dict[str, Any]:
    """A disagreement in plain values; ``value`` of a claim in words, its number under ``number``."""
    return {
        "subject": its.subject,
        "about": its.about,
        "kind": its.kind,
        "claims": [_claim(claim) for claim in its.claims],
        "relations": [asdict(relation) for relation in its.relations],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "row": claim.row,
        "cell": claim.cell,
        "value": claim.words,
        "number": asdict(claim.value) if claim.value else None,
        "claimant": claim.claimant_name or None,
        "when": [_iso(day) for day in claim.when],
        "origins": claim.origins,
        "tellings": [
            {
                "document": telling.document,
                "origin": telling.origin,
                "outlet": telling.outlet,
                "days": [_iso(day) for day in telling.days] if telling.days else None,
                "evidence": span_dict(telling.evidence),
            }
            for telling in claim.tellings
        ],
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _members(connection: Connection, query: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, member in connection.execute(query):
        found.setdefault(name, []).append(member)
    return found


def _replace(connection: Connection, table: Any, values: Sequence[dict[str, Any]]) -> None:
    connection.execute(delete(table))
    for at in range(0, len(values), _PAGE):
        connection.execute(table.insert(), values[at : at + _PAGE])
