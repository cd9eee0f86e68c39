"""What of the ledger is wanted, as the address of a page says it. A saved view is a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from pledgetrail.language.edtf import bounds
from pledgetrail.vocabulary import ENCOUNTERS, MEASURES, STAGES

KINDS: Final = ("commitment", "encounter", "figure")

#: What a list can be narrowed by, in the order of the page.
FACETS: Final = ("stage", "by", "to", "place", "sector", "year", "status", "second", "origins", "confidence")

#: Orders of a list with what the page calls them.
SORTS: Final = {
    "newest": "latest act first",
    "oldest": "earliest act first",
    "amount": "largest amount first",
    "origins": "most origins first",
    "confidence": "surest first",
    "doubt": "least sure first",
    "added": "last added first",
    "review": "most worth reviewing first",
    "random": "by lot",
}

#: Origins and confidence are asked for by class: name, at least, less than.
CLASSES: Final[dict[str, tuple[tuple[str, float, float], ...]]] = {
    "origins": (("1", 0, 2), ("2", 2, 3), ("3-4", 3, 5), ("5+", 5, float("inf"))),
    "confidence": (("0.9+", 0.9, 2), ("0.7-0.9", 0.7, 0.9), ("0.5-0.7", 0.5, 0.7), ("0-0.5", 0, 0.5)),
}

#: Other facets with no more than some values, by the kind of rows where it matters.
_CLOSED: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("stage", "commitment"): (*STAGES, "none"),
    ("stage", "encounter"): (*ENCOUNTERS, "none"),
    ("stage", "figure"): (*MEASURES, "none"),
}

#: Most values of one facet, and most characters of one value, that an address may have.
_MOST: Final = 50
_LONGEST: Final = 500


class BadView(ValueError):
    """An address asks for what there is not; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A kind of rows, narrowed and in order. ``chosen`` has the values of each facet; one of them is enough."""

    kind: str = "commitment"
    q: str = ""
    scope: str = "rows"  # where the words of q must be: "rows", or "reports" that a row was read from
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    sort: str = "newest"

    def address(self, path: str, **more: Any) -> str:
        """A link to the view on a page."""
        pairs = [*self._pairs(), *((name, value) for name, value in more.items() if value not in (None, ""))]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def with_(self, **changes: Any) -> View:
        """The view with fields changed."""
        return replace(self, **changes)

    def toggled(self, facet: str, value: str) -> View:
        """The view with a value of a facet chosen, or no longer chosen."""
        had = self.chosen.get(facet, ())
        now = tuple(v for v in had if v != value) if value in had else (*had, value)
        return replace(self, chosen={**self.chosen, facet: now})

    def without(self, facet: str) -> View:
        """The view with nothing chosen of a facet."""
        return replace(self, chosen={name: values for name, values in self.chosen.items() if name != facet})

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out beside the other kinds."""
        return bool(self.q or self.since or self.until or any(self.chosen.values()))

    def fields(self, *leave: str) -> list[tuple[str, str]]:
        """The view as fields of a form, without some."""
        return [(name, value) for name, value in self._pairs() if name not in leave]

    def _pairs(self) -> list[tuple[str, str]]:
        plain = View()
        single = ("kind", "q", "scope", "since", "until", "sort")
        found = [(name, getattr(self, name)) for name in single if getattr(self, name) != getattr(plain, name)]
        return found + [(facet, value) for facet in FACETS for value in self.chosen.get(facet, ())]


def read_view(pairs: Iterable[tuple[str, str]]) -> View:
    """The view of an address's query. Names that are not ours are left alone; raises BadView for a wrong value."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(_clean(value))
    kind = _one(values, "kind", "commitment", KINDS)
    chosen = {facet: tuple(dict.fromkeys(v for v in values.get(facet, ()) if v)) for facet in FACETS}
    for facet, its in chosen.items():
        if len(its) > _MOST:
            raise BadView(f"more than {_MOST} values of {facet}")
        known = [name for name, _, _ in CLASSES.get(facet, ())]
        known = known or list(_CLOSED.get((facet, kind), _CLOSED.get((facet, ""), ())))
        for value in its if known else ():
            if value not in known:
                raise BadView(f"{facet} is one of {', '.join(known)}")
    return View(
        kind=kind,
        q=_last(values, "q").strip(),
        scope=_one(values, "scope", "rows", ("rows", "reports")),
        chosen={facet: its for facet, its in chosen.items() if its},
        since=_day(values, "since", 0),
        until=_day(values, "until", 1),
        sort=_one(values, "sort", "newest", SORTS),
    )


def _clean(value: str) -> str:
    return re.sub("[\x00-\x1f\x7f\ud800-\udfff]", " ", value)[:_LONGEST]


def _last(values: Mapping[str, list[str]], name: str) -> str:
    return values.get(name, [""])[-1]


def _one(values: Mapping[str, list[str]], name: str, default: str, known: Iterable[str]) -> str:
    value = _last(values, name) or default
    if value not in known:
        raise BadView(f"{name} is one of {', '.join(known)}")
    return value


def _day(values: Mapping[str, list[str]], name: str, side: int) -> str:
    value = _last(values, name).strip()
    if not value:
        return ""
    try:
        day = bounds(value)[side]
    except ValueError:
        day = None
    if day is None:
        raise BadView(f"{name} is a day (2021-01-13), month (2021-01) or year (2021)")
    return day.isoformat()
