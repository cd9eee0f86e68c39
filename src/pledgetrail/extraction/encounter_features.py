"""Named features of a word that may tell of an encounter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pledgetrail.extraction.candidates import Candidate
from pledgetrail.extraction.encounter_candidates import word_lists, words
from pledgetrail.extraction.features import subject_of, word_class
from pledgetrail.extraction.inflection import plain
from pledgetrail.extraction.views import View

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_WORD = re.compile(r"[a-z]+")
_CUES = frozenset(
    "after before during following ahead since if would could should will may might due scheduled expected planned "
    "yesterday today tomorrow monday tuesday wednesday thursday friday saturday sunday agreement deal treaty accord "
    "phone telephone by virtually sidelines margins reporters".split()
)


def words_of(view: View, sentence: Span) -> list[str]:
    """The lower-case words of a sentence."""
    return _WORD.findall(view.text[sentence.start_char : sentence.end_char].lower())


def _actor(view: View, token: Token) -> str:
    """A mention's class for encounters: person, state, several, body, place, pronoun or ""."""
    index = view.by_token.get(token.i)
    if index is None:
        lists = word_lists().get(token.lower_, ())
        return "people" if "official" in lists else ""
    mention = view.mentions[index]
    if mention.kind == "place":
        return "place"
    if not mention.parties:
        return mention.kind
    if len(mention.parties) > 1:
        return "several"
    return mention.parties[0].type


def encounter_features(view: View, candidate: Candidate, earlier: Mapping[str, int]) -> Iterator[str]:
    """Features of a candidate for the decision whether it is an encounter, and of which kind.

    ``earlier`` counts the candidates before it in the document by lemma and by kind.
    """
    token = view.doc[candidate.token]
    g = candidate.grammar
    lemma, kind = candidate.lemma, candidate.classes[0]
    base = f"{candidate.pos[0]}:{lemma}"
    yield f"word={base}"
    yield f"form={token.lower_}"
    yield f"kind={kind}&{candidate.pos[0]}"
    yield f"tense={g.tense}&{candidate.pos[0]}"
    yield f"word&tense={base}&{g.tense}"
    yield f"kind&tense={kind}&{g.tense}"
    yield f"dep={token.dep_}&{candidate.pos[0]}"
    yield f"word&dep={base}&{token.dep_}"
    if token.lower_ != token.text and token.i != view.sentence(token.i).start:
        yield f"capital={kind}"
        yield f"capital&word={base}"
    if g.negated:
        yield "negated"
    if g.passive:
        yield f"passive={kind}"
    if g.modal:
        yield f"modal={g.modal}"
    yield from _governor(token, base, kind)
    yield from _below(view, token, base, kind)
    yield from _subject(view, token, base, kind, candidate.pos)
    yield from _sentence(view, token, base, kind)
    yield from _frame(view, candidate)
    definite = any(c.lower_ in ("the", "this", "these", "those", "their") for c in token.children if c.i < token.i)
    told = "no" if not earlier.get(lemma) else "once" if earlier[lemma] == 1 else "often"
    yield f"told={told}&{candidate.pos[0]}"
    yield f"told&definite={told}&{definite}&{candidate.pos[0]}"
    yield f"told&word={told}&{definite}&{base}"
    yield f"told kind={min(earlier.get('kind ' + kind, 0), 4)}&{definite}&{kind}"


def _governor(token: Token, base: str, kind: str) -> Iterator[str]:
    head = token.head
    if head.i == token.i:
        yield f"governor=none&{kind}"
        return
    low = plain(head.lower_)
    yield f"governor={low}&{token.dep_}"
    yield f"governor&word={head.lower_}&{base}"
    for name in word_lists().get(head.lower_, ()):
        yield f"governor list={name}&{token.dep_}&{kind}"
    if token.dep_ == "pobj":
        yield f"under={head.lower_} {plain(head.head.lower_)}"
        yield f"prep before={head.lower_}&{kind}"
        for name in word_lists().get(head.head.lower_, ()):
            yield f"governor list={name}&{head.lower_}&{kind}"


def _below(view: View, token: Token, base: str, kind: str) -> Iterator[str]:
    left = []
    for child in token.children:
        low = child.lower_
        if child.dep_ in ("prep", "agent"):
            inner = next(iter(child.children), None)
            actor = _actor(view, inner) if inner is not None else ""
            yield f"prep={low}&{kind}"
            yield f"prep={low}&{base}"
            yield f"prep&actor={low}&{actor}&{kind}"
        elif child.dep_ in ("det", "poss", "amod", "compound", "nummod", "nmod") and child.i < token.i:
            left.append(child)
            yield f"left={child.dep_}:{low}"
            yield f"left actor={child.dep_}&{_actor(view, child)}&{kind}"
            for name in word_lists().get(low, ()):
                yield f"left list={name}&{kind}"
        elif child.dep_ in (
            "dobj",
            "nsubjpass",
            "xcomp",
            "ccomp",
            "prt",
            "advmod",
            "dative",
            "oprd",
            "npadvmod",
            "attr",
        ):
            actor = _actor(view, child)
            yield f"child={child.dep_}&{base}"
            yield f"child actor={child.dep_}&{actor}&{base}"
            if not actor:
                yield f"child word={child.dep_}:{plain(low)}&{base}"
            if child.dep_ == "prt":
                yield f"phrasal={base} {low}"
    if not left:
        yield f"left=bare&{base}"


def _subject(view: View, token: Token, base: str, kind: str, pos: str) -> Iterator[str]:
    verb = token
    if pos == "noun" and token.dep_ in ("dobj", "pobj", "attr"):
        verb = token.head.head if token.dep_ == "pobj" else token.head
    subject, how = subject_of(verb)
    if subject is None:
        yield f"subject=none&{kind}"
        return
    actor = _actor(view, subject)
    yield f"subject={actor or 'words'}&{kind}&{pos[0]}"
    yield f"subject&word={actor or 'words'}&{base}"
    yield f"subject how={how}&{kind}"
    if not actor:
        yield f"subject word={plain(subject.lower_)}"


def _frame(view: View, candidate: Candidate) -> Iterator[str]:
    """Who stands where around the word, whatever the word is: its subject, its object or company, its place and day."""
    token, kind, pos = view.doc[candidate.token], candidate.classes[0], candidate.pos[0]
    verb = token
    if pos == "n":
        top = token
        while top.dep_ == "pobj" and top.head.lower_ == "of" and top.head.head.lower_ in words():
            top = top.head.head  # "hosted a round of talks": what governs the round governs the talks
        verb = top.head.head if top.dep_ == "pobj" else top.head
        for name in word_lists().get(verb.lower_, ()):
            yield f"clause={name}&{top.dep_}&{kind}"
            yield f"clause={name}&{pos}"
    subject, _ = subject_of(verb)
    company: set[str] = set()
    local = dated = False
    for clause in (token,) if verb.i == token.i else (token, verb):
        for child in clause.children:
            if child.i == token.i:
                continue
            if child.dep_ == "prep":
                for inner in child.children:
                    actor = _actor(view, inner)
                    if actor and child.lower_ in ("with", "between", "of", "among", "to", "by", "from"):
                        company.add("place" if actor == "place" else "actor")
                    if actor in ("place", "state") and child.lower_ in ("in", "at", "to"):
                        local = True
                    if any(t.start <= view.offset + inner.idx < t.end and t.edtf for t in view.times):
                        dated = True
            elif child.dep_ in ("dobj", "poss", "compound", "amod", "appos") and _actor(view, child):
                company.add("actor")
            elif any(t.start <= view.offset + child.idx < t.end and t.edtf for t in view.times):
                dated = True
    who = _actor(view, subject) if subject is not None else "none"
    company_said = "+".join(sorted(company)) or "none"
    bearer = "actor" if who not in ("", "none", "place") else who or "words"
    yield f"frame={bearer}&{company_said}&{pos}"
    yield f"frame&kind={bearer}&{company_said}&{kind}&{pos}"
    yield f"local={local}&{dated}&{kind}"
    yield f"local={local}&{dated}&{bearer}&{pos}"
    yield f"grounded={bool(company) + (bearer == 'actor') + local + dated}&{candidate.grammar.tense}"
    yield f"grounded={bool(company) + (bearer == 'actor') + local + dated}&{pos}&{kind}"
    if kind == "signing":
        thing = next((c for c in token.children if c.dep_ in ("dobj", "nsubjpass")), None)
        yield f"signed={word_class(thing) if thing is not None else 'none'}&{company_said}"


def _sentence(view: View, token: Token, base: str, kind: str) -> Iterator[str]:
    sentence = view.sentence(token.i)
    people: set[str] = set()
    places = 0
    for mention, head in zip(view.mentions, view.heads, strict=True):
        if sentence.start <= head < sentence.end:
            places += mention.kind == "place"
            people.update(p.id for p in mention.parties if p.type == "person")
    yield f"people={min(len(people), 3)}&{kind}"
    yield f"places={min(places, 2)}&{kind}"
    start, end = view.offset + sentence.start_char, view.offset + sentence.end_char
    times = [t for t in view.times if start <= t.start < end]
    yield f"dated={any(t.edtf for t in times)}&{kind}"
    if view.quoted(token) is not None:
        yield f"quoted={kind}"
    for position, name in ((-2, "two before"), (-1, "before"), (1, "after"), (2, "two after")):
        near = token.i + position
        if sentence.start <= near < sentence.end:
            other = view.doc[near]
            yield f"{name}={other.lower_}&{kind}"
            if position in (-1, 1):
                yield f"{name}={other.lower_}&{base}"
    for cue in _CUES.intersection(words_of(view, sentence)):
        yield f"near={cue}&{kind}"
    yield f"first={min(view.first_body, 3)}&{view.sentence_of[token.i] == 0}"
