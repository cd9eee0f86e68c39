"""Claims about one thing, side by side: which compete, which follow one another, which only sound different."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pledgetrail.resolution.disputes.claims import OWN_VOICE, Claim, Disagreement, Relation, Standing
from pledgetrail.resolution.disputes.comparing import about_one_thing, window_of
from pledgetrail.resolution.disputes.values import compare

#: Measures that grow as the dead are found and the damage is counted, and appeals, which are raised. The missing also
#: become fewer.
GROWING: Final = frozenset({"killed", "injured", "displaced", "affected", "damaged", "loss", "need", "request"})
FALLING: Final = frozenset({"missing"})

#: Each claim is compared with at most so many after it in its group, in order of day. Groups of one story and one thing
#: have a handful; the bound keeps the time near-linear where a crisis of years has thousands.
REACH: Final = 24

#: So many numbers of one thing are looked at in one report for what it tells together.
TOLD: Final = 12

#: A report with more numbers of one thing than these lists occasions, and does not tell of one.
LIST: Final = 3

Pair = tuple[int, int]
#: What ties claims together: a key, the first and the last day, and the days of silence that end what it ties.
Key = tuple[tuple[object, ...], dt.date | None, dt.date | None, int | None]
Voices = frozenset[tuple[float, str]]


def disagreements(claims: Iterable[Claim]) -> list[Disagreement]:
    """Group claims about one thing and say how they stand to each other; in a fixed order, whatever that of the input.

    Only groups of two claims or more that are not the same are given. Claims of other things change nothing.
    Near-linear: each claim is compared with at most ``REACH`` others a group, and is in one group a story and one a
    pair of place and occasion.
    """
    ordered = sorted(claims, key=claim_order)
    pairs: set[Pair] = set()
    for group, window in _groups(ordered):
        pairs.update(_comparable(ordered, group, window))
    relations = {pair: found for pair in sorted(pairs) if (found := relate(ordered[pair[0]], ordered[pair[1]]))}
    return joined(ordered, relations)


def claim_order(claim: Claim) -> tuple[object, ...]:
    """A fixed order of claims."""
    first = claim.tellings[0] if claim.tellings else None
    place = (first.document, first.evidence.start) if first else ("", 0)
    return (claim.row, claim.cell, *place, claim.words, claim.claimant)


def _groups(claims: Sequence[Claim]) -> Iterator[tuple[list[int], int]]:
    """The claims that may be about one thing, in order of day, and how many days apart two of them may be told.

    They share measure, population, currency, and a story; or a place and an occasion, and no longer silence is between
    one and the next than such an occasion is spoken of.
    """
    stories: dict[tuple[object, ...], list[int]] = defaultdict(list)
    places: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, claim in enumerate(claims):
        for key, _, _, window in keys(claim):
            (stories if window is None else places)[key].append(index)
    for group in stories.values():
        if len(group) > 1:
            yield _by_day(claims, group), dt.timedelta.max.days
    for key, group in places.items():
        if len(group) > 1:
            window = window_of(str(key[-1]))
            yield from ((run, window) for run in _runs(claims, _by_day(claims, group), window) if len(run) > 1)


def keys(claim: Claim) -> Iterator[Key]:
    """The keys of the groups that a claim is in, a bounded number: with the days it is told on and the silence that
    ends a group, or without any where all of a story belongs together.
    """
    thing = claim.thing
    if thing is None or claim.value is None:
        return
    what = (thing.measure, thing.classes, thing.money, thing.given)
    for story in sorted(claim.stories):
        yield ("story", *what, story), None, None, None
    if claim.days is not None:
        for place in sorted({*thing.sides, *((thing.place,) if thing.place else ())}):
            for occasion in thing.occasions:
                yield ("place", *what, place, occasion), *claim.days, window_of(occasion)


def _by_day(claims: Sequence[Claim], group: Sequence[int]) -> list[int]:
    return sorted(group, key=lambda i: (claims[i].days or (dt.date.max,))[0])


def _runs(claims: Sequence[Claim], group: Sequence[int], window: int) -> Iterator[list[int]]:
    """A group in order of day, cut where nothing is told for longer than a window."""
    run: list[int] = []
    reached = dt.date.min
    for i in group:
        first, last = claims[i].days or (dt.date.max, dt.date.max)
        if run and (first - reached).days > window:
            yield run
            run = []
        run.append(i)
        reached = max(reached, last)
    yield run


def _comparable(claims: Sequence[Claim], group: Sequence[int], window: int) -> Iterator[Pair]:
    """The pairs of a group that are about one thing and whose numbers differ."""
    places = {thing.where for i in group if (thing := claims[i].thing) is not None} - {()}
    told, lists, lesser = _told_together(claims, group), _lists(claims, group), _lesser(claims, group)
    for position, i in enumerate(group):
        a = claims[i]
        last = (a.days or (dt.date.max, dt.date.max))[1]
        for j in group[position + 1 : position + 1 + REACH] if i not in lesser else ():
            b = claims[j]
            if b.days is not None and (b.days[0] - last).days > window:
                break
            if j in lesser or (a.words, a.claimant) == (b.words, b.claimant) or _voices(a, b) in told:
                continue
            if (i in lists or j in lists) and a.documents != b.documents:
                continue
            if about_one_thing(a, b, len(places) <= 1):
                yield min(i, j), max(i, j)


def _lists(claims: Sequence[Claim], group: Sequence[int]) -> set[int]:
    """Claims that only reports with many numbers of one thing in one voice tell: their places in the list say of what.

    They are compared within their report only.
    """
    numbers: dict[tuple[str, str], set[float]] = defaultdict(set)
    for i in group:
        for document in claims[i].documents:
            numbers[document, claims[i].claimant].add(_middle(claims[i]))
    return {i for i in group if all(len(numbers[d, claims[i].claimant]) > LIST for d in claims[i].documents)}


def _lesser(claims: Sequence[Claim], group: Sequence[int]) -> set[int]:
    """Claims of numbers that each of their reports tells beside a greater one in the same voice.

    They are parts, earlier counts or counts of something else; what a report makes of the whole is the greatest.
    """
    greatest: dict[tuple[str, str], float] = {}
    for i in group:
        for document in claims[i].documents:
            for voice in {claims[i].claimant, OWN_VOICE}:
                greatest[document, voice] = max(greatest.get((document, voice), 0.0), _middle(claims[i]))
    return {i for i in group if all(_middle(claims[i]) < greatest[d, claims[i].claimant] for d in claims[i].documents)}


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
                if a.claimant == b.claimant or OWN_VOICE in (a.claimant, b.claimant) or a.cell == "amount":
                    together.add(_voices(a, b))
                    total = _middle(a) + _middle(b)
                    together.update(
                        frozenset({(_middle(part), part.claimant), (total, whose)})
                        for part in (a, b)
                        for whose in claimants[:TOLD]
                    )
    return together


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


def joined(claims: Sequence[Claim], relations: dict[Pair, tuple[Standing, str]]) -> list[Disagreement]:
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
    return [_disagreement(claims, groups[key], relations) for key in sorted(groups)]


def _disagreement(
    claims: Sequence[Claim], pairs: Sequence[Pair], relations: dict[Pair, tuple[Standing, str]]
) -> Disagreement:
    members = sorted({i for pair in pairs for i in pair}, key=lambda i: (_middle(claims[i]), claims[i].words, i))
    place = {member: position for position, member in enumerate(members)}
    found = sorted((_relation(place, p, relations[p]) for p in pairs), key=lambda r: (r.first, r.second))
    kinds = {relation.kind for relation in found}
    kind: Standing = "competing" if "competing" in kinds else "update" if "update" in kinds else "compatible"
    shown = tuple(claims[i] for i in members)
    subject = "sum" if shown[0].cell == "amount" else "figure"
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
