"""Parsed sentences -> candidates: every word that could carry an act, with its grammar. Deciding comes after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from pledgetrail.extraction.inflection import noun_forms, plain, verb_forms
from pledgetrail.extraction.views import View
from pledgetrail.language.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Token

PartOfSpeech = Literal["verb", "noun", "adjective", "sum"]

_NOMINAL = frozenset(
    {"nsubj", "nsubjpass", "dobj", "pobj", "attr", "compound", "poss", "dative", "npadvmod", "appos", "nmod"}
)
_CLAUSES = frozenset(
    {"ROOT", "ccomp", "xcomp", "advcl", "relcl", "acl", "pcomp", "conj", "parataxis", "csubj", "dep", "appos"}
)
_FUTURE = frozenset({"will", "'ll", "shall", "would", "'d", "wo"})
_MODALS = frozenset({"can", "could", "may", "might", "must", "should", "ought", "ca"})
_BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "am", "'s", "'re", "'m"})
_NEGATIVE = frozenset({"not", "n't", "never", "no", "neither", "nor", "without", "nobody", "none"})


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a trigger stands in its sentence."""

    #: "future", "would", "past", "perfect", "present", "progressive", "infinitive", "modal", "participle" or "bare"
    tense: str
    modal: str  # the auxiliary's word, or ""
    passive: bool
    negated: bool
    conditional: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that could carry an act: its place, its dictionary entry and its grammar."""

    passage: int
    token: int
    lemma: str
    classes: tuple[str, ...]  # of triggers.toml; ("other",) for a verb that only its modal makes a candidate
    pos: PartOfSpeech
    grammar: Grammar


@cache
def entries() -> dict[str, dict[PartOfSpeech, tuple[str, tuple[str, ...], str]]]:
    """Form -> part of speech -> (lemma, classes, verb tag), from triggers.toml."""
    data = load("triggers.toml", "pledgetrail.extraction")
    table: dict[str, dict[PartOfSpeech, tuple[str, tuple[str, ...], str]]] = {}

    def put(form: str, pos: PartOfSpeech, lemma: str, klass: str, tag: str) -> None:
        old = table.setdefault(form, {}).get(pos)
        classes = (*old[1], klass) if old and klass not in old[1] else (old[1] if old else (klass,))
        table[form][pos] = (old[0] if old else lemma, classes, old[2] if old else tag)

    for klass, words in data["verbs"].items():
        for lemma in words.split():
            for form, tag in verb_forms(lemma).items():
                put(form, "verb", lemma, klass, tag)
    for klass, words in data["nouns"].items():
        for lemma in words.split():
            for form in noun_forms(lemma):
                put(form, "noun", lemma, klass, "")
    for klass, words in data["adjectives"].items():
        for lemma in words.split():
            put(lemma, "adjective", lemma, klass, "")
    return table


def propose(view: View) -> Iterator[Candidate]:
    """Candidates of one passage: words in order of their tokens, then sums of money.

    A sum is a candidate of its own because lists ("$5m for food and $3m for shelter") and bullet points promise by
    the sum alone.
    """
    table = entries()
    passage = view.index
    for token in view.doc:
        low = token.lower_
        found = table.get(low)
        if found is None:
            if token.dep_ in _CLAUSES and _modal(token):
                yield Candidate(passage, token.i, plain(low), ("other",), "verb", grammar_of(token))
            continue
        pos = _part_of_speech(token, found)
        if pos is None:
            continue
        lemma, classes, _ = found[pos]
        yield Candidate(
            passage, token.i, lemma, classes, pos, grammar_of(token) if pos != "noun" else noun_grammar(token)
        )

    for quantity in view.quantities:
        if quantity.currency and not quantity.equivalent:
            token = view.head(quantity.start, quantity.end)
            yield Candidate(passage, token.i, "sum", ("sum",), "sum", noun_grammar(token))


def _modal(token: Token) -> bool:
    return any(c.dep_ == "aux" and (c.lower_ in _FUTURE or c.lower_ in _MODALS) for c in token.children)


def _part_of_speech(token: Token, found: dict[PartOfSpeech, tuple[str, tuple[str, ...], str]]) -> PartOfSpeech | None:
    """Which of a form's readings the parse supports (the tagger is not run; the parse knows enough)."""
    if token.dep_ in ("aux", "auxpass", "det", "case", "mark", "cc", "punct"):
        return None
    verb, noun, adjective = found.get("verb"), found.get("noun"), found.get("adjective")
    if (
        adjective
        and token.dep_ in ("acomp", "oprd", "amod", "ROOT", "conj", "ccomp", "attr")
        and (not verb or token.dep_ == "acomp")
    ):
        return (
            "adjective"
            if token.dep_ != "amod" or token.lower_ not in ("open", "clear", "prepared", "possible", "important")
            else None
        )
    tag = verb[2] if verb else ""
    verbal = bool(verb) and (
        tag in ("past", "participle")
        and token.dep_ not in ("amod", "compound")
        or _verbal(token)
        or (tag == "ing" and token.dep_ in ("pcomp", "advcl", "acl"))
    )
    if verbal and not (noun and tag in ("base", "s") and _noun_like(token)):
        return "verb"
    if noun and (_noun_like(token) or token.dep_ in _NOMINAL or not verb):
        return "noun"
    if verb and token.dep_ not in ("amod", "compound", "nmod", "poss") and (tag not in ("base", "s") or not noun):
        return "verb"
    return None


def _verbal(token: Token) -> bool:
    if token.dep_ in _CLAUSES:
        return any(
            c.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass", "dobj", "xcomp", "ccomp", "dative", "neg", "prt")
            for c in token.children
        ) or (token.dep_ in ("xcomp", "advcl", "relcl", "ccomp", "acl", "pcomp"))
    return False


def _noun_like(token: Token) -> bool:
    return any(
        c.dep_ in ("det", "poss", "amod", "compound", "nummod") and c.i < token.i for c in token.children
    ) and not any(c.dep_ in ("aux", "nsubj", "nsubjpass") for c in token.children)


def grammar_of(token: Token) -> Grammar:
    """Tense, modality, voice, negation and condition of a verb (or predicate adjective), from its auxiliaries."""
    aux = [c.lower_ for c in token.children if c.dep_ in ("aux", "auxpass") and c.i < token.i]
    governor = token
    if not aux and token.dep_ == "conj":
        governor = token.head
        aux = [c.lower_ for c in governor.children if c.dep_ in ("aux", "auxpass") and c.i < governor.i]
    if token.dep_ == "acomp" or (token.dep_ == "oprd"):
        governor = token.head
        aux = [c.lower_ for c in governor.children if c.dep_ in ("aux", "auxpass")] + [governor.lower_]
    passive = any(c.dep_ in ("auxpass", "nsubjpass") for c in governor.children)
    modal = next((a for a in aux if a in _FUTURE or a in _MODALS), "")
    low = token.lower_
    if modal in ("will", "'ll", "shall", "wo"):
        tense = "future"
    elif modal in ("would", "'d"):
        tense = "would"
    elif modal:
        tense = "modal"
    elif "to" in aux:
        tense = "infinitive"
    elif any(a in ("has", "have", "'ve", "had", "having") for a in aux):
        tense = "perfect"
    elif low.endswith("ing"):
        tense = "progressive" if any(a in _BE for a in aux) else "participle"
    elif any(a in ("did", "was", "were") for a in aux) or (
        not aux and low.endswith(("ed", "nt", "ent", "ew", "ave", "old", "id", "ought"))
    ):
        tense = "past"
    elif not aux and low in _pasts():
        tense = "past"
    elif passive or any(a in ("is", "are", "am", "'s", "'re", "do", "does") for a in aux):
        tense = "present"
    else:
        tense = "present" if token.dep_ in ("ROOT", "ccomp", "relcl", "conj", "advcl") else "bare"
    if token.dep_ == "acl" and low.endswith("ed"):
        tense, passive = "past", True
    negated = any(
        c.dep_ == "neg" or c.lower_ in _NEGATIVE for c in (*token.children, *governor.children) if c.i < token.i + 2
    )
    negated = negated or any(
        d.lower_ == "no" for c in token.children if c.dep_ in ("dobj", "nsubj", "nsubjpass") for d in c.children
    )
    negated = negated or (token.dep_ == "xcomp" and token.head.lower_ in ("failed", "fails", "fail", "failing"))
    conditional = any(c.dep_ == "mark" and c.lower_ in ("if", "unless") for c in token.children) or any(
        c.dep_ == "advcl" and any(g.lower_ in ("if", "unless", "provided") for g in c.children)
        for c in governor.children
    )
    return Grammar(tense, modal, passive, negated, conditional)


def noun_grammar(token: Token) -> Grammar:
    """A nominal trigger takes its negation and tense from the verb it hangs on."""
    head = token.head
    outer = grammar_of(head) if head.i != token.i else Grammar("bare", "", False, False, False)
    negated = any(c.lower_ in _NEGATIVE for c in token.children) or (
        token.dep_ in ("dobj", "nsubjpass", "attr") and outer.negated
    )
    return Grammar(outer.tense, outer.modal, outer.passive, negated, outer.conditional)


@cache
def _pasts() -> frozenset[str]:
    irregular = load("irregular.toml", "pledgetrail.extraction")
    return frozenset(w for forms in irregular.values() for w in forms.split())
