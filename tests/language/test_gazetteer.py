from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.language import gazetteer
from pledgetrail.language.forms import bounded, fold, fold_lower, rows, split
from pledgetrail.language.gazetteer import find, lookup, state
from pledgetrail.records import PartyType
from pledgetrail.vocabulary import PARTY_TYPES

COLUMNS = {
    "states.csv": ["code", "name", "names", "people", "capitals"],
    "regions.csv": ["name", "forms", "people", "country"],
    "cities.csv": ["name", "forms", "country"],
    "organisations.csv": ["name", "forms", "type", "country"],
    "companies.csv": ["name", "forms", "type", "country"],
    "bodies.csv": ["name", "forms", "country", "generic"],
    "roles.csv": ["form", "role", "speaks_for", "kind"],
    "groups.csv": ["form", "class"],
    "ambiguous.csv": ["form", "use"],
    "disputed.csv": ["place", "name", "side", "note"],
}
STATES = {row["code"] for row in rows("states.csv")}
#: States that are no more (ISO 3166-3), and Kosovo's user-assigned code.
NOT_ISO = {"CSK", "DDR", "SUN", "YUG", "XKX"}


@pytest.mark.parametrize("name", COLUMNS)
def test_data_file_has_its_columns_and_is_sorted(name: str) -> None:
    table = list(rows(name))
    assert table
    for row in table:
        assert list(row) == COLUMNS[name]
        assert all(cell == cell.strip() for cell in row.values()), row
    keys = [list(row.values()) for row in table]
    assert keys == sorted(keys)


@pytest.mark.parametrize("name", [name for name in COLUMNS if "country" in COLUMNS[name]])
def test_countries_are_known_states(name: str) -> None:
    assert {row["country"] for row in rows(name)} <= STATES | {""}


def test_state_codes() -> None:
    assert len(STATES) == 249 + len(NOT_ISO)
    assert STATES >= NOT_ISO
    assert all(re.fullmatch("[A-Z]{3}", code) for code in STATES)


@pytest.mark.parametrize("name", ["states.csv", "regions.csv", "organisations.csv", "companies.csv", "bodies.csv"])
def test_no_form_has_two_meanings_within_a_file(name: str) -> None:
    seen: dict[str, tuple[str, str]] = {}
    for row in rows(name):
        for column in ("name", "names", "forms", "people", "capitals"):
            cell = row.get(column, "")
            for form in split(cell.replace("/", "|") if column == "capitals" else cell):
                meaning = (row["name"], "people" if column == "people" else "name")
                assert seen.setdefault(fold(form), meaning)[0] == row["name"], form


def test_closed_columns() -> None:
    assert {row["type"] for name in ("organisations.csv", "companies.csv") for row in rows(name)} <= set(PARTY_TYPES)
    assert {row["generic"] for row in rows("bodies.csv")} == {"yes", "no"}
    assert {row["speaks_for"] for row in rows("roles.csv")} == {"state", "body", "organisation", "none"}
    assert {row["kind"] for row in rows("roles.csv")} == {
        "title", "portfolio", "modifier", "former", "honorific", "counterpart",
    }  # fmt: skip
    assert {row["class"] for row in rows("groups.csv")} == {
        "donors", "officials", "people", "combatants", "states", "companies",
    }  # fmt: skip
    assert {row["use"] for row in rows("ambiguous.csv")} == {"cover", "after", "word", "exact"}


def found(text: str) -> list[tuple[str, str, str, str | None]]:
    return [(text[m.start : m.end], m.entry.kind, m.entry.name, m.entry.country) for m in find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Azerbaijan’s envoy", [("Azerbaijan", "state", "Azerbaijan", "AZE")]),
        ("the Azeri side", [("Azeri", "nationality", "Azerbaijan", "AZE")]),
        ("Iranian aid", [("Iranian", "nationality", "Iran", "IRN")]),
        ("the U.S. agreed", [("U.S.", "state", "United States", "USA")]),
        ("USA", [("USA", "state", "United States", "USA")]),
        ("a US-led plan told us", [("US", "state", "United States", "USA")]),
        ("TALKS IN ANKARA: TELL US MORE", [("ANKARA", "capital", "Ankara", "TUR")]),
        ("Turkiye and Türkiye", [("Turkiye", "state", "Türkiye", "TUR"), ("Türkiye", "state", "Türkiye", "TUR")]),
        ("South\nSudan", [("South\nSudan", "state", "South Sudan", "SSD")]),
        ("Côte d’Ivoire", [("Côte d’Ivoire", "state", "Ivory Coast", "CIV")]),
        ("US$5 million and 3 Australian dollars", []),
        ("the Washington Post", []),
        ("Artsakh", [("Artsakh", "region", "Nagorno-Karabakh", None)]),
        ("rebuilding Shushi", [("Shushi", "city", "Shusha", "AZE")]),
        ("the State Department", [("State Department", "body", "State Department", "USA")]),
        ("its foreign ministry", [("foreign ministry", "body", "Foreign Ministry", None)]),
        ("the U.N. refugee agency", [("U.N. refugee agency", "organisation", "UNHCR", None)]),
        ("WHO is ready", [("WHO", "organisation", "WHO", None)]),
        ("Hizbullah", [("Hizbullah", "group", "Hezbollah", None)]),
        ("SOCAR", [("SOCAR", "company", "SOCAR", "AZE")]),
        ("Ukrainia, Irangate, Malice", []),
    ],
)  # fmt: skip
def test_find(text: str, expected: list[tuple[str, str, str, str | None]]) -> None:
    assert found(text) == expected


def test_lookup_ignores_case_accents_and_article_but_not_for_words() -> None:
    for name in ("the united states", "United States", "U.S.", "UNITED  STATES"):
        assert lookup(name) == state("USA")
    assert lookup("cote d'ivoire") == state("CIV")
    for word in ("us", "who", "care", "nobody"):
        assert lookup(word) is None
    with pytest.raises(KeyError):
        state("ZZZ")


def test_what_can_act_has_a_type_and_a_place_has_none() -> None:
    acting: dict[str, PartyType] = {"state": "state", "organisation": "organisation", "body": "government body"}
    for entry in gazetteer._forms().values():
        if entry is not None and entry.kind in acting:
            assert entry.type == acting[entry.kind]
        if entry is not None and entry.kind in ("region", "city"):
            assert entry.type is None


@pytest.mark.parametrize("row", list(rows("states.csv")), ids=lambda row: row["code"])
def test_every_state_is_found_by_its_name_and_people(row: dict[str, str]) -> None:
    for form in (row["name"], *split(row["names"]), *split(row["people"])):
        (match,) = find(f"with {form} in")
        assert match.entry.country == row["code"], form


FORMS = sorted(form for form in gazetteer._forms() if form)
PIECES = st.one_of(st.sampled_from(FORMS), st.sampled_from([" ", ", ", "'s ", "-", "", "\n", "é", "ß", "İ", "and"]))


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
def test_matches_are_ordered_disjoint_whole_words_and_forms_of_their_entry(text: str) -> None:
    assert len(fold(text)) == len(fold_lower(text)) == len(text)
    reached = 0
    for match in find(text):
        assert reached <= match.start < match.end <= len(text)
        assert bounded(text, match.start, match.end)
        assert gazetteer._forms()[fold(text[match.start : match.end])] == match.entry
        reached = match.end


def titles(text: str) -> list[tuple[str, str, str, bool, str | None]]:
    return [(text[m.start : m.end], m.role, m.speaks_for, m.plural, m.modifier) for m in gazetteer.roles().find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Azeri FM", [("FM", "foreign minister", "state", False, None)]),
        ("the deputy foreign minister", [("deputy foreign minister", "foreign minister", "state", False, "deputy")]),
        ("ex-President", [("ex-President", "president", "none", False, "former")]),
        ("Minister for Foreign Affairs", [("Minister for Foreign Affairs", "foreign minister", "state", False, None)]),
        ("defense secretary", [("defense secretary", "defence minister", "state", False, None)]),
        ("the foreign ministers", [("foreign ministers", "foreign minister", "state", True, None)]),
        ("Secretaries-General", [("Secretaries-General", "secretary-general", "organisation", True, None)]),
        ("his counterpart", [("counterpart", "counterpart", "state", False, None)]),
        ("spokeswomen", [("spokeswomen", "spokesperson", "none", True, None)]),
        ("the presidential ministry", []),
    ],
)
def test_roles(text: str, expected: list[tuple[str, str, str, bool, str | None]]) -> None:
    assert titles(text) == expected


def test_role_lookup_takes_whole_titles_only() -> None:
    assert gazetteer.roles().lookup("Foreign Minister") is not None
    assert gazetteer.roles().lookup("Foreign Minister of") is None


@given(st.text(alphabet="Deputy forignMstpéİ -.", max_size=60))
def test_roles_are_ordered_and_disjoint(text: str) -> None:
    reached = 0
    for match in gazetteer.roles().find(text):
        assert reached <= match.start < match.end <= len(text)
        assert bounded(text, match.start, match.end)
        reached = match.end


def test_group_nouns() -> None:
    assert gazetteer.group_nouns()["donors"] == "donors"
    assert all(noun == noun.strip() for noun in gazetteer.group_nouns())


def test_disputed_places_are_places_with_the_names_of_each_side() -> None:
    table = gazetteer.disputed()
    assert list(table) == sorted(set(table))
    for place, name, side, note in table:
        known = lookup(place)
        assert known is not None and known.name == place, place
        assert side in STATES | {""}
        assert side or note, (place, name)
        found = lookup(name or place)
        assert found is not None and (found.name == place or found.kind == "body"), (place, name)
    assert {name for place, name, side, _ in table if place == "Shusha" and side == "ARM"} == {"Shushi"}
