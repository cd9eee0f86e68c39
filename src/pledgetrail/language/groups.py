"""Classes of people and states that only words name: "displaced Syrians", "developing countries"."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pledgetrail.language import gazetteer
from pledgetrail.language.lexicon import load
from pledgetrail.language.name import Name

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_LEFT = frozenset(
    {"amod", "compound", "nmod", "poss", "nummod", "quantmod", "det", "advmod", "npadvmod", "punct", "case"}
)
#: Words that introduce a group without being part of its name.
_OUTSIDE = frozenset({"det", "nummod", "quantmod", "poss", "case", "punct", "advmod"})


_POINTING = frozenset(
    {"the", "both", "two", "three", "four", "five", "these", "those", "its", "their", "his", "her", "our"}
)


@cache
def _heads() -> dict[str, str]:
    """The last word of each group form -> its class."""
    nouns = gazetteer.group_nouns()
    heads = {form.split()[-1].lower(): klass for form, klass in nouns.items()}
    return heads | {form.lower(): klass for form, klass in nouns.items() if " " not in form}


def find_groups(doc: Doc, text: str, names: list[Name]) -> list[Name]:
    """Groups of a passage. A nationality inside one ("Syrian refugees") belongs to it and is taken out of ``names``,
    unless the noun is one for a state's own hands ("Syrian officials"), where the state itself stays.
    """
    heads = _heads()
    descriptions = load("reference.toml")["descriptions"]
    found = []
    for token in doc:
        klass = heads.get(token.lower_)
        if klass is None or token.dep_ in ("compound", "amod", "nmod", "poss"):
            continue
        first = _first_word(token)
        start, end = doc[first].idx, token.idx + len(token)
        inside = [n for n in names if start <= n.start and n.end <= end]
        plain = first == token.i
        definite = first > 0 and doc[first - 1].lower_ in _POINTING
        whole = klass == "states" and len(inside) == 1 and inside[0].end < token.idx and _of_many(inside[0])
        if klass in ("states", "officials") and (
            plain and definite or token.lower_ in descriptions and inside and not whole
        ):
            continue
        if plain and first > 0 and doc[first - 1].lower_ in ("two", "both") and token.lower_ in descriptions:
            continue
        if any(n.start < end and start < n.end and n not in inside for n in names):
            continue
        if inside and (
            klass in ("officials", "companies")
            or token.lower_ in ("people", "forces", "troops", "soldiers", "citizens", "police", "security")
        ):
            continue
        nations = tuple(c for n in inside for c in n.nations)
        for name in inside:
            names.remove(name)
        group = Name(start, end, token.i, "group", text[start:end], nations=nations, plural=True)
        if whole and inside[0].start == start and inside[0].entry is not None and inside[0].entry.type:
            group.body, group.name = inside[0].entry, text[inside[0].end : end].strip()
        found.append(group)
    return found


def widen_titles(doc: Doc, names: list[Name]) -> None:
    """Give plural titles without a state their adjectives: "local officials", "European leaders"."""
    for name in [*names]:
        if name.kind != "role" or not name.plural or name.nations or name.body is not None:
            continue
        span = doc.char_span(name.start, name.end, alignment_mode="expand")
        start = doc[_first_word(span[-1])].idx if span is not None else name.start
        inside = [n for n in names if n is not name and n.start < name.end and start < n.end]
        if start < name.start and all(start <= n.start and _of_many(n) for n in inside):
            for other in inside:
                names.remove(other)
            name.start = start


def _of_many(name: Name) -> bool:
    """Whether a name is of a region or organisation that states belong to: "African countries", "EU member states"."""
    entry = name.entry
    if entry is None or entry.country or name.nations:
        return False
    return entry.kind in ("region", "nationality") or entry.type == "organisation"


def _first_word(token: Token) -> int:
    """The first word of a noun's name: its adjectives and nouns before it, without articles and numbers."""
    first = token.i
    for i in range(token.i - 1, max(-1, token.i - 6), -1):
        word = token.doc[i]
        if (
            word.dep_ in _OUTSIDE
            or word.dep_ not in _LEFT
            or word.head.i > token.i
            or word.head.i < i
            or word.text in ('"', "(", ",")
        ):
            break
        if (
            word.lower_ in ("many", "few", "several", "other", "some", "more", "most", "all", "such", "any")
            and word.lower_ != "other"
        ):
            break
        first = i
    return first
