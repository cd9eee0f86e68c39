"""Numbers in words: the lexicon that times and quantities share, read from ``data/numerals.toml``."""

from __future__ import annotations

from functools import cache

from pledgetrail.language.lexicon import load


@cache
def units() -> dict[str, int]:
    """Words for 0 to 19."""
    return dict(load("numerals.toml")["units"])


@cache
def tens() -> dict[str, int]:
    """Words for 20, 30 ... 90."""
    return dict(load("numerals.toml")["tens"])


def small_number(words: str) -> int | None:
    """The value of figures or of a number word below 100 ("7", "a", "seven", "twenty-one"); None if it is neither."""
    words = words.lower().strip()
    if words.isdecimal():
        return int(words) if len(words) <= 6 else None
    if words in ("a", "an"):
        return 1
    head, _, tail = words.replace("-", " ").partition(" ")
    ones, ten = units(), tens()
    if not tail:
        return ones.get(head, ten.get(head))
    rest = ones.get(tail.strip())
    return ten[head] + rest if head in ten and rest is not None and 0 < rest < 10 else None
