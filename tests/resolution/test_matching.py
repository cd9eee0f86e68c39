"""Acts of several reports: what is one act, what is not, and how they are grouped."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.records import Amount, AnyStatement, Commitment, Encounter, Figure, Party, Span
from pledgetrail.resolution.matching import Signature, groups, keys, probes, same_act, signature
from pledgetrail.resolution.rows import merge

JPN = Party("JPN", "Japan", "state", "JPN")
PHL = Party("PHL", "Philippines", "state", "PHL")
KOR = Party("KOR", "South Korea", "state", "KOR")
DAY = dt.date(2013, 11, 14)


def span(document: str, quote: str = "words", start: int = 0) -> Span:
    return Span(document, start, start + len(quote), quote)


def told(document: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"s-{document}",
        "document": document,
        "text_sha256": "",
        "trigger": span(document),
        "evidence": (span(document),),
        "cells": {},
        "confidence": 0.5,
        "reader": "test",
    } | more


def pledge(document: str, **more: Any) -> Commitment:
    given = {"stage": "pledge", "by": (JPN,), "to": (PHL,), "amount": Amount(10e6, "USD", "$10 million")}
    return Commitment(**told(document) | given | more)


def meeting(document: str, *participants: Party, **more: Any) -> Encounter:
    return Encounter(**told(document), encounter="meeting", participants=participants, **more)


def toll(document: str, value: float, unit: str = "people", **more: Any) -> Figure:
    return Figure(**told(document), value=value, measure="killed", unit=unit, **more)


def signed(content: AnyStatement, day: dt.date | None = DAY, *, own: bool = False) -> Signature:
    return signature(f"r-{content.document}", merge([content]), (day, day), own=own)


def days(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (pledge("a"), pledge("b"), 0),
        (pledge("a"), pledge("b", to=()), 3),  # the receiver is left unsaid
        (pledge("a", by=(JPN, KOR)), pledge("b"), 0),
        (
            pledge("a", amount=None, what="rescue boats and tents"),
            pledge("b", amount=None, what="tents, rescue boats"),
            1,
        ),
        (meeting("a", JPN, PHL), meeting("b", PHL, JPN, KOR), 1),
        (toll("a", 12.0, of="flood"), toll("b", 12.0, of="flood"), 1),
    ],
)
def test_one_act(one: AnyStatement, other: AnyStatement, apart: int) -> None:
    a, b = signed(one), signed(other, days(apart))
    assert same_act(a, b) and same_act(b, a)
    assert set(probes(a)) & set(keys(b)) and set(probes(b)) & set(keys(a))


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (pledge("a"), pledge("b", stage="delivery"), 0),
        (pledge("a"), pledge("b", amount=Amount(30e6, "USD", "$30 million")), 0),
        (pledge("a"), pledge("b", amount=Amount(10e6, "PHP", "10 million pesos")), 0),
        (pledge("a"), pledge("b", to=(KOR,)), 0),
        (pledge("a"), pledge("b", by=()), 0),
        (pledge("a"), pledge("b", negated=True), 0),
        (pledge("a"), pledge("b"), 30),  # another one, a month later
        (pledge("a"), replace(pledge("a"), id="s-2"), 0),  # what one report tells apart
        (pledge("a", amount=None, what="support"), pledge("b", amount=None, what="support"), 0),
        (meeting("a", JPN, PHL), meeting("b", JPN, KOR), 0),
        (meeting("a", JPN, PHL, places=("Tokyo",)), meeting("b", JPN, PHL, places=("Manila",)), 0),
        (toll("a", 12.0, "soldiers"), toll("b", 12.0, "children"), 0),
        (toll("a", 12.0, of="flood", claimed_by=JPN), toll("b", 12.0, of="flood", claimed_by=PHL), 0),
    ],
)
def test_two_acts(one: AnyStatement, other: AnyStatement, apart: int) -> None:
    a, b = signed(one), signed(other, days(apart))
    assert not same_act(a, b) and not same_act(b, a)


def test_days_that_are_told_must_be_the_same() -> None:
    assert same_act(signed(meeting("a", JPN, PHL), own=True), signed(meeting("b", JPN, PHL), days(1)))
    assert not same_act(signed(meeting("a", JPN, PHL), own=True), signed(meeting("b", JPN, PHL), days(1), own=True))


def test_nothing_is_joined_without_a_day() -> None:
    assert not same_act(signed(pledge("a"), None), signed(pledge("b"), None))


def test_the_same_sentence_tells_the_same_act() -> None:
    words = "It also said that the boats would leave the port before the week was over."
    one, other = (pledge(d, by=(), to=(), amount=None, evidence=(span(d, words),)) for d in "ab")
    assert same_act(signed(one, None), signed(other))
    assert set(probes(signed(one, None))) & set(keys(signed(other)))
    elsewhere = replace(other, trigger=Span("b", 8, 12, words[8:12]))
    assert not same_act(signed(one), signed(elsewhere))


def test_a_chain_of_likenesses_is_no_group() -> None:
    found = {row: signed(pledge(row), days(number)) for number, row in enumerate("abc")}
    assert groups(found, [("a", "b"), ("b", "c")]) == [["a", "b"]]
    assert groups(found, [("a", "b"), ("b", "c"), ("a", "c")]) == [["a", "b", "c"]]


PILES = st.lists(
    st.builds(
        lambda number, by, to, value, day: (f"{number}", by, to, value, day),
        st.integers(0, 10**6),
        st.sampled_from([(JPN,), (KOR,), (JPN, KOR)]),
        st.sampled_from([(), (PHL,)]),
        st.sampled_from([5.0, 10.0]),
        st.integers(0, 20),
    ),
    max_size=12,
    unique_by=lambda item: item[0],
)


@given(PILES, st.randoms())
def test_groups_do_not_depend_on_the_order(pile: Any, random: Any) -> None:
    found = {
        row: signed(pledge(row, by=by, to=to, amount=Amount(value, "USD", "")), days(day))
        for row, by, to, value, day in pile
    }
    pairs = [(a, b) for a in found for b in found if a < b and same_act(found[a], found[b])]
    for a, b in pairs:
        assert set(probes(found[a])) & set(keys(found[b])), "what is one act is found"
    once = groups(found, pairs)
    random.shuffle(pairs)
    again = groups(found, [(b, a) if random.random() < 0.5 else (a, b) for a, b in pairs])
    assert again == once
    assert len({row for group in once for row in group}) == sum(map(len, once))
