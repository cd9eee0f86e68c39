"""Figures end to end with the shipped weights, on clear sentences, and the rules beside the weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pledgetrail.extraction.decisions import load_model
from pledgetrail.extraction.figure_features import count_of, measure_words, source_words
from pledgetrail.extraction.figures import extract_figures, merge, same_figure
from pledgetrail.extraction.views import View, views
from pledgetrail.language.lexicon import load
from pledgetrail.records import Figure, Parsed
from pledgetrail.vocabulary import MEASURES

Parse = Callable[..., Parsed]
Read = Callable[..., list[Figure]]


@pytest.fixture(scope="module")
def read(parse_text: Parse) -> Read:
    """The figures of a text."""

    def read_one(text: str, **metadata: str) -> list[Figure]:
        parsed = parse_text(text, **metadata)
        return list(extract_figures(parsed, views(parsed)))

    return read_one


CASES = [
    ("At least 146 civilians were killed in the shelling.", 146, "killed", "civilians killed"),
    ("The quake injured 2,500 people in Nepal.", 2500, "injured", "injured people"),
    ("Some 40,000 people were displaced by the floods in Kenya.", 40000, "displaced", "people displaced"),
    ("The storm destroyed 300 houses in Fiji.", 300, "damaged", "destroyed houses"),
    ("Twelve people are still missing in Nepal.", 12, "missing", "people missing"),
]


@pytest.mark.parametrize(("sentence", "value", "measure", "unit"), CASES)
def test_clear_figures(read: Read, sentence: str, value: float, measure: str, unit: str) -> None:
    (figure,) = read(sentence)
    assert figure.value == value
    assert figure.measure == measure
    assert set(unit.split()) <= set(figure.unit.split())
    assert 0 < figure.confidence <= 1
    assert figure.trace and figure.reader


@pytest.mark.parametrize(
    "sentence",
    [
        "Japan pledged $5 million to rebuild schools in Nepal.",
        "Norway will provide 20 million euros in aid to Kenya.",
        "The road is 45 kilometres long.",
        "Three ministers signed the agreement.",
    ],
)
def test_what_is_no_figure(read: Read, sentence: str) -> None:
    assert read(sentence) == []


def test_ranges_qualifiers_and_currencies(read: Read) -> None:
    (loss,) = read("The World Bank put the damage in Nepal at $2 billion to $3 billion.")
    assert (loss.value, loss.low, loss.high, loss.currency) == (None, 2e9, 3e9, "USD")
    (dead,) = read("At least 146 civilians were killed in the shelling.")
    assert dead.qualifier == "at least"


def test_spans(read: Read) -> None:
    text = "Quiet days.\n\nThe quake in Nepal killed 300 people, the Red Cross said on Monday."
    (figure,) = read(text, published="2024-05-08")
    assert {"value", "measure", "of", "claimed_by", "when"} <= set(figure.cells)
    spans = [figure.trigger, *figure.evidence, *(s for cell in figure.cells.values() for s in cell)]
    assert all(text[s.start : s.end] == s.quote for s in spans)
    assert figure.cells["value"][0].quote == "300"


@pytest.mark.parametrize(
    ("sentence", "claimant"),
    [
        ("The United Nations said 300 people had been killed in Nepal.", "United Nations"),
        ("About 300 people were killed in Nepal, according to the World Bank.", "World Bank"),
        ("About 300 people were killed in the flood, local officials said.", "local officials"),
        ("About 300 people were killed in the flood.", None),
    ],
)
def test_claimed_by(read: Read, sentence: str, claimant: str | None) -> None:
    (figure,) = read(sentence)
    assert (figure.claimed_by.name if figure.claimed_by else None) == claimant


def test_a_claim_goes_on(read: Read) -> None:
    text = "The World Bank said 300 schools had been destroyed in Nepal. It also said 2,000 people were injured."
    dead, hurt = read(text)
    assert dead.claimed_by is not None and hurt.claimed_by is not None
    assert dead.claimed_by.id == hurt.claimed_by.id


def test_whose_figure(read: Read) -> None:
    (figure,) = read("Norway said 300 Nepalese civilians had been killed.")
    assert figure.of == "Nepal"
    (figure,) = read("More than 300 people were killed in Kathmandu.")
    assert figure.of == "Kathmandu" and figure.places == ("Kathmandu",)


def test_parts_point_at_their_total(read: Read) -> None:
    total, *parts = read("A hundred civilians, including 12 children and 27 women, were killed in the attack.")
    assert [p.value for p in parts] == [12, 27]
    assert {p.part_of for p in parts} == {total.id} and total.part_of is None


def test_a_part_is_never_more_than_its_total(read: Read) -> None:
    found = read("Twelve people were killed, including two children, and 400 people were injured.")
    assert {f.value: f.part_of is not None for f in found} == {12: False, 2: True, 400: False}


def test_the_same_number_told_again_is_one(read: Read) -> None:
    text = "The quake killed 300 people in Nepal. In all, 300 people were killed in Nepal."
    (figure,) = read(text)
    assert len(figure.evidence) == 2


def test_same_figure_needs_agreement(read: Read) -> None:
    (one,) = read("The quake killed 300 people in Nepal, the Red Cross said.")
    again = replace(one, id="s-2", evidence=(replace(one.evidence[0], start=999),))
    assert same_figure(one, again)
    assert not same_figure(one, replace(one, id="s-2"))  # twice in one sentence is two
    assert not same_figure(one, replace(again, value=301.0))
    assert not same_figure(one, replace(again, measure="injured"))
    assert not same_figure(one, replace(again, of="Kenya"))
    merged = list(merge([one, again, replace(again, id="s-3", value=1.0, part_of="s-2", measure="injured")]))
    assert [f.part_of for f in merged] == [None, merged[0].id]


def test_what_a_quantity_counts(view_of: Callable[..., View]) -> None:
    view = view_of("27 women died. Thousands of houses fell. At least 18 were wounded.")
    nouns = [count_of(view, q).noun for q in view.quantities]
    assert [view.doc[n].text if n is not None else None for n in nouns] == ["women", "houses", None]


def test_the_lexicons_load() -> None:
    measures, sources = (load(n, "pledgetrail.extraction") for n in ("measures.toml", "figures.toml"))
    assert set(measures) == {"verbs", "nouns", "other", "given", "parts", "irregular"}
    assert set(measures["verbs"]) | set(measures["nouns"]) <= set(MEASURES)
    assert set(sources) == {"sources", "irregular", "papers"}
    assert "killed" in measure_words()["died"] and "displaced" in measure_words()["fled"]
    nouns, verbs = source_words()
    assert "officials" in nouns and "told" in verbs


def test_the_models_know_their_labels() -> None:
    measures, claims = load_model("figures"), load_model("claimants")
    assert measures is not None and set(measures.labels) <= {"none", *MEASURES}
    assert claims is not None and set(claims.labels) == {"claims", "none"}
