"""Time what single reports say becoming what they say together, at several sizes of a ledger, in one run.

usage: resolution.py [--sizes 10000,100000] [--folder DIR] [--density 40]

Makes synthetic reports of events: a giver pledges a sum for a place, one to four outlets tell it, some of them as
copies, followed by deliveries; people meet; losses are counted. They are given as already read (reading is timed by
throughput.py), written to a fresh ledger and resolved. ``--density`` reports come out on a day, at every size: a larger
ledger covers more days. Prints for each size the time per report of drawing digests and writing ("write") and of
resolving all ("resolve"), by step, the time of adding 50 reports more and of bringing trails and disagreements up to
one decision, memory, and the ratio to the first size.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import hashlib
import json
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pledgetrail.ledger import resolving, surveying
from pledgetrail.ledger.queries import Filter, entries
from pledgetrail.ledger.review import record
from pledgetrail.ledger.store import create_or_open
from pledgetrail.ledger.writing import add_batch, start_build
from pledgetrail.records import (
    Act,
    Amount,
    AnyStatement,
    Block,
    Commitment,
    Document,
    Encounter,
    Figure,
    Party,
    Reading,
    Span,
)

WORDS = Path(__file__).parent.parent / "src/pledgetrail/resolution/data/term_documents.tsv"
STATES = [Party(f"state-{code.lower()}", name, "state", code) for code, name in (
    ("JPN", "Japan"), ("DEU", "Germany"), ("FRA", "France"), ("CAN", "Canada"), ("NOR", "Norway"), ("IND", "India"),
    ("BRA", "Brazil"), ("EGY", "Egypt"), ("KEN", "Kenya"), ("PHL", "Philippines"), ("NPL", "Nepal"), ("HTI", "Haiti"),
    ("MOZ", "Mozambique"), ("PER", "Peru"), ("IDN", "Indonesia"), ("TUR", "Türkiye"), ("KOR", "South Korea"),
)]  # fmt: skip
THINGS = ["schools", "hospitals", "bridges", "roads", "tents", "wells", "turbines", "clinics", "boats", "seed"]
OUTLETS = ["Morning Post", "Daily Ledger", "Harbour Times", "Northern Star", "The Wire", "Evening Record"]
FIRST = dt.date(2001, 1, 1)
BATCH = 200


class Maker:
    """Synthetic reports, the same for the same seed."""

    def __init__(self, density: int, seed: int = 7) -> None:
        """``density`` reports come out on a day."""
        self.random = random.Random(seed)
        self.density = density
        lines = WORDS.read_text(encoding="utf-8").splitlines()
        self.words = [line.split("\t")[0] for line in lines[1:] if line.split("\t")[0].isalpha()][:6000]
        self.made = 0

    def readings(self, number: int) -> Iterator[Reading]:
        """So many reports; further calls go on."""
        end = self.made + number
        while self.made < end:
            yield from self._event(end)

    def _event(self, end: int) -> Iterator[Reading]:
        pick = self.random
        giver, taker = pick.sample(STATES, 2)
        thing, place = pick.choice(THINGS), f"{pick.choice(self.words).title()}ville"
        amount = pick.choice([2, 3, 5, 8, 10, 12, 15, 20, 25, 40, 60, 75, 90]) * pick.choice([1e5, 1e6])
        topic = pick.sample(self.words, 60)
        wire: str | None = None
        for told in range(min(pick.randint(1, 4), end - self.made)):
            day = FIRST + dt.timedelta(days=self.made // self.density)
            copied = wire is not None and pick.random() < 0.4
            prose = wire if copied and wire else self._prose(topic)
            wire = wire or prose
            yield self._report(day, giver, taker, thing, place, amount, prose, stage=pick.random() < 0.8)
            self.made += 1
            del told

    def _prose(self, topic: list[str]) -> str:
        sentences = []
        for _ in range(6):
            its = [self.random.choice(topic if self.random.random() < 0.5 else self.words) for _ in range(14)]
            sentences.append(" ".join(its).capitalize() + ".")
        return " ".join(sentences)

    def _report(
        self,
        day: dt.date,
        giver: Party,
        taker: Party,
        thing: str,
        place: str,
        amount: float,
        prose: str,
        *,
        stage: bool,
    ) -> Reading:
        name = f"r{self.made:07d}"
        verb = "pledged" if stage else "delivered"
        killed, pick = self.random.randint(2, 400), self.random
        lead = f"{giver.name} {verb} {amount:,.0f} dollars to {taker.name} for {thing} in {place} on Monday."
        met = f"Officials of {giver.name} and {taker.name} met in {place}."
        toll = f"At least {killed} people were killed in {place}."
        text = f"{lead}\n\n{prose}\n\n{met} {toll}\n"
        blocks, at = [], 0
        for part in text.rstrip("\n").split("\n\n"):
            blocks.append(Block("body", at, at + len(part), "bench"))
            at += len(part) + 2
        sha = hashlib.sha256(text.encode()).hexdigest()
        document = Document(name, "bench", text, sha, sha, tuple(blocks), title=lead[:60], outlet=pick.choice(OUTLETS),
                            published=day.isoformat(), published_basis="metadata")  # fmt: skip

        def span(words: str) -> Span:
            start = text.index(words)
            return Span(name, start, start + len(words), words)

        def base(number: int, sentence: str, trigger: str) -> dict[str, object]:
            return {
                "id": f"s-{name}-{number}", "document": name, "text_sha256": sha, "trigger": span(trigger),
                "evidence": (span(sentence),), "cells": {}, "confidence": 0.8, "reader": "bench",
                "when": day.isoformat(), "when_basis": "from the report's date", "places": (place,),
            }  # fmt: skip

        statements: list[AnyStatement] = [
            Commitment(**base(0, lead, verb), stage="pledge" if stage else "delivery", by=(giver,), to=(taker,),  # type: ignore[arg-type]
                       what=f"{thing} in {place}", amount=Amount(amount, "USD", f"{amount:,.0f} dollars")),
            Encounter(**base(1, met, "met in"), encounter="meeting", participants=(giver, taker)),  # type: ignore[arg-type]
            Figure(**base(2, toll, "killed"), value=float(killed), measure="killed", unit="people"),  # type: ignore[arg-type]
        ]  # fmt: skip
        return Reading(document, tuple(Act((statement,), None) for statement in statements))


def timed_steps() -> dict[str, float]:
    """Let every step of resolving note its time; returns where it is noted."""
    noted: dict[str, float] = {}
    names = ("link_copies", "group_stories", "date_documents", "join", "refresh", "refresh_actors", "survey")
    for name in names:
        plain = getattr(resolving, name)

        def step(*args: object, plain: object = plain, name: str = name) -> object:
            start = time.perf_counter()
            try:
                return plain(*args)  # type: ignore[operator]
            finally:
                noted[name] = noted.get(name, 0.0) + time.perf_counter() - start

        setattr(resolving, name, step)
    return noted


def measure(size: int, folder: Path, density: int, noted: dict[str, float]) -> dict[str, object]:
    """Write and resolve a ledger of so many reports, and then 50 more; times in milliseconds per report."""
    maker = Maker(density)
    with create_or_open(folder / f"{size}.sqlite") as ledger:
        build = start_build(ledger, "bench")
        wrote = resolved = 0.0
        start = time.perf_counter()
        batch: list[Reading] = []
        for reading in maker.readings(size):
            batch.append(reading)
            if len(batch) == BATCH:
                begun = time.perf_counter()
                add_batch(ledger, build, batch)
                wrote += time.perf_counter() - begun
                batch = []
        if batch:
            add_batch(ledger, build, batch)
        noted.clear()
        start = time.perf_counter()
        resolving.resolve_ledger(ledger)
        resolved = time.perf_counter() - start
        steps = {name: round(1000 * its / size, 3) for name, its in noted.items()}
        noted.clear()
        begun = time.perf_counter()
        add_batch(ledger, build, list(maker.readings(50)))
        resolving.resolve_ledger(ledger)
        more = time.perf_counter() - begun
        fifty = {name: round(its, 2) for name, its in noted.items()}
        with ledger.reading() as connection:
            row = next(entries(connection, Filter(kind="commitment"))).row.id
        record(ledger, "reject", row, reviewer="bench")
        begun = time.perf_counter()
        surveying.survey(ledger)
        decided = time.perf_counter() - begun
    return {
        "reports": size,
        "write_ms": round(1000 * wrote / size, 3),
        "resolve_ms": round(1000 * resolved / size, 3),
        "steps_ms": steps,
        "fifty_more_s": round(more, 2),
        "fifty_more_steps_s": fifty,
        "one_decision_s": round(decided, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure all sizes and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--density", type=int, default=40)
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="resolution-"))
    folder.mkdir(parents=True, exist_ok=True)
    noted = timed_steps()
    first = None
    try:
        for size in map(int, args.sizes.split(",")):
            found = measure(size, folder, args.density, noted)
            first = first or found
            found["ratio"] = round(float(str(found["resolve_ms"])) / float(str(first["resolve_ms"])), 2)
            print(json.dumps(found), flush=True)
            gc.collect()
    finally:
        if args.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
