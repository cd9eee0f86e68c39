"""Same-length repair of a passage, so that a parser reads clean prose and every offset stays true."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

#: Apostrophes and quotation marks of all kinds; the rest of the table is spaces.
_SINGLE: Final = "‘’‚‛′‵ʼʹ`´ʻ"
_DOUBLE: Final = "“”„‟″‶«»〝〞"
_HYPHENS: Final = "‐‑−﹣"
_SPACES: Final = (
    (0x00, 0x1F), (0x7F, 0xA0), (0xAD, 0xAD), (0x061C, 0x061C), (0x1680, 0x1680), (0x180E, 0x180E), (0x2000, 0x200F),
    (0x2028, 0x202F), (0x205F, 0x206F), (0x3000, 0x3000), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFD),
    (0xD800, 0xDFFF),
)  # fmt: skip
_TAG: Final = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,10}(?:\s[^<>]{0,300})?/?>|<!--[^<>]{0,500}-->")
_LINK: Final = re.compile(r"(!?\[)([^\[\]]{0,300})(\]\([^()\s]{0,2000}(?: [^()]{0,200})?\))")
_EMPHASIS: Final = re.compile(r"\*{2,3}|(?<!\w)_{2,3}(?=\w)|(?<=[\w.,;:!?])_{2,3}(?!\w)|(?<=\s)â(?=\s)")
_OPENING: Final = re.compile(r"\s*(?:(?:[•*▪◦‣●■·►▶–—+-]|ï·|â[¢]?|#{1,6}|>)\s+)+")
_GARBLED_SPACE: Final = re.compile("Â\xa0")  # a no-break space decoded wrongly
_ENTITY: Final = re.compile(r"&(?:nbsp|#160|#xa0|zwnj|shy|ensp|emsp|thinsp);", re.IGNORECASE)


@cache
def _table() -> dict[int, str]:
    table = {code: " " for first, last in _SPACES for code in range(first, last + 1)}
    table |= dict.fromkeys(map(ord, _SINGLE), "'") | dict.fromkeys(map(ord, _DOUBLE), '"')
    return table | dict.fromkeys(map(ord, _HYPHENS), "-")


def normalise(text: str) -> str:
    """``text`` ready to be parsed, of the same length: ``len(normalise(t)) == len(t)`` for every ``t``.

    Line breaks, odd spaces, zero-width and control characters become spaces, curly quotation marks straight ones;
    a list sign at the start, ``**``, HTML tags and the address of a Markdown link become spaces.
    """
    clean = _GARBLED_SPACE.sub(_blank, text).translate(_table()) if "Â\xa0" in text else text.translate(_table())
    if opening := _OPENING.match(clean):
        clean = " " * opening.end() + clean[opening.end() :]
    if "**" in clean or "__" in clean or "â" in clean:
        clean = _EMPHASIS.sub(_blank, clean)
    if "<" in clean:
        clean = _TAG.sub(_blank, clean)
    if "](" in clean:
        clean = _LINK.sub(_shown, clean)
    if "&" in clean:
        clean = _ENTITY.sub(_blank, clean)
    return clean


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _shown(match: re.Match[str]) -> str:
    before, shown, after = match.groups()
    return " " * len(before) + str(shown) + " " * len(after)
