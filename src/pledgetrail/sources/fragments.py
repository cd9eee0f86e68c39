"""The words of a piece of HTML that is all body: a cell of a table, a field of a news item. No page around it."""

from __future__ import annotations

import html
import re
from typing import Final

_MARKUP: Final = re.compile(r"</(?:p|div|li|h[1-6]|td|blockquote)\s*>|<br\s*/?>|<p[\s>]", re.IGNORECASE)
_BLOCKS: Final = frozenset(
    "p div li ul ol h1 h2 h3 h4 h5 h6 table tr td th blockquote section article header footer figure figcaption dl dt "
    "dd pre hr address aside main".split()
)
_LINES: Final = frozenset({"br", "tr", "li", "td", "th", "dt", "dd"})  # these begin a line, not a paragraph
#: What is not shown, or a tag. Each alternative takes what it starts with, so that none is looked for in vain.
_TAG: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)"
    r"|<(?P<silent>script|style|template|noscript|iframe|svg)\b[^>]*>.*?(?:</(?P=silent)\s*>|\Z)"
    r"|</?(?P<name>[a-z][a-z0-9:-]*)[^>]*>"
    r"|<[!?/][^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_GAPS: Final = re.compile(r"[ \t]*\n[ \t]*")
_BLANKS: Final = re.compile(r"\n{3,}")


def is_markup(text: str) -> bool:
    """Whether a text has the tags of paragraphs or line breaks in it."""
    return "<" in text and _MARKUP.search(text) is not None


def fragment_text(markup: str) -> str:
    """The words of a piece of HTML: a blank line between paragraphs, a new line for a row or item. Never raises.

    Takes time linear in the markup, whatever it is: Python's own parser takes minutes for some that are small.
    """
    parts: list[str] = []
    at, last = 0, markup.rfind(">") + 1  # a tag that starts behind is never closed
    while (tag := _TAG.search(markup, at, last)) is not None:
        parts.append(_shown(markup[at : tag.start()]))
        name = (tag["name"] or "").lower()
        if name in _BLOCKS or name in _LINES:
            parts.append("\n" if name in _LINES else "\n\n")
        elif tag["data"] is not None:
            parts.append(_SPACE.sub(" ", tag["data"]))
        at = tag.end()
    parts.append(_shown(markup[at:]))
    return _BLANKS.sub("\n\n", _GAPS.sub("\n", "".join(parts))).strip()


def _shown(words: str) -> str:
    return _SPACE.sub(" ", html.unescape(words))
