"""Words that could carry an act, with their grammar: proposing is generous, so what must hold is what is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pledgetrail.extraction.candidates import Candidate, entries, propose
from pledgetrail.extraction.views import View

ViewOf = Callable[..., View]


def candidate(view: View, word: str) -> Candidate:
    """The candidate whose token is this word."""
    (found,) = [c for c in propose(view) if view.doc[c.token].lower_ == word]
    return found


@pytest.mark.parametrize(
    ("text", "word", "lemma", "pos", "klass"),
    [
        ("Pakistan pledged tents.", "pledged", "pledge", "verb", "promise"),
        ("Nepal thanked Pakistan for its pledge of tents.", "pledge", "pledge", "noun", "promise"),
        ("Nepal thanked Pakistan for its pledges of tents.", "pledges", "pledge", "noun", "promise"),
        ("Norway gave Nepal tents.", "gave", "give", "verb", "give"),
        ("Iran is ready to help Armenia.", "ready", "ready", "adjective", "offer"),
        ("Iran repeated its offer to help.", "offer", "offer", "noun", "offer"),
        ("Iran offered to help.", "offered", "offer", "verb", "offer"),
        ("Russia refused to send tents.", "refused", "refuse", "verb", "refuse"),
        ("Azerbaijan invited Italian firms.", "invited", "invite", "verb", "invite"),
    ],
)
def test_a_word_is_found_with_its_entry(
    view_of: ViewOf, text: str, word: str, lemma: str, pos: str, klass: str
) -> None:
    found = candidate(view_of(text), word)
    assert (found.lemma, found.pos) == (lemma, pos)
    assert klass in found.classes


@pytest.mark.parametrize(
    ("text", "word", "tense"),
    [
        ("Norway will provide tents.", "provide", "future"),
        ("Norway would provide tents.", "provide", "would"),
        ("Norway may provide tents.", "provide", "modal"),
        ("Norway provided tents.", "provided", "past"),
        ("Norway gave tents.", "gave", "past"),
        ("Norway has provided tents.", "provided", "perfect"),
        ("Norway is providing tents.", "providing", "progressive"),
        ("Norway provides tents.", "provides", "present"),
        ("Norway wants to provide tents.", "provide", "infinitive"),
    ],
)
def test_tense(view_of: ViewOf, text: str, word: str, tense: str) -> None:
    assert candidate(view_of(text), word).grammar.tense == tense


@pytest.mark.parametrize(
    ("text", "word", "passive", "negated", "conditional"),
    [
        ("Norway provided tents.", "provided", False, False, False),
        ("Tents were provided by Norway.", "provided", True, False, False),
        ("Norway did not provide tents.", "provide", False, True, False),
        ("Norway never provided tents.", "provided", False, True, False),
        ("Norway won't provide tents.", "provide", False, True, False),
        ("Tents were not provided.", "provided", True, True, False),
        ("Norway will provide tents if Nepal asks.", "provide", False, False, True),
        ("Norway will provide tents unless Nepal objects.", "provide", False, False, True),
    ],
)
def test_voice_negation_and_condition(
    view_of: ViewOf, text: str, word: str, passive: bool, negated: bool, conditional: bool
) -> None:
    found = candidate(view_of(text), word).grammar
    assert (found.passive, found.negated, found.conditional) == (passive, negated, conditional)


def test_a_noun_is_negated_by_its_verb(view_of: ViewOf) -> None:
    view = view_of("The talks did not produce a deal on fishing.")
    assert candidate(view, "deal").grammar.negated
    assert not candidate(view_of("The talks produced a deal on fishing."), "deal").grammar.negated


def test_a_second_verb_shares_the_auxiliary_of_the_first(view_of: ViewOf) -> None:
    view = view_of("Norway will send tents and provide water.")
    assert candidate(view, "provide").grammar.tense == "future"


def test_any_sum_of_money_is_a_candidate_and_its_equivalent_is_not(view_of: ViewOf) -> None:
    view = view_of("Japan: $5 million (£4 million) for food and $3 million for shelter; 20 tents.")
    assert sum(c.pos == "sum" for c in propose(view)) == 2


def test_words_come_in_the_order_of_the_text_then_sums(view_of: ViewOf) -> None:
    view = view_of("Japan pledged $5 million and offered to send engineers.")
    found = list(propose(view))
    words = [c.token for c in found if c.pos != "sum"]
    assert words == sorted(words)
    assert [c.pos for c in found][-1] == "sum"


def test_nothing_is_proposed_where_nothing_is_done(view_of: ViewOf) -> None:
    assert list(propose(view_of("The river is long and the hills are green."))) == []


def test_the_lexicons_forms_are_lower_case_and_classified() -> None:
    for form, readings in entries().items():
        assert form == form.lower()
        for lemma, classes, _ in readings.values():
            assert lemma and classes and len(set(classes)) == len(classes), form
