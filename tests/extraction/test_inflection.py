"""English forms of the lexicons' words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.extraction.candidates import entries
from pledgetrail.extraction.inflection import noun_forms, plain, verb_forms
from pledgetrail.language.lexicon import load


@pytest.mark.parametrize(
    ("lemma", "past", "participle", "ing", "third"),
    [
        ("pledge", "pledged", "pledged", "pledging", "pledges"),
        ("give", "gave", "given", "giving", "gives"),
        ("pay", "paid", "paid", "paying", "pays"),
        ("deny", "denied", "denied", "denying", "denies"),
        ("deploy", "deployed", "deployed", "deploying", "deploys"),
        ("plan", "planned", "planned", "planning", "plans"),
        ("commit", "committed", "committed", "committing", "commits"),
        ("help", "helped", "helped", "helping", "helps"),
        ("pass", "passed", "passed", "passing", "passes"),
        ("reach", "reached", "reached", "reaching", "reaches"),
        ("veto", "vetoed", "vetoed", "vetoing", "vetoes"),
        ("agree", "agreed", "agreed", "agreeing", "agrees"),
        ("withdraw", "withdrew", "withdrawn", "withdrawing", "withdraws"),
        ("cancel", "cancelled", "canceled", "cancelling", "cancels"),
        ("open", "opened", "opened", "opening", "opens"),
        ("support", "supported", "supported", "supporting", "supports"),
        ("vow", "vowed", "vowed", "vowing", "vows"),
        ("fix", "fixed", "fixed", "fixing", "fixes"),
    ],
)
def test_forms_of_verbs(lemma: str, past: str, participle: str, ing: str, third: str) -> None:
    forms = verb_forms(lemma)
    assert forms[lemma] == "base"
    assert forms[past] == "past"
    assert forms[participle] in ("past", "participle")
    assert forms[ing] == "ing"
    assert forms[third] == "s"


def test_a_form_that_is_base_and_past_is_past() -> None:
    assert verb_forms("cut")["cut"] == "past"


@pytest.mark.parametrize(("lemma", "form"), [("begin", "beginning"), ("quit", "quitting"), ("annul", "annulled")])
def test_doubling_that_sound_tells_and_spelling_does_not(lemma: str, form: str) -> None:
    assert form in verb_forms(lemma)


def test_every_verb_of_the_lexicon_has_its_forms_found_again() -> None:
    table = entries()
    for words in load("triggers.toml", "pledgetrail.extraction")["verbs"].values():
        for lemma in words.split():
            forms = verb_forms(lemma)
            assert {"s", "ing", "past"} <= set(forms.values()), lemma
            assert all(form.islower() and form in table and "verb" in table[form] for form in forms), lemma


@pytest.mark.parametrize(
    ("singular", "plural"),
    [("pledge", "pledges"), ("treaty", "treaties"), ("delay", "delays"), ("tax", "taxes"), ("tranche", "tranches")],
)
def test_plurals(singular: str, plural: str) -> None:
    assert noun_forms(singular) == (singular, plural)


@pytest.mark.parametrize("word", ["pledge", "aid", "crisis", "access", "status", "ring", "red", "gas"])
def test_short_words_and_others_that_only_look_inflected_are_kept(word: str) -> None:
    assert plain(word) == word


@pytest.mark.parametrize(("word", "lemma"), [("countries", "country"), ("supplied", "supply"), ("roads", "road")])
def test_regular_endings_are_taken_off(word: str, lemma: str) -> None:
    assert plain(word) == lemma


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=12))
def test_a_rough_lemma_is_no_longer_than_its_word(word: str) -> None:
    assert len(plain(word)) <= len(word)
    assert bool(plain(word)) == bool(word)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=10))
def test_any_lemma_has_forms(lemma: str) -> None:
    forms = verb_forms(lemma)
    assert lemma in forms
    assert all(form and form[0] == lemma[0] for form in forms)
