"""Plain text files: one file is one report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.decoding import NotText, decode
from pledgetrail.sources.inputs import Input, Settings


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The one report that a plain text file is, or the problem with it. Raises OSError."""
    source, limits = item.source, settings.limits
    with item.open() as stream:
        data = stream.read(limits.text_bytes + 1)
    if len(data) > limits.text_bytes:
        limit = f"{limits.text_bytes:,} bytes"
        yield Problem(source, "too-long", f"{source}: longer than {limit}; is this one report?")
        return
    try:
        text = decode(data)
    except NotText as error:
        yield Problem(source, error.kind, f"{source}: {error}")
        return
    yield RawReport(id=item.id, source=source, text=text, content_sha256=hashlib.sha256(data).hexdigest())
