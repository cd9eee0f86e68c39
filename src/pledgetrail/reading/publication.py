"""The day a report was published, where its own lines say so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pledgetrail.reading import boilerplate, dates, lexicon
from pledgetrail.reading.lines import Stretch, cut, fold, is_prose

_LONGEST: Final = 260  # code points of a line that is looked at
_HEAD_LINES: Final = 14
_TIME: Final = re.compile(
    r"\b\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.|hrs|h)?\b"
    r"|\b\d{4}\s?(?:hrs|gmt|utc|z)\b|[+-]\d{2}:?\d{2}\b",
    re.IGNORECASE,
)
_RUN_ON: Final = 450  # code points of a report in one paragraph among which its head stands
_HEAD_CAPITALS: Final = 0.55  # share of capitalised words before a date from which they are a head, not a sentence
_CLOSED: Final = re.compile(r"[.!?]\s+")
_RANGE: Final = re.compile(r"\d\s*[–—-]\s*\Z")
_SIGNATURE: Final = re.compile(r"[\s(]*(?:[^\W\d_a-zß-öø-ÿ][\w.'’-]*[\s,:–-]*){0,3}")  # a place, a weekday
_LAST_WORD: Final = re.compile(r"([^\W\d_]+)\W*\Z")
_WEEKDAY_BEFORE: Final = re.compile(r"([^\W\d_]+)[,.\s]{0,3}\Z")


@dataclass(frozen=True, slots=True)
class Stated:
    """A publication date that the text states, with its offsets in the text. The lowest rank is believed."""

    start: int
    end: int
    edtf: str
    rank: int


def part_head(stretches: Sequence[Stretch], text: str, title: str | None) -> list[Stretch]:
    """Cut a date off the end (or start) of a short line of the head: "Media statement - 22 February 2000"."""
    wanted = fold(title) if title else ""
    parted: list[Stretch] = []
    for index, stretch in enumerate(stretches):
        at = None
        if index < _HEAD_LINES and stretch.key != wanted and _may_close_with_date(stretch):
            follows = index + 1 < len(stretches) and stretches[index + 1].text[:1].islower()
            at = None if follows else _cut_before(stretch.text)
        if at is not None:
            parted.extend(cut(stretch, text, stretch.start + at))
        else:
            parted.append(stretch)
    return parted


def _may_close_with_date(stretch: Stretch) -> bool:
    """Short, no paragraph, and no signature of a quoted post (which starts with a dash)."""
    return len(stretch.text) <= _LONGEST and not is_prose(stretch) and stretch.text[0] != "—"


def _cut_before(line: str) -> int | None:
    """Where a closing date begins in a line that says something else before it."""
    found = dates.find(line)
    if not found:
        return None
    last = found[-1]
    if _beside(line[last.end :]) or not _beside(line[: last.start]):
        return None
    start = last.start
    while (before := _WEEKDAY_BEFORE.search(line, 0, start)) and before.group(1).lower() in lexicon.dates().weekdays:
        start = before.start()
    word = _LAST_WORD.search(line, 0, start)
    month_only = len(last.edtf) < 10
    if word and word.group(1).lower() in lexicon.dates().inside:
        return None
    if month_only and not line[:start].rstrip().endswith((",", "|", "-", "–", "—", "(", "·")):
        return None
    label = fold(line[:start])
    if label in lexicon.dates().published or label in lexicon.dates().updated:
        return None
    return start if line[:start].strip() else None


def _beside(words: str) -> list[str]:
    """Words of a line that have nothing to do with its date."""
    lexis = lexicon.dates()
    rest = fold(_TIME.sub(" ", words)).split()
    known = lexis.beside | lexis.weekdays.keys()
    single = {w for label in lexis.published | lexis.updated for w in label.split()}
    return [w for w in rest if w not in known and w not in single and not (w.isdigit() and len(w) <= 2)]


def label(stretches: Sequence[Stretch]) -> None:
    """Mark lines that are nothing but a date, with or without its label, and labels whose date is in the next line."""
    for stretch in stretches:
        if not stretch.free or len(stretch.text) > _LONGEST or stretch.words > 24:
            continue
        if (kind := _label_kind(stretch.key)) and stretch.text.rstrip().endswith(":"):
            stretch.mark("date", f"label: {kind}")
            continue
        if not any(map(str.isdigit, stretch.text)):
            continue
        found = dates.find(stretch.text)
        if found and not _beside("".join(_outside(stretch.text, found))):
            stretch.mark("date", "a date alone")


def _outside(line: str, found: Sequence[dates.Found]) -> list[str]:
    pieces, at = [], 0
    for date in found:
        pieces.append(line[at : date.start] + " ")
        at = date.end
    return [*pieces, line[at:]]


def _label_kind(key: str) -> str:
    lexis = lexicon.dates()
    if key in lexis.published:
        return "published"
    return "updated" if key in lexis.updated else ""


def stated(stretches: Sequence[Stretch], first_prose: int, last_prose: int) -> list[Stated]:
    """The publication dates that lines of the head and foot state, the most believable first."""
    found: list[Stated] = []
    above = ""
    for index, stretch in enumerate(stretches):
        if stretch.kind != "date":
            if index < first_prose and index < _HEAD_LINES:
                found.extend(_among(stretch))
            elif index == first_prose:
                found.extend(_run_on(stretch))
            if index >= last_prose and (stretch.kind in (None, "heading") or stretch.rule == boilerplate.RULE):
                found.extend(_signed(stretch))
            if stretch.rule != "no words":
                above = ""
            continue
        if stretch.rule.startswith("label: "):
            above = stretch.rule.removeprefix("label: ")
            continue
        in_head, in_foot = index <= first_prose + 8, index > last_prose
        before = 0
        for date in dates.find(stretch.text):
            said = _said(stretch.text[before : date.start]) or above
            before, above = date.end, ""
            if not said and not in_head and not in_foot:
                continue
            rank = {"published": 0, "updated": 5}.get(said, 1 if in_head else 4)
            rank += 3 if len(date.edtf) < 10 else 0
            found.append(Stated(stretch.start + date.start, stretch.start + date.end, date.edtf, rank))
    return sorted(found, key=lambda s: (s.rank, -len(s.edtf)))


def _among(stretch: Stretch) -> list[Stated]:
    """The day in a line of the head that says other things too ("Member for Hume 9 May 2013 Media release 12")."""
    if stretch.kind == "title" or len(stretch.text) > 2 * _LONGEST:
        return []
    found = []
    for date in dates.find(stretch.text):
        word = _LAST_WORD.search(stretch.text, 0, date.start)
        if len(date.edtf) == 10 and not (word and word.group(1).lower() in lexicon.dates().inside):
            found.append(Stated(stretch.start + date.start, stretch.start + date.end, date.edtf, 2))
    return found


def _run_on(stretch: Stretch) -> list[Stated]:
    """The day in a head that runs on into the report ("Member for Hume 9 May 2013 Help for Arden ...")."""
    found = []
    for date in dates.find(stretch.text[:_RUN_ON]):
        before = stretch.text[: date.start]
        words = [w for w in before.split() if w[:1].isalpha() and len(w) > 3]
        last = _LAST_WORD.search(before)
        sentence = bool(_RANGE.search(before)) or (len(before) > 150 and _CLOSED.search(before) is not None)
        sentence = sentence or (last is not None and last.group(1).lower() in lexicon.dates().inside)
        capitals = sum(w[:1].isupper() for w in words)
        if len(date.edtf) == 10 and len(words) >= 2 and not sentence and capitals >= _HEAD_CAPITALS * len(words):
            found.append(Stated(stretch.start + date.start, stretch.start + date.end, date.edtf, 2))
    return found[:1]


def _signed(stretch: Stretch) -> list[Stated]:
    """The day below a report, or behind its last sentence, with a place or weekday at most ("CANBERRA 3 May 1991")."""
    found = []
    for date in dates.find(stretch.text):
        closed = [m.end() for m in _CLOSED.finditer(stretch.text, 0, date.start)]
        before = stretch.text[closed[-1] if closed else 0 : date.start]
        alone = not stretch.text[date.end :].strip(" .")
        plain = _SIGNATURE.fullmatch(before) is not None and (alone or before.isupper())
        if len(date.edtf) == 10 and plain and (before.strip() or alone):
            found.append(Stated(stretch.start + date.start, stretch.start + date.end, date.edtf, 4))
    return found


def _said(words: str) -> str:
    key = f" {fold(words)} "
    lexis = lexicon.dates()
    for name, labels in (("updated", lexis.updated), ("published", lexis.published)):
        if any(f" {known} " in key for known in labels):
            return name
    return ""


def from_dateline(rest: str, offset: int) -> list[Stated]:
    """The date with a year that a dateline holds, if any; ``offset`` is where ``rest`` starts in the text."""
    return [Stated(offset + d.start, offset + d.end, d.edtf, 3) for d in dates.find(rest)[:1]]
