"""Small PDFs written by hand, so that tests need no library for it: lines of text at places on pages."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

#: A line of a page: its words, and where it starts in points from the lower left corner.
Placed = tuple[str, float, float]


def placed(
    lines: Iterable[str], *, left: float = 72, top: float = 720, step: float = 14, gap: float = 26
) -> list[Placed]:
    """Lines one below the other; an empty one makes a gap."""
    found: list[Placed] = []
    y = top
    for line in lines:
        if line:
            found.append((line, left, y))
        y -= step if line else gap - step
    return found


def stream_of(lines: Iterable[Placed], size: float = 11) -> bytes:
    """The content of a page."""
    parts = [b"BT /F1 %g Tf" % size]
    for text, x, y in lines:
        words = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        parts.append(b"1 0 0 1 %g %g Tm (%s) Tj" % (x, y, words))
    return b"\n".join([*parts, b"ET"])


def pdf(pages: Sequence[Iterable[Placed] | bytes], meta: dict[str, str] | None = None, more: str = "") -> bytes:
    """A PDF of these pages, given as lines or as content; ``meta`` goes into its dictionary of information."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for page in pages:
        content = page if isinstance(page, bytes) else stream_of(page)
        packed = zlib.compress(content)
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(len(objects))
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))
    info = b""
    if meta:
        entries = b" ".join(b"/%s (%s)" % (key.encode(), value.encode("cp1252")) for key, value in meta.items())
        objects.append(b"<< %s >>" % entries)
        info = b" /Info %d 0 R" % len(objects)
    return _file(objects, info + more.encode())


def _file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


def write(path: Path, *texts: str, meta: dict[str, str] | None = None) -> Path:
    """A PDF at a path, a page for each text, its lines as they are."""
    path.write_bytes(pdf([placed(text.splitlines()) for text in texts], meta))
    return path
