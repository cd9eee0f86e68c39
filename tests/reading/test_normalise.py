from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.reading import normalise

ODD = st.text(st.one_of(st.characters(), st.sampled_from("[]()<>*_&;#‘’“”\u00a0\u200b\u00ad\ufeff\r\n\t/a ")))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\u00a0b\u2009c", "a b c"),
        ("two\nlines\r\nhere", "two lines  here"),
        ("“Yes,” it’s ‘fine’", "\"Yes,\" it's 'fine'"),
        ("zero\u200bwidth soft\u00adhyphen\x07", "zero width soft hyphen "),
        ("**Grants** rose", "  Grants   rose"),
        ("a <u>firm</u> pledge", "a    firm     pledge"),
        ("• $3 million for wells", "  $3 million for wells"),
        ("see [the deal](https://x.org/a) now", "see  the deal                   now"),
        ("x < 3 and y > 2", "x < 3 and y > 2"),
        ("R&D; costs", "R&D; costs"),
        ("a&nbsp;b", "a      b"),
        ("self\u2011help", "self-help"),
    ],
)
def test_repairs(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@given(ODD)
def test_length_is_kept(text: str) -> None:
    assert len(normalise(text)) == len(text)


@given(ODD)
def test_words_stay_where_they_were(text: str) -> None:
    for before, after in zip(text, normalise(text), strict=True):
        assert after == before or after in " '\"-"


def test_a_garbled_space_is_a_space() -> None:
    assert normalise("fiveÂ\u00a0tents") == "five  tents"
