"""Write the measured scores into the README and docs/reference/accuracy.md, between their markers.

usage: python scripts/report_scores.py --shared FOLDER --export DIR

The scores of the bundled reports are those of samples/baseline.json. DIR is the export of a ledger of
FOLDER/dev/docs.jsonl, which FOLDER/score/score.py scores against FOLDER/dev/gold.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pledgetrail import __version__

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("commitments", "encounters", "figures")
BEGIN, END = "<!-- scores: written by scripts/report_scores.py -->", "<!-- end of scores -->"

Scores = Mapping[str, Mapping[str, float]]


def table(bundled: Scores, others: Scores, documents: Mapping[str, int]) -> Iterator[str]:
    """The lines of the table; the two scorers name the full-row F1 differently."""
    yield "| | | in the gold | precision | recall | F1 | full-row F1 |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for name, scores, full in (("bundled reports", bundled, "full_f1"), ("other reports", others, "full_row_f1")):
        for number, kind in enumerate(KINDS):
            score = scores[kind]
            rates = (score["precision"], score["recall"], score["f1"], score[full])
            cells = " | ".join(f"{rate:.2f}" for rate in rates)
            yield f"| {f'{documents[name]} {name}' if not number else ''} | {kind} | {score['gold']:.0f} | {cells} |"


def cells(others: Scores) -> Iterator[str]:
    """The lines of the table of single cells, as far as the scorer tells them."""
    yield "| other reports | cell | accuracy |"
    yield "|---|---|---:|"
    for kind in KINDS:
        for name, value in others[kind].items():
            cell, measured, stated = name.partition("_accuracy")
            if measured:
                yield f"| {kind} | `{cell}`{', when stated' if stated else ''} | {value:.2f} |"


def put(page: Path, lines: list[str]) -> None:
    """Replace what is between the markers of a page. Raises ValueError if it has none."""
    text = page.read_text(encoding="utf-8")
    found = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
    if len(found.findall(text)) != 1:
        raise ValueError(f"{page} must have the markers of the scores once")
    written = "\n".join([BEGIN, *lines, END])
    page.write_text(found.sub(lambda _: written, text), encoding="utf-8")


def main() -> None:
    """Score, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--export", type=Path, required=True)
    options = parser.parse_args()
    command = [sys.executable, options.shared / "score" / "score.py", options.shared / "dev" / "gold", options.export]
    others = json.loads(subprocess.run([*command, "--json"], check=True, capture_output=True, text=True).stdout)
    bundled = json.loads((ROOT / "samples" / "baseline.json").read_text(encoding="utf-8"))
    documents = {
        "bundled reports": len(list((ROOT / "samples" / "gold").glob("*.json"))),
        "other reports": others.pop("documents"),
    }
    scores = list(table(bundled, others, documents))
    put(ROOT / "README.md", scores)
    put(ROOT / "docs" / "reference" / "accuracy.md", [f"Version {__version__}.", "", *scores, "", *cells(others)])
    print("\n".join(scores))


if __name__ == "__main__":
    main()
