"""What the words of a passage name, before anybody knows whose they are: titles, nations, bodies, places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pledgetrail.language.lexicon import load
from pledgetrail.language.name import Name
from pledgetrail.language.names import find_names

if TYPE_CHECKING:
    from spacy.language import Language

PRONOUN_CLASSES = {"person", "speaker", "speakers", "addressee", "plural", "thing"}
DESCRIPTION_CLASSES = {"home", "states", "people", "body", "person", "group"}


def names(nlp: Language, text: str) -> dict[str, Name]:
    return {text[n.start : n.end]: n for n in find_names(nlp(text), text)}


def test_reference_data_is_well_formed() -> None:
    data = load("reference.toml")
    assert set(data) == {"pronouns", "descriptions", "no_actor"}
    assert set(data["pronouns"].values()) <= PRONOUN_CLASSES
    assert set(data["descriptions"].values()) <= DESCRIPTION_CLASSES
    for word in (*data["pronouns"], *data["descriptions"]):
        assert word == word.lower() and word.isalpha(), word
    assert not set(data["pronouns"]) & set(data["descriptions"])
    last = data["no_actor"]["last"].split()
    assert len(last) == len(set(last)) and all(word == word.lower() and word.isalpha() for word in last)
    assert not set(last) & set(data["descriptions"])


@pytest.mark.parametrize(
    "text",
    [
        "Help came under an Executive Order.",
        "The Marlow Refugee Program opens in May.",
        "Refugee Week begins.",
    ],
)
def test_laws_programmes_and_days_are_nobody(nlp: Language, text: str) -> None:
    assert not [n for n in names(nlp, text).values() if n.kind == "actor"]


def test_a_programme_of_the_gazetteer_stays(nlp: Language) -> None:
    assert names(nlp, "The World Food Programme sent rice.")["World Food Programme"].kind == "actor"


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("Later, Mr Downey thanked the donors.", "Mr Downey", "Downey"),
        ("Minister for Foreign Affairs, Mr Andrew Halloran, met them.",
         "Minister for Foreign Affairs, Mr Andrew Halloran", "Andrew Halloran"),
    ],
)  # fmt: skip
def test_a_form_of_address_tells_a_person(nlp: Language, text: str, words: str, name: str) -> None:
    found = names(nlp, text)[words]
    assert (found.kind, found.name) == ("person", name)


@pytest.mark.parametrize(
    ("text", "words", "name", "role", "nations"),
    [
        (
            "Azerbaijan's Foreign Minister Rashad Quliyev arrived in Ankara.",
            "Azerbaijan's Foreign Minister Rashad Quliyev",
            "Rashad Quliyev",
            "foreign minister",
            ("AZE",),
        ),
        (
            "Azeri FM Rashad Quliyev arrived in Ankara on Monday.",
            "Azeri FM Rashad Quliyev",
            "Rashad Quliyev",
            "foreign minister",
            ("AZE",),
        ),
        (
            "Prime Minister Anna Marlow of the United Kingdom visited the schools of Beirut.",
            "Prime Minister Anna Marlow of the United Kingdom",
            "Anna Marlow",
            "prime minister",
            ("GBR",),
        ),
        (
            "Lukas Brenner, the German chancellor, promised to help Lebanon.",
            "Lukas Brenner, the German chancellor",
            "Lukas Brenner",
            "chancellor",
            ("DEU",),
        ),
        (
            "Georgia's prime minister, Levan Beridze, said Georgia was ready.",
            "Georgia's prime minister, Levan Beridze",
            "Levan Beridze",
            "prime minister",
            ("GEO",),
        ),
        (
            "Kenji Morita, Japan's foreign minister, came to Rome.",
            "Kenji Morita, Japan's foreign minister",
            "Kenji Morita",
            "foreign minister",
            ("JPN",),
        ),
        (
            "South Korean President Kim Dae-ho met the mayor.",
            "South Korean President Kim Dae-ho",
            "Kim Dae-ho",
            "president",
            ("KOR",),
        ),
    ],
)
def test_title_nation_and_bearer_are_one_name(
    nlp: Language, text: str, words: str, name: str, role: str, nations: tuple[str, ...]
) -> None:
    found = names(nlp, text)[words]
    assert (found.kind, found.name, found.role, found.nations) == ("person", name, role, nations)


@pytest.mark.parametrize(
    ("text", "words", "nations"),
    [
        ("He met his Turkish counterpart in Baku.", "Turkish counterpart", ("TUR",)),
        ("His Turkish and Russian counterparts came.", "Turkish and Russian counterparts", ("TUR", "RUS")),
        (
            "The top diplomats of Turkey, Pakistan and Azerbaijan signed a declaration.",
            "top diplomats of Turkey, Pakistan and Azerbaijan",
            ("TUR", "PAK", "AZE"),
        ),
        (
            "The foreign ministers of Norway and Sweden met.",
            "foreign ministers of Norway and Sweden",
            ("NOR", "SWE"),
        ),
        ("The Prime Minister of Pakistan spoke.", "Prime Minister of Pakistan", ("PAK",)),
        ("The Pakistani ambassador to Turkey spoke.", "Pakistani ambassador to Turkey", ("PAK",)),
    ],
)
def test_roles_without_a_bearer_keep_every_nation_named(
    nlp: Language, text: str, words: str, nations: tuple[str, ...]
) -> None:
    found = names(nlp, text)[words]
    assert found.kind == "role"
    assert set(nations) <= set(found.nations)
    assert found.nations[0] == nations[0]


def test_former_office_speaks_for_nobody(nlp: Language) -> None:
    text = "Former Prime Minister John Tallow of Britain said he was sorry."
    assert names(nlp, text)["Former Prime Minister John Tallow of Britain"].speaks_for == "none"


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("French engineers rebuilt the bridge.", "French", "FRA"),
        ("The Turkish company won.", "Turkish", "TUR"),
        ("Kazakh firms joined.", "Kazakh", "KAZ"),
        ("A Dutch team arrived.", "Dutch", "NLD"),
    ],
)
def test_nationalities(nlp: Language, text: str, words: str, code: str) -> None:
    found = names(nlp, text)[words]
    assert (found.kind, found.nations) == ("nationality", (code,))


def test_capitals_stand_for_their_state(nlp: Language) -> None:
    found = names(nlp, "The Kremlin said Moscow would help.")
    assert found["Moscow"].nations == ("RUS",)
    assert found["Kremlin"].entry is not None and found["Kremlin"].entry.country == "RUS"


@pytest.mark.parametrize("region", ["Nagorno-Karabakh", "Kashmir", "Gaza"])
def test_disputed_regions_are_places_of_no_state_that_the_text_does_not_name(nlp: Language, region: str) -> None:
    found = names(nlp, f"Schools were rebuilt in {region} in spring.")[region]
    assert (found.kind, found.nations) == ("place", ())


def test_the_west_bank_is_not_the_west(nlp: Language) -> None:
    assert any("West Bank" in words for words in names(nlp, "Schools in the West Bank were shut."))


def test_bodies_with_a_state_and_without(nlp: Language) -> None:
    found = names(nlp, "Pakistan's Ministry of Health sent doctors. The Foreign Ministry said nothing.")
    assert found["Pakistan's Ministry of Health"].nations == ("PAK",)
    assert found["Foreign Ministry"].kind == "description"
    after = names(nlp, "The Ministry of Education of Jordan agreed.")["Ministry of Education of Jordan"]
    assert after.nations == ("JOR",)


def test_pronouns_are_told_from_the_united_states(nlp: Language) -> None:
    found = names(nlp, "The US sent help to us before they asked for it.")
    assert found["US"].nations == ("USA",)
    assert {words: n.plural for words, n in found.items() if n.kind == "pronoun"} == {
        "us": True,
        "they": True,
        "it": False,
    }


WORDS = (
    "Norway|Kenji Morita|Foreign Minister|the|his|Turkish|counterparts|of|and|,|’s|'s|\"|both sides|Ministry of Health|"
    "government|(|)|UNICEF|West Bank|President|they|Syrian refugees|said|$5 million|\n|\u00a0|-|former|Mr|Kaya"
).split("|")


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join), min_size=4, max_size=8))
def test_names_are_in_order_and_none_is_in_another(nlp: Language, texts: list[str]) -> None:
    for doc in nlp.pipe(texts):
        at = 0
        for name in find_names(doc, doc.text):
            assert at <= name.start < name.end <= len(doc.text)
            assert 0 <= name.head < len(doc)
            at = name.end
