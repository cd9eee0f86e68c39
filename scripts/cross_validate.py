"""Read annotated reports with weights that were fitted on other reports, and score what was read.

usage: python scripts/cross_validate.py TRAIN [--always FOLDER...] [--test FOLDER] [--folds N] [--seed N]
                                        [--scorer FILE] [--rules | --encoder] [--keep NAME]

TRAIN holds docs.jsonl and gold/*.json. Its reports are dealt to N folds; each fold is read with what was fitted on the
others and on the folders that are ``--always`` fitted on (the phrasebook). ``--test`` is a folder that is never fitted
on: it is read with what was fitted on all of TRAIN. ``--rules``: nothing is fitted, rules decide. ``--encoder``: an
encoder is trained for each fold, too, and kept in ``out/encoders`` (take it away to train anew after a change of how).

What was read is kept as ``out/readings/NAME.train.pickle`` and ``NAME.test.pickle``, for scripts/calibrate.py and
scripts/report_scores.py; NAME is "tables", "rules" or "encoder" unless another is given. Confidences are
not calibrated.

Other scripts, and other ways of fitting, use :func:`cross_validate` with a ``Fit`` of their own.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import annotated
import fit as fitting
import judging
from pledgetrail.extraction import extract
from pledgetrail.extraction.deciders import Deciders, by_rules
from pledgetrail.extraction.decisions import read_model
from pledgetrail.extraction.encoder import Encoder
from pledgetrail.records import AnyStatement, Parsed

Pair = annotated.Pair
#: Reads one report; what a fit makes.
Reader = Callable[[Parsed], list[AnyStatement]]
#: Makes a reader from annotated reports.
Fit = Callable[[Sequence[Pair]], Reader]

#: Where readings are kept.
READINGS = Path("out/readings")
#: Where the encoders of folds are kept.
ENCODERS = Path("out/encoders")
#: Reports are dealt to the folds in this order of chance, in every script.
SEED = 5


class Tables:
    """The fit of all weight tables. Examples of a report are made once, however many folds it is fitted in.

    Called with annotated reports it gives a reader; :meth:`deciders` gives what decides in it, for a fit that adds to
    it. ``always`` are fitted on in every fold.
    """

    def __init__(self, always: Sequence[Pair] = ()) -> None:
        """Examples are made when a report is first fitted on."""
        self._always = list(always)
        self._examples: dict[tuple[str, str], list[Any]] = {}

    def examples(self, name: str, pair: Pair) -> list[Any]:
        """The examples of one decision in one report."""
        parsed, gold = pair
        key = (name, f"{parsed.document.source}\0{parsed.document.id}")
        if key not in self._examples:
            self._examples[key] = list(fitting.MODELS[name](parsed, gold))
        return self._examples[key]

    def deciders(self, train: Sequence[Pair]) -> Deciders:
        """All tables fitted on some reports, rounded as they are when they are written."""
        models = {}
        for name in fitting.MODELS:
            found = [e for pair in (*train, *self._always) for e in self.examples(name, pair)]
            models[name] = read_model(fitting.table(*fitting.fit_any(name, found)))
        return Deciders(**models)

    def __call__(self, train: Sequence[Pair]) -> Reader:
        """A reader whose tables were fitted on these reports. Its confidences are not calibrated."""
        deciders = self.deciders(train)
        return lambda parsed: extract(parsed, deciders)


class WithEncoder:
    """The fit of tables and encoder. An encoder is kept by the reports that it was trained on."""

    def __init__(self, always: Sequence[Pair] = (), kept: Path = ENCODERS) -> None:
        """``always`` are fitted on in every fold."""
        self._always = list(always)
        self._tables = Tables(always)
        self._kept = kept

    def encoder(self, train: Sequence[Pair]) -> Encoder:
        """The encoder trained on some reports; the kept one if there is one."""
        pairs = [*train, *self._always]
        named = sorted(f"{p.document.id} {p.document.text_sha256}" for p, _ in pairs)
        folder = self._kept / hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]
        if not (folder / "manifest.json").is_file():
            from train_encoder import train_and_write  # needs packages that nothing else needs

            train_and_write(pairs, folder)
        return Encoder(folder)

    def __call__(self, train: Sequence[Pair]) -> Reader:
        """A reader whose tables and encoder were fitted on these reports. Its confidences are not calibrated."""
        deciders = replace(self._tables.deciders(train), encoder=self.encoder(train))
        return lambda parsed: extract(parsed, deciders)


def rules_alone(train: Sequence[Pair]) -> Reader:
    """A reader that needs no fit."""
    deciders = replace(by_rules(), calibration=None)
    return lambda parsed: extract(parsed, deciders)


def deal(pairs: Iterable[Pair], folds: int, seed: int = SEED) -> list[list[Pair]]:
    """The reports in ``folds`` parts of equal size, by chance, the same ones for the same seed."""
    ordered = sorted(pairs, key=lambda pair: pair[0].document.id)
    random.Random(seed).shuffle(ordered)
    return [ordered[number::folds] for number in range(folds)]


def read_with(reader: Reader, pairs: Iterable[Pair], fold: int = 0) -> list[judging.Reading]:
    """What a reader makes of annotated reports, as rows."""
    return [judging.Reading(parsed.document, gold, fold, reader(parsed)) for parsed, gold in pairs]


def cross_validate(
    pairs: Iterable[Pair],
    fit: Fit,
    folds: int = 5,
    seed: int = SEED,
    told: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
) -> list[judging.Reading]:
    """Every report as it is read by what ``fit`` made of the other folds; ``told`` hears how it goes."""
    parts = deal(pairs, folds, seed)
    found: list[judging.Reading] = []
    for number, part in enumerate(parts):
        began = time.monotonic()
        reader = fit([pair for other in parts if other is not part for pair in other])
        fitted = time.monotonic()
        found += read_with(reader, part, number)
        told(
            f"fold {number + 1} of {folds}: fitted in {fitted - began:.0f} s, read in {time.monotonic() - fitted:.0f} s"
        )
    return found


def line_of(kind: str, score: dict[str, float]) -> str:
    """One line for one kind's numbers."""
    cells = "  ".join(
        f"{name.replace('_accuracy', '').replace('_when_stated', '+')} {value:.3f}"
        for name, value in score.items()
        if "_accuracy" in name
    )
    return (
        f"{kind}: gold {score['gold']}  hit {score['hit']}  false {score['false']}  P {score['precision']:.3f}  "
        f"R {score['recall']:.3f}  F1 {score['f1']:.3f}  full {score['full_row_f1']:.3f}  {cells}"
    )


def arguments() -> argparse.ArgumentParser:
    """The options that scripts around cross-validation share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("--always", type=Path, nargs="*", default=[Path("training/phrasebook")])
    parser.add_argument("--test", type=Path, help="a folder that is never fitted on")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scorer", type=Path, help="default: score/score.py beside TRAIN")
    return parser


def main() -> None:
    """Cross-validate, print the numbers, and keep them."""
    parser = arguments()
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--rules", action="store_const", dest="how", const="rules", help="fit nothing: rules decide")
    how.add_argument("--encoder", action="store_const", dest="how", const="encoder", help="train an encoder, too")
    parser.add_argument("--keep", metavar="NAME", help="what to call the readings")
    options = parser.parse_args()
    scorer = judging.load_scorer(options.scorer or options.train.parent / "score" / "score.py")
    always = [pair for folder in options.always for pair in annotated.load(folder)]
    pairs = annotated.load(options.train)
    fits: dict[str, Callable[[], Fit]] = {
        "rules": lambda: rules_alone,
        "tables": lambda: Tables(always),
        "encoder": lambda: WithEncoder(always),
    }
    how_fitted = options.how or "tables"
    fit = fits[how_fitted]()
    found: dict[str, list[judging.Reading]] = {}
    if options.folds > 1:
        found["train"] = cross_validate(pairs, fit, options.folds, options.seed)
    if options.test:
        found["test"] = read_with(fit(pairs), annotated.load(options.test))
    for part, readings in found.items():
        judging.keep(readings, READINGS / f"{options.keep or how_fitted}.{part}.pickle")
        for kind, score in judging.scores(scorer, readings).items():
            print(part, line_of(kind, score))


if __name__ == "__main__":
    main()
