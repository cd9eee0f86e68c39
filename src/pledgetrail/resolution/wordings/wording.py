"""How each source names what is contested: liberated or occupied, martyred or killed, Artsakh or Karabakh.

The lexicon says which words name one thing (lexicon.py). Here they are found in reports, with whose words they are: the
report's own, a quotation's, or words that the report holds at a distance with quotation marks. No side is taken.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

from pledgetrail.language.forms import Finder, fold, fold_lower
from pledgetrail.language.gazetteer import find
from pledgetrail.language.lexicon import load
from pledgetrail.language.speech import find_quotes
from pledgetrail.reading import normalise
from pledgetrail.records import Document, Span
from pledgetrail.resolution.disputes.claims import Report
from pledgetrail.resolution.wordings.lexicon import Lexicon, Near, Topic, shipped

#: Kinds of block that hold the report's own words.
_READ: Final = frozenset({"title", "body", "heading"})
#: So many words before or after a term count as near it.
_WORDS_NEAR: Final = 5
#: A quotation of so few words is one that the report holds at a distance.
_MARKED: Final = 4
#: A report is about the cases that its first blocks, headline and opening, name so often.
_OPENING: Final = 2
_ABOUT: Final = 2
#: A sentence shown as evidence is cut to so many letters on either side of the term.
_SHOWN: Final = 300
#: Namings shown for each line of a table.
EVIDENCE: Final = 3

_SENTENCE: Final = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])|\n\s*\n")
_PLACES: Final = frozenset({"state", "capital", "region", "city"})
#: A word of a name; a point belongs to it in initials and short titles only ("J. R.", "Gov.").
_PART: Final = r"(?:(?:[A-Z]\.)+|[A-Z]\w{1,3}\.(?=\s+[A-Z])|[A-Z][\w'-]*)"
_NAME: Final = rf"(?:(?:the|a|an)\s+)?{_PART}(?:\s+(?:of|for|the|al|and|{_PART})){{0,7}}"

Voice = Literal["own", "quoted", "marked"]


@dataclass(frozen=True, slots=True)
class Naming:
    """A term in a report: ``text[span.start:span.end] == span.quote``, and the sentence around it."""

    document: str
    topic: str
    kind: str
    term: str
    span: Span
    sentence: Span
    voice: Voice
    speaker: str | None = None  # the words that name who is quoted, where they stand beside the quotation


@dataclass(frozen=True, slots=True)
class TableRow:
    """How often a source uses a term: in how many reports and independent texts, and in whose words."""

    topic: str
    kind: str
    source: str
    term: str
    documents: int
    origins: int
    own: int  # reports that use it in their own voice
    quoted: int
    marked: int
    evidence: tuple[Naming, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    """What is looked for: form -> (topic, term) for names, (topic, None) for covers; form -> cases."""

    finder: Finder
    forms: tuple[str, ...]
    named: Mapping[str, tuple[tuple[str, int, int | None], ...]]  # folded form as written, topic, term
    cases: Mapping[str, tuple[tuple[str, str], ...]]  # folded form as written, case


@lru_cache(maxsize=4)
def _index(lexicon: Lexicon) -> _Index:
    named: dict[str, list[tuple[str, int, int | None]]] = defaultdict(list)
    for t, topic in enumerate(lexicon.topics):
        for n, term in enumerate(topic.terms):
            for form in term.forms:
                named[fold_lower(form)].append((fold(form), t, n))
        for form in topic.covers:
            named[fold_lower(form)].append((fold(form), t, None))
    cases: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for case in lexicon.cases.values():
        for form in case.names:
            cases[fold_lower(form)].append((fold(form), case.name))
    forms = tuple(sorted({*named, *cases}))
    return _Index(
        Finder(forms),
        forms,
        {form: tuple(found) for form, found in named.items()},
        {form: tuple(found) for form, found in cases.items()},
    )


def find_wording(document: Document, lexicon: Lexicon | None = None) -> Iterator[Naming]:
    """The namings of a document in the order of its text; ``lexicon`` is ours unless given.

    Chrome, repeats and reports in other languages are left out. Of names of one topic that overlap, the leftmost and
    longest counts.
    """
    lexicon = lexicon if lexicon is not None else shipped()
    if document.language != "en":
        return
    index = _index(lexicon)
    passages = [_Passage(document, b.start, b.end, index) for b in document.blocks if b.kind in _READ]
    opening = Counter(case for passage in passages[:_OPENING] for _, case in passage.cases)
    about = Counter({case: times for case, times in opening.items() if times >= _ABOUT})
    for passage in passages:
        yield from _namings(passage, lexicon, about)


class _Passage:
    """A block of a document with the forms found in it; offsets count in the block."""

    def __init__(self, document: Document, start: int, end: int, index: _Index) -> None:
        self.document, self.start = document, start
        self.text = document.text[start:end]
        self.plain = fold(self.text)
        self.named: list[tuple[int, int, int, int | None]] = []
        self.cases: list[tuple[int, str]] = []
        for begin, stop, form in index.finder.candidates(fold_lower(self.text)):
            words = self.plain[begin:stop]
            for written, topic, term in index.named.get(index.forms[form], ()):
                if _cased(words, written):
                    self.named.append((begin, stop, topic, term))
            for written, case in index.cases.get(index.forms[form], ()):
                if _cased(words, written):
                    self.cases.append((begin, case))
        self.breaks = [0, *(m.end() for m in _SENTENCE.finditer(self.text)), len(self.text)] if self.named else []
        self.quotes = find_quotes([(0, normalise(self.text))]) if self.named else []

    def sentence(self, start: int) -> tuple[int, int]:
        """The bounds of the sentence that holds an offset."""
        at = bisect_right(self.breaks, start)
        return self.breaks[at - 1], self.breaks[min(at, len(self.breaks) - 1)]


def _cased(words: str, written: str) -> bool:
    """Whether words stand as a form is written: one with a capital letter needs it, or capitals throughout."""
    return written == written.lower() or words == written or (words.isupper() and len(words) > 1)


def _namings(passage: _Passage, lexicon: Lexicon, about: Counter[str]) -> Iterator[Naming]:
    reached: dict[int, int] = {}
    for start, end, t, n in passage.named:
        topic = lexicon.topics[t]
        if start < reached.get(t, 0):
            continue
        if n is None:
            reached[t] = end
            continue
        term = topic.terms[n]
        bounds = passage.sentence(start)
        if term.needs_case and topic.case != _case_of(passage, bounds, about):
            continue
        if term.near and not _is_near(passage, bounds, start, end, lexicon.near[term.near]):
            continue
        reached[t] = end
        yield _naming(passage, topic, term.name, start, end, bounds)


def _case_of(passage: _Passage, bounds: tuple[int, int], about: Counter[str]) -> str | None:
    """The case that a sentence is about: the one that it names most, or its passage, or the opening of its report."""
    sentence = Counter(case for at, case in passage.cases if bounds[0] <= at < bounds[1])
    named = sentence or Counter(case for _, case in passage.cases) or about
    return min(named, key=lambda case: (-named[case], -about[case], case), default=None)


def _is_near(passage: _Passage, bounds: tuple[int, int], start: int, end: int, near: Near) -> bool:
    """Whether one of the words, or a place's name, stands within a few words of a term in its sentence."""
    before = passage.plain[bounds[0] : start]
    after = passage.plain[end : bounds[1]]
    left = [m for m in re.finditer(r"[\w'-]+", before)][-_WORDS_NEAR:]
    right = list(re.finditer(r"[\w'-]+", after))[:_WORDS_NEAR]
    if any(m[0].lower() in near.words for m in (*left, *right)):
        return True
    if not near.places:
        return False
    tail = before[left[0].start() :] if left else ""
    head = after[: right[-1].end()] if right else ""
    return any(m.entry.kind in _PLACES for part in (tail, head) for m in find(part))


def _naming(passage: _Passage, topic: Topic, term: str, start: int, end: int, bounds: tuple[int, int]) -> Naming:
    voice, speaker = _voice(passage, start, end)
    left, right = max(bounds[0], start - _SHOWN), min(bounds[1], end + _SHOWN)
    sentence = passage.text[left:right]
    left += len(sentence) - len(sentence.lstrip())
    right -= len(sentence) - len(sentence.rstrip())
    span, around = (
        Span(passage.document.id, passage.start + a, passage.start + b, passage.text[a:b])
        for a, b in ((start, end), (left, right))
    )
    return Naming(passage.document.id, topic.name, topic.kind, term, span, around, voice, speaker)


def _voice(passage: _Passage, start: int, end: int) -> tuple[Voice, str | None]:
    """Whose words they are: the report's, a quotation's, or words set apart by marks of their own."""
    plain = passage.plain
    if start > 0 and plain[start - 1] == "'" and plain[end : end + 1] == "'":
        return "marked", None
    for left, right in passage.quotes:
        if left < start and end <= right:
            if len(plain[left:right].split()) <= _MARKED:
                return "marked", None
            return "quoted", _speaker(plain, left, right)
    return "own", None


@cache
def _saying() -> tuple[re.Pattern[str], re.Pattern[str]]:
    verbs = "|".join(map(re.escape, load("speech.toml")["verbs"]))
    after = rf"[\s,]*(?:(?:{verbs})\s+({_NAME})|({_NAME})\s+(?:{verbs}|has said|had said))\b"
    said = rf"({_NAME})(?:,[^,\"]{{0,60}},)?\s+(?:{verbs})(?:\s+(?:that|on|in|at|reporters|\w+day)){{0,4}}"
    before = rf"(?:{said}|according to ({_NAME}))[\s,:]*\Z"
    return re.compile(after), re.compile(before)


def _speaker(plain: str, left: int, right: int) -> str | None:
    """The name beside a quotation with a verb of saying, if there is one."""
    after, before = _saying()
    found = after.match(plain, right) or before.search(plain, max(0, left - 200), left)
    if found is None:
        return None
    name = next(group for group in found.groups() if group)
    return None if name.lower() in {"he", "she", "they", "it", "we", "i", "the"} else " ".join(name.split())


def source_of(document: str, report: Report | None) -> str:
    """How a table calls a report's source: its outlet, or the host of its address, or else its id."""
    if report is None:
        return document
    host = urlsplit(report.url).hostname if report.url else None
    return report.outlet or (host.removeprefix("www.") if host else None) or document


def table(namings: Iterable[Naming], reports: Mapping[str, Report] | None = None) -> list[TableRow]:
    """Sources by terms, by topic: one row for each term that a source uses, in a fixed order.

    ``origins`` counts independent texts: of five outlets with one agency's story each has its row, and one origin.
    Each report counts once in ``own``, ``quoted`` and ``marked``, if it uses the term so at all.
    """
    known = reports or {}
    cells: dict[tuple[str, str, str, str], list[Naming]] = defaultdict(list)
    for naming in sorted(set(namings), key=lambda n: (n.document, n.span.start, n.topic, n.term)):
        source = source_of(naming.document, known.get(naming.document))
        cells[naming.topic, naming.kind, source, naming.term].append(naming)
    found = []
    for (topic, kind, source, term), used in sorted(cells.items()):
        documents = {n.document for n in used}
        origins = {known[d].origin if d in known else d for d in documents}
        own, quoted, marked = (len({n.document for n in used if n.voice == v}) for v in ("own", "quoted", "marked"))
        first = {n.document: n for n in reversed(used)}
        evidence = tuple(first[document] for document in sorted(first))[:EVIDENCE]
        found.append(TableRow(topic, kind, source, term, len(documents), len(origins), own, quoted, marked, evidence))
    return found


def contested(rows: Iterable[TableRow]) -> list[TableRow]:
    """The rows of topics for which more than one term is used: the others show no difference between sources."""
    kept = list(rows)
    terms: dict[str, set[str]] = defaultdict(set)
    for row in kept:
        terms[row.topic].add(row.term)
    return [row for row in kept if len(terms[row.topic]) > 1]
