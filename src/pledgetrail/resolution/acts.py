"""Statements of one document -> acts: one act is told once, however often the document restates it.

Two statements are one act when their kind and stage agree, their parties do not contradict each other, and they name
the same sum, or, where neither names one, much the same object. Nothing is merged on a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from pledgetrail.records import Act, AnyStatement, Commitment, Document, Encounter, Figure, Party

#: Share of the shorter object's content words that must be common (the same bound as in the restatement rule of the
#: project's scorer, which was set by hand on the annotated reports).
SAME_OBJECT = 0.6
_STOP = frozenset(
    "the a an of for to in and or on by with from at its his her their our this that will would has have had is are "
    "was were be been it as which".split()
)


def acts(document: Document, statements: Iterable[AnyStatement]) -> list[Act]:
    """Group a document's statements into acts, in the order of their first mention; the fullest statement first."""
    groups: list[list[AnyStatement]] = []
    for statement in statements:
        for group in groups:
            if all(_same(statement, other) for other in group):
                group.append(statement)
                break
        else:
            groups.append([statement])
    return [Act(tuple(sorted(g, key=_fullness, reverse=True)), key(document, max(g, key=_fullness))) for g in groups]


def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry its matter, lower case."""
    return frozenset(w for w in re.findall(r"[^\W_]+", text.lower()) if w not in _STOP)


def _fullness(statement: AnyStatement) -> tuple[int, float, int]:
    return (len(statement.cells), statement.confidence, -statement.trigger.start)


def _same(a: AnyStatement, b: AnyStatement) -> bool:
    if isinstance(a, Commitment) and isinstance(b, Commitment):
        return _same_commitment(a, b)
    if isinstance(a, Encounter) and isinstance(b, Encounter):
        return _same_encounter(a, b)
    if isinstance(a, Figure) and isinstance(b, Figure):
        return _same_figure(a, b)
    return False


def _keys(parties: Sequence[Party]) -> frozenset[str]:
    return frozenset(p.country or p.id for p in parties)


def _agree(a: Sequence[Party], b: Sequence[Party]) -> bool:
    """Two casts agree when one holds the other or either is not said."""
    x, y = _keys(a), _keys(b)
    return not x or not y or x <= y or y <= x


def _same_commitment(a: Commitment, b: Commitment) -> bool:
    if a.stage != b.stage or a.negated != b.negated or a.cumulative != b.cumulative:
        return False
    if a.stage == "agreement":
        if not _agree((*a.by, *a.to), (*b.by, *b.to)):
            return False
    elif not _agree(a.by, b.by) or not _agree((*a.to, *a.via), (*b.to, *b.via)):
        return False
    if a.amount and b.amount:
        return a.amount.value == b.amount.value and a.amount.currency == b.amount.currency
    if a.amount or b.amount:
        return False
    return _same_object(a, b) and _times_agree(a.when, b.when)


def _same_object(a: Commitment, b: Commitment) -> bool:
    x, y = content_words(a.what), content_words(b.what)
    return len(x & y) >= 2 and len(x & y) >= SAME_OBJECT * min(len(x), len(y))


def _times_agree(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a.startswith(b) or b.startswith(a)


def _same_encounter(a: Encounter, b: Encounter) -> bool:
    if a.encounter != b.encounter or a.planned != b.planned or not _times_agree(a.when, b.when):
        return False
    x, y = _keys(a.participants), _keys(b.participants)
    return bool(x and y) and (x <= y or y <= x)


def _same_figure(a: Figure, b: Figure) -> bool:
    if a.measure != b.measure or (a.value, a.low, a.high) != (b.value, b.low, b.high):
        return False
    if a.currency != b.currency or (a.of and b.of and not content_words(a.of) & content_words(b.of)):
        return False
    return not (a.claimed_by and b.claimed_by and _keys((a.claimed_by,)) != _keys((b.claimed_by,)))


def key(document: Document, statement: AnyStatement) -> str | None:
    """What acts of different reports must have in common to be one row, or None where too little is said.

    Parties, stage, object (or sum) and day must all be there and all be equal: simple, and safe.
    """
    day = statement.when or document.published
    if day is None:
        return None
    parts: Callable[[Sequence[Party]], str] = lambda parties: ",".join(sorted(_keys(parties)))  # noqa: E731
    if isinstance(statement, Commitment):
        if not statement.by:
            return None
        if statement.amount:
            thing = f"{statement.amount.value:.15g} {statement.amount.currency}"
        else:
            words = content_words(statement.what)
            if len(words) < 3:
                return None
            thing = " ".join(sorted(words))
        flags = f"{statement.negated:d}{statement.cumulative:d}{statement.conditional:d}"
        return "|".join(("commitment", statement.stage, parts(statement.by), parts(statement.to), thing, day, flags))
    if isinstance(statement, Encounter):
        if len(statement.participants) < 2:
            return None
        return "|".join(
            ("encounter", statement.encounter, parts(statement.participants), day, f"{statement.planned:d}")
        )
    if statement.value is None or not statement.of:
        return None
    claimant = parts((statement.claimed_by,)) if statement.claimed_by else ""
    of = " ".join(sorted(content_words(statement.of)))
    return "|".join(
        ("figure", statement.measure, f"{statement.value:.15g}", statement.currency or "", of, claimant, day)
    )
