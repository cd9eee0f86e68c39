"""One act of a document is told once, however often it is restated; nothing is merged on a doubt."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.records import Amount, AnyStatement, Commitment, Document, Encounter, Figure, Party, Span
from pledgetrail.resolution.acts import acts, content_words, key

DOCUMENT = Document("d", "s", "", "", "", (), published="2021-01-14")
UNDATED = Document("d", "s", "", "", "", ())
PAK = Party("state-pak", "Pakistan", "state", "PAK")
MINISTER = Party("person-qadri", "Bilal Qadri", "person", "PAK")
AZE = Party("state-aze", "Azerbaijan", "state", "AZE")
NPL = Party("state-npl", "Nepal", "state", "NPL")
UNICEF = Party("org-unicef", "UNICEF", "organisation")
FIVE = Amount(5e6, "USD", "$5 million")


def span(start: int) -> Span:
    return Span("d", start, start + 1, "x")


def common(start: int, cells: int, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"s-{start}",
        "document": "d",
        "text_sha256": "",
        "trigger": span(start),
        "evidence": (span(start),),
        "cells": {f"c{n}": (span(start),) for n in range(cells)},
        "confidence": 0.5,
        "reader": "test",
    } | more


def commitment(start: int = 0, cells: int = 1, **more: Any) -> Commitment:
    return Commitment(**common(start, cells, {"stage": "pledge", "by": (PAK,), "to": (NPL,)} | more))


def encounter(start: int = 0, **more: Any) -> Encounter:
    return Encounter(**common(start, 1, {"encounter": "meeting", "participants": (PAK, AZE)} | more))


def figure(start: int = 0, **more: Any) -> Figure:
    return Figure(**common(start, 1, {"measure": "killed", "value": 12.0, "of": "civilians"} | more))


def merged(a: AnyStatement, b: AnyStatement) -> bool:
    return len(acts(DOCUMENT, [a, b])) == 1


def test_a_restatement_joins_its_act_and_the_fullest_leads() -> None:
    short, full = commitment(0, 1, amount=FIVE), commitment(9, 4, amount=FIVE, to=())
    (act,) = acts(DOCUMENT, [short, full])
    assert act.statements == (full, short)
    assert act.key == key(DOCUMENT, full)


def test_acts_come_in_the_order_of_their_first_mention() -> None:
    first, other, again = commitment(0, amount=FIVE), commitment(5, stage="request"), commitment(9, 4, amount=FIVE)
    assert [a.statements[0].id for a in acts(DOCUMENT, [first, other, again])] == [again.id, other.id]


@pytest.mark.parametrize(
    ("more", "other"),
    [
        ({"amount": FIVE}, {"amount": FIVE}),
        ({"amount": FIVE}, {"amount": Amount(5e6, "USD", "five million dollars")}),
        ({"amount": FIVE}, {"amount": FIVE, "to": ()}),
        ({"amount": FIVE}, {"amount": FIVE, "by": (MINISTER,)}),
        ({"amount": FIVE}, {"amount": FIVE, "by": (PAK, AZE)}),
        ({"what": "rebuild the old schools"}, {"what": "schools to rebuild in the hills"}),
        (
            {"what": "rebuild the old schools", "when": "2021-01-13"},
            {"what": "rebuild the old schools", "when": "2021-01"},
        ),
        (
            {"stage": "agreement", "by": (PAK, AZE), "to": (), "what": "trade and transit"},
            {"stage": "agreement", "by": (AZE,), "to": (PAK,), "what": "transit trade"},
        ),
    ],
)
def test_what_is_one_act(more: dict[str, Any], other: dict[str, Any]) -> None:
    assert merged(commitment(0, **more), commitment(9, **other))


@pytest.mark.parametrize(
    ("more", "other"),
    [
        ({"amount": FIVE}, {"amount": Amount(7e6, "USD", "$7 million")}),
        ({"amount": FIVE}, {"amount": Amount(5e6, "AUD", "A$5 million")}),
        ({"amount": FIVE}, {}),
        ({"amount": FIVE}, {"amount": FIVE, "stage": "disbursement"}),
        ({"amount": FIVE}, {"amount": FIVE, "negated": True}),
        ({"amount": FIVE}, {"amount": FIVE, "cumulative": True}),
        ({"amount": FIVE}, {"amount": FIVE, "by": (AZE,)}),
        ({"amount": FIVE}, {"amount": FIVE, "to": (UNICEF,)}),
        ({"what": "rebuild the old schools"}, {"what": "rebuild the airport"}),
        ({"what": "tents"}, {"what": "tents"}),
        ({"what": ""}, {"what": ""}),
        (
            {"what": "rebuild the old schools", "when": "2021-01-13"},
            {"what": "rebuild the old schools", "when": "2021-01-14"},
        ),
    ],
)
def test_what_stays_apart(more: dict[str, Any], other: dict[str, Any]) -> None:
    assert not merged(commitment(0, **more), commitment(9, **other))


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"participants": (PAK, AZE, NPL)}, True),
        ({"participants": (MINISTER, AZE)}, True),
        ({"participants": (PAK, NPL)}, False),
        ({"participants": ()}, False),
        ({"encounter": "visit"}, False),
        ({"planned": True}, False),
        ({"when": "2021-01"}, True),
    ],
)
def test_encounters(other: dict[str, Any], same: bool) -> None:
    assert merged(encounter(0, when="2021-01-13"), encounter(9, **other)) is same


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"of": "people"}, False),
        ({"of": None}, True),
        ({"value": 13.0}, False),
        ({"measure": "injured"}, False),
        ({"claimed_by": AZE}, False),
        ({"claimed_by": MINISTER}, True),
        ({"claimed_by": None}, True),
    ],
)
def test_figures(other: dict[str, Any], same: bool) -> None:
    assert merged(figure(0, claimed_by=PAK), figure(9, **({"claimed_by": PAK} | other))) is same


def test_kinds_never_mix() -> None:
    assert len(acts(DOCUMENT, [commitment(0), encounter(1), figure(2)])) == 3


def test_no_statements_no_acts() -> None:
    assert acts(DOCUMENT, []) == []


VARIANTS: list[AnyStatement] = [
    *(
        commitment(0, cells, by=by, to=to, amount=amount, stage=stage)
        for cells, by in ((1, (PAK,)), (3, (AZE,)), (2, ()))
        for to in ((NPL,), ())
        for amount in (FIVE, None)
        for stage in ("pledge", "agreement")
    ),
    encounter(),
    encounter(participants=(AZE, NPL)),
    figure(),
    figure(value=13.0),
]


@given(st.lists(st.sampled_from(VARIANTS), max_size=12))
def test_every_statement_is_in_one_act(statements: list[AnyStatement]) -> None:
    placed = [s for act in acts(DOCUMENT, statements) for s in act.statements]
    assert sorted(map(id, placed)) == sorted(map(id, statements))
    for act in acts(DOCUMENT, statements):
        sizes = [len(s.cells) for s in act.statements]
        assert sizes == sorted(sizes, reverse=True)
        assert len({s.kind for s in act.statements}) == 1


def test_a_key_does_not_hang_on_the_order_or_spelling_of_parties() -> None:
    one = commitment(by=(PAK, AZE), amount=FIVE)
    other = commitment(by=(AZE, MINISTER), amount=Amount(5e6, "USD", "five million dollars"))
    assert key(DOCUMENT, one) == key(DOCUMENT, other) is not None


@pytest.mark.parametrize(
    "other",
    [
        {"stage": "request"},
        {"by": (AZE,)},
        {"to": ()},
        {"amount": Amount(6e6, "USD", "$6 million")},
        {"amount": Amount(5e6, "EUR", "€5 million")},
        {"when": "2021-01-13"},
        {"negated": True},
        {"conditional": True},
        {"cumulative": True},
    ],
)
def test_acts_that_differ_have_other_keys(other: dict[str, Any]) -> None:
    assert key(DOCUMENT, commitment(amount=FIVE)) != key(DOCUMENT, commitment(**({"amount": FIVE} | other)))


@pytest.mark.parametrize(
    "statement",
    [
        commitment(by=(), amount=FIVE),
        commitment(what="old schools"),
        encounter(participants=(PAK,)),
        figure(value=None, low=10.0, high=12.0),
        figure(of=None),
    ],
)
def test_where_too_little_is_said_there_is_no_key(statement: AnyStatement) -> None:
    assert key(DOCUMENT, statement) is None


def test_without_a_day_there_is_no_key_and_the_acts_own_day_wins() -> None:
    dated = commitment(amount=FIVE, when="2021-01-13")
    assert key(UNDATED, commitment(amount=FIVE)) is None
    assert key(UNDATED, dated) == key(DOCUMENT, dated) is not None


def test_keys_of_the_three_kinds_differ() -> None:
    keys = [key(DOCUMENT, s) for s in (commitment(amount=FIVE), encounter(), figure())]
    assert None not in keys and len(set(keys)) == 3


def test_numbers_that_differ_in_the_seventh_digit_have_other_keys() -> None:
    one, other = (commitment(amount=Amount(v, "USD", "x")) for v in (123_456_700.0, 123_456_800.0))
    assert key(DOCUMENT, one) != key(DOCUMENT, other)
    assert key(DOCUMENT, figure(value=1_234_567.0)) != key(DOCUMENT, figure(value=1_234_568.0))


def test_content_words() -> None:
    assert content_words("The rebuilding of Schools, in 3 towns!") == {"rebuilding", "schools", "3", "towns"}
    assert content_words("") == frozenset()


def test_clear_groups_do_not_hang_on_the_order() -> None:
    statements = [commitment(n, 1, amount=FIVE if n % 2 else Amount(7e6, "USD", "$7 million")) for n in range(8)]
    shuffled = random.Random(7).sample(statements, len(statements))
    assert {frozenset(s.id for s in a.statements) for a in acts(DOCUMENT, statements)} == {
        frozenset(s.id for s in a.statements) for a in acts(DOCUMENT, shuffled)
    }
