"""What all rows say together: the trails of undertakings, and the things on which reports disagree.

Any row may concern any other, but few do. Of each row a little is kept by which it is found what it concerns (table
``surveyed``); so when rows have changed, only these are read, and only what they have a bearing on is worked out anew.
What comes of it is what working out everything anew would give.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sqlalchemy import Connection, delete, func, select

from pledgetrail.ledger.codec import dumps
from pledgetrail.ledger.comparing import PAGE, Compared, Comparing, read_step, write_step
from pledgetrail.ledger.reports import newest_day, reports
from pledgetrail.ledger.schema import row_changes, rows, step_links, surveyed
from pledgetrail.ledger.store import Ledger, get_meta, set_meta
from pledgetrail.ledger.together import put_disagreements, put_trails
from pledgetrail.resolution.disputes.blocks import reached, ties
from pledgetrail.resolution.disputes.claims import Disagreement
from pledgetrail.resolution.disputes.disagreements import disagreements
from pledgetrail.resolution.disputes.facts import table_disagreements
from pledgetrail.resolution.undertakings.candidates import Marks, Numbers, candidates, marks, unpack
from pledgetrail.resolution.undertakings.states import trail_state
from pledgetrail.resolution.undertakings.steps import Step
from pledgetrail.resolution.undertakings.trails import Trail, links, trails

__all__ = ["newest_day", "reports", "survey"]

#: Where the ledger keeps how far the last survey saw: JSON, the last change of a row and the newest day of a report.
_SEEN: Final = "surveyed"

#: The number of a row in table ``rows``, and that of one of its strands; a pair of them.
Node = tuple[int, int]
Link = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the last survey knew. ``seen`` is None if there was none."""

    seen: str | None
    changed: frozenset[int]  # rows that have changed since, also those that are gone
    names: Mapping[int, str]
    marks: Mapping[int, Marks]
    ties: Mapping[int, bytes]
    links: frozenset[Link]

    @property
    def as_of(self) -> dt.date | None:
        """The newest day of a report."""
        day = json.loads(self.seen)["as_of"] if self.seen else None
        return dt.date.fromisoformat(day) if day else None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a survey has found, to be written."""

    seen: str
    known: _Known
    lines: Sequence[dict[str, object]]  # of table ``surveyed``, for the rows that have changed and are shown
    links: frozenset[Link]
    trails: Sequence[Trail]
    steps: Mapping[str, Step]  # those of the trails, by row
    of_trails: frozenset[int]  # the rows of the trails, and of those that they replace
    disagreements: Sequence[Disagreement]
    of_disagreements: frozenset[int]
    actors: Mapping[str, str]  # by what stands for them
    names: Mapping[int, str]  # of rows


def survey(ledger: Ledger) -> None:
    """Bring trails and disagreements up to the rows if any have changed since. Ids stay where the rows are the same.

    Takes time with what has changed, and little more for each row of the ledger. The ledger can be written meanwhile,
    but for the moment in which the result is.
    """
    with ledger.reading() as connection:
        if get_meta(connection, "survey_stale") == "0":
            return
        found = _find(connection, _recall(connection))
    with ledger.writing() as connection:
        if get_meta(connection, _SEEN) == found.known.seen:  # else another survey has come before this one
            _write(connection, found)


def _recall(connection: Connection) -> _Known:
    seen = get_meta(connection, _SEEN)
    if seen is None:
        return _Known(None, frozenset(connection.execute(select(rows.c.issued)).scalars()), {}, {}, {}, frozenset())
    since = select(row_changes.c.issued).where(row_changes.c.seq > json.loads(seen)["seq"])
    known = connection.execute(select(surveyed.c.issued, surveyed.c.row_id, surveyed.c.marks, surveyed.c.ties)).all()
    return _Known(
        seen,
        frozenset(connection.execute(since).scalars()),
        {row.issued: row.row_id for row in known},
        {row.issued: unpack(row.marks) for row in known if row.marks},
        {row.issued: row.ties for row in known},
        frozenset(((a, i), (b, j)) for a, i, b, j in connection.execute(select(step_links))),
    )


def _find(connection: Connection, known: _Known) -> _Found:
    seq = connection.execute(select(func.max(row_changes.c.seq))).scalar() or 0
    as_of = newest_day(connection)
    comparing = Comparing(connection)
    compared = dict(comparing.of(known.changed))
    fresh = {row: marks(its.step) for row, its in compared.items() if its.step}
    tied = {row: ties(its.claims, its.meetings) for row, its in compared.items()}
    now = {row: its for row, its in known.marks.items() if row not in known.changed} | fresh
    names = {**known.names, **{row: its.row for row, its in compared.items()}}
    steps = _Steps(connection, {row: its.step for row, its in compared.items() if its.step})
    linked = _links(known, now, steps)
    moved = {row for pair in known.links ^ linked for row, _ in pair}
    if as_of != known.as_of:  # days that lie beyond it are no signs of life
        least = _least(as_of, known.as_of)
        moved |= {row for row, its in now.items() if its.until > least}
    of_trails = _reached(linked, known.changed | moved)
    its_steps = {names[row]: one for row, one in steps.of(of_trails & now.keys()).items()}
    pairs = [((names[a], i), (names[b], j)) for (a, i), (b, j) in linked if a in of_trails]
    both = (*known.ties, *tied), (*known.ties.values(), *tied.values())
    disputed = frozenset(reached(*both, known.changed))
    its_rows = [*compared.values(), *(one for _, one in comparing.of(disputed - known.changed))]
    return _Found(
        dumps({"seq": seq, "as_of": as_of.isoformat() if as_of else None}),
        known,
        [_line(row, its, fresh.get(row), tied[row]) for row, its in compared.items()],
        linked,
        trails(its_steps.values(), pairs),
        its_steps,
        of_trails,
        _disagreements(its_rows),
        disputed,
        {key: actor for actor, key in comparing.standing.items()},
        names,
    )


def _line(issued: int, its: Compared, marked: Marks | None, tied: bytes) -> dict[str, object]:
    text = write_step(its.step) if its.step else None
    return {
        "issued": issued,
        "row_id": its.row,
        "marks": marked.pack() if marked else None,
        "ties": tied,
        "step": text,
    }


def _disagreements(compared: Sequence[Compared]) -> list[Disagreement]:
    found = disagreements(claim for its in compared for claim in its.claims)
    summed = {claim.row for its in found if its.subject == "sum" for claim in its.claims}
    found += table_disagreements(meeting for its in compared for meeting in its.meetings)
    facts = [fact for its in sorted(compared, key=lambda its: its.row) for fact in its.facts]
    return found + [its for its in facts if its.subject != "amount" or its.claims[0].row not in summed]


class _Steps:
    """The steps of rows by their numbers; those that are not given are read when they are asked for."""

    def __init__(self, connection: Connection, given: Mapping[int, Step]) -> None:
        self._connection = connection
        self._steps = dict(given)

    def of(self, issued: Iterable[int]) -> dict[int, Step]:
        """The steps of rows, all of which have one."""
        wanted = set(issued)
        missing = sorted(wanted - self._steps.keys())
        for at in range(0, len(missing), PAGE):
            query = select(surveyed.c.issued, surveyed.c.step).where(surveyed.c.issued.in_(missing[at : at + PAGE]))
            self._steps |= {row: read_step(text) for row, text in self._connection.execute(query)}
        return {row: self._steps[row] for row in wanted}


def _links(known: _Known, now: Mapping[int, Marks], steps: _Steps) -> frozenset[Link]:
    """Which steps are linked now. Two are compared if either has changed, or if they were none that are compared."""
    before, after = _pairs(known.marks), _pairs(now)
    changed = np.array(sorted(known.changed), dtype=np.int64)
    anew = np.isin(after[:, 0], changed) | np.isin(after[:, 2], changed)
    anew |= ~np.isin(_codes(after), _codes(before))
    asked = [((a, i), (b, j)) for a, i, b, j in after[anew].tolist()]
    its = {str(row): one for row, one in steps.of({row for pair in asked for row, _ in pair}).items()}
    named = (((str(a), i), (str(b), j)) for (a, i), (b, j) in asked)
    linked = {((int(a), i), (int(b), j)) for (a, i), (b, j) in links(its, named)}
    kept = sorted(known.links)
    still = np.isin(
        _codes(np.array([(*one, *other) for one, other in kept], dtype=np.int64).reshape(-1, 4)), _codes(after[~anew])
    )
    return frozenset(linked | {pair for pair, its in zip(kept, still.tolist(), strict=True) if its})


def _pairs(known: Mapping[int, Marks]) -> Numbers:
    """The pairs to be compared, in columns: row, strand, row, strand; the lesser row first."""
    names = np.array(list(known), dtype=np.int64)
    found = candidates(list(known.values()))
    found[:, 0], found[:, 2] = names[found[:, 0]], names[found[:, 2]]
    swap = found[:, 0] > found[:, 2]
    found[swap] = found[swap][:, [2, 3, 0, 1]]
    return found


def _codes(pairs: Numbers) -> Numbers:
    """Each pair as one number. There are fewer than 16 strands of a row, and fewer than 2^27 rows."""
    found: Numbers = ((pairs[:, 0] << 4 | pairs[:, 1]) << 31) | (pairs[:, 2] << 4 | pairs[:, 3])
    return found


def _reached(linked: Iterable[Link], start: Iterable[int]) -> frozenset[int]:
    """The rows that links lead to from some, and these."""
    near: dict[int, set[int]] = {}
    for (a, _), (b, _) in linked:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    found = set(start)
    frontier = list(found)
    while frontier:
        more = near.get(frontier.pop(), set()) - found
        found |= more
        frontier += more
    return frozenset(found)


def _least(*days: dt.date | None) -> int:
    """The first of the days, as an ordinal; None is after all."""
    return min((day or dt.date.max).toordinal() for day in days)


def _write(connection: Connection, found: _Found) -> None:
    known, since = found.known, json.loads(found.seen)
    _forget(connection, known)
    for at in range(0, len(found.lines), PAGE):
        connection.execute(surveyed.insert(), found.lines[at : at + PAGE])
    _put_links(connection, known.links - found.links, found.links - known.links)
    every = known.seen is None
    names = found.names
    as_of = dt.date.fromisoformat(since["as_of"]) if since["as_of"] else None
    states = [trail_state((found.steps[row] for row in trail.rows), as_of) for trail in found.trails]
    of_trails = [names[row] for row in found.of_trails if row in names]
    put_trails(connection, found.trails, states, found.actors, None if every else of_trails)
    of_disagreements = [names[row] for row in found.of_disagreements if row in names]
    put_disagreements(connection, found.disagreements, None if every else of_disagreements)
    set_meta(connection, _SEEN, found.seen)
    newest = connection.execute(select(func.max(row_changes.c.seq))).scalar() or 0
    set_meta(connection, "survey_stale", "0" if newest == since["seq"] else "1")  # what came meanwhile was not seen


def _forget(connection: Connection, known: _Known) -> None:
    if known.seen is None:
        connection.execute(delete(surveyed))
        connection.execute(delete(step_links))
    gone = sorted(known.changed & known.names.keys())
    for at in range(0, len(gone), PAGE):
        connection.execute(delete(surveyed).where(surveyed.c.issued.in_(gone[at : at + PAGE])))


def _put_links(connection: Connection, gone: Iterable[Link], come: Iterable[Link]) -> None:
    for (a, i), (b, j) in gone:
        its = (step_links.c.one == a, step_links.c.strand == i, step_links.c.other == b)
        connection.execute(delete(step_links).where(*its, step_links.c.other_strand == j))
    lines = [{"one": a, "strand": i, "other": b, "other_strand": j} for (a, i), (b, j) in sorted(come)]
    for at in range(0, len(lines), PAGE):
        connection.execute(step_links.insert(), lines[at : at + PAGE])
