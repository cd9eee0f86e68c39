"""From one row with named values, of whatever kind of table, to a report."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.columns import FIELDS, Columns, fold, languages
from pledgetrail.sources.decoding import NotText, decode
from pledgetrail.sources.fragments import fragment_text, is_markup

_BROKEN: Final = re.compile("[\x00\ud800-\udfff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CUT: Final = re.compile(r"(?:…|\.\.\.)\s*\[\+\d+ chars\]\s*\Z")  # how a news API marks a text that it cut
_COMPACT: Final = re.compile(r"(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:T?([01]\d|2[0-3])([0-5]\d)([0-5]\d)Z?)?")
_EPOCH: Final = re.compile(r"-?\d{9,10}(?:\d{3})?(?:\.\d+)?")
_NUMBERS: Final = frozenset({"id", "published", "section"})  # fields that may come as numbers


class BadRecord(ValueError):
    """A record that is no report. ``kind`` as in Problem.kind, the message is for the user."""

    def __init__(self, kind: str, message: str) -> None:
        """``kind`` is a slug, ``message`` what is wrong without the record's name."""
        super().__init__(message)
        self.kind = kind


def report(
    row: Mapping[str, object],
    columns: Columns,
    *,
    source: str,
    fallback: str,
    digest: str | None = None,
    verbatim: bool = False,
) -> RawReport:
    """The report of a row; ``fallback`` is its id if it has none of its own. Raises BadRecord.

    Halves of surrogate pairs and NULs, which no store takes, become U+FFFD. A text that is HTML is stored as its
    words unless ``verbatim``. Without a ``digest`` the content's hash is that of the fields as read, so that another
    choice of columns is another content.
    """
    fields = {field: _value(row, columns.names.get(field), field) for field in FIELDS}
    text, partial = fields.pop("text"), columns.partial
    if not (text or "").strip() and columns.teaser and columns.teaser != columns.names["text"]:
        text, partial = _value(row, columns.teaser, "text") or text, True
    name = columns.names["text"]
    if text is None:
        raise BadRecord("no-text", f'the record has no "{name}"')
    if is_markup(text) and not verbatim:
        text = fragment_text(text)
    if not text.strip():
        raise BadRecord("empty", f'the record\'s "{name}" is empty')
    own = fields.pop("id") or ""
    if _CONTROL.search(own.strip()):
        raise BadRecord("bad-id", "the id holds control characters")
    if digest is None:
        content = json.dumps([text, own, fields], ensure_ascii=True, sort_keys=True)
        digest = hashlib.sha256(content.encode()).hexdigest()
    published, language = fields["published"], fields["language"]
    return RawReport(
        id=own if own.strip() else fallback,
        source=source,
        text=text,
        content_sha256=digest,
        url=fields["url"],
        title=fields["title"],
        outlet=fields["outlet"],
        published=day(published) if published else None,
        author=fields["author"],
        section=fields["section"],
        language=languages().get(fold(language), language) if language else None,
        partial=partial or _CUT.search(text, max(0, len(text) - 40)) is not None,
    )


def addresses_only(source: str, number: int) -> Problem:
    """The problem with a list of pages without their texts."""
    pages = "1 page is" if number == 1 else f"{number:,} pages are"
    hint = f"fetch the pages first: pledgetrail fetch {source} --into FOLDER"
    return Problem(source, "addresses-only", f"{source}: {pages} listed without a text; {hint}")


def day(given: str) -> str:
    """A date as given; a bare number (20210113, 20210113080000, seconds or ms of Unix time) in ISO 8601."""
    bare = given.strip()
    if match := _COMPACT.fullmatch(bare):
        year, month, day_, hour, minute, second = match.groups()
        return f"{year}-{month}-{day_}" + (f"T{hour}:{minute}:{second}" if hour else "")
    if _EPOCH.fullmatch(bare):
        number = float(bare)
        seconds = number / 1000 if abs(number) >= 1e11 else number
        moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
        return moment.isoformat(timespec="seconds")
    return given


def _value(row: Mapping[str, object], column: str | None, field: str) -> str | None:
    """A field's value as text; None where it is blank, except in the text, where the two are told apart."""
    value = row.get(column) if column is not None else None
    if value is None:
        return None
    text = _text(value, field)
    if text is None:
        raise BadRecord("wrong-type", f'"{column}" must be a string, not {type(value).__name__}')
    broken = _SURROGATE if field == "id" else _BROKEN
    return broken.sub("\ufffd", text) if text.strip() or field == "text" else None


def _text(value: object, field: str) -> str | None:
    """Strings as they are, dates in ISO 8601, lists joined, objects by their name; None for what is no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, dt.datetime) and field == "published":
        plain = value.tzinfo is None and value.time() == dt.time()
        return value.date().isoformat() if plain else value.isoformat(timespec="seconds")
    if isinstance(value, dt.date) and field == "published":
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool) and field in _NUMBERS:
        return str(int(value)) if value == value // 1 else str(value)
    if isinstance(value, bytes):
        try:
            return decode(value)
        except NotText:
            return "" if not value.strip() else None
    if isinstance(value, list):
        parts = [_text(part, field) for part in value]
        return None if None in parts else ("\n\n" if field == "text" else ", ").join(p for p in parts if p)
    if isinstance(value, dict) and field not in ("text", "published"):
        named = value.get("name")
        return named if isinstance(named, str) else None
    return None
