"""The user's own list of actors: a CSV file that says who is who, with identifiers, and who is not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, cast, get_args

from pledgetrail.language import gazetteer
from pledgetrail.records import PartyType
from pledgetrail.resolution.identity.bodies import body_key
from pledgetrail.resolution.identity.people import person_words
from pledgetrail.resolution.identity.spelling import words_of

if TYPE_CHECKING:
    from pledgetrail.resolution.identity.actors import ActorGroup

#: The columns of the file, in the order in which they are written. Only ``name`` must be there.
COLUMNS: Final = ("name", "aliases", "type", "country", "identifiers", "not_same_as", "note")

_TYPES: Final = frozenset(get_args(PartyType))
#: What a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9_.-]{0,30}")


@dataclass(frozen=True, slots=True)
class Listed:
    """One actor of the list. ``line`` is where it stands; ``not_same_as`` are names that are somebody else's."""

    line: int
    name: str
    aliases: tuple[str, ...] = ()
    type: PartyType | None = None
    country: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    not_same_as: tuple[str, ...] = ()
    note: str = ""


#: A name as it is looked up: its words as a person's, or the key of a body.
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The user's list. An empty one says nothing."""

    listed: tuple[Listed, ...] = ()
    _index: dict[Words, list[Listed]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Indexes the list by the words of names and aliases."""
        for one in self.listed:
            for words in sorted({w for name in (one.name, *one.aliases) for w in _words(name, one.type)}):
                self._index.setdefault(words, []).append(one)

    def find(self, name: str, type: PartyType, country: str | None) -> Listed | None:
        """The one actor of the list that a name is of; None if it is of none, or of several that nothing tells apart.

        A line with a type or a state is for that type or state only; a line that states the name's own state outranks
        one that states none. Case, accents and titles before a name do not count.
        """
        fit: dict[int, Listed] = {}
        for words in _words(name, type):
            for one in self._index.get(words, ()):
                person = None if one.type is None else one.type == "person"
                if person is not None and person != (type == "person"):
                    continue
                if one.country and country and one.country != country:
                    continue
                fit[one.line] = one
        if len(fit) > 1:
            exact = {line: one for line, one in fit.items() if one.country and one.country == country}
            fit = exact or fit
        return next(iter(fit.values())) if len(fit) == 1 else None


def _words(name: str, type: PartyType | None) -> set[Words]:
    """The forms under which a name is looked up, by what it may be."""
    forms = {words_of(name)}
    if type in (None, "person"):
        forms.add(person_words(name))
    if type != "person":
        forms.add(("body", *body_key(name)))
    return forms - {()}


def said_apart(one: Listed, name: str, type: PartyType) -> bool:
    """Whether the list says that a name is not this actor's."""
    return bool(_words(name, type) & {w for other in one.not_same_as for w in _words(other, type)})


def read_actors(text: str) -> tuple[Known, list[str]]:
    """The list of a CSV file's text, and what is wrong with it: "line 7: ...". Never fails; bad lines are left out.

    The first line names columns (``COLUMNS``, any order, any case; ``same_as`` is another name of ``aliases``), with
    comma, semicolon or tab between them. ``aliases``, ``identifiers`` and ``not_same_as`` hold several values with
    "|" between them; identifiers are ``scheme:value``. A line that starts with "#" is a remark.
    """
    problems: list[str] = []
    text = text.removeprefix("\ufeff")
    head = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    delimiter = max(",;\t", key=head.count)
    try:
        table = list(_records(text, delimiter))
    except csv.Error as error:
        return Known(), [f"not a CSV file: {error}"]
    if not table:
        return Known(), ["line 1: no columns; the first line names them: " + ",".join(COLUMNS)]
    line, header = table[0]
    columns = ["aliases" if c == "same_as" and "aliases" not in header else c for c in header]
    if "name" not in columns:
        return Known(), [f"line {line}: there is no column called name; the columns are {', '.join(COLUMNS)}"]
    for column in sorted(set(columns) - set(COLUMNS) - {"", "same_as"}):
        problems.append(f"line {line}: the column {column} is not known and is passed over")
    listed = []
    for line, cells in table[1:]:
        one = _listed(line, columns, cells, problems)
        if one is not None:
            listed.append(one)
    known = Known(tuple(listed))
    return known, problems + _clashes(known)


def _records(text: str, delimiter: str) -> Iterable[tuple[int, list[str]]]:
    """The records with the number of the line on which each begins; the header in lower case."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begun, first = 1, True
    for cells in reader:
        line, begun = begun, reader.line_num + 1
        if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
            continue
        yield line, [cell.strip().lower() if first else cell.strip() for cell in cells]
        first = False


def _listed(line: int, columns: list[str], cells: list[str], problems: list[str]) -> Listed | None:
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        problems.append(f"line {line}: has more cells than there are columns, and is passed over")
        return None
    row: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        value = _unquoted(cell)
        row[column] = f"{row[column]}|{value}" if column == "aliases" and row.get(column) else value
    name, type_, country = row.get("name", ""), row.get("type", "").lower(), row.get("country", "")
    if not words_of(name):
        problems.append(f"line {line}: has no name, and is passed over")
        return None
    if type_ and type_ not in _TYPES:
        problems.append(f"line {line}: {type_!r} is no type of actor ({', '.join(sorted(_TYPES))})")
        return None
    code = _code(country)
    if country and code is None:
        problems.append(f"line {line}: {country!r} is no state; give its ISO 3166-1 alpha-3 code")
        return None
    identifiers = []
    for identifier in _several(row.get("identifiers", "")):
        scheme, colon, value = identifier.partition(":")
        if not colon or not value.strip() or not _SCHEME.fullmatch(scheme.strip().lower()):
            problems.append(
                f"line {line}: {identifier!r} is no identifier; write it as wikidata:Q43 or iati:XM-DAC-41114"
            )
            continue
        identifiers.append((scheme.strip().lower(), value.strip()))
    return Listed(
        line,
        name,
        _several(row.get("aliases", "")),
        cast(PartyType, type_) if type_ else None,
        code,
        tuple(dict.fromkeys(identifiers)),
        _several(row.get("not_same_as", "")),
        row.get("note", ""),
    )


def _code(country: str) -> str | None:
    try:
        return gazetteer.state(country.upper()).country
    except KeyError:
        entry = gazetteer.lookup(country) if country else None
        return entry.country if entry is not None and entry.kind == "state" else None


def _several(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for item in cell.split("|") if (part := _unquoted(item.strip()))))


def _unquoted(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _clashes(known: Known) -> list[str]:
    """Names that two lines claim and nothing tells apart."""
    problems: dict[str, None] = {}
    for words, lines in sorted(known._index.items()):
        for i, one in enumerate(lines):
            for other in lines[i + 1 :]:
                kinds = {one.type == "person", other.type == "person"} if one.type and other.type else {True}
                states = {one.country, other.country}
                if len(kinds) == 1 and (len(states) == 1 or None in states and states == {None}):
                    named = " ".join(words[2:] if words[0] == "body" else words)
                    problems[
                        f"line {other.line}: {named!r} is also named in line {one.line}; neither is used for it"
                    ] = None
    return list(problems)


def write_actors(groups: Iterable[ActorGroup], known: Known | None = None) -> str:
    """Actors as a file of the same form, to be edited and read again. No cell of it runs as a formula.

    ``known`` is the list that the actors were told by: its notes and ``not_same_as`` are kept, and its lines that no
    report's actor answers to follow the others, so that reading the file says nothing less than it did.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    kept: set[int] = set()
    for group in groups:
        one = known.find(group.name, group.type, group.country) if known is not None else None
        kept |= {one.line} if one is not None else set()
        apart, note = (one.not_same_as, one.note) if one is not None else ((), "")
        its = (group.name, group.aliases, group.type, group.country, group.identifiers)
        _write(writer, *its, apart, group.note or note)
    for one in known.listed if known is not None else ():
        if one.line not in kept:
            _write(writer, one.name, one.aliases, one.type, one.country, one.identifiers, one.not_same_as, one.note)
    return out.getvalue()


def _write(
    writer: _Writer,
    name: str,
    aliases: Iterable[str],
    kind: PartyType | None,
    country: str | None,
    identifiers: Iterable[tuple[str, str]],
    apart: Iterable[str],
    note: str,
) -> None:
    named = "|".join(f"{scheme}:{value}" for scheme, value in identifiers)
    cells = (name, "|".join(aliases), kind or "", country or "", named, "|".join(apart), note)
    writer.writerow([_safe(cell) for cell in cells])


class _Writer(Protocol):
    def writerow(self, row: Iterable[str], /) -> object: ...


def _safe(cell: str) -> str:
    text = cell.replace("\x00", "")
    return "'" + text if text.lstrip(" \u00a0\ufeff").startswith(_FORMULA) else text
