"""Many decisions made as one: which rows are asked for, what would be done to them, and doing exactly that."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, select

from pledgetrail.ledger import review
from pledgetrail.ledger.errors import InvalidDecision, StaleRow
from pledgetrail.ledger.schema import attachments, decisions, rows
from pledgetrail.serving.deciding import signature
from pledgetrail.serving.editing import EDITABLE, read_value
from pledgetrail.serving.listing import numbers_of
from pledgetrail.serving.planning import Deed, Plan, plan_rows, plan_undo
from pledgetrail.serving.site import Site
from pledgetrail.serving.team import Person
from pledgetrail.serving.view import BadView, View, read_view

#: Decisions of one batch at most; and how many may be made without a word of why.
MOST: Final = 1000
WITHOUT_REASON: Final = 20

#: What can be done to many rows, beside setting a cell and undoing.
ACTIONS: Final = ("accept", "reject", "comment")

#: What a page's choice of a cell begins with.
_SET: Final = "set:"

_NO_NAME: Final = re.compile("[\x00-\x20\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What an address or a form asks for: rows by name or else by view, or a batch to be undone; and what to do.

    ``action`` is empty as long as nothing is chosen. ``value`` is what was typed into the cell, None before that.
    """

    view: View = field(default_factory=View)
    names: tuple[str, ...] = ()
    first: int | None = None
    batch: str = ""
    action: str = ""
    cell: str | None = None
    value: str | None = None
    rejected: bool = False

    @property
    def ready(self) -> bool:
        """Whether it says enough for a preview."""
        return bool(self.batch) or self.action in ACTIONS or (self.action == "edit" and self.value is not None)

    def whose(self) -> list[tuple[str, str]]:
        """Which rows, as fields of a form."""
        if self.batch:
            return [("undo", self.batch)]
        first = [("first", str(self.first))] if self.first else []
        return [*self.view.fields(), *first, *(("row", name) for name in self.names)]

    def fields(self) -> list[tuple[str, str]]:
        """All of it as fields of a form."""
        told = [("do", _SET + (self.cell or "") if self.action == "edit" else self.action)]
        if self.action == "edit":
            told += [("was", told[0][1]), *([("value", self.value)] if self.value is not None else [])]
        return [*self.whose(), *(pair for pair in told if pair[1] or pair[0] == "value"),
                *([("rejected", "yes")] if self.rejected else [])]  # fmt: skip


def read_bulk(pairs: Iterable[tuple[str, str]]) -> Bulk:
    """What is asked for. Names that are not ours are left alone; raises BadView for a wrong value."""
    listed = list(pairs)
    last = dict(listed)
    names = [name for key, value in listed if key == "row" for name in value.split()]
    action, cell = last.get("do", ""), None
    if action.startswith(_SET):
        action, cell = "edit", action.removeprefix(_SET)
        if all(cell not in its for its in EDITABLE.values()):
            raise BadView("there is no such cell")
    elif action and action not in ACTIONS:
        raise BadView(f"do is one of {', '.join(ACTIONS)}, or set: and a cell")
    fits = last.get("was", last.get("do")) == last.get("do")  # else what was typed was for another cell
    return Bulk(
        view=read_view(listed),
        names=names_of(names),
        first=_first(last.get("first", "")),
        batch=_NO_NAME.sub("", last.get("undo", ""))[:40],
        action=action,
        cell=cell,
        value=last["value"][:10_000] if "value" in last and fits and action == "edit" else None,
        rejected=last.get("rejected") == "yes",
    )


def names_of(names: Iterable[str]) -> tuple[str, ...]:
    """Names of rows, each once. Raises BadView for too many."""
    found = tuple(dict.fromkeys(name for name in (_NO_NAME.sub("", its)[:100] for its in names) if name))
    if len(found) > MOST:
        raise BadView(f"{len(found):,} rows are named; at most {MOST:,} are decided at once")
    return found


def _first(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 0 < int(text) <= MOST):
        raise BadView(f"first is a number up to {MOST:,}")
    return int(text)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be done, to the ledger as it was after change ``seen``. Without a plan nothing is chosen yet, or there
    are too many rows.

    ``count`` is how many rows are asked for; ``matching`` stands for which they are. ``kinds`` are theirs.
    """

    bulk: Bulk
    count: int
    matching: str
    seen: int
    kind: str
    new: Any = None
    plan: Plan | None = None
    wrong: str = ""

    @property
    def too_many(self) -> bool:
        """Whether the rows are more than are decided at once."""
        return self.count > MOST


def preview(connection: Connection, site: Site, bulk: Bulk, deed: Deed | None = None) -> Preview:
    """What a request would do; ``deed`` is what a program wants done, whose values need not be read from typed text.

    What was typed and is no value for its cell is told in ``wrong``. Raises BadView.
    """
    seen = review.last_change(connection)
    if bulk.batch:
        plan = plan_undo(connection, bulk.batch)
        if not plan.lines:
            raise BadView(f"there are no decisions {bulk.batch}")
        return Preview(bulk, len(plan.lines), "", seen, "", None, plan)
    names, matching, count = _rows_of(connection, site, bulk)
    kind = _kind(connection, names) if bulk.names else bulk.view.kind
    if count > MOST or not (deed or bulk.ready):
        return Preview(bulk, count, matching, seen, kind)
    try:
        deed = deed or _deed(connection, bulk, kind)
    except InvalidDecision as error:
        return Preview(bulk, count, matching, seen, kind, wrong=str(error))
    return Preview(bulk, count, matching, seen, kind, deed.new, plan_rows(connection, names, deed))


def _deed(connection: Connection, bulk: Bulk, kind: str) -> Deed:
    """What was chosen in a form, with what was typed read once. Raises InvalidDecision."""
    new = read_value(connection, kind, bulk.cell, bulk.value or "", None) if bulk.cell else None
    return Deed(bulk.action, bulk.cell, new, bulk.rejected)


def _rows_of(connection: Connection, site: Site, bulk: Bulk) -> tuple[Sequence[str], str, int]:
    """The names of the rows asked for, unless they are too many; what stands for which they are; their number."""
    if bulk.names:
        return bulk.names, "", len(bulk.names)
    numbers, _ = numbers_of(connection, site.index, bulk.view, limit=bulk.first)
    matching = hashlib.sha256(",".join(map(str, sorted(numbers))).encode()).hexdigest()[:16]
    if len(numbers) > MOST:
        return (), matching, len(numbers)
    query = select(rows.c.issued, rows.c.id).where(rows.c.issued.in_(numbers))
    names = {number: name for number, name in connection.execute(query)}
    return [names[number] for number in numbers if number in names], matching, len(numbers)


def _kind(connection: Connection, names: Sequence[str]) -> str:
    """The kind of the first row that is there."""
    query = select(rows.c.id, rows.c.kind).where(rows.c.id.in_(names))
    found = {name: kind for name, kind in connection.execute(query)}
    return next((str(found[name]) for name in names if name in found), "commitment")


def check_matching(connection: Connection, site: Site, bulk: Bulk, matching: str) -> None:
    """Raises StaleRow if a view has other rows than those that ``matching`` stands for."""
    if not bulk.names and not bulk.batch and _rows_of(connection, site, bulk)[1] != matching:
        raise StaleRow("other rows pass the view by now; look again, then decide")


def record(
    site: Site,
    person: Person | None,
    deed: Deed,
    which: Sequence[str] | Sequence[int],
    *,
    seen: int | None,
    reason: str,
    batch: str = "",
) -> review.Batch:
    """Record a deed for rows, by name, or undo those decisions of a batch, by number; under somebody's name, as one.

    Rows that have changed since ``seen`` are refused, and named. Raises InvalidDecision, Forbidden, LedgerUnwritable.
    """
    reviewer, reason = signature(site, person), reason.strip()[:10_000]
    if deed.action not in (*ACTIONS, "edit", "undo"):
        raise InvalidDecision(f"{deed.action!r} is not done to many rows; there are {', '.join((*ACTIONS, 'edit'))}")
    if not 0 < len(which) <= MOST:
        raise InvalidDecision(f"a batch has 1 to {MOST:,} decisions, not {len(which):,}")
    if not reason and (deed.action == "comment" or len(which) > WITHOUT_REASON):
        raise InvalidDecision("a comment needs words" if deed.action == "comment" else
                              f"more than {WITHOUT_REASON} decisions at once need a reason")  # fmt: skip
    if deed.action == "undo":
        wanted = _undos(site, batch, which, reason)
    else:
        cell, new = (deed.cell, deed.new) if deed.action == "edit" else (None, None)
        wanted = [
            review.Wanted(action=deed.action, row=str(name), reason=reason, cell=cell, new=new)  # type: ignore[arg-type]
            for name in which
        ]
    return review.record_all(site.ledger, wanted, reviewer=reviewer, seen=seen)


def _undos(site: Site, batch: str, numbers: Sequence[Any], reason: str) -> list[review.Wanted]:
    """The undoing of decisions of a batch, where they apply now."""
    query = select(decisions.c.id, decisions.c.row_id, attachments.c.row_id.label("attached"))
    query = query.join(attachments, attachments.c.decision_id == decisions.c.id).where(decisions.c.batch == batch)
    with site.ledger.reading() as connection:
        own = {row.id: row.attached or row.row_id for row in connection.execute(query)}
    strange = [number for number in numbers if number not in own]
    if strange:
        raise InvalidDecision(f"decision {strange[0]} is none of {batch}")
    return [review.Wanted(action="undo", row=own[n], undoes=n, reason=reason) for n in numbers]
