"""Lists of rows: a view, looked up in the index and filled from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select, text

from pledgetrail.ledger.schema import rows
from pledgetrail.ledger.searching import match_words
from pledgetrail.serving.choosing import Chosen, Facet, Total
from pledgetrail.serving.index import Index
from pledgetrail.serving.view import FACETS, View

#: Rows of a page.
PAGE: Final = 50

_LINE: Final = [
    column
    for column in rows.c
    if column.name not in ("content", "extracted", "alternatives", "act_key", "merged_into", "split_from")
]

_IN_ROWS: Final = text("SELECT rowid FROM rows_fts WHERE rows_fts MATCH :match")
_IN_REPORTS: Final = text(
    "SELECT DISTINCT r.issued FROM documents_fts f JOIN documents d ON d.seq = f.rowid"
    " JOIN statements s ON s.document = d.id JOIN row_statements o ON o.statement_id = s.id"
    " JOIN rows r ON r.id = o.row_id WHERE documents_fts MATCH :match"
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of rows. ``after`` is the cursor of what follows, empty at the end."""

    rows: Sequence[RowMapping]
    after: str
    count: int
    kinds: dict[str, int]
    facets: Sequence[Facet]
    totals: Sequence[Total]


def listing(connection: Connection, index: Index, view: View, after: str = "", limit: int = PAGE) -> Listing:
    """A page of a view with its facets and totals. Raises BadView for a wrong cursor."""
    found = words_of(connection, view)
    with index.fresh(connection) as columns:
        chosen = Chosen(columns, view, None if found is None else columns.places(found))
        numbers, cursor = chosen.page(index.orders, after, limit)
        facets = [] if after else [chosen.facet(name) for name in FACETS]
        totals = chosen.totals() if view.kind == "commitment" and not after else []
        count, kinds = chosen.count(), chosen.kinds()
    return Listing(lines(connection, numbers), cursor, count, kinds, facets, totals)


def facet_values(connection: Connection, index: Index, view: View, name: str, most: int) -> Facet:
    """One facet of a view with many values."""
    found = words_of(connection, view)
    with index.fresh(connection) as columns:
        return Chosen(columns, view, None if found is None else columns.places(found)).facet(name, most)


def numbers_of(
    connection: Connection, index: Index, view: View, after: str = "", limit: int | None = None
) -> tuple[list[int], str]:
    """The numbers of a view's rows behind a cursor, and the cursor of what follows."""
    found = words_of(connection, view)
    with index.fresh(connection) as columns:
        chosen = Chosen(columns, view, None if found is None else columns.places(found))
        return chosen.page(index.orders, after, limit)


def page_of_view(
    connection: Connection, index: Index, view: View, after: str, limit: int
) -> tuple[list[int], str, int]:
    """The numbers of a view's rows behind a cursor, the cursor of what follows, and how many pass in all."""
    found = words_of(connection, view)
    with index.fresh(connection) as columns:
        chosen = Chosen(columns, view, None if found is None else columns.places(found))
        return *chosen.page(index.orders, after, limit), chosen.count()


def numbers_by_class(connection: Connection, index: Index, view: View) -> tuple[list[int], dict[str, int]]:
    """The numbers of all rows of a view in order, and how many are of each class."""
    found = words_of(connection, view)
    with index.fresh(connection) as columns:
        chosen = Chosen(columns, view, None if found is None else columns.places(found))
        classes = {value.value: value.count for value in chosen.facet("stage", 100).values}
        return chosen.page(index.orders, "", None)[0], classes


def queue_of(
    connection: Connection, index: Index, view: View, after: str, limit: int
) -> tuple[dict[int, str], str, int]:
    """The next rows of a view with their cursors, in order; the cursor of what follows; how many pass in all."""
    found = words_of(connection, view)
    with index.fresh(connection) as columns:
        chosen = Chosen(columns, view, None if found is None else columns.places(found))
        numbers, more = chosen.page(index.orders, after, limit)
        cursors = chosen.cursors(index.orders, numbers)
        return {number: cursors[number] for number in numbers}, more, chosen.count()


def lines(connection: Connection, numbers: Sequence[int]) -> list[RowMapping]:
    """The columns that lists show, of rows by number, in the order given; rows gone meanwhile are left out."""
    found: dict[int, RowMapping] = {}
    for at in range(0, len(numbers), 500):
        query = select(*_LINE).where(rows.c.issued.in_(numbers[at : at + 500]), rows.c.content.is_not(None))
        found |= {row["issued"]: row for row in connection.execute(query).mappings()}
    return [found[number] for number in numbers if number in found]


def words_of(connection: Connection, view: View) -> list[int] | None:
    """The numbers of rows in which a view's words are found, None if it has none."""
    if not view.q:
        return None
    match = match_words(view.q)
    if not match:
        return []
    query: Any = _IN_ROWS if view.scope == "rows" else _IN_REPORTS
    return list(connection.execute(query, {"match": match}).scalars())
