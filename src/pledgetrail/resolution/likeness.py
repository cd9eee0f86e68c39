"""What two rows that were taken for one act have in common, in words."""

from __future__ import annotations

from pledgetrail.resolution.matching import Signature

#: Words named of those in common.
_NAMED = 6


def in_common(a: Signature, b: Signature) -> tuple[str, ...]:
    """What speaks for it that two signatures are of one act (``matching.same_act``): "the same sentence", "the sum
    5000000 USD", ... in a fixed order.
    """
    said = []
    if a.sentence and a.sentence == b.sentence:
        said.append("the same sentence")
    if actors := sorted(a.actors & b.actors):
        said.append(f"who acts: {', '.join(actors)}")
    if receivers := sorted(a.receivers & b.receivers):
        said.append(f"for whom: {', '.join(receivers)}")
    if a.sum and a.sum == b.sum:
        said.append(f"the sum {a.sum}" if a.kind == "commitment" else "the number")
    if words := sorted(a.words & b.words):
        said.append(f"the words {', '.join(words[:_NAMED])}")
    if places := sorted(a.places & b.places):
        said.append(f"the place {', '.join(places)}")
    if a.first is not None and b.first is not None and a.last is not None and b.last is not None:
        gap = max(a.first - b.last, b.first - a.last, 0)
        said.append("the day" if gap == 0 else f"{gap} day{'s' if gap > 1 else ''} between the reports")
    return tuple(said)
