"""Calibrated confidence: monotone in the raw probability, bounded, per reader, and told from what a statement says."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.extraction import calibration
from pledgetrail.extraction.calibration import LEAST, MOST, calibrated, chance, curves, inputs, surer_beside
from pledgetrail.records import Amount, Commitment, Encounter, Figure, Party, Span

NORWAY = Party("state-nor", "Norway", "state", "NOR")


def span(start: int, end: int) -> Span:
    return Span("d", start, end, "x" * (end - start))


def commitment(confidence: float = 0.5, **more: Any) -> Commitment:
    given = {"trigger": span(3, 8), "evidence": (span(0, 20),), "cells": {}, "stage": "pledge"} | more
    return Commitment(id=f"s{confidence}", document="d", text_sha256="0", confidence=confidence, reader="r", **given)


CURVE = {"always": -1.0, "raw 0": 0.4, "raw 2": 1.2, "raw 5": 0.1, "giver 1": 0.7, "beside 1": -1.5}


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 4))
def test_the_chance_grows_with_the_raw_probability(a: float, b: float, beside: int) -> None:
    low, high = sorted((a, b))
    chances = [chance(CURVE, commitment(raw), beside) for raw in (low, high)]
    assert LEAST <= chances[0] <= chances[1] <= MOST


def test_what_is_said_moves_the_chance() -> None:
    alone = chance(CURVE, commitment(), 0)
    assert chance(CURVE, commitment(by=(NORWAY,)), 0) > alone > chance(CURVE, commitment(), 1)


def test_the_pieces_of_the_raw_probability_add_up() -> None:
    for raw in (0.05, 0.3, 0.5, 0.9, 0.99):
        named = dict(inputs(commitment(raw), 0))
        pieces = [named[f"raw {n}"] for n in range(len(calibration.KNOTS))]
        assert all(piece >= 0 for piece in pieces)
        filled = [piece > 0 for piece in pieces]
        assert filled == sorted(filled, reverse=True), "a later piece is filled only after those before it"


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        (
            commitment(by=(NORWAY,), to=(NORWAY,), via=(NORWAY,), what="tents"),
            {"giver 1", "receiver 2", "no sum", "thing"},
        ),
        (
            commitment(amount=Amount(5.0, "USD", "$5"), cells={"amount": (span(3, 8),)}, when="2020"),
            {"sum alone", "dated", "stage pledge"},
        ),
        (commitment(amount=Amount(5.0, "USD", "$5"), evidence=(span(0, 9), span(9, 12))), {"sum", "told again"}),
    ],
)
def test_inputs_are_named_by_what_is_said(statement: Commitment, names: set[str]) -> None:
    assert names <= {name for name, _ in inputs(statement, 0)}


def test_encounters_and_figures_have_inputs_of_their_own() -> None:
    common: dict[str, Any] = {
        "id": "s",
        "document": "d",
        "text_sha256": "0",
        "trigger": span(0, 1),
        "evidence": (span(0, 9),),
        "cells": {},
        "confidence": 0.5,
        "reader": "r",
    }
    met = Encounter(encounter="visit", participants=(NORWAY,) * 5, planned=True, **common)
    assert {"kind visit", "participants 3", "planned", "no place"} <= dict(inputs(met, 0)).keys()
    dead = Figure(value=3.0, measure="killed", claimed_by=NORWAY, **common)
    assert {"measure killed", "claimed", "of nobody", "count"} <= dict(inputs(dead, 0)).keys()


def test_the_surer_of_two_on_a_sentence_comes_first() -> None:
    first, second = commitment(0.4), commitment(0.6, trigger=span(9, 12))
    other = commitment(0.1, evidence=(span(30, 40),))
    assert surer_beside([first, second, other]) == [1, 0, 0]


def test_a_reader_without_a_curve_keeps_its_confidence() -> None:
    statements = [commitment(0.4)]
    assert calibrated(statements, None) == calibrated(statements, "nobody") == statements
    assert calibrated(statements, "mine", {"mine": {"figure": CURVE}}) == statements
    (told,) = calibrated(statements, "mine", {"mine": {"commitment": CURVE}})
    assert told == replace(statements[0], confidence=told.confidence) != statements[0]


def test_the_shipped_curves_are_monotone() -> None:
    for kinds in curves().values():
        assert set(kinds) == {"commitment", "encounter", "figure"}
        for curve in kinds.values():
            raw = [weight for name, weight in curve.items() if name.startswith("raw")]
            assert raw and all(weight >= 0 for weight in raw)


def test_a_malformed_line_is_named(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    table = tmp_path / "data" / "calibration.tsv"
    monkeypatch.setattr(resources, "files", lambda package: tmp_path)
    table.write_text("reader\tkind\tinput\tweight\nmine\tfigure\talways\t1.5\n")
    assert curves.__wrapped__() == {"mine": {"figure": {"always": 1.5}}}
    table.write_text("reader\tkind\tinput\tweight\nmine\tfigure\talways\tmuch\n")
    with pytest.raises(ValueError, match=r"calibration.tsv, line 2"):
        curves.__wrapped__()
    table.unlink()
    assert curves.__wrapped__() == {}
