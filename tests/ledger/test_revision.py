from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.ledger.revision import mover
from pledgetrail.records import Span


def at(text: str, words: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Span("d", start, start + len(words), words)


def test_an_unchanged_text_moves_nothing() -> None:
    span = at("one two", "two")
    assert mover("one two", "one two")(span) is span


def test_a_quote_is_found_where_the_alignment_expects_it() -> None:
    old = "Aid came. Help went. Aid came."
    new = "First. Aid came. Then help went away. Aid came."
    assert mover(old, new)(at(old, "Aid came.", 1)) == at(new, "Aid came.", 1)
    assert mover(old, new)(at(old, "Aid came.")) == at(new, "Aid came.")


def test_a_changed_quote_keeps_what_is_left_of_it() -> None:
    old, new = "They pledged five million dollars.", "They pledged some five million dollars."
    moved = mover(old, new)(at(old, "pledged five million dollars."))
    assert moved == at(new, "pledged some five million dollars.")


def test_words_that_are_gone_have_no_place() -> None:
    old, new = "They pledged aid. They left.", "Nobody came at all. They left."
    assert mover(old, new)(at(old, "pledged aid.")) is None


def test_spans_of_the_title_stay() -> None:
    span = Span("d", 0, 3, "Aid", "title")
    assert mover("a", "b")(span) is span


words = st.lists(st.sampled_from(["aid", "came", "to", "Baku.", "\n", "five", "роза"]), max_size=25).map(" ".join)


@given(words, words, words, st.data())
def test_a_moved_span_quotes_the_new_text(before: str, old: str, after: str, data: st.DataObject) -> None:
    new = before + old + after
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    span = Span("d", start, end, old[start:end])
    moved = mover(old, new)(span)
    assert moved is None or new[moved.start : moved.end] == moved.quote
    if old[start:end].strip():
        assert moved is not None
        assert moved.quote == span.quote
