"""Terms, digests and stories: their form, that order and strangers make no difference, and what some reports become."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pledgetrail.language.lexicon import load
from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport
from pledgetrail.resolution.storylines.digests import TERMS, Digest, digest, unpack
from pledgetrail.resolution.storylines.neighbours import keys
from pledgetrail.resolution.storylines.stories import Grouped, digest_sum, regrouped, stories
from pledgetrail.resolution.storylines.terms import tally

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "src/pledgetrail/resolution/data/term_documents.tsv"
LABELLED = ROOT.parent / "shared/stories/ecbplus_even_topics.jsonl"

BRIDGE = [
    "Engineers opened the rebuilt bridge over the Senna at Halvor on Monday. The Halvor bridge was blown up in war, "
    "and Norland paid for the new spans. The Norland ambassador, Ketil Brann, cut the ribbon.",
    "The Halvor bridge carries cars again. Ketil Brann, ambassador of Norland, which financed the work, opened it "
    "over the Senna beside the mayor of Halvor.",
    "Norland has handed over the bridge of Halvor, its ambassador Ketil Brann said. It took two years to span it.",
]
HOSPITAL = [
    "Norland will send surgeons and beds to the children's hospital of Tarvik, minister Olga Reyne told doctors there.",
    "The children's hospital of Tarvik is to get beds and surgeons from Norland. Olga Reyne, the minister, made the "
    "promise to its doctors.",
]


def document(id: str, text: str, published: str | None = None) -> Document:
    return read(RawReport(id=id, source="", text=text, content_sha256="", published=published))


def digests_of(texts: list[str], name: str, published: str | None = None) -> list[Digest]:
    return [digest(document(f"{name}{n}", text, published)) for n, text in enumerate(texts)]


def test_names_are_told_by_their_capitals_and_paired() -> None:
    found = tally(
        document("a", "Yesterday the Red Cross came. The red roofs of Tarvik, where the Red Cross works, burnt.")
    )
    assert found["red_cross"].count == 2 and found["red_cross"].name
    assert found["tarvik"].name and found["cross"].name
    assert not found["roof"].name and not found["yesterday"].name
    assert "the" not in found


def test_the_data_has_its_form() -> None:
    data = load("terms.toml", "pledgetrail.resolution")
    assert set(data) == {"common"}
    assert data["common"] == sorted(set(data["common"])) and all(word == word.lower() for word in data["common"])
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert rows[0][0] == "" and all(3 <= int(count) <= int(rows[0][1]) for _, count in rows)
    assert [term for term, _ in rows] == sorted({term for term, _ in rows})
    assert TABLE.stat().st_size < 1_000_000


def test_a_digest_packs_and_unpacks() -> None:
    for published in (None, "2021-01", "2021-01-13"):
        made = digest(document("a", BRIDGE[0], published))
        assert unpack("a", made.pack()) == made
        assert (made.first is None) == (published is None)
        assert len(made.terms) == 4 * len(made.weights) <= 4 * TERMS
        assert list(made.weights) == sorted(made.weights, reverse=True) and made.weights[0] == 255
    for wrong in (b"", b"1234567", made.pack()[:-1]):
        with pytest.raises(ValueError, match="not a digest"):
            unpack("a", wrong)


def test_a_document_without_words_is_alone() -> None:
    blank = [digest(document(id, "")) for id in ("x", "y")]
    assert stories(blank) == [("x",), ("y",)]
    assert stories([]) == []


def test_reports_of_one_event_are_a_story() -> None:
    found = stories([*digests_of(BRIDGE, "bridge"), *digests_of(HOSPITAL, "hospital")])
    assert found == [("bridge0", "bridge1", "bridge2"), ("hospital0", "hospital1")]


def test_the_same_words_a_year_later_are_another_story() -> None:
    first = digests_of(BRIDGE, "a", "2021-05-03")
    later = digests_of(BRIDGE, "b", "2022-05-03")
    assert stories([*first, *later]) == [("a0", "a1", "a2"), ("b0", "b1", "b2")]
    assert stories([*first, *digests_of(BRIDGE, "b", "2021-05-04")]) == [("a0", "a1", "a2", "b0", "b1", "b2")]


def invented(id: str, terms: dict[int, int], day: int | None = None) -> Digest:
    ordered = sorted(terms.items(), key=lambda item: (-item[1], item[0]))
    hashes = np.array([term for term, _ in ordered], dtype="<u4").tobytes()
    return Digest(id, day, day, hashes, bytes(weight for _, weight in ordered))


def test_two_events_that_share_much_stay_two() -> None:
    """All share the chain's name and the words of fires; each fire's reports share its town and its people besides."""
    chain = {n: 120 for n in range(4)}

    def fire(town: int, number: int) -> Digest:
        own = {100 * town + n: 150 for n in range(10)} | {10_000 + 100 * town + 10 * number + n: 60 for n in range(8)}
        return invented(f"town{town}-{number}", chain | own)

    found = stories([fire(town, number) for town in (1, 2) for number in range(6)])
    assert [len(story) for story in found] == [6, 6]
    assert stories([fire(1, 0), fire(2, 0)]) == [
        ("town1-0", "town2-0")
    ]  # where two are all there is, nothing parts them


DIGESTS = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 25), st.integers(1, 255), min_size=1, max_size=12),
        st.none() | st.integers(730_000, 730_060),
    ),
    max_size=25,
)


@given(drawn=DIGESTS, seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_each_document_is_in_one_story_whatever_the_order(
    drawn: list[tuple[dict[int, int], int | None]], seed: int
) -> None:
    made = [invented(f"d{n:02}", terms, day) for n, (terms, day) in enumerate(drawn)]
    found = stories(made)
    assert sorted(id for story in found for id in story) == [d.document for d in made]
    random.Random(seed).shuffle(made)
    assert stories(made) == found


@given(drawn=DIGESTS, more=DIGESTS)
@settings(max_examples=60, deadline=None)
def test_reports_that_resemble_none_change_nothing(drawn: Any, more: Any) -> None:
    made = [invented(f"d{n:02}", terms, day) for n, (terms, day) in enumerate(drawn)]
    strangers = [
        invented(f"c{n:02}", {1000 + term: weight for term, weight in terms.items()}, day)
        for n, (terms, day) in enumerate(more)
    ]
    assert sorted(stories(made) + stories(strangers)) == stories([*strangers, *made])


@pytest.mark.skipif(not LABELLED.is_file(), reason="there are no labelled reports beside the repository")
def test_stories_of_labelled_reports() -> None:
    """The half of the topics that scores lower: .914 when this was written."""
    path = ROOT / "scripts" / "score_stories.py"
    spec = importlib.util.spec_from_file_location("score_stories", path)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    half = script.halves(LABELLED)[1]
    assert script.b3(stories(half.digests), half.events).f1 >= 0.91


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 9)), max_size=70),
    st.lists(
        st.lists(st.tuples(st.integers(0, 70), st.sampled_from("pcr"), st.integers(0, 2)), max_size=8), max_size=4
    ),
)
def test_what_has_changed_is_grouped_as_everything_is(
    pile: list[tuple[int, int, int]], deeds: list[list[tuple[int, str, int]]]
) -> None:
    """Reports are put, changed and removed in portions; what is kept of the others stays true."""
    few = np.random.default_rng(3).integers(0, 2**32, (6, 40), dtype=np.uint32)

    def one(number: int, event: int, shift: int, day: int) -> Digest:
        drawn = np.random.default_rng([number, event, shift]).permutation(few[event])[: 20 + shift]
        own = np.random.default_rng([number, 7]).integers(0, 2**32, 10, dtype=np.uint32)
        terms = np.concatenate((drawn, own, few[(event + 1) % 6][:4])).astype("<u4")
        when = None if day == 9 else 730_000 + 12 * day
        return Digest(f"d{number:02d}", when, when, terms.tobytes(), bytes(range(200, 200 - len(terms), -1)))

    held = {n: one(n, *of) for n, of in enumerate(pile)}
    groups: dict[str, tuple[str, ...]] = {}
    before: dict[str, Grouped] = {}
    for portion in [[], *deeds]:
        for number, deed, event in portion:
            if deed == "r":
                held.pop(number, None)
            elif deed == "p" or number in held:
                held[number] = one(number, event, 1 + (deed == "c"), event)
        found = regrouped(held.values(), before.values())
        names = {digest.document: digest for digest in held.values()}
        before = {name: its for name, its in before.items() if name in names}
        before |= {n: Grouped(keys(names[n]), digest_sum(names[n]), block) for n, block in found.blocks.items()}
        groups = {name: group for name, group in groups.items() if name in names}
        groups |= {name: group for group in found.groups for name in group}
        anew = regrouped(names.values())
        assert {name: group for group in anew.groups for name in group} == groups
        assert anew.blocks == {name: its.block for name, its in before.items()}
