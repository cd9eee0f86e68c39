"""Stages, kinds, measures, flows and sectors: the field's words, as constants. Imports nothing of ours."""

from __future__ import annotations

from typing import Final

#: Stages of a commitment in the order of an undertaking's life (docs/reference/vocabulary.md).
STAGES: Final = (
    "exploration",
    "invitation",
    "request",
    "call",
    "offer",
    "pledge",
    "agreement",
    "contract",
    "disbursement",
    "delivery",
    "completion",
    "suspension",
    "cancellation",
    "refusal",
)

#: Kinds of encounter.
ENCOUNTERS: Final = ("meeting", "visit", "call", "conference", "signing")

#: Classes of a figure's measure.
MEASURES: Final = (
    "killed",
    "injured",
    "missing",
    "displaced",
    "affected",
    "damaged",
    "loss",
    "need",
    "troops",
    "other",
)

#: How a commitment is given.
FLOWS: Final = ("grant", "loan", "guarantee", "debt relief", "in kind", "technical", "military", "trade", "sanctions")

#: Party types, after the export contract.
PARTY_TYPES: Final = ("state", "government body", "person", "organisation", "company", "group")

#: OECD DAC sector codes (three digits) used for a commitment's object, with the DAC's own names.
#: Source: OECD DAC and CRS code lists, https://www.oecd.org/dac/ (purpose codes, main sectors).
SECTORS: Final[dict[str, str]] = {
    "110": "Education",
    "120": "Health",
    "130": "Population policies and reproductive health",
    "140": "Water supply and sanitation",
    "151": "Government and civil society",
    "152": "Conflict, peace and security",
    "160": "Other social infrastructure and services",
    "210": "Transport and storage",
    "220": "Communications",
    "230": "Energy",
    "240": "Banking and financial services",
    "250": "Business and other services",
    "311": "Agriculture",
    "320": "Industry, mining and construction",
    "331": "Trade policies and regulations",
    "332": "Tourism",
    "410": "General environment protection",
    "430": "Other multisector",
    "510": "General budget support",
    "520": "Food aid and food security",
    "600": "Action relating to debt",
    "720": "Emergency response",
    "730": "Reconstruction, relief and rehabilitation",
    "740": "Disaster prevention and preparedness",
    "930": "Refugees in donor countries",
}
