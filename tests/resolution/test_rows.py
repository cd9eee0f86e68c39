from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.records import Amount, Block, Commitment, Document, Figure, Party, Span
from pledgetrail.resolution.rows import Source, fold, merge, origin_key

PAK = Party(id="state:PAK", name="Pakistan", type="state", country="PAK")
AZE = Party(id="state:AZE", name="Azerbaijan", type="state", country="AZE")


def span(document: str, start: int, quote: str) -> Span:
    return Span(document, start, start + len(quote), quote)


def pledge(number: int, document: str = "a", start: int = 0, **more: Any) -> Commitment:
    words: dict[str, Any] = {
        "trigger": span(document, start, "pledged"),
        "evidence": (span(document, start, f"pledged sentence {number}"),),
        "cells": {},
        "confidence": 0.5,
        "reader": "rule",
        "stage": "pledge",
    }
    return Commitment(id=f"s{number}", document=document, text_sha256="0", **(words | more))


def test_gaps_are_filled_and_the_fullest_leads() -> None:
    poor = pledge(1, amount=Amount(5.0, "USD", "$5"), cells={"amount": (span("a", 4, "$5"),)})
    full = pledge(2, "b", by=(PAK,), to=(AZE,), what="schools", cells={"by": (span("b", 0, "Pakistan"),)})
    content = fold([poor, full])
    assert isinstance(content, Commitment)
    assert (content.id, content.by, content.amount) == ("s2", (PAK,), Amount(5.0, "USD", "$5"))
    assert [s.document for s in content.evidence] == ["b", "a"]
    assert content.cells == {"by": (span("b", 0, "Pakistan"),), "amount": (span("a", 4, "$5"),)}


def test_competing_values_stay_as_alternatives() -> None:
    one = pledge(1, "a", by=(PAK,), what="x", amount=Amount(5.0, "USD", "$5"), cells={"amount": (span("a", 4, "$5"),)})
    two = pledge(2, "b", by=(PAK,), amount=Amount(7.0, "USD", "$7"), cells={"amount": (span("b", 9, "$7"),)})
    folded = merge([one, two])
    assert folded.content.amount == one.amount  # type: ignore[union-attr]
    assert folded.content.cells["amount"] == (span("a", 4, "$5"),)
    (other,) = folded.alternatives
    assert other["cell"] == "amount"
    assert other["value"] == {"value": 7.0, "currency": "USD", "text": "$7", "qualifier": None}
    assert other["evidence"] == (span("b", 9, "$7"),)


def test_a_finer_date_within_the_date_is_taken_and_another_is_an_alternative() -> None:
    rough = pledge(1, "a", by=(PAK,), when="2021-01", when_basis="stated")
    fine = pledge(2, "b", when="2021-01-13", when_basis="from the report's date")
    other = pledge(3, "c", when="2021-02")
    folded = merge([rough, fine, other])
    assert (folded.content.when, folded.content.when_basis) == ("2021-01-13", "from the report's date")
    assert [a["value"] for a in folded.alternatives] == ["2021-02"]


def test_copies_add_no_confidence() -> None:
    statements = [pledge(1, "a"), pledge(2, "b"), pledge(3, "c")]
    sources = {s.id: Source(None, "p" if s.document == "c" else "o") for s in statements}
    folded = merge(statements, sources)
    assert folded.origins == 2
    assert folded.content.confidence == pytest.approx(0.75)
    assert merge(statements[:2], sources).content.confidence == 0.5


def test_ranks_of_the_document_decide_before_fullness() -> None:
    lead, fuller = pledge(1, what="x"), pledge(2, what="y", by=(PAK,), start=50)
    assert fold([lead, fuller], ranks={"s1": 0, "s2": 1}).id == "s1"


def test_ranges_compete_with_values() -> None:
    base = {"document": "a", "text_sha256": "", "trigger": span("a", 0, "x"), "evidence": (span("a", 0, "x"),)}
    more = {"cells": {}, "confidence": 0.5, "reader": "r", "measure": "killed"}
    one = Figure(id="1", value=5.0, unit="dead", **base, **more)  # type: ignore[arg-type]
    two = Figure(id="2", low=5.0, high=9.0, **base, **more)  # type: ignore[arg-type]
    folded = merge([two, one])
    assert folded.content == fold([one, two])
    assert [a["value"] for a in folded.alternatives] == [[5.0, 9.0]]


def test_a_row_without_statements_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a statement"):
        fold([])


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.integers(0, 9),
            st.sampled_from([(), (PAK,), (AZE,), (PAK, AZE)]),
            st.sampled_from([None, "2021", "2021-01", "2021-02-03"]),
            st.floats(0, 1),
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 99),
)
def test_the_fold_does_not_depend_on_order(rows: list[Any], seed: int) -> None:
    statements = [
        pledge(n, document, start + 50 * n, by=by, when=when, confidence=confidence)
        for n, (document, start, by, when, confidence) in enumerate(rows)
    ]
    shuffled = statements[:]
    random.Random(seed).shuffle(shuffled)
    assert merge(shuffled) == merge(statements)
    assert 0 <= fold(statements).confidence <= 1
    assert {s for x in statements for s in x.evidence} == set(fold(statements).evidence)


def test_origin_key_looks_past_chrome_and_spacing() -> None:
    def document(text: str, *blocks: Block) -> Document:
        return Document("i", "s", text, "", "", blocks)

    one = document("Share\nAid arrived.", Block("chrome", 0, 5, ""), Block("body", 6, 18, ""))
    two = document("aid   ARRIVED", Block("body", 0, 13, ""))
    assert origin_key(one) == origin_key(two) != origin_key(document("Aid left"))
