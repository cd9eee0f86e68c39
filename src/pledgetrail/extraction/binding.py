"""What words at a place of the document mean, whoever pointed at them: parties, sums, counts, times and places.

The same mentions, quantities and times that the rules read are looked up, so that a party has one id whatever reader
named it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from pledgetrail.extraction.encounters import place_name
from pledgetrail.extraction.views import View
from pledgetrail.language.actors import Registry, slug
from pledgetrail.language.gazetteer import lookup
from pledgetrail.records import Mention, Parsed, Party, Quantity, Time

_ARTICLE: Final = re.compile(r"(?:the|an?|some|its|his|her|their|our|these|those)\s+", re.IGNORECASE)
#: A description points at somebody named elsewhere ("the two countries") only with one of these before it.
_POINTING: Final = re.compile(
    r"(?:the|this|that|these|those|both|its|his|her|their|our|my|all|each|two|three)\b", re.IGNORECASE
)
#: Longer words name no group.
_LONGEST_NAME: Final = 80


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_P = TypeVar("_P", bound=_Placed)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The parties that words stand for, with whom a promise of theirs binds, and how they were resolved."""

    parties: tuple[Party, ...] = ()
    bound: tuple[Party, ...] = ()
    chain: tuple[str, ...] = ()


class Binding:
    """Looks words of one parsed document up. Offsets are the document's."""

    def __init__(self, parsed: Parsed, views: Sequence[View]) -> None:
        self._parsed = parsed
        self._views = [view for view in views if view.text]
        self._starts = [view.offset for view in self._views]
        self._registry: Registry | None = None

    def view(self, start: int, end: int) -> View | None:
        """The passage that holds a stretch as a whole."""
        index = bisect_right(self._starts, start) - 1
        if index < 0 or end > self._views[index].offset + len(self._views[index].text):
            return None
        return self._views[index]

    def sentences(self, start: int, end: int) -> list[tuple[int, int]]:
        """Offsets of the sentences that a stretch touches, without space around; none outside the passages."""
        view = self.view(start, end)
        if view is None:
            return []
        tokens = view.tokens(start, end)
        numbers = range(view.sentence_of[tokens[0]], view.sentence_of[tokens[-1]] + 1)
        return [view.span(view.sentences[n]) for n in numbers]

    def parties(self, start: int, end: int, *, nameless: bool = True) -> Meaning:
        """Whom the words stand for.

        The mention at their head counts, with those listed beside it; words that are no mention are a group by their
        own name if ``nameless`` allows, with the country of the nationality in them. Pronouns and roles that nothing
        resolves are nobody.
        """
        view = self.view(start, end)
        if view is None:
            return Meaning()
        inside = _touching(view.mentions, start, end)
        if len(inside) == 1 and not _covers(start, end, inside[0]):
            part = self._part_of(inside[0], start, end)
            if part is not None:
                return Meaning((part,), (part,), (f"“{part.name}” by name",))
        head = view.head(start, end)
        heads = [head.i, *(t.i for t in head.conjuncts)]
        found = [view.mentions[i] for i in dict.fromkeys(view.by_token[h] for h in heads if h in view.by_token)]
        found = [m for m in found if m in inside and not _indefinite(m)]
        if found:
            return _meaning(found)
        if len(inside) == 1 and inside[0].kind in ("pronoun", "role", "description") and not _indefinite(inside[0]):
            return _meaning(inside)
        named = [m for m in inside if m.kind == "name" and m.parties]
        if named:
            return _meaning(named)
        return self._group(start, end, inside) if nameless else Meaning()

    def _part_of(self, mention: Mention, start: int, end: int) -> Party | None:
        """The party of a part of a mention's words: "Azerbaijan" of "Azerbaijan's foreign minister"."""
        words = self._parsed.document.text[start:end]
        if len(words) >= len(mention.text) or mention.kind not in ("name", "role", "description"):
            return None
        for other in self._parsed.mentions:
            if other.text == words and len(other.parties) == 1 and other.kind in ("name", "nationality"):
                return other.parties[0]
        entry = lookup(words)
        if entry is None or entry.kind not in ("state", "nationality", "capital", "organisation", "company"):
            return None
        if self._registry is None:
            self._registry = Registry(self._parsed.document)
        return self._registry.entry(entry)

    def _group(self, start: int, end: int, inside: Sequence[Mention]) -> Meaning:
        words = _ARTICLE.sub("", " ".join(self._parsed.document.text[start:end].split()), count=1)
        if not 2 < len(words) <= _LONGEST_NAME or not any(c.isalpha() for c in words):
            return Meaning()
        countries = {p.country for m in inside for p in m.parties if p.country}
        country = countries.pop() if len(countries) == 1 else None
        party = Party("group-" + slug(words), words, "group", country)
        return Meaning((party,), (party,), (f"“{words}” by their own words",))

    def sum(self, start: int, end: int) -> Quantity | None:
        """The sum of money among the words; one that restates another only if there is no other."""
        view = self.view(start, end)
        found = [q for q in _touching(view.quantities, start, end) if q.currency] if view else []
        valued = [q for q in found if q.value is not None or q.low is not None or q.high is not None]
        return min(valued, key=lambda q: (q.equivalent, -_shared(q, start, end)), default=None)

    def count(self, start: int, end: int) -> Quantity | None:
        """The number, count or sum among the words."""
        view = self.view(start, end)
        found = _touching(view.quantities, start, end) if view else []
        return max(found, key=lambda q: _shared(q, start, end), default=None)

    def time(self, start: int, end: int) -> Time | None:
        """The time among the words that can be dated."""
        view = self.view(start, end)
        found = [t for t in _touching(view.times, start, end) if t.edtf] if view else []
        return max(found, key=lambda t: _shared(t, start, end), default=None)

    def place(self, start: int, end: int) -> str:
        """The name of a place: a state's own, else the words as they stand."""
        view = self.view(start, end)
        inside = _touching(view.mentions, start, end) if view else []
        named = [m for m in inside if m.kind in ("place", "name", "nationality") and _covers(start, end, m)]
        if len(named) == 1:
            return place_name(named[0])
        return " ".join(self._parsed.document.text[start:end].split())


def _meaning(mentions: Iterable[Mention]) -> Meaning:
    kept = list(mentions)
    parties = dict.fromkeys(p for m in kept for p in m.parties)
    bound = dict.fromkeys(p for m in kept for p in (m.stands_for or m.parties))
    return Meaning(tuple(parties), tuple(bound), tuple(step for m in kept for step in m.chain))


def _indefinite(mention: Mention) -> bool:
    """Whether a description or bare plural of a role points at nobody: "local officials", whoever was named before."""
    if all(p.type == "group" for p in mention.parties) or _POINTING.match(mention.text):
        return False
    return mention.kind == "description" or (
        mention.kind == "role" and mention.text.islower() and mention.text.endswith("s")
    )


def _touching(items: Iterable[_P], start: int, end: int) -> list[_P]:
    return [item for item in items if item.start < end and start < item.end]


def _covers(start: int, end: int, mention: Mention) -> bool:
    return start <= mention.start and mention.end <= end


def _shared(item: _Placed, start: int, end: int) -> int:
    return min(item.end, end) - max(item.start, start)
