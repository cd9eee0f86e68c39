"""A name as it stands in one passage, before anybody knows whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from pledgetrail.language.gazetteer import Entry
from pledgetrail.records import Block

if TYPE_CHECKING:
    from spacy.tokens import Doc


class Passage(NamedTuple):
    """A block of a document as the parser saw it. ``text`` is ``doc.text``, which spaCy would join anew each time."""

    block: Block
    doc: Doc
    text: str


NameKind = Literal["actor", "nationality", "place", "person", "role", "pronoun", "description", "group"]


@dataclass(slots=True)
class Name:
    """Words of one passage (offsets into it) that stand for somebody or some place, before resolution."""

    start: int
    end: int
    head: int  # token index of the syntactic head
    kind: NameKind
    name: str
    entry: Entry | None = None
    role: str | None = None
    speaks_for: str | None = None
    nations: tuple[str, ...] = ()  # alpha-3 codes of the states that the words name beside the role
    body: Entry | None = None  # the organisation that the role belongs to
    plural: bool = False
    former: bool = False  # the role is said to be one of the past
    words: str = ""  # the passage's text between start and end
