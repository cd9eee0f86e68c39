"""The cells of a figure that are no number: the words counted, whose figure it is, and its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pledgetrail.extraction.figure_features import Count, measure_words, source_words, surroundings
from pledgetrail.extraction.views import View
from pledgetrail.records import Mention, Time

if TYPE_CHECKING:
    from spacy.tokens import Token

_LOCAL = frozenset({"in", "across", "from", "of", "throughout", "inside", "at", "near"})
_PREDICATES = frozenset({"ROOT", "ccomp", "relcl", "acl", "advcl", "conj", "xcomp"})
_OBJECTS = frozenset({"dobj", "acomp", "oprd", "attr", "xcomp"})
#: Words of a unit: longer predicates are cut.
_LONGEST_UNIT = 8


def unit_words(view: View, count: Count, measure: str) -> list[range]:
    """The words counted and what happened to them: "civilians" and "killed"; token ranges in the text's order."""
    doc = view.doc
    inside = view.tokens(count.quantity.start, count.quantity.end)
    found: list[range] = []
    taken: set[int] = set(inside)

    def take(words: range) -> None:
        fresh = [i for i in words if i not in taken]
        if fresh:
            taken.update(fresh)
            found.append(range(fresh[0], fresh[-1] + 1))

    if count.noun is not None:
        noun = doc[count.noun]
        left = noun.i
        while (
            left - 1 > inside.stop - 1
            and doc[left - 1].dep_ in ("amod", "compound", "nmod")
            and doc[left - 1].head.i in range(left, noun.i + 1)
        ):
            left -= 1
        take(range(left, noun.i + 1))
    lists = measure_words()
    around = (t for _, t in surroundings(view, count) if t.i not in taken and not _counted(t))
    event = next((t for t in around if measure in lists.get(t.lower_, ())), None)
    if event is None and count.up:
        event = next((doc[i] for i in count.up if doc[i].dep_ not in ("prep", "agent", "mark")), None)
        thing = _object(event, taken) if event is not None else None
        if event is not None and thing is not None:
            take(range(event.i, thing.i + 1))
            event = None
    if event is not None and not event.is_space and not event.is_punct:
        take(range(event.i, event.i + 1))
    return sorted(found, key=lambda r: r.start)


def _counted(token: Token) -> bool:
    """Whether a noun has a count of its own ("and 4 schools")."""
    return any(c.dep_ == "nummod" for c in token.children)


def _object(event: Token, taken: set[int]) -> Token | None:
    """What a predicate did ("lost one parent"), where it follows closely and holds no word of the count."""
    if event.dep_ not in _PREDICATES:
        return None
    thing = next((c for c in event.children if c.dep_ in _OBJECTS and c.i not in taken), None)
    if thing is None or not event.i < thing.i <= event.i + _LONGEST_UNIT or taken & set(range(event.i, thing.i + 1)):
        return None
    return thing


def population(view: View, count: Count) -> Mention | None:
    """Whose figure it is: a nationality or owner at the counted noun, else the sentence's nearest state or place."""
    doc = view.doc
    sentence = view.sentence(count.head)
    center = count.noun if count.noun is not None else count.head
    ranked: list[tuple[float, Mention]] = []
    for mention, head in zip(view.mentions, view.heads, strict=True):
        if not sentence.start <= head < sentence.end:
            continue
        token = doc[head]
        people = any(p.type == "group" and p.country for p in mention.parties)  # "Nepalese civilians"
        where = mention.kind == "place" or people or any(p.type == "state" for p in mention.parties)
        if not where or (mention.kind == "role" and token.dep_ == "nsubj"):
            continue
        score = abs(head - center) * 0.1
        if token.dep_ in ("amod", "compound", "poss", "nmod") and token.head.i == center:
            score -= 5
        elif token.dep_ == "pobj" and token.head.lower_ in _LOCAL:
            score -= 3 if token.head.head.i in (center, *count.up[:2]) else 2
        elif token.i == center or token.dep_ in ("poss",):
            score -= 2
        elif token.dep_ in ("nsubj", "nsubjpass") and _says(token):
            score += 4
        ranked.append((score, mention))
    return min(ranked, key=lambda r: r[0])[1] if ranked and min(r[0] for r in ranked) < 3 else None


def _says(token: Token) -> bool:
    return token.head.lower_ in source_words()[1]


def time_of(view: View, count: Count) -> Time | None:
    """The resolved time expression of the figure's sentence that stands nearest to it."""
    start, end = view.span(view.sentence(count.head))
    inside = [t for t in view.times if start <= t.start < end and t.edtf]
    return min(inside, key=lambda t: abs(t.start - count.quantity.start)) if inside else None
