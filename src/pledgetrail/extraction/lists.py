"""Lists of givers with their sums: "World Bank $2 billion, Japan $77 million", "$1m from Norway and $2m from Qatar".

The parser makes little of such lists, and their order says all: so they are read by it. Two sums of a sentence must
stand in the same order to their parties before the sentence is taken for a list.
"""

from __future__ import annotations

import re

from pledgetrail.extraction.views import View
from pledgetrail.records import Mention, Quantity

#: What may stand between a giver and the sum that follows, and between a sum and the giver or receiver that follows.
_BEFORE = re.compile(
    r"^\s*(?:\(|:|-|–|,)?\s*"
    r"(?:with|gave|pledged|promised|offered|put in|added|will give|contributed|for)?\s*"
    r"(?:a further|another|about|some|up to|over|nearly|around|more than|at least)?\s*$",
    re.I,
)
_FROM = re.compile(r"^[^.;:$€£]{0,60}?\b(?:from|by)\s+(?:the\s+)?$", re.I)
_TO = re.compile(r"^\s*(?:\w+\s+){0,3}?(?:to|for|through|via)\s+(?:the\s+)?$", re.I)


def listed_givers(view: View, start: int, end: int) -> dict[int, Mention]:
    """Sum's start -> the giver listed with it, for the sums of a sentence (document offsets), if it is a list."""
    return _listed(view, start, end, _BEFORE, _FROM)


def listed_receivers(view: View, start: int, end: int) -> dict[int, Mention]:
    """Sum's start -> the receiver listed with it ("$5 million to UNICEF and $3 million to WFP")."""
    return _listed(view, start, end, None, _TO)


def respective_givers(view: View, start: int, end: int) -> dict[int, Mention]:
    """Sum's start -> its giver in "Norway and Qatar gave $3 million and $4 million respectively"."""
    if "respectively" not in view.text[start - view.offset : end - view.offset].lower():
        return {}
    sums = [q for q in view.quantities if q.currency and not q.equivalent and start <= q.start < end]
    actors = [m for m in view.mentions if start <= m.start and m.parties and sums and m.end <= sums[0].start]
    return {q.start: m for q, m in zip(sums, actors, strict=True)} if len(sums) == len(actors) > 1 else {}


def _listed(
    view: View, start: int, end: int, before: re.Pattern[str] | None, after: re.Pattern[str]
) -> dict[int, Mention]:
    sums = [q for q in view.quantities if q.currency and not q.equivalent and start <= q.start < end]
    if len(sums) < 2:
        return {}
    actors = [
        m
        for m in view.mentions
        if start <= m.start < end and m.parties and m.kind in ("name", "nationality", "description", "place")
    ]
    left = {q.start: m for q in sums for m in [_left(view, q, actors, before)] if m is not None} if before else {}
    right = {q.start: m for q in sums for m in [_right(view, q, actors, after)] if m is not None}
    best = max(left, right, key=len)
    return best if len(best) >= 2 else {}


def _left(view: View, quantity: Quantity, actors: list[Mention], gap: re.Pattern[str]) -> Mention | None:
    near = [m for m in actors if m.end <= quantity.start]
    if near and gap.match(view.text[near[-1].end - view.offset : quantity.start - view.offset]):
        return near[-1]
    return None


def _right(view: View, quantity: Quantity, actors: list[Mention], gap: re.Pattern[str]) -> Mention | None:
    near = next((m for m in actors if m.start >= quantity.end), None)
    if near and gap.match(view.text[quantity.end - view.offset : near.start - view.offset]):
        return near
    return None
