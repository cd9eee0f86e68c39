"""Stems: the form of ``stems.toml``, and that forms of one word agree."""

from __future__ import annotations

import pytest

from pledgetrail.language.lexicon import load
from pledgetrail.language.stems import stem


def test_the_data_has_its_form() -> None:
    data = load("stems.toml")
    assert set(data) == {"endings", "kept"}
    for ending in data["endings"]:
        assert {"cut", "put", "letters"} <= set(ending) <= {"cut", "put", "letters", "double"}
        assert ending["letters"] - len(ending["cut"]) + len(ending["put"]) >= 2


@pytest.mark.parametrize(
    ("words", "same"),
    [
        (("pledge", "pledges", "pledged", "pledging"), "pledg"),
        (("city", "cities"), "city"),
        (("run", "runs", "running"), "run"),
        (("press", "presses"), "press"),
        (("virus",), "virus"),
        (("as", "is", "aid"), None),
    ],
)
def test_forms_of_one_word_have_one_stem(words: tuple[str, ...], same: str | None) -> None:
    assert [stem(word) for word in words] == [same or word for word in words]
