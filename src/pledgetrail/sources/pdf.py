"""PDF: the text layer of a press release or report. What is only a picture of text is named, not read."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.limits import Limits
from pledgetrail.sources.pdf_layout import lines_of, paragraphs

_WORKER: Final = "pledgetrail.sources.pdf_text"
_FEWEST: Final = 25  # letters: fewer are page numbers and stamps on a scan
_BROKEN: Final = re.compile("[\x00\ud800-\udfff]")
_MADE: Final = re.compile(r"D:(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_WORDS: Final = re.compile(r"\w+")
_HEAD: Final = 3000  # code points at the start in which a title must stand to be believed


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The one report that a PDF is, or the problem with it; both, if some of its pages cannot be read. Raises OSError.

    The text is that of the pages in order, broken lines joined to paragraphs, page numbers and running heads left out.
    Its metadata are often those of the form it was written in: title and author are taken only if the text has them
    too, and the day it was made only as a guess.
    """
    source, limits = item.source, settings.limits
    with item.open() as stream:
        data = stream.read(limits.record_bytes + 1)
    if len(data) > limits.record_bytes:
        yield Problem(source, "too-long", f"{source}: longer than {limits.record_bytes:,} bytes")
        return
    found = _content(data, limits)
    if "problem" in found:
        kind, message = found["problem"]
        yield Problem(source, kind, f"{source}: {message}")
        return
    pages, damaged = found["pages"], found["damaged"]
    text = _BROKEN.sub("\ufffd", paragraphs([lines_of(pieces) for pieces in pages]))
    if why := _unreadable(text, len(pages)):
        yield Problem(source, "no-text", f"{source}: {why}")
        return
    if damaged:
        shown = ", ".join(map(str, damaged[:20]))
        yield Problem(source, "damaged", f"{source}: pages that could not be read, of {len(pages)}: {shown}")
    yield _report(text, found["meta"], data, item)


def _content(data: bytes, limits: Limits) -> dict[str, Any]:
    """What the worker finds, or the problem with it or with the PDF."""
    # -P: a module that lies in the user's folder must not stand in for one of ours
    command = [sys.executable, "-P", "-m", _WORKER, str(limits.seconds), str(limits.pdf_pages), str(limits.text_bytes)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=2 * limits.seconds, check=False)
    except subprocess.TimeoutExpired:
        return {"problem": ["too-slow", f"it took longer than {limits.seconds} s to read"]}
    if done.returncode:
        slow = done.returncode < 0
        said = f"it took longer than {limits.seconds} s to read" if slow else "no valid PDF: reading it failed"
        return {"problem": ["too-slow" if slow else "corrupt", said]}
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"problem": ["corrupt", "no valid PDF: reading it failed"]}
    return found


def _unreadable(text: str, pages: int) -> str | None:
    """Why a text is none: there is too little of it, or its letters have lost their meaning."""
    letters = sum(map(str.isalpha, text))
    if letters < _FEWEST:
        number = "1 page" if pages == 1 else f"{pages:,} pages"
        return f"{number} without a text layer: a scan? Recognise its text (OCR) first"
    dense = sum(not char.isspace() for char in text)
    if letters < 0.4 * dense:
        return "its text layer is no text: the fonts do not say what their letters are. Recognise its text (OCR) first"
    return None


def _report(text: str, meta: Mapping[str, str], data: bytes, item: Input) -> RawReport:
    digest = hashlib.sha256(data).hexdigest()
    title, author = meta.get("title", ""), meta.get("author", "")
    made = _MADE.match(meta.get("made", ""))
    return RawReport(
        id=item.id,
        source=item.source,
        text=text,
        content_sha256=digest,
        title=_clean(title) if len(_WORDS.findall(title)) > 2 and _stands_in(title, text[:_HEAD]) else None,
        author=_clean(author) if len(_WORDS.findall(author)) > 1 and _stands_in(author, text) else None,
        guessed="-".join(made.groups()) if made else None,
    )


def _clean(words: str) -> str:
    return " ".join(_BROKEN.sub("\ufffd", words).split())


def _stands_in(words: str, text: str) -> bool:
    """Whether the words stand in the text in a row, case and punctuation aside."""
    return f" {' '.join(_WORDS.findall(words.casefold()))} " in f" {' '.join(_WORDS.findall(text.casefold()))} "
