"""Score an export of the ledger against hand-made gold. Standard library only.

usage: python tests/support/scoring.py GOLD_DIR EXPORT_DIR [--json] [--show missed|false|wrong]

GOLD_DIR holds one JSON per report (samples/README.md states the form), EXPORT_DIR what `pledgetrail export --format
jsonl` writes. Gold entries and rows are paired one to one, the best pairs first. A commitment or encounter pairs when
its evidence overlaps and something else agrees, a figure when the value is equal. What counts:

* found: a gold entry that got a row. `optional` entries cost nothing when missed and excuse the row that hits them.
* false: a row without a gold entry, unless it only says again, in other words of the report, what a found one said.
* full: a found entry whose other cells agree as well: stage, both parties and the sum; kind and participants; measure
  and claimant.
"""

from __future__ import annotations

import argparse
import csv
import functools
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Entry = Mapping[str, Any]

KINDS = ("commitments", "encounters", "figures")
#: Evidence counts as overlapping from this share of the shorter text's words.
OVERLAP = 0.6
#: Sums and values within half a per cent are equal: rounding in conversion, not in reading.
TOLERANCE = 0.005
#: Of a row's evidence in one report so many spans count, lest a row that quotes everything matches everything.
MAX_SPANS = 5

FILLERS = frozenset(
    "a an and as at by for from has have in is it its of on or that the their this to was were will with".split()
)
TITLES = frozenset(
    "president prime minister foreign secretary general chancellor government mr mrs ms dr republic".split()
)

#: Words that tell which class of measure a gold entry's unit belongs to; the first that fits is taken.
MEASURE_WORDS = {
    "killed": "killed dead deaths died lives fatalities",
    "injured": "injured wounded",
    "missing": "missing",
    "displaced": "displaced refugees homeless fled lost returnees",
    "need": "need needed needs recovery reconstruction rebuilding clearing bill",
    "damaged": "damage damages damaged destroyed",
    "loss": "loss losses",
    "affected": "affected",
    "troops": "peacekeepers troops",
}
MONEY_MEASURES = frozenset({"damaged", "loss", "need"})


# --- words and parties -------------------------------------------------------------------------------


def fold(text: str | None) -> str:
    """Lower case, without diacritics and punctuation."""
    plain = unicodedata.normalize("NFKD", (text or "").replace("ı", "i"))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)).lower()))


def words(text: str | None) -> frozenset[str]:
    """The words of a text that carry meaning."""
    return frozenset(fold(text).split()) - FILLERS


@functools.cache
def state_codes() -> dict[str, str]:
    """Folded names of states, and of organisations with several names, to one code each."""
    with Path(__file__).with_name("parties.csv").open(encoding="utf-8", newline="") as lines:
        return {fold(row["name"]): row["code"] for row in csv.DictReader(lines)}


def keys(party: str | Entry) -> frozenset[str]:
    """Everything by which a party is recognised: its names, the code of its state, its acronym."""
    if isinstance(party, str):
        names, code = [party], None
    else:
        names = [str(party.get("name") or ""), *(party.get("aliases") or ())]
        code = party.get("country") if party.get("type") in ("state", "government body", "person", None) else None
    found = {f"code:{code}"} if code else set()
    for name in map(fold, names):
        if not name:
            continue
        bare = " ".join(word for word in name.split() if word not in TITLES)
        found |= {name, bare or name}
        found |= {f"code:{state_codes()[n]}" for n in (name, bare) if n in state_codes()}
        initials = "".join(word[0] for word in name.split() if word not in FILLERS)
        if len(initials) > 1:
            found.add(f"initials:{initials}")
        if " " not in name and len(name) <= 6:
            found.add(f"initials:{name}")
    return frozenset(found)


def same_party(one: str | Entry, other: str | Entry) -> bool:
    """Whether both name the same actor; a shorter name may be part of the longer one ("Aliyev", "Ilham Aliyev")."""
    mine, theirs = keys(one), keys(other)
    if mine & theirs:
        return True
    if any(k.startswith("code:") for k in mine) and any(k.startswith("code:") for k in theirs):
        return False
    names = [[set(k.split()) - FILLERS for k in side if ":" not in k] for side in (mine, theirs)]
    return any(
        short <= long and (len(short) > 1 or max(map(len, short)) >= 5)
        for short, long in (sorted((a, b), key=len) for a in names[0] for b in names[1])
        if short
    )


def same_parties(gold: list[str], rows: Iterable[str | Entry]) -> bool:
    """At least half of the gold's parties are there, and no more strangers than acquaintances."""
    given = list(rows)
    met = sum(any(same_party(g, r) for r in given) for g in gold)
    strangers = sum(not any(same_party(g, r) for g in gold) for r in given)
    return met * 2 >= len(gold) and met > 0 and strangers <= met


# --- values and evidence -----------------------------------------------------------------------------


def number(value: object) -> float | None:
    """The value, or the middle of a range."""
    if isinstance(value, Mapping):
        return number(value.get("value"))
    if isinstance(value, list | tuple):
        ends = [float(end) for end in value if isinstance(end, int | float)]
        return sum(ends) / len(ends) if ends else None
    return float(value) if isinstance(value, int | float) else None


def equal(one: object, other: object) -> bool:
    """Whether both are numbers, and the same within the tolerance."""
    a, b = number(one), number(other)
    return a is not None and b is not None and abs(a - b) <= TOLERANCE * max(abs(a), abs(b))


def squash(text: str | None) -> str:
    """The text with each run of white space as one space."""
    return " ".join((text or "").split())


def overlap(evidence: str, quotes: Iterable[str]) -> float:
    """Share of the shorter text's words that both have (1 if one contains the other); 0 below ``OVERLAP``."""
    gold, best = squash(evidence), 0.0
    for quote in filter(None, map(squash, quotes)):
        if gold in quote or quote in gold:
            return 1.0
        mine, theirs = words(gold), words(quote)
        shorter = min(len(mine), len(theirs))
        if shorter >= 4:
            best = max(best, len(mine & theirs) / shorter)
    return best if best >= OVERLAP else 0.0


def receivers(row: Entry) -> list[Any]:
    """Beneficiaries and channels together."""
    return [*(row.get("to") or ()), *(row.get("via") or ())]


# --- pairing -----------------------------------------------------------------------------------------


def likeness_of_commitments(gold: Entry, row: Entry) -> float:
    """How well a row fits a gold commitment; 0 for not at all."""
    shared = overlap(gold["evidence"], row["quotes"])
    by = any(same_party(g, r) for g in gold["who"] for r in row.get("by") or ())
    stage, sums = gold["stage"] == row.get("stage"), equal(gold["amount"], row.get("amount"))
    others = any(same_party(g, r) for g in gold["to"] for r in receivers(row))
    if not (shared and (by or stage or sums or others)) and not (sums and by):
        return 0.0
    contrary = gold["amount"] is not None and row.get("amount") is not None and not sums
    wording = len(words(gold["what"]) & words(row.get("what"))) / max(1, len(words(gold["what"])))
    likeness = 1 + shared + by * 0.5 + bool(stage) * 0.5 + sums * 0.75 + wording * 0.5 - contrary
    return max(0.0, float(likeness))


def likeness_of_encounters(gold: Entry, row: Entry) -> float:
    """How well a row fits a gold encounter; 0 for not at all."""
    shared = overlap(gold["evidence"], row["quotes"])
    met = sum(any(same_party(g, r) for r in row.get("participants") or ()) for g in gold["participants"])
    everybody = met >= 2 and met == len(gold["participants"])
    if not shared and not everybody:
        return 0.0
    likeness = 1 + shared + met / max(1, len(gold["participants"])) + 0.25 * (gold["kind"] == row.get("kind"))
    return float(likeness)


def likeness_of_figures(gold: Entry, row: Entry) -> float:
    """How well a row fits a gold figure: the value decides, the evidence chooses among equals."""
    return 1 + overlap(gold["evidence"], row["quotes"]) if equal(gold["value"], row.get("value")) else 0.0


LIKENESS: dict[str, Callable[[Entry, Entry], float]] = {
    "commitments": likeness_of_commitments,
    "encounters": likeness_of_encounters,
    "figures": likeness_of_figures,
}


def pairs(kind: str, gold: list[Entry], rows: list[Entry]) -> dict[int, int]:
    """Index of the gold entry to index of its row, the best fits first."""
    fits = [(LIKENESS[kind](g, r), i, j) for i, g in enumerate(gold) for j, r in enumerate(rows)]
    chosen: dict[int, int] = {}
    for likeness, i, j in sorted(fits, key=lambda fit: (-fit[0], fit[1], fit[2])):
        if likeness > 0 and i not in chosen and j not in chosen.values():
            chosen[i] = j
    return chosen


# --- judging -----------------------------------------------------------------------------------------


def measure_of(unit: str) -> str | None:
    """The class of a gold figure's unit, None when no word tells."""
    found = words(unit)
    return next((name for name, listed in MEASURE_WORDS.items() if found & set(listed.split())), None)


def wrong_cells(kind: str, gold: Entry, row: Entry) -> list[str]:
    """The cells of a paired row that disagree with the gold; none for a full row."""
    if kind == "encounters":
        checks = {
            "kind": gold["kind"] == row.get("kind"),
            "participants": same_parties(gold["participants"], row.get("participants") or ()),
        }
    elif kind == "figures":
        wanted, given = measure_of(gold["unit"]), row.get("measure_class", row.get("measure"))
        claimant, said = gold["claimed_by"], row.get("claimed_by")
        checks = {
            "measure": wanted is None or wanted == given or {wanted, given} <= MONEY_MEASURES,
            "claimed_by": claimant is None or (said is not None and same_party(claimant, said)),
        }
    else:
        by, to = list(row.get("by") or ()), receivers(row)
        mutual = gold["stage"] == "agreement" == row.get("stage")
        amount, given = gold["amount"], row.get("amount")
        both = mutual and same_parties([*gold["who"], *gold["to"]], [*by, *to])
        checks = {
            "stage": gold["stage"] == row.get("stage"),
            "by": both or not gold["who"] or same_parties(gold["who"], by),
            "to": both or not gold["to"] or same_parties(gold["to"], to),
            "amount": amount is given is None or (bool(amount and given) and equal(amount, given)),
            "currency": not (amount and given) or amount["currency"] == given.get("currency"),
        }
    return [cell for cell, right in checks.items() if not right]


def says_again(kind: str, row: Entry, gold: Entry, paired: Entry) -> bool:
    """Whether an unpaired row states, in another sentence, what the paired row of this gold entry stated."""
    if any(overlap(quote, paired["quotes"]) for quote in row["quotes"]):
        return False
    if kind == "figures":
        return equal(gold["value"], row.get("value"))
    cells = set(wrong_cells(kind, gold, row))
    if kind == "encounters" or gold["amount"] is not None:
        return not cells - {"to"}
    return not cells and len(words(gold["what"]) & words(row.get("what"))) * 2 >= len(words(gold["what"]))


@dataclass
class Score:
    """Counts for one kind of entry. ``notes`` are lines for people: (what, report, words)."""

    gold: int = 0
    found: int = 0
    full: int = 0
    false: int = 0
    notes: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the rows that are right."""
        return self.found / (self.found + self.false) if self.found + self.false else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, for finding."""
        return 2 * self.found / max(1, self.gold + self.found + self.false)

    @property
    def full_f1(self) -> float:
        """The same, for rows of which every cell agrees."""
        return 2 * self.full / max(1, self.gold + self.found + self.false)

    def summary(self) -> dict[str, float]:
        """The numbers, rounded, as a baseline keeps them."""
        counts = {name: value for name, value in asdict(self).items() if name != "notes"}
        rates = {name: round(getattr(self, name), 4) for name in ("precision", "recall", "f1", "full_f1")}
        return {**counts, **rates}


def score_report(kind: str, report: str, gold: list[Entry], rows: list[Entry], score: Score) -> None:
    """Add one report's counts and notes to ``score``."""
    chosen = pairs(kind, gold, rows)
    for i, entry in enumerate(gold):
        if entry.get("optional"):
            continue
        score.gold += 1
        if i not in chosen:
            score.notes.append(("missed", report, f"{label(entry)} | {entry['evidence']}"))
            continue
        score.found += 1
        wrong = wrong_cells(kind, entry, rows[chosen[i]])
        score.full += not wrong
        if wrong:
            score.notes.append(("wrong", report, f"{', '.join(wrong)} | {label(entry)} | {entry['evidence']}"))
    for j, row in enumerate(rows):
        if j in chosen.values() or any(says_again(kind, row, gold[i], rows[k]) for i, k in chosen.items()):
            continue
        score.false += 1
        score.notes.append(("false", report, f"{label(row)} | {' / '.join(row['quotes'])}"))


def label(entry: Entry) -> str:
    """What an entry or row is, in a word or two."""
    return str(entry.get("stage") or entry.get("kind") or entry.get("value"))


# --- files -------------------------------------------------------------------------------------------


def load_gold(folder: Path) -> dict[str, Entry]:
    """Gold by report id."""
    entries = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json")))
    return {entry["id"]: entry for entry in entries}


def read_rows(path: Path) -> Iterator[tuple[str, Entry]]:
    """(report id, row with the quotes it has there) for every row that stands, once for each report it cites."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("negated") or row.get("status") == "rejected":
            continue
        spans = row.get("evidence") or ()
        for report in dict.fromkeys(span["document"] for span in spans):
            quotes = [span["quote"] for span in spans if span["document"] == report][:MAX_SPANS]
            yield report, {**row, "quotes": quotes}


def score_export(gold_folder: Path, export_folder: Path) -> dict[str, Score]:
    """Scores by kind. Rows of reports without gold are left out. Raises FileNotFoundError for a file missing."""
    gold = load_gold(gold_folder)
    if not gold:
        raise FileNotFoundError(f"no gold in {gold_folder}")
    scores = {}
    for kind in KINDS:
        scores[kind] = Score()
        rows: dict[str, list[Entry]] = {report: [] for report in gold}
        for report, row in read_rows(export_folder / f"{kind}.jsonl"):
            rows.setdefault(report, []).append(row)
        for report, entry in gold.items():
            score_report(kind, report, entry[kind], rows[report], scores[kind])
    return scores


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns 0, or 2 when a folder or file is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("export", type=Path)
    parser.add_argument("--json", action="store_true", help="print the numbers as one JSON object")
    parser.add_argument("--show", choices=("missed", "false", "wrong"), help="list these cases first")
    options = parser.parse_args(arguments)
    try:
        scores = score_export(options.gold, options.export)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    for kind, score in scores.items():
        for what, report, text in score.notes:
            if what == options.show:
                print(f"{what} {kind} {report}: {text}")
    if options.json:
        print(json.dumps({kind: score.summary() for kind, score in scores.items()}))
        return 0
    for kind, score in scores.items():
        print(
            f"{kind:12} gold {score.gold:4}  P {score.precision:.3f}  R {score.recall:.3f}"
            f"  F1 {score.f1:.3f}  full-row F1 {score.full_f1:.3f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
