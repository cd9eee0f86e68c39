"""Title, headings and what stands around them in the head of a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from pledgetrail.reading import dates
from pledgetrail.reading.lines import Stretch, cut, ends_sentence, fold, is_prose

_SAME: Final = 85  # percent of equal characters from which a line is the title that the metadata give
_HEAD_LINES: Final = 60
_TITLE_WORDS: Final = 32
_TITLE_LENGTH: Final = 260
_TELLING: Final = 0.34  # share of a line's words that the report's beginning repeats, from which it is the title
_LEAD: Final = 3  # paragraphs whose words a title shares
_SHORT_WORDS: Final = frozenset("a an the of in on at to for and or by with from as is are be it its his her s".split())
_FIGURE: Final = re.compile(r"[$€£¥%]|\d")
_OPEN_END: Final = re.compile(r"(?:[,;:–—-]|\b(?:and|or|the|of|to|for|in|by|with|a|an|that))\Z", re.IGNORECASE)
_KEY_FIGURES: Final = 3  # lines with figures in the head from which they are a list to be read
_HEADING_WORDS: Final = 14


def part_known(stretches: Sequence[Stretch], text: str, title: str | None) -> list[Stretch]:
    """Mark the first line that is the title given by the metadata; cut it where the line goes on after it."""
    wanted = fold(title) if title else ""
    if len(wanted) < 8:
        return list(stretches)
    for index, stretch in enumerate(stretches[:_HEAD_LINES]):
        if stretch.kind not in (None, "chrome") or len(stretch.text) > 2 * _TITLE_LENGTH + len(wanted):
            continue
        if stretch.key == wanted or (len(stretch.key) >= 12 and fuzz.ratio(stretch.key, wanted) >= _SAME):
            stretch.mark("title", "title of the metadata")
            return list(stretches)
        if title and stretch.text.startswith(title.strip()) and len(title.strip()) < len(stretch.text):
            first, second = cut(stretch, text, stretch.start + len(title.strip()))
            if second.text[:1].islower() or first.words < 3 or second.text[:1] in ".,;:’'":
                return list(stretches)
            first.mark("title", "title of the metadata")
            return [*stretches[:index], first, second, *stretches[index + 1 :]]
    return list(stretches)


def choose(stretches: Sequence[Stretch], first_prose: int, *, known: bool) -> Stretch | None:
    """The title among the lines before the first paragraph, marked; None if there is none.

    ``known``: the metadata give a title, so that an unlike line here is a heading and not the title.
    """
    title = next((s for s in stretches if s.kind == "title"), None)
    if title is None and not known:
        lead = _content(" ".join(s.key for s in stretches[first_prose : first_prose + _LEAD])[:1500])
        candidates = [s for s in stretches[:first_prose] if _may_be_title(s)]
        if not lead and len(stretches) < 2:
            return None
        counts: dict[str, int] = {}
        for stretch in stretches[:_HEAD_LINES]:
            counts[stretch.key] = counts.get(stretch.key, 0) + 1
        if candidates:
            plain = (s for s in candidates if s.words >= 4 and _shared(s, lead) >= _TELLING and not dates.find(s.text))
            title = next(plain, None) or max(candidates, key=lambda s: _score(s, lead, counts.get(s.key, 0) > 1))
            title.mark("title", "line above the report")
    _around(stretches, first_prose, title)
    return title


def _may_be_title(stretch: Stretch) -> bool:
    if (
        not stretch.free
        or not 2 < stretch.words <= _TITLE_WORDS
        or len(stretch.text) > _TITLE_LENGTH
        or stretch.bulleted
    ):
        return False
    return not stretch.text.rstrip("\"'”’").endswith((".", ",", ";")) and any(map(str.isalpha, stretch.text))


def _content(key: str) -> set[str]:
    """The words that carry sense, cut to their first letters so that "arrives" meets "arrived"."""
    return {word[:5] for word in key.split() if word not in _SHORT_WORDS}


def _shared(stretch: Stretch, lead: set[str]) -> float:
    """The share of the line's words that the first paragraphs hold too."""
    words = _content(stretch.key)
    return len(words & lead) / len(words) if words else 0.0


def _score(stretch: Stretch, lead: set[str], repeated: bool) -> float:
    """How like a title a line is, where none shares enough words with the report to be sure."""
    score = 2.0 * _shared(stretch, lead) + 2.0 * stretch.marked_heading - 2.0 * bool(dates.find(stretch.text))
    score -= 0.5 * stretch.text[:1].islower()
    return score + (0.5 + 0.5 * repeated if stretch.words >= 5 else 0.0)


def _around(stretches: Sequence[Stretch], first_prose: int, title: Stretch | None) -> None:
    """The rest of the head: copies of the title, captions shown twice, lines under and over the title."""
    seen_title = title is None
    figures = sum(s.free and bool(_FIGURE.search(s.text)) for s in stretches[:first_prose]) >= _KEY_FIGURES
    for index, stretch in enumerate(stretches):
        if stretch is title:
            seen_title = True
        elif stretch.free and title is not None and stretch.key == title.key:
            stretch.mark("repeat", "headline again")
        elif stretch.free and index < first_prose:
            if _twin(stretches, index):
                stretch.mark("caption", "shown twice")
            elif not seen_title and stretch.words <= 6:
                stretch.mark("chrome", "above the title")
            elif not _FIGURE.search(stretch.text) or not (stretch.bulleted or figures):
                stretch.mark("heading", "under the title" if seen_title else "above the title")


def _twin(stretches: Sequence[Stretch], index: int) -> bool:
    key = stretches[index].key
    beside = (stretches[i] for i in (index - 1, index + 1) if 0 <= i < len(stretches))
    return any(s.key == key and s.kind in (None, "caption") for s in beside)


def label_headings(stretches: Sequence[Stretch], first_prose: int) -> None:
    """Mark the headings between paragraphs: short, open-ended lines that a paragraph follows."""
    for index, stretch in enumerate(stretches):
        if index <= first_prose or not stretch.free:
            continue
        if stretch.marked_heading and stretch.words <= _TITLE_WORDS and not is_prose(stretch):
            stretch.mark("heading", "marked as heading")
        elif _may_be_heading(stretch) and _stands_between(stretches, index):
            stretch.mark("heading", "short line over a paragraph")


def _may_be_heading(stretch: Stretch) -> bool:
    text = stretch.text.lstrip("-–— *_#")
    if stretch.words > _HEADING_WORDS or not text[:1].isupper() or stretch.text[0] in "\"“‘'":
        return False
    if stretch.text.rstrip("*_ ").endswith((".", "!", "…", "”", '"')) or _OPEN_END.search(text.rstrip("*_ ")):
        return False
    return not _FIGURE.search(text) or text.isupper()


def _stands_between(stretches: Sequence[Stretch], index: int) -> bool:
    """The paragraph before it (if any) is closed, and the next thing read is a paragraph."""
    before = next((s for s in reversed(stretches[max(0, index - 3) : index]) if s.kind in (None, "heading")), None)
    after = next((s for s in stretches[index + 1 : index + 4] if s.kind in (None, "dateline")), None)
    closed = before is None or before.kind == "heading" or ends_sentence(before.text)
    return closed and after is not None and (is_prose(after) or ends_sentence(after.text))
