"""Cells of a row in the words of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pledgetrail.serving.words import number, short_number
from pledgetrail.vocabulary import SECTORS

FLAGS = ("negated", "conditional", "planned", "cumulative")

#: What each status is called, and what it means.
STATUSES = {
    "extracted": "read by the program, not decided yet",
    "accepted": "a reviewer found it right",
    "edited": "a reviewer corrected it",
    "rejected": "a reviewer found it wrong; it counts nowhere",
    "added": "a reviewer added it",
}


def flags(row: Mapping[str, Any]) -> list[str]:
    """What qualifies an act."""
    return [name for name in FLAGS if row.get(name)]


def klass(row: Mapping[str, Any]) -> str:
    """A row's stage, kind of encounter or measure."""
    return str(row["stage"] or row["encounter"] or row["measure"] or "")


def to(row: Mapping[str, Any]) -> str:
    """To whom, and through whom."""
    return f"{row['to_names'] or ''} via {row['via_names']}".strip() if row["via_names"] else row["to_names"] or ""


def amount(row: Mapping[str, Any]) -> str:
    """An amount in few signs: "up to USD 9 bn"."""
    if row["amount_value"] is None or row["kind"] == "figure":
        return ""
    parts = (row["amount_qualifier"], row["amount_currency"], short_number(row["amount_value"]))
    return " ".join(part for part in parts if part)


def value(row: Mapping[str, Any]) -> str:
    """A figure's value or range."""
    shown = number(row["value"]) or "–".join(number(bound) or "?" for bound in (row["low"], row["high"]))
    return " ".join(part for part in (row["qualifier"], row["amount_currency"], shown) if part)


def unit(row: Mapping[str, Any]) -> str:
    """What a figure counts, and what befell it."""
    words, measure = row["unit"] or "", row["measure"] or ""
    return words if not words or measure == "other" or measure[:5] in words.lower() else f"{words} {measure}"


def summary(row: Mapping[str, Any]) -> str:
    """A row in one line."""
    if row["kind"] == "encounter":
        parts = [row["participant_names"] or "somebody", klass(row), row["place_names"]]
    elif row["kind"] == "figure":
        parts = [row["claimed_by"], value(row), unit(row) or row["measure"], row["of"], row["place_names"]]
    else:
        parts = [
            row["by_names"] or "somebody",
            klass(row),
            amount(row),
            row["what"],
            f"to {to(row)}" if to(row) else "",
        ]
    return ", ".join(str(part) for part in parts if part)


def sector(code: str | None) -> str:
    """The DAC's name for a sector."""
    return SECTORS.get(code or "", code or "")


def plain(item: Any) -> str:
    """A value of the export contract in a few words."""
    if isinstance(item, Mapping):
        if "currency" in item:
            parts = (item.get("qualifier"), item["currency"], number(item.get("value")))
            return " ".join(part for part in parts if part)
        if "when_basis" in item:
            return f"{item.get('when')}, {item['when_basis']}"
        return str(item.get("name") or item.get("code") or item.get("when") or "")
    if isinstance(item, list | tuple):
        return "; ".join(plain(one) for one in item)
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, int | float):
        return number(item)
    return "" if item is None else str(item)
