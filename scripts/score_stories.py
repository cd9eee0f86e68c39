"""Score how the reports of one event are grouped, on reports labelled with their event.

usage: python scripts/score_stories.py ../shared/stories/ecbplus_even_topics.jsonl [--tune] [--show]

Each record has ``id``, ``topic``, ``event`` and ``text``. The text is read as any text is, without metadata; the
stories are compared with the events by B3 (precision and recall of the group that each report is in, averaged over
reports). Topics are parted by turns into two halves. ``--tune`` chooses both bounds of the linkage on one half, scores
on the other, and the reverse; without it the shipped bounds are measured. Without the file the script says so and ends
well: it is no part of the repository.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pledgetrail.reading import read
from pledgetrail.records import RawReport
from pledgetrail.resolution.storylines.digests import Digest, digest
from pledgetrail.resolution.storylines.stories import HELD, JOINED, stories

BOUNDS = tuple(itertools.product((0.14, 0.16, 0.18, 0.2, 0.22, 0.24), (0.56, 0.6, 0.64, 0.68, 0.72, 0.76)))


class B3(NamedTuple):
    """F1 of the two means, then the means."""

    f1: float
    precision: float
    recall: float


def b3(groups: Iterable[Sequence[str]], events: Mapping[str, str]) -> B3:
    """Bagga and Baldwin 1998: for each report, how much of its group is of its event and of its event in its group."""
    sizes = Counter(events.values())
    precision = recall = 0.0
    for group in groups:
        held = Counter(events[id] for id in group)
        for event, number in held.items():
            precision += number * number / len(group)
            recall += number * number / sizes[event]
    p, r = precision / len(events), recall / len(events)
    return B3(2 * p * r / (p + r), p, r)


class Half(NamedTuple):
    """The reports of half of the topics."""

    digests: list[Digest]
    events: dict[str, str]

    def score(self, bounds: tuple[float, float]) -> B3:
        """B3 of the stories found with these bounds."""
        return b3(stories(self.digests, *bounds), self.events)


def halves(path: Path) -> tuple[Half, Half]:
    """The reports of every other topic, and the rest."""
    topics: dict[int, list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            topics[int(record["topic"])].append(record)
    found = Half([], {}), Half([], {})
    for number, topic in enumerate(sorted(topics)):
        for record in topics[topic]:
            report = RawReport(id=record["id"], source="", text=record["text"], content_sha256="")
            found[number % 2].digests.append(digest(read(report)))
            found[number % 2].events[record["id"]] = record["event"]
    return found


def chosen(scores: Mapping[tuple[float, float], B3]) -> tuple[float, float]:
    """The bounds with the best F1; of several that are equal, the ones in the middle."""
    best = max(score.f1 for score in scores.values())
    equal = [bounds for bounds, score in scores.items() if score.f1 > best - 1e-9]
    return equal[len(equal) // 2]


def show(half: Half) -> None:
    """Print the groups that are not exactly an event."""
    sizes = Counter(half.events.values())
    for group in stories(half.digests):
        held = Counter(half.events[id] for id in group)
        if len(held) > 1 or len(group) != sizes[half.events[group[0]]]:
            print("  ", ", ".join(f"{number} of {sizes[event]} of {event}" for event, number in held.items()))


def main() -> int:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--show", action="store_true")
    wanted = parser.parse_args()
    if not wanted.reports.is_file():
        print(f"skipped: there are no reports at {wanted.reports}", file=sys.stderr)
        return 0
    pair = halves(wanted.reports)
    both = Half([*pair[0].digests, *pair[1].digests], {**pair[0].events, **pair[1].events})
    for name, half in (("first half", pair[0]), ("second half", pair[1]), ("both", both)):
        score = half.score((JOINED, HELD))
        print(
            f"{name:12} {len(half.digests)} reports: F1 {score.f1:.3f}  P {score.precision:.3f}  R {score.recall:.3f}"
        )
        if wanted.show and half is not both:
            show(half)
    if wanted.tune:
        scores = [{bounds: half.score(bounds) for bounds in BOUNDS} for half in pair]
        for name, tuned, measured in (("first", *scores), ("second", *reversed(scores))):
            best = chosen(tuned)
            print(f"tuned on the {name} half: {best}, F1 {tuned[best].f1:.3f}; on the other {measured[best].f1:.3f}")
        for bounds in BOUNDS:
            print(f"  {bounds}  {scores[0][bounds].f1:.3f}  {scores[1][bounds].f1:.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
