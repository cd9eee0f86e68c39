"""The command ``disagreements``: claims about one thing side by side. Nobody is taken for right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from pledgetrail.cli.listing import Line, check_format, none_found, plural, print_csv, print_json, print_lines
from pledgetrail.cli.opening import resolved
from pledgetrail.ledger.disagreements import disagreements_by_id, read_disagreements
from pledgetrail.publishing.together import DISAGREEMENTS, disagreement_records

_OWN: Final = "(the report)"


def run(path: Path, every: bool, format: str) -> None:
    """Print disagreements: those that compete, or ``every`` kind."""
    check_format(format)
    with resolved(path) as connection:
        found = read_disagreements(connection, None if every else "competing")
        if format == "json":
            print_json(found)
        elif format == "csv":
            print_csv(DISAGREEMENTS, disagreement_records(found))
        else:
            listed = list(found)
            if not listed:
                none_found("no disagreements")
                return
            print_lines(_lines(listed))


def _lines(found: list[dict[str, Any]]) -> Iterator[Line]:
    yield [(plural(len(found), "disagreement"), "bold")]
    for its in found:
        yield []
        yield from _disagreement(its)


def lines_of(connection: Connection, name: str) -> list[Line]:
    """One disagreement; nothing if there is none of this id."""
    return [line for its in disagreements_by_id(connection, [name]) for line in _disagreement(its)]


def _disagreement(its: Mapping[str, Any]) -> Iterator[Line]:
    yield [(f"{its['id']}  ", "dim"), (f"{its['kind']}  ", ""), (its["about"] or its["subject"], "bold")]
    for claim in its["claims"]:
        yield from _claim(claim)
    for relation in its["relations"]:
        one, other = (its["claims"][relation[which]]["value"] for which in ("first", "second"))
        yield [(f"  {relation['kind']}: ", "dim"), (relation["how"] or f"{one} against {other}", "dim")]


def _claim(claim: Mapping[str, Any]) -> Iterator[Line]:
    yield [
        (f"  {claim['value']:<24} ", "bold yellow"),
        (claim["claimant"] or _OWN, "cyan"),
        (f"  {plural(claim['origins'], 'origin')}  {claim['row']}", "dim"),
    ]
    for telling in claim["tellings"]:
        copied = f", copied from {telling['origin']}" if telling["origin"] != telling["document"] else ""
        source = f"{telling['outlet']}, " if telling["outlet"] else ""
        yield [
            (f"      {_day(telling['days']):<12} ", ""),
            (f"{source}{telling['document']}{copied}", "cyan"),
        ]
        yield [("        ", ""), *_sentence(telling)]


def _sentence(telling: Mapping[str, Any]) -> list[tuple[str, str]]:
    before, words, after = telling["sentence"].partition(telling["evidence"]["quote"])
    return [(before, ""), (words, "reverse"), (after, "")]


def _day(its: list[str] | None) -> str:
    if not its:
        return "(no day)"
    return its[0] if its[0] == its[1] else f"{its[0]}/{its[1]}"
