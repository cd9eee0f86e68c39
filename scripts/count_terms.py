"""Count in how many reports each term stands, for the digests that stories are found by.

usage: python scripts/count_terms.py ../shared/unlabelled/docs.jsonl ../shared/train/docs.jsonl

Reads the reports as a build does and writes ``src/pledgetrail/resolution/data/term_documents.tsv``: a line for each
term that stands in at least three reports, with their number; the empty term has the number of all reports. Only these
counts are kept of the reports. Identical texts are counted once.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport
from pledgetrail.resolution.storylines.terms import tally

TABLE = Path(__file__).parent.parent / "src/pledgetrail/resolution/data/term_documents.tsv"
FEWEST = 3

HEAD = "# Reports in which a term stands, of all that were counted (the first line). Made by scripts/count_terms.py\n"


def documents(paths: Sequence[Path]) -> Iterator[Document]:
    """The documents of the files, each text once."""
    seen: set[str] = set()
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                document = read(
                    RawReport(
                        id=str(record["id"]), source=str(path), text=record["text"], content_sha256="",
                        title=record.get("title"), published=record.get("published"),
                    )
                )  # fmt: skip
                if document.text_sha256 not in seen:
                    seen.add(document.text_sha256)
                    yield document


def main() -> None:
    """Count and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, nargs="+")
    reports, counts = 0, Counter[str]()
    for document in documents(parser.parse_args().reports):
        reports += 1
        counts.update(tally(document).keys())
    kept = sorted((term, count) for term, count in counts.items() if count >= FEWEST)
    lines = [f"\t{reports}", *(f"{term}\t{count}" for term, count in kept)]
    TABLE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{reports} reports, {len(kept)} of {len(counts)} terms, {TABLE.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
