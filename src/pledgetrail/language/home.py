"""Whose government speaks when a report names none: the state of the outlet or of the dateline."""

from __future__ import annotations

import re

from pledgetrail.language import gazetteer
from pledgetrail.records import Document

_OFFICIAL = re.compile(r"\b(?:government|minist(?:er|ry)|white house|department|embassy|parliament|prime minister|president)\b", re.I)


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
