"""Bytes of a page to one parsed tree: its encoding as browsers find it, its depth bounded."""

from __future__ import annotations

import codecs
import itertools
import re
from typing import Final

from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pledgetrail.sources.decoding import decode

_PRESCAN: Final = 4096  # bytes in which a page names its own encoding; browsers look at 1024
_META: Final = re.compile(rb"""<meta\b[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_XML: Final = re.compile(rb"""<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""", re.IGNORECASE)
#: What pages mean by a name of theirs, after https://encoding.spec.whatwg.org/#names-and-labels, as Python's codecs.
_MEANT: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    # a page whose ASCII markup named its encoding cannot be in a wide one
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
    "utf-32": "utf-8",
}
_BROKEN: Final = 0.002  # share of characters that may be broken in the encoding a page declares: pasted bits
_NULS: Final = 0.05  # share of NUL bytes up to which they are slips in a page and not another kind of file
_UNSAFE: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: An internal subset could define entities; the HTML parser takes it for text.
_DOCTYPE: Final = re.compile(r"\A\s*(?:<\?xml[^>]{0,400}\?>\s*)?<!DOCTYPE[^\[>]{0,1000}(?:\[.*?\]\s*)?>", re.I | re.S)
_PROSE: Final = 400  # code points of a cell that is part of the page's layout
#: Tags that can be left open by the thousand. Without them the words and the ends of paragraphs are still there.
_BLOCKS: Final = re.compile(
    r"(?:</?(?:div|center|section|blockquote|[uod]l|li|table|tbody|t[rdh]|article|main|form)\b[^>]{0,2000}>\s{0,99})+",
    re.I,
)
_INLINE: Final = re.compile(r"</?(?:span|font|b|i|u|em|strong|small|big|a|q|cite|sup|sub)\b[^>]{0,2000}>", re.I)


def page_markup(data: bytes, charset: str | None = None) -> str:
    """The page's characters: by byte-order mark, the server's ``charset``, the page's own word, else by looking.

    A page that is valid UTF-8 with letters outside ASCII is that, whatever it says. Raises NotText.
    """
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(data)
    if b"\x00" in data:
        if data.count(b"\x00") > len(data) * _NULS:
            return decode(data)  # UTF-16 without a mark, or no text at all
        data = data.replace(b"\x00", b"")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if not data.isascii():
            return text
    for name in (charset, _declared(data)):
        declared = _declared_text(data, name)
        if declared is not None:
            return declared
    return decode(data)


def _declared(data: bytes) -> str | None:
    head = data[:_PRESCAN]
    found = _META.search(head) or _XML.search(head)
    return found.group(1).decode("ascii") if found else None


def _declared_text(data: bytes, name: str | None) -> str | None:
    """The text in the encoding of that name, None if there is no such encoding or the bytes are hardly in it."""
    if not name:
        return None
    try:
        codec = codecs.lookup(name.strip(" \t\"'")).name
        text = data.decode(_MEANT.get(codec, codec), "replace")
    except (LookupError, ValueError):  # no such encoding, or something like rot13, which is none for bytes
        return None
    return text if text.count("\ufffd") <= len(text) * _BROKEN else None


def page_tree(markup: str) -> HtmlElement | None:
    """The parsed page, without comments; None if there is no element in it.

    The parser stops at 256 levels. A page that goes deeper is parsed again without the tags that nest, which keeps
    its words and its paragraphs; the text then is whole, and its structure flat.
    """
    markup = _UNSAFE.sub("", _DOCTYPE.sub("", markup, count=1))
    tree, too_deep = _parsed(markup)
    if too_deep:
        tree, too_deep = _parsed(_BLOCKS.sub("<p>", _INLINE.sub("", markup)))
    if tree is not None:
        _open_layout(tree)
    return tree


def _open_layout(tree: HtmlElement) -> None:
    """Make blocks of tables that only place text on the page, so that its paragraphs stay apart."""
    for table in tree.xpath(".//table"):
        if any(_holds_prose(cell) for cell in table.iter("td")):
            for part in (table, *table.iter("thead", "tbody", "tfoot", "tr", "td", "th")):
                part.tag = "div"


def _holds_prose(cell: HtmlElement) -> bool:
    """Whether a cell has the length of paragraphs, and the breaks between them."""
    breaks = itertools.islice(cell.iter("p", "br", "div", "table", "h1", "h2", "h3"), 2)
    return len(list(breaks)) == 2 and sum(map(len, itertools.islice(cell.itertext(), 2000))) >= _PROSE


def _parsed(markup: str) -> tuple[HtmlElement | None, bool]:
    parser = HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, default_doctype=False
    )
    try:
        tree = document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (ValueError, LxmlError):  # there is no element in it
        return None, False
    too_deep = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return tree, too_deep
