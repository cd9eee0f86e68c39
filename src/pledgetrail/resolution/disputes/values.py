"""Two numbers side by side: the same, compatible as they are worded, or competing, and how.

A number with a qualifier stands for a range. "More than 8 billion" and 8.57 billion do not contradict each other, and
neither do "about 8.6" and 8.57; 8 and 10 do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

#: "About 100" is taken to admit so much more or less, and "nearly 100" so much less.
ABOUT: Final = 0.05
NEARLY: Final = 0.1

#: Who says "more than 8" does not mean 80: an open bound is taken to reach so many times its number.
REACH: Final = 2.0

#: A plain number of so many digits may be a longer one rounded (8.6 for 8.57). Of one digit it is a number of its own.
ROUNDED: Final = 2

Agreement = Literal["same", "compatible", "competing"]


@dataclass(frozen=True, slots=True)
class Value:
    """A number as claimed: one value, or a range with ``low`` and ``high``; ``currency`` (ISO 4217) for money."""

    value: float | None
    low: float | None = None
    high: float | None = None
    qualifier: str | None = None  # a normal form of qualifiers.toml
    currency: str | None = None

    @property
    def middle(self) -> float:
        """The number that orders values: the value itself, or the middle of the range; 0 where there is none."""
        if self.value is not None:
            return self.value
        ends = [end for end in (self.low, self.high) if end is not None]
        return sum(ends) / len(ends) if ends else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two values stand to each other, in one word and in a sentence for the reader."""

    agreement: Agreement
    how: str


def admitted(value: Value) -> tuple[float, float]:
    """The least and the greatest number that the words admit, both included."""
    if value.value is None:
        low = value.low if value.low is not None else value.high
        high = value.high if value.high is not None else value.low
        return (0.0, math.inf) if low is None or high is None else (min(low, high), max(low, high))
    number = value.value
    match value.qualifier:
        case "at least" | "more than":
            return number, max(number, number * REACH)
        case "up to" | "less than":
            return number / REACH, number
        case "nearly":
            return number * (1 - NEARLY), number
        case "about" | "estimated":
            slack = max(abs(number) * ABOUT, granularity(number) / 2)
            return number - slack, number + slack
        case _:
            return number, number


def granularity(number: float) -> float:
    """The unit of a number's last digit that is not zero: 10,000,000 for 8.57 billion, 1 for 146, 0.1 for 2.5."""
    mantissa, _, exponent = f"{abs(number):.12e}".partition("e")
    digits = mantissa.replace(".", "").rstrip("0")
    return float(10.0 ** (int(exponent) - max(len(digits) - 1, 0)))


def compare(a: Value, b: Value) -> Verdict | None:
    """How two values stand to each other, whichever comes first; None if they are of different currencies."""
    if a.currency != b.currency:
        return None
    a, b = sorted((a, b), key=_order)
    if (a.value, a.low, a.high) == (b.value, b.low, b.high):
        if a.qualifier == b.qualifier:
            return Verdict("same", "the same number")
        return Verdict("compatible", "the same number with another qualifier")
    first, second = admitted(a), admitted(b)
    if first[0] <= second[1] and second[0] <= first[1]:
        return Verdict("compatible", f"“{written(a)}” and “{written(b)}” do not exclude each other")
    coarse = _rounding(a, b)
    if coarse is not None and _digits(coarse) >= ROUNDED:
        return Verdict("compatible", f"{written(coarse)} is the other number rounded")
    ratio = _ratio(a, b)
    more = f"{ratio:.3g} times the other" if ratio else "apart"
    rounded = f"; {written(coarse)} may be the other number rounded" if coarse is not None else ""
    return Verdict("competing", f"“{written(a)}” against “{written(b)}”: {more}{rounded}")


def written(value: Value) -> str:
    """A value in words and digits: "at least 146", "USD 8.57 billion", "10 to 20"."""
    if value.value is None:
        number = " to ".join(_number(end) for end in (value.low, value.high) if end is not None)
    else:
        number = _number(value.value)
    return " ".join(part for part in (value.qualifier, value.currency, number) if part)


def _number(number: float) -> str:
    for scale, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(number) >= scale:
            return f"{number / scale:.6g} {word}"
    return f"{number:,.0f}" if number == int(number) else f"{number:,.6g}"


def _order(value: Value) -> tuple[float, float, float, str]:
    low, high = admitted(value)
    return value.middle, low, high, value.qualifier or ""


def _digits(value: Value) -> int:
    number = value.middle
    return round(math.log10(abs(number) / granularity(number)) + 0.5) if number else 1


def _rounding(a: Value, b: Value) -> Value | None:
    """The one of two plain numbers that the other gives when it is rounded to as many digits, or None."""
    if a.value is None or b.value is None or {a.qualifier, b.qualifier} - {None, "exactly"}:
        return None
    units = granularity(a.value), granularity(b.value)
    coarse = a if units[0] > units[1] else b
    near = abs(a.value - b.value) <= max(units) / 2
    return coarse if units[0] != units[1] and near else None


def _ratio(a: Value, b: Value) -> float | None:
    return b.middle / a.middle if a.middle > 0 else None
