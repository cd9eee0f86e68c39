"""Whether two claims are about one thing.

They are when measure, population and currency are the same, places and sides do not differ, and they are told in one
story; or, across stories, when they also name the same place and the same occasion and their times overlap. A part is
never set against its total. Two reports of one story must still name one occasion or one town. On a doubt they are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pledgetrail.language.gazetteer import lookup
from pledgetrail.resolution.disputes.claims import Claim
from pledgetrail.resolution.disputes.populations import Occasion, is_state, occasions
from pledgetrail.resolution.disputes.sums import DONORS
from pledgetrail.resolution.disputes.things import Thing

#: Numbers further apart are taken to be of different things: within a story on one occasion, across stories or where
#: one names no occasion, and for sums.
FAR: Final = 10.0
FAR_ACROSS: Final = 3.0
FAR_SUMS: Final = 3.0

#: How long after a report another of the same story may speak of its numbers, where no occasion says so; and how far
#: back a number without a time of its own may speak, at most.
STORY_DAYS: Final = 30

#: Across stories, reports of one local occasion in one place are so near to each other: later ones may tell the next.
LOCAL_DAYS: Final = 4

#: A count over so many days and one of a single occasion are two.
PERIOD_DAYS: Final = 3

#: Two claimants quoted by one report speak of one thing if their numbers stand so near, in letters.
NEAR: Final = 600

#: Share of the shorter object's words that two sums for one thing have in common (the bound of acts.py).
SAME_OBJECT: Final = 0.6


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
    far = FAR_SUMS if x.given else FAR if story and shared else FAR_ACROSS
    if least <= 0 or most > least * far or not _times_overlap(a, b, shared, story):
        return False
    if _recurs(x, y) and not _same_town(x, y):
        return False
    if _settings_differ(x, y) or (a.documents == b.documents and not _told_near(a, b)):
        return False
    if a.documents != b.documents and not shared and not _same_town(x, y) and not x.given and x.money is None:
        return False
    if story or a.documents & b.documents:
        return bool(shared or not x.occasions or not y.occasions) and _near(x, y, shared, one_place)
    return bool(shared) and _same_place(x, y) and (not _local(shared) or not is_state(x.where[0]))


def window_of(occasion: str) -> int:
    """Days apart that two reports of different stories may speak of one occasion."""
    found = occasions()[occasion]
    return min(found.days, LOCAL_DAYS) if found.local else found.days


def _same_object(x: Thing, y: Thing) -> bool:
    """Whether two sums are for one thing: most words of the shorter object are in the other, and there are some.

    What donors together promise is for whatever they met for.
    """
    if not x.given or x.given.endswith(DONORS):
        return True
    shared = len({*x.objects} & {*y.objects})
    return shared > 0 and x.place == y.place and shared >= SAME_OBJECT * min(len(x.objects), len(y.objects))


def _recurs(x: Thing, y: Thing) -> bool:
    return any(occasions()[name].recurring for name in (*x.occasions, *y.occasions))


def _towns(thing: Thing) -> set[str]:
    return {name for name in (*thing.around, *thing.where) if not is_state(name)}


def _same_town(x: Thing, y: Thing) -> bool:
    """Whether two sentences name one place smaller than a state."""
    return bool(_towns(x) & _towns(y))


def _settings_differ(x: Thing, y: Thing) -> bool:
    """Whether the sentences name places so that they cannot be of one thing: Syrians in Jordan, Syrians in Lebanon."""
    if x.measure == "displaced" and (x.around or y.around):
        return x.around != y.around
    return bool(_towns(x) and _towns(y)) and not _same_town(x, y)


def _told_near(a: Claim, b: Claim) -> bool:
    """Whether a report quotes two claimants close to each other."""
    return any(
        s.document == t.document and abs(s.evidence.start - t.evidence.start) <= NEAR
        for s in a.tellings
        for t in b.tellings
    )


def _local(shared: Sequence[Occasion]) -> bool:
    return all(occasion.local for occasion in shared)


def _same_place(x: Thing, y: Thing) -> bool:
    here, there = x.where, y.where
    return bool(here and there) and (here == there or x.place == y.place is not None)


def _near(x: Thing, y: Thing, shared: Sequence[Occasion], one_place: bool) -> bool:
    """Whether two places of one story can be one: the same, unsaid, or for a local occasion one within the other."""
    here, there = x.where, y.where
    if not here or not there:
        return one_place or here == there
    if _same_place(x, y):
        return True
    return bool(shared) and _local(shared) and len(here) == len(there) == 1 and _nested(here[0], there[0])


@lru_cache(maxsize=65_536)
def _nested(a: str, b: str) -> bool:
    """Whether one place lies in the other, as far as the gazetteer knows: a city or region and its state."""
    x, y = lookup(a), lookup(b)
    if x is None or y is None or x.country is None or x.country != y.country:
        return False
    return {x.kind, y.kind} & {"state", "nationality", "region"} != set() and x.kind != y.kind


def _times_overlap(a: Claim, b: Claim, shared: Sequence[Occasion], story: bool) -> bool:
    """Whether the times that two claims speak about can be one: those stated overlap, and the reports lie near."""
    window = min((occasion.days for occasion in shared), default=STORY_DAYS)
    if any(a.when) and any(b.when):
        apart = any(x.when[1] and y.when[0] and x.when[1] < y.when[0] for x, y in ((a, b), (b, a)))
        if apart and not _follows(a, b):
            return False
    elif (_period(a) or _period(b)) and (not shared or _local(shared)):
        return False
    elif not (_of_the_present(a, window) and _of_the_present(b, window)):
        return False
    if a.days is None or b.days is None:
        return story
    gap = max(a.days[0], b.days[0]) - min(a.days[1], b.days[1])
    return gap.days <= (window if story or not _local(shared) else min(window, LOCAL_DAYS))


def _period(claim: Claim) -> bool:
    """Whether a claim counts over days, as "in the past week"."""
    start, end = claim.when
    return start is not None and end is not None and (end - start).days >= PERIOD_DAYS


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
