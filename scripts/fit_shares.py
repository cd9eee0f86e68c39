"""Fit how much each table and its head of the encoder count when they are mixed: scripts/encoder_shares.json.

usage: python scripts/fit_shares.py TRAIN [--always FOLDER...] [--folds 2] [--out scripts/encoder_shares.json]

Every annotated report is scored by tables and an encoder that were fitted without it (encoders are kept in
out/encoders, where scripts/cross_validate.py --encoder looks too). The shares are those of the least log loss.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import annotated
import cross_validate
import fit as fitting
from pledgetrail.extraction.deciders import Deciders
from pledgetrail.extraction.decisions import Place
from pledgetrail.extraction.encoder import Encoder, Encoding

#: Scores of the table and of the head for what competes in one decision, what of it is right, and its weight.
Scored = tuple[np.ndarray, np.ndarray, np.ndarray, float]


def scored(
    name: str, deciders: Deciders, encoder: Encoder, seen: Encoding, examples: Sequence[Any]
) -> Iterator[Scored]:
    """The examples of one decision in one report; labels that the table has never met are left out."""
    table, head = getattr(deciders, name), encoder.heads[name]
    columns = [head.labels.index(label) for label in table.labels]
    for example in examples:
        if isinstance(example, fitting.Group):
            places = [Place(example.at, other, example.given) for other in example.others]
            right = np.array([hit for _, hit in example.items])
            by_table = table.scores([features for features, _ in example.items])[:, 0]
            yield by_table, head.scores(seen, places)[:, 0], right, example.weight
        elif example.label in table.labels:
            place = Place(example.at, example.other, example.given)
            right = np.array([label == example.label for label in table.labels])
            yield table.scores([example.features])[0], head.scores(seen, [place])[0][columns], right, example.weight


def shares(found: Sequence[Scored]) -> tuple[float, float]:
    """The factors of table and head with the least log loss."""
    from scipy.optimize import minimize

    def loss(factors: np.ndarray) -> float:
        total = 0.0
        for table, head, right, weight in found:
            scores = factors[0] * table + factors[1] * head
            odds = np.exp(scores - scores.max())
            total -= weight * float(np.log(max(1e-9, odds[right].sum() / odds.sum())))
        return total / len(found)

    best = minimize(loss, [0.6, 0.6], method="Nelder-Mead", options={"maxiter": 40}).x
    return round(float(best[0]), 2), round(float(best[1]), 2)


def main() -> None:
    """Fit all shares and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("--always", type=Path, nargs="*", default=[Path("training/phrasebook")])
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "encoder_shares.json")
    options = parser.parse_args()
    always = [pair for folder in options.always for pair in annotated.load(folder)]
    tables, encoders = cross_validate.Tables(always), cross_validate.WithEncoder(always)
    parts = cross_validate.deal(annotated.load(options.train), options.folds)
    found: dict[str, list[Scored]] = {name: [] for name in fitting.MODELS}
    for part in parts:
        rest = [pair for other in parts if other is not part for pair in other]
        deciders, encoder = tables.deciders(rest), encoders.encoder(rest)
        for pair in part:
            seen = encoder.encode(pair[0])
            for name in found:
                found[name] += scored(name, deciders, encoder, seen, tables.examples(name, pair))
    lines = [f'  "{name}": {json.dumps(shares(items))}' for name, items in found.items()]
    options.out.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
