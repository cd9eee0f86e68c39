"""JSON objects: parsed safely, and made reports, whether they are ninjs items or records with keys of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from pledgetrail.records import RawReport
from pledgetrail.sources import ninjs
from pledgetrail.sources.columns import NoColumn, address_column, columns_of, list_names
from pledgetrail.sources.decoding import NotText, decode
from pledgetrail.sources.rows import BadRecord, report

__all__ = ["AddressOnly", "address_of", "parse", "records_of", "report_of"]

_DEEPEST_LIST: Final = 3


class AddressOnly(Exception):
    """A record that names a page without its text."""


def parse(data: bytes) -> object:
    """The value that a piece of JSON is. Raises BadRecord, whatever the bytes are."""
    try:
        return json.loads(decode(data))
    except NotText as error:
        raise BadRecord(error.kind, str(error)) from None
    except json.JSONDecodeError as error:
        cut = error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip())
        kind, what = ("truncated-json", "the JSON is cut off") if cut else ("invalid-json", "not valid JSON")
        raise BadRecord(kind, f"{what} ({error.msg}, column {error.colno})") from None
    except RecursionError:
        raise BadRecord("invalid-json", "the JSON is nested too deep") from None
    except ValueError:  # Python refuses to convert numbers of thousands of digits
        raise BadRecord("invalid-json", "the JSON has a number too long") from None


def report_of(
    value: object,
    chosen: Mapping[str, str],
    *,
    source: str,
    fallback: str,
    digest: str,
    lines: bool = False,
) -> RawReport:
    """The report of one JSON object. In JSON Lines a ``text`` is stored to the letter, HTML or not.

    Raises BadRecord, or AddressOnly if the object names a page but has no key for a text.
    """
    if not isinstance(value, dict):
        raise BadRecord("not-a-record", "not a JSON object")
    if ninjs.is_item(value):
        return ninjs.report_of_item(value, source=source, fallback=fallback, digest=digest)
    row = _with_paths(value, chosen)
    try:
        columns = columns_of(row, chosen, table=False)
    except NoColumn as error:
        if error.kind == "no-text" and address_of(value, chosen) is not None:
            raise AddressOnly from None
        raise BadRecord(error.kind, str(error)) from None
    verbatim = lines and columns.names["text"] == "text"
    return report(row, columns, source=source, fallback=fallback, digest=digest, verbatim=verbatim)


def address_of(value: object, chosen: Mapping[str, str]) -> str | None:
    """The address of the page that a record names, if it names one."""
    if not isinstance(value, dict):
        return None
    column = address_column(value, chosen)
    address = value.get(column) if column is not None else None
    return address.strip() if isinstance(address, str) and address.strip().startswith(("http://", "https://")) else None


def records_of(value: object, chosen: Mapping[str, str]) -> Iterator[object]:
    """The records in a JSON object: itself if it is one, else those of its one list of objects, some levels down."""
    yield from _list_in(value, chosen, _DEEPEST_LIST) or [value]


def _list_in(value: object, chosen: Mapping[str, str], levels: int) -> list[object] | None:
    if not isinstance(value, dict) or _is_record(value, chosen):
        return None
    lists = {key: held for key, held in value.items() if isinstance(held, list) and _any_object(held)}
    named = [name for name in list_names() if name in lists]
    if named or len(lists) == 1:
        return lists[named[0] if named else next(iter(lists))]
    inner = (_list_in(held, chosen, levels - 1) for held in value.values()) if levels > 1 else iter(())
    return next((held for held in inner if held), None)


def _any_object(parts: list[object]) -> bool:
    return any(isinstance(part, dict) for part in parts)


def _is_record(value: dict[str, object], chosen: Mapping[str, str]) -> bool:
    if ninjs.is_item(value):
        return True
    row = _with_paths(value, chosen)
    try:
        name = columns_of(row, chosen, table=False).names["text"]
    except NoColumn:
        return False
    return isinstance(row[name], str)


def _with_paths(value: dict[str, object], chosen: Mapping[str, str]) -> dict[str, object]:
    """The object with the values that the user chose by a path (``fields.body``) as keys of its own."""
    paths = [column for column in chosen.values() if "." in column and column not in value]
    if not paths:
        return value
    row = dict(value)
    for path in paths:
        found: object = value
        for key in path.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        if found is not None:
            row[path] = found
    return row
