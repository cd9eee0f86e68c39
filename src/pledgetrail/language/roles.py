"""Titles of office ("deputy foreign minister"), what kind of actor they speak for, and honorifics.

``data/roles.csv`` has one form a line. Its ``kind`` is ``title``, ``portfolio`` (joined with minister, secretary and
the like), ``modifier`` (goes before a title: "deputy"), ``former`` (before a title, whose holder then speaks for
nobody), ``honorific`` ("Mr") or ``counterpart``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, cast

from pledgetrail.language.forms import Finder, fold_lower, rows

SpeaksFor = Literal["state", "body", "organisation", "none"]
RoleKind = Literal["title", "counterpart", "honorific"]

#: How a portfolio makes a title, with the plural of each.
_SHAPES: Final = (
    ("{} minister", "{} ministers"),
    ("{} secretary", "{} secretaries"),
    ("{} chief", "{} chiefs"),
    ("minister of {}", "ministers of {}"),
    ("minister for {}", "ministers for {}"),
    ("minister for the {}", "ministers for the {}"),
    ("secretary of {}", "secretaries of {}"),
    ("secretary for {}", "secretaries for {}"),
    ("secretary of state for {}", "secretaries of state for {}"),
    ("minister of state for {}", "ministers of state for {}"),
)


@dataclass(frozen=True, slots=True)
class RoleMatch:
    """A title at ``text[start:end]``; ``role`` is its normal form in lower case, "foreign minister".

    ``modifier`` is what stands before it and belongs to it ("deputy", "former"); ``start`` is before the modifier.
    """

    start: int
    end: int
    role: str
    speaks_for: SpeaksFor
    kind: RoleKind = "title"
    plural: bool = False
    modifier: str | None = None


@dataclass(frozen=True, slots=True)
class _Role:
    role: str
    speaks_for: SpeaksFor
    kind: str
    plural: bool


@cache
def portfolios() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields that ministers hold: (normal form, all its forms), "defence": ("defence", "defense", ...)."""
    found: dict[str, list[str]] = {}
    for row in rows("roles.csv"):
        if row["kind"] == "portfolio":
            found.setdefault(row["role"], []).append(row["form"])
    return tuple((role, tuple(words)) for role, words in found.items())


def _plural(title: str) -> str:
    """The plural of a title: its head is the word before "of", "for" and the like, or the last word."""
    words = title.split()
    link = (i for i, word in enumerate(words) if i and word in ("of", "for", "to", "in", "at"))
    head = next(link, len(words)) - 1
    stem, hyphen, rest = words[head].partition("-") if words[head].endswith("-general") else (words[head], "", "")
    if stem.endswith("y") and not stem.endswith(("ay", "ey", "oy")):
        stem = stem[:-1] + "ies"
    elif stem.endswith("man"):
        stem = stem[:-2] + "en"
    elif stem.endswith(("s", "ch", "sh", "x")):
        stem += "es"
    else:
        stem += "s"
    words[head] = stem + hyphen + rest
    return " ".join(words)


def _titles() -> Iterator[tuple[str, _Role]]:
    for row in rows("roles.csv"):
        form, kind, speaks_for = row["form"], row["kind"], cast(SpeaksFor, row["speaks_for"])
        if kind == "portfolio":
            continue
        yield form, _Role(row["role"], speaks_for, kind, False)
        if kind in ("title", "counterpart"):
            yield _plural(form), _Role(row["role"], speaks_for, kind, True)
    for role, words in portfolios():
        title = f"{role} minister"
        for word in words:
            for shape, plural in _SHAPES:
                yield shape.format(word), _Role(title, "state", "title", False)
                yield plural.format(word), _Role(title, "state", "title", True)


class Roles:
    """The titles, searched as whole words in any case. Make one with ``roles()``."""

    def __init__(self) -> None:
        """Reads ``roles.csv``."""
        forms: dict[str, _Role] = {}
        for form, role in _titles():
            forms.setdefault(fold_lower(form), role)
        self._finder = Finder(forms)
        self._roles = list(forms.values())
        self._forms = forms

    def find(self, text: str) -> list[RoleMatch]:
        """The titles and honorifics in ``text``, leftmost and longest, in order, never overlapping."""
        folded = fold_lower(text)
        found: list[RoleMatch] = []
        before: list[tuple[int, int, _Role]] = []
        reached = 0
        for start, end, index in self._finder.candidates(folded):
            if start < reached:
                continue
            reached = end
            role = self._roles[index]
            if before and folded[before[-1][1] : start] not in (" ", "-"):
                before = []
            if role.kind in ("modifier", "former"):
                before.append((start, end, role))
            else:
                found.append(self._match(start, end, role, before))
                before = []
        return found

    @staticmethod
    def _match(start: int, end: int, role: _Role, before: list[tuple[int, int, _Role]]) -> RoleMatch:
        kind = cast(RoleKind, role.kind)
        if not before or kind == "honorific":
            return RoleMatch(start, end, role.role, role.speaks_for, kind, role.plural)
        former = any(part.kind == "former" for _, _, part in before)
        modifier = " ".join(part.role for _, _, part in before)
        speaks_for: SpeaksFor = "none" if former else role.speaks_for
        return RoleMatch(before[0][0], end, role.role, speaks_for, kind, role.plural, modifier)

    def lookup(self, title: str) -> RoleMatch | None:
        """The role that the whole of ``title`` is, with its modifiers, or None."""
        found = self.find(title)
        return found[0] if len(found) == 1 and (found[0].start, found[0].end) == (0, len(title)) else None


@cache
def roles() -> Roles:
    """The titles, read once."""
    return Roles()
