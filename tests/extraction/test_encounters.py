"""Encounters end to end with the shipped weights, on clear sentences, and the rules beside the weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pledgetrail.extraction.attendance import participants_of
from pledgetrail.extraction.decisions import load_model
from pledgetrail.extraction.encounter_candidates import propose_encounters, word_lists, words
from pledgetrail.extraction.encounters import extract_encounters, same_encounter
from pledgetrail.extraction.views import View, views
from pledgetrail.language.lexicon import load
from pledgetrail.records import Encounter, Mention, Parsed, Party
from pledgetrail.vocabulary import ENCOUNTERS

Parse = Callable[..., Parsed]
Read = Callable[..., list[Encounter]]


@pytest.fixture(scope="module")
def read(parse_text: Parse) -> Read:
    """The encounters of a text."""

    def read_one(text: str, **metadata: str) -> list[Encounter]:
        parsed = parse_text(text, **metadata)
        return list(extract_encounters(parsed, views(parsed)))

    return read_one


def who(encounter: Encounter) -> set[str]:
    return {p.country or p.name for p in encounter.participants}


CASES = [
    ("meeting", "President Anna Berg of Norway met President Joao Silva of Portugal in Oslo on Monday.", "NOR PRT"),
    ("meeting", "The foreign ministers of Japan and Kenya held talks in Nairobi on Tuesday.", "JPN KEN"),
    ("visit", "Norwegian Prime Minister Anna Berg arrived in Nepal on Monday on a two-day visit.", "NOR"),
    ("visit", "Portuguese President Joao Silva visited Kenya last week.", "PRT"),
    (
        "call",
        "President Anna Berg of Norway spoke by phone with President Joao Silva of Portugal on Monday.",
        "NOR PRT",
    ),
    ("conference", "Norway will host an international donors' conference for Lebanon in Oslo on 3 May.", "NOR"),
]


@pytest.mark.parametrize(("kind", "sentence", "present"), CASES)
def test_clear_encounters(read: Read, kind: str, sentence: str, present: str) -> None:
    (encounter, *others) = read(sentence, published="2024-04-24")
    assert not others
    assert encounter.encounter == kind
    assert set(present.split()) <= who(encounter)
    assert 0 < encounter.confidence <= 1
    assert encounter.trace and encounter.reader


@pytest.mark.parametrize(
    "sentence",
    [
        "Japan gave Kenya $5 million for schools.",
        "The aid will meet the needs of 3,000 families.",
        "Anna Berg told a news conference on Monday that the road was open.",
        "The river rose by two metres and the bridge fell.",
    ],
)
def test_what_is_no_encounter(read: Read, sentence: str) -> None:
    assert read(sentence) == []


def test_spans_and_cells(read: Read) -> None:
    text = "Quiet days.\n\nPresident Anna Berg of Norway met President Joao Silva of Portugal in Oslo on 3 May 2024."
    (encounter,) = read(text)
    assert {"participants", "when", "places"} <= set(encounter.cells)
    assert encounter.when == "2024-05-03" and encounter.places == ("Oslo",)
    spans = [encounter.trigger, *encounter.evidence, *(s for cell in encounter.cells.values() for s in cell)]
    assert all(text[s.start : s.end] == s.quote for s in spans)
    assert encounter.evidence[0].quote.startswith("President Anna Berg")


def test_planned(read: Read) -> None:
    (ahead,) = read("President Anna Berg of Norway will meet President Joao Silva of Portugal in Oslo on Monday.")
    (past,) = read("President Anna Berg of Norway met President Joao Silva of Portugal in Oslo on Monday.")
    assert ahead.planned and not past.planned


def test_what_is_told_again_joins_the_first_telling(read: Read) -> None:
    text = (
        "President Anna Berg of Norway met President Joao Silva of Portugal in Oslo on Monday.\n\n"
        "Rain fell in the north.\n\n"
        "Anna Berg and Joao Silva met for three hours, a spokesman said."
    )
    (encounter,) = [e for e in read(text) if e.encounter == "meeting"]
    assert len(encounter.evidence) == 2


def test_a_series_is_one_encounter_each(read: Read) -> None:
    found = read("The donors' conference took place in Oslo in 2021 and in Lisbon in 2023.")
    assert [(e.places, e.when) for e in found] == [(("Oslo",), "2021"), (("Lisbon",), "2023")]
    assert len({e.id for e in found}) == 2


def test_same_encounter_needs_agreement(read: Read) -> None:
    (one,) = read("President Anna Berg of Norway met President Joao Silva of Portugal in Oslo on 3 May 2024.")
    elsewhere = replace(one, evidence=(replace(one.evidence[0], start=999),))
    assert same_encounter(one, elsewhere)
    assert not same_encounter(one, one)  # two words of one sentence are joined before, or are two
    assert not same_encounter(one, replace(elsewhere, when="2024-05-04"))
    assert not same_encounter(one, replace(elsewhere, places=("Lisbon",)))
    assert not same_encounter(one, replace(elsewhere, encounter="visit"))
    assert not same_encounter(one, replace(elsewhere, participants=(Party("state-ken", "Kenya", "state", "KEN"),)))


def test_a_state_gives_way_to_its_person() -> None:
    state, person = Party("state-nor", "Norway", "state", "NOR"), Party("person-a", "Anna Berg", "person", "NOR")
    other = Party("state-ken", "Kenya", "state", "KEN")
    mentions = [Mention(0, 1, "x", "name", (p,)) for p in (state, person, other, person)]
    assert participants_of(mentions) == (person, other)


def test_candidates_know_verbs_from_nouns(view_of: Callable[..., View]) -> None:
    view = view_of("They met on Monday. The meeting was short. She will visit Oslo after a visit to Lisbon.")
    found = [(c.lemma, c.pos) for c in propose_encounters(view)]
    assert found == [("meet", "verb"), ("meeting", "noun"), ("visit", "verb"), ("visit", "noun")]


def test_press_conferences_are_no_candidates(view_of: Callable[..., View]) -> None:
    view = view_of("She spoke at a press conference before the peace conference.")
    assert [c.lemma for c in propose_encounters(view) if c.pos == "noun"] == ["conference"]


def test_the_lexicon_loads() -> None:
    data = load("encounters.toml", "pledgetrail.extraction")
    assert set(data) == {"verbs", "nouns", "never", "light", "stay", "people", "shape", "irregular"}
    assert set(data["verbs"]) | set(data["nouns"]) <= set(ENCOUNTERS)
    for table in ("verbs", "nouns"):
        listed = [w for words_ in data[table].values() for w in words_.split()]
        assert listed == list(dict.fromkeys(listed)) and all(w == w.lower() for w in listed)
    assert words()["met"] == {"verb": ("meet", "meeting")}
    assert words()["talks"]["noun"] == ("talk", "meeting")
    assert "held" in word_lists()["hosted"] and "official" in word_lists()["ministers"]


def test_the_models_know_their_labels() -> None:
    kinds, presence = load_model("encounters"), load_model("participants")
    assert kinds is not None and set(kinds.labels) == {"none", *ENCOUNTERS}
    assert presence is not None and set(presence.labels) == {"absent", "present"}
