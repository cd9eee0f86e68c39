"""A view over the columns: which rows pass, how many each facet's values have, their order, their totals. Pure."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import struct
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from pledgetrail.serving.columns import LEFT_OUT, SEVERAL, Array, Columns
from pledgetrail.serving.view import CLASSES, FACETS, KINDS, BadView, View
from pledgetrail.vocabulary import ENCOUNTERS, MEASURES, SECTORS, STAGES

#: Values of a facet that a page shows before one asks for all.
SHOWN: Final = 10

_STATUSES: Final = ("extracted", "accepted", "edited", "added", "rejected")


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet with the number of rows that have it and pass all other facets."""

    value: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values, the commonest (or in the order of the field) first."""

    name: str
    values: tuple[Value, ...]
    more: int  # how many values are not listed


@dataclass(frozen=True, slots=True)
class Total:
    """The amounts of one stage: rows, sums by currency, and amounts left out by reason."""

    stage: str
    rows: int
    sums: tuple[tuple[str, float, int], ...]  # currency, sum, rows
    left_out: tuple[tuple[str, int], ...]


class Chosen:
    """The rows of a view. ``words`` are the places that the words of the view were found in, None without words."""

    def __init__(self, columns: Columns, view: View, words: Array | None) -> None:
        """Work out what each condition of the view lets through."""
        self._columns = columns
        self._view = view
        self._base = self._fixed(words)
        self._by_facet = {facet: self._mask(facet, values) for facet, values in view.chosen.items()}
        self.mask = self._without(None)

    def count(self) -> int:
        """How many rows pass."""
        return int(np.count_nonzero(self.mask))

    def kinds(self) -> dict[str, int]:
        """Rows of each kind that the words, times and facets of the view let through."""
        words = self._columns.words["kind"]
        mask = self._of_any_kind
        for its in self._by_facet.values():
            mask = mask & its
        counts = np.bincount(self._columns.column("kind")[mask], minlength=len(words.list))
        return {kind: int(counts[number]) if (number := words.find(kind)) else 0 for kind in KINDS}

    def facet(self, name: str, most: int = SHOWN) -> Facet:
        """A facet's values; those chosen are always among them."""
        chosen = self._view.chosen.get(name, ())
        counts, left = self._counts(name, self._without(name), most)
        found = ((value, its, count) for value, its, count in counts if count or value in chosen)
        every = [Value(value, its, count, value in chosen) for value, its, count in found]
        words = self._columns.words.get(name)
        for value in sorted(set(chosen) - {v.value for v in every}):
            number = words.find(value) if words else None
            every.append(Value(value, words.name(number) if words and number else value, 0, True))
        most = max(most, len(STAGES)) if name in ("stage", "year") else most
        listed = every[:most] + [v for v in every[most:] if v.chosen]
        return Facet(name, tuple(listed), left + len(every) - len(listed))

    def totals(self) -> list[Total]:
        """Totals by stage, in the order of an undertaking's life. Nothing is added across stages or currencies."""
        columns, found = self._columns, []
        classes, currencies = columns.words["class"], columns.words["currency"]
        out = columns.column("left_out")
        for stage in STAGES:
            number = classes.find(stage)
            if number is None:
                continue
            mask = self.mask & (columns.column("class") == number)
            rows = int(np.count_nonzero(mask))
            if not rows:
                continue
            counted = mask & (out == 0)
            its = columns.column("currency")[counted]
            sums = np.bincount(its, weights=columns.column("amount")[counted], minlength=len(currencies.list))
            times = np.bincount(its, minlength=len(currencies.list))
            listed = [(currencies.list[n], float(sums[n]), int(times[n])) for n in np.flatnonzero(times)]
            reasons = np.bincount(out[mask], minlength=len(LEFT_OUT))
            left = tuple((LEFT_OUT[n], int(reasons[n])) for n in range(1, len(LEFT_OUT)) if reasons[n])
            found.append(Total(stage, rows, tuple(sorted(listed, key=lambda item: (-item[2], item[0]))), left))
        return found

    def page(self, orders: MutableMapping[str, Any], after: str, limit: int | None) -> tuple[list[int], str]:
        """The numbers (``issued``) of the rows behind a cursor, and the cursor of the last if more follow."""
        keys, issued, places = _order(self._columns, self._view.sort, orders)
        start = 0
        if after:
            key, number = read_cursor(after)
            left, right = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
            start = int(left + np.searchsorted(issued[left:right], number, "right"))
        passing = np.flatnonzero(self.mask[places[start:]])
        wanted = passing if limit is None else passing[:limit]
        cursor = ""
        if len(wanted) and len(passing) > len(wanted):
            last = start + int(wanted[-1])
            cursor = write_cursor(float(keys[last]), int(issued[last]))
        return [int(number) for number in issued[start + wanted]], cursor

    def cursors(self, orders: MutableMapping[str, Any], numbers: list[int]) -> dict[int, str]:
        """The cursors of rows in the view's order."""
        keys, issued, _ = _order(self._columns, self._view.sort, orders)
        places = np.flatnonzero(np.isin(issued, numbers))
        return {int(issued[at]): write_cursor(float(keys[at]), int(issued[at])) for at in places}

    def _fixed(self, words: Array | None) -> Array:
        columns, view = self._columns, self._view
        mask: Array = columns.column("alive").copy()
        if words is not None:
            found = np.zeros(len(columns), np.bool_)
            found[words] = True
            mask &= found
        if view.since:
            mask &= columns.column("last") >= dt.date.fromisoformat(view.since).toordinal()
        if view.until:
            first = columns.column("first")
            mask &= (first > 0) & (first <= dt.date.fromisoformat(view.until).toordinal())
        self._of_any_kind = mask
        number = columns.words["kind"].find(view.kind)
        mask = mask & (columns.column("kind") == (-1 if number is None else number))
        return mask

    def _without(self, facet: str | None) -> Array:
        mask = self._base
        for name, its in self._by_facet.items():
            if name != facet:
                mask = mask & its
        return mask

    def _mask(self, facet: str, values: tuple[str, ...]) -> Array:
        """The rows that have one of the values of a facet."""
        columns = self._columns
        mask = np.zeros(len(columns), np.bool_)
        if facet in CLASSES:
            column = columns.column(facet)
            for name, low, high in CLASSES[facet]:
                if name in values:
                    mask |= (column >= low) & (column < high)
            return mask
        if facet == "year":
            years = [0 if v == "none" else int(v) for v in values if v == "none" or v.isdecimal()]
            mask |= np.isin(columns.column("year"), years)
            return mask
        words = columns.words[_COLUMN.get(facet, facet)]
        numbers = [words.find("" if value == "none" else value) for value in values]
        known = [number for number in numbers if number is not None]
        if facet in SEVERAL:
            rows, its = columns.pairs(facet)
            mask[rows[np.isin(its, known)]] = True
            if "none" in values:
                some = np.zeros(len(columns), np.bool_)
                some[rows] = True
                mask |= ~some
            return mask
        mask |= np.isin(columns.column(_COLUMN.get(facet, facet)), known)
        return mask

    def _counts(self, facet: str, mask: Array, most: int) -> tuple[list[tuple[str, str, int]], int]:
        """Values of a facet with their names and numbers of rows, in order, and how many rarer ones are left out."""
        columns = self._columns
        if facet in CLASSES:
            column = columns.column(facet)[mask]
            classes = CLASSES[facet]
            return [(n, n, int(np.count_nonzero((column >= low) & (column < high)))) for n, low, high in classes], 0
        if facet == "year":
            years = np.bincount(columns.column("year")[mask])
            listed = [(str(year), str(year), int(years[year])) for year in np.flatnonzero(years)[::-1] if year]
            return listed + ([("none", "undated", int(years[0]))] if len(years) and years[0] else []), 0
        words = columns.words[_COLUMN.get(facet, facet)]
        if facet in SEVERAL:
            rows, its = columns.pairs(facet)
            counts = np.bincount(its[mask[rows]], minlength=1)
            some = np.zeros(len(columns), np.bool_)
            some[rows] = True
            counts[0] = np.count_nonzero(mask & ~some)
        else:
            counts = np.bincount(columns.column(_COLUMN.get(facet, facet))[mask], minlength=1)
        order = _IN_ORDER.get((facet, self._view.kind)) or _IN_ORDER.get((facet, ""))
        numbers = np.flatnonzero(counts)
        known = [words.find(value) for value in self._view.chosen.get(facet, ())]
        kept = numbers if order else _commonest(numbers, counts, most, [n for n in known if n is not None])
        ranked = sorted(kept.tolist(), key=lambda n: (n == 0, -int(counts[n]), words.name(n)))
        found = [(words.list[n] or "none", _NAME[facet](words.name(n)), int(counts[n])) for n in ranked]
        if order:
            found.sort(key=lambda item: order.index(item[0]) if item[0] in order else 99)
        return found, len(numbers) - len(kept)


def _commonest(numbers: Array, counts: Array, most: int, chosen: list[int]) -> Array:
    """Of the numbers of words the ``most`` commonest, with all that are as common as the last of them, 0 (for none) and
    those chosen: actors may be thousands, and naming and sorting them all takes longer than counting.
    """
    if len(numbers) <= most + 1:
        return numbers
    times = counts[numbers]
    least = np.partition(times[numbers > 0], -most)[-most]
    kept: Array = numbers[(times >= least) | (numbers == 0) | np.isin(numbers, chosen)]
    return kept


#: Facets that lie in a column of another name.
_COLUMN: Final = {"stage": "class"}

_IN_ORDER: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("stage", "commitment"): STAGES,
    ("stage", "encounter"): ENCOUNTERS,
    ("stage", "figure"): MEASURES,
    ("status", ""): _STATUSES,
    ("second", ""): ("differs", "agreed", "none"),
}


def _named(name: str) -> str:
    return name or "none named"


_NAME: Final[dict[str, Callable[[str], str]]] = {
    **dict.fromkeys(FACETS, _named),
    "sector": lambda code: f"{SECTORS.get(code, code)}" if code else "none named",
    "second": lambda found: found or "none given",
}


def _order(columns: Columns, sort: str, orders: MutableMapping[str, Any]) -> tuple[Array, Array, Array]:
    """Sort keys, row numbers and places of all rows in an order; made once and kept in ``orders``."""
    if sort not in orders:
        places = np.flatnonzero(columns.column("alive"))
        issued = columns.column("issued")[places]
        keys = _keys(columns, sort)[places].astype(np.float64)
        ranked = np.lexsort((issued, keys))
        orders[sort] = (keys[ranked], issued[ranked], places[ranked])
    found: tuple[Array, Array, Array] = orders[sort]
    return found


def _keys(columns: Columns, sort: str) -> Array:
    """What rows are sorted by, the least first. What is unknown comes last."""
    if sort in ("newest", "oldest"):
        days = columns.column("first").astype(np.float64)
        return np.where(days == 0, np.inf, -days if sort == "newest" else days)
    if sort == "amount":
        return np.nan_to_num(-columns.column("amount"), nan=np.inf)
    sign, name = {
        "origins": (-1, "origins"),
        "confidence": (-1, "confidence"),
        "doubt": (1, "confidence"),
        "added": (-1, "issued"),
        "review": (-1, "value"),
        "random": (1, "lot"),
    }[sort]
    found: Array = sign * columns.column(name).astype(np.float64)
    return found


def write_cursor(key: float, number: int) -> str:
    """A place in an order, as an address carries it."""
    return base64.urlsafe_b64encode(struct.pack(">dq", key, number)).decode().rstrip("=")


def read_cursor(text: str) -> tuple[float, int]:
    """The place that a cursor names. Raises BadView."""
    try:
        key, number = struct.unpack(">dq", base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, struct.error) as error:
        raise BadView("after is no cursor of a list") from error
    if key != key:
        raise BadView("after is no cursor of a list")
    return key, number
