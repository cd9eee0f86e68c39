"""Score the dating of reports without a date, by hiding the dates of reports that have one.

usage: python scripts/score_dating.py FILE.jsonl ... [--hide 6] [--times 3] [--half tuned|held] [--show N]
       python scripts/score_dating.py FILE.jsonl ... --lead
       python scripts/score_dating.py FILE.jsonl ... --count src/pledgetrail/resolution/data/telling_terms.csv

Each record has ``id``, ``text`` and ``published``, and perhaps ``title`` and ``outlet``. One report in ``--hide`` (by a
hash of its id) loses its date, in ``--times`` drawings; what ``resolution.dates.dating`` says of it is right if its
true day lies in the interval given. Intervals of more than a year and a bit are no answer and counted apart, as are
those of two weeks at most. The hidden reports are parted in two halves by another hash: thresholds were chosen on
"tuned".

``--lead`` counts how many days after the weekday of their lead dated reports came out. ``--count`` writes the shares of
terms that ``resolution.dates.tellings`` weighs by. Without its files the script says so and ends well: they are no part
of the repository.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport
from pledgetrail.resolution.dates.clues import Clues, clues, days_named, sentences
from pledgetrail.resolution.dates.dating import Dating, date_reports
from pledgetrail.resolution.dates.tellings import terms

_LONGEST, _SHORT = 400, 14
_LEAST = 1.0  # per mille of tellings from which a term is worth a line


def documents_of(paths: Sequence[Path]) -> Iterator[Document]:
    """The reports in the files, read."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield read(_raw(json.loads(line)))


def _raw(record: dict[str, str | None]) -> RawReport:
    return RawReport(
        id=str(record["id"]),
        source="",
        text=record["text"] or "",
        content_sha256="",
        title=record.get("title"),
        outlet=record.get("outlet"),
        published=record.get("published"),
    )


def hidden(found: Clues) -> Clues:
    """The same report without its date."""
    return replace(found, dated=False, earliest=None, latest=None)


def _day(found: Clues) -> dt.date | None:
    return found.earliest if found.earliest == found.latest else None


def score(reports: Sequence[Clues], share: int, times: int, half: str | None, show: int) -> None:
    """Print how many hidden days lie in the interval given."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: list[tuple[dt.date, Dating]] = []
    for drawing in range(times):
        asked = {c.document: _day(c) for c in reports if _hash(f"{drawing}{c.document}") % share == 0}
        result = date_reports(hidden(c) if asked.get(c.document) else c for c in reports)
        for document, day in sorted(asked.items()):
            if day is None or (half and half != ("held" if _hash(f"half{document}") % 2 else "tuned")):
                continue
            counts["reports"]["asked"] += 1
            dating = result.get(document)
            if dating is None:
                continue
            counts["reports"]["contradicted"] += bool(dating.contradictions)
            right = (dating.earliest or day) <= day <= (dating.latest or day)
            for name in _kinds(dating, day):
                counts[name]["right" if right else "wrong"] += 1
            if not right:
                wrong.append((day, dating))
    print(dict(counts.pop("reports")))
    for name, count in sorted(counts.items()):
        print(f"  {name:36}{count['right']}/{count.total()} right, {count['right'] / count.total():.3f}")
    for day, dating in wrong[:show]:
        print(f"\n{dating.document}: truly {day}, dated {dating.earliest}/{dating.latest} ({dating.basis})")
        for step in dating.chain:
            print(f"    {step.document} {step.words}: {step.quote!r}")


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


def _kinds(dating: Dating, day: dt.date) -> Iterator[str]:
    length = (dating.latest - dating.earliest).days if dating.earliest and dating.latest else _LONGEST + 1
    if length > _LONGEST:
        yield "a first day alone (stated)" if dating.basis == "stated" else "a first day alone (siblings)"
        return
    yield "interval"
    yield "interval of two weeks at most" if length <= _SHORT else "longer interval"
    if length <= 2:
        yield "interval of three days at most"
    if dating.edtf and len(dating.edtf) == 10:
        yield "day named" if dating.edtf == day.isoformat() else "day named, but out later"


def lead(reports: Sequence[Clues]) -> None:
    """Print how many days after the first weekday they name reports came out, by paragraph and times it is named."""
    table: dict[tuple[str, int, int], Counter[int]] = defaultdict(Counter)
    by_weekday: dict[int, Counter[int]] = defaultdict(Counter)
    for report in reports:
        day = _day(report)
        bare = [t for t in report.tellings if t.when and t.when.weekday is not None and t.when.month is None]
        if not day or not bare or not bare[0].when or bare[0].side != "past" or bare[0].when.shift is not None:
            continue
        weekday = bare[0].when.weekday or 0
        same = [t for t in bare if t.when == bare[0].when and t.side == "past"]
        later = (day.weekday() - weekday) % 7
        table["office" if report.office else "outlet", min(bare[0].paragraph, 4), min(len(same), 4)][later] += 1
        if not report.office and bare[0].paragraph == 0:
            by_weekday[weekday][later] += 1
    for (kind, paragraph, times), count in sorted(table.items()):
        print(f"{kind}, paragraph {paragraph}, named {times}: {_shares(count)}")
    for weekday, count in sorted(by_weekday.items()):
        print(f"weekday {weekday} (0 is Monday) in an outlet's first paragraph: {_shares(count)}")


def _shares(count: Counter[int]) -> str:
    total = count.total()
    days = " ".join(f"+{later} {times}" for later, times in sorted(count.items()))
    return f"{total:5} reports, {(count[0] + count[1]) / total:.3f} on the day or the next; {days}"


def count_terms(documents: Iterable[Document], out: Path) -> None:
    """Write in how many of a thousand sentences that name a day each term stands."""
    counts: Counter[str] = Counter()
    total = 0
    for document in documents:
        for _, start, end in sentences(document):
            if days_named(text := document.text[start:end]):
                counts.update(terms(text))
                total += 1
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("term", "per_mille"))
        for term, times in sorted(counts.items()):
            if (share := 1000 * times / total) >= _LEAST:
                writer.writerow((term, f"{share:.1f}"))


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--hide", type=int, default=6)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--half", choices=("tuned", "held"))
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--lead", action="store_true")
    parser.add_argument("--count", type=Path)
    asked = parser.parse_args()
    if absent := [path for path in asked.files if not path.is_file()]:
        print(f"skipped: {absent[0]} is not there")
        return 0
    documents = documents_of(asked.files)
    if asked.count:
        count_terms(documents, asked.count)
        return 0
    reports = [clues(document) for document in documents]  # without acts: for which states people stand is left out
    if asked.lead:
        lead(reports)
    else:
        score(reports, asked.hide, asked.times, asked.half, asked.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
