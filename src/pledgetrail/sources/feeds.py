"""RSS, RDF and Atom files: each entry is one report; where the feed gives only a summary of it, it is marked."""

from __future__ import annotations

import calendar
import datetime as dt
import email.utils
import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.decoding import NotText
from pledgetrail.sources.fragments import fragment_text, is_markup
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.limits import Limits
from pledgetrail.sources.names import printable

__all__ = ["read", "reports_from_feed"]

_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]{0,400}>")
#: feedparser puts what a document type declares into the text, as often as it is named there.
_ENTITY: Final = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_ENTRY: Final = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_ELEMENTS: Final = 2_000_000  # "<" in a feed; a megabyte of real ones has some 20,000
#: How a text ends that is only the start of one.
_CUT: Final = re.compile(
    r"(?:…|\.\.\.|[\[(](?:…|\.\.\.|more)[\])])\s*(?:(?:read|continue|learn|see)\b[^\n]{0,80})?\s*\Z", re.IGNORECASE
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The entries of a feed in its own order. Raises OSError."""
    with item.open() as stream:
        data = stream.read(settings.limits.feed_bytes + 1)
    yield from reports_from_feed(data, source=item.source, id=item.id, limits=settings.limits)


def reports_from_feed(data: bytes, *, source: str, id: str, limits: Limits) -> Iterator[RawReport | Problem]:
    """The entries of a feed as reports; never raises for what the feed holds.

    An entry's id is ``id#guid``, else its link, else its number. A text that the feed calls content is read as the
    report; a summary stands for it with ``partial`` set, as does a content that breaks off with an ellipsis. A feed
    that declares entities is refused: they are how a small file becomes a large one or asks for others. What is not
    well-formed is read as far as it can be.
    """
    refused, text = _text(data, source, limits)
    if refused is not None:
        yield refused
        return
    import feedparser  # slow to import

    try:
        feed = feedparser.parse(io.BytesIO(text), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # whatever a hostile feed makes it stumble over
        yield Problem(source, "invalid-xml", f"{source}: cannot be read as a feed ({type(error).__name__})")
        return
    if not feed.version and not feed.entries:
        yield Problem(source, "unsupported", f"{source}: XML, but no RSS, RDF or Atom feed")
        return
    bare = 0
    for number, entry in enumerate(feed.entries, start=1):
        report = _report(entry, feed.feed, number, source, id)
        bare += report is None
        if report is not None:
            yield report
    if bare:
        entries = "one entry has" if bare == 1 else f"{bare:,} entries have"
        yield Problem(source, "no-text", f"{source}: {entries} no text")
    elif not feed.entries:
        yield Problem(source, "empty", f"{source}: no entry in this feed")
    if (broken := _broken(feed)) is not None:
        yield Problem(source, "invalid-xml", f"{source}: not well-formed ({broken}); read as far as it could be")


def _text(data: bytes, source: str, limits: Limits) -> tuple[Problem | None, bytes]:
    """The feed as UTF-8, or why it is refused before anything parses it."""
    from pledgetrail.sources.page_tree import page_markup  # with it comes lxml

    def refused(kind: str, what: str) -> tuple[Problem, bytes]:
        return Problem(source, kind, f"{source}: {what}"), b""

    if len(data) > limits.feed_bytes:
        return refused("too-long", f"longer than {limits.feed_bytes:,} bytes; is this one feed?")
    try:
        text = page_markup(data)
    except NotText as error:
        return refused(error.kind, str(error))
    if _ENTITY.search(text):
        return refused("entities", "it declares XML entities, which a feed has no need of; not read")
    if text.count("<") > _ELEMENTS or sum(1 for _ in _ENTRY.finditer(text)) > limits.feed_entries:
        return refused("too-long", f"more than {limits.feed_entries:,} entries or {_ELEMENTS:,} elements; not read")
    text = _DECLARATION.sub("", text.removeprefix("\ufeff"), count=1)
    return None, b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode("utf-8", "replace")


def _report(entry: Any, feed: Any, number: int, source: str, id: str) -> RawReport | None:
    markup, text, partial = _body(entry)
    if not text:
        return None
    link = _line(entry.get("link"))
    fields = {
        "url": link,
        "title": _line(entry.get("title")),
        "outlet": _line((entry.get("source") or {}).get("title") or feed.get("title")),
        "published": _published(entry),
        "author": _line((entry.get("author_detail") or {}).get("name") or entry.get("author")),
        "section": _line(next((tag.get("term") for tag in entry.get("tags") or () if tag.get("term")), None)),
        "language": _line(feed.get("language")),
    }
    name = printable(str(entry.get("id") or "").strip()) or link or str(number)
    page = markup.encode("utf-8", "replace") if markup is not None else None
    digest = hashlib.sha256(json.dumps([fields, markup or text], sort_keys=True).encode()).hexdigest()
    return RawReport(
        id=f"{id}#{name}",
        source=source,
        text=text,
        content_sha256=digest,
        partial=partial,
        page=page,
        page_sha256=hashlib.sha256(page).hexdigest() if page is not None else None,
        **fields,
    )


def _body(entry: Any) -> tuple[str | None, str, bool]:
    """An entry's markup (None if it is plain text), its words, and whether they are only a part of the report."""
    contents = [_words(part) for part in entry.get("content") or ()]
    whole = max(contents, key=lambda found: len(found[1]), default=(None, ""))
    summary = _words(entry.get("summary_detail") or {})
    markup, text = whole if len(whole[1]) >= len(summary[1]) else summary
    return markup, text, not whole[1] or _CUT.search(text[-200:]) is not None


def _words(detail: Any) -> tuple[str | None, str]:
    value = _SURROGATE.sub("\ufffd", detail.get("value") or "")
    if "html" in (detail.get("type") or "") or is_markup(value):
        return value, fragment_text(value)
    return None, value.strip()


def _line(value: object) -> str | None:
    """A field of one line: markup and extra white space out, None for nothing."""
    if not isinstance(value, str):
        return None
    value = _SURROGATE.sub("\ufffd", value)
    text = fragment_text(value) if "<" in value or "&" in value else value
    return " ".join(printable(" ".join(text.split())).split()) or None


def _published(entry: Any) -> str | None:
    """When an entry came out (else when it last changed), in ISO 8601 with the zone that the outlet wrote."""
    for name in ("published", "updated"):
        value = entry[name].strip() if name in entry and isinstance(entry[name], str) else ""
        if not value:
            continue
        try:
            return dt.datetime.fromisoformat(value).isoformat()
        except ValueError:
            pass
        try:
            return email.utils.parsedate_to_datetime(value).isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            pass
        parsed = entry.get(f"{name}_parsed")
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC).isoformat() if parsed else value[:100]
    return None


def _broken(feed: Any) -> str | None:
    """Where the XML is broken. A named character of HTML that XML does not know is read all the same."""
    error = feed.get("bozo_exception") if feed.get("bozo") else None
    place = getattr(error, "getLineNumber", None)
    if error is None or place is None or "undefined entity" in str(error):
        return None
    return f"{error.getMessage()}, line {place()}"
