"""Actors: who the parties of all reports are, taken together over spellings, titles and roles."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, update

from pledgetrail.language.edtf import days_of
from pledgetrail.ledger.codec import dumps, read_span, spans_list
from pledgetrail.ledger.flat import fold_name
from pledgetrail.ledger.naming import name_groups
from pledgetrail.ledger.noting import note_actors
from pledgetrail.ledger.schema import actor_keys, actors, namings, row_parties, row_statements, statements
from pledgetrail.ledger.store import Ledger, get_meta, set_meta
from pledgetrail.records import Party, Reading
from pledgetrail.resolution import identity
from pledgetrail.resolution.identity import ActorGroup, Held, Known, Naming, Role

#: Lines of a table written, and rows looked at, at a time.
_PAGE: Final = 500

#: Where the ledger keeps the user's list of actors.
_LISTED: Final = "actors_listed"


def put_namings(connection: Connection, readings: Sequence[Reading]) -> None:
    """Write how reports name their actors, in place of what was there."""
    names = [reading.document.id for reading in readings]
    connection.execute(delete(namings).where(namings.c.document.in_(names)))
    found = [
        {"document": reading.document.id, "party": naming.id, "key": naming.key, "content": dumps(_plain(naming))}
        for reading in readings
        for naming in identity.namings(
            reading.document.id, _parties(reading), reading.offices, days_of(reading.document.published)[1]
        )
    ]
    if found:
        connection.execute(namings.insert(), found)


def put_list(ledger: Ledger, text: str | None) -> list[str]:
    """Take a user's list of actors (``identity.read_actors``) in place of the one before; None for no list.

    Returns what is wrong with it, line by line; lines at fault are passed over.
    """
    problems = identity.read_actors(text)[1] if text else []
    with ledger.writing() as connection:
        if (get_meta(connection, _LISTED) or "") != (text or ""):
            set_meta(connection, _LISTED, text or "")
            set_meta(connection, "actors_stale", "1")
    return problems


def the_list(connection: Connection) -> Known | None:
    """The user's list that the ledger's actors were told by, None if there is none."""
    return _known(get_meta(connection, _LISTED))


def refresh_actors(ledger: Ledger) -> None:
    """Take the parties of all reports together anew if any have changed. An actor keeps its id as long as most of its
    names are the same.
    """
    with ledger.reading() as connection:
        if get_meta(connection, "actors_stale") != "1":
            return
        listed = get_meta(connection, _LISTED)
        groups = grouped(connection, _known(listed))
        query = select(actor_keys.c.key, actor_keys.c.actor)
        before: dict[str, str] = {key: actor for key, actor in connection.execute(query)}
        were: dict[str, Any] = {
            actor: state for actor, state in connection.execute(select(actors.c.id, actors.c.country))
        }
    had: dict[str, list[str]] = {}
    for key, actor in before.items():
        had.setdefault(actor, []).append(key)
    named = name_groups((group.members for group in groups), had, "a", fresh=[_main(group) for group in groups])
    now = {key: actor for actor, group in zip(named, groups, strict=True) for key in group.members}
    with ledger.writing() as connection:
        _write(connection, actors, [_values(actor, group) for actor, group in zip(named, groups, strict=True)])
        why = {key: reason for group in groups for key, reason in group.why.items()}
        _write(connection, actor_keys, [{"key": k, "actor": a, "why": why.get(k)} for k, a in now.items()])
        moved = {key for key, actor in now.items() if before.get(key) != actor}
        for rows in _rows_of(connection, moved):
            assign_actors(connection, rows)
        states = {actor: group.country for actor, group in zip(named, groups, strict=True)}
        _note_changed(connection, (before, were), (now, states))
        set_meta(connection, "actors_stale", "0")


def _note_changed(
    connection: Connection, were: tuple[dict[str, str], dict[str, Any]], are: tuple[dict[str, str], dict[str, Any]]
) -> None:
    """Note the rows of actors whose state, or whose first key, by which they are compared, is another than it was.

    Given are the actors of keys and the states of actors, as they were and as they are. A report's word may be compared
    under the id of an actor without being one of its keys.
    """
    (before, states), (now, countries) = were, are
    stood, stands = _first_keys(before), _first_keys(now)
    every = states.keys() | countries.keys()
    moved = {a for a in every if (stood.get(a), states.get(a)) != (stands.get(a), countries.get(a))}
    keys = {key for its in (before, now) for key, actor in its.items() if not moved.isdisjoint((actor, _party(key)))}
    if moved:
        note_actors(connection, moved, keys)


def _first_keys(actor_of: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, actor in actor_of.items():
        found[actor] = min(key, found.get(actor, key))
    return found


def _party(key: str) -> str:
    """The party id of a key."""
    return key.split("@", 1)[0]


def grouped(connection: Connection, known: Known | None) -> list[ActorGroup]:
    """The actors that the parties of all reports are, if ``known`` is the user's list. Changes nothing."""
    return identity.actors(identity.pooled(_namings(connection)), known)


def assign_actors(connection: Connection, rows: Sequence[str]) -> None:
    """Write which actor each party of the rows is: that of the first report of the row that names the party."""
    its = (
        select(actor_keys.c.actor)
        .join(namings, namings.c.key == actor_keys.c.key)
        .join(statements, statements.c.document == namings.c.document)
        .join(row_statements, row_statements.c.statement_id == statements.c.id)
        .where(row_statements.c.row_id == row_parties.c.row_id, namings.c.party == row_parties.c.party)
        .order_by(row_statements.c.position)
        .limit(1)
        .correlate(row_parties)
        .scalar_subquery()
    )
    for at in range(0, len(rows), _PAGE):
        where = row_parties.c.row_id.in_(rows[at : at + _PAGE])
        connection.execute(update(row_parties).where(where).values(actor_id=func.coalesce(its, row_parties.c.party)))


def _parties(reading: Reading) -> Iterator[Party]:
    for act in reading.acts:
        for statement in act.statements:
            for name in ("by", "to", "via", "participants"):
                yield from getattr(statement, name, ())
            for name in ("speaker", "claimed_by"):
                if party := getattr(statement, name, None):
                    yield party


def _known(listed: str | None) -> Known | None:
    return identity.read_actors(listed)[0] if listed else None


def _namings(connection: Connection) -> Iterator[Naming]:
    for (content,) in connection.execute(select(namings.c.content)):
        yield _read(json.loads(content))


def _plain(naming: Naming) -> dict[str, Any]:
    held = [
        asdict(one) | {"first": _iso(one.first), "last": _iso(one.last), "spans": spans_list(one.spans)}
        for one in naming.offices
    ]
    return asdict(naming) | {"offices": held}


def _read(value: Mapping[str, Any]) -> Naming:
    offices = tuple(
        Held(
            **one
            | {name: dt.date.fromisoformat(one[name]) if one[name] else None for name in ("first", "last")}
            | {"spans": tuple(read_span(span) for span in one["spans"])}
        )
        for one in value["offices"]
    )
    lists = {"aliases": tuple(value["aliases"]), "apart": tuple(value["apart"]), "offices": offices}
    return Naming(**{**value, **lists})


def _main(group: ActorGroup) -> str:
    """The party id of the member that the others have joined."""
    return _party(next((key for key in group.members if key not in group.why), group.members[0]))


def _values(actor: str, group: ActorGroup) -> dict[str, Any]:
    return {
        "id": actor,
        "name": group.name,
        "type": group.type,
        "country": group.country,
        "aliases": dumps(group.aliases),
        "identifiers": dumps([f"{scheme}:{value}" for scheme, value in group.identifiers]),
        "roles": dumps([role_dict(role) for role in group.roles]),
        "folded": " | ".join(("", *map(fold_name, (group.name, *group.aliases)), "")),
        "note": group.note or None,
    }


def role_dict(role: Role) -> dict[str, Any]:
    """A role as the contract writes it."""
    return {
        "title": role.title,
        "of": role.of,
        "of_id": role.of_id,
        "from": _iso(role.from_),
        "until": _iso(role.until),
        "former": role.former,
        "evidence": spans_list(role.spans),
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _rows_of(connection: Connection, keys: Iterable[str]) -> Iterator[list[str]]:
    """The rows with statements of reports that use these keys, some at a time."""
    ordered = sorted(keys)
    done: set[str] = set()
    for at in range(0, len(ordered), _PAGE):
        query = (
            select(row_statements.c.row_id)
            .join(statements, statements.c.id == row_statements.c.statement_id)
            .join(namings, namings.c.document == statements.c.document)
            .where(namings.c.key.in_(ordered[at : at + _PAGE]))
        )
        found = sorted(set(connection.execute(query).scalars()) - done)
        done.update(found)
        yield found


def _write(connection: Connection, table: Any, values: list[dict[str, Any]]) -> None:
    connection.execute(delete(table))
    for at in range(0, len(values), _PAGE):
        connection.execute(table.insert(), values[at : at + _PAGE])
