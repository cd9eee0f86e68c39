"""What a reading of annotated reports got right, by the scorer of the annotations.

The scorer is a file given by its path (``../shared/score/score.py``): its rules decide what a hit is, so that numbers
found here and numbers of an exported ledger mean the same. This module only keeps, for every row and every annotation,
what the scorer said about it.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from pledgetrail.ledger.queries import Entry
from pledgetrail.publishing.contract import row_dict
from pledgetrail.records import Act, AnyStatement, Document, Row
from pledgetrail.resolution.acts import acts
from pledgetrail.resolution.rows import merge

Gold = dict[str, Any]
Verdict = Literal["hit", "missed", "false", "restated", "optional"]
KINDS = ("commitments", "encounters", "figures")
_FILES = {"commitment": "commitments.jsonl", "encounter": "encounters.jsonl", "figure": "figures.jsonl"}


@dataclass
class Reading:
    """One report as it was read, with its annotation. ``fold`` says which weights read it: those fitted without it.

    ``statements`` have raw confidences, as long as nothing has calibrated them.
    """

    document: Document
    gold: Gold
    fold: int
    statements: list[AnyStatement]
    acts: list[Act] = field(init=False)
    rows: list[AnyStatement] = field(init=False)

    def __post_init__(self) -> None:
        """The rows of one report: its statements, one row for each act. Rows of several reports are not merged here."""
        self.acts = acts(self.document, self.statements)
        self.rows = [merge(act.statements).content for act in self.acts]


@dataclass
class Judged:
    """A row, an annotation, or a pair of them, with what the scorer said of it.

    ``expected`` and ``found`` are the stage, kind of encounter or class of measure; ``cells`` says of a hit which of
    its cells are right. ``members`` are the ids of the row's statements.
    """

    kind: str
    document: str
    fold: int
    verdict: Verdict
    expected: str | None
    found: str | None
    row: AnyStatement | None
    gold: Gold | None
    members: tuple[str, ...] = ()
    cells: dict[str, bool] = field(default_factory=dict)
    full: bool = False


def load_scorer(path: Path) -> ModuleType:
    """The scorer's module, ready to score. Raises FileNotFoundError."""
    spec = importlib.util.spec_from_file_location("scorer", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.load_countries()
    for name in ("norm", "words", "squash"):  # pure functions of a text, asked for the same texts again and again
        setattr(module, name, functools.cache(getattr(module, name)))
    return module


Exported = dict[str, dict[str, list[dict[str, Any]]]]


def exported(scorer: ModuleType, readings: Iterable[Reading]) -> Exported:
    """Kind -> report -> rows, as the scorer loads them from an export of these rows."""
    with tempfile.TemporaryDirectory() as folder:
        files = {kind: (Path(folder) / name).open("w", encoding="utf-8") for kind, name in _FILES.items()}
        for reading in readings:
            for number, content in enumerate(reading.rows):
                row = Row(id=f"{reading.document.id}\t{number}", content=content, statements=(content,), origins=1)
                files[content.kind].write(json.dumps(row_dict(Entry(row, None, {}))) + "\n")
        for file in files.values():
            file.close()
        loaded: Exported = scorer.load_export(Path(folder))
    return loaded


def scores(
    scorer: ModuleType, readings: Sequence[Reading], rows: Exported | None = None
) -> dict[str, dict[str, float]]:
    """Kind -> the numbers that the scorer gives for these readings, or for these of their exported rows."""
    rows = exported(scorer, readings) if rows is None else rows
    answers = {r.document.id: r.gold for r in readings}
    found: dict[str, dict[str, float]] = {}
    for kind in KINDS:
        golds = {document: gold.get(kind) or [] for document, gold in answers.items()}
        found[kind] = scorer.score_kind(kind, golds, rows.get(kind, {}), None, [])
    return found


def judge(scorer: ModuleType, readings: Sequence[Reading]) -> list[Judged]:
    """Every row and annotation of these readings with its verdict, in the order of the readings."""
    rows = exported(scorer, readings)
    return [
        judged
        for reading in readings
        for kind in KINDS
        for judged in _judge_one(scorer, reading, kind, rows[kind].get(reading.document.id, []))
    ]


def _judge_one(scorer: ModuleType, reading: Reading, kind: str, rows: list[dict[str, Any]]) -> Iterator[Judged]:
    """The pairing of ``score_kind`` of the scorer, kept row by row."""
    golds: list[Gold] = reading.gold.get(kind) or []
    pairs = dict(scorer.pair_up(golds, rows, scorer.KINDS[kind]))
    paired = {j: i for i, j in pairs.items()}
    excused: dict[int, int] = {}

    def judged(verdict: Verdict, gold: Gold | None, row: dict[str, Any] | None) -> Judged:
        number = int(row["id"].rpartition("\t")[2]) if row is not None else None
        content = reading.rows[number] if number is not None else None
        members = tuple(s.id for s in reading.acts[number].statements) if number is not None else ()
        expected = class_of_gold(gold) if gold is not None else None
        found = class_of(content) if content is not None else None
        return Judged(kind, reading.document.id, reading.fold, verdict, expected, found, content, gold, members)

    for i, gold in enumerate(golds):
        if i not in pairs and not gold.get("optional"):
            yield judged("missed", gold, None)
    for j, row in enumerate(rows):
        if j in paired:
            gold = golds[paired[j]]
            if gold.get("optional"):
                yield judged("optional", gold, row)
                continue
            hit = judged("hit", gold, row)
            hit.cells, hit.full = _cells(scorer, kind, golds, gold, row)
            yield hit
            continue
        restates: Callable[[int, int], bool] = lambda i, k, row=row: scorer.restates(kind, row, golds[i], rows[k])  # type: ignore[misc] # noqa: E731
        again = next((i for i, k in pairs.items() if excused.get(i, 0) < 2 and restates(i, k)), None)
        if again is not None:
            excused[again] = excused.get(again, 0) + 1
        yield judged("false" if again is None else "restated", None, row)


def _cells(
    scorer: ModuleType, kind: str, golds: list[Gold], gold: Gold, row: dict[str, Any]
) -> tuple[dict[str, bool], bool]:
    """Which cells of one pair are right, and whether all that count are: the scorer's answer for this pair alone.

    The report's other annotations stay known to it as optional ones that nothing matches, since whom they name
    decides whether a receiver is a stranger.
    """
    others: list[Mapping[str, Any]] = [
        {
            "evidence": "\0",
            "stage": "-",
            "kind": "-",
            "value": -1,
            "participants": [],
            "optional": True,
            "who": g.get("who") or [],
            "to": g.get("to") or [],
            "place": g.get("place"),
        }
        for g in golds
        if g is not gold
    ]
    said = scorer.score_kind(kind, {"": [gold, *others]}, {"": [row]}, None, [])
    if said["hit"] != 1:
        raise ValueError(f"the scorer pairs {gold['evidence'][:80]!r} differently alone")
    cells = {key.removesuffix("_accuracy"): value == 1 for key, value in said.items() if key.endswith("_accuracy")}
    for name, stated in (("to", gold.get("to")), ("amount", gold.get("amount")), ("when", gold.get("when"))):
        if kind == "commitments" and stated:
            cells[f"{name}, when stated"] = said[f"{name}_accuracy_when_stated"] == 1
    if kind == "figures" and gold.get("claimed_by"):
        cells["claimant, when stated"] = said["claimant_accuracy_when_stated"] == 1
    return cells, said["full_row_f1"] == 1


def class_of(row: AnyStatement) -> str:
    """The stage of a commitment, the kind of an encounter, the class of a figure's measure."""
    for name in ("stage", "encounter", "measure"):
        value = getattr(row, name, None)
        if value is not None:
            return str(value)
    raise ValueError(f"a {row.kind} without a class")


def class_of_gold(gold: Gold) -> str:
    """Likewise of an annotation; figures are annotated by their unit only."""
    return str(gold.get("stage") or gold.get("kind") or "figure")


def keep(readings: Sequence[Reading], path: Path) -> None:
    """Write readings for the scripts that come after."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps([(r.document, r.gold, r.fold, r.statements) for r in readings]))


def kept(path: Path) -> list[Reading]:
    """The readings that :func:`keep` wrote. Raises FileNotFoundError. Only for files that you wrote yourself."""
    return [Reading(*parts) for parts in pickle.loads(path.read_bytes())]
