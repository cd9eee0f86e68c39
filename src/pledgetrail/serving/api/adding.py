"""Adding a row that reading has missed."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pledgetrail import records
from pledgetrail.ledger.adding import Told
from pledgetrail.records import PartyType
from pledgetrail.serving.adding import Missed, add_missed
from pledgetrail.serving.api.decisions import Recorded, SpanIn
from pledgetrail.serving.api.shared import ALWAYS, Problem, Responses
from pledgetrail.serving.days import is_edtf
from pledgetrail.serving.history import outcome
from pledgetrail.serving.site import Site
from pledgetrail.vocabulary import ENCOUNTERS, FLOWS, MEASURES, SECTORS, STAGES


def _edtf(text: str) -> str:
    if not is_edtf(text):
        raise ValueError("is no date; write one like 2021-01-13, 2021-01 or 2021")
    return text


Words = Annotated[str, Field(min_length=1, max_length=2000)]
Day = Annotated[str, Field(min_length=1, max_length=100, description="EDTF"), AfterValidator(_edtf)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1e18)]
Code = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PartyIn(_Closed):
    """An actor as rows have it."""

    id: Annotated[str, Field(min_length=1, max_length=300)]
    name: Annotated[str, Field(min_length=1, max_length=300)]
    type: PartyType
    country: Code | None = None
    aliases: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(default_factory=list, max_length=50)


class AmountIn(_Closed):
    """Money as rows have it."""

    value: Number
    currency: Code | None = None
    text: str = Field("", max_length=300)
    qualifier: str | None = Field(None, max_length=100)


class DayIn(_Closed):
    """A day that is not said in so many words."""

    when: Day
    when_basis: Literal["stated", "from the report's date", "from sibling reports"]


class _Cell(_Closed):
    """``spans`` are the words of the report that show the cell; without any, the sentence as a whole does."""

    spans: list[SpanIn] = Field(default_factory=list, max_length=20)


class WordsCell(_Cell):
    """A cell of words."""

    value: Words


class PartyCell(_Cell):
    """A cell of one actor."""

    value: PartyIn


class PartiesCell(_Cell):
    """A cell of actors."""

    value: list[PartyIn] = Field(min_length=1, max_length=50)


class PlacesCell(_Cell):
    """A cell of places."""

    value: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(min_length=1, max_length=50)


class AmountCell(_Cell):
    """A cell of money."""

    value: AmountIn


class NumberCell(_Cell):
    """A number, or the two ends of a range."""

    value: Number | Annotated[list[Number], Field(min_length=2, max_length=2)]


class WhenCell(_Cell):
    """The day of an act; alone it is one that the report states."""

    value: Day | DayIn


class PeriodCell(_Cell):
    """A time by which something is to be done."""

    value: Day


class FlagCell(_Cell):
    """Yes or no."""

    value: Annotated[bool, Field(strict=True)]


def _one_of(words: Any) -> Any:
    return Field(None, description=f"one of {', '.join(words)}")


class CellsIn(_Closed):
    """Cells by name; which of them a row has depends on its kind (docs/reference/export.md)."""

    stage: WordsCell | None = _one_of(STAGES)
    kind: WordsCell | None = _one_of(ENCOUNTERS)
    measure: WordsCell | None = Field(None, description=f"one of {', '.join(MEASURES)}, or the report's own noun")
    by: PartiesCell | None = None
    to: PartiesCell | None = None
    via: PartiesCell | None = None
    participants: PartiesCell | None = None
    speaker: PartyCell | None = None
    claimed_by: PartyCell | None = None
    what: WordsCell | None = None
    amount: AmountCell | None = None
    flow: WordsCell | None = _one_of(FLOWS)
    sector: WordsCell | None = Field(None, description=f"a code: {', '.join(SECTORS)}")
    value: NumberCell | None = None
    qualifier: WordsCell | None = None
    currency: WordsCell | None = None
    unit: WordsCell | None = None
    of: WordsCell | None = None
    places: PlacesCell | None = None
    when: WhenCell | None = None
    period: PeriodCell | None = None
    part_of: WordsCell | None = None
    conditional: FlagCell | None = None
    negated: FlagCell | None = None
    planned: FlagCell | None = None
    cumulative: FlagCell | None = None

    def told(self) -> dict[str, Told]:
        """The cells that are given, for the ledger."""
        given = {name: getattr(self, name) for name in sorted(self.model_fields_set)}
        return {
            name: Told(cell.model_dump()["value"], spans_of(cell.spans))
            for name, cell in given.items()
            if cell is not None
        }


class RowIn(_Closed):
    """A row to be added from a sentence in a report's text.

    A commitment needs its stage and one of by, to, what and amount; an encounter its kind and participants; a figure
    its value and measure.
    """

    kind: Literal["commitment", "encounter", "figure"]
    sentence: SpanIn
    cells: CellsIn
    reason: str = Field("", max_length=10_000)


_REFUSED: Final[Responses] = {
    403: {"model": Problem, "description": "The request came from another site, or from somebody who only reads."},
    409: {"model": Problem, "description": "The same row has been added from this sentence already."},
    413: {"model": Problem, "description": "More than 1,000,000 bytes were sent."},
    422: {"model": Problem, "description": "A value or place does not fit, or the row lacks a cell it needs."},
    503: {"model": Problem, "description": "The ledger cannot be written, or another process is writing it."},
}


def spans_of(spans: list[SpanIn]) -> tuple[records.Span, ...]:
    """Words of a report as the ledger has them."""
    return tuple(records.Span(s.document, s.start, s.end, s.quote, s.field) for s in spans)


def router(site: Site) -> APIRouter:
    """The route."""
    routes = APIRouter()

    @routes.post(
        "/rows",
        response_model=Recorded,
        status_code=201,
        responses={**ALWAYS, **_REFUSED},
        tags=["rows"],
        summary="Add a row that reading has missed",
    )
    def add(request: Request, wanted: RowIn) -> Response:
        (sentence,) = spans_of([wanted.sentence])
        missed = Missed(kind=wanted.kind, sentence=sentence, cells=wanted.cells.told(), reason=wanted.reason)
        made = add_missed(site, site.person(request), missed)
        with site.ledger.reading() as connection:
            content = outcome(connection, made)
        return JSONResponse(content, 201)

    return routes
