"""Whose government speaks when a report names none: the state of the outlet or of the dateline."""

from __future__ import annotations

import re

from pledgetrail.language import gazetteer
from pledgetrail.records import Document

_OFFICIAL = re.compile(
    r"\b(?:government|minist(?:er|ry)|white house|department|embassy|parliament|prime minister|president)\b", re.I
)


def country(document: Document) -> str | None:
    """The alpha-3 code of the state whose office issued the report, if the outlet's name tells; else None."""
    outlet = document.outlet or ""
    if _OFFICIAL.search(outlet):
        for match in gazetteer.find(outlet):
            if match.entry.country:
                return match.entry.country
    head = document.text[:1500]
    if re.search(r"\b(?:media|press|news)\s+(?:release|statement)\b|\bminister for\b", head, re.I):
        found = re.search(r"\b(?:The )?(\w+) Government\b|\bGovernment of (\w+)\b", document.text)
        for name in found.groups() if found else ():
            entry = gazetteer.lookup(name) if name else None
            if entry and entry.country:
                return entry.country
    return None


#: States whose own "$" is not the US dollar (ISO 4217).
_DOLLARS = {
    "AUS": "AUD",
    "CAN": "CAD",
    "NZL": "NZD",
    "SGP": "SGD",
    "HKG": "HKD",
    "TWN": "TWD",
    "FJI": "FJD",
    "JAM": "JMD",
}


def dollar(document: Document) -> str:
    """The ISO 4217 code of a bare "$" in a report: the issuing state's own dollar in its releases, else USD."""
    return _DOLLARS.get(country(document) or "", "USD")
