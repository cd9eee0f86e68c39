"""Statements from a second reader's quotations. The report is ours; its people are made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pledgetrail.extraction.excerpts import clean_quote, excerpts, places
from pledgetrail.extraction.quoted import MOST_STATEMENTS, TOO_MANY, Reply, quoted_statements
from pledgetrail.extraction.telling import MALFORMED, NO_SENTENCE, NOT_FOUND, NOT_UNDERSTOOD
from pledgetrail.reading import read
from pledgetrail.records import AnyStatement, Commitment, Encounter, Figure, Parsed, RawReport
from pledgetrail.vocabulary import ENCOUNTERS, MEASURES, STAGES

TEXT = """Portugal to help

LISBON, Jan. 13, 2021 – Portugal\u2019s Foreign Minister Rui Falcone said on Wednesday that his country would
provide  $5 million for schools in Lebanon through UNICEF if peace holds. Portugal did not say more.

He met Turkish President Kemal Ornek in Ankara. Local officials said 12 civilians were killed, including 3 children.
Portugal did not say more."""

PLEDGE = (
    "Portugal's Foreign Minister Rui Falcone said on Wednesday that his country would provide $5 million for schools "
    "in Lebanon through UNICEF if peace holds."
)
KILLED = "Local officials said 12 civilians were killed, including 3 children."
MET = "He met Turkish President Kemal Ornek in Ankara."


@pytest.fixture(scope="module")
def parsed(parse_text: Callable[..., Parsed]) -> Parsed:
    return parse_text(TEXT, published="2021-01-14")


def told(parsed: Parsed, **content: Any) -> tuple[list[AnyStatement], Any]:
    (excerpt,) = excerpts(parsed.document, 6000, 500)
    return quoted_statements(parsed, [Reply(excerpt, content)], "llm: m")


def pledge(**more: Any) -> dict[str, Any]:
    return {"sentence": PLEDGE, "trigger": "provide", "stage": "pledge", **more}


def holds(parsed: Parsed, statements: list[AnyStatement]) -> None:
    text = parsed.document.text
    for statement in statements:
        assert statement.evidence
        for span in (statement.trigger, *statement.evidence, *(s for c in statement.cells.values() for s in c)):
            assert span.document == parsed.document.id and 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.quote
        assert min(e.start for e in statement.evidence) <= statement.trigger.start
        assert statement.trigger.end <= max(e.end for e in statement.evidence)


def test_our_rooms_say_what_the_words_mean(parsed: Parsed) -> None:
    (statement,), tally = told(
        parsed,
        commitments=[
            pledge(
                by=["his country"], to=["Lebanon"], via=["UNICEF"], what="$5 million for schools", amount="$5 million",
                when="on Wednesday", places=["Lebanon"], speaker="Rui Falcone", condition="if peace holds",
            )
        ],
    )  # fmt: skip
    assert isinstance(statement, Commitment) and statement.stage == "pledge" and statement.reader == "llm: m"
    assert [p.id for p in (*statement.by, *statement.to, *statement.via)] == ["state-prt", "state-lbn", "org-unicef"]
    assert statement.amount is not None
    assert (statement.amount.value, statement.amount.currency) == (5_000_000, "USD")
    assert (statement.when, statement.when_basis) == ("2021-01-13", "from the report's date")
    assert statement.conditional and not statement.negated and not statement.planned and not statement.cumulative
    assert statement.speaker is not None and statement.speaker.country == "PRT"
    assert statement.sector == "110"
    assert statement.cells["what"][0].quote == "$5 million for schools"
    assert statement.evidence[0].quote.startswith("Portugal\u2019s") and "\n" in statement.evidence[0].quote
    assert statement.trigger.quote == "provide"
    assert +tally == {"statements": 1}, "nothing was left out"
    holds(parsed, [statement])


def test_encounters_and_figures(parsed: Parsed) -> None:
    figure = {"sentence": KILLED, "measure": "killed", "claimed_by": "Local officials"}
    statements, _ = told(
        parsed,
        encounters=[{"sentence": MET, "trigger": "met", "kind": "meeting", "participants": ["He", "Kemal Ornek"]}],
        figures=[
            {**figure, "value": "12", "unit": ["killed", "civilians"]},
            {**figure, "value": "3", "unit": ["children"], "part_of": "12"},
        ],
    )
    meeting, total, part = statements
    assert isinstance(meeting, Encounter) and {p.country for p in meeting.participants} == {"PRT", "TUR"}
    assert isinstance(total, Figure) and isinstance(part, Figure)
    assert (total.value, total.unit, part.part_of) == (12, "civilians killed", total.id)
    assert total.claimed_by is not None and (total.claimed_by.type, total.claimed_by.name) == (
        "group",
        "Local officials",
    )
    holds(parsed, statements)


def test_a_quotation_that_occurs_again_is_placed_by_its_sentence(parsed: Parsed) -> None:
    (first,), _ = told(parsed, commitments=[pledge(by=["Portugal"])])
    assert parsed.document.text.find("Portugal\u2019s") == first.cells["by"][0].start
    (met,), _ = told(
        parsed, encounters=[{"sentence": MET, "trigger": "met", "kind": "meeting", "participants": ["Portugal"]}]
    )
    assert met.cells["participants"][0].start == parsed.document.text.find("Portugal did"), "the nearest, not the first"


def test_words_not_in_the_text_are_left_out_and_counted(parsed: Parsed) -> None:
    (statement,), tally = told(
        parsed, commitments=[pledge(by=["Spain", "Portugal"], to=["Leban"], amount="$6 million", when="on Monday")]
    )
    assert isinstance(statement, Commitment)
    assert [p.id for p in statement.by] == ["state-prt"]
    assert (statement.to, statement.amount, statement.when) == ((), None, None)
    assert tally[NOT_FOUND] == 4
    assert not any("Spain" in line for line in statement.trace), "what is not in the text is nowhere in the statement"


def test_words_that_mean_nothing_here_are_left_out_and_counted(parsed: Parsed) -> None:
    (statement,), tally = told(parsed, commitments=[pledge(amount="schools", when="if peace holds")])
    assert isinstance(statement, Commitment) and statement.amount is None and statement.when is None
    assert tally[NOT_UNDERSTOOD] == 2


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"sentence": PLEDGE.replace("5", "50")}, NO_SENTENCE),
        ({"sentence": ""}, NO_SENTENCE),
        ({"sentence": None}, NO_SENTENCE),
        ({"sentence": "Portugal\n\nHe"}, NO_SENTENCE),
        ({"stage": "promise"}, MALFORMED),
        ({"stage": ["pledge"]}, MALFORMED),
    ],
)
def test_statements_without_sentence_or_stage_are_none(parsed: Parsed, more: dict[str, Any], why: str) -> None:
    statements, tally = told(parsed, commitments=[pledge(**more)])
    assert statements == [] and tally[why] == 1


def test_a_figure_s_number_stands_in_its_sentence(parsed: Parsed) -> None:
    statements, tally = told(parsed, figures=[{"sentence": KILLED, "value": "$5 million", "measure": "killed"}])
    assert statements == [] and tally["figures without their number"] == 1


def test_one_party_has_one_role(parsed: Parsed) -> None:
    (statement,), _ = told(parsed, commitments=[pledge(by=["his country"], to=["Portugal", "Lebanon"])])
    assert isinstance(statement, Commitment) and [p.id for p in statement.to] == ["state-lbn"]


def test_what_is_said_twice_is_one_statement_and_floods_are_cut(parsed: Parsed) -> None:
    statements, tally = told(parsed, commitments=[pledge()] * (MOST_STATEMENTS + 50))
    assert len(statements) == 1 and tally[TOO_MANY] == 50


QUOTED = ["sentence", "trigger", "what", "amount", "when", "period", "speaker", "condition", "negation", "plan",
          "running_total", "value", "of", "claimed_by", "part_of"]  # fmt: skip
LISTS = ["by", "to", "via", "places", "participants", "unit"]
WORDS = TEXT.split()
# stretches of the text, so that many quotations hold; the rest is anything
stretches = st.tuples(st.integers(0, len(WORDS) - 1), st.integers(1, 14)).map(lambda t: " ".join(WORDS[t[0] :][: t[1]]))
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
quotes = stretches | st.sampled_from([PLEDGE, KILLED, MET, "12", "3", "$5 million", "He"]) | junk
choices = {"stage": STAGES, "kind": ENCOUNTERS, "measure": MEASURES}
items = st.fixed_dictionaries(
    {"sentence": st.sampled_from([PLEDGE, KILLED, MET, "Portugal did not say more."]) | quotes},
    optional={
        **{name: quotes for name in QUOTED if name != "sentence"},
        **{name: st.lists(quotes, max_size=3) | quotes for name in LISTS},
        **{name: st.sampled_from(words) | junk for name, words in choices.items()},
    },
)
lists = st.lists(items | junk, max_size=3) | junk
contents = st.fixed_dictionaries({}, optional={n: lists for n in ("commitments", "encounters", "figures")}) | junk


@settings(max_examples=60)
@given(content=contents)
def test_whatever_the_reply_every_span_is_a_quotation(parsed: Parsed, content: Any) -> None:
    (excerpt,) = excerpts(parsed.document, 6000, 500)
    statements, _ = quoted_statements(parsed, [Reply(excerpt, content)], "llm: m")
    holds(parsed, statements)
    for statement in statements:
        if isinstance(statement, Commitment):
            assert statement.stage in STAGES and statement.what in " ".join(TEXT.split())
        elif isinstance(statement, Encounter):
            assert statement.encounter in ENCOUNTERS
        else:
            assert statement.measure in MEASURES


texts = st.lists(
    st.sampled_from(
        ["Rain fell.", "The mayor met two men in Lyon", "\r\n", "\n\n", "  ", "\u2019s", "**bold**", "â", "-"]
    )
    | st.text(max_size=12),
    max_size=40,
).map(" ".join)


@given(text=texts, most=st.integers(20, 200), share=st.integers(0, 40))
def test_excerpts_lead_back_to_the_document(text: str, most: int, share: int) -> None:
    document = read(RawReport("r", "s", text.encode("utf-8", "replace").decode(), "x"))
    parts = excerpts(document, most, min(share, (most - 1) // 2))
    for part in parts:
        assert 0 < len(part.text) <= most and len(part.offsets) == len(part.text)
        assert list(part.offsets) == sorted(part.offsets)
        for word in part.text.split():
            start = part.text.index(word)
            first, last = part.span(start, start + len(word))
            assert last - first == len(word)
    shown = "".join("".join(part.text.split()) for part in excerpts(document, 10**6, 0))
    assert sum(len("".join(part.text.split())) for part in parts) >= len(shown), "nothing is left out"


def test_quotations_are_found_as_whole_words_within_one_paragraph() -> None:
    document = read(RawReport("r", "s", "The US team used\u00a0 it.\n\nUSED goods: \u201cUS aid\u201d came.", "x"))
    (excerpt,) = excerpts(document, 1000, 0)
    assert len(places(excerpt, clean_quote("US"))) == 2
    assert places(excerpt, clean_quote("team used it."))
    assert places(excerpt, clean_quote("\u201cUS  aid\u201d"))
    assert not places(excerpt, clean_quote("it. USED"))
    assert not places(excerpt, clean_quote(""))
