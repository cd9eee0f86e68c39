#!/usr/bin/env python3
"""Time the grouping of reports into stories, and whether the time for one report grows with their number.

usage: stories.py [--sizes N N ...] [--limit RATIO] [--one-beat]

Makes digests of invented reports: a story has 1 to 12 of them within five days; each draws terms from its story, from
the crisis that the story belongs to (which hundreds of stories share), and from the language at large. Days go on as
reports do, 40 a day; with --one-beat all reports are of one crisis and half of them have no day. Every size runs in a
process of its own. --limit is what the CPU time for a report at the largest size may be, as a multiple of that at the
smallest.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from pledgetrail.resolution.storylines.digests import TERMS, Digest
from pledgetrail.resolution.storylines.stories import stories

A_DAY = 40
REPORTS_OF_A_CRISIS = 4000


def digests(count: int, one_beat: bool) -> Iterator[Digest]:
    """So many digests, the same for the same count."""
    draw = random.Random(7)
    made, story = 0, 0
    while made < count:
        story += 1
        crisis = 0 if one_beat else made // REPORTS_OF_A_CRISIS * 8 + draw.randrange(8)
        own = [(2_000_000_000 + story * 60 + n) % (1 << 32) for n in range(60)]
        common = [1_000_000 + crisis * 400 + n for n in range(400)]
        day = 730_000 + made // A_DAY
        for _ in range(min(count - made, draw.choice((1, 1, 1, 2, 2, 3, 5, 8, 12)))):
            terms = draw.sample(own, 25) + draw.sample(common, 30) + [draw.randrange(20_000) for _ in range(25)]
            weights = [draw.randint(90, 255) for _ in range(25)] + [draw.randint(30, 200) for _ in range(30)]
            weights += [draw.randint(10, 90) for _ in range(25)]
            pairs = sorted(dict(zip(terms, weights, strict=True)).items(), key=lambda pair: (-pair[1], pair[0]))[:TERMS]
            at = None if one_beat and made % 2 else day + draw.randrange(5)
            hashes = np.array([term for term, _ in pairs], dtype="<u4").tobytes()
            yield Digest(f"r{made:07}", at, at, hashes, bytes(weight for _, weight in pairs))
            made += 1


def measure(count: int, one_beat: bool) -> None:
    """Group so many and print what it took."""
    held = list(digests(count, one_beat))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    found = stories(held)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} {len(found)} {wall:.3f} {cpu:.3f} {before:.0f} {peak:.0f}")


def main() -> int:
    """Measure each size in a process of its own and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--limit", type=float)
    parser.add_argument("--one-beat", action="store_true")
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.inside:
        measure(wanted.inside, wanted.one_beat)
        return 0
    rates = []
    print("  reports   stories    wall s     CPU s  CPU ms a report  MiB before  MiB peak")
    for size in wanted.sizes:
        command = [sys.executable, __file__, "--inside", str(size), *(["--one-beat"] if wanted.one_beat else [])]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        rates.append(1000 * float(told[3]) / size)
        print(f"{size:9,} {int(told[1]):9,} {told[2]:>9} {told[3]:>9} {rates[-1]:16.3f} {told[4]:>11} {told[5]:>9}")
    growth = rates[-1] / rates[0]
    print(f"time for a report, largest to smallest size: {growth:.2f}")
    return int(wanted.limit is not None and growth > wanted.limit)


if __name__ == "__main__":
    raise SystemExit(main())
