"""Which row each act of a document belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select, update

from pledgetrail.ledger import identity
from pledgetrail.ledger.revision import Match
from pledgetrail.ledger.schema import row_aliases, rows, withdrawn_rows
from pledgetrail.records import Act

#: Keys and ids asked for at a time.
_CHUNK: Final = 500


class Placing:
    """Finds or issues the rows of a batch of acts; what the ledger knows of them is looked up once for all."""

    def __init__(self, connection: Connection, build: int, acts: Iterable[Act]) -> None:
        """Look up the rows with the acts' keys, and which of the ids that new rows would get are taken."""
        self._connection = connection
        self._build = build
        self._pending: list[dict[str, Any]] = []
        self._keys: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()
        keys, names = set[str](), set[str]()
        for act in acts:
            names.add(identity.name_of(act.statements[0].id))
            if act.key is not None:
                keys.add(act.key)
        known = select(rows.c.kind, rows.c.act_key, rows.c.id).order_by(rows.c.issued.desc())
        for chunk in _chunks(keys):
            for kind, key, row in connection.execute(known.where(rows.c.act_key.in_(chunk))):
                self._keys[kind, key] = row
        for column in (rows.c.id, row_aliases.c.alias, withdrawn_rows.c.id):
            for chunk in _chunks(names):
                self._taken.update(connection.execute(select(column).where(column.in_(chunk))).scalars())

    def place(self, acts: Sequence[Act], matched: Match, vacant: set[str]) -> list[str]:
        """The row of each act: the one with its key, else the old one it goes on with, else a new one.

        ``vacant`` are the old rows that have no statement left; those that are used are taken out of it.
        """
        self._vacate(vacant)
        placed: list[str] = []
        for number, act in enumerate(acts):
            kind, key = act.statements[0].kind, act.key
            row = self._keys.get((kind, key)) if key is not None else None
            old = matched.kept.get(number)
            old = old if old in vacant else None
            if row is not None and old is not None:
                vacant.discard(old)
                kept = self.absorb(row, old, key)
                placed = [kept if name in (row, old) else name for name in placed]
                row = kept
            elif row is None and old is not None:
                vacant.discard(old)
                self._connection.execute(update(rows).where(rows.c.id == old).values(act_key=key))
                row = old
            elif row is None:
                row = self._issue(act, kind, key)
            if key is not None:
                self._keys[kind, key] = row
            placed.append(row)
        self._flush()
        return placed

    def absorb(self, one: str, two: str, key: str | None) -> str:
        """Join two rows; see ``identity.absorb``."""
        self._flush()
        kept = identity.absorb(self._connection, one, two, key, self._build)
        self._keys = {known: kept if row in (one, two) else row for known, row in self._keys.items()}
        return kept

    def _vacate(self, vacant: set[str]) -> None:
        if vacant:
            self._connection.execute(update(rows).where(rows.c.id.in_(vacant)).values(act_key=None))
            self._keys = {known: row for known, row in self._keys.items() if row not in vacant}

    def _issue(self, act: Act, kind: str, key: str | None) -> str:
        seed = act.statements[0].id
        name = identity.name_of(seed)
        if name in self._taken:
            self._flush()
            name = identity.new_id(self._connection, seed)
        self._taken.add(name)
        self._pending.append({"id": name, "kind": kind, "act_key": key})
        return name

    def _flush(self) -> None:
        if self._pending:
            self._connection.execute(rows.insert(), self._pending)
            self._pending = []


def _chunks(values: set[str]) -> Iterable[list[str]]:
    ordered = sorted(values)
    return (ordered[at : at + _CHUNK] for at in range(0, len(ordered), _CHUNK))
