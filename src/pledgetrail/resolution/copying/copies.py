"""Whether one report copies another, which way round, by which channel, and which of its sentences.

Shared words count outside quotations only: two reports that quote one sentence have a source in common, not a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np

from pledgetrail.records import Document, Span
from pledgetrail.resolution.copying.alignment import Alignment, Pair, align
from pledgetrail.resolution.copying.body import Body, body_of, grams
from pledgetrail.resolution.copying.publishers import Publisher, publisher_of
from pledgetrail.resolution.copying.sketches import days

CopyKind = Literal["wire", "release", "aggregator", "text", "quotation"]

#: Share of 5-grams in common, of the report that has fewer, below which sentences are not laid side by side. A text
#: with every fourth word changed keeps .24 of them; a half of it still .12.
_CONTAINED: Final = 0.08
#: Share of a report's own words from which it is a copy. Follow-ups that repeat their background stay below.
LINKED: Final = 0.3
#: Fewer words than that in common are no copy unless they are nearly all there is.
_WORDS: Final = 20
_NEARLY_ALL: Final = 0.7
_FEWEST: Final = 8
#: Names and numbers exchanged for others, of all in the sentences in common, from which both are one form filled in
#: twice ("approves a disaster declaration for ..."). Copies of news exchange below .05 (docs/decisions/0017-copies.md).
_FORM: Final = 0.1
_FORM_NAMES: Final = 3
#: Quoted words in common from which two reports share a quotation.
_QUOTED: Final = 12
#: Difference of the shares from which the report that is contained more is the copy.
_MORE: Final = 0.1
_HELD: Final = 256  # documents
#: Share from which the same text on another site was taken from there whole.
_WHOLE: Final = 0.9


@dataclass(frozen=True, slots=True)
class CopyLink:
    """``document`` carries text of ``source``.

    ``share``: of the document's own words (outside quotations, chrome and headline) that stand in the source, 0..1;
    with ``kind`` "quotation", of its quoted words. ``alignment``: a sentence of the document beside the sentence of the
    source it stands in, in order of the document.
    """

    document: str
    source: str
    kind: CopyKind
    share: float
    alignment: tuple[tuple[Span, Span], ...]


@dataclass(frozen=True, slots=True)
class _Report:
    """What comparing needs of a document."""

    document: Document
    body: Body
    publisher: Publisher


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two reports laid beside the other."""

    document: Document
    body: Body
    publisher: Publisher
    alignment: Alignment

    def share(self, *, quoted: bool) -> float:
        """The share of own (or quoted) words that stand in the other."""
        of = self.body.quoted if quoted else ~self.body.quoted
        return float((self.alignment.kept & of).sum() / of.sum()) if of.any() else 0.0

    def words(self, *, quoted: bool) -> int:
        """How many of them stand in the other."""
        return int((self.alignment.kept & (self.body.quoted if quoted else ~self.body.quoted)).sum())


def compare(a: Document, b: Document) -> CopyLink | None:
    """How two documents hang together as copies, or None; the order of the two makes no difference.

    The one that copies is the one that credits the other; else the later; else the one that is no agency or office;
    else the one contained more in the other; else the one whose id comes second. Takes time linear in both texts, a
    few milliseconds for two reports of 500 words.
    """
    return _compared(_report(a), _report(b))


def links(pairs: Iterable[tuple[str, str]], load: Callable[[str], Document]) -> Iterator[CopyLink]:
    """``compare`` for pairs of document ids, in their order.

    ``load`` gives a document by its id. Some hundred documents are held at once, so that with the pairs of
    ``candidates``, which lie near one another in time, each is loaded and taken apart about once.
    """
    report = lru_cache(maxsize=_HELD)(lambda id: _report(load(id)))
    for a, b in pairs:
        if link := _compared(report(a), report(b)):
            yield link


def _report(document: Document) -> _Report:
    return _Report(document, body_of(document), publisher_of(document))


def _compared(a: _Report, b: _Report) -> CopyLink | None:
    first, second = (a, b) if a.document.id < b.document.id else (b, a)
    if first.document.id == second.document.id or not _worth_aligning(first.body, second.body):
        return None
    sides = (
        _Side(first.document, first.body, first.publisher, align(first.body, second.body)),
        _Side(second.document, second.body, second.publisher, align(second.body, first.body)),
    )
    if any(_linked(side) for side in sides):
        if any(_is_form(side.alignment) for side in sides):
            return None
        copier, source = _directed(*sides)
        return _link(copier, source, _kind(copier, source), quoted=False)
    if any(side.words(quoted=True) >= _QUOTED for side in sides):
        copier, source = _directed(*sides)
        return _link(copier, source, "quotation", quoted=True)
    return None


def _worth_aligning(a: Body, b: Body) -> bool:
    return _contained(a.own, b.own) >= _CONTAINED or _contained(a.speech, b.speech) > 0


def _contained(a: np.ndarray[tuple[int], np.dtype[np.uint64]], b: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> float:
    """Share of the 5-grams in common, of the words that have fewer."""
    x, y = np.unique(grams(a)), np.unique(grams(b))
    fewer = min(len(x), len(y))
    return len(np.intersect1d(x, y, assume_unique=True)) / fewer if fewer else 0.0


def _linked(side: _Side) -> bool:
    share, words = side.share(quoted=False), side.words(quoted=False)
    return (share >= LINKED and words >= _WORDS) or (share >= _NEARLY_ALL and words >= _FEWEST)


def _is_form(alignment: Alignment) -> bool:
    return alignment.exchanged >= _FORM_NAMES and alignment.exchanged >= _FORM * (alignment.exchanged + alignment.named)


def _directed(a: _Side, b: _Side) -> tuple[_Side, _Side]:
    """The one that copies and its source; ``a`` has the smaller id."""
    for first, second in ((a, b), (b, a)):
        if first.publisher.credits_to(second.publisher) and not second.publisher.credits_to(first.publisher):
            return first, second
    (first_a, last_a), (first_b, last_b) = days(a.document), days(b.document)
    if first_a is not None and last_a is not None and first_b is not None and last_b is not None:
        if last_a < first_b:
            return b, a
        if last_b < first_a:
            return a, b
    for mark in ("office", "wire"):
        if getattr(a.publisher, mark) != getattr(b.publisher, mark):
            return (b, a) if getattr(a.publisher, mark) else (a, b)
    more = a.share(quoted=False) - b.share(quoted=False)
    return (a, b) if more > _MORE else (b, a)


def _kind(copier: _Side, source: _Side) -> CopyKind:
    a, b = copier.publisher, source.publisher
    if a.release or b.release:
        return "release"
    if a.agency or b.agency:
        return "wire"
    if a.credits_to(b) or a.aggregator or b.aggregator:
        return "aggregator"
    elsewhere = bool(a.host and b.host and a.host != b.host) or bool(a.outlet and b.outlet and a.outlet != b.outlet)
    return "aggregator" if elsewhere and copier.share(quoted=False) >= _WHOLE else "text"


def _link(copier: _Side, source: _Side, kind: CopyKind, *, quoted: bool) -> CopyLink:
    pairs: Sequence[Pair] = copier.alignment.pairs
    if quoted:
        said = copier.alignment.kept & copier.body.quoted
        places = copier.body.sentences
        pairs = [pair for pair in pairs if said[places[pair.here].first : places[pair.here].last].any()]
    return CopyLink(
        copier.document.id,
        source.document.id,
        kind,
        round(copier.share(quoted=quoted), 4),
        tuple((_span(copier, pair.here), _span(source, pair.there)) for pair in pairs),
    )


def _span(side: _Side, place: int) -> Span:
    sentence = side.body.sentences[place]
    text = side.document.text[sentence.start : sentence.end]
    return Span(side.document.id, sentence.start, sentence.end, text)
