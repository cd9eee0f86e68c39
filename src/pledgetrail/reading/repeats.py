"""Text that stands twice in one report: a body pasted again, a paragraph shown again, a headline repeated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from pledgetrail.reading.lines import Stretch, cut, is_prose

_SAME: Final = 0.9  # share of equal characters from which two paragraphs are one
_LONGEST: Final = 6000  # code points compared in detail; longer ones must be equal
_PROBE: Final = 60
_DIGITS: Final = re.compile(r"\d+")
_FEW: Final = 4  # words; shorter stretches repeat for reasons of their own
_ALONE: Final = 8  # words from which one equal paragraph is a repetition without neighbours


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
    return count


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
    return fuzz.ratio(first.key, second.key) >= _SAME * 100
