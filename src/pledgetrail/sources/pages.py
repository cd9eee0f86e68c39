"""Web pages: one HTML page is one report, its main text as trafilatura takes it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.decoding import NotText, decode
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.limits import Limits

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The one report that a page is, or the problem with it. Raises OSError."""
    with item.open() as stream:
        data = stream.read(settings.limits.page_bytes + 1)
    yield report_from_page(data, source=item.source, id=item.id, limits=settings.limits)


def report_from_page(
    data: bytes,
    *,
    source: str,
    id: str,
    limits: Limits,
    url: str | None = None,
    charset: str | None = None,
) -> RawReport | Problem:
    """The report of one HTML page, or the problem with it: never raises for what the page holds.

    ``source`` and ``id`` are those of the report, ``url`` the address it was fetched from, ``charset`` the encoding
    that the server named. Offsets of evidence are code points of the text as extracted, one block a line; the page
    itself goes along as ``page`` with its sha256.
    """
    if len(data) > limits.page_bytes:
        return Problem(source, "too-long", f"{source}: longer than {limits.page_bytes:,} bytes; is this one page?")
    try:
        markup = decode(data)
    except NotText as error:
        return Problem(source, error.kind, f"{source}: {error}")
    import trafilatura  # slow to import
    from htmldate import find_date

    found = trafilatura.bare_extraction(markup, url=url, include_comments=False)
    text = _SURROGATE.sub("\ufffd", getattr(found, "text", None) or "")
    if not text.strip():
        return Problem(source, "no-text", f"{source}: the page has no main text")
    digest = hashlib.sha256(data).hexdigest()
    return RawReport(
        id=id,
        source=source,
        text=text,
        content_sha256=digest,
        url=url,
        published=find_date(markup, original_date=True, url=url),
        page=data,
        page_sha256=digest,
    )
