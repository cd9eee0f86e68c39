from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.sources.decoding import NotText, decode

ENGLISH = "The mayor of Malmö said the “bridge” would cost €3 million.\r\nWork starts in May.\n"
TURKISH = "Ankara pledged aid to Ağrı and Diyarbakır, said İbrahim Şahin, the governor of Muş.\n"
RUSSIAN = (
    "Правительство области сообщило, что восстановление школы и больницы начнется весной. "
    "Деньги на строительство выделит республиканский бюджет, а работы поведет местный подрядчик.\n"
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "utf-8"), (ENGLISH, "utf-8-sig"), (ENGLISH, "utf-16"), (ENGLISH, "utf-16-le"), (ENGLISH, "utf-16-be"),
        (ENGLISH, "utf-32"), (ENGLISH, "cp1252"), (TURKISH, "cp1254"), (TURKISH, "iso8859_9"), (TURKISH, "utf-16-le"),
        (RUSSIAN, "utf-8"), (RUSSIAN, "cp1251"), (RUSSIAN, "utf-16-le"), (RUSSIAN, "utf-16-be"),
    ],
)  # fmt: skip
def test_common_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_koi8_is_told_from_windows() -> None:
    assert decode((RUSSIAN * 3).encode("koi8_r")) == RUSSIAN * 3


def test_newlines_are_untouched() -> None:
    assert decode(b"a\r\nb\rc\nd\x0ce") == "a\r\nb\rc\nd\x0ce"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda t: t.strip("\ufeff \xa0")))
def test_utf8_text_comes_back(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_a_named_problem(data: bytes) -> None:
    try:
        decode(data).encode()
    except NotText as error:
        assert error.kind in {"empty", "binary", "undecodable"} and str(error)
