"""Fit the linear decisions of pledgetrail.extraction on annotated reports and write their weight tables.

usage: python scripts/fit.py TRAIN_DIR... [--out src/pledgetrail/extraction/data]

Each TRAIN_DIR holds docs.jsonl and gold/*.json, whose entries name the words of each trigger and role. Only weights go
into the repository, never a sentence. The fit is deterministic.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pledgetrail.extraction.candidates import Candidate, propose
from pledgetrail.extraction.casting import Scene, nobody_features, players, scene_of
from pledgetrail.extraction.decisions import BIAS
from pledgetrail.extraction.features import act_features
from pledgetrail.extraction.views import View, views
from pledgetrail.language import gazetteer
from pledgetrail.language.actors import fold
from pledgetrail.records import Mention, Parsed

Gold = dict[str, Any]


Place = tuple[int, int]  # document offsets, half open


@dataclass
class Example:
    """One decision with its right answer; the document it comes from, for grouped cross-validation.

    ``at`` is the place of the words that are decided on; where a pair is (a guest of an encounter), ``other`` is the
    second place, and ``given`` what was decided of the first.
    """

    document: str
    features: tuple[str, ...]
    label: str
    weight: float = 1.0
    at: Place = (0, 0)
    other: Place | None = None
    given: str = ""


def locate(text: str, evidence: str, words: str | None, after: int = 0) -> tuple[int, int] | None:
    """Where a gold entry's words stand in the text: inside its evidence, white space folded."""
    if not words:
        return None
    at = text.find(evidence)
    if at < 0:
        pattern = r"\s+".join(re.escape(w) for w in evidence.split())
        found = re.search(pattern, text)
        if not found:
            return None
        at, end = found.span()
    else:
        end = at + len(evidence)
    inner = text.find(words, at, end)
    if inner < 0:
        found = re.compile(r"\s+".join(re.escape(w) for w in words.split())).search(text, at, end)
        return found.span() if found else None
    return inner, inner + len(words)


def same_party(names: Iterable[str], mention: Mention) -> bool:
    """Whether a mention's parties include one of the gold names, by country or by name words."""
    for name in names:
        entry = gazetteer.lookup(name)
        words = set(fold(name))
        for party in (*mention.parties, *mention.stands_for):
            if entry is not None and entry.country and party.country == entry.country:
                return True
            other = set(fold(party.name))
            if words and other and (words <= other or other <= words):
                return True
    return False


def act_examples(parsed: Parsed, gold: Gold) -> Iterator[Example]:
    """Each candidate of a document with its stage, or "none". Borderline ones are left out.

    Where an annotator marked words that hold no candidate ("must" in "must withdraw"), the candidate that they hang on
    takes their place; if there is none, the other words of the sentence prove nothing and are left out.
    """
    text = parsed.document.text
    bodies = [view for view in views(parsed) if view.kind == "body"]
    proposed = [(v, c, v.place(c.token)[0]) for v in bodies for c in propose(v)]
    words = {(v.index, c.token): at for v, c, at in proposed if c.pos != "sum"}
    spans, whole = [], []
    for entry in gold["commitments"]:
        span = locate(text, entry["evidence"], entry.get("trigger"))
        if span and not any(span[0] <= at < span[1] for at in words.values()):
            span = next((h for v in bodies if (h := _upward(v, span, words))), None)
        spans.append((span, entry))
        if entry.get("optional") or span is None:
            whole.append(locate(text, entry["evidence"], entry["evidence"]))
    sums = [(locate(text, c["evidence"], c.get("amount_text")), c) for c in gold["commitments"]]
    for view, candidate, at in proposed:
        hits = [c for span, c in (sums if candidate.pos == "sum" else spans) if span and span[0] <= at < span[1]]
        firm = [c for c in hits if not c.get("optional")]
        if hits and not firm:
            continue
        if not hits and any(s and s[0] <= at < s[1] for s in whole):
            continue
        label = firm[0]["stage"] if firm else "none"
        yield Example(gold["id"], tuple(act_features(view, candidate)), label, at=view.place(candidate.token))


def _upward(view: View, span: Place, candidates: dict[tuple[int, int], int]) -> Place | None:
    """The place of the candidate that words of a passage hang on, if one does within two steps."""
    if not view.offset <= span[0] < view.offset + len(view.text):
        return None
    for token in (view.doc[i] for i in view.tokens(*span)):
        for head in (token.head, token.head.head):
            if (view.index, head.i) in candidates:
                return view.place(head.i)
    return None


@dataclass
class Group:
    """Items that compete (first of them: nobody) and which of them are right; ``others`` are their places."""

    document: str
    items: list[tuple[tuple[str, ...], bool]]
    weight: float = 1.0
    at: Place = (0, 0)
    others: list[Place | None] = field(default_factory=list)
    given: str = ""


def role_groups(parsed: Parsed, gold: Gold, role: str) -> Iterator[Group]:
    """The mentions in reach of each gold act, as they compete for a role."""
    text = parsed.document.text
    all_views = views(parsed)
    scene = scene_of(parsed, all_views)
    triggers = [(locate(text, c["evidence"], c.get("trigger")), c) for c in gold["commitments"]]
    sums = [(locate(text, c["evidence"], c.get("amount_text")), c) for c in gold["commitments"]]
    used: set[tuple[int, bool]] = set()
    for view in all_views:
        if view.kind != "body":
            continue
        for candidate in propose(view):
            at = view.offset + view.doc[candidate.token].idx
            for span, entry in sums if candidate.pos == "sum" else triggers:
                if span and span[0] <= at < span[1] and (id(entry), candidate.pos == "sum") not in used:
                    used.add((id(entry), candidate.pos == "sum"))
                    yield from _groups_of(text, scene, candidate, entry, gold["id"], role)


def _groups_of(text: str, scene: Scene, candidate: Candidate, entry: Gold, document: str, role: str) -> Iterator[Group]:
    spans = {
        "by": locate(text, entry["evidence"], entry.get("by_text")),
        "to": locate(text, entry["evidence"], entry.get("to_text")),
    }
    names = {"by": entry["who"], "to": entry["to"]}
    other = "to" if role == "by" else "by"
    items: list[tuple[tuple[str, ...], bool, Place | None]] = []
    far: list[tuple[tuple[str, ...], Place]] = []
    for player in players(scene, candidate, entry["stage"]):
        mention = player.mention
        if not mention.parties:
            continue
        span = spans[role]
        stands = (mention.start, mention.end)
        inside = bool(span and mention.start < span[1] and span[0] < mention.end)
        right = bool(names[role]) and same_party(names[role], mention)
        if inside and (right or mention.kind == "pronoun"):
            items.append((player.features, True, stands))
        elif inside or (role == "to" and same_party(names[other], mention) and not right):
            continue
        elif right:
            far.append((player.features, stands))
        else:
            items.append((player.features, False, stands))
    if not any(hit for _, hit, _ in items):
        # where the annotator's words hold none of our mentions, the nearest mentions of the party are right
        items += [(features, True, stands) for features, stands in far[:2]]
    nobody = not any(hit for _, hit, _ in items)
    view = scene.views[candidate.passage]
    items.insert(0, (tuple(nobody_features(view, candidate, entry["stage"])), nobody, None))
    if len(items) > 1:
        yield Group(
            document,
            [(features, hit) for features, hit, _ in items],
            0.5 if entry.get("optional") else 1.0,
            view.place(candidate.token),
            [stands for _, _, stands in items],
            entry["stage"],
        )


def giver_groups(parsed: Parsed, gold: Gold) -> Iterator[Group]:
    """Who gives, for each gold act."""
    return role_groups(parsed, gold, "by")


def receiver_groups(parsed: Parsed, gold: Gold) -> Iterator[Group]:
    """Who receives, for each gold act."""
    return role_groups(parsed, gold, "to")


def fit_ranking(
    groups: Sequence[Group], *, strength: float = 1.0, least: int = 3
) -> tuple[list[str], list[str], np.ndarray]:
    """Fit a conditional logit: the right items of each group against all of it. Same result as :func:`fit`."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    counts = Counter(f for g in groups for features, _ in g.items for f in set(features))
    names = [BIAS, *sorted(f for f, n in counts.items() if n >= least)]
    index = {f: i for i, f in enumerate(names)}
    indices: list[int] = []
    indptr, starts, right = [0], [], []
    for group in groups:
        starts.append(len(right))
        for features, hit in group.items:
            indices.extend(sorted({index[f] for f in features if f in index}))
            indptr.append(len(indices))
            right.append(hit)
    matrix = csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(right), len(names)))
    hits, begins = np.array(right), np.array(starts)
    sizes = np.diff([*starts, len(right)])
    weight = np.array([g.weight for g in groups])

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ w
        scores -= np.repeat(np.maximum.reduceat(scores, begins), sizes)
        odds = np.exp(scores)
        every = np.add.reduceat(odds, begins)
        good = np.maximum(np.add.reduceat(odds * hits, begins), 1e-12)
        value = float((weight * (np.log(every) - np.log(good))).sum() + 0.5 / strength * (w @ w))
        slope = np.repeat(weight / every, sizes) * odds - np.repeat(weight / good, sizes) * odds * hits
        return value, matrix.T @ slope + w / strength

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return ["score"], names, found.x.reshape(-1, 1)


def fit(
    examples: Sequence[Example], *, strength: float = 0.5, least: int = 3
) -> tuple[list[str], list[str], np.ndarray]:
    """Fit a multinomial logistic regression; returns labels, feature names and weights (features x labels)."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counts = Counter(f for e in examples for f in set(e.features))
    names = [BIAS, *sorted(f for f, n in counts.items() if n >= least)]
    index = {f: i for i, f in enumerate(names)}
    indices, indptr = [], [0]
    for example in examples:
        indices.extend([0, *sorted({index[f] for f in example.features if f in index})])
        indptr.append(len(indices))
    matrix = csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(examples), len(names)))
    model = LogisticRegression(C=strength, max_iter=300, fit_intercept=False)
    model.fit(matrix, [e.label for e in examples], sample_weight=[e.weight for e in examples])
    weights = model.coef_.T
    labels = [str(c) for c in model.classes_]
    if weights.shape[1] == 1:
        weights = np.hstack([-weights / 2, weights / 2])
    return labels, names, weights


def table(labels: Sequence[str], names: Sequence[str], weights: np.ndarray, *, floor: float = 0.02) -> Iterator[str]:
    """The lines of a weight table; weights nearer to zero than ``floor`` are left empty, empty lines left out."""
    yield "\t".join(["feature", *labels])
    for name, row in zip(names, weights, strict=True):
        values = [f"{w:.2f}".rstrip("0").rstrip(".") if abs(w) >= floor else "" for w in row]
        if any(values) or name == BIAS:
            yield "\t".join([name.replace("\t", " ").replace("\n", " "), *values])


def annotated(folder: Path) -> Iterator[tuple[Parsed, Gold]]:
    """The annotated documents of a folder, parsed."""
    from pledgetrail.language.passages import parse
    from pledgetrail.reading import read
    from pledgetrail.records import RawReport

    golds = {
        g["id"]: g
        for path in sorted((folder / "gold").glob("*.json"))
        for g in [json.loads(path.read_text(encoding="utf-8"))]
    }

    def documents() -> Iterator[Any]:
        with (folder / "docs.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                yield read(
                    RawReport(
                        id=item["id"],
                        source=str(folder),
                        text=item["text"],
                        content_sha256="",
                        url=item.get("url"),
                        title=item.get("title"),
                        outlet=item.get("outlet"),
                        published=item.get("published"),
                    )
                )

    for parsed in parse(documents()):
        yield parsed, golds[parsed.document.id]


def _beside(name: str) -> Callable[[Parsed, Gold], Iterator[Any]]:
    """An example maker of fit_encounters_figures, which builds on this module and is therefore imported when used."""

    def maker(parsed: Parsed, gold: Gold) -> Iterator[Any]:
        import sys
        from importlib import import_module

        here = str(Path(__file__).parent)
        if here not in sys.path:
            sys.path.insert(0, here)
        found: Iterator[Any] = getattr(import_module("fit_encounters_figures"), name)(parsed, gold)
        return found

    return maker


MODELS: dict[str, Callable[[Parsed, Gold], Iterator[Any]]] = {
    "acts": act_examples,
    "givers": giver_groups,
    "receivers": receiver_groups,
    "encounters": _beside("encounter_examples"),
    "participants": _beside("participant_examples"),
    "figures": _beside("figure_examples"),
    "claimants": _beside("claimant_examples"),
}
STRENGTH = {
    "acts": 0.5,
    "givers": 0.5,
    "receivers": 0.5,
    "encounters": 0.15,
    "participants": 0.15,
    "figures": 0.5,
    "claimants": 0.3,
}


def fit_any(name: str, examples: Sequence[Any]) -> tuple[list[str], list[str], np.ndarray]:
    """Fit a model from its examples: a ranking from groups, a classifier from single ones."""
    kind = fit_ranking if isinstance(examples[0], Group) else fit
    return kind(examples, strength=STRENGTH[name])


def main() -> None:
    """Fit every model and write its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path("src/pledgetrail/extraction/data"))
    args = parser.parse_args()
    pairs = [pair for folder in args.train for pair in annotated(folder)]
    for name, maker in MODELS.items():
        examples = [e for parsed, gold in pairs for e in maker(parsed, gold)]
        if not examples or (not isinstance(examples[0], Group) and len({e.label for e in examples}) < 2):
            print(f"{name}: nothing to fit")
            continue
        labels, names, weights = fit_any(name, examples)
        lines = list(table(labels, names, weights))
        (args.out / f"{name}.weights.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{name}: {len(examples)} examples, {len(lines) - 1} features")


if __name__ == "__main__":
    main()
