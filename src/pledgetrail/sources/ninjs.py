"""ninjs, the IPTC's News in JSON, as agencies send it: generations 1, 2 and 3.

https://iptc.org/standards/ninjs/ has the schemas. Generation 1 has ``headline`` and ``body_text`` or ``body_xhtml``
(any ``body_`` with the name of a form after it), 2 and 3 have lists of ``headlines`` and ``bodies`` with roles.
Generation 3 writes ``versionCreated`` where the others have ``versioncreated``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pledgetrail.records import RawReport
from pledgetrail.sources.fragments import fragment_text, is_markup
from pledgetrail.sources.rows import BadRecord

_OWN: Final = ("versioncreated", "firstcreated", "contentcreated", "pubstatus", "copyrightholder", "usageterms")
_WITHDRAWN: Final = frozenset({"canceled", "cancelled", "withheld"})
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BROKEN: Final = re.compile("[\x00\ud800-\udfff]")
_MAIN: Final = ("main", "")  # roles of a headline or body, the most wanted first


def is_item(value: Mapping[str, object]) -> bool:
    """Whether an object is a ninjs item that can hold a text: its address, and keys that no other format has."""
    if not isinstance(value.get("uri"), str) and not isinstance(value.get("guid"), str):
        return False
    keys = {key.lower() for key in value}
    standard = value.get("standard")
    if isinstance(standard, dict) and str(standard.get("name", "")).lower() == "ninjs":
        return True
    body = "bodies" in keys or any(key.startswith("body_") for key in keys)
    return body and bool(keys.intersection(_OWN) or "headlines" in keys)


def report_of_item(value: Mapping[str, object], *, source: str, fallback: str, digest: str) -> RawReport:
    """The report of a ninjs item; ``uri`` is its id. Raises BadRecord, also for an item that its agency withdrew."""
    item = {key.lower(): part for key, part in value.items()}
    status = _string(item.get("pubstatus")) or ""
    if status.lower() in _WITHDRAWN:
        raise BadRecord("withdrawn", f"the item is marked as {status}")
    text = _text(item)
    if not text:
        kind = _string(item.get("type")) or "text"
        raise BadRecord("no-text", f"the item has no body (its type is {kind})")
    uri = _string(item.get("uri")) or _string(item.get("guid")) or ""
    if _CONTROL.search(uri):
        raise BadRecord("bad-id", "the uri holds control characters")
    moments = (_string(item.get(key)) for key in ("contentcreated", "firstcreated", "versioncreated"))
    return RawReport(
        id=uri or fallback,
        source=source,
        text=text,
        content_sha256=digest,
        url=next(_addresses(item, uri), None),
        title=_headline(item),
        outlet=_provider(item),
        published=next((moment for moment in moments if moment), None),
        author=_string(item.get("byline")) or _string(item.get("by")),
        section=_names(item.get("subjects") or item.get("subject")),
        language=_string(item.get("language")),
        partial=(_string(item.get("representationtype")) or "").lower() == "incomplete",
    )


def _text(item: Mapping[str, object]) -> str:
    """The body: plain if there is one, else the words of its markup."""
    plain, marked = [_string(item.get("body_text"))], [_string(item.get("body_xhtml")), _string(item.get("body_html"))]
    for body in sorted(_objects(item.get("bodies")), key=_role):
        value = _string(body.get("value"))
        form = (_string(body.get("contenttype")) or _string(body.get("role")) or "").lower()
        (plain if "plain" in form or form == "text" else marked).append(value)
    marked += [_string(part) for key, part in item.items() if key.startswith("body_")]
    own = next((text for text in plain if text), None)
    if own is not None and not is_markup(own):
        return own
    markup = own or next((text for text in marked if text), None)
    return fragment_text(markup) if markup else ""


def _headline(item: Mapping[str, object]) -> str | None:
    given = _string(item.get("headline"))
    in_roles = (_string(part.get("value")) for part in sorted(_objects(item.get("headlines")), key=_role))
    title = given or next((text for text in in_roles if text), None) or _string(item.get("title"))
    return fragment_text(title) if title and "<" in title else title


def _provider(item: Mapping[str, object]) -> str | None:
    """Who sends the item: named as provider or source, else as the holder of its rights."""
    for key in ("provider", "source", "infosources"):
        named = item.get(key)
        for part in named if isinstance(named, list) else [named]:
            name = _string(part.get("name")) if isinstance(part, dict) else _string(part)
            if name:
                return name
    return _string(item.get("copyrightholder"))


def _addresses(item: Mapping[str, object], uri: str) -> Iterator[str]:
    """Where the item can be read: its own uri if that is on the web, or that of a rendition as a page."""
    if uri.startswith(("http://", "https://")):
        yield uri
    renditions = item.get("renditions")
    parts = list(renditions.values()) if isinstance(renditions, dict) else renditions
    for part in _objects(parts):
        form = {key.lower(): value for key, value in part.items()}
        address = _string(form.get("href"))
        if address and "html" in str(form.get("mimetype") or form.get("contenttype")):
            yield address


def _names(value: object) -> str | None:
    """The names of the first few subjects."""
    names = [name for part in _objects(value) if (name := _string(part.get("name")))]
    return "; ".join(names[:5]) or None


def _role(part: Mapping[str, object]) -> int:
    role = (_string(part.get("role")) or "").lower()
    return _MAIN.index(role) if role in _MAIN else len(_MAIN)


def _objects(value: object) -> list[dict[str, object]]:
    """The objects of a list, their keys in lower case."""
    if not isinstance(value, list):
        return []
    return [{key.lower(): held for key, held in part.items()} for part in value if isinstance(part, dict)]


def _string(value: object) -> str | None:
    return _BROKEN.sub("\ufffd", value) if isinstance(value, str) and value.strip() else None
