"""Deciding by rules: their form, how they match, and a reading with no fitted weight at all."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from pledgetrail.extraction import deciders, extract
from pledgetrail.extraction.deciders import DECISIONS, by_rules, shipped
from pledgetrail.extraction.decisions import load_model
from pledgetrail.extraction.rules import UNCOUNTED, Rules, counted, load_rules, rules_of
from pledgetrail.records import Commitment, Encounter, Figure, Parsed

Parse = Callable[..., Parsed]

DATA: dict[str, Any] = {
    "rule": [
        {"name": "one", "label": "a", "has": ["x | y"], "lacks": ["no"]},
        {"name": "two", "label": "b", "has": ["x", "z=*&end"]},
        {"name": "three", "label": "b", "has": ["w*"]},
    ]
}


@pytest.fixture
def rules() -> Rules:
    return Rules(["none", "a", "b"], "none", rules_of(DATA, {"one": 0.6, "two": 0.9}))


@pytest.mark.parametrize(
    ("features", "chances"),
    [
        ([], {"none": 1.0, "a": 0.0, "b": 0.0}),
        (["y"], {"none": 0.4, "a": 0.6, "b": 0.0}),
        (["x", "no"], {"none": 1.0, "a": 0.0, "b": 0.0}),
        (["x", "z=1&end"], {"none": 0.1, "a": 0.0, "b": 0.9}),
        (["x", "z=1&end more"], {"none": 0.4, "a": 0.6, "b": 0.0}),
        (["wide"], {"none": UNCOUNTED, "a": 0.0, "b": UNCOUNTED}),
        (["wide", "y"], {"none": 0.4, "a": 0.6, "b": 0.0}),
    ],
)
def test_the_surest_rule_that_holds_decides(rules: Rules, features: list[str], chances: dict[str, float]) -> None:
    assert rules.probabilities(features) == pytest.approx(chances)
    assert rules.batch([features, ["y"]])[0] == rules.probabilities(features)


def test_competing_items_are_weighed_by_their_rules(rules: Rules) -> None:
    chances = rules.choose([["y"], ["nothing"], ["x", "z=2&end"]])
    assert sum(chances) == pytest.approx(1)
    assert chances[2] > chances[0] > chances[1] > 0


def test_reasons_are_the_rules(rules: Rules) -> None:
    assert rules.reasons(["x", "z=&end", "w"], "b") == [("rule “two”", 0.9), ("rule “three”", UNCOUNTED)]
    assert rules.reasons(["x"], "b") == []


def test_a_rule_must_want_something() -> None:
    with pytest.raises(ValueError, match="wants nothing"):
        list(rules_of({"rule": [{"name": "n", "label": "a", "has": []}]}, {}))


@pytest.mark.parametrize("decision", DECISIONS)
def test_each_decision_has_rules_with_counted_shares(decision: str) -> None:
    rules = load_rules(decision)
    names = list(rules.names)
    assert names and len(set(names)) == len(names)
    assert set(counted()[decision]) == set(names), "run scripts/count_rules.py after changing the rules"
    fitted = load_model(decision)
    assert fitted is not None
    assert set(rules.labels) == set(fitted.labels), "rules and weights decide between the same labels"
    for rule in rules.matching(["bias"]):
        raise AssertionError(f"{rule.name} holds for anything")


def test_the_counts_are_counts() -> None:
    path = resources.files("pledgetrail.extraction") / "data" / "rules" / "shares.tsv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    assert head.split("\t") == ["decision", "rule", "matched", "right"]
    for line in lines:
        decision, _, matched, right = line.split("\t")
        assert decision in DECISIONS
        assert 0 <= int(right) <= int(matched)


TEXT = (
    "Norway pledged $5 million to Nepal on Monday.\n\nThe prime minister of Japan, Kenji Morita, met Turkey's "
    "president in Ankara on Tuesday.\n\nThe flood killed 40 people, the Red Cross said."
)


def test_rules_alone_read_a_plain_report(parse_text: Parse) -> None:
    found = extract(parse_text(TEXT), by_rules())
    commitment = next(s for s in found if isinstance(s, Commitment))
    assert (commitment.stage, [p.country for p in commitment.by], [p.country for p in commitment.to]) == (
        "pledge",
        ["NOR"],
        ["NPL"],
    )
    encounter = next(s for s in found if isinstance(s, Encounter))
    assert encounter.encounter == "meeting" and len(encounter.participants) == 2
    figure = next(s for s in found if isinstance(s, Figure))
    assert (figure.value, figure.measure) == (40, "killed")
    assert figure.claimed_by is not None and "Red Cross" in figure.claimed_by.name
    assert {s.reader.partition(":")[0] for s in found} <= {"rules", "rule"}
    assert any("rule “" in line for line in figure.trace)


def test_rules_stand_in_for_each_table_that_is_missing(parse_text: Parse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciders, "load_model", lambda name: None if name == "figures" else load_model(name))
    mixed = shipped.__wrapped__()
    assert isinstance(mixed.figures, Rules) and not isinstance(mixed.acts, Rules)
    assert mixed.named("figures", "claimants") == "rules: figures, claimants"
    assert mixed.named("acts") == "model: acts"
    assert [s.kind for s in extract(parse_text(TEXT), mixed)] == ["commitment", "encounter", "figure"]


def test_rules_alone_are_a_reader_of_their_own() -> None:
    from pledgetrail.pipeline.stages import reader_version

    assert reader_version(rules=True) != reader_version(), "a ledger read by one is read again by the other"
