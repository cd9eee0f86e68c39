"""The text that a group of copies goes back to. Counts of sources are counts of origins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pledgetrail.records import Span
from pledgetrail.resolution.copying.copies import CopyLink

#: Share of a document's own words from which it goes back to its source. A report that is half wire and half its own
#: does: what it adds speaks for itself only where a sentence is asked for (``origin_of``).
ONE_ORIGIN: Final = 0.4

#: Stretches of a text, (start, end), in order and apart.
_Region = tuple[tuple[int, int], ...]


def origins(documents: Iterable[str], links: Iterable[CopyLink]) -> dict[str, str]:
    """Each document's origin: the document that its text goes back to, itself if it copies none.

    A document has one source at most, the one it shares most with; what it took from there is followed upwards as long
    as most of it was taken over there too. So a piece that joins half of two wires does not make the two one, and a cut
    of a report's own half does not go back to the wire of its other half. Shared quotations do not count. The result
    does not depend on the order of links and documents, and links among others change nothing.
    """
    known = sorted(set(documents))
    parents = _parents(frozenset(known), links)
    return {document: _root(document, parents) for document in known}


def origin_of(span: Span, links: Mapping[str, Sequence[CopyLink]]) -> str:
    """The document that the words of a span go back to: follows copied sentences, whatever share of a report they are.

    ``links`` are the copy links by the document that copies. A span counts as copied if half of it lies in copied
    sentences. This is the measure by which a statement is told independently.
    """
    region: _Region = ((span.start, span.end),)
    document, seen = span.document, {span.document}
    while True:
        steps = [
            (link.share, link.source, moved)
            for link in links.get(document, ())
            if link.kind != "quotation" and link.source not in seen and (moved := _followed(region, link))
        ]
        if not steps:
            return document
        _, document, region = min(steps, key=lambda step: (-step[0], step[1]))
        seen.add(document)


def _parents(documents: frozenset[str], links: Iterable[CopyLink]) -> dict[str, CopyLink]:
    """The one link upwards of each document that copies; no circles. The largest shares are given first."""
    parents: dict[str, CopyLink] = {}
    strong = (link for link in links if link.kind != "quotation" and link.share >= ONE_ORIGIN)
    for link in sorted(strong, key=lambda link: (-link.share, link.document, link.source)):
        if link.document in parents or not {link.document, link.source} <= documents:
            continue
        above: str | None = link.source
        while above is not None and above != link.document:
            above = parents[above].source if above in parents else None
        if above is None:
            parents[link.document] = link
    return parents


def _root(document: str, parents: Mapping[str, CopyLink]) -> str:
    """Where the text of the document comes from."""
    if document not in parents:
        return document
    link = parents[document]
    region = _joined((there.start, there.end) for _, there in link.alignment)
    while link.source in parents:
        above = parents[link.source]
        moved = _followed(region, above)
        if not moved:
            break
        link, region = above, moved
    return link.source


def _followed(region: _Region, link: CopyLink) -> _Region:
    """The stretches of the source that those of the document were taken from, or none if most were not."""
    taken = [(here, there) for here, there in link.alignment if _overlap(region, ((here.start, here.end),))]
    covered = _overlap(region, _joined((here.start, here.end) for here, _ in taken))
    if 2 * covered < sum(end - start for start, end in region) or not taken:
        return ()
    return _joined((there.start, there.end) for _, there in taken)


def _joined(stretches: Iterable[tuple[int, int]]) -> _Region:
    found: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _overlap(a: _Region, b: _Region) -> int:
    """Code points in common."""
    total = i = j = 0
    while i < len(a) and j < len(b):
        total += max(0, min(a[i][1], b[j][1]) - max(a[i][0], b[j][0]))
        if a[i][1] <= b[j][1]:
            i += 1
        else:
            j += 1
    return total
