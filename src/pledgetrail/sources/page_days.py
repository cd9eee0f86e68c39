"""The day a page was published: as its metadata say it, as its text labels it, else as htmldate finds it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from lxml.etree import XPath
from lxml.html import HtmlElement

from pledgetrail.sources.page_fields import fields
from pledgetrail.sources.page_linked import Linked, Node, plain, types

_LONGEST: Final = 50  # code points of a day with its time
_LABELLED: Final = 120  # code points of a line that labels one
_PIECES: Final = XPath(f".//body//text()[normalize-space() and string-length(normalize-space()) <= {_LABELLED}]")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_TELLING: Final = re.compile(r"[^\W\d_]{3}|\d{4}-\d\d?-\d\d?|\d\d?\.\d\d?\.\d{4}")  # day and month cannot be mixed up
_ELSEWHERE: Final = re.compile(r"comment|related|sidebar|teaser|footer|recommend|popular", re.IGNORECASE)
_OUTSIDE: Final = frozenset({"aside", "nav", "footer", "script", "style", "noscript", "template", "head"})


def days(
    tree: HtmlElement, data: Linked, meta: Mapping[str, list[str]], address: str | None, *, thorough: bool
) -> tuple[str | None, str | None]:
    """The day of publication as the page gives it, or else a guess: a day that only the page's wording suggests.

    A day of change is at best a guess. What has been looked at already, the days of other reports and of changes, is
    taken out of the tree before htmldate sees it.
    """
    if told := _told(data, meta) or _labelled(tree):
        return told, None
    for element in [*tree.iter("script"), *tree.iter("meta")]:
        if _is_of_others(element) and element.getparent() is not None:
            element.drop_tree()
    if found := _found(tree, address, False):
        return found, None
    changed = next(
        (value for name in fields().meta["modified"] for value in meta.get(name, ()) if _is_day(value)), None
    )
    if changed:
        return None, changed
    guess = _found(tree, address, True) if thorough else None
    return None, guess if guess and not guess.endswith("-01-01") else None  # htmldate's form of a bare year


def _told(data: Linked, meta: Mapping[str, list[str]]) -> str | None:
    """The day that JSON-LD gives the report, else meta, else JSON-LD for the page."""
    given = [value for name in fields().meta["published"] for value in meta.get(name, ())]
    for value in (*_of_node(data.report), *given, *_of_node(data.page)):
        if isinstance(value, str) and _is_day(plain(value)):
            return plain(value)
    return None


def _of_node(node: Node) -> Iterator[Any]:
    yield node.get("datePublished")
    yield node.get("coverageStartTime" if "liveblogposting" in types(node) else "dateCreated")


def _is_day(value: str) -> bool:
    return len(value) <= _LONGEST and _YEAR.search(value) is not None


@cache
def _label() -> re.Pattern[str]:
    published, updated = ("|".join(map(re.escape, words)) for words in (fields().published, fields().updated))
    return re.compile(
        rf"\W*(?:{published})\b(?:\s+(?:on|at))?[\s:–—-]*(?P<day>.*?)\s*(?:$|[|•·]|\b(?:{updated})\b)", re.I | re.S
    )


def _labelled(tree: HtmlElement) -> str | None:
    """The day that stands after "Published" or the like, in the same piece of text or in the next."""
    waiting = False
    for piece in _PIECES(tree):
        text = plain(piece)
        if waiting and len(text) <= _LONGEST and _YEAR.search(text) and _TELLING.search(text):
            return text
        waiting = False
        match = _label().match(text)
        if match is None or _lies_elsewhere(piece.getparent()):
            continue
        day = match["day"].strip(" ,;")
        if _is_day(day) and _TELLING.search(day):
            return day
        waiting = not day
    return None


def _lies_elsewhere(element: HtmlElement) -> bool:
    """Whether an element belongs to comments, menus or other reports."""
    for outer in (element, *element.iterancestors()):
        if outer.tag in _OUTSIDE or _ELSEWHERE.search(f"{outer.get('class', '')} {outer.get('id', '')}"):
            return True
    return False


def _is_of_others(element: HtmlElement) -> bool:
    if element.tag == "script":
        return "ld+json" in (element.get("type") or "").lower()
    names = (element.get("property"), element.get("name"), element.get("itemprop"))
    return any(name and name.lower() in fields().meta["modified"] for name in names)


@cache
def _finder() -> Callable[..., str | None]:
    from htmldate import find_date  # slow to import

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)  # it warns of what we name ourselves
    return find_date


def _found(tree: HtmlElement, address: str | None, extensive: bool) -> str | None:
    try:
        return _finder()(tree, extensive_search=extensive, original_date=True, url=address)
    except Exception:  # whatever a hostile page makes it stumble over: the page has no date then
        return None
