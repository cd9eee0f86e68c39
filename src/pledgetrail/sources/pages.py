"""Web pages: one HTML page is one report, its main text as trafilatura takes it."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources.decoding import NotText
from pledgetrail.sources.inputs import Input, Settings
from pledgetrail.sources.limits import Limits

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Extractor

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
#: Up to these sizes a page is looked at in every way that trafilatura and htmldate know. 6,000 elements made to be slow
#: took half a minute so and two seconds without.
_THOROUGH: Final = 5_000
_THOROUGH_CHARACTERS: Final = 300_000
#: A page with fewer words of main text than a shortest sentence about a promise has told nothing ("We use cookies").
_FEWEST_WORDS: Final = 5


def read(item: Input, settings: Settings) -> Iterator[RawReport | Problem]:
    """The one report that a page is, or the problem with it. Raises OSError."""
    with item.open() as stream:
        data = stream.read(settings.limits.page_bytes + 1)
    yield report_from_page(data, source=item.source, id=item.id, limits=settings.limits)


def report_from_page(
    data: bytes,
    *,
    source: str,
    id: str,
    limits: Limits,
    url: str | None = None,
    charset: str | None = None,
) -> RawReport | Problem:
    """The report of one HTML page, or the problem with it: never raises for what the page holds.

    ``source`` and ``id`` are those of the report, ``url`` the address it was fetched from, ``charset`` the encoding
    that the server named. Offsets of evidence are code points of the text as extracted, one block a line; the page
    itself goes along as ``page`` with its sha256.
    """
    from pledgetrail.sources.page_metadata import page_metadata  # with it come lxml and trafilatura, slow to import
    from pledgetrail.sources.page_tree import page_markup, page_tree

    if len(data) > limits.page_bytes:
        return Problem(source, "too-long", f"{source}: longer than {limits.page_bytes:,} bytes; is this one page?")
    try:
        tree = page_tree(page_markup(data, charset))
    except NotText as error:
        return Problem(source, error.kind, f"{source}: {error}")
    if tree is None:
        return Problem(source, "no-text", f"{source}: the page has no main text")
    elements, characters = _size(tree)
    if elements > limits.page_elements:
        message = f"{source}: more than {limits.page_elements:,} elements; is this one page?"
        return Problem(source, "too-long", message)
    thorough = elements <= _THOROUGH and characters <= _THOROUGH_CHARACTERS
    text = main_text(tree, thorough=thorough)
    if len(text.split()) < _FEWEST_WORDS:
        return Problem(source, "no-text", f"{source}: the page has no main text")
    said = page_metadata(tree, url, thorough=thorough)
    digest = hashlib.sha256(data).hexdigest()
    return RawReport(
        id=id,
        source=source,
        text=text,
        content_sha256=digest,
        url=said.url,
        title=said.title,
        outlet=said.outlet,
        published=said.published,
        guessed=said.guessed,
        author=said.author,
        section=said.section,
        language=said.language,
        page=data,
        page_sha256=digest,
    )


@cache
def _options(thorough: bool) -> Extractor:
    """What trafilatura is to do; made once, since it takes longer than reading a short page."""
    from trafilatura.settings import Extractor

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it warns of what we name ourselves
    return Extractor(output_format="python", fast=not thorough, comments=False)


def _size(tree: HtmlElement) -> tuple[int, int]:
    """How many elements a page has, and how many code points of text outside of scripts."""
    elements = characters = 0
    for element in tree.iter():
        elements += 1
        if element.text and element.tag not in ("script", "style"):
            characters += len(element.text)
        if element.tail:
            characters += len(element.tail)
    return elements, characters


def main_text(tree: HtmlElement, *, thorough: bool = True) -> str:
    """The main text of a parsed page, one paragraph, heading or list item a line; empty if it has none.

    Comments are left out, and the tree stays as it is. ``thorough`` compares with other ways to extract, which takes
    time that grows with the square of the page.
    """
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(tree, options=_options(thorough))
    except Exception:  # whatever a hostile page makes it stumble over: there is no text to be had from it
        return ""
    text = getattr(found, "text", None) or ""
    return _SURROGATE.sub("\ufffd", text).strip() if any(map(str.isalpha, text)) else ""
