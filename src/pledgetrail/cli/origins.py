"""The command ``origins``: which reports go back to one text, and which sentences they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from pledgetrail.cli.failures import NOTHING, fail
from pledgetrail.cli.listing import Line, check_format, none_found, plural, print_csv, print_json, print_lines
from pledgetrail.cli.opening import resolved
from pledgetrail.ledger.origins import Copy, CopyGroup, about_document, copy_groups, copy_records

_ABOUT: Final = ("title", "outlet", "url", "published")
_GROUPS: Final = ("origin", "document", "source", "kind", "share", *_ABOUT)
_SENTENCES: Final = (
    *("document", "source", "kind", "share", "start", "end", "sentence", "source_start", "source_end"),
    "source_sentence",
)


def run(path: Path, document: str | None, format: str) -> None:
    """Print the groups of copies, or what one document shares with others."""
    check_format(format)
    with resolved(path) as connection:
        if document is not None:
            _of_document(connection, path, document, format)
        elif format == "json":
            print_json(map(_group, copy_groups(connection)))
        elif format == "csv":
            print_csv(_GROUPS, _group_records(copy_groups(connection)))
        else:
            found = list(copy_groups(connection))
            if not found:
                none_found("no copies: every document is an origin")
                return
            print_lines(_group_lines(found))


def _of_document(connection: Connection, path: Path, document: str, format: str) -> None:
    if about_document(connection, document) is None:
        fail(f"{path}: there is no document {document!r}", NOTHING)
    found = list(copy_records(connection, document))
    if format == "json":
        print_json(found)
    elif format == "csv":
        print_csv(_SENTENCES, _sentence_records(found))
    elif not found:
        none_found(f"{document} shares no text with another document")
    else:
        print_lines(sentence_lines(document, found))


def _group(its: CopyGroup) -> dict[str, Any]:
    copies = [
        {"document": c.document, "source": c.source, "kind": c.kind, "share": c.share, **_about(c.about)}
        for c in its.copies
    ]
    return {"origin": its.origin, **_about(its.about), "copies": copies}


def _about(about: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: about[name] for name in _ABOUT}


def _group_records(found: Iterable[CopyGroup]) -> Iterator[dict[str, Any]]:
    for its in found:
        yield {"origin": its.origin, "document": its.origin, **_about(its.about)}
        for c in its.copies:
            where = {"origin": its.origin, "document": c.document, "source": c.source}
            yield where | {"kind": c.kind, "share": c.share} | _about(c.about)


def _group_lines(found: Sequence[CopyGroup]) -> Iterator[Line]:
    copies = sum(len(its.copies) for its in found)
    yield [(f"{plural(copies, 'copy', 'copies')} of {plural(len(found), 'origin')}", "bold")]
    for its in found:
        yield []
        yield [(its.origin, "bold cyan"), *_shown(its.about)]
        for copy in its.copies:
            yield _copy(copy, its.origin)


def _copy(copy: Copy, origin: str) -> Line:
    through = f", through {copy.source}" if copy.source != origin else ""
    return [
        (f"    {copy.share:>4.0%}  {copy.kind:<11} ", ""),
        (copy.document, "cyan"),
        *_shown(copy.about),
        (through, "dim"),
    ]


def _shown(about: Mapping[str, str | None]) -> Line:
    parts = [part for part in (about["published"], about["outlet"], about["title"]) if part]
    return [("  " + "  ".join(parts), "")] if parts else []


def _sentence_records(found: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for link in found:
        about = {name: link[name] for name in ("document", "source", "kind", "share")}
        for here, there in link["alignment"]:
            yield {
                **about,
                **{"start": here["start"], "end": here["end"], "sentence": here["quote"]},
                **{"source_start": there["start"], "source_end": there["end"], "source_sentence": there["quote"]},
            }


def sentence_lines(document: str, found: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    """What a document shares with others, the sentences one below the other."""
    for number, link in enumerate(found):
        if number:
            yield []
        carries = link["document"] == document
        other = link["source"] if carries else link["document"]
        how = "is copied by" if not carries else "goes back to"
        how = "quotes the same words as" if link["kind"] == "quotation" else how
        of = "quotations" if link["kind"] == "quotation" else "copy"
        yield [
            (document, "bold cyan"),
            (f" {how} ", ""),
            (other, "bold cyan"),
            (f"  {link['kind']}, {link['share']:.0%} of the {of}", ""),
        ]
        for here, there in link["alignment"]:
            yield []
            for span in (here, there):
                yield [(f"  {span['document']}:{span['start']}-{span['end']}  ", "dim"), (span["quote"], "")]
