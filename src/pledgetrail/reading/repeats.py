"""Text that stands twice in one report: a body pasted again, a paragraph shown again, a headline repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rapidfuzz import fuzz

from pledgetrail.reading import lexicon
from pledgetrail.reading.lines import Stretch, cut, is_prose

_SAME: Final = 0.9  # share of equal characters from which two paragraphs are one
_LONGEST: Final = 6000  # code points compared in detail; longer ones must be equal
_PROBE: Final = 60
_DIGITS: Final = re.compile(r"\d+")
_FEW: Final = 4  # words; shorter stretches repeat for reasons of their own
_ALONE: Final = 8  # words from which one equal paragraph is a repetition without neighbours
_GRAM: Final = 4  # words that stand together in both copies
_SHARED: Final = 0.65  # share of a paragraph's word sequences that stand above, from which it may be a repetition
_LARGE: Final = 60  # words from which such a paragraph of several sentences is one without neighbours
_MOST_WORDS: Final = 300_000  # of a text whose sequences are compared
_WRITTEN: Final = re.compile(r"[^\W_]+")
_OPENS: Final = re.compile(r"(?:[.!?:][\"'”’)]*\s+)[\"'“‘(]*\Z")
_SENTENCES: Final = re.compile(r"[.!?][\"”’]?\s+\S")


def part_glued(stretches: Sequence[Stretch], text: str) -> list[Stretch]:
    """Cut where the beginning of the report starts again within a line (two pastes without a break between)."""
    opening = next((s for s in stretches if s.free and len(s.text) >= _PROBE and is_prose(s)), None)
    if opening is None:
        return list(stretches)
    probe = opening.text[:_PROBE]
    parted: list[Stretch] = []
    for stretch in stretches:
        offset = 1 if stretch is opening else 0
        at = stretch.text.find(probe, offset) if stretch.free and stretch.start >= opening.start else -1
        if at > 0:
            parted.extend(cut(stretch, text, stretch.start + at))
        else:
            parted.append(stretch)
    return parted


def mark(stretches: Sequence[Stretch]) -> int:
    """Mark second occurrences as repeats and return how many were found.

    An equal paragraph of eight words or more is one by itself. Shorter ones and nearly equal ones (nine tenths,
    the same figures) count only beside another repetition in the same order: similar sentences about different
    sums are no repetition.
    """
    candidates = [s for s in stretches if s.free and s.words >= _FEW]
    partners = _partners(candidates)
    sure = [p is not None and p[1] and s.words >= _ALONE for s, p in zip(candidates, partners, strict=True)]
    count = 0
    for j, partner in enumerate(partners):
        if partner is None:
            continue
        i = partner[0]
        aligned = any(
            0 <= j + step < len(partners) and (near := partners[j + step]) is not None and near[0] == i + step
            for step in (-1, 1)
        )
        if sure[j] or aligned:
            rule = "stands above" if partner[1] else "stands above, nearly the same"
            candidates[j].mark("repeat", rule)
            count += 1
    return count + _mark_recast(candidates)


def _mark_recast(candidates: Sequence[Stretch]) -> int:
    """Mark paragraphs of another cut whose words stand above in the same sequences and order, naming nothing new.

    So a body counts as repeated that was pasted again with other line breaks, with sentences cut or joined, or with
    words changed. A paragraph stands beside the next one of the copy, or is a whole body by itself.
    """
    if sum(s.words for s in candidates) > _MOST_WORDS:
        return 0
    above: dict[tuple[str, ...], int] = {}
    tail: list[str] = []
    at = 0
    places: list[int | None] = []
    for stretch in candidates:
        words = stretch.key.split()
        place = _place(stretch, words, above)
        places.append(place)
        if place is None:  # copies are compared with what is read, so that a chain of changes does not drift
            running = tail + words
            for n, gram in enumerate(_grams(running)):
                above.setdefault(gram, at - len(tail) + n)
            at += len(words)
            tail = running[1 - _GRAM :]
    count = 0
    for j, stretch in enumerate(candidates):
        if places[j] is not None and stretch.free and (_follows(places, candidates, j) or _is_body(stretch)):
            stretch.mark("repeat", "its words stand above")
            count += 1
    return count


def _grams(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[n:] for n in range(_GRAM)), strict=False)


def _place(stretch: Stretch, words: Sequence[str], above: dict[tuple[str, ...], int]) -> int | None:
    """Where the paragraph's words stand above, in words from the start; None if it says something of its own.

    Each name and figure must stand in a sequence that is above: "Sweden has pledged 4 million" is not there because
    Sweden is there and Norway has pledged as much.
    """
    if stretch.words < _ALONE:
        return None
    found = [above.get(gram) for gram in _grams(words)]
    known = [n for n in found if n is not None]
    if not known or (stretch.kind != "repeat" and len(known) < _SHARED * len(found)):
        return None
    if stretch.kind != "repeat":
        covered = [any(n is not None for n in found[max(0, i - _GRAM + 1) : i + 1]) for i in range(len(words))]
        written = list(_WRITTEN.finditer(stretch.text))
        if len(written) != len(words):
            return None
        for match, known_here in zip(written, covered, strict=True):
            if not known_here and _telling(match.group()) and not _opens(match):
                return None
    return sorted(known)[len(known) // 2]


def _opens(match: re.Match[str]) -> bool:
    """The word stands at the start of a sentence, where a capital letter tells nothing."""
    if match.group()[:1].isdigit():
        return False
    start = max(0, match.start() - 8)
    return _OPENS.search(match.string[start : match.start()]) is not None


def _telling(word: str) -> bool:
    """A name or a figure, as far as its letters show."""
    return any(map(str.isdigit, word)) or (word[:1].isupper() and word.casefold() not in lexicon.stop_words())


def _follows(places: Sequence[int | None], candidates: Sequence[Stretch], j: int) -> bool:
    """The paragraph before or behind stands above too, in the same order."""
    here = places[j]
    for first, second in ((j - 1, j), (j, j + 1)):
        if here is None or first < 0 or second >= len(places):
            continue
        before, behind = places[first], places[second]
        step = min(candidates[first].words, candidates[second].words) / 2
        if before is not None and behind is not None and behind - before >= step:
            return True
    return False


def _is_body(stretch: Stretch) -> bool:
    return stretch.words >= _LARGE and len(_SENTENCES.findall(stretch.text)) >= 2


def _partners(candidates: Sequence[Stretch]) -> list[tuple[int, bool] | None]:
    """For each stretch the first earlier one that it repeats, and whether exactly."""
    equal: dict[str, int] = {}
    opening: dict[str, int] = {}
    closing: dict[str, int] = {}
    partners: list[tuple[int, bool] | None] = []
    for j, stretch in enumerate(candidates):
        key = stretch.key
        if key in equal:
            partners.append((equal[key], True))
            continue
        equal[key] = j
        if stretch.words < _ALONE:
            partners.append(None)
            continue
        head, tail = key[:40], key[-40:]
        found = next((i for i in (opening.get(head), closing.get(tail)) if i is not None), None)
        if found is not None and _nearly(candidates[found], stretch):
            partners.append((found, False))
            continue
        opening.setdefault(head, j)
        closing.setdefault(tail, j)
        partners.append(None)
    return partners


def _nearly(first: Stretch, second: Stretch) -> bool:
    if max(len(first.key), len(second.key)) > _LONGEST:
        return False
    if _DIGITS.findall(first.key) != _DIGITS.findall(second.key):
        return False
    if _names(first) != _names(second):
        return False
    return fuzz.ratio(first.key, second.key) >= _SAME * 100


def _names(stretch: Stretch) -> set[str]:
    return {word.casefold() for word in _WRITTEN.findall(stretch.text) if _telling(word)}
