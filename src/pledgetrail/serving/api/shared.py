"""What the API's modules have in common: parameters, errors as they are described, cursors of lists."""

from __future__ import annotations

import base64
import binascii
import bisect
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, Field

from pledgetrail.serving.view import BadView

T = TypeVar("T")

LIMIT: Final = 500

Name = Annotated[str, Query(min_length=1, max_length=1000)]
Text = Annotated[str, Field(max_length=500)]
Several = Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=50)]


class Problem(BaseModel):
    """What went wrong, in words."""

    detail: str
    errors: list[dict[str, Any]] | None = None


class Paged(BaseModel):
    """Which part of a list is wanted."""

    after: Annotated[str, Field(max_length=2000, description="The cursor that the page before ended with.")] = ""
    limit: Annotated[int, Field(ge=1, le=LIMIT, description="At most so many.")] = 50


class Span(BaseModel):
    """Words of a report: ``text[start:end] == quote`` of the field, in code points."""

    document: str
    field: Literal["text", "title", "published"]
    start: int
    end: int
    quote: str


Responses = dict[int | str, dict[str, Any]]

#: What every request may be answered with. With --team the log-in is asked for, else it never is.
ALWAYS: Final[Responses] = {
    401: {"model": Problem, "description": "Nobody is logged in, and the server is one of a team."},
    422: {"model": Problem, "description": "A value does not fit; the words say which and why."},
    503: {"model": Problem, "description": "The ledger is written by another process, or still being counted."},
}
NONE: Final[Responses] = {404: {"model": Problem, "description": "There is none such."}}
_SAME: Final[Responses] = {304: {"description": "As you have it."}}


def _known(
    if_none_match: Annotated[
        str | None, Header(description="The ETag of an answer that you have; if it is still the same, you get 304.")
    ] = None,
) -> None:
    """Describes the header, which ``site.answer_json`` reads."""


def reads(tag: str) -> APIRouter:
    """A router for what is read; ``tag`` is what the description lists it under."""
    return APIRouter(responses={**ALWAYS, **_SAME}, dependencies=[Depends(_known)], tags=[tag])


def page_of(
    listed: Sequence[T], key: Callable[[T], tuple[Any, ...]], after: str, limit: int
) -> tuple[Sequence[T], str | None]:
    """The items behind a cursor, and the cursor of the last if more follow. Raises BadView.

    ``listed`` is sorted by ``key``, which tells any two items apart and is of plain values of the same types for all. A
    cursor is the key of the last item, so that what comes or goes meanwhile neither hides nor repeats another.
    """
    start = 0
    if after:
        last = read_cursor(after)
        if listed and [type(value) for value in last] != [type(value) for value in key(listed[0])]:
            raise BadView("after is no cursor of this list")
        start = bisect.bisect_right(listed, last, key=key)
    some = listed[start : start + limit]
    return some, write_cursor(key(some[-1])) if some and start + limit < len(listed) else None


def write_cursor(key: tuple[Any, ...]) -> str:
    """A place in an order, as an address carries it."""
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[Any, ...]:
    """The place that a cursor names. Raises BadView."""
    try:
        found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadView("after is no cursor of this list") from error
    if not isinstance(found, list):
        raise BadView("after is no cursor of this list")
    return tuple(found)
