"""The classifier of sectors: its features, its file, and that it says nothing where it is not sure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pledgetrail.extraction import sectors
from pledgetrail.extraction.sector_model import SectorModel, letters, load_model, read_model, words, write_model
from pledgetrail.vocabulary import SECTORS

SMALL = SectorModel(
    rows=({"road": 0, "school": 1}, {"road": 2, "school": 3}, {" ro": 4, " sc": 5}),
    rarity=np.ones(6, dtype=np.float32),
    shares=np.ones(3, dtype=np.float32),
    weights=np.array([[127, -127], [-127, 127]] * 3, dtype=np.int8),
    scale=np.full(2, 1 / 127, dtype=np.float32),
    bias=np.zeros(2, dtype=np.float32),
    temperature=1.0,
    classes=("210", "110"),
    masked=frozenset({"nepal"}),
)


def test_words_are_stems_and_pairs_without_numbers_and_recipients() -> None:
    stems = ["0", "school", "in", "@"]
    assert words("200 Schools in Népal", frozenset({"nepal"})) == [*stems, "0 school", "school in", "in @"]
    assert words("", frozenset()) == []


def test_letters_stay_inside_words() -> None:
    assert letters("An Ox") == [" an", "an ", " an ", " an ", " ox", "ox ", " ox ", " ox "]
    assert letters("") == []


def test_a_model_tells_what_its_weights_say_and_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    write_model(path, SMALL)
    for model in (SMALL, read_model(path)):
        assert model.classes[int(model.probabilities("a road", "roads in Nepal").argmax())] == "210"
        assert model.classes[int(model.probabilities("a school", "").argmax())] == "110"
        assert model.probabilities("nothing known", "") == pytest.approx([0.5, 0.5])
        assert model.masked == {"nepal"}


def test_probabilities_add_up_to_one_for_any_text() -> None:
    model = load_model()
    assert model is not None
    assert len(set(model.classes)) == len(model.classes) == len(model.bias)
    assert len(model.weights) == len(model.rarity) == sum(map(len, model.rows))
    for text in ("", "0", "@", "wheat " * 5000, "\udc80"):
        assert float(model.probabilities(text, text).sum()) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("what", "sentence", "code"),
    [
        ("a fibre backbone", "The company will lay a fibre backbone and a mobile network for telecom users.", "220"),
        ("a stadium", "Norland will build a stadium in the capital of Arden.", "160"),
        ("foreign forces", "They asked for the withdrawal of foreign forces from Arden.", "152"),
        ("a stadium", "", None),
        ("support", "He offered support.", None),
        ("", "The loan will build hydropower dams and power lines.", None),
        ("$5 million", "", None),
    ],
)
def test_the_sector_where_no_word_is_listed(what: str, sentence: str, code: str | None) -> None:
    assert sectors.listed(what) is None
    assert sectors.sector_of(what, sentence) == code


def test_listed_words_go_first() -> None:
    assert sectors.sector_of("tents", "Tents for the pupils of a school that lost its classrooms.") == "720"


def test_what_is_guessed_is_a_sector_of_the_vocabulary_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for what in ("computers for ministries", "cash", "a stadium", "goods"):
        found = sectors.guess(what, f"They will send {what}.")
        assert found is None or (found[0] in SECTORS and 0 < found[1] <= 1)
    monkeypatch.setattr(sectors, "load_model", lambda: None)
    assert sectors.guess("computers", "They will send computers.") is None
