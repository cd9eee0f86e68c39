"""What a page says of itself: title, outlet, author, section, language, address and the day it was published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pledgetrail.sources.page_authors import believed, byline
from pledgetrail.sources.page_days import days
from pledgetrail.sources.page_fields import fields
from pledgetrail.sources.page_linked import Linked, linked, plain

_LONGEST: Final = 500  # code points of one value
_SUFFIX: Final = re.compile(r"\s+[|–—·•»:-]+\s+")
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2,4}|\d{3}))?\b")
_CUT_OFF: Final = re.compile(r"\s*(?:…|\.\.\.)\Z")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says of itself; None for what it does not say."""

    title: str | None
    outlet: str | None
    published: str | None  # as the page gives it; a day if htmldate found it
    guessed: str | None  # a day that stands somewhere on the page, where no day of publication was found
    author: str | None
    section: str | None
    language: str | None
    url: str | None


def page_metadata(tree: HtmlElement, url: str | None = None, *, thorough: bool = True) -> PageMetadata:
    """The metadata of a parsed page. ``url`` is the address it was fetched from, if known.

    To be called last: what says nothing of publication is taken out of the tree on the way. ``thorough`` looks for a
    day in all of the page's wording if need be.
    """
    meta = _meta(tree)
    address = url or _address(tree, meta)
    headings = [text for text in (plain(h.text_content()[:_LONGEST]) for h in tree.iter("h1")) if text]
    data = linked(tree, address, headings[0] if len(headings) == 1 else None)
    address = address or _absolute(_text(data.report.get("url")))
    title, suffix = _title(tree, data, meta, headings)
    outlet = _outlet(data, meta, suffix)
    author = _author(tree, data, meta, (outlet, suffix, _host(address)))
    published, guessed = days(tree, data, meta, address, thorough=thorough)
    return PageMetadata(
        title=title,
        outlet=outlet,
        published=published,
        guessed=guessed,
        author=author,
        section=_section(data, meta),
        language=_language(tree, data, meta),
        url=address,
    )


def _meta(tree: HtmlElement) -> dict[str, list[str]]:
    """The values of the meta elements that we know, by name in lower case, in the order of the page."""
    wanted = fields().wanted
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        value = plain(element.get("content") or "")
        if not value or len(value) > _LONGEST:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name in wanted:
                found.setdefault(name, []).append(value)
                break
    return found


def _values(meta: Mapping[str, list[str]], field: str) -> list[str]:
    return [value for name in fields().meta[field] for value in meta.get(name, ())]


def _text(value: Any) -> str | None:
    """A string of JSON-LD, or the first of a list of them."""
    if isinstance(value, list):
        return next((text for item in value[:5] if (text := _text(item))), None)
    return (plain(value[: 4 * _LONGEST]) or None) if isinstance(value, str) else None


def _address(tree: HtmlElement, meta: Mapping[str, list[str]]) -> str | None:
    links = [link.get("href") for link in tree.iter("link") if (link.get("rel") or "").strip().lower() == "canonical"]
    base = next((found for value in _values(meta, "url") if (found := _absolute(value))), None)
    for link in links:
        if found := _absolute(link) or _absolute(_joined(base, link)):
            return found
    return base


def _joined(base: str | None, link: str | None) -> str | None:
    try:
        return urljoin(base, link) if base and link else None
    except ValueError:
        return None


def _absolute(value: str | None) -> str | None:
    """An address that can be followed, None for anything else."""
    value = (value or "").strip()
    if len(value) > 2000 or any(c.isspace() for c in value):
        return None
    return value if _host(value) and value.lower().startswith(("http://", "https://")) else None


def _host(address: str | None) -> str | None:
    try:
        return urlsplit(address).hostname if address else None
    except ValueError:
        return None


def _title(
    tree: HtmlElement, data: Linked, meta: Mapping[str, list[str]], headings: list[str]
) -> tuple[str | None, str | None]:
    """The title, and what stands after it in the page's ``title`` element: usually the outlet."""
    element = next(tree.iter("title"), None)
    tab = plain(element.text_content()[: 2 * _LONGEST]) if element is not None else ""
    given = _text(data.report.get("headline")) or next(iter(_values(meta, "title")), None)
    bare, suffix = _parted(given or tab, headings)
    title = bare if given else headings[0] if len(headings) == 1 else _shown(tree, bare)
    if not title:
        return None, None
    suffix = suffix or _parted(tab, [title, *headings])[1]
    begun = _CUT_OFF.sub("", title)
    whole = next((h for h in headings if h.casefold().startswith(begun.casefold()) and begun != title), None)
    return (whole or title)[:_LONGEST], suffix


def _shown(tree: HtmlElement, tab: str) -> str | None:
    """What the page's tab says without the outlet, if the page itself shows it: a tab may name the site alone."""
    body = tree.find(".//body")
    shown = plain(body.text_content()).casefold() if body is not None and tab else ""
    parts = [tab, *(tab[: match.start()] for match in reversed(list(_SUFFIX.finditer(tab))))]
    return next((part for part in parts if part.count(" ") > 2 and part.casefold() in shown), None)


def _parted(title: str, known: Iterable[str]) -> tuple[str, str | None]:
    """A title without the outlet after it, where the part before it is a heading of the page."""
    for match in _SUFFIX.finditer(title):
        if title[: match.start()].casefold() in {heading.casefold() for heading in known}:
            return title[: match.start()], _SUFFIX.split(title[match.end() :])[-1]
    return title, None


def _outlet(data: Linked, meta: Mapping[str, list[str]], suffix: str | None) -> str | None:
    publisher = data.report.get("publisher") or data.page.get("publisher")
    site = data.site.get("name") or data.site.get("alternateName")
    names = [*data.names(publisher), *_values(meta, "outlet")[:1], *data.names(site), suffix or ""]
    return next((name for name in names if 1 < len(name) <= 100 and "://" not in name), None)


def _author(
    tree: HtmlElement, data: Linked, meta: Mapping[str, list[str]], outlets: tuple[str | None, ...]
) -> str | None:
    persons = data.names(data.report.get("author") or data.report.get("creator"), ("person",))
    given = _values(meta, "author")
    linked_to = [link for node in _list(data.report.get("author")) if (link := _link(data, node))]
    return believed(persons, outlets) or believed(given, outlets) or byline(tree, outlets, [*given, *linked_to])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _link(data: Linked, value: Any) -> str | None:
    node = data.follow(value)
    return _text(node.get("url")) if isinstance(node, dict) else None


def _section(data: Linked, meta: Mapping[str, list[str]]) -> str | None:
    found = _text(data.report.get("articleSection")) or next(iter(_values(meta, "section")), None)
    return found[:100] if found else None


def _language(tree: HtmlElement, data: Linked, meta: Mapping[str, list[str]]) -> str | None:
    """The language's code as the page's root declares it, else as its metadata do: ``en``, ``en-GB``."""
    given = [tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang"), tree.get("xml:lang")]
    for value in (*given, *data.names(data.report.get("inLanguage")), *_values(meta, "language")):
        if match := _LANGUAGE.fullmatch((value or "").strip()):
            code, region = match.groups()
            region = region and (region.upper() if len(region) == 2 else region.title())
            return f"{code.lower()}-{region}" if region else code.lower()
    return None
