"""Who wrote a page. One weak sign is not believed; what stands in an author's place is told from a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from pledgetrail.sources.page_fields import author_words
from pledgetrail.sources.page_linked import plain

_MOST: Final = 10  # authors of one report; a longer list is one of the staff
_LONGEST: Final = 80  # code points of one name
_WORDS: Final = 6
_ADDRESS: Final = re.compile(r"://|@|\bwww\.|\.(?:com|org|net|gov|int|info|co|news|tv)\b", re.IGNORECASE)
_STOPS: Final = re.compile(r"[^\w\s'’-]+|_")
_PARTS: Final = re.compile(r"\s*(?:[,;|•·/]|\band\b|&)\s*", re.IGNORECASE)
_NAME: Final = re.compile(r"[^\W\d_]")
_SLUG: Final = re.compile(r"[\W_]+")

#: Elements that pages mark as the author's, outside of comments, lists of other reports and menus.
_BYLINES: Final = XPath(
    './/*[(contains(concat(" ", @rel, " "), " author ") or contains(@itemprop, "author")'
    ' or contains(@class, "byline") or contains(@class, "author") or contains(@id, "byline"))'
    ' and not(self::meta or self::link) and not(ancestor-or-self::*[contains(@class, "comment")'
    ' or contains(@id, "comment") or contains(@class, "related") or self::aside or self::nav or self::footer])]'
)
_AUTHOR_LINKS: Final = XPath(
    './/*[(self::a or self::link) and @href and (contains(@rel, "author") or contains(@href, "/"))]'
)


def believed(names: Iterable[str], outlets: Iterable[str | None]) -> str | None:
    """The authors among the names that metadata give, joined; None if none of them is a name."""
    shut = {_folded(outlet) for outlet in outlets if outlet}
    kept: dict[str, str] = {}
    for given in names:
        for name in _persons(_bare(given), shut):
            kept.setdefault(_folded(name), name)
    return ", ".join(kept.values()) if 0 < len(kept) <= _MOST else None


def byline(tree: HtmlElement, outlets: Iterable[str | None], addresses: Iterable[str]) -> str | None:
    """The author that the page shows and that an address of an author, in a link or in ``addresses``, confirms.

    The class of an element alone names menus, comments and other reports' writers too often.
    """
    shown = [name for name in _shown(tree) if believed([name], outlets)]
    if not shown:
        return None
    slugs = set(_slugs([*addresses, *(str(link.get("href")) for link in _AUTHOR_LINKS(tree))]))
    for name in shown:
        parts = [part for part in _PARTS.split(_bare(name)) if part]
        if parts and all(_SLUG.sub("", part.casefold()) in slugs for part in parts):
            return believed([name], outlets)
    return None


def _shown(tree: HtmlElement) -> Iterator[str]:
    seen = set()
    for element in _BYLINES(tree)[:20]:
        text = plain(element.text_content()[:300])
        name = _bare(text)
        if name and name not in seen and len(name) <= _LONGEST:
            seen.add(name)
            yield name


def _slugs(addresses: Iterable[str]) -> Iterator[str]:
    """Names in addresses of authors' pages, letters only: /author/jane-doe, facebook.com/jane.doe."""
    paths = author_words().paths
    for address in addresses:
        try:
            parts = [part for part in unquote(urlsplit(address).path).casefold().split("/") if part]
        except ValueError:
            continue
        for before, part in zip(parts, parts[1:], strict=False):
            if before in paths:
                yield _SLUG.sub("", part.removesuffix(".html"))
        if len(parts) == 1:
            yield _SLUG.sub("", parts[0])


def _bare(given: str) -> str:
    """A name without "By" before it and a comma after it."""
    name = plain(given).strip(" ,;:|–—-")
    folded = name.casefold()
    for lead in author_words().lead:
        if folded.startswith((f"{lead} ", f"{lead}:")):
            return name[len(lead) + 1 :].strip(" ,;:|–—-")
    return "" if folded in author_words().lead else name


def _persons(name: str, shut: set[str]) -> list[str]:
    """The persons that a field names: none where it is an address or the outlet; offices beside a name fall away."""
    if not _NAME.search(name) or _ADDRESS.search(name) or _folded(name) in shut:
        return []
    return [part for part in _PARTS.split(name) if part and _is_person(part, shut)]


def _is_person(part: str, shut: set[str]) -> bool:
    words = _folded(part).split()
    known = author_words()
    if not words or len(part) > _LONGEST or len(words) > _WORDS or " ".join(words) in shut:
        return False
    if (
        all(word in known.generic for word in words)
        or {words[0], words[-1]} & known.bodies
        or any(map(str.isdigit, part))
    ):
        return False
    return len(words) > 1 or part[:1].isupper() or not part[:1].isascii()


def _folded(name: str) -> str:
    return " ".join(_STOPS.sub(" ", name.casefold()).split())
