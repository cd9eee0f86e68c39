"""Lines of a page that are no part of its report: menus, appeals, shares, tags, links, teasers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pledgetrail.reading import lexicon
from pledgetrail.reading.lines import Stretch, ends_sentence, is_prose

_LONGEST: Final = 330  # code points of a line that is compared with phrases
_LINK: Final = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,2000}(?:\s[^()\n]{0,200})?\)")
_WORD: Final = re.compile(r"\w")
_FIGURE: Final = re.compile(r"[$€£¥%]|\d")
_MENU_WORDS: Final = 5
_MENU_LINES: Final = 6
_HEADLINE: Final = 4  # words of a headline
_LONG_MENU: Final = 9  # lines from which a run needs no known phrase
_BARS: Final = re.compile(r"\s*[|•·»›]\s*|\s+[/.–—>-]\s+|\s{2,}")
_MONEY: Final = re.compile(r"[$€£¥%]")
_CUT_BY: Final = {"contact", "related"}  # groups whose phrases also open sentences


def label_lines(stretches: Sequence[Stretch]) -> None:
    """Mark the lines that are chrome by their own words."""
    for stretch in stretches:
        if stretch.free and (rule := _rule(stretch)):
            stretch.mark("chrome", rule)


def _rule(stretch: Stretch) -> str | None:
    text = stretch.text
    if len(text) > _LONGEST:
        return "links" if _only_links(text) else None
    if _WORD.search(text) is None:
        return "no words"
    lexis = lexicon.chrome()
    key = stretch.key
    if not key:
        return "no words"
    if group := lexis.whole.get(key) or lexis.markers.get(key):
        return f"phrase: {group}"
    if "](" in text and _only_links(text):
        return "links"
    words = stretch.words
    if words > lexis.start_words:
        return None
    match = lexis.patterns.fullmatch(text)
    if match is not None and match.lastgroup:
        name = lexis.pattern_names[match.lastgroup]
        if name != "phone" or not is_prose(stretch):
            return f"shape: {name}"
    if _is_bar(text):
        return "shape: bar"
    padded = key + " "
    for phrase, group in lexis.start.get(key.partition(" ")[0], ()):
        if padded.startswith(phrase) and (group not in _CUT_BY or _is_label(text, words)):
            return f"opening: {phrase.strip()}"
    if words <= lexis.anywhere_words and (match := lexis.anywhere.search(key)):
        return f"phrase: {match.group()}"
    return None


def _is_bar(text: str) -> bool:
    """Short items side by side ("Home / About / Archive", "Share | Print"): two with a bar between, else three."""
    items = [item for item in _BARS.split(text.strip(" |•·")) if item]
    if len(items) < (2 if "|" in text else 3) or _MONEY.search(text) or ends_sentence(text):
        return False
    if sum(any(map(str.isdigit, item)) for item in items) >= 2:  # a row of a table
        return False
    return all(item.count(" ") < _MENU_WORDS and not item.endswith((".", ",", ";")) for item in items)


def _is_label(text: str, words: int) -> bool:
    """The opening phrase is a label ("Contact: ...", "Related | ..."), not the start of a sentence."""
    head = text[:40]
    return ":" in head or "|" in head or words <= 4 or sum(map(str.isdigit, text)) >= 7 or not ends_sentence(text)


def _only_links(text: str) -> bool:
    """Nothing but Markdown links, and what they show is no sentence."""
    rest, links = _LINK.subn(" ", text)
    if not links or sum(map(str.isalnum, rest)) > 3 + 0.1 * len(text):
        return False
    return not any(len(shown.split()) >= 12 and ends_sentence(shown.strip()) for shown in _LINK.findall(text))


def label_runs(stretches: Sequence[Stretch]) -> None:
    """Mark menus (runs of short lines) and what follows a "Related stories" line up to the next sentence."""
    _menus(stretches)
    _after_markers(stretches)


def _short(stretch: Stretch) -> bool:
    if stretch.kind == "chrome":
        return True
    if not stretch.free or stretch.words > _MENU_WORDS or len(stretch.text) > 60:
        return False
    return not ends_sentence(stretch.text) and not _FIGURE.search(stretch.text)


def _menus(stretches: Sequence[Stretch]) -> None:
    first = 0
    while first < len(stretches):
        last = first
        while last < len(stretches) and _short(stretches[last]):
            last += 1
        known = sum(s.kind == "chrome" for s in stretches[first:last])
        introduced = first > 0 and stretches[first - 1].text.endswith(":")
        run = stretches[first : last - _opens_report(stretches, first, last)]
        sure = known * 5 >= len(run) or len(run) >= _LONG_MENU or all(s.bulleted for s in run)
        if len(run) >= _MENU_LINES and not introduced and sure:
            for stretch in run:
                if stretch.free:
                    stretch.mark("chrome", "menu")
        first = last + 1


def _opens_report(stretches: Sequence[Stretch], first: int, last: int) -> bool:
    """The last line of the run is a headline: it has the words for one, and a byline, a date or a paragraph follows."""
    if last - first < 2 or last >= len(stretches) or not stretches[last - 1].free or stretches[last - 1].bulleted:
        return False
    after = stretches[last]
    return stretches[last - 1].words >= _HEADLINE and (after.kind in ("byline", "date", "agency") or is_prose(after))


def _after_markers(stretches: Sequence[Stretch]) -> None:
    markers = lexicon.chrome().markers
    total = sum(s.words for s in stretches if s.free and is_prose(s)) or 1
    read, active = 0, ""
    for stretch in stretches:
        if stretch.kind == "chrome":
            group = markers.get(stretch.key, "") if len(stretch.text) < 60 else ""
            if group == "comments" and read >= 0.5 * total:
                active = group
            elif group == "related" and active != "comments":
                active = group
        elif stretch.free and active and not (active == "related" and _reopens(stretch)):
            stretch.mark("chrome", f"after: {active}")
        elif stretch.free:
            active = ""
            read += stretch.words if is_prose(stretch) else 0


def _reopens(stretch: Stretch) -> bool:
    """A sentence, a list item with a figure or a wrapped line of prose: the report goes on."""
    return (
        is_prose(stretch) or (ends_sentence(stretch.text) and stretch.words >= 5) or bool(_FIGURE.search(stretch.text))
    )
