#!/usr/bin/env python3
"""Score the finding of copies on variants of the bundled reports, whose answers are known.

usage: score_copies.py [--seed N ...]

Every sample is made into copies as outlets make them (tests/support/variants.py), all are compared as a build compares
them, and each pair counts: found by a link that is no mere quotation, or not. "jaccard" is the recall of the measure
that MinHash estimates, the share of common 5-grams of whole texts, from .5 on.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

import numpy as np  # noqa: E402
from variants import RECIPES, Variant, bases, copies, documents, related, samples  # noqa: E402

from pledgetrail.records import Document  # noqa: E402
from pledgetrail.resolution.copying.body import body_of, grams  # noqa: E402
from pledgetrail.resolution.copying.copies import compare  # noqa: E402
from pledgetrail.resolution.copying.origins import origins  # noqa: E402
from pledgetrail.resolution.copying.sketches import candidates, sketch  # noqa: E402


def jaccard(a: Document, b: Document) -> float:
    """Share of the 5-grams of both whole bodies, quotations and all, that they have in common."""
    x, y = (np.unique(grams(body_of(document).keys)) for document in (a, b))
    common = len(np.intersect1d(x, y, assume_unique=True))
    return common / max(1, len(x) + len(y) - common)


def score(seed: int) -> None:
    """Print what was found of the variants made with this seed."""
    variants = list(copies(bases(samples().values()), seed))
    known = documents(variants)
    pairs = list(candidates(map(sketch, known.values())))
    links = [link for a, b in pairs if (link := compare(known[a], known[b]))]
    found = {frozenset((link.document, link.source)) for link in links if link.kind != "quotation"}
    counts: Counter[tuple[bool | None, bool]] = Counter()
    for a, b in itertools.combinations(variants, 2):
        counts[related(a, b), frozenset((a.report.id, b.report.id)) in found] += 1
    right, wrong, missed = counts[True, True], counts[False, True], counts[True, False]
    precision, recall = right / (right + wrong), right / (right + missed)
    print(f"seed {seed}: {len(variants)} reports, {len(pairs)} pairs compared")
    print(f"  pairs: precision {precision:.4f}  recall {recall:.4f}  F1 {2 * right / (2 * right + wrong + missed):.4f}")
    print(
        f"  {right} found, {missed} missed, {wrong} false, {counts[None, True] + counts[None, False]} too near to score"
    )
    print(f"  kinds: {dict(sorted(Counter(link.kind for link in links).items()))}")
    origin = origins(known, links)
    copied = [v for v in variants if v.recipe != "same matter"]
    print(f"  origins: {len({origin[v.report.id] for v in copied})} of {len({v.base for v in copied})} texts")
    recipes(variants, known, found)


def recipes(variants: Sequence[Variant], known: dict[str, Document], found: set[frozenset[str]]) -> None:
    """Print, for each recipe, how many of its reports are found as copies of the plain one."""
    plain = {v.base: known[v.report.id] for v in variants if v.recipe == "plain"}
    for recipe in RECIPES:
        made = [known[v.report.id] for v in variants if v.recipe == recipe]
        on = [plain[document.id.rsplit("~", 1)[0]] for document in made]
        linked = sum(frozenset((a.id, b.id)) in found for a, b in zip(made, on, strict=True))
        alike = sum(jaccard(a, b) >= 0.5 for a, b in zip(made, on, strict=True))
        print(f"  {recipe:<20} {linked / len(made):.3f}   jaccard {alike / len(made):.3f}")


def main() -> None:
    """Score each seed given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, nargs="*", default=[5])
    for seed in parser.parse_args().seed:
        score(seed)


if __name__ == "__main__":
    main()
