"""Lists of rows: a view, looked up in the index and filled from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, RowMapping, func, or_, select, text

from pledgetrail.ledger.flat import fold_name
from pledgetrail.ledger.schema import actors, rows
from pledgetrail.ledger.searching import Term, match_words, search_terms
from pledgetrail.serving.choosing import Chosen, Facet, Total
from pledgetrail.serving.index import Index
from pledgetrail.serving.view import FACETS, View
from pledgetrail.vocabulary import ENCOUNTERS, MEASURES, STAGES

#: Rows of a page.
PAGE: Final = 50

_LINE: Final = [
    column
    for column in rows.c
    if column.name not in ("content", "extracted", "alternatives", "act_key", "merged_into", "split_from")
]

_CLASSES: Final = (*STAGES, *ENCOUNTERS, *MEASURES)

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
    strange: Sequence[str] = ()  # what is asked for and what no row ever had
    missing: Sequence[str] = ()  # words of the search that no row has


#: Facets whose values are names or codes that one may type.
_TYPED: Final = ("by", "to", "place", "sector")


def listing(connection: Connection, index: Index, view: View, after: str = "", limit: int = PAGE) -> Listing:
    """A page of a view with its facets and totals. Raises BadView for a wrong cursor."""
    view, found = named(connection, view), words_of(connection, view)
    with index.fresh(connection) as columns:
        chosen = Chosen(columns, view, None if found is None else columns.places(found))
        numbers, cursor = chosen.page(index.orders, after, limit)
        facets = [] if after else [chosen.facet(name) for name in FACETS]
        totals = chosen.totals() if view.kind == "commitment" and not after else []
        count, kinds = chosen.count(), chosen.kinds()
        strange = [
            value
            for name in _TYPED
            for value in view.chosen.get(name, ())
            if value != "none" and columns.words[name].find(value) is None
        ]
    missing = missing_words(connection, view) if view.q and not count else []
    return Listing(lines(connection, numbers), cursor, count, kinds, facets, totals, strange, missing)


def named(connection: Connection, view: View) -> View:
    """A view with the ids of actors in place of the names, aliases and ISO codes that it may have for them."""
    changed = {
        facet: tuple(dict.fromkeys(_actor_called(connection, value) for value in view.chosen[facet]))
        for facet in ("by", "to")
        if view.chosen.get(facet)
    }
    return view.with_(chosen={**view.chosen, **changed}) if changed else view


def _actor_called(connection: Connection, value: str) -> str:
    """The id of the actor that a value names; the value itself if it is an id, or names nobody."""
    known = select(actors.c.id).where(actors.c.id == value)
    folded = fold_name(value)
    if not folded or connection.execute(known).first():
        return value
    state = f"state:{value.strip().upper()}"
    like = f"%| {folded.replace('_', chr(92) + '_')} |%"
    own = (func.lower(actors.c.name) == value.strip().lower()).desc()  # a name before an alias
    query = select(actors.c.id).where(or_(actors.c.id == state, actors.c.folded.like(like, escape=chr(92))))
    query = query.order_by((actors.c.id == state).desc(), own, (actors.c.type == "state").desc(), actors.c.id)
    return str(connection.execute(query).scalar() or value)


def facet_values(connection: Connection, index: Index, view: View, name: str, most: int) -> Facet:
    """One facet of a view with many values."""
    view, found = named(connection, view), words_of(connection, view)
    with index.fresh(connection) as columns:
        return Chosen(columns, view, None if found is None else columns.places(found)).facet(name, most)


def numbers_of(
    connection: Connection, index: Index, view: View, after: str = "", limit: int | None = None
) -> tuple[list[int], str]:
    """The numbers of a view's rows behind a cursor, and the cursor of what follows."""
    view, found = named(connection, view), words_of(connection, view)
    with index.fresh(connection) as columns:
        chosen = Chosen(columns, view, None if found is None else columns.places(found))
        return chosen.page(index.orders, after, limit)


def page_of_view(
    connection: Connection, index: Index, view: View, after: str, limit: int
) -> tuple[list[int], str, int]:
    """The numbers of a view's rows behind a cursor, the cursor of what follows, and how many pass in all."""
    view, found = named(connection, view), words_of(connection, view)
    with index.fresh(connection) as columns:
        chosen = Chosen(columns, view, None if found is None else columns.places(found))
        return *chosen.page(index.orders, after, limit), chosen.count()


def numbers_by_class(connection: Connection, index: Index, view: View) -> tuple[list[int], dict[str, int]]:
    """The numbers of all rows of a view in order, and how many are of each class."""
    view, found = named(connection, view), words_of(connection, view)
    with index.fresh(connection) as columns:
        chosen = Chosen(columns, view, None if found is None else columns.places(found))
        classes = {value.value: value.count for value in chosen.facet("stage", 100).values}
        return chosen.page(index.orders, "", None)[0], classes


def queue_of(
    connection: Connection, index: Index, view: View, after: str, limit: int
) -> tuple[dict[int, str], str, int]:
    """The next rows of a view with their cursors, in order; the cursor of what follows; how many pass in all."""
    view, found = named(connection, view), words_of(connection, view)
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
    """The numbers of rows in which a view's words are found, None if it has none. The name of a stage, a kind of
    meeting or a measure is a word of its rows.
    """
    if not view.q:
        return None
    terms = search_terms(view.q)
    if not terms:
        return []
    if view.scope == "reports":
        return list(connection.execute(_IN_REPORTS, {"match": match_words(view.q)}).scalars())
    classes = [term for term in terms if _class_called(term.text)]
    rest = [term.match for term in terms if not _class_called(term.text)]
    found = set(connection.execute(_IN_ROWS, {"match": " AND ".join(rest)}).scalars()) if rest else None
    for term in classes:
        its = _rows_with(connection, term)
        found = its if found is None else found & its
    return sorted(found or ())


def missing_words(connection: Connection, view: View) -> list[str]:
    """Of several words those that nothing has."""
    terms = search_terms(view.q)
    if view.scope == "reports":
        its = [(term, connection.execute(_IN_REPORTS, {"match": term.match}).first()) for term in terms]
        return [term.text for term, found in its if not found] if len(terms) > 1 else []
    return [term.text for term in terms if not _rows_with(connection, term)] if len(terms) > 1 else []


def _rows_with(connection: Connection, term: Term) -> set[int]:
    found = set(connection.execute(_IN_ROWS, {"match": term.match}).scalars())
    if name := _class_called(term.text):
        same = or_(rows.c.stage == name, rows.c.encounter == name, rows.c.measure == name)
        found |= set(connection.execute(select(rows.c.issued).where(same, rows.c.content.is_not(None))).scalars())
    return found


def _class_called(word: str) -> str:
    """The stage, kind of meeting or measure that a word names, in the plural too; empty if it is none."""
    bare = word.casefold()
    return next((name for name in _CLASSES if bare in (name, f"{name}s")), "")
