"""Row ids through time: issued once, joined under one of them, withdrawn, and never used for another act."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, delete, func, select, update

from pledgetrail.ledger import decisions as review
from pledgetrail.ledger import joining
from pledgetrail.ledger.folding import resolve
from pledgetrail.ledger.schema import (
    attachments,
    evidence,
    row_aliases,
    row_parties,
    row_places,
    row_statements,
    rows,
    statements,
    withdrawn_rows,
)

_SIDE_TABLES = (row_statements, row_parties, row_places, evidence)


def name_of(seed: str) -> str:
    """The id that a row of a seed (its first statement's id) gets if it is free."""
    return "r-" + hashlib.sha256(seed.encode()).hexdigest()[:12]


def new_id(connection: Connection, seed: str) -> str:
    """An id that no row, alias or other withdrawn row has; a withdrawn row of the same seed is given its id back."""
    for number in range(1_000):
        name = name_of(seed if number == 0 else f"{seed}#{number}")
        if resolve(connection, name) is None:
            connection.execute(delete(withdrawn_rows).where(withdrawn_rows.c.id == name))
            return name
    raise AssertionError("no free row id")


def issue(connection: Connection, name: str, kind: str, key: str | None, split_from: str | None = None) -> None:
    """Put an empty row under an id."""
    values = {"id": name, "kind": kind, "act_key": key, "split_from": split_from}
    connection.execute(rows.insert().values(values))


def absorb(connection: Connection, one: str, two: str, key: str | None, build: int | None) -> str:
    """Join two rows under the id issued first; the other becomes an alias. Returns the id that stays.

    Decisions go along where they fit: a verdict or edit that the staying row's own decisions contradict, and a
    rejection of a row that is now only a part, become unattached.
    """
    query = select(rows.c.id).where(rows.c.id.in_((one, two))).order_by(rows.c.issued)
    winner, loser = (str(name) for name in connection.execute(query).scalars())
    _hand_over(connection, winner, loser)
    connection.execute(update(statements).where(statements.c.base_row == loser).values(base_row=winner))
    connection.execute(update(row_aliases).where(row_aliases.c.row_id == loser).values(row_id=winner))
    connection.execute(row_aliases.insert().values(alias=loser, row_id=winner, build_id=build))
    connection.execute(update(rows).where(rows.c.part_of == loser).values(part_of=winner))
    _drop(connection, loser)
    connection.execute(update(rows).where(rows.c.id == winner).values(act_key=key))
    return winner


def _hand_over(connection: Connection, winner: str, loser: str) -> None:
    own = review.active(connection, review.attached_to(connection, [winner]))
    verdict = next((d.action for d in reversed(own) if d.action in ("accept", "reject")), None)
    edits = {d.cell: d.new for d in own if d.action == "edit"}
    for decision in review.attached_to(connection, [loser]):
        note = None
        if decision.action == "accept" and verdict == "reject":
            note = f"the row was merged into {winner}, which is rejected"
        elif decision.action == "reject" and verdict != "reject":
            note = f"the row was merged into {winner}, of which it is a part"
        elif decision.action == "edit" and edits.get(decision.cell, decision.new) != decision.new:
            note = f"the row was merged into {winner}, where {decision.cell} is edited otherwise"
        attach(connection, decision.id, None if note else winner, note)


def attach(connection: Connection, decision: int, row: str | None, note: str | None) -> None:
    """Say where a decision applies: at a row, or nowhere and why."""
    where = attachments.c.decision_id == decision
    connection.execute(update(attachments).where(where).values(row_id=row, note=note))


def tied(connection: Connection, names: list[str]) -> set[str]:
    """The rows that reviewers have split off from these, that these show with their own, or that show these."""
    query = select(rows.c.id).where(rows.c.split_from.in_(names) | rows.c.merged_into.in_(names))
    shown_by = select(rows.c.merged_into).where(rows.c.id.in_(names), rows.c.merged_into.is_not(None))
    return {*connection.execute(query).scalars(), *connection.execute(shown_by).scalars()}


def withdraw(connection: Connection, name: str, document: str, build: int) -> None:
    """Take a row without statements out of the ledger. Its id stays known, its decisions are listed as unattached."""
    kind, content = connection.execute(select(rows.c.kind, rows.c.content).where(rows.c.id == name)).one()
    for decision in review.attached_to(connection, [name]):
        attach(connection, decision.id, None, f"the row's words are gone from {document}")
    _drop(connection, name)
    connection.execute(delete(withdrawn_rows).where(withdrawn_rows.c.id == name))
    values = {"id": name, "kind": kind, "document": document, "build_id": build, "content": content}
    connection.execute(withdrawn_rows.insert().values(values))


def _drop(connection: Connection, name: str) -> None:
    joining.drop(connection, name)
    for table in _SIDE_TABLES:
        connection.execute(delete(table).where(table.c.row_id == name))
    connection.execute(delete(rows).where(rows.c.id == name))


def statements_left(connection: Connection, name: str) -> int:
    """How many statements a row was extracted from."""
    query = select(func.count()).select_from(statements).where(statements.c.base_row == name)
    return int(connection.execute(query).scalar_one())
