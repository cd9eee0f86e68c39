"""Words of reports on a page: shown, never obeyed. What hides or turns writing is written out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

#: Controls, and marks that turn the direction of writing, hide, or tag; line breaks and tabs are left.
UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def written_out(text: str) -> str:
    """A text with what cannot be seen written as ⟦U+202E⟧."""
    return UNSEEN.sub(lambda found: f"⟦U+{ord(found.group()):04X}⟧", text)


def seen(value: Any) -> Any:
    """What a template puts on a page: markup as it is, text with what cannot be seen written out, None as nothing."""
    if value is None:
        return ""
    return written_out(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def web_address(address: str | None) -> str | None:
    """An address that may be a link: http or https with a host. Others are shown as text."""
    try:
        parts = urlsplit(address or "")
        fine = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return address if fine else None


def number(value: float | None) -> str:
    """A number with thousands set off: 1,250,000 or 2.5."""
    if value is None:
        return ""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.6g}" if abs(value) < 1e5 else f"{value:,}"


def short_number(value: float) -> str:
    """A sum in few signs: 9 bn, 1.25 m, 340,000."""
    for size, word in ((1e12, "tn"), (1e9, "bn"), (1e6, "m")):
        if abs(value) >= size:
            return f"{value / size:,.4g} {word}"
    return number(value)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text, in code points, that is to stand out. ``classes`` are those of the style sheet."""

    start: int
    end: int
    classes: str
    title: str = ""
    id: str = ""
    link: str = ""


def marked(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> Markup:
    """A text from ``start`` to ``end`` with its marks. They may overlap: a piece carries the classes of all over it.

    Each piece says in ``data-at`` at which code point of the text it begins, so that a selection can be told in
    offsets; a sign that is written out says in ``data-length`` how many code points it stands for.
    """
    stop = len(text) if end is None else min(end, len(text))
    wanted = sorted((m for m in marks if m.start < stop and m.end > start and m.end > m.start), key=_first)
    cuts = {start, stop}
    for mark in wanted:
        cuts |= {max(mark.start, start), min(mark.end, stop)}
    edges = sorted(cuts)
    pieces, opened, at = [], [], 0
    for left, right in zip(edges, edges[1:], strict=False):
        while at < len(wanted) and wanted[at].start <= left:
            opened.append(wanted[at])
            at += 1
        opened = [mark for mark in opened if mark.end > left]
        pieces.append(_piece(text[left:right], left, opened, start))
    return Markup("").join(pieces)


def _first(mark: Mark) -> tuple[int, int]:
    return (mark.start, -mark.end)


def _piece(words: str, at: int, over: Sequence[Mark], start: int) -> Markup:
    inner = _visible(words, at)
    if not over:
        return Markup('<span data-at="{}">{}</span>').format(at, inner)
    classes = " ".join(dict.fromkeys(c for mark in over for c in mark.classes.split()))
    titles = "; ".join(dict.fromkeys(mark.title for mark in over if mark.title))
    name = next((mark.id for mark in over if mark.id and max(mark.start, start) == at), "")
    link = next((mark.link for mark in reversed(over) if mark.link), "")
    found = Markup('<mark class="{}" data-at="{}"{}{}>{}</mark>').format(
        classes,
        at,
        Markup(' title="{}"').format(written_out(titles)) if titles else "",
        Markup(' id="{}"').format(name) if name else "",
        inner,
    )
    return Markup('<a href="{}" class="to-row">{}</a>').format(link, found) if link else found


def _visible(words: str, at: int) -> Markup:
    """Words with what cannot be seen written out, each sign in an element of its own that knows its length."""
    pieces, last = [], 0
    for found in UNSEEN.finditer(words):
        pieces.append(escape(words[last : found.start()]))
        sign = Markup('<span class="unseen" data-length="1" title="a sign that cannot be seen">{}</span>')
        pieces.append(sign.format(f"⟦U+{ord(found.group()):04X}⟧"))
        last = found.end()
    pieces.append(escape(words[last:]))
    return Markup("").join(pieces)
