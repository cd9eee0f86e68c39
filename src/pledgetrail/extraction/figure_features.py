"""Named features of a quantity that may be a figure: what it counts, and what the words around it say happened."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pledgetrail.extraction.encounter_features import words_of
from pledgetrail.extraction.features import mention_class
from pledgetrail.extraction.inflection import noun_forms, plain, verb_forms
from pledgetrail.extraction.views import View
from pledgetrail.language.lexicon import load
from pledgetrail.records import Quantity

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
    """What a quantity counts: "27 women" and "thousands of women" count women, "18 were hurt" nothing named."""
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
    up: list[int] = []
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
    classes: set[str] = set()
    said = False
    for word in words_of(view, sentence):
        classes.update(lists.get(word, ()))
        said = said or word in verbs
    for klass in classes - found:
        yield f"sentence has={klass}&{sort}"
    yield f"said={said}&{sort}"
    others = sum(1 for q in view.quantities if sentence.start <= view.token_at(q.start) < sentence.end)
    yield f"others={min(others, 4)}&{sort}"
    if view.quoted(doc[count.head]) is not None:
        yield f"quoted={sort}"
    for i in range(max(sentence.start, inside.start - 4), inside.start):
        if "parts" in lists.get(doc[i].lower_, ()):
            yield f"part word={doc[i].lower_}"
    yield f"first={min(view.first_body, 4)}"
