"""JSON Lines: one object a line, a ninjs item or a record whose keys are named like the columns of a table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.objects import AddressOnly, parse, report_of
from pledgetrail.sources.rows import BadRecord, addresses_only

_MARK: Final = b"\xef\xbb\xbf"


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The reports of a JSON Lines file in order; a line that cannot be read is a Problem named ``source:line``.

    A record without an id gets ``id#line``. Half of a surrogate pair, which no encoding can store, becomes U+FFFD.
    Records that only name a page are counted in one Problem. Raises OSError.
    """
    source, limits = item.source, settings.limits
    seen, listed = False, 0
    with item.open() as stream:
        for number, line in lines(stream, limits.line_bytes):
            place = f"{source}:{number}"
            seen = True
            if line is None:
                message = f"{place}: the line is longer than {limits.line_bytes:,} bytes; skipped"
                yield Problem(place, "too-long", message)
                continue
            try:
                digest = digest_of(line, settings)
                value, own = parse(line), f"{item.id}#{number}"
                yield report_of(value, settings.columns, source=source, fallback=own, digest=digest, lines=True)
            except BadRecord as error:
                yield Problem(place, error.kind, f"{place}: {error}")
            except AddressOnly:
                listed += 1
    if listed:
        yield addresses_only(source, listed)
    if not seen:
        yield Problem(source, "empty", f"{source}: no record in it")


def digest_of(record: bytes, settings: Settings) -> str:
    """The hash of a record's content. Another choice of columns makes another content of the same bytes."""
    digest = hashlib.sha256(record)
    if settings.columns:
        digest.update(repr(sorted(settings.columns.items())).encode())
    return digest.hexdigest()


def lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
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
