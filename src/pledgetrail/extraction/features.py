"""Named features of a candidate act and of a mention that may play a role in it. Names are readable on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from pledgetrail.extraction.candidates import Candidate, entries
from pledgetrail.extraction.inflection import plain
from pledgetrail.extraction.views import View
from pledgetrail.language.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_PREPOSITIONS = (
    "to",
    "for",
    "with",
    "on",
    "of",
    "from",
    "in",
    "by",
    "through",
    "via",
    "into",
    "over",
    "against",
    "about",
    "that",
    "as",
    "at",
)


@cache
def noun_classes() -> dict[str, str]:
    """Noun -> class ("money", "aid", "pact", ...), from objects.toml."""
    data = load("objects.toml", "pledgetrail.extraction")
    return {
        form: klass for klass, words in data["nouns"].items() for word in words.split() for form in (word, word + "s")
    }


def subject_of(token: Token) -> tuple[Token | None, str]:
    """The subject of a verb or predicate and how it was reached: "own", "shared" (coordination), "raised", ..."""
    how = "own"
    seen = 0
    while seen < 6:
        for child in token.children:
            if child.dep_ in ("nsubj", "nsubjpass", "csubj", "expl"):
                return child, how if child.dep_ != "nsubjpass" else how + " passive"
        if token.dep_ == "relcl":
            return token.head, "relative"
        if token.dep_ == "acl":
            return token.head, "participle"
        if token.dep_ in ("conj",):
            how = "shared"
        elif token.dep_ in ("xcomp", "acomp", "advcl", "attr", "oprd", "pcomp", "prep", "dobj"):
            how = "raised"
        else:
            return None, "none"
        if token.head.i == token.i:
            return None, "none"
        token = token.head
        seen += 1
    return None, "none"


_OBJECT_RANK = {"dobj": 0, "nsubjpass": 1, "attr": 2, "xcomp": 2, "ccomp": 3, "acl": 4, "oprd": 4, "advcl": 6}
_SOMEBODY = frozenset({"PERSON", "GPE", "ORG", "NORP"})


def object_of(token: Token) -> Token | None:
    """The thing a trigger is about: direct object, passive subject, complement clause or what a noun is "of".

    Where the direct object is somebody ("assured him of help", "invited firms to build"), the thing is what follows.
    """
    best: Token | None = None
    person: Token | None = None
    rank = 9
    for child in token.children:
        here = _OBJECT_RANK.get(child.dep_, 9)
        if child.dep_ == "prep" and child.i > token.i and child.lower_ in ("of", "for", "on", "to", "with"):
            here = 5
        if here in (0, 1) and _is_somebody(child):
            person = child
        elif here < rank:
            best, rank = child, here
    if best is not None and best.dep_ == "prep":
        best = next((c for c in best.children if c.dep_ in ("pobj", "pcomp")), None)
    if best is None and token.dep_ == "acl":
        return token.head
    return best if best is not None else person


def _is_somebody(token: Token) -> bool:
    """Somebody as an object: a name, a pronoun, or a noun with a nation before it ("Belarusian companies")."""
    if token.ent_type_ in _SOMEBODY or (token.dep_ == "dobj" and token.lower_ in _OBJECT_PRONOUNS):
        return True
    follows = token.dep_ == "dobj" and any(c.dep_ == "xcomp" for c in token.head.children)
    return follows and any(c.ent_type_ in _SOMEBODY for c in token.children)


_OBJECT_PRONOUNS = frozenset({"him", "her", "them", "us", "me", "you"})


def word_class(token: Token) -> str:
    """The class of a noun in objects.toml, or of a trigger word, or ""."""
    low = token.lower_
    klass = noun_classes().get(low)
    if klass:
        return klass
    entry = entries().get(low)
    if entry:
        return "/" + next(iter(entry.values()))[1][0]
    return ""


def mention_class(view: View, token: Token) -> str:
    """What kind of actor a token's mention is: its kind with the type of its parties."""
    index = view.by_token.get(token.i)
    if index is None:
        return ""
    mention = view.mentions[index]
    party = mention.parties[0] if mention.parties else None
    return f"{mention.kind}:{party.type if party else '?'}{'+' if len(mention.parties) > 1 else ''}"


def act_features(view: View, candidate: Candidate) -> Iterator[str]:
    """Features of a candidate for the decision whether it is an act, and of which stage."""
    token = view.doc[candidate.token]
    g = candidate.grammar
    lemma, tense = candidate.lemma, g.tense
    base = f"{candidate.pos[0]}:{lemma}"
    yield f"word={base}"
    yield f"word&tense={base}&{tense}"
    yield f"tense={tense}&{candidate.pos[0]}"
    if g.passive:
        yield f"passive&word={base}"
        yield f"passive&tense={tense}"
    if g.negated:
        yield "negated"
        yield f"negated&tense={tense}"
        yield f"negated&word={base}"
    if g.conditional:
        yield "conditional"
    if g.modal:
        yield f"modal={g.modal}"
    for klass in candidate.classes:
        yield f"class={klass}&{candidate.pos[0]}"
        yield f"class&tense={klass}&{tense}{'&passive' if g.passive else ''}{'&not' if g.negated else ''}"
    yield f"dep={token.dep_}&{candidate.pos[0]}"
    yield from _governor(token, base)
    yield from _subject(view, token, candidate)
    yield from _object(view, token, candidate, base)
    yield from _surroundings(view, token, candidate)


def _governor(token: Token, base: str) -> Iterator[str]:
    head = token.head
    if head.i == token.i:
        yield "governor=none"
        return
    low = plain(head.lower_)
    yield f"governor={low}&{token.dep_}"
    klass = word_class(head)
    if klass:
        yield f"governor class={klass}&{token.dep_}"
    for child in token.children:
        if child.dep_ in ("mark", "prt", "advmod", "neg"):
            yield f"child={child.lower_}"
            if child.dep_ == "prt":
                yield f"phrasal={base} {child.lower_}"
        elif child.dep_ in ("det", "poss", "amod", "nummod", "compound"):
            yield f"left={child.dep_}:{child.lower_ if child.dep_ in ('det', 'amod') else ''}"


def _subject(view: View, token: Token, candidate: Candidate) -> Iterator[str]:
    subject, how = subject_of(token)
    if subject is None:
        yield "subject=none"
        return
    kind = mention_class(view, subject)
    yield f"subject={how}"
    yield f"subject kind={kind or 'words'}&{how.split()[-1]}"
    for klass in candidate.classes[:1]:
        yield f"subject&class={kind or 'words'}&{klass}&{candidate.grammar.tense}"
    if not kind:
        yield f"subject word={plain(subject.lower_)}"
        klass = word_class(subject)
        if klass:
            yield f"subject class={klass}&{candidate.classes[0]}"


def _object(view: View, token: Token, candidate: Candidate, base: str) -> Iterator[str]:
    thing = object_of(token)
    if thing is None:
        yield "object=none"
    else:
        low = plain(thing.lower_)
        yield f"object={low}"
        yield f"object dep={thing.dep_}&{candidate.classes[0]}"
        klass = word_class(thing) or mention_class(view, thing) or "?"
        yield f"object class={klass}"
        yield f"object&class={klass}&{candidate.classes[0]}&{candidate.grammar.tense}"
        yield f"object&word={low}&{base}"
        if thing.dep_ in ("xcomp", "ccomp", "acl", "advcl"):
            inner = object_of(thing)
            if inner is not None:
                yield f"inner object={word_class(inner) or plain(inner.lower_)}"
    for child in token.children:
        if child.dep_ in ("prep", "agent", "dative") and child.lower_ in _PREPOSITIONS:
            yield f"prep={child.lower_}&{candidate.classes[0]}"
            inner = next(iter(child.children), None)
            if inner is not None:
                kind = mention_class(view, inner) or word_class(inner)
                if kind:
                    yield f"prep&kind={child.lower_}&{kind}"


def _surroundings(view: View, token: Token, candidate: Candidate) -> Iterator[str]:
    number = view.sentence_of[token.i]
    sentence = view.sentences[number]
    klass = candidate.classes[0]
    notes = view.notes.get(number)
    if notes is None:
        notes = view.notes[number] = tuple(_of_sentence(view, sentence))
    yield from notes
    if notes[0] == "money in sentence":
        yield f"money&class={klass}&{candidate.grammar.tense}"
        left, right = view.span(range(token.left_edge.i, token.right_edge.i + 1))
        if any(q.currency and left <= q.start < right for q in view.quantities):
            yield f"money under&class={klass}"
    quote = view.quoted(token)
    if quote is not None:
        yield "quoted"
        yield f"quoted&class={klass}"
        if quote.speaker is not None:
            yield f"speaker={'state' if any(p.country for p in quote.speaker.parties) else 'other'}"
    for position, word in ((-1, "before"), (1, "after")):
        near = token.i + position
        if sentence.start <= near < sentence.end:
            yield f"{word}={view.doc[near].lower_}"


def _of_sentence(view: View, sentence: Span) -> Iterator[str]:
    """Features that all candidates of a sentence share; the first of them tells of money."""
    start, end = view.offset + sentence.start_char, view.offset + sentence.end_char
    money = any(q.currency and start <= q.start < end for q in view.quantities)
    yield "money in sentence" if money else "no money in sentence"
    states = {p.country for m in view.mentions if start <= m.start < end for p in m.parties if p.country}
    yield f"states in sentence={min(len(states), 3)}"
    low = {t.lower_ for t in sentence}
    for flag in sorted(_FLAGS & low):
        yield f"near={flag}"
    nouns = noun_classes()
    for kind in sorted({nouns[noun] for noun in low if noun in nouns}):
        yield f"sentence has={kind}"
    yield f"place in text={'title' if view.kind != 'body' else min(view.first_body, 6)}"
    yield f"sentence length={min(len(sentence) // 8, 6)}"


_FLAGS = frozenset(
    {
        "if",
        "unless",
        "would",
        "could",
        "should",
        "must",
        "whether",
        "after",
        "before",
        "because",
        "since",
        "ago",
        "last",
        "today",
        "already",
        "yet",
    }
)


def path_between(a: Token, b: Token, most: int = 5) -> str:
    """The dependency path from one token to another: up-steps then down-steps, "far" if longer than ``most``."""
    up = [a]
    while up[-1].head.i != up[-1].i and len(up) <= most:
        up.append(up[-1].head)
    at = {t.i: n for n, t in enumerate(up)}
    down = [b]
    while down[-1].i not in at:
        if down[-1].head.i == down[-1].i or len(down) > most:
            return "far"
        down.append(down[-1].head)
    rise = at[down[-1].i]
    if rise + len(down) - 1 > most:
        return "far"
    ups = "".join(f"<{t.dep_}" for t in up[:rise])
    downs = "".join(
        f">{t.dep_}" + (f"({t.lower_})" if t.dep_ in ("prep", "agent") and t.lower_ in _PREPOSITIONS else "")
        for t in reversed(down[:-1])
    )
    return ups + downs or "self"
