"""What programs send, and what the description of the API says of the answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pledgetrail.vocabulary import PARTY_TYPES

Name = Annotated[str, Field(min_length=1, max_length=1000)]


class SpanIn(BaseModel):
    """Words of a report, as code points into its text."""

    model_config = ConfigDict(extra="forbid")

    document: Name
    start: int = Field(ge=0, le=2**31)
    end: int = Field(ge=0, le=2**31)
    quote: str = Field("", max_length=100_000)
    field: Literal["text", "title", "published"] = "text"


class DecisionIn(BaseModel):
    """A decision to be recorded. ``new`` is in the form of the export contract; null empties the cell."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["accept", "reject", "edit", "merge", "split", "undo", "comment"]
    row: Name
    expected: str | None = Field(
        None, max_length=100, description="The stamp of the row as you saw it; 409 if it has another."
    )
    reason: str = Field("", max_length=10_000)
    cell: str | None = Field(None, max_length=50)
    new: Any = None
    other: str | None = Field(None, max_length=100, description="merge: the row to take in.")
    moved: list[Name] = Field(default_factory=list, max_length=1000, description="split: ids of statements that leave.")
    undoes: int | None = Field(None, ge=0, le=2**62, description="undo: the number of a decision.")
    spans: list[SpanIn] = Field(default_factory=list, max_length=100)


class Problem(BaseModel):
    """What went wrong, in words."""

    detail: str
    errors: list[dict[str, Any]] | None = None


class Span(BaseModel):
    """Words of a report: ``text[start:end] == quote`` of the field, in code points."""

    document: str
    field: str
    start: int
    end: int
    quote: str


class Row(BaseModel):
    """A row of the export contract; which cells it has depends on its kind (docs/reference/export.md)."""

    model_config = ConfigDict(extra="allow")

    id: str
    status: str
    confidence: float
    origins: int
    evidence: list[Span]
    cell_evidence: dict[str, list[Span]]
    aliases: list[str]


class Decision(BaseModel):
    """A decision. ``row`` is where it applies now, or where it was made if it applies nowhere (``note`` says why)."""

    id: int
    reviewer: str
    time: str
    action: str
    reason: str
    row: str
    kind: str
    cell: str | None
    old: Any
    new: Any
    other: str | None
    stands: bool
    note: str | None


class OneRow(Row):
    """A row with the stamp that a decision may name, and the decisions on it."""

    stamp: str
    decisions: list[Decision]


class Rows(BaseModel):
    """A page of rows; ``after`` is the cursor of what follows."""

    count: int
    rows: list[Row]
    after: str | None


class Actor(BaseModel):
    """An actor."""

    id: str
    name: str
    aliases: list[str]
    type: str = Field(json_schema_extra={"enum": list(PARTY_TYPES)})
    country: str | None


class Actors(BaseModel):
    """A page of actors."""

    count: int
    actors: list[Actor]
    after: str | None


class ReportLine(BaseModel):
    """A report without its text."""

    id: str
    title: str | None
    outlet: str | None
    agency: str | None
    author: str | None
    published: str | None
    language: str
    url: str | None
    source: str
    rows: int


class Reports(BaseModel):
    """A page of reports."""

    count: int
    reports: list[ReportLine]
    after: int | None


class Report(BaseModel):
    """A report with its text and what reading took its parts for (docs/reference/export.md)."""

    model_config = ConfigDict(extra="allow")

    id: str
    text: str
    blocks: list[dict[str, Any]]


class Decisions(BaseModel):
    """A page of decisions, the latest first."""

    count: int
    decisions: list[Decision]
    before: int | None


class Sum(BaseModel):
    """Amounts of one currency."""

    currency: str | None
    sum: float
    rows: int


class Total(BaseModel):
    """The amounts of a stage; nothing is added across stages or currencies."""

    stage: str
    rows: int
    sums: list[Sum]
    left_out: dict[str, int]


class Summary(BaseModel):
    """What a ledger, or a view of it, holds."""

    name: str
    count: int
    kinds: dict[str, int]
    facets: dict[str, list[dict[str, Any]]]
    totals: list[Total]


class Recorded(BaseModel):
    """A decision that was recorded, and the row after it."""

    decision: Decision
    row: str
    stamp: str
    status: str
