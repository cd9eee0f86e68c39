"""What a reviewer writes into a cell, read as the value that the ledger keeps (in the form of the export contract)."""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from pledgetrail.language import gazetteer
from pledgetrail.language.actors import slug
from pledgetrail.language.quantities import find_quantities
from pledgetrail.ledger.errors import InvalidDecision
from pledgetrail.ledger.flat import fold_name
from pledgetrail.ledger.schema import actors, row_parties
from pledgetrail.records import Span
from pledgetrail.serving import days
from pledgetrail.serving.words import number
from pledgetrail.vocabulary import ENCOUNTERS, FLOWS, MEASURES, SECTORS, STAGES

#: Cells that a page lets one edit, by kind, in its order.
EDITABLE: Final[dict[str, tuple[str, ...]]] = {
    "commitment": (
        *("stage", "by", "to", "via", "what", "amount", "flow", "sector", "places", "when", "period", "part_of"),
        *("speaker", "conditional", "negated", "planned", "cumulative"),
    ),
    "encounter": ("kind", "participants", "places", "when", "planned"),
    "figure": (
        *("value", "qualifier", "currency", "measure", "unit", "of", "places", "when", "claimed_by", "part_of"),
        "planned",
    ),
}

#: Cells of one of a list of words.
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "stage": STAGES,
    "kind": ENCOUNTERS,
    "measure": MEASURES,
    "flow": FLOWS,
    "sector": tuple(SECTORS),
    **dict.fromkeys(("conditional", "negated", "planned", "cumulative"), ("yes", "no")),
}

_FLAGS: Final = frozenset({"conditional", "negated", "planned", "cumulative"})
_PARTIES: Final = frozenset({"by", "to", "via", "participants"})
_PARTY: Final = frozenset({"speaker", "claimed_by"})
_DATES: Final = frozenset({"when", "period"})

#: Most names of one cell.
_MOST: Final = 50


def read_value(connection: Connection, kind: str, cell: str, text: str, words: Span | None) -> Any:
    """The value that a text means in a cell of a kind of rows; empty is None. Parties and places are set off by ";".

    ``words`` are those selected in the report: a date in them is read from the report's own. Raises InvalidDecision,
    which says what is wanted instead.
    """
    text = text.strip()
    if cell not in EDITABLE[kind]:
        raise InvalidDecision(f"{'an' if kind == 'encounter' else 'a'} {kind} has no cell {cell!r}")
    if not text:
        return False if cell in _FLAGS else None
    if cell in CHOICES:
        text = choice(cell, text)
    if cell in _FLAGS:
        if text not in ("yes", "no"):
            raise InvalidDecision(f"{cell} is yes or no")
        return text == "yes"
    if cell in _PARTIES:
        return [read_party(connection, name) for name in parts(text)]
    if cell in _PARTY:
        return read_party(connection, text)
    if cell == "places":
        return parts(text)
    if cell in _DATES:
        edtf, basis = days.read_day(connection, text, words)
        return days.cell_value(edtf, basis) if cell == "when" else edtf
    if cell == "amount":
        return _amount(text)
    return _number(text) if cell == "value" else text


def choice(cell: str, text: str) -> str:
    """The choice of a cell that a text means: in any case; a sector by its name, or by how one name alone begins."""
    wanted = " ".join(text.casefold().replace("_", " ").split())
    names = {its: SECTORS[its].casefold() if cell == "sector" else its.replace("_", " ") for its in CHOICES[cell]}
    whole = [its for its, name in names.items() if wanted in (its.casefold(), name.casefold())]
    begun = [its for its, name in names.items() if cell not in _FLAGS and name.casefold().startswith(wanted)]
    found = whole or begun
    if cell == "sector" and len(found) > 1:
        told = "; ".join(f"{its} {SECTORS[its]}" for its in found[:5])
        raise InvalidDecision(f"{text!r} begins several sectors: {told}")
    return found[0] if len(found) == 1 else text


def parts(text: str) -> list[str]:
    """The names of a text that are set off by ";". Raises InvalidDecision for more than any row has."""
    found = list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
    if len(found) > _MOST:
        raise InvalidDecision(f"a cell has at most {_MOST} names, not {len(found):,}")
    return found


def read_party(connection: Connection, name: str) -> dict[str, Any]:
    """The actor that the ledger knows by a name or id; else one that the gazetteer knows; else a new one."""
    query = select(actors).where(or_(actors.c.id == name, actors.c.name == name)).order_by(actors.c.id)
    known = connection.execute(query.limit(1)).mappings().one_or_none()
    if known is not None:
        return _party(known["id"], known["name"], known["type"], known["country"])
    folded = fold_name(name)
    like = f"%| {folded} |%"
    named = row_parties.c
    found = connection.execute(
        select(named.actor_id, named.name, named.type, named.country).where(named.folded.like(like)).limit(1)
    ).one_or_none()
    if folded and found is not None:
        return _party(*found)
    entry = gazetteer.lookup(name)
    if entry is not None and entry.kind == "state" and entry.country:
        return _party(f"state-{entry.country.lower()}", entry.name, "state", entry.country)
    if entry is not None and entry.type is not None:
        return _party("org-" + slug(entry.name), entry.name, entry.type, entry.country)
    return _party("org-" + slug(name), name, "organisation", None)


def _party(name: str, shown: str, kind: str, country: str | None) -> dict[str, Any]:
    return {"id": name, "name": shown, "aliases": [], "type": kind, "country": country}


def _amount(text: str) -> dict[str, Any]:
    found = [q for q in find_quantities(text) if not q.percent and (q.value is not None or q.high is not None)]
    if not found:
        raise InvalidDecision(f"{text!r} is no amount; write one like USD 5 million or up to EUR 3 bn")
    one = found[0]
    value = one.value if one.value is not None else one.high
    return {"value": value, "currency": one.currency, "text": one.text, "qualifier": one.qualifier}


def _number(text: str) -> float | list[float]:
    bare = text.replace(",", "")
    pair = re.fullmatch(r"(\d+(?:\.\d+)?)\s*[-–]\s*(\d+(?:\.\d+)?)", bare)
    if pair:
        return [float(pair[1]), float(pair[2])]
    if re.fullmatch(r"\d+(?:\.\d+)?", bare):
        return float(bare)
    found = find_quantities(text)
    if not found:
        raise InvalidDecision(f"{text!r} is no number; write one like 1,250 or a range like 100-120")
    one = found[0]
    if one.value is not None:
        return one.value
    return [bound for bound in (one.low, one.high) if bound is not None]


def shown_text(values: dict[str, Any], cell: str) -> str:
    """A cell's value as the text that ``read_value`` reads."""
    value = values.get("measure_class" if cell == "measure" else cell)
    if cell in _FLAGS:
        return "yes" if value else "no"
    if cell == "sector":
        return str(value["code"]) if value else ""
    if isinstance(value, dict):
        if "currency" in value:
            parts = (value.get("qualifier"), value["currency"], number(value["value"]))
            return " ".join(part for part in parts if part)
        return str(value.get("name", ""))
    if isinstance(value, list):
        numbers = all(isinstance(item, int | float) for item in value)
        names = [f"{item:.15g}" if numbers else item["name"] if isinstance(item, dict) else str(item) for item in value]
        return ("-" if numbers else "; ").join(names)
    return f"{value:.15g}" if isinstance(value, float) else "" if value is None else str(value)
