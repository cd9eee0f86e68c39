"""JSON Lines: one object a line, with ``text`` and, if known, ``id, url, title, outlet, published``."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.decoding import NotText, decode
from pledgetrail.sources.inputs import Input, Settings

_FIELDS: Final = ("id", "url", "title", "outlet", "published", "text")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MARK: Final = b"\xef\xbb\xbf"


class _BadLine(ValueError):
    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The reports of a JSON Lines file in order; a line that cannot be read is a Problem named ``source:line``.

    A record without an id gets ``id#line``. Half of a surrogate pair, which no encoding can store, becomes U+FFFD.
    Raises OSError.
    """
    source, limits = item.source, settings.limits
    seen = False
    with item.open() as stream:
        for number, line in _lines(stream, limits.line_bytes):
            place = f"{source}:{number}"
            seen = True
            if line is None:
                message = f"{place}: the line is longer than {limits.line_bytes:,} bytes; skipped"
                yield Problem(place, "too-long", message)
                continue
            try:
                yield _record(line, source, f"{item.id}#{number}")
            except _BadLine as error:
                yield Problem(place, error.kind, f"{place}: {error}")
    if not seen:
        yield Problem(source, "empty", f"{source}: no record in it")


def _lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines without their ends; None for one above the limit, of which no more than that is held."""
    number = 0
    while chunk := stream.readline(limit + 2):
        number += 1
        line = chunk.rstrip(b"\r\n")
        if number == 1:
            line = line.removeprefix(_MARK)
        if len(line) > limit or (len(chunk) == limit + 2 and not chunk.endswith(b"\n")):
            while chunk and not chunk.endswith(b"\n"):
                chunk = stream.readline(1 << 16)
            yield number, None
        elif line.strip():
            yield number, line


def _record(line: bytes, source: str, fallback: str) -> RawReport:
    try:
        record = json.loads(decode(line))
    except NotText as error:
        raise _BadLine(error.kind, str(error)) from None
    except json.JSONDecodeError as error:
        cut = error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip())
        kind, what = ("truncated-json", "the JSON is cut off") if cut else ("invalid-json", "not valid JSON")
        raise _BadLine(kind, f"{what} ({error.msg}, column {error.colno})") from None
    except (ValueError, RecursionError) as error:
        what = "nested too deep" if isinstance(error, RecursionError) else "a number too long"
        raise _BadLine("invalid-json", f"the JSON has {what}" if "number" in what else f"the JSON is {what}") from None
    if not isinstance(record, dict):
        raise _BadLine("not-a-record", "not a JSON object")
    fields = {name: _field(record, name) for name in _FIELDS}
    text = fields.pop("text")
    if text is None:
        raise _BadLine("no-text", 'the record has no "text"')
    if not text.strip():
        raise _BadLine("empty", 'the record\'s "text" is empty')
    given = fields.pop("id") or ""
    if _CONTROL.search(given):
        raise _BadLine("bad-id", "the id holds control characters")
    digest = hashlib.sha256(line).hexdigest()
    own = given if given.strip() else fallback
    return RawReport(id=own, source=source, text=text, content_sha256=digest, **fields)


def _field(record: dict[str, object], name: str) -> str | None:
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _BadLine("wrong-type", f'"{name}" must be a string, not {type(value).__name__}')
    return _SURROGATE.sub("\ufffd", value)
