"""What is said of a line before it is judged: its own form and words, and the lines around it.

The names of features are those of the tables ``data/lines.*.weights.tsv``; ``scripts/fit_lines.py`` fits them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from pledgetrail.reading import lexicon
from pledgetrail.reading.lines import Stretch, ends_sentence, is_prose

_READ_WORDS: Final = 40  # of a line; a paragraph shows what it is by its first words
_STEM: Final = 6  # letters by which two words count as one
_SHAPES: Final = {
    "address": re.compile(r"https?:|www\.|\w@\w|\w\.(?:com|org|net)\b"),
    "bar": re.compile(r"[|»›·]"),
    "copyright": re.compile("©"),
    "year": re.compile(r"\b(?:19|20)\d\d\b"),
    "clock": re.compile(r"\b\d{1,2}:\d\d\b"),
    "ago": re.compile(r"\bago\b"),
    "quotation": re.compile(r"[\"“”]"),
    "brackets": re.compile(r"[()]"),
    "handle": re.compile(r"@\w"),
    "money": re.compile(r"[$€£]"),
    "dots": re.compile(r"\.\.\.|…"),
    "past": re.compile(r"\b\w{3,}ed\b"),
    "you": re.compile(r"\byour?\b", re.IGNORECASE),
    "said": re.compile(r"\b(?:said|says|told)\b"),
    "I": re.compile(r"\b(?:I|I'm|my)\b"),
    "colon": re.compile(":"),
}
_SENTENCE_BREAK: Final = re.compile(r"[.!?][\"”]?\s+[A-Z“\"]")
_ENDS: Final = {
    **dict.fromkeys("!?", "!"),
    **dict.fromkeys("\"”’'", "quote"),
    **dict.fromkeys(",;", "comma"),
    **dict.fromkeys(")]", "bracket"),
    ".": ".",
    ":": ":",
    "…": "dots",
}


def step(value: float, *edges: float) -> int:
    """Which step of a stair ``value`` stands on: the number of edges below it."""
    return bisect_left(edges, value)


def own(stretch: Stretch) -> list[str]:
    """Features of one line alone."""
    text = stretch.text[:2000]
    words = text.split()[:_READ_WORDS]
    folded = stretch.key[:2000].split()[:_READ_WORDS]
    count = stretch.words
    stops = sum(word in lexicon.stop_words() for word in folded) / max(1, len(folded))
    capitals = sum(word[:1].isupper() for word in words[1:]) / max(1, len(words) - 1)
    closed = ends_sentence(stretch.text)
    found = [
        f"words={step(count, 1, 2, 3, 4, 6, 8, 11, 15, 20, 28, 40, 60)}",
        f"ends={_end(text)}",
        f"closed={closed:d} words={step(count, 3, 7, 12, 20, 40)}",
        f"begins={_begin(text)}",
        f"stops={step(stops, 0, 0.1, 0.2, 0.3, 0.4, 0.5)}",
        f"stops={step(stops, 0, 0.15, 0.3, 0.45)} words={step(count, 4, 8, 15, 30)}",
        f"capitals={step(capitals, 0, 0.1, 0.25, 0.5, 0.75, 0.99)}",
        f"digits={step(sum(map(str.isdigit, text)) / len(text), 0, 0.03, 0.1, 0.3)}",
        f"sentences={step(len(_SENTENCE_BREAK.findall(text)), 0, 1, 2, 4)}",
        f"commas={step(text.count(','), 0, 1, 3)}",
    ]
    if stretch.bulleted:
        found.append("bulleted")
    if text.isupper():
        found.append("all capitals")
    found.extend(f"has {name}" for name, shape in _SHAPES.items() if shape.search(text))
    found.extend(f"word {word}" for word in set(folded))
    if folded:
        found.append(f"first word {folded[0]}")
    return found


def _end(text: str) -> str:
    last = text[-1]
    return "dots" if text.endswith("...") else _ENDS.get(last) or ("letter" if last.isalpha() else "other")


def _begin(text: str) -> str:
    first = text.lstrip("•*- ")[:1]
    if first in ('"', "“", "‘"):
        return "quote"
    return "small" if first.islower() else "capital" if first.isupper() else "digit" if first.isdigit() else "other"


def kind(stretch: Stretch) -> str:
    """What the line was taken for so far; prose is told from other free lines."""
    return stretch.kind or ("prose" if is_prose(stretch) else "line")


def around(stretches: Sequence[Stretch]) -> Iterator[list[str]]:
    """Features of each line with those around it: what they are, and where in the text it stands."""
    count = len(stretches)
    kinds = [kind(s) for s in stretches]
    prose = [k == "prose" for k in kinds]
    before = [0, *accumulate(s.words if p else 0 for s, p in zip(stretches, prose, strict=True))]
    paragraphs = [0, *accumulate(map(int, prose))]
    short = [0, *accumulate(int(s.words <= 5) for s in stretches)]
    total = before[-1] or 1
    keys = Counter(s.key for s in stretches)
    sides = [_side(s, k) for s, k in zip(stretches, kinds, strict=True)]
    topic, stems = _topic(stretches, prose)
    for index, stretch in enumerate(stretches):
        found = [
            f"lines={step(count, 12, 20, 50, 100, 200, 400)}",
            f"prose before={step(before[index] / total, 0, 0.05, 0.2, 0.5, 0.8, 0.95, 0.999)}",
            f"place={step(index / count, 0.1, 0.25, 0.5, 0.75, 0.9)}",
        ]
        if keys[stretch.key] > 1:
            found.append("stands twice")
        for reach in (3, 8):
            first, last = max(0, index - reach), min(count, index + reach + 1)
            width = last - first
            found.append(f"prose words {reach}={step((before[last] - before[first]) / width, 1, 3, 6, 12, 25)}")
            found.append(
                f"prose {reach}={step((paragraphs[last] - paragraphs[first]) / width, 0, 0.1, 0.25, 0.5, 0.75)}"
            )
            found.append(f"short {reach}={step((short[last] - short[first]) / width, 0.1, 0.3, 0.5, 0.8)}")
        for offset in (-2, -1, 1, 2):
            at = index + offset
            beside = sides[at] if 0 <= at < count else ("none",)
            found.extend(f"{offset:+d} {feature}" for feature in beside)
        shared = sum(topic[stem] > prose[index] for stem in stems[index]) / max(1, len(stems[index]))
        found.append(f"shared={step(shared, 0, 0.15, 0.3, 0.5, 0.7, 0.99)}")
        found.append(f"shared={step(shared, 0, 0.2, 0.4, 0.7)} words={step(stretch.words, 4, 8, 15, 30)}")
        yield found


def _side(stretch: Stretch, kind: str) -> tuple[str, ...]:
    """What a neighbour shows of itself."""
    closed = ends_sentence(stretch.text)
    width = f"words={step(stretch.words, 2, 5, 9, 15, 30)}"
    return (f"kind={kind}", f"closed={closed:d}", width, *(("bulleted",) if stretch.bulleted else ()))


def _topic(stretches: Sequence[Stretch], prose: Sequence[bool]) -> tuple[Counter[str], list[set[str]]]:
    """In how many paragraphs of prose each word stands, and the words of each line."""
    topic: Counter[str] = Counter()
    stems = []
    for stretch, paragraph in zip(stretches, prose, strict=True):
        words = stretch.key[:2000].split()[: 3 * _READ_WORDS]
        found = {word[:_STEM] for word in words if len(word) > 2 and word not in lexicon.stop_words()}
        stems.append(found)
        if paragraph:
            topic.update(found)
    return topic, stems


def among(stretches: Sequence[Stretch], odds: Sequence[float]) -> Iterator[list[str]]:
    """Features of each line from the first judgement of all: its log odds, its neighbours', and the report's extent."""
    count = len(odds)
    steps = [step(o, -4, -3, -2, -1.2, -0.6, 0, 0.6, 1.2, 2, 3, 4) for o in odds]
    bounded = [0.0, *accumulate(max(-4.0, min(4.0, o)) for o in odds)]
    first, last = extent(stretches, odds)
    size = step((last - first + 1) / count, 0.05, 0.15, 0.3, 0.6)

    def mean(index: int, reach: int) -> float:
        start, end = max(0, index - reach), min(count, index + reach + 1)
        return (bounded[end] - bounded[start]) / (end - start)

    for index in range(count):
        own_odds = step(odds[index], -3, -1.5, -0.5, 0.5, 1.5)
        wide, near = (step(mean(index, reach), -3, -2, -1, 0, 1.5) for reach in (6, 2))
        over = step(max(odds[max(0, index - 4) : index], default=-6), -2, 0, 1.5, 3)
        under = step(max(odds[index + 1 : index + 5], default=-6), -2, 0, 1.5, 3)
        found = [
            f"odds={steps[index]}",
            f"odds={own_odds} near={near}",
            f"odds={own_odds} wide={wide}",
            f"wide={wide} near={near}",
            f"best above={over} below={under} odds={step(odds[index], -2, -0.5, 0.5)}",
            f"extent={size} odds={step(odds[index], -2, 0, 2)}",
        ]
        for offset in (-3, -2, -1, 1, 2, 3):
            at = index + offset
            found.append(f"odds {offset:+d}={steps[at] if 0 <= at < count else 'none'}")
        found.extend(f"odds {r}={step(mean(index, r), -3.5, -3, -2, -1, 0, 1, 2)}" for r in (5, 12))
        away = max(first - index, index - last, 0)
        where = "inside" if not away else "above" if index < first else "below"
        found.append(where)
        found.append(f"{where} by {step(away, 0, 1, 2, 4, 8, 20)} odds={step(odds[index], -2, 0, 2)}")
        yield found


def extent(stretches: Sequence[Stretch], odds: Sequence[float]) -> tuple[int, int]:
    """First and last line of the stretch of lines that is most like a report: the greatest sum of signed weights."""
    best, here, begin, found = 0.0, 0.0, 0, (0, -1)
    for index, (stretch, log_odds) in enumerate(zip(stretches, odds, strict=True)):
        if here <= 0:
            here, begin = 0.0, index
        here += max(-1.0, min(1.0, log_odds / 3)) * stretch.words**0.5
        if here > best:
            best, found = here, (begin, index)
    return found
