"""From judged readings to the numbers that docs/reference/accuracy.json keeps. No sentence of a report is in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

import judging
from pledgetrail.vocabulary import STAGES

Numbers = dict[str, Any]
#: The cells of a hit that make an error of their own, with the key of the error.
_WRONG = {
    ("commitments", "stage"): "stage wrong",
    ("commitments", "amount"): "sum wrong",
    ("encounters", "kind"): "kind wrong",
    ("encounters", "participants"): "participants wrong",
    ("figures", "measure"): "measure wrong",
    ("figures", "claimant, when stated"): "claimant wrong",
}
#: A group of reports is shown from so many on; smaller ones go together.
LEAST_REPORTS = 8


def by_stage(judged: Iterable[judging.Judged]) -> dict[str, Numbers]:
    """Stage -> how many there are, the share found at all, found at this stage, and of its rows the share right."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for j in judged:
        if j.kind != "commitments":
            continue
        if j.verdict in ("hit", "missed") and j.expected:
            counts[j.expected]["gold"] += 1
            counts[j.expected]["found"] += j.verdict == "hit"
            counts[j.expected]["right"] += j.verdict == "hit" and j.expected == j.found
            counts[j.expected]["full"] += j.full
        if j.verdict in ("hit", "false") and j.found:
            counts[j.found]["rows"] += 1
    return {
        stage: {
            "gold": n["gold"],
            "found": _share(n["found"], n["gold"]),
            "recall": _share(n["right"], n["gold"]),
            "precision": _share(n["right"], n["rows"]),
            "full": _share(n["full"], n["gold"]),
        }
        for stage in STAGES
        if (n := counts[stage])["gold"] or n["rows"]
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def group_of(reading: judging.Reading) -> tuple[str, str]:
    """A report's outlet and year, as far as they are known."""
    return reading.document.outlet or "other news", (reading.document.published or "")[:4]


def by_group(scorer: ModuleType, readings: Sequence[judging.Reading]) -> dict[str, Numbers]:
    """Outlet and its years -> number of reports, and F1 and full-row F1 by kind; outlets of few reports together."""
    groups: dict[str, list[judging.Reading]] = defaultdict(list)
    for reading in readings:
        groups[group_of(reading)[0]].append(reading)
    small = [r for name in [*groups] if len(groups[name]) < LEAST_REPORTS for r in groups.pop(name)]
    if small:
        groups["others"] = small
    found = {}
    for name, members in sorted(groups.items(), key=lambda g: -len(g[1])):
        years = sorted({year for r in members if (year := group_of(r)[1])})
        span = "" if not years else f", {years[0]}" + (f"–{years[-1]}" if len(years) > 1 else "")
        scores = judging.scores(scorer, members)
        found[name + span] = {
            "reports": len(members),
            **{k: {x: s[x] for x in ("gold", "f1", "full_row_f1")} for k, s in scores.items()},
        }
    return found


def errors(judged: Sequence[judging.Judged]) -> list[tuple[str, int]]:
    """Kinds of error with how often they occur, the commonest first. One row may have several."""
    counts = Counter(key for kind in judging.KINDS for key in _errors([j for j in judged if j.kind == kind]))
    return sorted(counts.items(), key=lambda c: (-c[1], c[0]))


def _errors(judged: Sequence[judging.Judged]) -> Iterator[str]:
    told = {(j.document, s.start) for j in judged if j.verdict == "hit" and j.row for s in j.row.evidence}
    for j in judged:
        if j.verdict == "missed":
            yield _missed(j)
        elif j.verdict == "false" and j.row is not None:
            again = any((j.document, s.start) in told for s in j.row.evidence)
            if j.kind == "commitments":
                yield f"{j.kind}: {'a second row on a sentence' if again else 'no act at all'}"
            else:
                yield f"{j.kind}: none at all"
        elif j.verdict == "hit":
            yield from (f"{j.kind}: {_WRONG[j.kind, cell]}" for cell in j.cells
                        if (j.kind, cell) in _WRONG and not j.cells[cell])  # fmt: skip
            if j.kind == "commitments":
                yield from _parties(j)


def _missed(j: judging.Judged) -> str:
    if j.kind != "commitments":
        return f"{j.kind}: missed"
    return f"{j.kind}: missed, {'with a sum' if (j.gold or {}).get('amount') else 'no sum'}"


def _parties(j: judging.Judged) -> Iterator[str]:
    """What is wrong with giver and receiver; those of an agreement count as one."""
    roles = (("by", "who", "giver"), ("to", "to", "receiver"))
    for cell, name, word in roles if j.expected != "agreement" else roles[:1]:
        if j.cells.get(cell, True):
            continue
        row = getattr(j.row, cell) or (getattr(j.row, "via", ()) if cell == "to" else ())
        expected = (j.gold or {}).get(name)
        yield f"{j.kind}: {word} {'left out' if not row else 'wrong' if expected else 'where none is'}"


def measured(scorer: ModuleType, train: Sequence[judging.Reading], test: Sequence[judging.Reading] | None) -> Numbers:
    """All numbers of the reader that is shipped."""
    judged = judging.judge(scorer, train)
    return {
        "reports": {"cross-validated": len(train), "dev": len(test or ())},
        "folds": len({r.fold for r in train}),
        "cross-validated": judging.scores(scorer, train),
        "dev": judging.scores(scorer, test) if test else None,
        "by stage": by_stage(judged),
        "by group": by_group(scorer, train),
        "errors": errors(judged),
    }
