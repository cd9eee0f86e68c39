"""Fit the weights by which lines of pages are told from the report, and write their tables.

usage: python scripts/fit_lines.py LINES.jsonl [REPORTS.jsonl] [--out src/pledgetrail/reading/data] [--folds 5]

LINES.jsonl holds pages as lines, with ``keep`` 1 or 0 for each (``id, url, lines[], keep[]``). REPORTS.jsonl holds
reports without a page around them (``text``): their lines count as kept, so that a clean report loses nothing. Only
weights go into the repository, never a line. The fit is deterministic. With ``--folds N`` nothing is written: each page
is judged by models fitted on other hosts, which is how well new pages are read. Penalty, shares and features were
chosen on the half "tuned" (``score_lines.half``).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from pledgetrail.reading import boilerplate, line_features
from pledgetrail.reading.credits import Credit
from pledgetrail.reading.lines import Stretch
from pledgetrail.reading.reader import outlined
from pledgetrail.records import RawReport
from score_lines import Counts, Page, half, read_pages, verdicts

PENALTY = 0.02  # inverse strength of regularisation; .006 to .05 gave the same within .01
FEWEST = 5  # texts in which a word must stand to be weighed, so that no name of a page is
CLEAN_SHARE = 0.5  # weight of all clean reports together, as a share of the pages' lines
INNER = 5  # folds in which the first model judges the lines that the second learns from


@dataclass
class Text:
    """A text as the models see it: its stretches, their features, and for each weighed one whether it is kept."""

    host: str
    stretches: list[Stretch]
    features: list[list[str]]
    weighed: list[int]  # indices of the stretches that rules have not settled
    keep: list[int]  # for each weighed one
    weight: float


def text_of(host: str, text: str, spans: Sequence[tuple[int, int, int]], weight: float) -> Text:
    """Prepare a text; ``spans`` are the offsets of its lines, each with its right answer."""
    report = RawReport(id="", source="", text=text, content_sha256="")
    stretches = outlined(report, Credit())
    weighed = [i for i, s in enumerate(stretches) if not boilerplate.settled(s)]
    keep = []
    for index in weighed:
        stretch = stretches[index]
        votes = [0, 0]
        for start, end, answer in spans:
            votes[answer] += max(0, min(end, stretch.end) - max(start, stretch.start))
        keep.append(int(votes[1] > votes[0]))
    return Text(host, stretches, boilerplate.first_features(stretches), weighed, keep, weight)


def page_text(page: Page) -> Text:
    """A page with the right answers for its lines."""
    return text_of(page.host, page.text, page.spans(), 1.0)


def clean_texts(path: Path) -> list[Text]:
    """Reports without a page around them. Lines that rules call chrome are left out, as is what may be a title."""
    texts = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record: dict[str, Any] = json.loads(line)
            text = str(record["text"])
            made = text_of(str(record.get("id", "")), text, [(0, len(text), 1)], 1.0)
            first = next((i for i in made.weighed if line_features.kind(made.stretches[i]) == "prose"), 0)
            made.weighed = [i for i in made.weighed if i >= first]
            made.keep = [1] * len(made.weighed)
            if made.weighed and len(made.stretches) >= 10:
                texts.append(made)
    return texts


class Fitted:
    """A logistic regression over named features, as a table of weights."""

    def __init__(self, items: Sequence[list[str]], keep: Sequence[int], weights: Sequence[float]) -> None:
        self._names = DictVectorizer()
        matrix = self._names.fit_transform([dict.fromkeys(item, 1) for item in items])
        self._model = LogisticRegression(C=PENALTY, max_iter=3000)
        self._model.fit(matrix, keep, sample_weight=weights)

    def table(self) -> dict[str, float]:
        """Feature -> weight, rounded; those of no weight are left out."""
        names = self._names.get_feature_names_out()
        weights = {str(n): round(float(w), 3) for n, w in zip(names, self._model.coef_[0], strict=True)}
        return {"bias": round(float(self._model.intercept_[0]), 3), **{n: w for n, w in weights.items() if w}}


def known(texts: Sequence[Text]) -> set[str]:
    """Features that may get a weight: words only where several texts have them."""
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update({f for item in text.features for f in item})
    return {f for f, n in seen.items() if n >= FEWEST}


def odds(table: dict[str, float], text: Text, *views: Sequence[Sequence[str]]) -> list[float]:
    """Log odds of each stretch under a table, as :func:`boilerplate.log_odds` counts them."""
    found = []
    for index, stretch in enumerate(text.stretches):
        features = [*text.features[index], *(f for view in views for f in view[index])]
        settled = boilerplate.settled(stretch)
        found.append(-6.0 if settled else table["bias"] + sum(table.get(f, 0.0) for f in features))
    return found


def fit_first(texts: Sequence[Text], names: set[str]) -> dict[str, float]:
    """The table of the first model."""
    items, keep, weights = [], [], []
    for text in texts:
        items += [[f for f in text.features[i] if f in names] for i in text.weighed]
        keep += text.keep
        weights += [text.weight] * len(text.weighed)
    return Fitted(items, keep, weights).table()


def fit_second(texts: Sequence[Text], names: set[str]) -> dict[str, float]:
    """The second model learns from judgements of the first on texts that it was not fitted on."""
    items, keep, weights = [], [], []
    order = {host: n for n, host in enumerate(sorted({t.host for t in texts}))}
    for fold in range(INNER):
        table = fit_first([t for t in texts if order[t.host] % INNER != fold], names)
        for text in (t for t in texts if order[t.host] % INNER == fold):
            views = list(line_features.among(text.stretches, odds(table, text)))
            items += [[f for f in text.features[i] if f in names] + views[i] for i in text.weighed]
            keep += text.keep
            weights += [text.weight] * len(text.weighed)
    return Fitted(items, keep, weights).table()


def fit(texts: Sequence[Text]) -> tuple[dict[str, float], dict[str, float]]:
    """Both tables."""
    names = known(texts)
    return fit_first(texts, names), fit_second(texts, names)


def write(path: Path, table: dict[str, float]) -> None:
    """Write a table, its bias first."""
    rows = sorted(table.items(), key=lambda row: (row[0] != "bias", row[0]))
    path.write_text("\tkept\n" + "".join(f"{name}\t{weight}\n" for name, weight in rows), encoding="utf-8")
    print(f"{path}: {len(table):,} weights")


def cross_validate(pages: Sequence[Page], clean: Sequence[Text], folds: int) -> None:
    """Print the counts of each half and of all, each page judged by models fitted on other hosts."""
    hosts = sorted({p.host for p in pages})
    counts = {name: Counts() for name in ("tuned", "held", "all")}
    lost = kept = 0
    for fold in range(folds):
        held = {h for n, h in enumerate(hosts) if n % folds == fold}
        texts = [page_text(p) for p in pages if p.host not in held]
        own = [t for n, t in enumerate(clean) if n % folds != fold]
        first, second = fit([*texts, *own])
        tables = {"first": first, "second": second}
        boilerplate.weights = tables.__getitem__  # type: ignore[assignment]
        for page in (p for p in pages if p.host in held):
            judged = verdicts(page)
            counts[half(page.host)].add(page, judged)
            counts["all"].add(page, judged)
        for text in (t for n, t in enumerate(clean) if n % folds == fold):
            like = boilerplate.log_odds(text.stretches)
            lost += sum(like[i] < boilerplate.KEPT for i in text.weighed)
            kept += len(text.weighed)
    for name, counted in counts.items():
        print(f"{name:6} {counted}")
    if kept:
        print(f"lines of clean reports lost: {lost:,} of {kept:,}")


def main() -> None:
    """Fit and write, or cross-validate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path)
    parser.add_argument("reports", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, default=Path("src/pledgetrail/reading/data"))
    parser.add_argument("--folds", type=int, default=0)
    wanted = parser.parse_args()
    pages = list(read_pages(wanted.lines))
    clean = clean_texts(wanted.reports) if wanted.reports else []
    total = sum(len(text.weighed) for text in clean)
    texts = [page_text(page) for page in pages]
    share = CLEAN_SHARE * sum(len(text.weighed) for text in texts) / max(1, total)
    for text in clean:
        text.weight = min(1.0, share)
    print(f"{len(pages)} pages, {len(clean)} clean reports (each line of them weighs {min(1.0, share):.2f})")
    if wanted.folds:
        cross_validate(pages, clean, wanted.folds)
        return
    first, second = fit([*texts, *clean])
    np.set_printoptions(precision=3)
    write(wanted.out / "lines.first.weights.tsv", first)
    write(wanted.out / "lines.second.weights.tsv", second)


if __name__ == "__main__":
    main()
