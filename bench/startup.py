#!/usr/bin/env python3
"""Time `pledgetrail --help` against importing spaCy, each in processes of its own, taking turns.

usage: startup.py [--repeat N] [--limit RATIO]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

SIDES = {
    "import spacy": "import spacy",
    "--help": "import sys; sys.argv = ['pledgetrail', '--help']; from pledgetrail.cli import main; main()",
}


def seconds(code: str) -> float:
    """Return how long a fresh interpreter takes to run the code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> int:
    """Print the median of each side and their ratio; return 1 if it is over the limit given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=7, help="runs of each side after one to warm up (default 7)")
    parser.add_argument("--limit", type=float, help="exit with 1 if help / import is over this")
    options = parser.parse_args()
    runs: dict[str, list[float]] = {side: [] for side in SIDES}
    for _ in range(options.repeat + 1):
        for side, code in SIDES.items():
            runs[side].append(seconds(code))
    medians = {side: statistics.median(times[1:]) for side, times in runs.items()}
    for side, median in medians.items():
        print(f"{side:<14}{median:7.3f} s")
    ratio = medians["--help"] / medians["import spacy"]
    print(f"{'ratio':<14}{ratio:7.3f}")
    return int(options.limit is not None and ratio > options.limit)


if __name__ == "__main__":
    sys.exit(main())
