"""Writing what rows say together: trails and disagreements, in place of those that the same rows were in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, select

from pledgetrail.ledger.codec import dumps, span_dict
from pledgetrail.ledger.naming import name_groups
from pledgetrail.ledger.schema import disagreement_rows, disagreements, trail_rows, trails
from pledgetrail.resolution.disputes.claims import Claim, Disagreement
from pledgetrail.resolution.undertakings.states import TrailState
from pledgetrail.resolution.undertakings.trails import Trail, homes

#: Lines of a table written, and ids asked for, at a time.
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Group:
    """A table of groups, with that of their members, and how a member is told in naming them."""

    table: Table
    members: Table
    name: str  # the column of ``members`` that names the group
    prefix: str


TRAILS: Final = Group(trails, trail_rows, "trail", "t")
DISAGREEMENTS: Final = Group(disagreements, disagreement_rows, "disagreement", "d")


def put_trails(
    connection: Connection,
    made: Sequence[Trail],
    states: Sequence[TrailState],
    actor: Mapping[str, str],
    rows: Collection[str] | None,
) -> None:
    """Write the trails of some rows in place of those that these were in; of all rows if ``rows`` is None.

    ``states`` are those of the trails; ``actor`` tells the actors that keys of parties stand for. Ids stay where the
    rows are the same.
    """
    gone, taken = _standing(connection, TRAILS, rows)
    named = name_groups((trail.rows for trail in made), _members(connection, TRAILS, gone), "t", taken=taken)
    home = homes(made)
    lines = [
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
        for name, trail, state in zip(named, made, states, strict=True)
    ]
    members = [
        {"trail": name, "position": position, "row_id": row, "home": int(home[row] == number)}
        for number, (name, trail) in enumerate(zip(named, made, strict=True))
        for position, row in enumerate(trail.rows)
    ]
    _replace(connection, TRAILS, gone, lines, members)


def put_disagreements(connection: Connection, made: Sequence[Disagreement], rows: Collection[str] | None) -> None:
    """Write the disagreements of some rows in place of those that these were in; of all rows if ``rows`` is None."""
    gone, taken = _standing(connection, DISAGREEMENTS, rows)
    keys = [tuple(dict.fromkeys(f"{claim.row} {claim.cell} {its.subject}" for claim in its.claims)) for its in made]
    named = name_groups(keys, _members(connection, DISAGREEMENTS, gone), "d", taken=taken)
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
    _replace(connection, DISAGREEMENTS, gone, lines, members)


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


def _standing(connection: Connection, group: Group, rows: Collection[str] | None) -> tuple[set[str], set[str]]:
    """The ids of the groups that have any of the rows, and those of all others."""
    every = set(connection.execute(select(group.table.c.id)).scalars())
    if rows is None:
        return every, set()
    gone: set[str] = set()
    for some in _some(sorted(rows)):
        query = select(group.members.c[group.name]).where(group.members.c.row_id.in_(some))
        gone |= set(connection.execute(query).scalars())
    return gone, every - gone


def _members(connection: Connection, group: Group, names: Iterable[str]) -> dict[str, list[str]]:
    """What groups are named by: their rows, and for a disagreement also the cell and what it is about."""
    member: Any = group.members.c.row_id
    if group is DISAGREEMENTS:
        member = member + " " + disagreement_rows.c.cell + " " + disagreements.c.subject
    query = select(group.table.c.id, member).join(group.members, group.members.c[group.name] == group.table.c.id)
    found: dict[str, list[str]] = {}
    for some in _some(sorted(names)):
        for name, its in connection.execute(query.where(group.table.c.id.in_(some))):
            found.setdefault(name, []).append(its)
    return found


def _replace(connection: Connection, group: Group, gone: Iterable[str], lines: list[Any], members: list[Any]) -> None:
    for some in _some(sorted(gone)):
        connection.execute(delete(group.members).where(group.members.c[group.name].in_(some)))
        connection.execute(delete(group.table).where(group.table.c.id.in_(some)))
    for table, values in ((group.table, lines), (group.members, members)):
        for page in _some(values):
            connection.execute(table.insert(), page)


def _some(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[at : at + _PAGE] for at in range(0, len(values), _PAGE))
