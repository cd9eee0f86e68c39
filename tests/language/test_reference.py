"""Pronouns, roles and descriptions stand for whom the text named before; the chain says how that was found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pledgetrail.records import Mention, Parsed

Parse = Callable[..., Parsed]


def mention(parsed: Parsed, words: str, *, nth: int = 0) -> Mention:
    """The mention of these words, in any case; the last for ``nth=-1``."""
    return [m for m in parsed.mentions if m.text.lower() == words][nth]


def named(parsed: Parsed, words: str, *, nth: int = 0) -> list[str]:
    return [p.name for p in mention(parsed, words, nth=nth).parties]


@pytest.mark.parametrize(
    ("text", "words", "names"),
    [
        (
            "Japan's Prime Minister Kenji Morita came to Nepal. He promised tents.",
            "he",
            ["Kenji Morita"],
        ),
        (
            "Deputy Prime Minister Elena Popescu of Moldova said her country needs gas.",
            "her",
            ["Elena Popescu"],
        ),
        ("Kenya asked for help. Its harvest had failed.", "its", ["Kenya"]),
        ("UNICEF opened a school. The agency needs teachers.", "the agency", ["UNICEF"]),
        (
            "The European Commission approved a plan. The commission will lend money.",
            "the commission",
            ["European Commission"],
        ),
        ("Kenya asked for help. The government wants food.", "government", ["Kenya"]),
        (
            "Norway and Sweden pledged aid. The two countries will send tents.",
            "the two countries",
            ["Norway", "Sweden"],
        ),
        ("Norway and Sweden pledged aid. They will send tents.", "they", ["Norway", "Sweden"]),
        ("Norway and Sweden pledged aid. Their engineers left on Monday.", "their", ["Norway", "Sweden"]),
        (
            "Turkey, Pakistan and Azerbaijan held talks. The three countries signed a declaration.",
            "the three countries",
            ["Türkiye", "Pakistan", "Azerbaijan"],
        ),
        (
            "Italian Foreign Minister Carla Vieri and Greek Foreign Minister Nikos Damaskos met. They sent tents.",
            "they",
            ["Carla Vieri", "Nikos Damaskos"],
        ),
        (
            "Italian Foreign Minister Carla Vieri and Greek Foreign Minister Nikos Damaskos met. The ministers left.",
            "ministers",
            ["Carla Vieri", "Nikos Damaskos"],
        ),
        (
            "Japan's Prime Minister Kenji Morita came. Nepal was glad. The prime minister left on Friday.",
            "prime minister",
            ["Kenji Morita"],
        ),
        ("The minister met his Turkish counterpart.", "turkish counterpart", ["Türkiye"]),
        ("The top diplomats of Norway and Sweden met.", "top diplomats of norway and sweden", ["Norway", "Sweden"]),
    ],
)
def test_whom_the_words_stand_for(parse_text: Parse, text: str, words: str, names: list[str]) -> None:
    parsed = parse_text(text)
    assert named(parsed, words) == names
    chain = mention(parsed, words).chain
    assert chain, "explain has nothing to say"
    assert all(step.strip() for step in chain)


@pytest.mark.parametrize(
    ("text", "words", "name", "binds"),
    [
        ("EU leaders promised tents.", "EU leaders", "European Union leaders", "European Union"),
        ("In London, G7 finance ministers met.", "G7 finance ministers", "G7 finance ministers", "G7"),
        ("Leaders of the African Union met.", "Leaders of the African Union", "African Union leaders", "African Union"),
        ("Local officials counted the houses.", "Local officials", "Local officials", "Local officials"),
        ("EU leaders came. The leaders promised tents.", "leaders", "European Union leaders", "European Union"),
        ("Syrian opposition leaders left.", "Syrian opposition leaders", "Syrian opposition leaders",
         "Syrian opposition"),
    ],
)  # fmt: skip
def test_titles_in_the_plural_are_a_group_that_binds_its_organisation(
    parse_text: Parse, text: str, words: str, name: str, binds: str
) -> None:
    (found,) = [m for m in parse_text(text).mentions if m.text == words]
    assert [(p.name, p.type, p.country) for p in found.parties] == [(name, "group", None)]
    assert [p.name for p in found.stands_for] == [binds]


def test_the_two_men_are_the_two_named(parse_text: Parse) -> None:
    parsed = parse_text(
        "Italian Foreign Minister Carlo Vieri met Greek Foreign Minister Nikos Damaskos. The two men held talks."
    )
    assert named(parsed, "the two men") == ["Carlo Vieri", "Nikos Damaskos"]


def test_parties_that_nobody_names_are_named_by_their_words(parse_text: Parse) -> None:
    (party,) = mention(parse_text("Kenya urged all the parties to stop."), "all the parties").parties
    assert (party.name, party.type) == ("all the parties", "group")


def test_that_before_a_clause_is_no_part_of_its_subject(parse_text: Parse) -> None:
    parsed = parse_text("UNICEF opened a school. Kenya demanded that the agency leave.")
    assert named(parsed, "the agency") == ["UNICEF"]


def test_a_department_of_a_release_is_that_of_its_state(parse_text: Parse) -> None:
    parsed = parse_text("Ukraine asked for help. The Department of Defense will send tents.", outlet="The White House")
    assert {p.country for m in parsed.mentions if "Department" in m.text for p in m.parties} == {"USA"}


def test_they_are_no_town(parse_text: Parse) -> None:
    parsed = parse_text("Rebels left Aleppo. They agreed to talk.")
    assert named(parsed, "they") == ["Rebels"]


def test_the_government_of_a_release_is_the_one_that_issues_it(parse_text: Parse) -> None:
    parsed = parse_text(
        "Kenya has asked for help. The Government will send tents.",
        outlet="Australian Government",
        published="2010-05-04",
    )
    assert [p.country for p in mention(parsed, "government").parties] == ["AUS"]


@pytest.mark.xfail(strict=True, reason="“warring sides” makes every “sides” a group of its own")
def test_both_sides(parse_text: Parse) -> None:
    parsed = parse_text("Norway and Sweden met in Oslo. Both sides agreed to send help.")
    assert named(parsed, "both sides") == ["Norway", "Sweden"]


def test_they_are_the_two_who_met(parse_text: Parse) -> None:
    parsed = parse_text(
        "Italian Foreign Minister Carla Vieri met Greek Foreign Minister Nikos Damaskos in Rome. They agreed to talk."
    )
    assert named(parsed, "they") == ["Carla Vieri", "Nikos Damaskos"]


def test_the_two_countries_are_those_of_the_ministers(parse_text: Parse) -> None:
    parsed = parse_text(
        "Italian Foreign Minister Carla Vieri met Greek Foreign Minister Nikos Damaskos. Albania watched. "
        "The two countries signed a deal."
    )
    assert {p.country for p in mention(parsed, "the two countries").parties} == {"ITA", "GRC"}


@pytest.mark.xfail(strict=True, reason="a spokesman's organisation is not remembered for “the agency”")
def test_the_agency_is_that_of_its_spokesman(parse_text: Parse) -> None:
    parsed = parse_text("UNHCR spokesman Peter Lund said the agency needs money.")
    assert named(parsed, "the agency") == ["UNHCR"]


def test_a_subject_and_its_object_are_two_people(parse_text: Parse) -> None:
    parsed = parse_text(
        "Japan's Prime Minister Kenji Morita received Italian Foreign Minister Carla Vieri. Morita assured her of help."
    )
    assert named(parsed, "her") == ["Carla Vieri"]


def test_a_pronoun_with_nobody_before_it_stays_open(parse_text: Parse) -> None:
    found = mention(parse_text("They said that he was glad."), "they")
    assert (found.parties, found.chain) == ((), ())


def test_a_pronoun_reaches_only_a_few_sentences_back(parse_text: Parse) -> None:
    rain = "It rained in the hills. " * 8
    parsed = parse_text(f"Kenji Morita came. {rain}He left.")
    assert named(parsed, "he", nth=-1) == []


def test_we_in_a_quotation_is_its_speaker(parse_text: Parse) -> None:
    parsed = parse_text('"We will give tents to Nepal," Japanese Foreign Minister Kenji Morita said on Monday.')
    found = mention(parsed, "we")
    assert [(p.name, p.country) for p in found.parties] == [("Kenji Morita", "JPN")]
    assert "said by" in found.chain[0]


def test_we_said_by_he_is_whom_he_is(parse_text: Parse) -> None:
    parsed = parse_text(
        'Japanese Foreign Minister Kenji Morita came to Nepal. "We stand by the people of Nepal," he said.'
    )
    found = mention(parsed, "we")
    assert [p.name for p in found.parties] == ["Kenji Morita"]
    assert len(found.chain) == 2, "one step for the speaker and one for the pronoun"


def test_we_of_an_organisation_binds_the_organisation(parse_text: Parse) -> None:
    parsed = parse_text('"We need more money for Nepal," UNHCR spokesman Peter Lund said on Monday.')
    assert [p.name for p in mention(parsed, "we").stands_for] == ["UNHCR"]


def test_we_of_a_release_is_the_office_that_issued_it(parse_text: Parse) -> None:
    parsed = parse_text("We are proud to provide tents to Fiji.", outlet="Government of Canada")
    assert named(parsed, "we") == ["Canada"]


def test_we_of_an_unknown_newspaper_is_nobody(parse_text: Parse) -> None:
    parsed = parse_text("We are proud to provide tents to Fiji.", outlet="The Valley Herald")
    assert named(parsed, "we") == []
