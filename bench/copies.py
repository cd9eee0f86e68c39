#!/usr/bin/env python3
"""Time the finding of copies among 10,000 and 100,000 reports, and count how many planted copies are found.

usage: copies.py [--sizes N N ...]

The reports are made of sentences of the bundled ones in which most words are exchanged, so that they share phrases as
reports of one beat do; how much, is printed. All sizes lie in the same three years, so that ten times the reports are
ten times as many a day. One report in fifty is a copy of an earlier one of the same days: whole, cut to 30 %, with 10 %
or 25 % of its words edited (names and numbers apart), or half of it before as much of its own. Times are CPU seconds of
one process; making the reports is not counted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import platform
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from pledgetrail.reading import read
from pledgetrail.records import Block, Document, RawReport
from pledgetrail.resolution.copying.copies import links
from pledgetrail.resolution.copying.origins import origins
from pledgetrail.resolution.copying.sketches import Sketch, candidates, sketch
from pledgetrail.sources import read_reports

ROOT = Path(__file__).resolve().parent.parent
DAYS = 3 * 365
FIRST = dt.date(2020, 1, 1)
EVERY = 50  # one report in so many is a copy
RECIPES = ("whole", "cut 30", "edited 10", "edited 25", "half")
_KEPT = 0.4  # of the longer words of a sentence keep their place; short ones, mostly grammar, keep theirs


@dataclass
class Maker:
    """Makes report number n of so many, always the same."""

    count: int
    sentences: list[list[str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    spent: float = 0.0  # CPU seconds spent on making

    def __post_init__(self) -> None:
        for raw in read_reports([ROOT / "samples" / "reports"]):
            if isinstance(raw, RawReport):
                document = read(raw)
                for block in document.blocks:
                    if block.kind == "body":
                        text = document.text[block.start : block.end].replace('"', "")
                        self.sentences += [
                            s.split() for s in re.split(r"(?<=[a-z]{3}[.])\s+", text) if s.count(" ") > 6
                        ]
        self.words = sorted({word for words in self.sentences for word in words if len(word) > 3 and word.isalpha()})

    def lines(self, number: int) -> list[list[str]]:
        """The sentences of a report that is no copy."""
        rng = random.Random(number)
        found = []
        for _ in range(8):
            words = rng.choice(self.sentences)
            found.append([w if len(w) < 4 or rng.random() < _KEPT else rng.choice(self.words) for w in words])
        return found

    def copied(self, number: int) -> int | None:
        """The number of the report that this one copies, if it is one."""
        return number - 1 if number % EVERY == EVERY - 1 else None

    def recipe(self, number: int) -> str:
        """How it copies."""
        return RECIPES[number // EVERY % len(RECIPES)]

    def document(self, number: int) -> Document:
        """The report, as reading gives it."""
        start = time.process_time()
        source = self.copied(number)
        lines = self.lines(number if source is None else source)
        if source is not None:
            lines = self.changed(lines, number)
        text = "\n\n".join(" ".join(words).rstrip(".") + "." for words in lines)
        blocks, at = [], 0
        for paragraph in text.split("\n\n"):
            blocks.append(Block("body", at, at + len(paragraph), "prose"))
            at += len(paragraph) + 2
        day = FIRST + dt.timedelta(days=number * DAYS // self.count)
        sha = hashlib.sha256(text.encode()).hexdigest()
        made = Document(f"r{number:06}", "bench", text, sha, sha, tuple(blocks), published=day.isoformat())
        self.spent += time.process_time() - start
        return made

    def changed(self, lines: list[list[str]], number: int) -> list[list[str]]:
        """The sentences as the recipe leaves them."""
        recipe, rng = self.recipe(number), random.Random(-number)
        if recipe == "cut 30":
            return lines[: round(0.3 * len(lines)) or 1]
        if recipe == "half":
            return lines[: len(lines) // 2] + self.lines(number)[len(lines) // 2 :]
        share = {"edited 10": 0.1, "edited 25": 0.25}.get(recipe, 0.0)
        others = [word for word in self.words if word.islower()]
        return [[rng.choice(others) if w.islower() and rng.random() < share else w for w in words] for words in lines]


def sketches(maker: Maker) -> tuple[list[Sketch], float]:
    """The sketches of all reports, and the CPU seconds that they took."""
    spent, found = 0.0, []
    for number in range(maker.count):
        document = maker.document(number)
        start = time.process_time()
        found.append(sketch(document))
        spent += time.process_time() - start
    return found, spent


def run(count: int) -> float:
    """Measure one size; the CPU seconds a report."""
    maker = Maker(count)
    made, sketched = sketches(maker)
    start = time.process_time()
    pairs = list(candidates(made))
    paired = time.process_time() - start
    start, maker.spent = time.process_time(), 0.0
    found = list(links(pairs, lambda id: maker.document(int(id[1:]))))
    compared = time.process_time() - start - maker.spent
    start = time.process_time()
    origins((s.document for s in made), found)
    joined = time.process_time() - start
    report(maker, made, {frozenset((link.document, link.source)) for link in found}, len(pairs))
    spent = {"sketches": sketched, "candidates": paired, "comparisons": compared, "origins": joined}
    print("  CPU s: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items()))
    each = sum(spent.values()) / count
    print(
        f"  CPU ms a report: {1000 * each:.2f}, of them {1000 * (paired + joined) / count:.3f} candidates and origins"
    )
    return each


def report(maker: Maker, made: list[Sketch], found: set[frozenset[str]], pairs: int) -> None:
    """Print what there was and what was found."""
    seen = Counter(s.own[at : at + 4] for s in made[:: max(1, maker.count // 7000)] for at in range(0, len(s.own), 4))
    common = sum(n for n in seen.values() if n > 1) / sum(seen.values())
    size = sum(len(s.pack()) for s in made) / len(made)
    print(f"{maker.count} reports: {pairs} pairs compared, {len(found)} links, {size:.0f} bytes a sketch")
    print(f"  samples that others of 7,000 have too: {common:.2f} (news: .11)")
    planted = [n for n in range(maker.count) if maker.copied(n) is not None]
    right: Counter[str] = Counter()
    for n in planted:
        right[maker.recipe(n)] += frozenset((f"r{n:06}", f"r{n - 1:06}")) in found
    of = Counter(maker.recipe(n) for n in planted)
    print("  found: " + ", ".join(f"{recipe} {right[recipe] / of[recipe]:.3f}" for recipe in RECIPES))
    print(f"  links that were not planted: {len(found) - sum(right.values())}")


def main() -> int:
    """Run all sizes; the growth of the time a report from the first to the last."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    print(f"Python {platform.python_version()}, {platform.machine()}")
    times = [run(size) for size in parser.parse_args().sizes]
    print(f"time a report, last size / first: {times[-1] / times[0]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
