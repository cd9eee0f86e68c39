"""What a page says of itself in JSON-LD (schema.org), wherever it says it: alone, in a list, or in a graph."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml.html import HtmlElement

from pledgetrail.sources.page_fields import fields

_LONGEST: Final = 2_000_000  # characters of one script; whole articles are in some
_DEEPEST: Final = 8  # levels of lists and graphs in which a node is looked for
_MOST: Final = 500  # nodes of one page that are looked at
_HOLDERS: Final = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart", "isPartOf")
_WRAPPED: Final = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*\Z|;\s*\Z")
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TAG: Final = re.compile(r"<[^<>]{1,300}>")

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """The nodes of a page: the report that it is, the page, the site, and all by ``@id``."""

    report: Node
    page: Node
    site: Node
    by_id: Mapping[str, Node]

    def follow(self, value: Any) -> Any:
        """The node that a mere reference (``{"@id": …}``) stands for; anything else as it is."""
        if isinstance(value, dict) and "@id" in value and len(value) <= 2 and "name" not in value:
            return self.by_id.get(str(value["@id"]), value)
        return value

    def names(self, value: Any, kinds: tuple[str, ...] = ()) -> list[str]:
        """The names in a value: of strings, nodes, references and lists of these; only of the given types if any."""
        if isinstance(value, list):
            return [name for item in value[:20] for name in self.names(item, kinds)]
        value = self.follow(value)
        if isinstance(value, str):
            return [plain(value)] if plain(value) else []
        if not isinstance(value, dict) or (kinds and types(value) and not types(value) & set(kinds)):
            return []
        name = value.get("name")
        if isinstance(name, dict | list):
            return self.names(name)
        if not isinstance(name, str):
            name = " ".join(
                str(value[part]) for part in ("givenName", "familyName") if isinstance(value.get(part), str)
            )
        return [plain(name)] if plain(name) else []


def linked(tree: HtmlElement, address: str | None, heading: str | None) -> Linked:
    """The JSON-LD of a page. Of several reports the one with the page's address or heading is the page's own.

    A report that only stands in a list of others is not taken for the page's unless address or heading say so.
    """
    found = list(_nodes(tree))
    by_id = {str(node["@id"]): node for node, _ in found if "@id" in node and len(node) > 1}
    reports = [(node, own) for node, own in found if types(node) & fields().report]
    report = next((n for n, _ in reports if _is_of(n, address, heading)), None)
    report = report or next((n for n, own in reports if own), {})
    page = next((n for n, own in found if own and types(n) & fields().page), {})
    site = next((n for n, _ in found if types(n) & fields().site), {})
    return Linked(report, page, site, by_id)


def types(node: Node) -> set[str]:
    """The types of a node in lower case, without schema.org's address."""
    given = node.get("@type")
    names = given if isinstance(given, list) else [given]
    return {name.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for name in names if isinstance(name, str)}


def plain(value: str) -> str:
    """A string of metadata without entities, tags and runs of white space; what no encoding can store is U+FFFD."""
    return " ".join(_TAG.sub(" ", _SURROGATE.sub("\ufffd", html.unescape(value))).split())


def _is_of(node: Node, address: str | None, heading: str | None) -> bool:
    links = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    links = [link.get("@id") or link.get("url") if isinstance(link, dict) else link for link in links]
    if address and any(isinstance(link, str) and _same(link, address) for link in links):
        return True
    title = node.get("headline") or node.get("name")
    return bool(heading and isinstance(title, str) and plain(title).casefold() == heading.casefold())


def _same(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _bare(address: str) -> str:
    return re.sub(r"\Ahttps?://(?:www\.)?|[?#].*\Z|/+\Z", "", address)


def _nodes(tree: HtmlElement) -> Iterator[tuple[Node, bool]]:
    """All nodes, each with whether it stands for the page itself and not in a list of others."""
    left = _MOST
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text or len(script.text) > _LONGEST:
            continue
        for node in _walk(_loaded(script.text), True, 0):
            yield node
            left -= 1
            if not left:
                return


def _walk(value: Any, own: bool, depth: int) -> Iterator[tuple[Node, bool]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, own, depth + 1)
    elif isinstance(value, dict):
        yield value, own
        listing = bool(types(value) & {"itemlist", "collectionpage", "breadcrumblist"})
        for holder in _HOLDERS:
            if holder in value:
                yield from _walk(value[holder], own and not listing and holder != "itemListElement", depth + 1)
        for person in ("author", "publisher", "creator"):  # referred to by their @id elsewhere
            if isinstance(value.get(person), dict):
                yield value[person], False


def _loaded(script: str) -> Any:
    """The value of a script; as far as a common slip of pages can be mended. None if it cannot."""
    for text in (script, _TRAILING_COMMA.sub(r"\1", _WRAPPED.sub("", _WRAPPED.sub("", script)))):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None
