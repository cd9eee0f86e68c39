"""What stands after the last paragraph of a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from pledgetrail.reading import credits
from pledgetrail.reading.lines import Stretch, ends_sentence

_FIGURE: Final = re.compile(r"[$€£¥%]|\d")
_KEPT_WORDS: Final = 5


def label(stretches: Sequence[Stretch], last_prose: int, credit: credits.Credit) -> None:
    """Mark an author's name and stray lines after the report. Lists and open sentences that go on are kept."""
    clean = True  # nothing of the page has come since the report
    below = stretches[last_prose + 1 :]
    for stretch, after in zip_longest(below, below[1:]):
        if not stretch.free:
            clean = clean and stretch.kind not in ("chrome", "caption")
            continue
        if credits.label_name(stretch, credit):
            continue
        sentence = ends_sentence(stretch.text) and stretch.words >= 3
        item = stretch.bulleted and (clean or _FIGURE.search(stretch.text) is not None)
        leads = stretch.text.endswith(":") and after is not None and after.free and after.bulleted
        if not (
            sentence or item or leads or (clean and stretch.words >= _KEPT_WORDS) or stretch.text.startswith(('"', "“"))
        ):
            stretch.mark("chrome", "after the report")
            clean = False
