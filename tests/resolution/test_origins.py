"""A copy goes back to one text, and two texts stay two, whoever joins them."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from variants import bases, first_words, samples

from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport, Span
from pledgetrail.resolution.copying.copies import CopyKind, CopyLink, compare
from pledgetrail.resolution.copying.origins import ONE_ORIGIN, origin_of, origins


def link(document: str, source: str, share: float, *parts: tuple[int, int], kind: CopyKind = "text") -> CopyLink:
    """A link that aligns sentence ``here`` of one with ``there`` of the other; a sentence is ten letters long."""
    return CopyLink(document, source, kind, share, tuple((at(document, h), at(source, t)) for h, t in parts))


def at(document: str, number: int) -> Span:
    return Span(document, 10 * number, 10 * number + 10, "x" * 10)


def test_a_document_without_links_is_its_own_origin() -> None:
    assert origins(["a", "b"], []) == {"a": "a", "b": "b"}


def test_copies_of_copies_go_back_to_the_first() -> None:
    links = [link("b", "a", 1.0, (0, 0), (1, 1)), link("c", "b", 1.0, (0, 1))]
    assert origins("abc", links) == {"a": "a", "b": "a", "c": "a"}


def test_too_little_or_a_quotation_makes_no_origin() -> None:
    assert origins("ab", [link("b", "a", ONE_ORIGIN - 0.01, (0, 0))])["b"] == "b"
    assert origins("ab", [link("b", "a", 1.0, (0, 0), kind="quotation")])["b"] == "b"
    assert origins("ab", [link("b", "a", ONE_ORIGIN, (0, 0))])["b"] == "a"


def test_a_cut_of_the_own_half_does_not_go_back_to_the_wire() -> None:
    half = link("half", "wire", 0.5, (0, 0), (1, 1))
    assert origins(("half", "wire", "cut"), [half, link("cut", "half", 1.0, (0, 2))])["cut"] == "half"
    assert origins(("half", "wire", "cut"), [half, link("cut", "half", 1.0, (0, 1))])["cut"] == "wire"


def test_circles_are_broken() -> None:
    links = [link("a", "b", 0.9, (0, 0)), link("b", "c", 0.9, (0, 0)), link("c", "a", 0.9, (0, 0))]
    assert len(set(origins("abc", links).values())) == 1


def test_links_to_unknown_documents_are_passed_over() -> None:
    assert origins("a", [link("a", "gone", 1.0, (0, 0))]) == {"a": "a"}


def test_a_piece_that_joins_two_wires_leaves_them_two() -> None:
    """Told by real texts, unless the piece is older than both: then they took their halves from it."""
    first, second = bases(samples().values())[:2]
    pages = {
        name: [
            " ".join(words) for words in first_words(dict(enumerate(map(str.split, base.sentences))), count).values()
        ]
        for name, base, count in (("a", first, 999), ("b", second, 999), ("a2", first, 90), ("b2", second, 90))
    }
    for days in ((1, 1, 1), (1, 1, 2), (1, 2, 2), (None, None, None), (1, None, 2)):
        texts = {"a": pages["a"], "b": pages["b"], "joined": pages["a2"] + pages["b2"]}
        known = {id: document(id, sentences, day) for (id, sentences), day in zip(texts.items(), days, strict=True)}
        pairs = (compare(known[x], known[y]) for x, y in (("a", "b"), ("a", "joined"), ("b", "joined")))
        links = [link for link in pairs if link]
        assert len(links) == 2
        found = origins(known, links)
        assert found["a"] != found["b"], (days, found)


def document(id: str, sentences: list[str], day: int | None) -> Document:
    published = None if day is None else f"2021-01-0{day}"
    return read(RawReport(id, "s", "\n\n".join(sentences), "", published=published))


def test_a_sentence_goes_back_to_the_report_it_was_taken_from() -> None:
    links = {
        "half": [link("half", "wire", 0.3, (0, 4), (1, 5))],
        "wire": [link("wire", "release", 0.2, (4, 0))],
        "release": [link("release", "elsewhere", 0.9, (0, 0), kind="quotation")],
    }
    assert origin_of(at("half", 0), links) == "release"
    assert origin_of(at("half", 1), links) == "wire"
    assert origin_of(at("half", 2), links) == "half"
    assert origin_of(Span("half", 2, 6, "xxxx"), links) == "release"  # words of the first sentence
    assert origin_of(at("other", 0), links) == "other"


def test_a_sentence_in_a_circle_of_links_comes_to_an_end() -> None:
    links = {"a": [link("a", "b", 1.0, (0, 0))], "b": [link("b", "a", 1.0, (0, 0))]}
    assert origin_of(at("a", 0), links) == "b"


NAMES = "abcdefghij"
LINKS = st.lists(
    st.builds(
        lambda pair, share, parts, kind: link(*pair, share, *parts, kind=kind),
        st.permutations(NAMES).map(lambda names: (names[0], names[1])),
        st.sampled_from([0.3, 0.4, 0.5, 0.8, 1.0]),
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5, unique_by=lambda part: part[0]
        ),
        st.sampled_from(["text", "wire", "quotation"]),
    ),
    max_size=20,
    unique_by=lambda found: (found.document, found.source),
)


@settings(max_examples=200)
@given(LINKS, st.integers(0, 1000))
def test_order_and_strangers_make_no_difference(links: list[CopyLink], seed: int) -> None:
    found = origins(NAMES, links)
    assert found.keys() == set(NAMES) and set(found.values()) <= set(NAMES)
    shuffled = random.Random(seed).sample(links, len(links))
    strangers = [link("x", "y", 1.0, (0, 0))]
    assert origins([*reversed(NAMES), "x", "y"], shuffled + strangers) == found | {"x": "y", "y": "y"}
