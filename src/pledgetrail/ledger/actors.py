"""The table of actors: what the rows' parties are called, taken together. Written anew when rows have changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from pledgetrail.ledger.codec import dumps
from pledgetrail.ledger.schema import actors, row_parties
from pledgetrail.ledger.store import Ledger, get_meta, set_meta

_PAGE = 500


def refresh_actors(ledger: Ledger) -> None:
    """Write the table anew if rows have changed since it was written: the commonest name, and all others as aliases."""
    with ledger.reading() as connection:
        if get_meta(connection, "actors_stale") != "1":
            return
    with ledger.writing() as connection:
        connection.execute(actors.delete())
        page: list[dict[str, Any]] = []
        for actor in _actors(connection):
            page.append(actor)
            if len(page) == _PAGE:
                connection.execute(actors.insert(), page)
                page = []
        if page:
            connection.execute(actors.insert(), page)
        set_meta(connection, "actors_stale", "0")


def _actors(connection: Connection) -> Iterator[dict[str, Any]]:
    party = row_parties.c
    query = select(party.actor_id, party.content, func.count().label("times"))
    grouped = connection.execute(query.group_by(party.actor_id, party.content).order_by(party.actor_id))
    for actor, group in groupby(grouped, key=lambda row: row.actor_id):
        names, types, countries = Counter[str](), Counter[str](), Counter[str]()
        others: set[str] = set()
        for row in group:
            value = json.loads(row.content)
            names[value["name"]] += row.times
            types[value["type"]] += row.times
            if value["country"]:
                countries[value["country"]] += row.times
            others.update(value["aliases"])
        name = _commonest(names)
        yield {
            "id": actor,
            "name": name,
            "type": _commonest(types),
            "country": _commonest(countries) if countries else None,
            "aliases": dumps(sorted((others | set(names)) - {name})),
        }


def _commonest(counted: Counter[str]) -> str:
    return min(counted, key=lambda name: (-counted[name], name))
