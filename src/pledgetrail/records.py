"""The typed records that every room speaks. Frozen, no logic, no imports from other rooms.

All offsets are code points into ``Document.text`` (which is the input's own text, unchanged), half open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from spacy.tokens import Doc

# --- sources -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawReport:
    """One input item as it came in: decoded, byte-order mark removed, newlines untouched."""

    id: str
    source: str  # the file it came from, as the user named it
    text: str
    content_sha256: str  # of the item's bytes (plain file) or of its record (JSONL line)
    url: str | None = None
    title: str | None = None
    outlet: str | None = None
    published: str | None = None  # as given by the input, unparsed
    author: str | None = None  # as the input's own metadata name it
    section: str | None = None
    language: str | None = None  # a code that the input declares; what the text is in, reading decides
    partial: bool = False  # a summary or teaser stands for the whole report
    page: bytes | None = None  # the page, as it came, that the text was taken from
    page_sha256: str | None = None
    guessed: str | None = None  # a day it may be of, as ``published``; believed where its text states none


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read. The rest of the build goes on."""

    source: str  # names the input: path, path#record or path:line
    kind: str  # short slug: "empty", "binary", "undecodable", "truncated-json", "too-long", "missing", ...
    message: str


# --- reading -----------------------------------------------------------------------------------------

BlockKind = Literal[
    "title", "body", "chrome", "repeat", "dateline", "byline", "agency", "date", "caption", "heading", "note"
]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the document's text (usually a line or paragraph) and what reading took it for."""

    kind: BlockKind
    start: int
    end: int
    rule: str  # the rule or data entry that decided it


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a document: ``text[start:end] == quote`` for the field named."""

    document: str
    start: int
    end: int
    quote: str
    field: Literal["text", "title", "published"] = "text"


@dataclass(frozen=True, slots=True)
class Document:
    """A report with its parts told apart. ``text`` is the input's own text; blocks are in order and do not overlap."""

    id: str
    source: str
    text: str
    text_sha256: str
    content_sha256: str
    blocks: tuple[Block, ...]
    url: str | None = None
    title: str | None = None
    title_span: Span | None = None
    outlet: str | None = None
    agency: str | None = None
    author: str | None = None
    dateline: str | None = None  # the place named by a dateline
    published: str | None = None  # EDTF
    published_basis: Literal["metadata", "text"] | None = None
    published_span: Span | None = None
    language: str = "en"
    section: str | None = None  # of the outlet ("World"), as the input's own metadata name it
    partial: bool = False  # a summary or teaser stands for the whole report
    page_sha256: str | None = None  # of the page that the text was taken from
    updated: str | None = None  # EDTF, the day on which a note in the text says that it was changed last
    corrections: tuple[Span, ...] = ()  # notes that say what an earlier version had wrong


# --- language ----------------------------------------------------------------------------------------

PartyType = Literal["state", "government body", "person", "organisation", "company", "group"]


@dataclass(frozen=True, slots=True)
class Party:
    """An actor as the export contract shows it."""

    id: str
    name: str
    type: PartyType
    country: str | None = None  # ISO 3166-1 alpha-3
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Time:
    """A time expression. ``edtf`` is None when the words cannot be resolved (no anchor, or vague)."""

    start: int
    end: int
    text: str
    edtf: str | None
    earliest: dt.date | None
    latest: dt.date | None
    basis: Literal["stated", "from the report's date", "from sibling reports"] | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, count or sum. A range has ``low`` and ``high`` and no ``value``; money has a ``currency``."""

    start: int  # of the number with its currency and scale, without the qualifier
    end: int
    text: str
    value: float | None
    low: float | None = None
    high: float | None = None
    qualifier: str | None = None  # "at least", "about", "up to", "more than", ... as a normal form
    currency: str | None = None  # ISO 4217
    percent: bool = False
    equivalent: bool = False  # restates the sum before it in another currency: "$3.5bn (£1.8bn)"


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that stand for an actor or a place, and whom they stand for after in-document resolution."""

    start: int
    end: int
    text: str
    kind: Literal["name", "nationality", "role", "pronoun", "description", "place"]
    parties: tuple[Party, ...]  # one for a name, several for "the two countries"; empty if unresolved
    chain: tuple[str, ...] = ()  # how it was resolved, step by step, for ``explain``
    title: str | None = None  # the role's words ("Foreign Minister"), if any
    stands_for: tuple[Party, ...] = ()  # whom a promise of the parties binds: the organisation of its head, say


@dataclass(frozen=True, slots=True)
class Quotation:
    """Direct speech: the words between the marks, and the mention that says them (index, or None)."""

    start: int
    end: int
    speaker: Mention | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document with its language read. ``passages[i]`` starts at ``offsets[i]`` in ``document.text``."""

    document: Document
    passages: tuple[Doc, ...]
    texts: tuple[str, ...]  # of the passages, in the same length as the document's own text there
    offsets: tuple[int, ...]
    kinds: tuple[BlockKind, ...]
    mentions: tuple[Mention, ...]
    times: tuple[Time, ...]
    quantities: tuple[Quantity, ...]
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """Whom a report calls what: "Foreign Minister Mevlut Cavusoglu"."""

    party: Party
    title: str  # the words of the office, as they stand in the text
    of: Party | None  # whose office it is: a state, an organisation
    span: Span  # of title and name
    former: bool = False


# --- extraction --------------------------------------------------------------------------------------

#: The ``reader`` of statements that a reviewer wrote down.
REVIEWER: Final = "reviewer"


@dataclass(frozen=True, slots=True)
class Amount:
    """Money as the financier's face value."""

    value: float
    currency: str | None
    text: str
    qualifier: str | None = None


Kind = Literal["commitment", "encounter", "figure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one report says in one place. ``cells`` holds, per filled cell, the spans it was read from."""

    id: str  # hash of document id, text sha256, kind and trigger span
    document: str
    text_sha256: str
    trigger: Span
    evidence: tuple[Span, ...]  # the sentence(s) of the act, the fullest first
    cells: Mapping[str, tuple[Span, ...]]
    confidence: float  # 0..1
    reader: str  # the rule or model that read it
    trace: tuple[str, ...] = ()  # which words, rule and parse led here, for ``explain``
    when: str | None = None  # EDTF, day of the act
    when_basis: str | None = None
    planned: bool = False
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment(Statement):
    """An act of promising, asking, giving or refusing."""

    kind: Literal["commitment"] = "commitment"
    stage: str
    by: tuple[Party, ...] = ()
    to: tuple[Party, ...] = ()
    via: tuple[Party, ...] = ()
    what: str = ""
    amount: Amount | None = None
    flow: str | None = None
    sector: str | None = None  # a key of vocabulary.SECTORS
    period: str | None = None  # EDTF, when it is to be fulfilled
    conditional: bool = False
    negated: bool = False
    cumulative: bool = False
    part_of: str | None = None  # id of the statement of the total
    speaker: Party | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter(Statement):
    """A meeting, visit, call, conference or signing, held or planned."""

    kind: Literal["encounter"] = "encounter"
    encounter: str  # one of vocabulary.ENCOUNTERS
    participants: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Statement):
    """A count, loss, damage or need, claimed by somebody or by the report itself."""

    kind: Literal["figure"] = "figure"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    qualifier: str | None = None
    currency: str | None = None
    measure: str = ""  # one of vocabulary.MEASURES, or the text's own noun
    unit: str = ""  # the words counted: "civilians killed"
    of: str | None = None
    claimed_by: Party | None = None
    part_of: str | None = None


AnyStatement = Commitment | Encounter | Figure


@dataclass(frozen=True, slots=True)
class Act:
    """All the statements of one document about one act, the fullest first. ``key`` is equal for acts of
    different documents that are the same act (parties, stage, object and time agree), and None where too
    little is said to tell.
    """

    statements: tuple[AnyStatement, ...]
    key: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one report."""

    document: Document
    acts: tuple[Act, ...]
    offices: tuple[Office, ...] = ()


# --- resolution --------------------------------------------------------------------------------------

Status = Literal["extracted", "accepted", "rejected", "edited", "added"]


@dataclass(frozen=True, slots=True)
class Row:
    """One act, merged from all its statements. ``content`` is their fold; ``statements`` its evidence."""

    id: str
    content: AnyStatement
    statements: tuple[AnyStatement, ...]
    origins: int
    status: Status = "extracted"
    aliases: tuple[str, ...] = ()
    alternatives: tuple[Mapping[str, object], ...] = field(default=())
