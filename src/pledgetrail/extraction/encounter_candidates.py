"""Parsed passages -> words that could tell of an encounter, with their grammar. Deciding comes after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from pledgetrail.extraction.candidates import Candidate, grammar_of, noun_grammar
from pledgetrail.extraction.inflection import noun_forms, verb_forms
from pledgetrail.extraction.views import View
from pledgetrail.language.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Token

_FILE = "encounters.toml"
_WORD = re.compile(r"[a-z]+")
_NEVER = frozenset({"aux", "auxpass", "det", "case", "mark", "cc", "punct"})
_LEFT = frozenset({"det", "poss", "amod", "compound", "nummod", "nmod"})
_NOMINAL = frozenset({"dobj", "pobj", "nsubj", "nsubjpass", "compound", "attr", "appos", "poss", "nmod", "npadvmod"})


def _forms(lemma: str) -> Iterator[str]:
    """The forms of a verb of encounters.toml; those of its own table of irregular verbs come first."""
    irregular = load(_FILE, "pledgetrail.extraction")["irregular"].get(lemma)
    for form, tag in verb_forms(lemma).items():
        if irregular is None or tag not in ("past", "participle"):
            yield form
    if irregular is not None:
        yield from irregular.split()


@cache
def words() -> dict[str, dict[str, tuple[str, str]]]:
    """Form -> "verb" or "noun" -> (lemma, kind suggested), from encounters.toml."""
    data = load(_FILE, "pledgetrail.extraction")
    table: dict[str, dict[str, tuple[str, str]]] = {}
    for kind, lemmas in data["verbs"].items():
        for lemma in lemmas.split():
            for form in _forms(lemma):
                table.setdefault(form, {}).setdefault("verb", (lemma, kind))
    for kind, lemmas in data["nouns"].items():
        for lemma in lemmas.split():
            for form in noun_forms(lemma):
                table.setdefault(form, {}).setdefault("noun", (lemma, kind))
    return table


@cache
def word_lists() -> dict[str, tuple[str, ...]]:
    """Word -> names of the lists of encounters.toml that hold it ("held", "planned", "official", "few", ...)."""
    data = load(_FILE, "pledgetrail.extraction")
    found: dict[str, tuple[str, ...]] = {}
    for table in ("light", "people", "shape"):
        for name, listed in data[table].items():
            for word in listed.split():
                forms = (
                    (word, *_forms(word)) if table == "light" else (word, word + "s") if table == "people" else (word,)
                )
                for form in dict.fromkeys(forms):
                    found[form] = tuple(dict.fromkeys((*found.get(form, ()), name)))
    return found


def propose_encounters(view: View) -> Iterator[Candidate]:
    """Words of a passage that could tell of an encounter, in their order. Press conferences are none."""
    table, stays = words(), stay_words()
    for match in _WORD.finditer(view.text.lower()):
        found = table.get(match[0])
        if found is None and match[0] not in stays:
            continue
        token = view.doc[view.token_at(view.offset + match.start())]
        if found is None:
            if token.lower_ == match[0] and _somebody_is_somewhere(view, token):
                yield Candidate(view.index, token.i, "be", (stays[match[0]],), "verb", grammar_of(token))
            continue
        if token.lower_ != match[0] or token.dep_ in _NEVER or _before_press(token):
            continue
        reading = _reading(token, found)
        lemma, kind = found[reading]
        if reading == "verb":
            yield Candidate(view.index, token.i, lemma, (kind,), "verb", grammar_of(token))
        else:
            yield Candidate(view.index, token.i, lemma, (kind,), "noun", noun_grammar(token))


@cache
def stay_words() -> dict[str, str]:
    """Form -> kind, of the verb that places somebody somewhere."""
    data = load(_FILE, "pledgetrail.extraction")
    return {form: kind for kind, forms in data["stay"].items() for form in forms.split()}


def _somebody_is_somewhere(view: View, token: Token) -> bool:
    """Whether a form of "be" has a person, or who speaks for one, as its subject and a place after "in" or "at"."""
    somebody = somewhere = False
    for child in token.children:
        index = view.by_token.get(child.i)
        if child.dep_ == "nsubj" and index is not None:
            somebody = any(p.type == "person" for p in view.mentions[index].parties)
        elif child.dep_ == "prep" and child.lower_ in ("in", "at"):
            inner = [view.by_token[c.i] for c in child.children if c.i in view.by_token]
            somewhere = any(
                view.mentions[i].kind == "place" or any(p.type == "state" for p in view.mentions[i].parties)
                for i in inner
            )
    return somebody and somewhere


def _before_press(token: Token) -> bool:
    never = load(_FILE, "pledgetrail.extraction")["never"]["after"].split()
    return token.i > 0 and token.nbor(-1).lower_ in never and token.nbor(-1).head.i == token.i


def _reading(token: Token, found: dict[str, tuple[str, str]]) -> str:
    """Verb or noun, by what hangs on the word (the tagger is not run; the parse knows enough)."""
    if len(found) == 1:
        return next(iter(found))
    if any(c.dep_ in ("aux", "auxpass", "nsubj", "nsubjpass") for c in token.children):
        return "verb"
    if any(c.dep_ in _LEFT and c.i < token.i for c in token.children) or token.dep_ in _NOMINAL:
        return "noun"
    return "verb"
