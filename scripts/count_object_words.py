"""Count how many objects of commitments each word stands in, for pledgetrail.resolution.undertakings.subjects.

usage: python scripts/count_object_words.py SHARED [--out src/pledgetrail/resolution/data/object_words.csv]

Objects are the `what` of the annotated commitments under SHARED/train and the titles of SHARED/gcdf. Words are counted
by their stems, once an object; those in fewer than four objects are left out. The first line of the table, with an
empty word, holds the number of objects.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pledgetrail.resolution.undertakings.subjects import stems

_LEAST = 4


def objects(shared: Path) -> Iterator[str]:
    """The objects' words."""
    for path in sorted((shared / "train" / "gold").glob("*.json")):
        for commitment in json.loads(path.read_text(encoding="utf-8"))["commitments"]:
            yield commitment.get("what") or ""
    for line in (shared / "gcdf" / "train.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["title"] or ""


def main() -> None:
    """Count, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--out", type=Path, default=Path("src/pledgetrail/resolution/data/object_words.csv"))
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    total = 0
    for text in objects(options.shared):
        total += 1
        counts.update(set(stems(text)))
    kept = sorted((word, count) for word, count in counts.items() if count >= _LEAST)
    with options.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("word", "objects"))
        writer.writerow(("", total))
        writer.writerows(kept)


if __name__ == "__main__":
    main()
