"""Second opinions: rows that somebody else has decided, drawn by lot and shown without what was decided; and how far
reviewers agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, func, select
from starlette.requests import Request

from pledgetrail.ledger import review
from pledgetrail.ledger.agreement import Found, Given, Pair, agreement, opinion_of
from pledgetrail.ledger.decisions import VERDICTS
from pledgetrail.ledger.kappa import SIDES, Agreement
from pledgetrail.ledger.queries import Entry
from pledgetrail.ledger.schema import decisions, row_changes
from pledgetrail.serving.choosing import Chosen
from pledgetrail.serving.columns import Array, Columns
from pledgetrail.serving.history import Step
from pledgetrail.serving.index import Index
from pledgetrail.serving.kept import Held, kept_of
from pledgetrail.serving.listing import words_of
from pledgetrail.serving.site import Site
from pledgetrail.serving.view import View, read_view

#: What accepting and rejecting are called of one's own and of somebody's.
DONE: Final = {"accept": "accepted", "reject": "rejected", "edit": "edited", "add": "added", "second": "seconded"}

#: So many decisions are counted while one waits.
_QUICK: Final = 10_000


def wanted(request: Request) -> bool:
    """Whether a page of review is to ask for second opinions."""
    return request.query_params.get("second") == "1"


def view_of(request: Request) -> View:
    """The view that is drawn from. What would tell how rows were decided is no part of it."""
    return blind(read_view(request.query_params.multi_items()))


def blind(view: View) -> View:
    """A view without status and second opinions, by lot. The order is the same for all and hangs on nothing that a row
    says: with the most doubtful first those who stop early would agree less than all would.
    """
    return view.without("status").without("second").with_(sort="random")


def waiting(columns: Columns, person: str) -> Array:
    """The places of rows that somebody else has decided and nobody seconded."""
    mine = columns.words["reviewer"].find(person)
    by = columns.column("reviewer")
    mask = (by != 0) & (by != (-1 if mine is None else mine)) & (columns.column("second") == 0)
    found: Array = np.flatnonzero(mask & columns.column("alive"))
    return found


def queue_for(
    connection: Connection, index: Index, view: View, person: str, after: str, limit: int | None
) -> tuple[dict[int, str], str, int]:
    """The next rows for somebody with their cursors, in order; the cursor of what follows; how many wait in all."""
    words = words_of(connection, view)
    with index.fresh(connection) as columns:
        places = waiting(columns, person)
        if words is not None:
            places = np.intersect1d(places, columns.places(words))
        chosen = Chosen(columns, view, places)
        numbers, more = chosen.page(index.orders, after, limit)
        cursors = chosen.cursors(index.orders, numbers)
        return {number: cursors[number] for number in numbers}, more, chosen.count()


@dataclass(frozen=True, slots=True)
class Asked:
    """How somebody stands to a row: ``pair`` is what they have given, ``why`` is why there is nothing to second."""

    pair: Pair | None
    why: str


def asked_of(connection: Connection, entry: Entry, person: str) -> Asked:
    """How somebody stands to a row."""
    pair = opinion_of(connection, entry.row.id, person)
    first = entry.columns["reviewer"]
    if pair is not None:
        return Asked(pair, "")
    if first is None:
        return Asked(None, "Nobody has decided this row yet, so there is nothing to second.")
    if first == person:
        return Asked(None, "You have decided this row yourself; a second opinion is somebody else's.")
    return Asked(None, "")


def told(connection: Connection, pair: Pair) -> str:
    """In words what two people said of a row, once the second has spoken."""
    words = f"You {pair.second.side} it, {pair.first.reviewer} {DONE[pair.first.action]} it: "
    reason = review.decision(connection, pair.first.decision).reason
    return words + ("you agree." if pair.agree else "you differ.") + (f" Their reason: {reason}" if reason else "")


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody says of a row by now: the last verdict and the last second opinion, each if it stands."""

    reviewer: str
    verdict: Step | None
    opinion: Step | None


def standings(steps: Sequence[Step]) -> list[Standing]:
    """Who says what of a row, in the order in which they first spoke; empty if nobody seconded."""
    verdicts: dict[str, Step] = {}
    opinions: dict[str, Step] = {}
    for step in steps:
        kept = {"second": opinions, **dict.fromkeys(VERDICTS, verdicts)}.get(step.decision.action)
        if kept is not None and step.stands:
            kept[step.decision.reviewer] = step
    order = dict.fromkeys(step.decision.reviewer for step in steps)
    said = [Standing(name, verdicts.get(name), opinions.get(name)) for name in order]
    return [its for its in said if its.verdict or its.opinion] if opinions else []


def found_for(site: Site) -> Held[Found]:
    """How far reviewers agree; over many decisions counted beside the requests, and kept."""
    with site.ledger.reading() as connection:
        if (connection.execute(select(func.max(decisions.c.id))).scalar() or 0) <= _QUICK:
            return Held(agreement(connection), True)
    return kept_of(site).get("agreement", agreement, of=_state)


def _state(connection: Connection) -> tuple[Any, ...]:
    newest = select(func.max(decisions.c.id)).scalar_subquery(), select(func.max(row_changes.c.seq)).scalar_subquery()
    return tuple(connection.execute(select(*newest)).one())


def differing(found: Found, settled: str) -> Sequence[Pair]:
    """The rows on which two differ: all, or those that are settled ("yes") or not ("no")."""
    return [pair for pair in found.differences if not settled or (pair.settled is not None) == (settled == "yes")]


def found_dict(found: Found) -> dict[str, Any]:
    """Agreement for programs, without the rows on which two differ."""
    return {
        "overall": agreement_dict(found.overall),
        "kinds": {kind: agreement_dict(its) for kind, its in found.kinds.items()},
        "between": [{"one": b.one, "other": b.other, **agreement_dict(b.agreement)} for b in found.between],
        "again": found.again,
    }


def agreement_dict(its: Agreement) -> dict[str, Any]:
    """One agreement for programs."""
    lines = zip(SIDES, its.table, strict=True)
    return {
        "n": its.n,
        "table": {side: dict(zip(SIDES, line, strict=True)) for side, line in lines},
        **{name: getattr(its, name) for name in ("observed", "expected", "kappa", "low", "high")},
        "agree_on": {side: its.on(side) for side in SIDES},
        "note": its.why,
    }


def difference_dict(pair: Pair, names: Mapping[str, str]) -> dict[str, Any]:
    """A row on which two differ for programs; ``names`` are rows in one line."""
    return {
        "row": pair.row,
        "kind": pair.kind,
        "summary": names.get(pair.row, ""),
        "first": _given(pair.first),
        "second": _given(pair.second),
        "settled": _given(pair.settled) if pair.settled else None,
    }


def _given(its: Given) -> dict[str, Any]:
    return {"reviewer": its.reviewer, "verdict": its.side, "decision": its.decision, "time": its.time}


#: Columns of the page as a table: agreements first, then the rows on which two differ.
CSV: Final = (
    *("set", "one", "other", "n", *(f"{a}_{b}" for a in SIDES for b in SIDES), "observed", "expected", "kappa", "low"),
    *("high", "note", "row", "kind", "summary", "first", "second", "settled", "settled_by"),
)


def records(found: Found, pairs: Iterable[Pair], names: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """The lines of that table."""
    whole = [("overall", "", "", found.overall), *(("kind", kind, "", its) for kind, its in found.kinds.items())]
    whole += [("reviewers", b.one, b.other, b.agreement) for b in found.between]
    for name, one, other, its in whole:
        counts = {f"{a}_{b}": its.table[i][j] for i, a in enumerate(SIDES) for j, b in enumerate(SIDES)}
        numbers = {name: getattr(its, name) for name in ("n", "observed", "expected", "kappa", "low", "high")}
        yield {"set": name, "one": one, "other": other, **counts, **numbers, "note": its.why}
    for pair in pairs:
        settled = pair.settled
        yield {
            "set": "difference",
            **{"one": pair.first.reviewer, "other": pair.second.reviewer, "row": pair.row, "kind": pair.kind},
            **{"summary": names.get(pair.row, ""), "first": pair.first.side, "second": pair.second.side},
            **({"settled": settled.side, "settled_by": settled.reviewer} if settled else {}),
        }
