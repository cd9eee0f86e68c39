"""Numbers, counts and sums."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.language.quantities import find_quantities
from pledgetrail.records import Quantity


@pytest.mark.parametrize(
    ("text", "words", "value", "currency"),
    [
        ("a loan of $3.5bn", "$3.5bn", 3.5e9, "USD"),
        ("some 10 bln euros", "10 bln euros", 1e10, "EUR"),
        ("US$5 million", "US$5 million", 5e6, "USD"),
        ("$US64 million", "$US64 million", 64e6, "USD"),
        ("A$24 million", "A$24 million", 24e6, "AUD"),
        ("AUD 5m", "AUD 5m", 5e6, "AUD"),
        ("5m AUD", "5m AUD", 5e6, "AUD"),
        ("€1bn", "€1bn", 1e9, "EUR"),
        ("£9 m", "£9 m", 9e6, "GBP"),
        ("$6million", "$6million", 6e6, "USD"),
        ("$3\nmillion", "$3\nmillion", 3e6, "USD"),
        ("10m euros", "10m euros", 1e7, "EUR"),
        ("500 million dollars", "500 million dollars", 5e8, "USD"),
        ("5 million Australian dollars", "5 million Australian dollars", 5e6, "AUD"),
        ("200 million Swiss francs", "200 million Swiss francs", 2e8, "CHF"),
        ("3 million Pakistani rupees", "3 million Pakistani rupees", 3e6, "PKR"),
        ("3 million rupees", "3 million rupees", 3e6, None),
        ("Rs 3.4 billion", "Rs 3.4 billion", 3.4e9, None),
        ("Rs. 50 crore", "Rs. 50 crore", 5e8, None),
        ("40 million Swedish kronor", "40 million Swedish kronor", 4e7, "SEK"),
        ("a 225-million-euro loan", "225-million-euro", 225e6, "EUR"),
        ("half a million dollars", "half a million dollars", 5e5, "USD"),
        ("$100 000", "$100 000", 1e5, "USD"),
        ("$1,725,300", "$1,725,300", 1725300.0, "USD"),
        ("2 million pounds of aid", "2 million pounds", 2e6, "GBP"),
        ("70 million manat", "70 million manat", 7e7, "AZN"),
    ],
)
def test_a_sum(text: str, words: str, value: float, currency: str | None) -> None:
    (found,) = find_quantities(text)
    assert (found.text, found.value, found.currency) == (words, value, currency)


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("12,292 people", "12,292", 12292),
        ("One hundred and eighty-one people", "One hundred and eighty-one", 181),
        ("two thousand and five houses", "two thousand and five", 2005),
        ("three hundred thousand people", "three hundred thousand", 300_000),
        ("a million homes", "a million", 1_000_000),
        ("a quarter-million people", "a quarter-million", 250_000),
        ("two and a half million people", "two and a half million", 2_500_000),
        ("two dozen schools", "two dozen", 24),
        ("35 000 tents", "35 000", 35_000),
        ("1,50,000 tents", "1,50,000", 150_000),
        ("5m people", "5m", 5_000_000),
        ("2000 troops", "2000", 2000),
        ("two countries", "two", 2),
        ("one person died", "one", 1),
        ("a 15-member council", "15", 15),
        ("2½ million people", "2½ million", 2_500_000),
    ],
)
def test_a_count(text: str, words: str, value: float) -> None:
    (found,) = find_quantities(text)
    assert (found.text, found.value, found.currency) == (words, value, None)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("between 500 and 700 men", 500, 700),
        ("500 to 700 men", 500, 700),
        ("3-5 million people", 3e6, 5e6),
        ("$3 million to $5 million", 3e6, 5e6),
        ("$3-5 million", 3e6, 5e6),
        ("between 30-40%", 30, 40),
        ("five or six houses", 5, 6),
        ("tens of thousands of people", 10_000, None),
        ("hundreds of millions of euros", 1e8, None),
        ("hundreds of people", 100, None),
    ],
)
def test_a_range_or_vague_number_has_no_value(text: str, low: float, high: float | None) -> None:
    (found,) = find_quantities(text)
    assert (found.value, found.low, found.high) == (None, low, high)


def test_a_rise_is_no_range() -> None:
    assert [q.value for q in find_quantities("rose from 500 to 700")] == [500, 700]


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("up to 5,000 men", "up to"),
        ("as many as 11", "up to"),
        ("at least 146", "at least"),
        ("no fewer than 20 people", "at least"),
        ("500+ people", "at least"),
        ("nearly 300", "nearly"),
        ("Almost a million people", "nearly"),
        ("more than 2,000", "more than"),
        ("more than another 2,000", "more than"),
        ("well over 2,000", "more than"),
        ("fewer than 30 houses", "less than"),
        ("about $5m", "about"),
        ("around 40 people", "about"),
        ("closer to 2,500", "about"),
        ("300 or so", "about"),
        ("an estimated 500", "estimated"),
        ("the 500 houses", None),
        ("It was over. 500 houses", None),
    ],
)
def test_a_qualifier(text: str, qualifier: str | None) -> None:
    (found,) = find_quantities(text)
    assert found.qualifier == qualifier
    assert not found.text.lower().startswith((qualifier or "?") + " ")


@pytest.mark.parametrize(
    "text",
    [
        "in 2021, on May 16, for 2022-23",
        "Aug. 5, 2019",
        "the 3rd and the 21st, the second",
        "at 12:30, 3 p.m., 1000 GMT",
        "an 18-year-old; aged 18; 18 years old; Karimov, 45, said",
        "JF-17, F-16, G7, COVID-19, Su-25",
        "No. 5, Resolution 1325, Article 5, Boeing 737, Phase two",
        "no one, one of the men, one another, every one",
        "two-thirds of the houses",
        "a five-year plan",
        "a 100m race, 5m high",
        "9/11, 3.2.1, 24/7",
        "Telephone (06) 211 3344 or 02 6211 3344 or 0411 222 333",
        "two years ago",
        "He won.",
    ],
)
def test_what_counts_nothing(text: str) -> None:
    assert find_quantities(text) == []


def test_the_dollar_is_the_outlet_s() -> None:
    bare, named = find_quantities("$5 million and US$5 million", dollar="AUD")
    assert (bare.currency, named.currency) == ("AUD", "USD")


def test_a_sum_said_again_in_another_currency_is_marked() -> None:
    first, second, third = find_quantities("$3.5bn (£1.8bn) and 2m euros")
    assert [first.equivalent, second.equivalent, third.equivalent] == [False, True, False]
    assert [q.equivalent for q in find_quantities("400m pesos (about $5m)")] == [False, True]
    assert [q.equivalent for q in find_quantities("40 houses ($5m)")] == [False, False]


def test_per_cent() -> None:
    a, b = find_quantities("1.5 per cent and 28%")
    assert (a.value, a.percent, a.text) == (1.5, True, "1.5 per cent")
    assert (b.value, b.percent, b.text) == (28, True, "28%")


# --- properties --------------------------------------------------------------------------------------

WORDS = (
    "$ € US$ Rs 5 5m 1,000 3.5bn million billion hundred two twenty and a half between to or - one dozen tens "
    "of thousands dollars euros pounds won % per cent more than about at least ( ) . , 2021 May 12:30 F-16 No. "
    "18-year-old ½ 999999999"
).split(" ")


def sound(text: str, found: list[Quantity], offset: int) -> None:
    last = 0
    for quantity in found:
        start, end = quantity.start - offset, quantity.end - offset
        assert last <= start < end <= len(text)
        assert text[start:end] == quantity.text
        last = end
        assert (quantity.value is None) == (quantity.low is not None)
        if quantity.high is not None:
            assert quantity.low is not None and quantity.low < quantity.high


@given(
    st.one_of(st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join), st.text(max_size=200)), st.integers(0, 10**6)
)
def test_any_text_is_read(text: str, offset: int) -> None:
    sound(text, find_quantities(text, offset=offset), offset)


@given(st.integers(1, 10**12))
def test_figures_with_commas_come_back(number: int) -> None:
    (found,) = find_quantities(f"It paid ${number:,} for it.")
    assert found.value == number


UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
UNITS += "sixteen seventeen eighteen nineteen".split()
TENS = "? ? twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int) -> str:
    if number < 20:
        return UNITS[number]
    if number < 100:
        return TENS[number // 10] + (f"-{UNITS[number % 10]}" if number % 10 else "")
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            return f"{in_words(number // size)} {name}" + (
                f"{' and' if rest < 100 else ''} {in_words(rest)}" if rest else ""
            )
    raise AssertionError


@given(st.integers(2, 10**12 - 1))
def test_number_words_come_back(number: int) -> None:
    (found,) = find_quantities(f"{in_words(number)} houses")
    assert found.value == number


@pytest.mark.parametrize(
    "piece", ["9", "1,", "1 000 ", "between ", "two ", "one hundred and ", "$5 (", "a million ", "more than "]
)
def test_long_hostile_text_ends(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    sound(text, find_quantities(text), 0)
