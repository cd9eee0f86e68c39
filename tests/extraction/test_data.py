"""The lexicons and weight tables of commitments: an analyst who edits them learns here of a slip."""

from __future__ import annotations

import math
from importlib import resources

import pytest

from pledgetrail.extraction.decisions import BIAS, load_model
from pledgetrail.language.lexicon import load
from pledgetrail.vocabulary import STAGES

TRIGGERS = ("verbs", "nouns", "adjectives")
TABLES = sorted(
    path.name.removesuffix(".weights.tsv")
    for path in (resources.files("pledgetrail.extraction") / "data").iterdir()
    if path.name.endswith(".weights.tsv")
)


def data(name: str) -> dict[str, dict[str, str]]:
    return load(name, "pledgetrail.extraction")


def table(name: str) -> list[list[str]]:
    path = resources.files("pledgetrail.extraction") / "data" / f"{name}.weights.tsv"
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def test_sections() -> None:
    assert tuple(data("triggers.toml")) == TRIGGERS
    assert tuple(data("objects.toml")) == ("nouns",)


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("triggers.toml", "verbs"),
        ("triggers.toml", "nouns"),
        ("triggers.toml", "adjectives"),
        ("objects.toml", "nouns"),
    ],
)
def test_each_class_lists_lower_case_words_once(name: str, section: str) -> None:
    for klass, words in data(name)[section].items():
        assert klass == klass.lower() and klass.isidentifier()
        listed = words.split()
        assert listed, klass
        assert all(word == word.lower() and word.replace("-", "").isalpha() for word in listed), klass
        assert sorted(listed) == sorted(set(listed)), f"a word stands twice in {klass}"


def test_irregular_verbs_are_triggers_and_have_one_to_three_forms() -> None:
    verbs = {word for words in data("triggers.toml")["verbs"].values() for word in words.split()}
    irregular: dict[str, str] = load("irregular.toml", "pledgetrail.extraction")
    assert set(irregular) <= verbs, "an irregular verb that no class lists"
    for lemma, forms in irregular.items():
        assert lemma == lemma.lower()
        assert 1 <= len(forms.split()) <= 3 and forms == forms.lower(), lemma


def test_the_tables_of_commitments_are_there() -> None:
    assert set(TABLES) >= {"acts", "givers", "receivers"}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_rectangular_with_a_bias_and_finite_weights(name: str) -> None:
    (first, *labels), *rows = table(name)
    assert first == "feature"
    assert labels and len(set(labels)) == len(labels)
    features = [row[0] for row in rows]
    assert len(set(features)) == len(features)
    assert features.count(BIAS) == 1
    assert all(len(row) == len(labels) + 1 for row in rows)
    assert all(math.isfinite(float(value)) for row in rows for value in row[1:] if value)


def test_the_acts_table_decides_between_stages_and_none() -> None:
    (_, *labels), *_ = table("acts")
    assert "none" in labels
    assert set(labels) - {"none"} <= set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_can_be_decided(stage: str) -> None:
    model = load_model("acts")
    assert model is not None
    assert stage in model.labels


def test_the_casting_tables_rank_by_one_score() -> None:
    for name in ("givers", "receivers"):
        assert table(name)[0] == ["feature", "score"]


def test_every_class_of_verbs_and_nouns_weighs_in_the_decision() -> None:
    """A class that no feature of the table names was added after the fit: it would decide nothing."""
    weighed = {row[0] for row in table("acts")}
    for section, letter in (("verbs", "v"), ("nouns", "n")):
        classes = set(data("triggers.toml")[section])
        assert {k for k in classes if f"class={k}&{letter}" not in weighed} == set()
