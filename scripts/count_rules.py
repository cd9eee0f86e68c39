"""Count how often each rule of pledgetrail.extraction is right, for readings without fitted weights.

usage: python scripts/count_rules.py FOLDER... [--out src/pledgetrail/extraction/data/rules/shares.tsv]

Each FOLDER holds annotated reports (docs.jsonl and gold/*.json). A rule is counted over every candidate that it holds
for, whatever other rules hold: `matched` of them, and of these those whose annotation is the rule's label (for givers
and receivers: those that play the role). Borderline annotations are left out, as they are when weights are fitted.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import annotated
import fit as fitting
from pledgetrail.extraction.deciders import DECISIONS
from pledgetrail.extraction.rules import load_rules


def items(example: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """The features and right label of an example, or of each item of a group that competes."""
    if isinstance(example, fitting.Group):
        yield from ((features, "score" if hit else "") for features, hit in example.items)
    else:
        yield example.features, example.label


def main() -> None:
    """Count, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path("src/pledgetrail/extraction/data/rules/shares.tsv"))
    options = parser.parse_args()
    pairs = [pair for folder in options.folders for pair in annotated.load(folder)]
    lines = ["decision\trule\tmatched\tright"]
    for decision in DECISIONS:
        rules = load_rules(decision)
        matched: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for features, label in (i for pair in pairs for e in fitting.MODELS[decision](*pair) for i in items(e)):
            for rule in rules.matching(features):
                matched[rule.name] += 1
                right[rule.name] += rule.label == label
        lines += [f"{decision}\t{rule}\t{matched[rule]}\t{right[rule]}" for rule in rules.names]
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
