"""How much of one input is held in memory at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes above which an input is named as a problem instead of being read."""

    text_bytes: int = 32 * 1024 * 1024  # a plain text file: far above a book
    line_bytes: int = 16 * 1024 * 1024  # one line of JSON Lines
    page_bytes: int = 16 * 1024 * 1024  # one HTML page: the largest news pages have two
