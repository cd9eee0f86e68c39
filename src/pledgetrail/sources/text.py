"""Plain text files: one file is one report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.decoding import NotText, decode
from pledgetrail.sources.limits import Limits


def read(path: Path, source: str, id: str, limits: Limits) -> Iterator[RawReport | Problem]:
    """The one report of the file at ``path``, or the problem with it.

    ``source`` is the file as the user named it, ``id`` its path relative to the folder given. Raises OSError.
    """
    with path.open("rb") as stream:
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
    yield RawReport(id=id, source=source, text=text, content_sha256=hashlib.sha256(data).hexdigest())
