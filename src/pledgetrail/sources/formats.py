"""The formats an input can have, and how one is told. A new format is a module with a reader and one entry here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import archives, feeds, json_files, jsonl, mail, pages, parquet, pdf, tables, text, warc
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.unpacking import PACKINGS

__all__ = ["FORMATS", "Format", "detect"]

Reader = Callable[[Input, Settings], Iterator[RawReport | Problem]]
Members = Callable[[Input, Settings], Iterator[Input | Problem]]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its suffixes, the bytes it starts with (markup in lower case), and what is done with it.

    ``reader`` reads its reports; ``members`` gives what is packed in it, to be read in turn. Neither: not read yet.
    """

    name: str
    suffixes: tuple[str, ...]
    starts: tuple[bytes, ...] = ()
    reader: Reader | None = None
    members: Members | None = None


#: Plain text is also what any unknown suffix is tried as.
TEXT: Final = Format("plain text", (".txt", ".text", ".md", ""), reader=text.read)

#: Headers that messages begin with as they are saved; they are written so by programs.
_MAIL: Final = (b"return-path: ", b"received: ", b"delivered-to: ", b"mime-version: ", b"message-id: ")

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")

#: Of several that start alike the one that the name speaks for is taken, else the first.
FORMATS: Final[tuple[Format, ...]] = (
    Format("JSON Lines", (".jsonl", ".ndjson"), reader=jsonl.read),
    Format("HTML", (".html", ".htm", ".xhtml"), (b"<!doctype html", b"<html"), pages.read),
    Format("JSON", (".json",), reader=json_files.read),
    Format("table", (".csv", ".tsv", ".tab", ".psv"), reader=tables.read),
    Format("Parquet", (".parquet", ".pq"), (b"par1",), parquet.read),
    Format("zip archive", (".zip", ".wacz"), _ZIP, members=archives.zipped),
    Format("packed file", tuple(archives.SUFFIXES), tuple(PACKINGS), members=archives.packed),
    Format("WARC", (".warc", ".warc.gz"), (b"warc/1.", b"\x1f\x8b"), warc.read),
    Format("feed", (".xml", ".rss", ".atom", ".rdf"), (b"<rss", b"<feed", b"<rdf:rdf", b"<!doctype r"), feeds.read),
    Format("XML", (), (b"<?xml",)),
    Format("PDF", (".pdf",), (b"%pdf-",), pdf.read),
    Format("mail", (".eml",), _MAIL, mail.read),
    Format("mailbox", (".mbox", ".mbx"), reader=mail.read_box),
    Format(
        "Office document",
        (".docx", ".doc", ".odt", ".rtf", ".xlsx", ".epub"),
        (b"{\\rtf", b"\xd0\xcf\x11\xe0", *_ZIP),
    ),
    Format("archive", (".zst", ".tar", ".7z", ".rar"), (b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c", b"Rar!")),
    Format("image", (".png", ".jpg", ".jpeg", ".gif", ".webp"), (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")),
    Format("program", (".exe", ".dll", ".so"), (b"\x7fELF",)),
    Format("SQLite database", (".sqlite", ".db"), (b"SQLite format 3\x00",)),
    TEXT,
)


#: What may stand before the first element of markup: declarations, comments and instructions.
_PROLOG: Final = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)+", re.DOTALL)


def detect(name: str, head: bytes) -> Format:
    """The format of a file by its first bytes, then by its name; plain text where neither says anything else."""
    folded_name = name.casefold()
    fitting = [(len(s), f) for f in FORMATS for s in f.suffixes if s and folded_name.endswith(s)]
    by_name = max(fitting, key=lambda pair: pair[0])[1] if fitting else None
    opening = _opening(head)
    by_start = [f for f in FORMATS if opening.startswith(f.starts) or head.startswith(f.starts)] if head else []
    if by_name in by_start or not by_start:
        return by_name or TEXT
    return by_start[0]


def _opening(head: bytes) -> bytes:
    """Where the content starts: behind marks, white space and the prolog of markup, in lower case."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    prolog = _PROLOG.match(head) if head.startswith(b"<") else None
    rest = head[prolog.end() :] if prolog else head
    return (rest or head).lower()
