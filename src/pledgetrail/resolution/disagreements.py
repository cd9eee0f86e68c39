"""Claims about one thing, side by side: which compete, which follow one another, which only sound different.

Two claims are about one thing when measure, population and currency are the same, places and sides do not differ, and
they are told in one story; or, across stories, when they also name the same place and the same occasion and their
times overlap. A part is never set against its total, nor two numbers that one report tells in one voice.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from pledgetrail.language.gazetteer import lookup
from pledgetrail.resolution.claims import OWN_VOICE, Claim, Disagreement, Relation, Standing, Thing
from pledgetrail.resolution.populations import Occasion, is_state, occasions
from pledgetrail.resolution.sums import DONORS
from pledgetrail.resolution.values import compare

#: Measures that grow as the dead are found and the damage is counted. The missing also become fewer.
GROWING: Final = frozenset({"killed", "injured", "displaced", "affected", "damaged", "loss", "need", "request"})
FALLING: Final = frozenset({"missing"})

#: Each claim is compared with at most so many after it in its group, in order of day. Groups of one story and one thing
#: have a handful; the bound keeps the time near-linear where a crisis of years has thousands.
REACH: Final = 48

#: Numbers further apart are taken to be of different things: within a story, and across stories.
FAR: Final = 10.0
FAR_ACROSS: Final = 5.0

#: How long after a report another of the same story may speak of its numbers, where no occasion says so; and how far
#: back a number without a time of its own may speak, at most.
STORY_DAYS: Final = 30

#: Across stories, reports of one local occasion in one place are so near to each other: later ones may tell the next.
LOCAL_DAYS: Final = 4

#: The time of a claim that states none.
NO_TIME: Final = (None, None)

#: Share of the shorter object's words that two sums for one thing have in common (the bound of acts.py).
SAME_OBJECT: Final = 0.6

#: Sums said to be one are no further apart.
FAR_SUMS: Final = 3.0

#: So many numbers of one thing are looked at in one report for what it tells together.
TOLD: Final = 12

Pair = tuple[int, int]
Voices = frozenset[tuple[float, str]]


def disagreements(claims: Iterable[Claim]) -> list[Disagreement]:
    """Group claims about one thing and say how they stand to each other; in a fixed order, whatever that of the input.

    Only groups of two claims or more that are not the same are given. Claims of other things change nothing.
    Near-linear: each claim is compared with at most ``REACH`` others a group, and is in one group a story and one a
    pair of place and occasion.
    """
    ordered = sorted(claims, key=claim_order)
    pairs: set[Pair] = set()
    for group in _groups(ordered):
        pairs.update(_comparable(ordered, group))
    relations = {pair: found for pair in sorted(pairs) if (found := relate(ordered[pair[0]], ordered[pair[1]]))}
    return joined(ordered, relations, "sum" if ordered and ordered[0].cell == "amount" else "figure")


def claim_order(claim: Claim) -> tuple[object, ...]:
    """A fixed order of claims."""
    first = claim.tellings[0] if claim.tellings else None
    place = (first.document, first.evidence.start) if first else ("", 0)
    return (claim.row, claim.cell, *place, claim.words, claim.claimant)


def _groups(claims: Sequence[Claim]) -> Iterator[list[int]]:
    """The claims that may be about one thing: by measure, population, currency, and story or place and occasion."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, claim in enumerate(claims):
        thing = claim.thing
        if thing is None or claim.value is None:
            continue
        what = (thing.measure, thing.classes, thing.money, thing.given)
        for story in sorted(claim.stories):
            found["story", *what, story].append(index)
        for place in sorted({*thing.sides, *([thing.place] if thing.place else [])}):
            for occasion in thing.occasions:
                found["place", *what, place, occasion].append(index)
    for key in sorted(found, key=repr):
        if len(found[key]) > 1:
            yield sorted(found[key], key=lambda i: (claims[i].days or (dt.date.max,))[0])


def _comparable(claims: Sequence[Claim], group: Sequence[int]) -> Iterator[Pair]:
    """The pairs of a group that are about one thing and whose numbers differ."""
    places = {_where(thing) for i in group if (thing := claims[i].thing) is not None} - {()}
    told = _told_together(claims, group)
    for position, i in enumerate(group):
        for j in group[position + 1 : position + 1 + REACH]:
            a, b = claims[i], claims[j]
            differ = (a.words, a.claimant) != (b.words, b.claimant)
            if differ and _voices(a, b) not in told and about_one_thing(a, b, len(places) <= 1):
                yield min(i, j), max(i, j)


def _where(thing: Thing) -> tuple[str, ...]:
    return thing.sides or ((thing.place,) if thing.place else ())


def _voices(a: Claim, b: Claim) -> Voices:
    return frozenset({(_middle(a), a.claimant), (_middle(b), b.claimant)})


def _told_together(claims: Sequence[Claim], group: Sequence[int]) -> set[Voices]:
    """Numbers that one report tells in one voice: they are of different things, or it tells how one became the other.
    With them their sum, which is their total.

    Bounded: a report's first ``TOLD`` numbers of one thing are looked at.
    """
    by_report: dict[str, list[Claim]] = defaultdict(list)
    for i in group:
        for document in claims[i].documents:
            by_report[document].append(claims[i])
    together: set[Voices] = set()
    claimants = sorted({claims[i].claimant for i in group})
    for told in by_report.values():
        for n, a in enumerate(told[:TOLD]):
            for b in told[n + 1 : TOLD]:
                if a.claimant == b.claimant or OWN_VOICE in (a.claimant, b.claimant):
                    together.add(_voices(a, b))
                    total = _middle(a) + _middle(b)
                    together.update(
                        frozenset({(_middle(part), part.claimant), (total, whose)})
                        for part in (a, b)
                        for whose in claimants[:TOLD]
                    )
    return together


def about_one_thing(a: Claim, b: Claim, one_place: bool = True) -> bool:
    """Whether two claims of one measure and population are about one thing.

    ``one_place``: the story they share names one place only, so that a claim without a place is about it too.
    """
    x, y = a.thing, b.thing
    if x is None or y is None or a.value is None or b.value is None or a.part != b.part:
        return False
    if (x.measure, x.classes, x.money, x.given) != (y.measure, y.classes, y.money, y.given):
        return False
    if x.sides and y.sides and x.sides != y.sides or not _same_object(x, y):
        return False
    shared = [occasions()[name] for name in x.occasions if name in y.occasions]
    story = bool(a.stories & b.stories)
    least, most = sorted((a.value.middle, b.value.middle))
    far = FAR_SUMS if x.given else FAR if story else FAR_ACROSS
    if least <= 0 or most > least * far or not _times_overlap(a, b, shared, story):
        return False
    if story:
        return bool(shared or not x.occasions or not y.occasions) and _near(x, y, shared, one_place)
    return bool(shared) and _same_place(x, y) and (not _local(shared) or not is_state(_where(x)[0]))


def _same_object(x: Thing, y: Thing) -> bool:
    """Whether two sums are for one thing: neither says what for, or most words of the shorter are in the other."""
    if not x.objects or not y.objects:
        return x.objects == y.objects or x.given.endswith(DONORS)
    shared = len({*x.objects} & {*y.objects})
    return shared >= SAME_OBJECT * min(len(x.objects), len(y.objects))


def _local(shared: Sequence[Occasion]) -> bool:
    return all(occasion.local for occasion in shared)


def _same_place(x: Thing, y: Thing) -> bool:
    here, there = _where(x), _where(y)
    return bool(here and there) and (here == there or x.place == y.place is not None)


def _near(x: Thing, y: Thing, shared: Sequence[Occasion], one_place: bool) -> bool:
    """Whether two places of one story can be one: the same, unsaid, or for a local occasion one within the other."""
    here, there = _where(x), _where(y)
    if not here or not there:
        return one_place or here == there
    if _same_place(x, y):
        return True
    return bool(shared) and _local(shared) and len(here) == len(there) == 1 and _nested(here[0], there[0])


@cache
def _nested(a: str, b: str) -> bool:
    """Whether one place lies in the other, as far as the gazetteer knows: a city or region and its state."""
    x, y = lookup(a), lookup(b)
    if x is None or y is None or x.country is None or x.country != y.country:
        return False
    return {x.kind, y.kind} & {"state", "nationality", "region"} != set() and x.kind != y.kind


def _times_overlap(a: Claim, b: Claim, shared: Sequence[Occasion], story: bool) -> bool:
    """Whether the times that two claims speak about can be one: those stated overlap, and the reports lie near."""
    window = min((occasion.days for occasion in shared), default=STORY_DAYS)
    if a.when != NO_TIME and b.when != NO_TIME:
        apart = any(x.when[1] and y.when[0] and x.when[1] < y.when[0] for x, y in ((a, b), (b, a)))
        if apart and not _follows(a, b):
            return False
    elif not (_of_the_present(a, window) and _of_the_present(b, window)):
        return False
    if a.days is None or b.days is None:
        return story or any(not occasion.local for occasion in shared)
    gap = max(a.days[0], b.days[0]) - min(a.days[1], b.days[1])
    return gap.days <= (window if story or not _local(shared) else min(window, LOCAL_DAYS))


def _of_the_present(claim: Claim, window: int) -> bool:
    """Whether a claim speaks of what its reports are about, and of no earlier occasion ("in December 2003")."""
    latest = claim.when[1]
    if claim.earlier:
        return False
    return latest is None or (claim.days is not None and (claim.days[0] - latest).days <= window)


def _follows(a: Claim, b: Claim) -> bool:
    """Whether stated times differ only as those of counts that are brought up to date day by day."""
    points = [claim.when for claim in (a, b)]
    ends = [point[1] for point in points if point[1] is not None]
    spans = [(p[1] - p[0]).days for p in points if p[0] is not None and p[1] is not None]
    return len(ends) == 2 and len(spans) == 2 and max(spans) <= 1 and abs((ends[0] - ends[1]).days) <= 3


def relate(a: Claim, b: Claim) -> tuple[Standing, str] | None:
    """How two claims about one thing stand to each other; None if they say the same."""
    if a.value is None or b.value is None:
        return None
    verdict = compare(a.value, b.value)
    if verdict is None or verdict.agreement == "same":
        return None
    if verdict.agreement == "compatible":
        return "compatible", verdict.how
    early = _first_told(a, b)
    measure = a.thing.measure if a.thing else ""
    if early is not None and measure in GROWING | FALLING:
        late = b if early is a else a
        rises = early.value is not None and late.value is not None and early.value.middle < late.value.middle
        if rises or measure in FALLING:
            return "update", f"{late.words} is told later than {early.words}"
    return "competing", verdict.how


def _first_told(a: Claim, b: Claim) -> Claim | None:
    """The one whose last report is no later than the other's first, the two not being of one day; else None."""
    for x, y in ((a, b), (b, a)):
        if x.days and y.days and x.days[1] <= y.days[0] and x.days[0] < y.days[0]:
            return x
    return None


def joined(claims: Sequence[Claim], relations: dict[Pair, tuple[Standing, str]], subject: str) -> list[Disagreement]:
    """The disagreements that relations between claims make: what is connected is one."""
    parent: dict[int, int] = {}

    def root(i: int) -> int:
        while parent.setdefault(i, i) != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in relations:
        first, second = sorted((root(i), root(j)))
        parent[second] = first
    groups: dict[int, list[Pair]] = defaultdict(list)
    for pair in relations:
        groups[root(pair[0])].append(pair)
    return [_disagreement(claims, groups[key], relations, subject) for key in sorted(groups)]


def _disagreement(
    claims: Sequence[Claim], pairs: Sequence[Pair], relations: dict[Pair, tuple[Standing, str]], subject: str
) -> Disagreement:
    members = sorted({i for pair in pairs for i in pair}, key=lambda i: (_middle(claims[i]), claims[i].words, i))
    place = {member: position for position, member in enumerate(members)}
    found = sorted((_relation(place, p, relations[p]) for p in pairs), key=lambda r: (r.first, r.second))
    kinds = {relation.kind for relation in found}
    kind: Standing = "competing" if "competing" in kinds else "update" if "update" in kinds else "compatible"
    shown = tuple(claims[i] for i in members)
    return Disagreement(subject, _about(shown), kind, shown, tuple(found))


def _relation(place: dict[int, int], pair: Pair, found: tuple[Standing, str]) -> Relation:
    first, second = sorted((place[pair[0]], place[pair[1]]))
    return Relation(first, second, *found)


def _middle(claim: Claim) -> float:
    return claim.value.middle if claim.value else 0.0


def _about(claims: Sequence[Claim]) -> str:
    """The fullest name of the thing."""
    names = {claim.thing.name for claim in claims if claim.thing}
    return max(names, key=lambda name: (len(name), name), default="")
