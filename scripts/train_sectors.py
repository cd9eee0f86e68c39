"""Train the classifier of sectors on records whose sector a coder gave.

usage: python scripts/train_sectors.py ../shared/gcdf/train.jsonl --reports ../shared/train/gold [--check] [--folds N]

Each record has ``title``, ``text``, ``recipient`` and ``sector_code``. Prints accuracy and macro-F1 of N folds (5),
plain and with near-duplicate titles kept in one fold, then trains on all and writes ``extraction/data/sectors.npz``.
With --reports the objects of annotated reports and their sentences are trained on too (``score_sectors.py`` says which
codes their sectors are), and how right and how sure the model is on reports not trained on is printed. Two support
vector machines (one with the classes weighted by rarity) over words and letters are added into one linear model; the
temperature of its probabilities is fitted on the folds. ``--check`` measures without writing.
"""

from __future__ import annotations

import argparse
import json
import operator
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.svm import LinearSVC

from pledgetrail.extraction.sector_model import SectorModel, letters, words, write_model
from pledgetrail.extraction.sectors import listed
from pledgetrail.language.lexicon import load
from score_sectors import Entry, entries

MODEL = Path(__file__).parent.parent / "src/pledgetrail/extraction/data/sectors.npz"
FEWEST = {"title": 2, "words": 2, "letters": 5}
SHARES = (0.7, 1.0, 0.7)
PLAIN_C, WEIGHTED_C = 0.5, 0.3


class Trained:
    """The vectorizers and the summed machines of one training."""

    def __init__(self, records: Sequence[dict[str, Any]]) -> None:
        self.masked = frozenset(
            word for r in records for word in re.findall(r"[a-z]{4,}", (r["recipient"] or "").lower())
        )
        split = [self._word_terms, self._word_terms, letters]
        self.vectorizers = [
            TfidfVectorizer(analyzer=terms, sublinear_tf=True, min_df=fewest)
            for terms, fewest in zip(split, FEWEST.values(), strict=True)
        ]
        texts = self._texts(records)
        matrix = self._joined(v.fit_transform(t) for v, t in zip(self.vectorizers, texts, strict=True))
        sectors = np.array([r["sector_code"] for r in records])
        machines = [LinearSVC(C=PLAIN_C, tol=1e-2), LinearSVC(C=WEIGHTED_C, class_weight="balanced", tol=1e-2)]
        for machine in machines:
            machine.fit(matrix, sectors)
        self.classes = machines[0].classes_
        self.weights = sum(machine.coef_ for machine in machines)
        self.bias = sum(machine.intercept_ for machine in machines)

    def _word_terms(self, text: str) -> list[str]:
        return words(text, self.masked)

    @staticmethod
    def _texts(records: Sequence[dict[str, Any]]) -> list[list[str]]:
        titles = [r["title"] or "" for r in records]
        both = [f"{r['title'] or ''} {r['text'] or ''}" for r in records]
        return [titles, both, both]

    @staticmethod
    def _joined(blocks: Iterable[Any]) -> Any:
        return sp.hstack([share * block for share, block in zip(SHARES, blocks, strict=True)]).tocsr()

    def scores(self, records: Sequence[dict[str, Any]]) -> Any:
        """The margin of each class for each record."""
        texts = self._texts(records)
        matrix = self._joined(v.transform(t) for v, t in zip(self.vectorizers, texts, strict=True))
        return matrix @ self.weights.T + self.bias

    def model(self, temperature: float) -> SectorModel:
        """The same with weights of a byte."""
        scale = np.abs(self.weights).max(axis=1) / 127
        rows, start = [], 0
        for vectorizer in self.vectorizers:
            terms = vectorizer.get_feature_names_out()
            rows.append({str(term): start + n for n, term in enumerate(terms)})
            start += len(terms)
        return SectorModel(
            rows=tuple(rows),
            rarity=np.concatenate([v.idf_ for v in self.vectorizers]).astype(np.float16).astype(np.float32),
            shares=np.array(SHARES, dtype=np.float32),
            weights=np.round(self.weights.T / scale).astype(np.int8),
            scale=scale.astype(np.float32),
            bias=self.bias.astype(np.float32),
            temperature=temperature,
            classes=tuple(str(code) for code in self.classes),
            masked=self.masked,
        )


def groups(records: Sequence[dict[str, Any]]) -> list[int]:
    """Equal for records whose titles have the same words but for numbers, names of recipients and small words."""
    places = {word for r in records for word in re.findall(r"[a-z]{4,}", (r["recipient"] or "").lower())}
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for r in records:
        title = re.findall(r"[a-z]{4,}", (r["title"] or "").lower())
        found.append(seen.setdefault(tuple(sorted(set(title) - places)), len(seen)))
    return found


def out_of_fold(
    records: Sequence[dict[str, Any]], folds: Iterable[tuple[Any, Any]], classes: Any, more: Sequence[dict[str, Any]]
) -> Any:
    """The margins of each record by a model trained on the other folds and on ``more``. A class unseen scores least."""
    scores = np.full((len(records), len(classes)), -9.0)
    for train, test in folds:
        trained = Trained([*(records[i] for i in train), *more])
        at = np.searchsorted(classes, trained.classes)
        scores[np.ix_(test, at)] = trained.scores([records[i] for i in test])
    return scores


def report(name: str, scores: Any, sectors: Any, classes: Any) -> None:
    """Print accuracy and macro-F1."""
    told = classes[scores.argmax(axis=1)]
    macro = f1_score(sectors, told, labels=np.unique(sectors), average="macro")
    print(f"{name:8} accuracy {(told == sectors).mean():.3f}  macro-F1 {macro:.3f}", flush=True)


def probabilities(scores: Any, temperature: float) -> Any:
    """Softmax of margins."""
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return raised / raised.sum(axis=1, keepdims=True)


def fitted_temperature(scores: Any, sectors: Any, classes: Any) -> float:
    """The temperature with the least log loss."""
    right = np.searchsorted(classes, sectors)

    def loss(temperature: float) -> float:
        chosen = probabilities(scores, temperature)[np.arange(len(right)), right]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    return float(min(np.arange(0.1, 1.5, 0.02), key=loss))


def told_records(found: Iterable[Entry]) -> list[dict[str, Any]]:
    """Annotated objects as records of the coders' classes; those of no sector are of the class "unallocated"."""
    ours = load("sectors.toml", "pledgetrail.extraction")["classes"]
    theirs = {code: name for name, code in ours.items()}
    return [
        {
            "title": entry.what,
            "text": entry.sentence,
            "recipient": "",
            "sector_code": next((theirs[code] for code in entry.meant if code in theirs), "998"),
            "entry": entry,
        }
        for entry in found
    ]


def report_objects(scores: Any, told: Sequence[dict[str, Any]], classes: Any, temperature: float) -> None:
    """Print how right the word list is, and with it the model, on annotated objects not trained on."""
    likely = probabilities(scores, temperature)
    codes = load("sectors.toml", "pledgetrail.extraction")["classes"]
    best = [codes.get(str(classes[at])) for at in likely.argmax(axis=1)]
    entered = [record["entry"] for record in told]
    by_words = [listed(entry.what) for entry in entered]
    for bound in (1.01, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        sure = likely.max(axis=1) >= bound
        pairs = [
            (entry, word or (guess if is_sure else None), word is None)
            for entry, word, guess, is_sure in zip(entered, by_words, best, sure, strict=True)
        ]
        said = [(code in entry.meant, new) for entry, code, new in pairs if code]
        added = [right for right, new in said if new]
        share = sum(added) / max(1, len(added))
        right = sum(map(operator.itemgetter(0), said))
        print(
            f"  words, and the model from {bound:.2f}: told {len(said)}, right {right / len(said):.3f};"
            f" by the model {len(added)}, right {share:.3f}",
            flush=True,
        )


def main() -> None:
    """Measure, train, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--reports", type=Path, help="a folder of annotated reports")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--temperature", type=float, help="skip the folds")
    wanted = parser.parse_args()
    with wanted.records.open(encoding="utf-8") as lines:
        records = [{**record, "sector_code": str(record["sector_code"])} for record in map(json.loads, lines)]
    told = told_records(entries(wanted.reports)) if wanted.reports else []
    temperature = wanted.temperature or measured(records, told, wanted.folds)
    if wanted.check:
        return
    write_model(MODEL, Trained([*records, *told]).model(temperature))
    print(f"wrote {MODEL.name}, {MODEL.stat().st_size / 1e6:.2f} MB")


def measured(records: Sequence[dict[str, Any]], told: Sequence[dict[str, Any]], number: int) -> float:
    """Print what the folds score, and return the temperature fitted on them."""
    sectors = np.array([r["sector_code"] for r in records])
    meant = np.array([r["sector_code"] for r in told])
    classes = np.unique([*sectors, *meant])
    plain = StratifiedKFold(number, shuffle=True, random_state=0).split(records, sectors)
    scores = out_of_fold(records, plain, classes, told)
    report("plain", scores, sectors, classes)
    temperature = fitted_temperature(scores, sectors, classes)
    likely = probabilities(scores, temperature)
    print(f"temperature {temperature:.2f}; from a probability of:")
    for bound in (0.3, 0.5, 0.7, 0.8, 0.9):
        sure = likely.max(axis=1) >= bound
        right = (classes[likely.argmax(axis=1)] == sectors)[sure].mean()
        print(f"  {bound:.1f}  {sure.mean():.3f} of records, {right:.3f} of them right", flush=True)
    if told:
        apart = GroupKFold(number).split(told, meant, [record["entry"].document for record in told])
        object_scores = out_of_fold(told, apart, classes, records)
        temperature = fitted_temperature(object_scores, meant, classes)
        print(f"temperature on annotated objects, which is kept: {temperature:.2f}")
        report_objects(object_scores, told, classes, temperature)
    grouped = GroupKFold(number).split(records, sectors, groups(records))
    report("grouped", out_of_fold(records, grouped, classes, told), sectors, classes)
    return temperature


if __name__ == "__main__":
    main()
