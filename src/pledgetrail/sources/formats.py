"""The formats an input can have, and how one is told. A new format is a module with a reader and one entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import jsonl, pages, text
from pledgetrail.sources.inputs import Input, Settings

__all__ = ["FORMATS", "Format", "detect"]

Reader = Callable[[Input, Settings], Iterator[RawReport | Problem]]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its suffixes, the bytes it starts with, and its reader (None: not read yet)."""

    name: str
    suffixes: tuple[str, ...]
    starts: tuple[bytes, ...] = ()
    reader: Reader | None = None


#: Plain text is also what any unknown suffix is tried as.
TEXT: Final = Format("plain text", (".txt", ".text", ".md", ""), reader=text.read)

#: The first entry that fits is taken; what is not read yet is told by its suffix, or by its start.
FORMATS: Final[tuple[Format, ...]] = (
    Format("JSON Lines", (".jsonl", ".ndjson"), reader=jsonl.read),
    Format("HTML", (".html", ".htm", ".xhtml"), (b"<!doctype html", b"<html"), pages.read),
    Format("JSON", (".json",)),
    Format("CSV", (".csv", ".tsv")),
    Format("WARC", (".warc", ".warc.gz"), (b"WARC/1.",)),
    Format("XML or feed", (".xml", ".rss", ".atom"), (b"<?xml", b"<rss")),
    Format("PDF", (".pdf",), (b"%PDF-",)),
    Format("Office document", (".docx", ".doc", ".odt", ".rtf", ".xlsx", ".epub"), (b"{\\rtf", b"\xd0\xcf\x11\xe0")),
    Format("archive", (".zip", ".gz", ".bz2", ".xz", ".zst", ".tar", ".7z"), (b"PK\x03\x04", b"\x1f\x8b", b"BZh")),
    Format("image", (".png", ".jpg", ".jpeg", ".gif", ".webp"), (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")),
    Format("program", (".exe", ".dll", ".so"), (b"\x7fELF",)),
    Format("SQLite database", (".sqlite", ".db"), (b"SQLite format 3\x00",)),
    TEXT,
)


def detect(name: str, head: bytes) -> Format:
    """The format of a file by its first bytes and its name; plain text where neither says anything else."""
    opening = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64]
    folded = opening.lower()
    suffix_of = name.casefold()
    by_name = next((f for f in FORMATS if any(s and suffix_of.endswith(s) for s in f.suffixes)), None)
    if by_name is not None and (by_name.reader is None or by_name.reader is jsonl.read):
        return by_name
    for form in FORMATS:
        if any(opening.startswith(start) or folded.startswith(start) for start in form.starts):
            return form
    return by_name or TEXT
