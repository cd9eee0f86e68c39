"""The words of a piece of HTML that is all body: a cell of a table, a field of a news item. No page around it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_MARKUP: Final = re.compile(r"</(?:p|div|li|h[1-6]|td|blockquote)\s*>|<br\s*/?>|<p[\s>]", re.IGNORECASE)
_BLOCKS: Final = frozenset(
    "p div li ul ol h1 h2 h3 h4 h5 h6 table tr td th blockquote section article header footer figure figcaption dl dt "
    "dd pre hr address aside main".split()
)
_LINES: Final = frozenset({"br", "tr", "li", "td", "th", "dt", "dd"})  # these begin a line, not a paragraph
_SILENT: Final = frozenset({"script", "style", "template", "noscript", "iframe", "svg"})
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_GAPS: Final = re.compile(r"[ \t]*\n[ \t]*")
_BLANKS: Final = re.compile(r"\n{3,}")


def is_markup(text: str) -> bool:
    """Whether a text has the tags of paragraphs or line breaks in it."""
    return "<" in text and _MARKUP.search(text) is not None


def fragment_text(markup: str) -> str:
    """The words of a piece of HTML: a blank line between paragraphs, a new line for a row or item. Never raises."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    return _BLANKS.sub("\n\n", _GAPS.sub("\n", "".join(reader.parts))).strip()


class _Words(HTMLParser):
    """Collects what is shown. Tags need not match: nothing is nested here, so no depth can hurt."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT and not self._silent:
            self._silent = tag
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(_SPACE.sub(" ", data))

    def _break(self, tag: str) -> None:
        if not self._silent and (tag in _BLOCKS or tag in _LINES):
            self.parts.append("\n" if tag in _LINES else "\n\n")
