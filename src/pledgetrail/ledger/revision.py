"""What became of a document's acts when it was read again: pure comparison of old and new, no database.

Old spans are carried into the new text by alignment; an old row goes on as the new act of its kind that lies on
the same words. Several new acts on one row's words are a split, several rows on one act's words a merge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from pledgetrail.records import Act, AnyStatement, Span
from pledgetrail.resolution.rows import CELLS, cell_value

#: Above this product of lengths (in words) difflib leaves out frequent words, to stay within seconds.
_EXACT_LIMIT: Final = 4_000_000

#: Cells whose overlap shows that two acts are about the same words. Parties are shared by neighbours too easily.
_TELLING: Final = ("what", "amount", "value", "of", "unit", "participants")

Mover = Callable[[Span], Span | None]


@dataclass(frozen=True, slots=True)
class Match:
    """Old rows and new acts (by index) of one document.

    ``kept``: act -> the row it goes on with. ``pieces``: row -> all acts on its words, the one kept among them.
    ``absorbed``: row -> the act that took it up, although it goes on with another row.
    """

    kept: Mapping[int, str]
    pieces: Mapping[str, tuple[int, ...]]
    absorbed: Mapping[str, int]


def mover(old: str, new: str) -> Mover:
    """A function that carries a span of the old text into the new one, None where its words are gone.

    A quote that is still there is found by its words, next to where the alignment expects it; a changed one by
    what is left of it, if that is half of it or more. Spans of other fields than the text stay as they are.
    """
    if old == new:
        return lambda span: span
    runs = _aligned(old, new)

    def move(span: Span) -> Span | None:
        if span.field != "text":
            return span
        kept = [
            (max(span.start, a) - a + b, min(span.end, a + size) - a + b)
            for a, b, size in runs
            if a < span.end and a + size > span.start
        ]
        expected = kept[0][0] if kept else _expected(span.start, runs)
        at = _nearest(new, span.quote, expected) if span.quote else -1
        if at >= 0:
            return replace(span, start=at, end=at + len(span.quote))
        if not kept or 2 * sum(end - start for start, end in kept) < span.end - span.start:
            return None
        start, end = kept[0][0], kept[-1][1]
        return replace(span, start=start, end=end, quote=new[start:end])

    return move


def _aligned(old: str, new: str) -> list[tuple[int, int, int]]:
    """Runs (start in old, start in new, length) of equal text, in order, found word by word."""
    a, b = _words(old), _words(new)
    left = [old[s:e] for s, e in a]
    right = [new[s:e] for s, e in b]
    matcher = SequenceMatcher(None, left, right, autojunk=len(left) * len(right) > _EXACT_LIMIT)
    runs: list[tuple[int, int, int]] = []
    for i, j, size in matcher.get_matching_blocks():
        for k in range(size):
            start, end = a[i + k]
            run = (start, b[j + k][0], end - start)
            if runs and _joins(runs[-1], run, old, new):
                first = runs.pop()
                run = (first[0], first[1], end - first[0])
            runs.append(run)
    return runs


def _words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S+", text)]


def _joins(one: tuple[int, int, int], two: tuple[int, int, int], old: str, new: str) -> bool:
    """Whether nothing differs between two runs, not even the spaces."""
    gap = old[one[0] + one[2] : two[0]]
    return gap == new[one[1] + one[2] : two[1]]


def _expected(start: int, runs: Sequence[tuple[int, int, int]]) -> int:
    before = [run for run in runs if run[0] <= start]
    return start if not before else before[-1][1] + start - before[-1][0]


def _nearest(text: str, words: str, expected: int) -> int:
    after = text.find(words, max(expected, 0))
    before = text.rfind(words, 0, max(expected, 0) + len(words))
    found = [at for at in (before, after) if at >= 0]
    return min(found, key=lambda at: abs(at - expected)) if found else -1


def match(old: Mapping[str, Sequence[AnyStatement]], acts: Sequence[Act], move: Mover) -> Match:
    """Match a document's old rows (id -> its statements there, in the order the ids were issued) with its new acts."""
    moved = {row: [_carry(statement, move) for statement in statements] for row, statements in old.items()}
    order = {row: number for number, row in enumerate(moved)}
    scored: list[tuple[float, int, int, str]] = []
    strong: set[tuple[str, int]] = set()
    for row, statements in moved.items():
        for number, act in enumerate(acts):
            score, same_words = _score(statements, act.statements)
            if score > 0:
                scored.append((-score, order[row], number, row))
            if same_words:
                strong.add((row, number))
    kept: dict[int, str] = {}
    for _, _, number, row in sorted(scored):
        if number not in kept and row not in kept.values():
            kept[number] = row
    rows = {row: number for number, row in kept.items()}
    owner: dict[int, str] = dict(kept)
    for _, _, number, row in sorted(scored):
        if number not in owner and (row, number) in strong:
            owner[number] = row
    pieces = {row: tuple(sorted(n for n, its in owner.items() if its == row)) for row in moved}
    absorbed: dict[str, int] = {}
    for _, _, number, row in sorted(scored):
        if row not in rows and row not in absorbed and (row, number) in strong:
            absorbed[row] = number
    return Match(kept, pieces, absorbed)


@dataclass(frozen=True, slots=True)
class _Carried:
    """An old statement with its spans in the new text."""

    statement: AnyStatement
    trigger: Span | None
    evidence: tuple[Span, ...]
    cells: Mapping[str, tuple[Span, ...]]


def _carry(statement: AnyStatement, move: Mover) -> _Carried:
    def all_of(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(found for span in spans if (found := move(span)) is not None)

    cells = {cell: all_of(spans) for cell, spans in statement.cells.items()}
    return _Carried(statement, move(statement.trigger), all_of(statement.evidence), cells)


def overlap(one: Span, two: Span) -> int:
    """The number of code points that two spans share."""
    if (one.document, one.field) != (two.document, two.field):
        return 0
    return max(0, min(one.end, two.end) - max(one.start, two.start))


def touches(some: Sequence[Span], others: Sequence[Span]) -> bool:
    """Whether any two of the spans share a code point."""
    return any(overlap(one, two) for one in some for two in others)


def _score(old: Sequence[_Carried], new: Sequence[AnyStatement]) -> tuple[float, bool]:
    """How well an old row fits a new act (0: not at all), and whether they lie on the same telling words."""
    best, strong = 0.0, False
    for one in old:
        for two in new:
            if one.statement.kind != two.kind:
                continue
            trigger = one.trigger is not None and overlap(one.trigger, two.trigger) > 0
            telling = any(touches(one.cells.get(cell, ()), two.cells.get(cell, ())) for cell in _TELLING)
            if not (trigger or telling or touches(one.evidence, two.evidence)):
                continue
            shared = _shared(one.statement, two)
            if trigger or telling:
                strong = True
            elif shared < 2:
                continue  # a neighbour in the sentence, not the same act
            best = max(best, 4.0 * trigger + 3.0 * telling + 1.0 + shared)
    return best, strong


def _shared(one: AnyStatement, two: AnyStatement) -> float:
    """How many values the two have in common, the class of the act (stage, kind, measure) counting as one."""
    shared = sum(
        getattr(one, name, None) == getattr(two, name, None) != None  # noqa: E711 - a chain: equal, and not None
        for name in ("stage", "encounter", "measure")
    )
    for cell in CELLS[one.kind]:
        value = cell_value(one, cell)
        shared += bool(value) and value == cell_value(two, cell)
    return float(shared)
