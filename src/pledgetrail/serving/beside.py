"""What stands beside a report: the text it goes back to, copies with the sentences they share, its story, its day."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pledgetrail.ledger.dates import read_dating
from pledgetrail.ledger.origins import copy_records
from pledgetrail.ledger.schema import copies, datings, documents
from pledgetrail.resolution.dates.dating import Dating
from pledgetrail.serving.words import Mark, marked

#: How a text goes back to another, in the words of the page.
KINDS: Final = {
    "text": "shares text",
    "wire": "carries an agency's text",
    "release": "carries a press release",
    "aggregator": "gathers texts of others",
    "quotation": "shares a quotation only",
    "same words": "has the same words",
}

#: Reports of a story, or copies of a text, that a report's page lists.
_LISTED: Final = 12

_SEEN: Final = ("id", "title", "outlet", "published")


@dataclass(frozen=True, slots=True)
class Beside:
    """What a report's page says of other reports. Counts are of all, lists of the first."""

    origin: Mapping[str, Any] | None  # None: it is its own
    members: Sequence[Mapping[str, Any]]  # other reports that go back to the same text
    member_count: int
    links: int  # reports that it shares sentences with
    story: Sequence[Mapping[str, Any]]
    story_count: int
    dating: Dating | None


def beside(connection: Connection, document: Mapping[str, Any]) -> Beside:
    """What is known of a report from others."""
    name, origin, story = document["id"], document["origin"], document["story"]
    members, member_count = _others(connection, documents.c.origin, origin, name)
    told, story_count = _others(connection, documents.c.story, story, name)
    linked = select(func.count()).select_from(copies).where((copies.c.document == name) | (copies.c.source == name))
    first = None if origin in (None, name) else seen(connection, origin)
    content = connection.execute(select(datings.c.content).where(datings.c.document == name)).scalar()
    return Beside(
        first, members, member_count, int(connection.execute(linked).scalar_one()), told, story_count,
        read_dating(content) if content else None,
    )  # fmt: skip


def _others(connection: Connection, column: Any, value: str | None, name: str) -> tuple[list[Mapping[str, Any]], int]:
    if value is None:
        return [], 0
    same = (column == value, documents.c.id != name)
    count = int(connection.execute(select(func.count()).select_from(documents).where(*same)).scalar_one())
    query = select(*_columns()).where(*same).order_by(documents.c.published, documents.c.id).limit(_LISTED)
    return [dict(row) for row in connection.execute(query).mappings()], count


def seen(connection: Connection, name: str) -> Mapping[str, Any] | None:
    """What lists show of a report."""
    row = connection.execute(select(*_columns()).where(documents.c.id == name)).mappings().one_or_none()
    return dict(row) if row is not None else None


def _columns() -> list[Any]:
    sibling = select(datings.c.edtf).where(datings.c.document == documents.c.id).correlate(documents).scalar_subquery()
    day = func.coalesce(documents.c.published, sibling).label("published")
    return [documents.c.id, documents.c.title, documents.c.outlet, day]


def shared(connection: Connection, name: str) -> list[dict[str, Any]]:
    """The reports that one shares text with, those it took from first, then by share; each with the pairs of passages:
    its own, the other's, both with the words marked in the sentence around them.
    """
    found = []
    for link in copy_records(connection, name):
        taken = link["document"] == name
        other = link["source"] if taken else link["document"]
        pairs = [(here, there) if taken else (there, here) for here, there in link["alignment"]]
        found.append(
            {
                "other": seen(connection, other) or {"id": other, "title": None, "outlet": None, "published": None},
                "taken": taken,
                "kind": link["kind"],
                "share": link["share"],
                "pairs": sorted(pairs, key=lambda pair: pair[0]["start"]),
            }
        )
    return sorted(
        found, key=lambda its: (not its["taken"], its["kind"] == "quotation", -its["share"], its["other"]["id"])
    )


def side_by_side(connection: Connection, link: Mapping[str, Any], name: str) -> list[tuple[Any, Any]]:
    """The passages of a link as markup, what is the same in both unmarked and what is not marked."""
    texts = {
        row.id: row.text
        for row in connection.execute(
            select(documents.c.id, documents.c.text).where(documents.c.id.in_([name, link["other"]["id"]]))
        )
    }
    found = []
    for here, there in link["pairs"]:
        ours, theirs = texts.get(name, ""), texts.get(link["other"]["id"], "")
        left, right = _different(ours[here["start"] : here["end"]], theirs[there["start"] : there["end"]])
        found.append((_passage(ours, here, left), _passage(theirs, there, right)))
    return found


def _different(one: str, other: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The stretches of words in which two passages differ."""
    pieces = [[(m.start(), m.end()) for m in re.finditer(r"\S+", text)] for text in (one, other)]
    words = [[text[a:b] for a, b in its] for text, its in zip((one, other), pieces, strict=True)]
    if max(map(len, words)) > 600:  # long passages are quicker read than compared
        return [], []
    left, right = [], []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, words[0], words[1], autojunk=False).get_opcodes():
        if kind != "equal":
            left += [(pieces[0][a][0], pieces[0][b - 1][1])] if b > a else []
            right += [(pieces[1][c][0], pieces[1][d - 1][1])] if d > c else []
    return left, right


def _passage(text: str, span: Mapping[str, Any], stretches: Sequence[tuple[int, int]]) -> Any:
    start = span["start"]
    marks = [Mark(start + a, start + b, "different", "differs") for a, b in stretches]
    return marked(text, marks, start, span["end"])
