"""Reading actors: what each is called, which offices it held, why its names were taken together, where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, false, func, or_, select

from pledgetrail.ledger.actors import grouped, role_dict
from pledgetrail.ledger.flat import fold_name
from pledgetrail.ledger.schema import actor_keys, actors, row_parties, rows
from pledgetrail.resolution.identity import ActorGroup, Known

#: Actors read at a time.
_PAGE: Final = 200

#: The roles in which rows name an actor, in the order of lists.
PARTS: Final = ("by", "to", "via", "speaker", "participant", "claimed_by")


def read_actors(connection: Connection, name: str | None = None) -> Iterator[dict[str, Any]]:
    """The actors in the order of their ids, or those of which a name or alias has these words, or of this id.

    Each as the export writes it, with ``joined`` (the names taken together, each with the reason) and ``rows`` (the
    number of rows by part).
    """
    last = ""
    while True:
        query = select(actors).where(actors.c.id > last)
        if name is not None:
            query = query.where(_called(name))
        page = connection.execute(query.order_by(actors.c.id).limit(_PAGE)).mappings().all()
        if not page:
            return
        names = [row["id"] for row in page]
        joined, counts = _joined(connection, names), _counts(connection, names)
        for row in page:
            yield {
                **{column: row[column] for column in ("id", "name", "type", "country", "note")},
                **{column: json.loads(row[column]) for column in ("aliases", "identifiers", "roles")},
                "joined": joined.get(row["id"], []),
                "rows": counts.get(row["id"], {}),
            }
        last = page[-1]["id"]


def would_be(connection: Connection, known: Known, name: str | None = None) -> Iterator[dict[str, Any]]:
    """The actors as a user's list would make them, in the same form, in the order of their names; without ids and
    numbers of rows, which they would get when the ledger is built with the list.
    """
    wanted = fold_name(name) if name is not None else ""
    for group in sorted(grouped(connection, known), key=lambda its: (its.name, its.members)):
        if f" {wanted} " not in "".join(f" {fold_name(its)} |" for its in (group.name, *group.aliases)) and wanted:
            continue
        yield {
            "id": None,
            "name": group.name,
            "type": group.type,
            "country": group.country,
            "note": group.note or None,
            "aliases": list(group.aliases),
            "identifiers": [f"{scheme}:{value}" for scheme, value in group.identifiers],
            "roles": [role_dict(role) for role in group.roles],
            "joined": [{"key": key, "why": why} for key, why in sorted(group.why.items())],
            "rows": {},
        }


def as_groups(found: Iterable[dict[str, Any]]) -> Iterator[ActorGroup]:
    """Actors as ``identity.write_actors`` takes them."""
    for its in found:
        identifiers = tuple(tuple(one.split(":", 1)) for one in its["identifiers"])
        yield ActorGroup(
            members=(),
            ids=(),
            name=its["name"],
            type=its["type"],
            country=its["country"],
            aliases=tuple(its["aliases"]),
            identifiers=identifiers,
            note=its["note"] or "",
        )


def _called(name: str) -> Any:
    folded = fold_name(name).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(actors.c.id == name, actors.c.folded.like(f"% {folded} %", escape="\\") if folded else false())


def _joined(connection: Connection, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The keys of the actors that joined another, each with the reason."""
    query = select(actor_keys).where(actor_keys.c.actor.in_(names), actor_keys.c.why.is_not(None))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(query.order_by(actor_keys.c.actor, actor_keys.c.key)):
        found.setdefault(row.actor, []).append({"key": row.key, "why": row.why})
    return found


def _counts(connection: Connection, names: Sequence[str]) -> dict[str, dict[str, int]]:
    party = row_parties.c
    query = select(party.actor_id, party.role, func.count(party.row_id.distinct())).join(
        rows, rows.c.id == party.row_id
    )
    query = query.where(party.actor_id.in_(names), rows.c.content.is_not(None)).group_by(party.actor_id, party.role)
    found: dict[str, dict[str, int]] = {}
    for actor, role, number in connection.execute(query):
        found.setdefault(actor, {})[role] = number
    return {actor: {part: its[part] for part in PARTS if part in its} for actor, its in found.items()}
