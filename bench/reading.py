#!/usr/bin/env python3
"""Compare what is read of web pages with what trafilatura and htmldate read alone, and how fast, in one run.

usage: reading.py [PAGES] [--repeat N] [--limit RATIO] [--show]

PAGES is a folder of .html files with a gold.json that says for each of them (by its name without suffix) the paragraphs
of its main text and, where the page says so, title, outlet, author and published; default tests/sources/pages.
Both sides start from the bytes of each page and take turns, the other one first in every second round. Words are
compared as bags: recall is the share of the gold text's words that were kept, precision that of kept words that are
of it.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from htmldate import find_date
from trafilatura import bare_extraction

from pledgetrail.reading import read
from pledgetrail.reading.dates import from_metadata
from pledgetrail.records import Document, RawReport
from pledgetrail.sources import Limits
from pledgetrail.sources.pages import report_from_page

ROOT = Path(__file__).resolve().parent.parent
WORD = re.compile(r"\w+")

#: Blocks that are the report itself, as against what reading takes for the page's own.
OF_THE_REPORT = ("body", "dateline", "agency", "heading", "caption", "repeat")


@dataclass(frozen=True)
class Page:
    """A page and what is to be read of it."""

    name: str
    data: bytes
    gold: Mapping[str, Any]


def pages(folder: Path) -> list[Page]:
    """The pages that the folder's gold.json names."""
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    return [Page(name, (folder / f"{name}.html").read_bytes(), its) for name, its in sorted(gold.items())]


def alone(page: Page) -> str:
    """The main text that trafilatura takes by itself."""
    found = bare_extraction(page.data, include_comments=False)
    return getattr(found, "text", None) or ""


def ours(page: Page) -> RawReport | None:
    """The report that is made of the page."""
    report = report_from_page(page.data, source=page.name, id=page.name, limits=Limits())
    return report if isinstance(report, RawReport) else None


# --- what is read ------------------------------------------------------------------------------------


def words(text: str) -> Counter[str]:
    """The words of a text with how often each stands in it."""
    return Counter(WORD.findall(text.casefold()))


def overlap(found: Iterable[tuple[str, Page]]) -> tuple[float, float, float]:
    """Recall, precision and F1 of texts against the pages' gold, over all words."""
    both = kept = wanted = 0
    for text, page in found:
        one, other = words(text), words("\n".join(page.gold["text"]))
        both, kept, wanted = both + (one & other).total(), kept + one.total(), wanted + other.total()
    recall, precision = both / wanted, both / max(1, kept)
    return recall, precision, 2 * recall * precision / max(1e-9, recall + precision)


def verdict(found: str | None, gold: str | None) -> str:
    """Whether a value is right, wrong, missing, or given although the page has none ("invented")."""
    if found == gold:
        return "right"
    return "missing" if found is None else "wrong" if gold else "invented"


def body(document: Document) -> str:
    """The text of the blocks that are the report."""
    return "\n".join(document.text[b.start : b.end] for b in document.blocks if b.kind in OF_THE_REPORT)


def compare(found: list[Page], show: bool) -> None:
    """Print how well each side reads."""
    reports = [(ours(page), page) for page in found]
    documents = [(read(report) if report else None, page) for report, page in reports]
    texts = {
        "trafilatura alone": [(alone(page), page) for page in found],
        "pledgetrail, as extracted": [(report.text if report else "", page) for report, page in reports],
        "pledgetrail, after reading": [(body(document) if document else "", page) for document, page in documents],
    }
    print(f"{len(found)} pages\n\nmain text                   recall  precision     F1")
    for side, its in texts.items():
        print("{:<26} {:>7.3f} {:>10.3f} {:>6.3f}".format(side, *overlap(its)))
        if show:
            for text, page in its:
                recall, precision, _ = overlap([(text, page)])
                if recall < 1 or precision < 0.9:
                    print(f"    {page.name}: recall {recall:.3f}, precision {precision:.3f}")
    days = {
        "htmldate alone": [(find_date(page.data, original_date=True), page) for page in found],
        "pledgetrail, of the page": [(_day(report), page) for report, page in reports],
        "pledgetrail, of the report": [
            (document.published if document else None, page) for document, page in documents
        ],
    }
    print("\npublication day             right  wrong  missing  invented")
    for side, dated in days.items():
        tally(side, dated, "published", show)
    print("\nwhat the page says          right  wrong  missing  invented")
    for field in ("title", "outlet", "author", "section", "language", "url"):
        tally(field, [(getattr(report, field, None), page) for report, page in reports], field, show)


def _day(report: RawReport | None) -> str | None:
    """The day that a report's page gives, or is thought to mean."""
    given = (report.published or report.guessed) if report else None
    return from_metadata(given) if given else None


def tally(side: str, found: list[tuple[str | None, Page]], field: str, show: bool) -> None:
    """Print how often a value is right, and the other cases by name if asked."""
    verdicts = [(verdict(value, page.gold.get(field)), value, page) for value, page in found]
    counted = Counter(name for name, _, _ in verdicts)
    numbers = [counted[name] for name in ("right", "wrong", "missing", "invented")]
    print("{:<26} {:>6} {:>6} {:>8} {:>9}".format(side, *numbers))
    if show:
        for name, value, page in verdicts:
            if name != "right":
                print(f"    {page.name}: {name}: {value!r}, not {page.gold.get(field)!r}")


# --- how fast ----------------------------------------------------------------------------------------


def seconds(work: Callable[[Page], object], found: list[Page]) -> float:
    """How long a side takes for all pages."""
    began = time.perf_counter()
    for page in found:
        work(page)
    return time.perf_counter() - began


def race(found: list[Page], repeat: int) -> float:
    """Print the pages per second of both sides; the ratio of ours to trafilatura's, of the medians."""
    sides: dict[str, Callable[[Page], object]] = {"trafilatura alone": alone, "pledgetrail, as extracted": ours}
    taken: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(repeat):
        for side in list(sides) if number % 2 else list(sides)[::-1]:
            taken[side].append(seconds(sides[side], found))
    print(f"\npages per second            median   best of {repeat}")
    rates = {side: len(found) / statistics.median(its) for side, its in taken.items()}
    for side, its in taken.items():
        print(f"{side:<26} {rates[side]:>7.1f} {len(found) / min(its):>11.1f}")
    ratio = rates["pledgetrail, as extracted"] / rates["trafilatura alone"]
    print(f"pledgetrail / trafilatura alone: {ratio:.2f}")
    return ratio


def main() -> int:
    """Compare, then race; exit code 1 if the ratio is below the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="?", type=Path, default=ROOT / "tests" / "sources" / "pages")
    parser.add_argument("--repeat", type=int, default=6, help="rounds of the race; 0: none")
    parser.add_argument("--limit", type=float, help="lowest ratio of pages per second that is no failure")
    parser.add_argument("--show", action="store_true", help="name the pages that are not read right")
    options = parser.parse_args()
    for library in ("trafilatura", "htmldate"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    found = pages(options.pages)
    compare(found, options.show)
    if options.repeat:
        ratio = race(found, options.repeat)
        if options.limit and ratio < options.limit:
            print(f"below the limit of {options.limit}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
