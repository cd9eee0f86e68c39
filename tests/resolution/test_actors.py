"""One actor over all its spellings, titles and roles, whatever the order in which reports come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.language import passages
from pledgetrail.language.offices import offices
from pledgetrail.reading import read
from pledgetrail.records import Office, Party, RawReport, Span
from pledgetrail.resolution.identity import ActorGroup, Naming, actors, namings, pooled, read_actors
from pledgetrail.resolution.identity.candidates import BUCKET, pairs

if TYPE_CHECKING:
    from spacy.language import Language

AZE = Party("state-aze", "Azerbaijan", "state", "AZE")
PAK = Party("state-pak", "Pakistan", "state", "PAK")
TUR = Party("state-tur", "Türkiye", "state", "TUR")


def person(name: str, country: str | None = None, *aliases: str) -> Party:
    return Party("person-" + name.lower().replace(" ", "-"), name, "person", country, aliases)


def office(
    party: Party, title: str, of: Party | None, document: str = "d", start: int = 0, *, former: bool = False
) -> Office:
    words = f"{title} {party.name}"
    return Office(party, title, of, Span(document, start, start + len(words), words), former)


def report(document: str, *parties: Party, held: Iterable[Office] = (), day: str | None = None) -> tuple[Naming, ...]:
    return namings(document, parties, tuple(held), dt.date.fromisoformat(day) if day else None)


def of(groups: list[ActorGroup], key: str) -> ActorGroup:
    (found,) = [g for g in groups if key in g.members]
    return found


def test_spellings_and_titles_of_one_minister_are_one_actor() -> None:
    marked, plain = person("Mevlüt Çavuşoğlu", "TUR"), person("Mevlut Cavusoglu", "TUR", "Cavusoglu")
    short = Party("person-m-cavusoglu", "M. Cavusoglu", "person", "TUR")
    groups = actors(
        [
            *report("1", plain, held=[office(plain, "Foreign Minister", TUR, "1")], day="2021-01-13"),
            *report("2", plain, day="2021-01-14"),
            *report("3", marked, held=[office(marked, "foreign minister", TUR, "3")], day="2021-03-02"),
            *report("4", short),
        ]
    )
    (group,) = groups
    assert group.members == tuple(sorted({marked.id, plain.id, short.id}))
    assert group.name == "Mevlut Cavusoglu"
    assert group.aliases == ("Cavusoglu", "M. Cavusoglu", "Mevlüt Çavuşoğlu")
    assert (group.type, group.country) == ("person", "TUR")
    (role,) = group.roles
    assert (role.title, role.of, role.of_id) == ("foreign minister", "Türkiye", "state-tur")
    assert (str(role.from_), str(role.until), role.former) == ("2021-01-13", "2021-03-02", False)
    assert [s.document for s in role.spans] == ["1", "3"]
    assert set(group.why) == set(group.members) - {plain.id}
    assert group.why[marked.id].startswith("same name but for marks")
    assert group.why[short.id].startswith("an initial for the given name")


def test_a_slip_joins_only_where_office_or_state_agrees() -> None:
    right, wrong = person("Ilham Aliyev"), person("Ilhan Aliyev")
    apart = actors([*report("1", right), *report("2", wrong)])
    assert len(apart) == 2
    together = actors(
        [
            *report("1", right, held=[office(right, "President", AZE, "1")]),
            *report("2", wrong, held=[office(wrong, "president", AZE, "2")]),
        ]
    )
    assert len(together) == 1
    assert "same office at the same time (president of Azerbaijan)" in "".join(together[0].why.values())


def test_relatives_and_namesakes_stay_apart() -> None:
    named = [
        *[person(name, "AZE") for name in ("Ilham Aliyev", "Heydar Aliyev", "Mehriban Aliyeva")],
        *[person(name, "PAK") for name in ("Imran Khan", "Mujahid Anwar Khan", "Ayub Khan")],
        *[person(name, "CUB") for name in ("Raúl Castro", "Fidel Castro")],
    ]
    groups = actors([n for i, one in enumerate(named) for n in report(str(i), one)])
    assert len(groups) == len(named)


def test_a_family_name_alone_is_somebodys_only_with_the_office() -> None:
    khan, marshal, full = person("Khan", "PAK"), person("Khan", "PAK"), person("Imran Khan", "PAK")
    groups = actors(
        [
            *report("1", full, held=[office(full, "Prime Minister", PAK, "1")]),
            *report("2", khan, held=[office(khan, "Prime Minister", PAK, "2")]),
            *report("3", marshal, held=[office(marshal, "Air Chief Marshal", PAK, "3")]),
            *report("4", khan),
            *report("5", khan),
        ]
    )
    prime = of(groups, full.id)
    assert prime.members == (full.id, "person-khan@prime minister of state-pak")
    assert prime.ids == (full.id, "person-khan")
    assert sorted(g.members for g in groups if g is not prime) == [
        ("person-khan@3",),
        ("person-khan@4",),
        ("person-khan@5",),
    ]


def test_people_whom_a_report_tells_apart_stay_apart() -> None:
    short, long = person("George Bush", "USA"), person("George W. Bush", "USA")
    assert len(actors([*report("1", short), *report("2", long)])) == 1
    assert len(actors([*report("1", short), *report("2", long), *report("3", short, long)])) == 2


def test_a_doubtful_name_that_may_be_two_peoples_is_neithers() -> None:
    asks, one, other = person("George Bush"), person("George W. Bush"), person("George H. W. Bush")
    assert len(actors([n for i, p in enumerate((asks, one, other)) for n in report(str(i), p)])) == 3


def test_an_office_decides_between_two() -> None:
    asks = Party("person-m-khan", "M. Khan", "person", None)
    one, other = person("Mahmood Khan"), person("Mohsin Khan")
    held = lambda p, d: [office(p, "foreign minister", PAK, d)]  # noqa: E731
    groups = actors(
        [
            *report("1", asks, held=held(asks, "1")),
            *report("2", one, held=held(one, "2")),
            *report("3", other),
        ]
    )
    assert of(groups, asks.id).members == ("person-m-khan", "person-mahmood-khan")


def test_former_offices_are_told_from_present_ones() -> None:
    who = person("Omar Haddad")
    (group,) = actors(
        [
            *report("1", who, held=[office(who, "Prime Minister", PAK, "1")], day="2019-05-01"),
            *report("2", who, held=[office(who, "Prime Minister", PAK, "2", former=True)], day="2023-05-01"),
            *report("3", who, held=[office(who, "Foreign Minister", PAK, "3", former=True)]),
        ]
    )
    by_title = {role.title: role for role in group.roles}
    first = by_title["prime minister"]
    assert (str(first.from_), str(first.until), first.former) == ("2019-05-01", "2019-05-01", True)
    assert (by_title["foreign minister"].from_, by_title["foreign minister"].former) == (None, True)


def test_the_state_comes_from_the_office_where_nothing_else_says_it() -> None:
    who = person("Jeyhun Bayramov")
    (group,) = actors(report("1", who, held=[office(who, "Foreign Minister", AZE, "1")]))
    assert group.country == "AZE"


def test_states_bodies_and_places_are_one_each() -> None:
    parties = [
        TUR,
        Party("org-republic-of-turkey", "Republic of Turkey", "organisation"),
        Party("body-pak-foreign-ministry", "Pakistan Foreign Ministry", "government body", "PAK"),
        Party("org-mofa", "Ministry of Foreign Affairs of Pakistan", "organisation"),
        Party("org-osce", "OSCE", "organisation"),
        Party("org-long", "Organisation for Security and Cooperation in Europe", "organisation"),
        Party("place-artsakh", "Artsakh", "group"),
        Party("place-nagorno-karabakh", "Nagorno-Karabakh", "group"),
        Party("org-x", "Joint Recovery Coordination Committee (JRCC)", "organisation"),
        Party("org-jrcc", "JRCC", "organisation"),
        Party("group-donors", "donors", "group"),
        Party("group-donor", "donor", "group"),
    ]
    groups = actors([n for i, one in enumerate(parties) for n in report(str(i), one)])
    members = sorted(g.members for g in groups)
    assert members == [
        ("body-pak-foreign-ministry", "org-mofa"),
        ("group-donor",),
        ("group-donors",),
        ("org-jrcc", "org-x"),
        ("org-long", "org-osce"),
        ("org-republic-of-turkey", "state-tur"),
        ("place-artsakh", "place-nagorno-karabakh"),
    ]
    assert of(groups, "state-tur").country == "TUR"


def test_an_abbreviation_of_two_long_forms_is_neithers() -> None:
    found = [
        Party("org-a", "Joint Recovery Coordination Committee (JRCC)", "organisation"),
        Party("org-b", "Judicial Reform Coordination Centre (JRCC)", "organisation"),
        Party("org-jrcc", "JRCC", "organisation"),
    ]
    assert len(actors([n for i, one in enumerate(found) for n in report(str(i), one)])) == 3


NAMES = (
    *("Ilham Aliyev", "Ilhan Aliyev", "Heydar Aliyev", "I. Aliyev", "Aliyev", "Imran Khan", "Khan", "Anwar Khan"),
    *("Mujahid Anwar Khan", "George Bush", "George W. Bush", "George H. W. Bush", "Shah Mahmood Qureshi"),
    *("Mehmood Qureshi", "S. M. Qureshi", "Shah Qureshi", "Juan Santos", "Juan Manuel Santos", "J. Santos"),
)
STATES = (AZE, PAK, None)

one_report = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(STATES), st.sampled_from(("President", "minister", None))),
    max_size=4,
)


def built(reports: list[list[tuple[str, Party | None, str | None]]]) -> list[tuple[Naming, ...]]:
    made = []
    for i, named in enumerate(reports):
        parties, held = [], []
        for name, state, title in named:
            party = person(name, state.country if state else None)
            parties.append(party)
            if title:
                held.append(office(party, title, state, str(i), len(held)))
        made.append(report(str(i), *parties, held=held, day=f"2021-01-{i + 1:02}"))
    return made


@given(st.lists(one_report, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_reports_and_how_they_were_pooled_do_not_matter(
    reports: list[list[tuple[str, Party | None, str | None]]], random: Random
) -> None:
    made = built(reports)
    flat = [n for naming in made for n in naming]
    groups = actors(flat)
    keys = [key for g in groups for key in g.members]
    assert sorted(keys) == sorted({n.key for n in flat})
    for group in groups:
        assert list(group.members) == sorted(group.members)
        assert len(group.why) == len(group.members) - 1
    random.shuffle(flat)
    assert actors(flat) == groups
    assert pooled(pooled(flat)) == pooled(flat)
    half = len(flat) // 2
    assert actors([*pooled(flat[:half]), *pooled(flat[half:])]) == groups


@given(one_report)
def test_a_naming_for_each_party_of_a_report(named: list[tuple[str, Party | None, str | None]]) -> None:
    (made,) = built([named])
    assert len({n.id for n in made}) == len(made) == len({person(name).id for name, _, _ in named})
    assert all(n.key not in n.apart and n.documents == 1 for n in made)


def test_reports_about_others_change_no_group() -> None:
    made = built(
        [[("Ilham Aliyev", AZE, "President")], [("Ilhan Aliyev", AZE, "President")], [("Imran Khan", PAK, None)]]
    )
    flat = [n for naming in made for n in naming]
    before = actors(flat)
    after = actors([*flat, *report("x", person("Anna Brandt", "DEU"), TUR)])
    assert [g for g in after if g.name not in ("Anna Brandt", "Türkiye")] == before


def test_the_pairs_compared_are_bounded() -> None:
    crowd = [(f"Mohammed Khan{'a' * (i % 7)}{chr(97 + i % 26)}{chr(97 + i // 26)}", ()) for i in range(600)]
    found = list(pairs(crowd))
    assert len(found) == len(set(found))
    assert len(found) < 60 * len(crowd) * BUCKET / 2
    assert list(pairs([("Imran Khan", ())] * (BUCKET + 1))) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Azerbaijani Foreign Minister Jeyhun Bayramov was in Geneva.", "Jeyhun Bayramov"),
        ("Jeyhun Bayramov, the foreign minister of Azerbaijan, was in Geneva.", "Jeyhun Bayramov"),
    ],
)
def test_from_a_report_to_an_actor(nlp: Language, text: str, name: str) -> None:
    (parsed,) = passages.parse([read(RawReport(id="r", source="t", text=text, content_sha256=""))], nlp)
    found = offices(parsed)
    (group,) = actors(namings("r", [o.party for o in found], found, dt.date(2021, 1, 13)))
    assert (group.name, group.country) == (name, "AZE")
    assert [(r.title, r.of, str(r.from_)) for r in group.roles] == [("foreign minister", "Azerbaijan", "2021-01-13")]


def test_the_list_outranks_everything() -> None:
    text = (
        "name,aliases,type,country,identifiers,not_same_as,note\n"
        "Mevlut Cavusoglu,Foreign Minister of the time|Cavusogulu Mevlut,person,TUR,wikidata:Q1|iati:XM-1,,our own\n"
        "George W. Bush,,person,,,George Bush,\n"
    )
    known, problems = read_actors(text)
    assert problems == []
    minister, odd = person("Mevlüt Çavuşoğlu", "TUR"), person("Cavusogulu Mevlut", "TUR")
    father, son = person("George Bush"), person("George W. Bush")
    found = [n for i, p in enumerate((minister, odd, father, son)) for n in report(str(i), p)]
    assert len(actors(found)) == 3
    groups = actors(found, known)
    listed = of(groups, minister.id)
    assert listed.members == tuple(sorted((minister.id, odd.id)))
    assert (listed.name, listed.identifiers) == ("Mevlut Cavusoglu", (("wikidata", "Q1"), ("iati", "XM-1")))
    assert listed.note == "our own"
    assert list(listed.why.values())[0].startswith("the list of actors says so (line 2)")
    assert of(groups, father.id).members == (father.id,)


def test_a_state_that_is_said_outweighs_those_that_were_concluded() -> None:
    guessed = person("Omar Haddad", "USA")
    (group,) = actors(
        [
            *[n for i in range(9) for n in report(str(i), guessed)],
            *report("x", guessed, held=[office(guessed, "President", PAK, "x")]),
        ]
    )
    assert group.country == "PAK"
