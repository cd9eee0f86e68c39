"""Score how reading tells the lines of a report from those of the page around it.

usage: python scripts/score_lines.py ../shared/lines/news_lines.jsonl [--show false|missed] [--half tuned|held]

Each record is a page as lines, with ``keep`` 1 for a line of the report and 0 for one of the page. The lines are joined
to one text, which is read as any text is; a line is kept if most of it lies in a paragraph or heading of the body. A
kept line is the positive. Pages are parted by a hash of their host: on the half "tuned" the features were chosen. The
shipped weights were fitted on both; ``fit_lines.py --folds 5`` tells how well unseen pages are read. Beside it stands
the rule of the C4 corpus: a line is kept of five words or more that ends in a terminal mark. Without the file the
script says so and ends well: it is no part of the repository.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pledgetrail.reading import read
from pledgetrail.records import RawReport

KEPT = frozenset({"body", "heading"})
HALVES = ("tuned", "held")


@dataclass(frozen=True)
class Page:
    """A page as lines, and for each whether it belongs to the report."""

    id: str
    host: str
    lines: list[str]
    keep: list[int]

    @property
    def text(self) -> str:
        """The lines joined."""
        return "\n".join(self.lines)

    def spans(self) -> list[tuple[int, int, int]]:
        """Start and end of each line in the text, and its right answer."""
        found, at = [], 0
        for line, keep in zip(self.lines, self.keep, strict=True):
            found.append((at, at + len(line), keep))
            at += len(line) + 1
        return found


def read_pages(path: Path) -> Iterator[Page]:
    """The pages of a file, one a line."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield Page(record["id"], urlsplit(record["url"]).netloc, record["lines"], record["keep"])


def half(host: str) -> str:
    """Which half a page belongs to. Pages of one host are never parted."""
    return HALVES[hashlib.sha256(host.encode()).digest()[-1] % 2]


@dataclass
class Counts:
    """Lines by answer and judgement, in all and a page; words likewise."""

    hits: int = 0
    false: int = 0
    missed: int = 0
    words: Counter[str] = field(default_factory=Counter)
    pages: list[float] = field(default_factory=list)

    def add(self, page: Page, judged: Sequence[bool]) -> None:
        """Count a page, of whose lines ``judged`` says which are kept."""
        here: Counter[str] = Counter()
        for line, keep, kept in zip(page.lines, page.keep, judged, strict=True):
            name = "hits" if keep and kept else "false" if kept else "missed" if keep else "dropped"
            here[name] += 1
            self.words[name] += len(line.split())
        self.hits += here["hits"]
        self.false += here["false"]
        self.missed += here["missed"]
        self.pages.append(f1(here["hits"], here["false"], here["missed"]))

    def __str__(self) -> str:
        precision = self.hits / max(1, self.hits + self.false)
        recall = self.hits / max(1, self.hits + self.missed)
        words = f1(self.words["hits"], self.words["false"], self.words["missed"])
        mean = sum(self.pages) / max(1, len(self.pages))
        whole = f1(self.hits, self.false, self.missed)
        return f"P {precision:.3f}  R {recall:.3f}  F1 {whole:.3f}  mean of pages {mean:.3f}  by words {words:.3f}"


def f1(hits: int, false: int, missed: int) -> float:
    """F1; 1 where there is nothing to find and nothing was found."""
    return 2 * hits / (2 * hits + false + missed) if hits + false + missed else 1.0


def reasons(page: Page) -> list[tuple[str, str]]:
    """For each line the kind and rule of the block that holds most of it."""
    document = read(RawReport(id=page.id, source="", text=page.text, content_sha256=""))
    found = []
    blocks = list(document.blocks)
    first = 0
    for start, end, _ in page.spans():
        while first < len(blocks) and blocks[first].end <= start:
            first += 1
        cover: Counter[tuple[str, str]] = Counter()
        for block in blocks[first:]:
            if block.start >= end:
                break
            cover[block.kind, block.rule] += min(end, block.end) - max(start, block.start)
        found.append(cover.most_common(1)[0][0] if cover else ("chrome", "blank"))
    return found


def verdicts(page: Page) -> list[bool]:
    """For each line whether reading keeps it."""
    return [kind in KEPT for kind, _ in reasons(page)]


def c4(line: str) -> bool:
    """Raffel and others 2020, section 2.2: a terminal punctuation mark, and at least five words."""
    return line.rstrip().endswith((".", "!", "?", '"', "”", "…")) and len(line.split()) >= 5


def main() -> int:
    """Print the scores of both halves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--show", choices=("false", "missed"))
    parser.add_argument("--half", choices=HALVES)
    wanted = parser.parse_args()
    if not wanted.lines.is_file():
        print(f"skipped: there are no lines at {wanted.lines}", file=sys.stderr)
        return 0
    pages = list(read_pages(wanted.lines))
    for name in [wanted.half] if wanted.half else HALVES:
        ours, theirs, kinds = Counts(), Counts(), Counter[str]()
        mine = [page for page in pages if half(page.host) == name]
        for page in mine:
            judged = reasons(page)
            ours.add(page, [kind in KEPT for kind, _ in judged])
            theirs.add(page, [c4(line) for line in page.lines])
            for line, keep, (kind, rule) in zip(page.lines, page.keep, judged, strict=True):
                error = "missed" if keep and kind not in KEPT else "false" if not keep and kind in KEPT else None
                if error:
                    kinds[f"{error}: {kind}, {rule.partition(':')[0]}"] += 1
                    if error == wanted.show:
                        print(f"{page.id}\t{kind}\t{rule}\t{line[:160]}")
        lines, kept = sum(len(p.lines) for p in mine), sum(sum(p.keep) for p in mine)
        print(f"{name} ({len(mine)} pages, {lines:,} lines, {kept:,} kept)")
        print(f"  reading  {ours}")
        print(f"  C4 rule  {theirs}")
        for error, number in kinds.most_common(12):
            print(f"    {number:5}  {error}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
