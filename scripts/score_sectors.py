"""Score the sector that an object's words and sentence tell, against annotated reports.

usage: python scripts/score_sectors.py ../shared/train/gold [../shared/dev/gold] [--show]

The annotators wrote sectors in words of their own ("flood recovery"); each is taken for the DAC codes below, and a
told code is right if it is one of them. What is told where the words are of no DAC sector ("sanctions") is wrong.
Compared are the word list alone, and the word list with the classifier where it tells nothing, for several thresholds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pledgetrail.extraction import sectors

#: Beginnings of the annotators' words, and the codes that they may mean.
MEANT = {
    "humanitarian": "720 730 520", "refugee": "720 930 151", "resettlement": "930 720 151",
    "settlement serv": "930 151", "military": "152", "troop": "152", "arms": "152", "ceasefire": "152",
    "peace": "152", "security": "152 151", "defence": "152", "air defen": "152", "counter-terror": "152 151",
    "mine": "152 730", "demining": "152 730", "disarm": "152", "health": "120 130 140", "medical": "120",
    "vaccine": "120", "hiv": "120 130", "nutrition": "520 120 720", "food": "520 720 311", "hunger": "520",
    "famine": "520 720", "water": "140 720", "sanitation": "140", "education": "110", "agricultur": "311",
    "debt": "600", "climate": "410 230", "environment": "410", "forest": "311 410", "energy": "230",
    "nuclear energy": "230", "oil": "230 320", "transport": "210", "aviation": "210", "logistics": "210 720",
    "infrastructure": "210 140 230 430 730", "telecom": "220", "broadband": "220", "information tech": "220",
    "media": "220", "housing": "160 730 720", "homes": "160 730", "shelter": "720 160 730", "reconstruction": "730",
    "recovery": "730 720", "flood recovery": "730 720", "early recovery": "730 720", "rehabilitation": "730",
    "disaster": "720 730 740", "relief": "720", "emergency": "720", "drought": "720 740 311", "wildfire": "740 720",
    "earthquake": "720 730 740", "search": "720", "rescue": "720", "evacuation": "720", "displace": "720 930",
    "governance": "151", "govern": "151", "election": "151", "justice": "151", "human rights": "151",
    "anti-corruption": "151", "public admin": "151", "domestic politics": "151", "politic": "151", "tax": "151",
    "migration": "151 930", "asylum": "930 151", "trade": "331", "export": "331", "budget": "510", "banking": "240",
    "finance": "240", "fintech": "240", "industry": "320", "mining": "320", "tourism": "332", "women": "151",
    "gender": "151", "prisoner": "152 151", "hostage": "152 151", "border": "151 152", "police": "151",
    "humanitarian access": "720 152",
}  # fmt: skip


class Entry(NamedTuple):
    """An annotated object, its sentence, and the codes that its sector may mean (none: no DAC sector)."""

    what: str
    sentence: str
    meant: tuple[str, ...]  # the first is the likeliest
    said: str
    document: str


def entries(folder: Path) -> Iterator[Entry]:
    """The commitments of a folder of gold that have an object and a sector."""
    for path in sorted(folder.glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["commitments"]:
            what, said = entry.get("what_text") or entry.get("what"), entry.get("sector")
            if what and said:
                words = said.lower()
                codes = (code for start, codes in MEANT.items() if start in words for code in codes.split())
                yield Entry(what, entry["evidence"], tuple(dict.fromkeys(codes)), said, path.stem)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--show", action="store_true")
    wanted = parser.parse_args()
    for folder in wanted.gold:
        found = list(entries(folder))
        clear = sum(bool(e.meant) for e in found)
        print(f"{folder}: {len(found)} objects with a sector, {clear} of them of the DAC's")
        by_words = [sectors.listed(e.what) for e in found]
        _line("word list", found, by_words)
        start = time.perf_counter()
        guesses = [sectors.guess(e.what, e.sentence) for e in found]
        spent = (time.perf_counter() - start) / max(1, len(found))
        for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
            told = [
                word or (guess[0] if guess and guess[1] >= least else None)
                for word, guess in zip(by_words, guesses, strict=True)
            ]
            _line(f"both, from {least}", found, told)
            added = [(e, t) for e, t, word in zip(found, told, by_words, strict=True) if t and not word]
            right = sum(t in e.meant for e, t in added)
            print(f"      added {len(added)}, of them right {right / max(1, len(added)):.2f}")
            if wanted.show and least == 0.7:
                for e, t in added:
                    print(f"        {'ok' if t in e.meant else '--'} {t} {e.said!r}: {e.what[:90]!r}")
        print(f"  {1000 * spent:.2f} ms an object")


def _line(name: str, found: list[Entry], told: list[str | None]) -> None:
    some = [(e, t) for e, t in zip(found, told, strict=True) if t]
    right = sum(t in e.meant for e, t in some)
    clear = sum(bool(e.meant) for e in found)
    print(f"  {name:16} told {len(some)}, right {right / max(1, len(some)):.3f}, found {right / max(1, clear):.3f}")


if __name__ == "__main__":
    main()
