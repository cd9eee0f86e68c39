"""From a raw report to a document: every stretch of its text named for what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from pledgetrail.reading import (
    boilerplate,
    chrome,
    credits,
    dateline,
    dates,
    foot,
    headline,
    lexicon,
    lines,
    mending,
    notes,
    publication,
    repeats,
    tongue,
    wrapping,
)
from pledgetrail.reading.lines import Stretch, is_prose
from pledgetrail.records import Block, Document, RawReport, Span

_DATELINE_PARAGRAPHS = 3  # a dateline stands at the start of one of the first paragraphs


def read_all(reports: Iterable[RawReport]) -> Iterator[Document]:
    """``read`` each report, in order, one at a time."""
    return map(read, reports)


def read(report: RawReport) -> Document:
    """The document of a report: its text unchanged, cut into blocks that cover everything that is not blank.

    Offsets are code points of ``report.text``. Title, outlet, author and publication date of the metadata win over the
    text's. Pure, takes time linear in the text, and never fails, whatever the text is.
    """
    credit = credits.Credit()
    whole = mending.repair(report.text)
    meant = replace(report, text=whole.text, title=_mended(report.title)) if whole.pieces else report
    stretches, stated, place = _labelled(meant, credit)
    title = next((s for s in stretches if s.kind == "title"), None)
    blocks = tuple(Block(s.kind or "body", s.start, s.end, s.rule or "prose") for s in stretches)
    published, basis, published_span = _published(meant, stated)
    agency, author = credits.settle(report.author, report.outlet, credit)
    noted = [s for s in stretches if s.kind == "note"]

    def own(span: Span | None) -> Span | None:
        return span and mending.restored_span(span, whole, report.text)

    corrections = (own(_span(report, s)) for s in noted if s.rule == "correction")
    return Document(
        id=report.id,
        source=report.source,
        text=report.text,
        text_sha256=hashlib.sha256(report.text.encode("utf-8", "surrogatepass")).hexdigest(),
        content_sha256=report.content_sha256,
        blocks=mending.restored_blocks(blocks, whole),
        url=report.url,
        title=_mended(report.title) or (" ".join(title.text.lstrip("# ").split()) if title else None),
        title_span=own(_title_span(report, title)),
        outlet=_mended(report.outlet) or credit.outlet,
        agency=agency,
        author=_mended(author),
        dateline=place,
        published=published,
        published_basis=basis,
        published_span=own(published_span),
        language=tongue.identify(s.text for s in stretches if s.free),
        section=report.section,
        partial=report.partial,
        page_sha256=report.page_sha256,
        updated=notes.updated(noted),
        corrections=tuple(span for span in corrections if span),
    )


def _mended(words: str | None) -> str | None:
    return mending.repair(words).text if words else words


def _span(report: RawReport, stretch: Stretch) -> Span:
    return Span(report.id, stretch.start, stretch.end, stretch.text)


def _published(
    report: RawReport, stated: Sequence[publication.Stated]
) -> tuple[str | None, Literal["metadata", "text"] | None, Span | None]:
    """The day of publication, who gives it, and where: the metadata, else the text, else what the input guesses."""
    words = report.published or (None if stated else report.guessed)
    given = dates.from_metadata(words) if words else None
    if given and words:
        return given, "metadata", Span(report.id, 0, len(words), words, "published")
    if stated:
        best = stated[0]
        return best.edtf, "text", Span(report.id, best.start, best.end, report.text[best.start : best.end])
    return None, None, None


def _title_span(report: RawReport, title: Stretch | None) -> Span | None:
    if title is not None:
        lead = len(title.text) - len(title.text.lstrip("# "))
        return Span(report.id, title.start + lead, title.end, title.text[lead:])
    if report.title:
        return Span(report.id, 0, len(report.title), report.title, "title")
    return None


def _labelled(report: RawReport, credit: credits.Credit) -> tuple[list[Stretch], list[publication.Stated], str | None]:
    """The stretches of the report, all named but the body's, with the dates and the place that they state."""
    text = report.text
    stretches = outlined(report, credit)
    doubtful = boilerplate.label(stretches)
    first, last = _prose(stretches)
    release = any(s.kind == "chrome" and _release(s) for s in stretches[: first + 1])
    credits.label_head(stretches[: min(len(stretches), first + 8)], credit, release=release)
    place = _dateline_alone(stretches[:first], credit)
    title = headline.choose(stretches, first, known=bool(report.title))
    _label_names(stretches, first, title, credit)
    boilerplate.label_head(doubtful)
    stated = publication.stated(stretches, first, last)
    stretches, opened, more = _part_datelines(stretches, text, credit)
    place = place or opened
    if opened:
        repeats.mark(stretches)  # what opens the report may stand again without its dateline
    first, last = _prose(stretches)
    credits.label_foot(stretches[last + 1 :], credit)
    foot.label(stretches, last, credit)
    headline.label_headings(stretches, first)
    return stretches, sorted(stated + more, key=lambda s: (s.rank, -len(s.edtf))), place


def outlined(report: RawReport, credit: credits.Credit) -> list[Stretch]:
    """The report's lines and paragraphs, those named that tell by their own words, form or repetition what they are."""
    text = report.text
    stretches = _line_by_line(report, credit)
    stretches = wrapping.join(stretches, text)
    stretches = notes.part(credits.part_reporting(stretches, text), text)
    notes.label(stretches)
    credits.label_anywhere(stretches, credit)
    stretches = repeats.part_glued(stretches, text)
    repeats.mark(stretches)
    _, last = _prose(stretches)
    for stretch in stretches[last + 1 : last + 2]:  # before a menu below it swallows the author's name
        credits.label_name(stretch, credit)
    chrome.label_runs(stretches)
    return stretches


def _line_by_line(report: RawReport, credit: credits.Credit) -> list[Stretch]:
    """Lines named by their own words alone, before wrapped ones are joined."""
    stretches = publication.part_head(lines.split(report.text), report.text, report.title)
    publication.label(stretches)
    stretches = headline.part_known(stretches, report.text, report.title)
    credits.label_anywhere(stretches, credit)
    chrome.label_lines(stretches)
    return stretches


def _release(stretch: Stretch) -> bool:
    return "release" in stretch.key or "statement" in stretch.key


def _prose(stretches: Sequence[Stretch]) -> tuple[int, int]:
    """Index of the first and the last paragraph that is prose; the text's end and start if there is none."""
    found = [i for i, s in enumerate(stretches) if s.free and is_prose(s)]
    return (found[0], found[-1]) if found else (0, len(stretches) - 1)


def _label_names(stretches: Sequence[Stretch], first: int, title: Stretch | None, credit: credits.Credit) -> None:
    """A person's name alone between the title and the report, or beside another credit, is a byline."""
    passed = False
    for index, stretch in enumerate(stretches[: first + 8]):
        passed = passed or stretch is title
        beside = any(
            stretches[i].kind in ("byline", "date", "agency") for i in (index - 1, index + 1) if 0 <= i < len(stretches)
        )
        if stretch.kind == "heading" and passed and index < first:
            rule = stretch.rule
            stretch.kind = None
            if not credits.label_name(stretch, credit):
                stretch.mark("heading", rule)
        elif stretch.free and beside:
            credits.label_name(stretch, credit)


def _sender(found: dateline.Dateline) -> str | None:
    """The agency in a dateline's brackets: by its full name if it is known, else as written."""
    written = (found.agency or "").strip()
    return lexicon.credits().agencies.get(written) or written or None


def _dateline_alone(head: Sequence[Stretch], credit: credits.Credit) -> str | None:
    """The place of a dateline that stands in a line of its own ("Arden, 26 October 2021 (Valley Wire)")."""
    for stretch in head:
        line = stretch.text.rstrip(" -–—:")
        if not stretch.free or stretch.words > 12 or not any(map(str.isdigit, line)):
            continue
        found = dateline.find(f"{line} - X")
        if found and found.place and found.length == len(line) + 3:
            stretch.mark("dateline", "a line of its own")
            credit.agency = credit.agency or _sender(found)
            return found.place
    return None


def _part_datelines(
    stretches: Sequence[Stretch], text: str, credit: credits.Credit
) -> tuple[list[Stretch], str | None, list[publication.Stated]]:
    """Cut the dateline off the paragraph it opens. Its agency and date are the report's if nothing else said so."""
    looked = 0
    for index, stretch in enumerate(stretches):
        if not stretch.free or not is_prose(stretch):
            continue
        if found := dateline.find(stretch.text):
            head, rest = lines.cut(stretch, text, stretch.start + found.length)
            head.mark("dateline" if found.place else "agency", "opens the report")
            credit.agency = credit.agency or _sender(found)
            stated = publication.from_dateline(head.text, head.start)
            return [*stretches[:index], head, rest, *stretches[index + 1 :]], found.place or None, stated
        looked += 1
        if looked == _DATELINE_PARAGRAPHS:
            break
    return list(stretches), None, []
