"""Named features of a quantity that may be a figure, and of words that may be its source."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pledgetrail.extraction.features import mention_class, path_between
from pledgetrail.extraction.inflection import noun_forms, plain, verb_forms
from pledgetrail.extraction.views import View
from pledgetrail.language.lexicon import load
from pledgetrail.records import Party, Quantity

if TYPE_CHECKING:
    from spacy.tokens import Token

_PACKAGE = "pledgetrail.extraction"
_MODIFIER = frozenset({"nummod", "quantmod", "compound", "amod", "nmod", "det", "advmod", "npadvmod"})
_NO_MEASURE = frozenset({"other", "given", "parts"})
_RISING = frozenset(
    {
        "nsubj",
        "nsubjpass",
        "dobj",
        "pobj",
        "attr",
        "conj",
        "prep",
        "appos",
        "oprd",
        "dep",
        "agent",
        "dative",
        "npadvmod",
    }
)


def _forms(word: str, irregular: dict[str, str]) -> Iterator[str]:
    if word in irregular:
        yield from irregular[word].split()
    for form, tag in verb_forms(word).items():
        if word not in irregular or tag not in ("past", "participle"):
            yield form
    yield from noun_forms(word)


@cache
def measure_words() -> dict[str, tuple[str, ...]]:
    """Form -> classes of measures.toml that it speaks for ("killed", ..., "other", "given", "parts")."""
    data = load("measures.toml", _PACKAGE)
    found: dict[str, tuple[str, ...]] = {}
    for table in ("verbs", "nouns"):
        for klass, words in data[table].items():
            for word in words.split():
                for form in _forms(word, data["irregular"]):
                    found[form] = tuple(dict.fromkeys((*found.get(form, ()), klass)))
    for table in ("other", "given", "parts"):
        for word in data[table]["words"].split():
            for form in _forms(word, data["irregular"]) if table != "parts" else (word,):
                found[form] = tuple(dict.fromkeys((*found.get(form, ()), table)))
    return found


@cache
def source_words() -> tuple[frozenset[str], frozenset[str]]:
    """Nouns that name or own a claim, and verbs of claiming, with their forms."""
    data = load("figures.toml", _PACKAGE)
    nouns = frozenset(f for w in data["sources"]["words"].split() for f in noun_forms(w))
    verbs = frozenset(f for w in data["sources"]["verbs"].split() for f in _forms(w, data["irregular"]))
    return nouns, verbs


@dataclass(frozen=True, slots=True)
class Count:
    """A quantity in its sentence: its head token, the noun it counts, and the words up the parse from there."""

    quantity: Quantity
    head: int
    noun: int | None
    up: tuple[int, ...]


def count_of(view: View, quantity: Quantity) -> Count:
    """Read what a quantity counts: "27 women" and "thousands of women" count women, "18 were hurt" counts nothing named."""
    doc = view.doc
    head = view.head(quantity.start, quantity.end)
    noun: Token | None = None
    inside = view.tokens(quantity.start, quantity.end)
    of = next((c for c in head.children if c.dep_ == "prep" and c.lower_ == "of" and c.i > head.i), None)
    if head.dep_ in _MODIFIER and head.head.i not in inside and head.head.i != head.i and head.head.i > head.i:
        noun = head.head
        if noun.dep_ in ("compound", "amod", "nmod", "quantmod") and noun.head.i > noun.i:
            noun = noun.head
    elif of is not None:
        noun = next((c for c in of.children if c.dep_ == "pobj"), None)
    elif (
        head.i + 1 < len(doc)
        and head.i + 1 not in inside
        and doc[head.i + 1].head.i == head.i
        and doc[head.i + 1].dep_ in ("npadvmod", "appos")
    ):
        noun = doc[head.i + 1]
    top = noun if noun is not None and of is None else head
    up = []
    token = top
    while token.head.i != token.i and len(up) < 5:
        if token.dep_ not in _RISING and up:
            break
        token = token.head
        up.append(token.i)
    return Count(quantity, head.i, noun.i if noun is not None else None, tuple(up))


def surroundings(view: View, count: Count) -> Iterator[tuple[str, Token]]:
    """Tokens around a count that may say what happened, the nearest first, with where each stands."""
    doc = view.doc
    seen = {count.head}
    start = [("noun", doc[count.noun])] if count.noun is not None else []
    start += [(f"up{n}", doc[i]) for n, i in enumerate(count.up)]
    for where, token in [("head", doc[count.head]), *start]:
        if token.i != count.head and token.i not in seen:
            seen.add(token.i)
            yield where, token
        for child in token.children:
            if child.i not in seen and child.dep_ not in (
                "punct",
                "det",
                "aux",
                "auxpass",
                "case",
                "cc",
                "nsubj" if where.startswith("up") else "punct",
            ):
                seen.add(child.i)
                yield f"{where}>{child.dep_}", child
                if child.dep_ in ("prep", "agent", "acl", "relcl", "xcomp"):
                    for inner in child.children:
                        if inner.i not in seen and inner.dep_ in (
                            "pobj",
                            "pcomp",
                            "xcomp",
                            "dobj",
                            "acomp",
                            "conj",
                            "attr",
                        ):
                            seen.add(inner.i)
                            yield (
                                f"{where}>{child.dep_}({child.lower_ if child.dep_ == 'prep' else ''})>{inner.dep_}",
                                inner,
                            )


def _size(quantity: Quantity) -> str:
    value = quantity.value if quantity.value is not None else quantity.low
    if value is None or value <= 0:
        return "none"
    return str(min(int(math.log10(value)), 10)) if value >= 1 else "fraction"


def figure_features(view: View, count: Count) -> Iterator[str]:
    """Features of a quantity for the decision whether it is a figure, and of which class of measure."""
    doc, quantity = view.doc, count.quantity
    head = doc[count.head]
    sort = (
        "money"
        if quantity.currency
        else "percent"
        if quantity.percent
        else "vague"
        if quantity.value is None and quantity.high is None
        else "count"
    )
    size = _size(quantity)
    yield f"sort={sort}"
    yield f"sort&size={sort}&{size}"
    yield f"qualifier={quantity.qualifier}&{sort}"
    yield f"head dep={head.dep_}&{sort}"
    yield f"digits={quantity.text[:1].isdigit()}&{sort}&{size}"
    lists = measure_words()
    if count.noun is not None:
        noun = doc[count.noun]
        low = plain(noun.lower_)
        yield f"noun={low}"
        yield f"noun&sort={low}&{sort}"
        yield f"noun dep={noun.dep_}&{sort}"
        yield f"noun actor={mention_class(view, noun)}"
        for klass in lists.get(noun.lower_, ()):
            yield f"noun class={klass}"
            yield f"noun class&sort={klass}&{sort}"
        if count.up:
            yield f"noun&up={low}&{plain(doc[count.up[0]].lower_)}"
    else:
        yield f"noun=none&{sort}"
    for n, i in enumerate(count.up[:3]):
        yield f"up={plain(doc[i].lower_)}"
        yield f"up{n}={plain(doc[i].lower_)}&{sort}"
        yield f"up dep{n}={doc[i].dep_}"
    found = set()
    for where, token in surroundings(view, count):
        short = where.replace("(", " ").replace(")", "")
        classes = lists.get(token.lower_, ())
        if not _NO_MEASURE.issuperset(classes):
            yield f"measured at={short}&{sort}"
            yield f"measured={sort}"
            yield f"measured at={short}"
        if "given" in classes:
            yield f"given at={short}&{sort}"
        for klass in classes:
            yield f"class at={klass}&{short}"
            if klass not in found:
                found.add(klass)
                yield f"first class={klass}&{sort}"
        if ">" not in where or where.count(">") == 1 and not where.endswith("prep"):
            yield f"word at={plain(token.lower_)}&{short.split('>')[0][:2]}"
    yield f"measured&given={not found <= _NO_MEASURE}&{'given' in found}&{sort}"
    yield from _around(view, count, sort, found)


def _around(view: View, count: Count, sort: str, found: set[str]) -> Iterator[str]:
    doc = view.doc
    lists = measure_words()
    inside = view.tokens(count.quantity.start, count.quantity.end)
    sentence = view.sentence(count.head)
    for offset in range(1, 5):
        for position, i in (
            (f"-{min(offset, 3)}", inside.start - offset),
            (f"+{min(offset, 3)}", inside.stop - 1 + offset),
        ):
            if sentence.start <= i < sentence.end:
                low = doc[i].lower_
                if offset < 3:
                    yield f"{position}={low}&{sort}"
                for klass in lists.get(low, ()):
                    yield f"near{position[0]}={klass}&{sort}"
    _, verbs = source_words()
    classes = set()
    said = False
    for token in sentence:
        classes.update(lists.get(token.lower_, ()))
        said = said or token.lower_ in verbs
    for klass in classes - found:
        yield f"sentence has={klass}&{sort}"
    yield f"said={said}&{sort}"
    yield f"others={min(sum(1 for q in view.quantities if sentence.start <= view.token_at(q.start) < sentence.end), 4)}&{sort}"
    if view.quoted(doc[count.head]) is not None:
        yield f"quoted={sort}"
    for i in range(max(sentence.start, inside.start - 4), inside.start):
        if "parts" in lists.get(doc[i].lower_, ()):
            yield f"part word={doc[i].lower_}"
    yield f"first={min(view.first_body, 4)}"


@dataclass(frozen=True, slots=True)
class Source:
    """Words that may claim a figure: document offsets, whom they stand for, where they stand, and features."""

    start: int
    end: int
    parties: tuple[Party, ...]
    where: str
    features: tuple[str, ...]


def sources(
    views: list[View], view: View, count: Count, carried: tuple[View, int, Source] | None = None
) -> Iterator[Source]:
    """Mentions and owners of verbs of saying in the figure's sentence and the two before it.

    ``carried`` is the source of the figure before, with that figure's passage and token: lists go on with one source.
    """
    here = view.sentence_of[count.head]
    token = view.doc[count.noun if count.noun is not None else count.head]
    said_here = False
    for found in _speakers(view, here):
        start, end, parties, head = found
        if start < count.quantity.end and count.quantity.start < end:
            continue
        features = tuple(_source_features(view, head, token, parties))
        said_here = said_here or any(f.startswith("says=") for f in features)
        yield Source(start, end, parties, "same", features)
    quote = view.quoted(token)
    if quote is not None and quote.speaker is not None:
        speaker = quote.speaker
        inside = view.span(view.sentence(count.head))
        if not inside[0] <= speaker.start < inside[1]:
            kind = speaker.parties[0].type if speaker.parties else "?"
            features = (
                "is speaker",
                f"said here={said_here}&speaker",
                f"speaker={speaker.kind}&{kind}",
                f"said here={said_here}&speaker={kind}",
            )
            yield Source(speaker.start, speaker.end, speaker.parties, "speaker", features)
    if carried is not None and carried[0].index >= view.index - 2:
        before, token_before, source = carried
        gap = (
            str(min(view.index - before.index, 2))
            if before.index != view.index
            else f"same {min(here - before.sentence_of[token_before], 2)}"
        )
        if gap != "same 0":
            mark = view.sentences[here].text.lstrip()[:1]
            features = (
                f"carried={gap}&{said_here}",
                f"carried&mark={mark if not mark.isalnum() else mark.isupper()}&{said_here}",
                f"carried&quoted={view.quoted(token) is not None}&{said_here}",
                f"carried&colon={before.doc.text.rstrip().endswith((':', ';'))}&{said_here}",
            )
            yield Source(source.start, source.end, source.parties, "carried", features)
    at, sentence = view, here
    for back in (1, 2):
        sentence -= 1
        if sentence < 0:
            if at.index == 0:
                return
            at = views[at.index - 1]
            sentence = len(at.sentences) - 1
            if sentence < 0 or at.kind != "body":
                return
        for start, end, parties, head in _speakers(at, sentence):
            features = tuple(_far_features(at, head, back, parties, said_here, view.index == at.index, view, here))
            if features:
                yield Source(start, end, parties, f"back {back}", features)


@cache
def _papers() -> frozenset[str]:
    data = load("figures.toml", _PACKAGE)
    return frozenset(f for w in data["papers"]["words"].split() for f in noun_forms(w))


def _owner(view: View, token: Token) -> int | None:
    """The mention that an estimate, report or source is of: "a U.S. military estimate", "data from the ministry"."""
    for child in token.children:
        if child.dep_ in ("poss", "compound", "amod", "nmod") and child.i in view.by_token:
            return view.by_token[child.i]
    makers = [c for c in token.children if c.dep_ == "acl"]
    for child in (c for t in (token, *makers) for c in t.children):
        if child.dep_ in ("prep", "agent") and child.lower_ in ("from", "by", "of", "at", "in"):
            for inner in child.children:
                if inner.i in view.by_token and view.mentions[view.by_token[inner.i]].kind != "place":
                    return view.by_token[inner.i]
    return None


def _speakers(view: View, sentence: int) -> Iterator[tuple[int, int, tuple[Party, ...], Token]]:
    """Mentions of a sentence, and nameless subjects of its verbs of saying ("local officials said")."""
    nouns, verbs = source_words()
    for mention, head in zip(view.mentions, view.heads, strict=True):
        if view.sentence_of[head] == sentence and mention.kind != "place":
            yield mention.start, mention.end, mention.parties, view.doc[head]
    for token in view.sentences[sentence]:
        if token.i in view.by_token or not (token.dep_ in ("nsubj", "pobj") or token.lower_ in nouns):
            continue
        says = token.dep_ == "nsubj" and token.head.lower_ in verbs
        according = (
            token.dep_ == "pobj"
            and token.head.lower_ in ("to", "by")
            and (
                token.head.head.lower_ in verbs
                or (token.head.i > 0 and view.doc[token.head.i - 1].lower_ == "according")
            )
        )
        if says or according:
            owner = _owner(view, token) if token.lower_ in _papers() else None
            if owner is not None:
                mention = view.mentions[owner]
                yield mention.start, mention.end, mention.parties, token
                continue
            left = token.left_edge.i
            while left < token.i and (view.doc[left].dep_ in ("det", "punct", "poss") or view.doc[left].is_space):
                left += 1
            start, end = view.span(view.doc[left : token.i + 1])
            yield start, end, (), token


def _source_features(view: View, head: Token, token: Token, parties: tuple[Party, ...]) -> Iterator[str]:
    nouns, verbs = source_words()
    kind = mention_class(view, head) or "words"
    short = kind.split(":")[-1]
    yield f"kind={kind}"
    yield f"dep={head.dep_}&{short}"
    yield f"path={path_between(token, head, 7)}"
    governor = head.head
    if head.dep_ in ("nsubj", "nsubjpass"):
        yield f"governor={plain(governor.lower_)}&{head.dep_}"
        if governor.lower_ in verbs:
            yield f"says={head.dep_}&{short}"
            below = any(t.i == governor.i for t in token.ancestors)
            yield f"says over it={below}&{governor.dep_}"
    elif head.dep_ == "pobj":
        yield f"prep={head.head.lower_} of {plain(head.head.head.lower_)}"
        if head.head.i > 0 and (
            head.head.head.lower_ == "according" or view.doc[head.head.i - 1].lower_ == "according"
        ):
            yield "says=according"
    elif head.dep_ in ("poss", "compound", "amod", "nmod"):
        yield f"owns={plain(head.head.lower_)}&{head.dep_}"
        if head.head.lower_ in nouns:
            yield f"owns source={head.dep_}"
            if head.head.dep_ == "nsubj":
                yield f"says=owner&{plain(head.head.head.lower_)}"
    yield f"side={'before' if head.i < token.i else 'after'}&{head.dep_}"
    between = abs(head.i - token.i) // 4
    yield f"distance={min(between, 6)}"


def _far_features(
    at: View,
    head: Token,
    back: int,
    parties: tuple[Party, ...],
    said_here: bool,
    same_passage: bool,
    view: View,
    here: int,
) -> Iterator[str]:
    _, verbs = source_words()
    says = head.dep_ == "nsubj" and head.head.lower_ in verbs
    according = (
        head.dep_ == "pobj"
        and head.head.lower_ == "to"
        and head.head.i > 0
        and at.doc[head.head.i - 1].lower_ == "according"
    )
    if not (says or according):
        return
    kind = (mention_class(at, head) or "words").split(":")[-1]
    yield f"far={back}&{said_here}&{same_passage}"
    yield f"far says={says}&{kind}&{said_here}"
    yield f"far verb={head.head.lower_}&{said_here}"
    yield f"far quoted={view.quoted(view.sentences[here][0]) is not None}&{said_here}"
    yield f"far first={view.sentences[here][0].lower_}"
    if at.sentences[at.sentence_of[head.i]].text.rstrip().endswith(":"):
        yield f"far colon&{said_here}"
