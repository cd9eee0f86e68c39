"""Sketches are small, say when a report may have been published, and lead to every pair worth comparing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport
from pledgetrail.resolution.copying.sketches import NEAREST, WINDOW, Sketch, candidates, sketch, unpack

TEXT = (
    "Crews from the water board began to lay new mains along the harbour road on Tuesday, nine months after the old "
    "ones burst. The board has set aside two million for the work and expects to be done before the tourists come. "
    "Until then tankers bring water to the upper streets three times a week, and the school has closed its kitchen."
)
DAY = dt.date(2022, 3, 1)


def document(id: str, text: str = TEXT, published: str | None = None) -> Document:
    return read(RawReport(id=id, source="s", text=text, content_sha256="", published=published))


def of(id: str, hashes: range | list[int], day: int | None = 1, quoted: tuple[int, ...] = ()) -> Sketch:
    """A sketch of these samples, so many days after a first."""
    numbers = [b"".join(h.to_bytes(4, "little") for h in sorted(set(group))) for group in (hashes, quoted)]
    at = None if day is None else DAY.toordinal() + day
    return Sketch(id, at, at, *numbers)


@pytest.mark.parametrize(
    ("published", "first", "last"),
    [
        (None, None, None),
        ("2022-03-01", DAY, DAY),
        ("March 2022", DAY, dt.date(2022, 3, 31)),
    ],
)
def test_a_sketch_knows_its_days(published: str | None, first: dt.date | None, last: dt.date | None) -> None:
    found = sketch(document("a", published=published))
    assert (found.first, found.last) == (first and first.toordinal(), last and last.toordinal())


def test_a_sketch_of_a_usual_report_is_small() -> None:
    long = " ".join(TEXT.replace("Tuesday", f"day {n}").replace("water", f"stuff{n}") for n in range(8))
    assert 200 < len(sketch(document("a", long)).pack()) < 1000


def test_quotations_are_sampled_apart() -> None:
    said = "“Nobody told the streets above the square when the tankers would come, and nobody answered our letters.”"
    plain, quoting = sketch(document("a")), sketch(document("b", f"{TEXT}\n\n{said}"))
    assert quoting.own == plain.own and not plain.quoted and quoting.quoted


@given(st.text(max_size=200), st.sets(st.integers(0, 2**32 - 1)), st.sets(st.integers(0, 2**32 - 1)))
def test_what_is_packed_is_unpacked(id: str, own: set[int], quoted: set[int]) -> None:
    for day in (None, 0, 8000):
        packed = of(id, sorted(own), day, tuple(quoted))
        assert unpack(id, packed.pack()) == packed


@pytest.mark.parametrize(
    "packed", [b"", b"short", bytes(15), of("a", range(3)).pack()[:-1], of("a", range(3)).pack() + b"x"]
)
def test_what_was_not_packed_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match="not a sketch"):
        unpack("a", packed)


def test_far_apart_is_not_compared_but_without_a_day_it_is() -> None:
    same = range(50)
    near, far = of("b", same, 1 + WINDOW), of("c", same, 2 + WINDOW)
    assert list(candidates([of("a", same, 1), near])) == [("a", "b")]
    assert list(candidates([of("a", same, 1), far])) == []
    assert list(candidates([of("a", same, None), far])) == [("a", "c")]


def test_too_little_in_common_is_not_compared() -> None:
    assert not list(candidates([of("a", range(100)), of("b", range(99, 200))]))  # one sample
    assert not list(candidates([of("a", range(100)), of("b", range(95, 200))]))  # one in twenty
    assert list(candidates([of("a", range(100)), of("b", range(90, 200))]))
    assert list(candidates([of("a", range(9)), of("b", range(20, 30))])) == []
    assert list(candidates([of("a", range(9), quoted=(1, 2)), of("b", range(20, 30), quoted=(1, 2))])) == [("a", "b")]


def test_a_story_that_many_carry_stays_one() -> None:
    """Each of them is compared with some, and all hang together."""
    many = [of(f"{n:03}", range(40), n // 50) for n in range(20 * NEAREST)]
    pairs = list(candidates(many))
    assert len(pairs) <= NEAREST * len(many)
    group = {pairs[0][0]}
    for a, b in sorted(pairs):
        if a in group:
            group.add(b)
    assert len(group) == len(many)


def test_a_phrase_that_many_use_hides_no_copy() -> None:
    phrase = list(range(5))
    many = [of(f"{n:04}", [*phrase, *range(1000 * n, 1000 * n + 40)], 0) for n in range(1, 200)]
    copy = of("x", [*phrase, *range(7000, 7020)], 0)
    assert ("0007", "x") in set(candidates([*many, copy]))


def test_only_pairs_with_what_is_new_are_given() -> None:
    sketches = [of(name, range(30)) for name in "abcd"]
    assert set(candidates(sketches, frozenset("c"))) == {("a", "c"), ("b", "c"), ("c", "d")}
    assert list(candidates(sketches, frozenset())) == []
    assert list(candidates([])) == list(candidates(sketches[:1])) == []


SKETCHES = st.lists(
    st.builds(
        of,
        st.text("abcdefgh", min_size=1, max_size=3),
        st.lists(st.integers(0, 60), max_size=30),
        st.none() | st.integers(0, 2 * WINDOW),
        st.lists(st.integers(0, 20), max_size=5).map(tuple),
    ),
    max_size=30,
    unique_by=lambda sketch: sketch.document,
)


@settings(max_examples=60)
@given(SKETCHES, st.randoms())
def test_the_order_of_sketches_makes_no_difference(sketches: list[Sketch], shuffler: object) -> None:
    pairs = list(candidates(sketches))
    shuffled = list(sketches)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    assert set(candidates(shuffled)) == set(pairs)
    assert len(pairs) == len(set(pairs)) and all(a < b for a, b in pairs)


@settings(max_examples=60)
@given(SKETCHES)
def test_a_report_that_shares_nothing_changes_nothing(sketches: list[Sketch]) -> None:
    assert set(candidates([*sketches, of("zzzz", range(500, 540), 3)])) == set(candidates(sketches))


def test_sketches_are_the_same_in_every_process() -> None:
    """They are stored: hashes must not depend on the interpreter's seed."""
    assert sketch(document("a")).own[:8].hex() == "b4ba5e09f18acc18"
