"""Sector and flow of a commitment's object: the form of ``sectors.toml``, and what some objects are."""

from __future__ import annotations

from typing import Any

import pytest

from pledgetrail.extraction.sectors import flow_of, sector_of
from pledgetrail.language.lexicon import load
from pledgetrail.vocabulary import FLOWS, SECTORS

DATA = load("sectors.toml", "pledgetrail.extraction")
ROWS = [*DATA["sector"], *DATA["flow"]]


def test_sectors_are_of_the_dac_and_flows_of_the_vocabulary_each_listed_once() -> None:
    assert set(DATA) == {"sector", "flow", "classes"}
    assert set(DATA["classes"].values()) <= set(SECTORS)
    codes = [row["code"] for row in DATA["sector"]]
    names = [row["name"] for row in DATA["flow"]]
    assert set(codes) <= set(SECTORS) and len(set(codes)) == len(codes)
    assert set(names) <= set(FLOWS) and len(set(names)) == len(names)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.get("code") or row["name"])
def test_each_row_lists_lower_case_words_once(row: dict[str, Any]) -> None:
    words = row["words"]
    assert words
    assert all(word == word.lower().strip() and word for word in words)
    assert len(set(words)) == len(words)


def test_no_word_stands_in_two_sectors_or_in_two_flows() -> None:
    for rows in (DATA["sector"], DATA["flow"]):
        words = [word for row in rows for word in row["words"]]
        assert len(set(words)) == len(words)


@pytest.mark.parametrize("row", DATA["sector"], ids=lambda row: row["code"])
def test_every_sector_can_be_told(row: dict[str, Any]) -> None:
    """A word that an earlier sector's word always hides would never be reached."""
    assert {sector_of(word) for word in row["words"]} == {row["code"]}


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("200 schools in the valley", "110"),
        ("scholarships for Nepali students", "110"),
        ("a field hospital", "120"),
        ("2 million doses of COVID-19 vaccines", "120"),
        ("clean water for the camps", "140"),
        ("the railway between the two capitals", "210"),
        ("a solar power plant", "230"),
        ("seeds and fertiliser for farmers", "311"),
        ("50 tonnes of wheat", "520"),
        ("relief of its debt", "600"),
        ("tents and blankets", "720"),
        ("the Reconstruction of the old town", "730"),
        ("a ceasefire", "152"),
        ("$5 million", None),
        ("all possible support", None),
        ("", None),
    ],
)
def test_the_sector_of_an_object(what: str, code: str | None) -> None:
    assert sector_of(what) == code


@pytest.mark.parametrize(
    "what", ["support for the West Bank", "a roadmap for talks", "the well-being of children", "a portfolio of ideas"]
)
def test_a_word_of_another_sense_tells_nothing(what: str) -> None:
    assert sector_of(what) is None


def test_words_are_found_at_their_start_alone() -> None:
    assert sector_of("a price cap") is None
    assert flow_of("a price cap") is None


@pytest.mark.parametrize(
    ("what", "flow"),
    [
        ("a $50 million loan", "loan"),
        ("soft loans", "loan"),
        ("a grant of $5 million", "grant"),
        ("guarantees for exporters", "guarantee"),
        ("debt relief", "debt relief"),
        ("tents and blankets", "in kind"),
        ("air defence systems and ammunition", "military"),
        ("training for midwives", "technical"),
        ("an arms embargo", "sanctions"),
        ("$5 million", None),
        ("", None),
    ],
)
def test_the_flow_of_an_object(what: str, flow: str | None) -> None:
    assert flow_of(what) == flow
