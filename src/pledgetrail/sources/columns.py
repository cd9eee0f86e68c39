"""Which column of a table holds which field of a report: as the user says, else by the usual names."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

#: The fields that a column can be named for, in the order in which columns are looked for.
FIELDS: Final = ("text", "title", "published", "url", "outlet", "author", "section", "language", "id")

_SHOWN: Final = 30  # columns that a message names
_BETWEEN: Final = re.compile(r",(?=[^,=]*=)")
_MARKS: Final = re.compile(r"[\W_]+")


class MapError(ValueError):
    """A choice of columns that cannot be understood. The message is for the user."""


class NoColumn(ValueError):
    """A table lacks a column that it must have. ``kind`` as in Problem.kind, the message is for the user."""

    def __init__(self, kind: str, message: str) -> None:
        """``kind`` is ``no-column`` (a named one is not there) or ``no-text`` (none looks like the text)."""
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Columns:
    """The column of each field that a table has. ``partial``: the text's column holds summaries only."""

    names: Mapping[str, str]
    partial: bool = False
    teaser: str | None = None  # the column of summaries, where there is one beside the text


def parse_map(options: Iterable[str]) -> dict[str, str]:
    """The choice of columns from options like ``text=Body,published=Date``; ``outlet=`` leaves a field unfilled.

    A comma belongs to the column's name unless ``field=`` follows. Raises MapError.
    """
    chosen: dict[str, str] = {}
    for part in (part for option in options for part in _BETWEEN.split(option)):
        field, equals, column = part.partition("=")
        field = field.strip()
        known = f"the fields are {', '.join(FIELDS)}"
        if not equals:
            raise MapError(f"{part.strip()!r} is not of the form FIELD=COLUMN; {known}")
        if field not in FIELDS:
            raise MapError(f"there is no field {field!r}; {known}")
        if field in chosen:
            raise MapError(f"the field {field!r} is named twice")
        if field == "text" and not column.strip():
            raise MapError("the field 'text' needs a column")
        chosen[field] = column.strip()
    return chosen


def fold(name: str) -> str:
    """A column's name without case, accents, spaces and punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return _MARKS.sub("", bare.casefold().replace("ı", "i"))


def columns_of(header: Iterable[str], chosen: Mapping[str, str], *, table: bool = True) -> Columns:
    """The columns of a table with this header. A chosen name is taken to the letter, or else without case and accents.

    Raises NoColumn if a chosen column is not there, or if none is chosen for the text and none looks like it. If it
    is the keys of one record of many (``table=False``), a chosen field other than the text may be missing.
    """
    return _columns_of(tuple(header), tuple(sorted(chosen.items())), table)


@lru_cache(maxsize=256)
def _columns_of(header: tuple[str, ...], chosen: tuple[tuple[str, str], ...], table: bool) -> Columns:
    found, teaser = _found(header, dict(chosen), table)
    if "text" in found:
        return Columns(MappingProxyType(found), teaser=teaser)
    if teaser is not None:
        return Columns(MappingProxyType({**found, "text": teaser}), partial=True)
    hint = "name it: --map text=COLUMN"
    raise NoColumn("no-text", f"no column looks like the text of a report; {listed(header)}; {hint}")


def address_column(header: Iterable[str], chosen: Mapping[str, str]) -> str | None:
    """The column of addresses of a table, if it has one."""
    try:
        return _found(tuple(header), dict(chosen), table=False)[0].get("url")
    except NoColumn:
        return None


def known_columns(header: Iterable[str], chosen: Mapping[str, str]) -> int:
    """How many fields a row names columns for, if it is taken for the header; the text counts most."""
    try:
        found, teaser = _found(tuple(header), dict(chosen), table=True)
    except NoColumn:
        return 0
    return len(found) + (10 if "text" in found or teaser else 0)


def _found(header: tuple[str, ...], chosen: dict[str, str], table: bool) -> tuple[dict[str, str], str | None]:
    folded: dict[str, str] = {}
    for given in header:
        folded.setdefault(fold(given), given)
    found: dict[str, str] = {}
    for field, column in chosen.items():
        name = column if column in header else folded.get(fold(column))
        if name is not None and column:
            found[field] = name
        elif column and (table or field == "text"):
            raise NoColumn("no-column", f"there is no column {column!r}; {listed(header)}")
    taken = set(found.values())
    for field in FIELDS:
        if field not in chosen and (name := _first(field, folded, taken)) is not None:
            found[field] = name
            taken.add(name)
    return found, None if "text" in chosen else _first("teaser", folded, taken)


def _first(field: str, folded: Mapping[str, str], taken: set[str]) -> str | None:
    names = (folded[name] for name in synonyms()[field] if name in folded)
    return next((name for name in names if name not in taken), None)


def listed(header: Iterable[str]) -> str:
    """The columns of a table in words, for a message."""
    names = [name for name in header if name.strip()]
    if not names:
        return "it names no columns"
    shown = ", ".join(name if len(name) <= 60 else name[:57] + "..." for name in names[:_SHOWN])
    return f"the columns are {shown}" + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((resources.files("pledgetrail.sources") / "data" / "columns.toml").read_text("utf-8"))


@cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """The usual names of columns by field, folded, the most telling first; ``teaser`` for summaries."""
    return {field: tuple(dict.fromkeys(map(fold, names))) for field, names in _data()["columns"].items()}


@cache
def languages() -> Mapping[str, str]:
    """Codes of languages by their English names, folded."""
    return {fold(name): code for name, code in _data()["languages"].items()}


@cache
def list_names() -> tuple[str, ...]:
    """Keys under which JSON files keep their records."""
    return tuple(_data()["lists"]["names"])
