"""The command ``actors``: who is who over all reports, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from pledgetrail.cli.failures import NOTHING, fail
from pledgetrail.cli.given import read_given, say_problems
from pledgetrail.cli.listing import Line, check_format, none_found, plural, print_csv, print_json, print_lines
from pledgetrail.cli.opening import resolved
from pledgetrail.cli.terminal import clean
from pledgetrail.ledger.actors import the_list
from pledgetrail.ledger.dossiers import as_groups, read_actors, would_be
from pledgetrail.publishing.files import make_folder, replacing
from pledgetrail.publishing.together import ACTORS, actor_record, role_words
from pledgetrail.resolution import identity

#: How the parts in rows are called in a list.
_PARTS: Final = {
    "by": "acts",
    "to": "receives",
    "via": "passes on",
    "speaker": "speaks",
    "participant": "meets",
    "claimed_by": "claims",
}

#: A list of actors with more bytes is something else.
_LARGEST: Final = 50_000_000


def run(path: Path, name: str | None, listed: Path | None, export: Path | None, format: str) -> None:
    """Print the actors, as they are or as a user's list would make them; write them to a file to be edited."""
    check_format(format)
    known = _known(listed) if listed is not None else None
    with resolved(path) as connection:
        found = would_be(connection, known, name) if known is not None else read_actors(connection, name)
        if export is not None:
            _export(found, export, known or the_list(connection))
        elif format == "json":
            print_json(found)
        elif format == "csv":
            print_csv(ACTORS, map(actor_record, found))
        else:
            shown = list(found)
            if not shown:
                none_found("no actors")
            else:
                print_lines(_lines(shown))


def lines_of(connection: Connection, name: str) -> list[Line]:
    """One actor; nothing if there is none of this id."""
    return [line for its in read_actors(connection, name) if its["id"] == name for line in _actor(its)]


def _known(path: Path) -> identity.Known:
    """The user's list; what is wrong in it is said, line by line."""
    known, problems = identity.read_actors(read_given(path, "--actors", _LARGEST))
    say_problems(path, problems)
    if not known.listed:
        fail(f"{path}: has no actor that could be read", NOTHING)
    return known


def _export(found: Iterable[dict[str, Any]], path: Path, known: identity.Known | None) -> None:
    groups = list(as_groups(found))
    make_folder(path.parent)
    with replacing(path.parent, path.name, encoding="utf-8-sig") as file:
        file.write(identity.write_actors(groups, known))
    print(clean(f"{path}: {plural(len(groups), 'actor')}"))


def _lines(found: list[dict[str, Any]]) -> Iterator[Line]:
    yield [(plural(len(found), "actor"), "bold")]
    for its in found:
        yield []
        yield from _actor(its)


def _actor(its: Mapping[str, Any]) -> Iterator[Line]:
    kind = ", ".join(part for part in (its["type"], its["country"]) if part)
    yield [(its["name"], "bold"), (f"  {kind}", ""), (f"  {its['id']}" if its["id"] else "", "dim")]
    if its["aliases"]:
        yield [("  also called  ", "dim"), ("; ".join(its["aliases"]), "")]
    if its["identifiers"]:
        yield [("  identifiers  ", "dim"), ("; ".join(its["identifiers"]), "")]
    if its["note"]:
        yield [("  note         ", "dim"), (its["note"], "")]
    for role in its["roles"]:
        yield [("  was called   " if role["former"] else "  is called    ", "dim"), (role_words(role), "")]
        for span in role["evidence"][:2]:
            yield [(f"      {span['document']}:{span['start']}-{span['end']}  ", "dim"), (span["quote"], "italic")]
    for one in its["joined"]:
        yield [("  joined       ", "dim"), (one["why"], "")]
    if its["rows"]:
        counts = ", ".join(f"{_PARTS[part]} in {number:,}" for part, number in its["rows"].items())
        yield [("  rows         ", "dim"), (counts, "")]
