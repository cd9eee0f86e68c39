"""What an address asks for beside a view of the ledger's rows: days, numbers, words, one of some."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from pledgetrail.language.edtf import bounds
from pledgetrail.serving.view import BadView


def word(request: Request, name: str) -> str:
    """Words, without what cannot be seen; at most 200 characters."""
    return re.sub("[\x00-\x1f\x7f\ud800-\udfff]", " ", request.query_params.get(name, "")).strip()[:200]


def whole(request: Request, name: str, default: int | None = None) -> int | None:
    """A number that is not negative. Raises BadView."""
    value = request.query_params.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdecimal()):
        raise BadView(f"{name} is a whole number")
    if len(value) > 9:
        raise BadView(f"{name} is a whole number of at most nine digits")
    return int(value)


def day(request: Request, name: str) -> dt.date | None:
    """A day; of a month or a year its last. Raises BadView."""
    return last_day(request.query_params.get(name, ""), name)


def first_day(request: Request, name: str) -> dt.date | None:
    """A day; of a month or a year its first. Raises BadView."""
    return _bound(request.query_params.get(name, ""), name, 0)


def last_day(value: str, name: str) -> dt.date | None:
    """The same as ``day`` of a value; ``name`` is what the words of an error call it."""
    return _bound(value, name, 1)


def _bound(value: str, name: str, side: int) -> dt.date | None:
    value = value.strip()
    if not value:
        return None
    try:
        found = bounds(value)[side]
    except ValueError:
        found = None
    if found is None:
        raise BadView(f"{name} is a day (2021-01-13), month (2021-01) or year (2021)")
    return found


def one_of(request: Request, name: str, known: Sequence[str], default: str = "") -> str:
    """One of some words. Raises BadView."""
    value = request.query_params.get(name, "").strip() or default
    if value and value not in known:
        raise BadView(f"{name} is one of {', '.join(known)}")
    return value


def without(request: Request, *names: str) -> dict[str, Any]:
    """The address's query but for some names."""
    return {name: value for name, value in request.query_params.items() if name not in names and value}
