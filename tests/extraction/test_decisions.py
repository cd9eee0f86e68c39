"""The linear decisions: reading a table, probabilities, choosing among competitors, reasons for explain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.extraction.decisions import load_model, read_model

TABLE = ["feature\tpledge\tnone\n", "bias\t-1\t1\n", "money\t3\t\n", "negated\t\t2\n"]


def test_probabilities_follow_the_features() -> None:
    model = read_model(TABLE)
    assert model.labels == ("pledge", "none")
    assert model.probabilities([])["none"] > 0.5
    assert model.probabilities(["money"])["pledge"] > 0.5
    assert model.probabilities(["money", "negated"])["pledge"] < model.probabilities(["money"])["pledge"]


def test_an_unknown_feature_weighs_nothing() -> None:
    model = read_model(TABLE)
    assert model.probabilities(["money", "nonsense"]) == model.probabilities(["money"])


@given(st.lists(st.sampled_from(["money", "negated", "nonsense", "bias"]), max_size=200))
def test_probabilities_sum_to_one(features: list[str]) -> None:
    found = read_model(TABLE).probabilities(features)
    assert sum(found.values()) == pytest.approx(1)
    assert all(0 <= p <= 1 for p in found.values())


@given(st.lists(st.lists(st.sampled_from(["near", "far", "nonsense"]), max_size=50), min_size=1, max_size=6))
def test_competitors_share_one_probability(items: list[list[str]]) -> None:
    model = read_model(["feature\tscore", "bias\t", "near\t2.5", "far\t-1.5"])
    found = model.choose(items)
    assert len(found) == len(items)
    assert sum(found) == pytest.approx(1)
    score = [2.5 * item.count("near") - 1.5 * item.count("far") for item in items]
    assert max(found) == pytest.approx(found[score.index(max(score))])


def test_equal_competitors_are_equally_likely() -> None:
    model = read_model(["feature\tscore", "bias\t", "near\t2"])
    assert model.choose([["near"], ["near"]]) == pytest.approx([0.5, 0.5])


def test_reasons_are_what_spoke_for_the_label_strongest_first() -> None:
    model = read_model(["feature\ta\tb", "bias\t\t", "weak\t1\t", "strong\t3\t", "against\t\t4"])
    found = model.reasons(["weak", "against", "strong", "nonsense"], "a")
    assert [feature for feature, _ in found] == ["strong", "weak"]
    assert all(weight > 0 for _, weight in found)
    assert len(model.reasons(["weak", "strong"], "a", most=1)) == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["feature\ta\tb", "bias\t1"], "line 2"),
        (["feature\ta", "bias\t1", "x\t1\t2"], "line 3"),
        (["feature\ta", "x\t1"], "bias"),
        (["feature\ta", "bias\tnan"], "line 2: .*not a number"),
        (["feature\ta", "bias\tinf"], "line 2: .*not a number"),
    ],
)
def test_a_malformed_table_is_refused(lines: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_model(lines)


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(ValueError, match="line 1"):
        read_model([])


def test_a_word_in_place_of_a_weight_is_named_by_its_line() -> None:
    with pytest.raises(ValueError, match="line 3"):
        read_model(["feature\ta", "bias\t1", "x\tmuch"])


@pytest.mark.parametrize("name", ["acts", "givers", "receivers"])
def test_the_shipped_models_load_once(name: str) -> None:
    model = load_model(name)
    assert model is not None
    assert load_model(name) is model


def test_a_model_that_is_not_shipped_is_none() -> None:
    assert load_model("nothing") is None
