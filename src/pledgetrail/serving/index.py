"""The columns of a ledger, read once and kept up with every change, whichever process made it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pledgetrail.ledger.schema import actors, row_changes, row_parties, row_places, rows
from pledgetrail.ledger.store import Ledger
from pledgetrail.serving.columns import Columns

#: From so many changed rows on, and a quarter of all, reading everything is quicker.
_MANY: Final = 2000

#: Rows asked for at a time when few have changed.
_CHUNK: Final = 500

_WANTED: Final = (
    *("issued", "id", "kind", "stage", "encounter", "measure", "status", "sector", "earliest", "latest", "origins"),
    *("confidence", "amount_value", "amount_currency", "part_of", "cumulative", "negated"),
    *("reviewer", "second"),
)
_ROLES: Final = {"by": "by", "participant": "by", "claimed_by": "by", "to": "to", "via": "to"}

_ROWS: Final = select(
    *(rows.c[name] for name in _WANTED), func.substr(rows.c.alternatives, 1, 3).label("alternatives")
).where(rows.c.content.is_not(None))
_PARTIES: Final = (
    select(
        rows.c.issued,
        row_parties.c.role,
        row_parties.c.actor_id,
        func.coalesce(actors.c.name, row_parties.c.name),  # as the party is called, until actors are found
    )
    .join(rows, rows.c.id == row_parties.c.row_id)
    .outerjoin(actors, actors.c.id == row_parties.c.actor_id)
    .where(row_parties.c.role.in_(list(_ROLES)))
)
_PLACES: Final = select(rows.c.issued, row_places.c.place).join(rows, rows.c.id == row_places.c.row_id)


class Index:
    """The columns with the number of the last change that they show. Use them within ``fresh`` only."""

    def __init__(self, ledger: Ledger) -> None:
        """Read nothing yet."""
        self._ledger = ledger
        self._lock = threading.Lock()
        self._seen = -1
        self._columns = Columns()
        self.orders: dict[str, Any] = {}  # sorted places by name of the order, forgotten with every change

    @contextmanager
    def fresh(self, connection: Connection) -> Iterator[Columns]:
        """The columns of the ledger as it is now, for one user at a time.

        What the asker's ``connection`` sees may be older, if it has waited for others; so a row that it does not have
        yet may be among them. The columns never go back to an older state: they would have to be read anew.
        """
        with self._lock:
            with self._ledger.reading() as newest:
                self._catch_up(newest)
            yield self._columns

    @property
    def version(self) -> int:
        """The number of the last change that was seen."""
        return self._seen

    def _catch_up(self, connection: Connection) -> None:
        newest = connection.execute(select(func.coalesce(func.max(row_changes.c.seq), 0))).scalar_one()
        if newest == self._seen:
            return
        query = select(row_changes.c.issued).where(row_changes.c.seq > self._seen)
        changed = list(connection.execute(query).scalars()) if 0 <= self._seen < newest else []
        if self._seen < 0 or self._seen > newest or len(changed) > max(_MANY, len(self._columns) // 4):
            self._columns = _read_all(connection)
        else:
            for at in range(0, len(changed), _CHUNK):
                _read_some(connection, self._columns, changed[at : at + _CHUNK])
        self._seen = newest
        self.orders.clear()


def _read_all(connection: Connection) -> Columns:
    columns = Columns(connection.execute(select(func.count()).select_from(rows)).scalar_one())
    several = _several(connection.execute(_PARTIES), connection.execute(_PLACES))
    for row in connection.execute(_ROWS.order_by(rows.c.issued)).mappings():
        columns.put(dict(row), several.get(row["issued"], {}))
    return columns


def _read_some(connection: Connection, columns: Columns, issued: list[int]) -> None:
    among = rows.c.issued.in_(issued)
    several = _several(connection.execute(_PARTIES.where(among)), connection.execute(_PLACES.where(among)))
    gone = set(issued)
    for row in connection.execute(_ROWS.where(among)).mappings():
        columns.put(dict(row), several.get(row["issued"], {}))
        gone.discard(row["issued"])
    for number in gone:
        columns.drop(number)


def _several(parties: Iterable[Any], places: Iterable[Any]) -> dict[int, dict[str, dict[str, str]]]:
    found: dict[int, dict[str, dict[str, str]]] = {}
    for number, role, actor, name in parties:
        found.setdefault(number, {}).setdefault(_ROLES[role], {})[actor] = name
    for number, place in places:
        found.setdefault(number, {}).setdefault("place", {})[place] = place
    return found
