"""Lines of a page that no phrase gives away: teasers, biographies, notices, other stories. Weighed, not listed.

Two linear models over named features judge each line: the first by its own form and its neighbours', the second by
the first one's view of all lines. Their tables, fitted by ``scripts/fit_lines.py``, are
``data/lines.first.weights.tsv`` and ``data/lines.second.weights.tsv``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Final

from pledgetrail.reading import line_features
from pledgetrail.reading.lines import Stretch, ends_sentence, is_prose

_FEWEST: Final = 10  # lines from which a text can be a page; in fewer there is nothing to weigh by
_MOST: Final = 20_000  # lines of a page; longer texts are read by the phrases alone
#: Log odds from which a line is kept. In doubt a sentence is the report's and any other line the page's; bounds from
#: -.2 to -.6 for all gave the same F1 on the tuning half of scripts/score_lines.py.
KEPT: Final = -0.3
_SENTENCE: Final = -0.8
_PAGE: Final = 0.1  # share of lines that are chrome by their words, from which a text is a page or has pieces of one
_CLEAN: Final = -2.0  # log odds from which a line of any other text is kept
_BETWEEN: Final = -2.5  # log odds from which a line alone between two that are kept is kept too, as a heading may be
_HEAD: Final = 15  # lines above the first paragraph among which title, byline and date may stand
_TITLE_WORDS: Final = 32
_CHROME: Final = -6.0  # log odds of a line that a phrase or shape has told already
RULE: Final = "unlike the report"

Weights = dict[str, float]


def read_weights(lines: Iterable[str]) -> Weights:
    """Feature -> weight from the lines of a table: a head, then feature and weight with a tab between.

    Raises ValueError naming the line that is malformed.
    """
    weights: Weights = {}
    for number, line in enumerate(lines, start=1):
        feature, *values = line.rstrip("\n").split("\t")
        if len(values) != 1:
            raise ValueError(f"line {number}: {len(values)} weights")
        if number == 1:
            continue
        try:
            weights[feature] = float(values[0])
        except ValueError as error:
            raise ValueError(f"line {number}: a weight is not a number: {error}") from error
        if not math.isfinite(weights[feature]):
            raise ValueError(f"line {number}: a weight is not a number")
    if "bias" not in weights:
        raise ValueError("the table has no bias line")
    return weights


@cache
def weights(name: str) -> Weights:
    """The shipped table ``data/lines.NAME.weights.tsv``."""
    path = resources.files("pledgetrail.reading") / "data" / f"lines.{name}.weights.tsv"
    with path.open(encoding="utf-8") as lines:
        return read_weights(lines)


def _sum(table: Weights, *groups: Sequence[str]) -> float:
    return table["bias"] + sum(table.get(feature, 0.0) for group in groups for feature in group)


def first_features(stretches: Sequence[Stretch]) -> list[list[str]]:
    """What the first model reads of each line."""
    return [line_features.own(s) + near for s, near in zip(stretches, line_features.around(stretches), strict=True)]


def settled(stretch: Stretch) -> bool:
    """The line is known for what it is and is not weighed."""
    return stretch.kind not in (None, "title")


def log_odds(stretches: Sequence[Stretch]) -> list[float]:
    """How much each line is like the lines of a report rather than of the page around it; 0 is even."""
    table = weights("first")
    features = first_features(stretches)
    odds = [_CHROME if settled(s) else _sum(table, f) for s, f in zip(stretches, features, strict=True)]
    table = weights("second")
    views = line_features.among(stretches, odds)
    return [
        _CHROME if settled(s) else _sum(table, f, view) for s, f, view in zip(stretches, features, views, strict=True)
    ]


def label(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Mark the lines that are no part of the report; give back the doubtful ones of its head, unmarked.

    Those may be title, byline or date: who knows what they are marks them and calls :func:`label_head` for the rest.
    """
    if not _FEWEST <= len(stretches) <= _MOST:
        return []
    odds = log_odds(stretches)
    kept = [i for i, (s, o) in enumerate(zip(stretches, odds, strict=True)) if o >= KEPT and s.free and is_prose(s)]
    if not kept:
        return []
    chrome = sum(s.kind == "chrome" for s in stretches)
    page = chrome >= _PAGE * len(stretches)
    bounds = [(_SENTENCE if ends_sentence(s.text) else KEPT) if page else _CLEAN for s in stretches]
    read = [like >= bound and s.free for s, like, bound in zip(stretches, odds, bounds, strict=True)]
    head: list[Stretch] = []
    for index, (stretch, like) in enumerate(zip(stretches, odds, strict=True)):
        between = 0 < index < len(read) - 1 and read[index - 1] and read[index + 1]
        if not stretch.free or like >= (_BETWEEN if between else bounds[index]):
            continue
        if kept[0] - _HEAD <= index < kept[0] and stretch.words <= _TITLE_WORDS:
            head.append(stretch)
        else:
            stretch.mark("chrome", RULE)
    return head


def label_head(head: Iterable[Stretch]) -> None:
    """Mark the lines of the head that turned out to be nothing else."""
    for stretch in head:
        if stretch.kind in (None, "heading"):
            stretch.mark("chrome", RULE)
