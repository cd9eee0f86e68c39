"""From the words of reports to actors: guessed states, misspelt names, long and short names of one minister."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from pledgetrail.language import passages
from pledgetrail.language.offices import offices
from pledgetrail.reading import read
from pledgetrail.records import RawReport
from pledgetrail.resolution.identity import ActorGroup, Naming, actors, namings

if TYPE_CHECKING:
    from spacy.language import Language

People = Callable[..., list[ActorGroup]]


@pytest.fixture
def people(nlp: Language) -> People:
    """The people that texts name, one report each, dated a day apart; the same in every order of the reports."""

    def found(*texts: str) -> list[ActorGroup]:
        named: list[tuple[Naming, ...]] = []
        for number, text in enumerate(texts):
            report = RawReport(id=f"r{number}", source="t", text=text, content_sha256="")
            (parsed,) = passages.parse([read(report)], nlp)
            parties = [p for mention in parsed.mentions for p in mention.parties]
            day = dt.date(2022, 3, 1) + dt.timedelta(number)
            named.append(namings(report.id, parties, offices(parsed), day))
        (first, *others) = [actors(n for report in order for n in report) for order in permutations(named)]
        assert all(other == first for other in others)
        return [group for group in first if group.type == "person"]

    return found


PERU = "Peru is a guest. Peru thanked its friends, and Peru will be back.\n"
VISIT = "Chilean President Rodrigo Valdenegro arrived in Lima on Monday."
GREETING = PERU + "The envoy brought the greetings of President Rodrigo Valdenebro to the guests."


def test_a_slip_joins_a_president_of_no_state_to_the_one_president_as_near(people: People) -> None:
    (group,) = people(VISIT, GREETING)
    assert group.country == "CHL"
    assert set(group.ids) == {"person-rodrigo-valdenebro", "person-rodrigo-valdenegro"}
    assert [why for why in group.why.values() if "both president" in why]


def test_it_joins_neither_where_two_are_as_near(people: People) -> None:
    groups = people(VISIT, GREETING, "Uruguayan President Rodrigo Valdenevro stayed at home.")
    assert len(groups) == 3


@pytest.mark.parametrize(
    "other",
    [
        PERU + "The envoy met Prime Minister Rodrigo Valdenebro.",
        PERU + "The envoy met former President Rodrigo Valdenebro.",
        "Bolivian President Rodrigo Valdenebro was there.",
        PERU + "The envoy met Deputy President Rodrigo Valdenebro.",
    ],
)
def test_a_slip_alone_or_with_another_office_joins_nobody(people: People, other: str) -> None:
    short = "Chilean President Rodrigo Valdenegro arrived in Lima on Monday."
    assert len(people(short.replace("negro", "go"), other.replace("nebro", "bo"))) == 2


def test_a_guessed_state_is_nobodys(people: People) -> None:
    (group,) = people(PERU + "Deputy Foreign Minister Tomas Lindqvist led the talks.")
    assert (group.name, group.country) == ("Tomas Lindqvist", None)
    (group,) = people(
        PERU + "Deputy Foreign Minister Tomas Lindqvist led the talks.",
        "Swedish Deputy Foreign Minister Tomas Lindqvist was in Oslo.",
    )
    assert group.country == "SWE"


def test_a_state_that_words_say_without_the_title_stays(people: People) -> None:
    (group,) = people("Kenyan Foreign Minister Amina Wekesa spoke.\nForeign Minister Wekesa left.")
    assert group.country == "KEN"


def test_a_minister_named_short_and_long_in_one_report_is_one(people: People) -> None:
    text = (
        "Iraq's Foreign Minister Sardar Kamal Mahmoud Barwari came by plane.\nIraq thanked its guests.\n"
        "Later Foreign Minister Kamal Mahmud Barwari left Iraq."
    )
    groups = people(text, "Iraqi Foreign Minister Kamal Mahmud Barwari spoke in Amman.")
    assert len(groups) == 1


@pytest.mark.parametrize(
    "text",
    [
        # two offices
        "Prime Minister Imdad Khan spoke.\nAir Chief Marshal Mustafa Anwar Khan listened.",
        # one office, but two states
        "Iraqi Foreign Minister Kamal Barwari spoke.\nJordanian Foreign Minister Sardar Kemal Barwari listened.",
        # an office of many holders
        "Iraqi lawmaker Kamal Barwari spoke.\nIraqi lawmaker Sardar Kemal Barwari listened.",
        # the one held it before the other
        "Iraqi Foreign Minister Kamal Barwari spoke.\nFormer Iraqi Foreign Minister Sardar Kemal Barwari listened.",
        # other given names
        "Georgian President Irakli Beridze spoke.\nHis father, Zurab Beridze, was there, too.",
    ],
)
def test_two_people_of_one_report_stay_two(people: People, text: str) -> None:
    assert len(people(text)) == 2


def test_a_foreign_secretary_is_a_minister_only_where_ministers_are_called_so(people: People) -> None:
    groups = people(
        "Nepali Foreign Secretary Bishnu Gautam spoke.", "British Foreign Secretary Helen Ashdown spoke in London."
    )
    titles = {group.name: [role.title for role in group.roles] for group in groups}
    assert titles == {"Bishnu Gautam": ["foreign secretary"], "Helen Ashdown": ["foreign minister"]}
