"""Every data file of the room loads and has the form that its reader expects."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from pledgetrail.reading import boilerplate, lexicon

FILES = sorted(
    f.name.removesuffix(".toml")
    for f in (resources.files("pledgetrail.reading") / "data").iterdir()
    if f.name.endswith(".toml")
)


def leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for v in value.values() for leaf in leaves(v)]
    return [leaf for v in value for leaf in leaves(v)] if isinstance(value, list) else [value]


def test_all_files_are_known() -> None:
    assert FILES == ["chrome", "credits", "datelines", "dates", "languages", "lines", "notes", "wrapping"]


@pytest.mark.parametrize("name", FILES)
def test_no_entry_is_empty_or_padded(name: str) -> None:
    for leaf in leaves(lexicon.table(name)):
        if isinstance(leaf, str):
            assert leaf and leaf == leaf.strip()
        else:
            assert isinstance(leaf, int)


def test_chrome_compiles() -> None:
    data = lexicon.table("chrome")
    assert set(data) == {"words", "whole", "start", "anywhere", "pattern", "marker"}
    for group in data["pattern"].values():
        assert all(re.compile(p) for p in group)
    lexis = lexicon.chrome()
    assert lexis.whole["contact us"] == "service"
    assert all(not phrase.startswith(" ") for found in lexis.start.values() for phrase, _ in found)


def test_credits_name_each_form_once() -> None:
    forms = [form for entry in lexicon.table("credits")["agency"] for form in entry["forms"]]
    assert len(forms) == len(set(forms))
    assert lexicon.credits().agencies["AA"] == "Anadolu Agency"


def test_dates_are_in_range() -> None:
    lexis = lexicon.dates()
    assert set(lexis.months.values()) == set(range(1, 13))
    assert set(lexis.weekdays.values()) == set(range(7))
    assert not lexis.published & lexis.updated


def test_datelines_are_capitals() -> None:
    lexis = lexicon.datelines()
    for word in lexis.short | lexis.parts | lexis.not_places:
        assert word == word.upper()
    assert not lexis.short & lexis.not_places


@pytest.mark.parametrize("name", ["first", "second"])
def test_weights_of_lines_load(name: str) -> None:
    weights = boilerplate.weights(name)
    assert len(weights) > 1000
    assert all(-10 < weight < 10 for weight in weights.values())


@pytest.mark.parametrize(
    "lines", [["\tkept", "bias"], ["\tkept", "bias\tx"], ["\tkept", "bias\tnan"], ["\tkept", "a\t1"]]
)
def test_malformed_weights_are_named(lines: list[str]) -> None:
    with pytest.raises(ValueError, match="line 2|bias"):
        boilerplate.read_weights(lines)


def test_notes_and_languages() -> None:
    notes = lexicon.table("notes")
    assert set(notes) == {"correction", "update"}
    assert all(re.compile(opening) for openings in notes.values() for opening in openings)
    languages = lexicon.table("languages")
    assert set(languages["least"]) == {"share", "letters", "script", "confidence"}
    assert all(word == word.casefold() for word in languages["english"])
