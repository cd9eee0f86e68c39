"""Lexicons of contested wording: what several sources call one place, event or party (docs/reference/wording.md).

A lexicon is TOML text, ours (``data/wording.toml``) or a user's. What is wrong in it is told with its line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, cast

from pledgetrail.extraction.inflection import noun_forms, verb_forms

TopicKind = Literal["place", "event", "party"]
KINDS: Final = ("place", "event", "party")

#: A lexicon with more forms is a list of something else.
MOST_FORMS: Final = 50_000
#: A form with more letters is no name.
LONGEST_FORM: Final = 200

_TABLES: Final[dict[str, dict[str, type | tuple[type, ...]]]] = {
    "near": {"name": str, "words": list, "places": bool},
    "case": {"name": str, "names": list, "patterns": list},
    "pattern": {"name": str, "kind": str, "title": str, "terms": list, "covers": list},
    "topic": {"name": str, "kind": str, "case": str, "terms": list, "covers": list},
}
_TERM: Final[dict[str, type | tuple[type, ...]]] = {
    "term": str,
    "forms": list,
    "verbs": list,
    "nouns": list,
    "near": str,
    "needs_case": bool,
    "note": str,
}


@dataclass(frozen=True, slots=True)
class Near:
    """Words of which one must stand close to a term; ``places``: a known place's name will do too."""

    words: frozenset[str]
    places: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One of the names of a thing, in all its forms."""

    name: str
    forms: tuple[str, ...]
    note: str = ""
    near: str | None = None
    needs_case: bool = False  # the words are common ones: they count where the case is spoken of


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing with several names. ``covers`` are longer names that are of something else."""

    name: str
    kind: TopicKind
    terms: tuple[Term, ...]
    case: str | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A conflict or dispute and the names by which a text is known to speak of it."""

    name: str
    names: tuple[str, ...]
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Topics (those that a case makes of a pattern among them), cases by name, lists of near words by name."""

    topics: tuple[Topic, ...] = ()
    cases: Mapping[str, Case] = None  # type: ignore[assignment]
    near: Mapping[str, Near] = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class LexiconProblem:
    """What is wrong with a lexicon, and in which line (from 1)."""

    line: int
    message: str


@cache
def shipped() -> Lexicon:
    """The lexicon that comes with the package."""
    path = resources.files("pledgetrail.resolution") / "data" / "wording.toml"
    lexicon, problems = read_lexicon(path.read_text(encoding="utf-8"))
    if problems:
        raise ValueError(f"wording.toml:{problems[0].line}: {problems[0].message}")
    return lexicon


def read_lexicon(text: str) -> tuple[Lexicon, list[LexiconProblem]]:
    """A lexicon from TOML text, and what is wrong with it. Never raises.

    Text that is no TOML gives an empty lexicon and one problem. Otherwise what is wrong is left out: a term, or a
    whole topic that has none left.
    """
    try:
        data = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        return Lexicon((), {}, {}), [LexiconProblem(int(found[1]) if found else 1, f"this is no TOML: {error}")]
    return _Reader(text, data).read()


class _Reader:
    """Reads the tables of one lexicon and notes what is wrong with them."""

    def __init__(self, text: str, data: dict[str, Any]) -> None:
        self.lines = text.splitlines()
        self.data = data
        self.problems: list[LexiconProblem] = []
        self.forms = 0

    def read(self) -> tuple[Lexicon, list[LexiconProblem]]:
        for name in self.data.keys() - _TABLES.keys():
            self.wrong(self.line_of(name), f"“{name}” is no table of a lexicon: {', '.join(sorted(_TABLES))} are")
        near = {
            row["name"]: Near(frozenset(word.lower() for word in row.get("words", ())), row.get("places", False))
            for _, row in self.rows("near")
        }
        patterns = {row["name"]: (line, row) for line, row in self.rows("pattern")}
        cases = {
            row["name"]: Case(row["name"], tuple(row.get("names", ())), tuple(row.get("patterns", ())))
            for line, row in self.rows("case")
            if self.known(line, row.get("patterns", ()), patterns, "pattern") and self.filled(line, row, "names")
        }
        topics = [t for line, row in self.rows("topic") if (t := self.topic(line, row, cases, near)) is not None]
        made = {name: self.topic(line, row, cases, near) for name, (line, row) in patterns.items()}
        for case in cases.values():
            for name in case.patterns:
                pattern = made[name]
                if pattern is not None:
                    terms = tuple(replace(term, needs_case=True) for term in pattern.terms)
                    topics.append(replace(pattern, name=f"{case.name}: {pattern.name}", case=case.name, terms=terms))
        if self.forms > MOST_FORMS:
            self.wrong(1, f"{self.forms} forms are too many: at most {MOST_FORMS} can be looked for")
            topics = []
        names: set[str] = set()
        for topic in topics:
            if topic.name in names:
                self.wrong(self.line_of(topic.name), f"the topic “{topic.name}” is there twice")
            names.add(topic.name)
        problems = sorted(self.problems, key=lambda p: (p.line, p.message))
        return Lexicon(tuple(sorted(topics, key=lambda t: t.name)), cases, near), problems

    def wrong(self, line: int, message: str) -> None:
        self.problems.append(LexiconProblem(line, message))

    def line_of(self, word: str, start: int = 1) -> int:
        """The first line from ``start`` on that holds a word, or ``start``."""
        for number, line in enumerate(self.lines[start - 1 :], start):
            if word and word in line:
                return number
        return min(start, max(len(self.lines), 1))

    def rows(self, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The well-formed entries of an array of tables, each with the line it begins in."""
        entries = self.data.get(table, [])
        if not isinstance(entries, list):
            self.wrong(self.line_of(table), f"[{table}] must be [[{table}]]: there can be several")
            return
        heads = [n for n, line in enumerate(self.lines, 1) if re.match(rf"\s*\[\[\s*{table}\s*\]\]", line)]
        seen: set[str] = set()
        for position, row in enumerate(entries):
            line = heads[position] if position < len(heads) else self.line_of(table)
            if not isinstance(row, dict) or not self.shaped(line, row, _TABLES[table], f"a {table}"):
                continue
            name = row.get("name")
            if not name:
                self.wrong(line, f"a {table} needs a name")
            elif name in seen and table != "topic":
                self.wrong(line, f"the {table} “{name}” is there twice")
            else:
                seen.add(name)
                yield line, row

    def shaped(self, line: int, row: dict[str, Any], shape: Mapping[str, type | tuple[type, ...]], what: str) -> bool:
        """Whether an entry has known keys only, each with a value of its type; lists hold texts (terms: tables)."""
        before = len(self.problems)
        for key, value in row.items():
            at = self.line_of(key, line)
            if key not in shape:
                self.wrong(at, f"{what} has no “{key}”: it has {', '.join(shape)}")
            elif not isinstance(value, shape[key]):
                self.wrong(at, f"“{key}” must be {_TYPES[cast(type, shape[key])]}")
            elif isinstance(value, list) and key != "terms":
                for item in value:
                    if not isinstance(item, str) or not item.strip() or len(item) > LONGEST_FORM:
                        message = f"“{key}” holds {str(item)[:40]!r}, which is no text of 1 to {LONGEST_FORM} letters"
                        self.wrong(at, message)
        return len(self.problems) == before

    def known(self, line: int, wanted: Any, table: Mapping[str, Any], what: str) -> bool:
        missing = [name for name in wanted if name not in table]
        for name in missing:
            self.wrong(self.line_of(name, line), f"there is no {what} “{name}”")
        return not missing

    def filled(self, line: int, row: Mapping[str, Any], key: str) -> bool:
        if not row.get(key):
            self.wrong(line, f"“{row['name']}” needs {key}")
        return bool(row.get(key))

    def topic(
        self, line: int, row: dict[str, Any], cases: Mapping[str, Case], near: Mapping[str, Near]
    ) -> Topic | None:
        kind, case = row.get("kind"), row.get("case")
        if kind not in KINDS:
            self.wrong(self.line_of("kind", line), f"the kind of “{row['name']}” must be one of {', '.join(KINDS)}")
            return None
        if not self.known(line, [case] if case else [], cases, "case"):
            return None
        terms = [t for entry in row.get("terms", ()) if (t := self.term(line, entry, near, bool(case))) is not None]
        names = [term.name for term in terms]
        for name in {name for name in names if names.count(name) > 1}:
            self.wrong(
                self.line_of(name, self.line_of("terms", line)), f"the term “{name}” is there twice in “{row['name']}”"
            )
        if not terms:
            self.wrong(line, f"“{row['name']}” needs terms")
            return None
        return Topic(row["name"], cast(TopicKind, kind), tuple(terms), case, tuple(row.get("covers", ())))

    def term(self, line: int, entry: Any, near: Mapping[str, Near], has_case: bool) -> Term | None:
        if not isinstance(entry, dict) or not isinstance(entry.get("term"), str) or not entry["term"].strip():
            self.wrong(line, "each of the terms needs a “term”, its name")
            return None
        at = self.line_of(entry["term"], self.line_of("terms", line))
        if not self.shaped(at, entry, _TERM, "a term"):
            return None
        forms = list(entry.get("forms", ()))
        forms += [form for verb in entry.get("verbs", ()) for form in verb_forms(verb)]
        forms += [form for noun in entry.get("nouns", ()) for form in noun_forms(noun)]
        self.forms += len(forms)
        if not forms:
            self.wrong(at, f"the term “{entry['term']}” needs forms, verbs or nouns")
            return None
        if not self.known(at, [entry["near"]] if entry.get("near") else [], near, "list of near words"):
            return None
        name, note = entry["term"], entry.get("note", "")
        return Term(
            name, tuple(dict.fromkeys(forms)), note, entry.get("near"), has_case and entry.get("needs_case", False)
        )


_TYPES: Final[Mapping[type, str]] = {str: "a text", list: "a list of texts", bool: "true or false"}
