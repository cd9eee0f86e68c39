"""Text exports of media databases: one file holds many reports, each with its fields.

Two manners are known. Fielded (as from Factiva): lines start with codes like ``HD`` and ``LP``, and a record ends with
``Document`` and its number. Delivered (as from LexisNexis and Nexis Uni): ``3 of 25 DOCUMENTS`` opens a record or ``End
of Document`` closes it, and labels like ``LENGTH:`` and ``Load-Date:`` stand around the body.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.columns import fold, languages

__all__ = ["export_reader"]

_HEAD: Final = 60_000  # code points in which a record must show itself
# The number of a record holds its day: eight digits.
_FIELDED_END: Final = re.compile(
    r"^[ \t]*(?:AN[ \t]+)?Document[ \t]+([A-Za-z]\w{0,15}\d{8}\w{1,20})[ \t]*$", re.MULTILINE | re.ASCII
)
_COUNTED: Final = re.compile(r"^[ \t]*\d{1,5} of \d{1,5} DOCUMENTS?[ \t]*$", re.MULTILINE)
_ENDED: Final = re.compile(r"^[ \t]*End of Document[ \t]*$", re.MULTILINE)
_RIGHTS: Final = re.compile(r"copyright\b|\(c\)|©|all rights reserved", re.IGNORECASE)
_DATED: Final = re.compile(r"\b(?:19|20)\d\d\b")

Reader = Callable[[str, str, str], Iterator[RawReport | Problem]]


@dataclass(slots=True)
class _Found:
    """The fields of one record as far as they are read."""

    parts: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, line: str) -> None:
        self.parts.setdefault(name, []).append(line)

    def line(self, *names: str) -> str | None:
        """The words of the fields on one line; None if there are none."""
        words = " ".join(part.strip() for name in names for part in self.parts.get(name, ()) if part.strip())
        return words or None

    def text(self, *names: str) -> str:
        """The fields' lines as they are, a blank line between fields."""
        held = ("\n".join(self.parts.get(name, ())).strip() for name in names)
        return "\n\n".join(part for part in held if part)


def export_reader(text: str) -> Reader | None:
    """What reads a text that is an export, as a function of text, source and id; None for a text that is none."""
    text = _plain(text)
    head = text[:_HEAD]
    if _FIELDED_END.search(text) and _is_fielded(head):
        return _fielded
    if _COUNTED.search(head) or _ENDED.search(text):
        labels = {line.strip().casefold() for line in head.splitlines()}
        starts = {label for label in _labels() if any(line.startswith(label) for line in labels)}
        if labels & set(_data()["delivered"]["body"]) and starts & {"length:", "load-date:", "byline:", "section:"}:
            return _delivered
    return None


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((resources.files("pledgetrail.sources") / "data" / "exports.toml").read_text("utf-8"))


@cache
def _code() -> re.Pattern[str]:
    """A line that opens a field: its code, and what stands on the line behind it."""
    codes, words = _data()["fielded"]["codes"], _data()["fielded"]["words"]
    bare = "|".join(sorted(set(codes) - set(words), key=len, reverse=True))
    strict = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(rf"(?:({bare})(?:[ \t]+(.*)|[ \t]*)|({strict})(?:(?:\t|[ \t]{{2,}})(.*)|[ \t]*))\Z")


def _opens(line: str) -> tuple[str, str] | None:
    match = _code().match(line)
    if match is None:
        return None
    return match[1] or match[3], match[2] or match[4] or ""


def _is_fielded(head: str) -> bool:
    codes = {opened[0] for line in head.splitlines() if (opened := _opens(line))}
    return all(codes.intersection(group) for group in _data()["fielded"]["telling"])


def _fielded(text: str, source: str, id: str) -> Iterator[RawReport | Problem]:
    """Records that end with their number. What follows the last one is a foot of the export."""
    text, start = _plain(text), 0
    for index, end in enumerate(_FIELDED_END.finditer(text), start=1):
        record = text[start : end.start()]
        start = end.end()
        found = _Found()
        name = ""
        for line in record.splitlines():
            opened = _opens(line)
            if opened is not None:
                name, line = opened
            found.add(name, line)
        known = _data()["fielded"]["fields"]
        fields = {key: found.line(*known[key]) for key in known if key not in ("text", "number")}
        yield _report(found.text(*known["text"]), fields, record, source, f"{id}#{index}", end.group(1))


@cache
def _labels() -> dict[str, str]:
    """The labels of lines around a delivered body, and the fields they open."""
    data: dict[str, list[str]] = _data()["delivered"]
    return {label: name for name, labels in data.items() if name != "body" for label in labels}


def _delivered(text: str, source: str, id: str) -> Iterator[RawReport | Problem]:
    """Records between the lines that count or end them. A list of contents before the first has no body."""
    text = _plain(text)
    bounds = sorted([m.start() for m in _COUNTED.finditer(text)] + [m.end() for m in _ENDED.finditer(text)])
    index = 0
    for start, end in zip([0, *bounds], [*bounds, len(text)], strict=True):
        record = text[start:end]
        lines = [line for line in record.splitlines() if not _COUNTED.match(line) and not _ENDED.match(line)]
        body = set(_data()["delivered"]["body"])
        at = next((n for n, line in enumerate(lines) if line.strip().casefold() in body), None)
        if at is None:
            if any(line.strip().casefold().startswith("length:") for line in lines):
                index += 1
                place = f"{source}#{index}"
                yield Problem(place, "no-text", f"{place}: the record has no body")
            continue
        index += 1
        fields, rest = _around(lines[:at], lines[at + 1 :])
        yield _report(rest, fields, record, source, f"{id}#{index}", None)


def _around(before: list[str], after: list[str]) -> tuple[dict[str, str | None], str]:
    """The fields of a delivered record, and its body."""
    found, loose = _Found(), []
    name = ""
    for line in before:
        label = _label(line)
        if label:
            name = _labels()[label]
            found.add(name, line.strip()[len(label) :])
        elif not line.strip():
            name = ""
            loose.append("")
        elif name:
            found.add(name, line)
        else:
            loose.append(line.strip())
    end = next((n for n, line in enumerate(after) if _closes(line)), len(after))
    for line in after[end:]:
        if _label(line) in _data()["delivered"]["language"]:
            found.add("language", line.strip().partition(":")[2])
    title, outlet, published = _loose(loose, found.line("title"))
    fields = {key: found.line(key) for key in ("author", "section")}
    language = (found.line("language") or "").partition(";")[0].strip() or None
    told = {"title": title, "outlet": outlet, "published": published, "language": language}
    return {**fields, **told}, "\n".join(line.rstrip() for line in after[:end]).strip()


def _label(line: str) -> str:
    words = line.strip().casefold()
    return next((label for label in _labels() if words.startswith(label)), "")


def _closes(line: str) -> bool:
    """Whether a line ends the body: one of the labels that come after it."""
    label = _label(line)
    return label in _data()["delivered"]["after"] and (label.endswith(":") or line.strip().casefold() == label)


def _loose(lines: list[str], title: str | None) -> tuple[str | None, str | None, str | None]:
    """Title, outlet and date, which have no labels: the date is a short line with a year.

    Either title and outlet stand right above it, or the outlet above and the title below, with blank lines between.
    """
    blocks = _blocks(line for line in lines if not _RIGHTS.search(line))
    dated = ((n, m) for n, block in enumerate(blocks) for m, line in enumerate(block) if _is_day(line))
    at = next(dated, None)
    if at is None:
        return title or (" ".join(blocks[-1]) if blocks else None), None, None
    above, day = blocks[at[0]][: at[1]], blocks[at[0]][at[1]]
    if len(above) > 1:
        return title or " ".join(above[:-1]), above[-1], day
    outlet = above[0] if above else blocks[at[0] - 1][-1] if at[0] else None
    below = blocks[at[0] + 1 :]
    return title or (" ".join(below[-1]) if below else None), outlet, day


def _is_day(line: str) -> bool:
    return len(line) <= 60 and _DATED.search(line) is not None and line[:1].isalnum()


def _blocks(lines: Iterable[str]) -> list[list[str]]:
    """Lines that stand together, without the blank ones between."""
    return [list(group) for filled, group in itertools.groupby(lines, bool) if filled]


def _report(
    text: str, fields: dict[str, str | None], record: str, source: str, place: str, number: str | None
) -> RawReport | Problem:
    if not text.strip():
        named = f"{source}#{place.rpartition('#')[2]}"
        return Problem(named, "no-text", f"{named}: the record has no text")
    language = fields["language"]
    return RawReport(
        id=number or place,
        source=source,
        text=text,
        content_sha256=hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest(),
        title=fields["title"],
        outlet=fields["outlet"],
        published=fields["published"],
        author=fields["author"],
        section=fields["section"],
        language=languages().get(fold(language), language) if language else None,
    )
