"""What a server's answer in a WARC record holds: whether it is a page, and its bytes as they were before sending."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from pledgetrail.sources.bounds import Unreadable

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

__all__ = ["content", "is_page"]

_HTML: Final = ("text/html", "application/xhtml+xml")
#: Types that servers give when they do not know; the content decides.
_UNSURE: Final = (None, "", "text/plain", "application/octet-stream", "application/xml", "text/xml", "unknown/unknown")
_OPENINGS: Final = (b"<!doctype html", b"<html", b"<head", b"<body")
_STEP: Final = 1 << 16


def is_page(record: WarcRecord) -> bool:
    """Whether an answer may be a page, by its status and type. Its HTTP headers must have been parsed."""
    return record.http_headers.status_code == 200 and record.http_content_type in (*_HTML, *_UNSURE)


def content(record: WarcRecord, body: bytes, size: int) -> bytes | None:
    """The answer's content, transfer and content encodings undone, up to ``size`` bytes; None if it is no page.

    Many crawlers store the content unpacked and keep the header that says it is packed: such content is taken as it
    is. Raises Unreadable where it can be read neither way.
    """
    try:
        data = _decoded(record, body, size)
    except OSError as error:
        if not body.lstrip()[:1] == b"<":
            raise Unreadable("damaged", f"its content cannot be unpacked ({error})") from None
        data = body[:size]
    sure = record.http_content_type in _HTML
    return data if sure or data[:_STEP].lstrip(b"\xef\xbb\xbf\r\n\t ").lower().startswith(_OPENINGS) else None


def _decoded(record: WarcRecord, body: bytes, size: int) -> bytes:
    """Undo the encodings as streams, so that no more than ``size`` bytes are ever unpacked.

    FastWARC's own ``auto_decode`` unpacks the whole content before the first byte is read, however much that is.
    """
    from fastwarc import stream_io

    stream: Any = io.BytesIO(body)
    if "chunked" in _codings(record, "Transfer-Encoding"):
        stream = stream_io.ChunkedReader(stream)
    for coding in reversed(_codings(record, "Content-Encoding")):
        if coding in ("gzip", "x-gzip"):
            stream = stream_io.GzipReader(stream)
        elif coding == "deflate":
            stream = stream_io.GzipReader(stream, zlib=True)
        elif coding == "br":
            stream = stream_io.BrotliReader(stream)
        elif coding == "zstd":
            stream = stream_io.ZstdReader(stream)
        elif coding not in ("", "identity", "none", "utf-8"):
            raise OSError(f"it is packed as {coding[:20]!r}")
    data = bytearray()
    while len(data) < size and (piece := stream.read(min(_STEP, size - len(data)))):
        data += piece
    return bytes(data)


def _codings(record: WarcRecord, name: str) -> list[str]:
    return [part.strip().lower() for part in (record.http_headers.get(name) or "").split(",")]
