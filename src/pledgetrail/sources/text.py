"""Plain text files: one file is one report, or the export of a media database with many, or a list of addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.addresses import count, is_list
from pledgetrail.sources.decoding import NotText, decode
from pledgetrail.sources.exports import export_reader
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.rows import addresses_only


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The one report that a plain text file is, or the problem with it; or the reports of an export. Raises OSError."""
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
    if reader := export_reader(text):
        yield from reader(text, source, item.id)
        return
    if is_list(text[:4096]):
        yield addresses_only(source, count(text))
        return
    yield RawReport(id=item.id, source=source, text=text, content_sha256=hashlib.sha256(data).hexdigest())
