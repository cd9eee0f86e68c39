"""Numbers, counts and sums of a passage, with their qualifiers, ranges and currencies.

What counts nothing is left out: dates and times, ordinals, ages, labels ("Article 5", "F-16"), telephone numbers and
"one" as a pronoun. A vague number ("tens of thousands") has no value; ``low`` is its unit, here 10,000.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Final

from pledgetrail.language import money, numbers
from pledgetrail.language.counting import counts_nothing
from pledgetrail.language.lexicon import load
from pledgetrail.language.money import Currency, currency_after, currency_before
from pledgetrail.language.numbers import Number, read_number
from pledgetrail.language.timereader import read_times
from pledgetrail.records import Quantity

_SPLIT: Final = re.compile(r"([A-Za-z]+|[0-9]+|[$£€¥₹₽₺₴₩₪₦₱฿₫₼₾₸֏])")
_PERCENT: Final = re.compile(r"(?:\s?%|[\s-](?:per\s?cent|percent|pct|pc|percentage\spoints?)\b)", re.IGNORECASE)
_CONNECT: Final = re.compile(
    r"\s?(?P<dash>-|–|—)\s?|\s{1,2}(?P<word>to|or|and)\s{1,2}(?:as\smany\sas\s|about\s|up\sto\s)?", re.IGNORECASE
)
_IN_BRACKETS: Final = re.compile(
    r"\s?(?:[(\[]|,\sor|\sor)\s?(?:(?:about|around|approximately|approx\.?|some|nearly|roughly|or|i\.e\.|equivalent\sto|equal\sto|worth|over|almost|just\sover|just\sunder|more\sthan|less\sthan|equals?|=|~)\s?){0,2}\Z",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[A-Za-z.~]+")


def find_quantities(
    text: str, *, offset: int = 0, dollar: str = "USD", times: Sequence[tuple[int, int]] | None = None
) -> list[Quantity]:
    """The quantities of one passage, in order, without overlap; ``offset`` is added to start and end.

    ``dollar`` is the ISO 4217 code of a bare "$" or "dollars". ``times`` are the spans, in ``text``, of its time
    expressions if they are known already; else they are read here. A sum that restates the one before it in another
    currency ("$3.5bn (£1.8bn)") is marked ``equivalent``.
    """
    begins, following = _starters()
    found: list[Quantity] = []
    spans: Sequence[tuple[int, int]] | None = times
    last = end = 0
    parts = _SPLIT.split(text)
    parts.append("")
    for index in range(1, len(parts) - 1, 2):
        token = parts[index]
        start = end + len(parts[index - 1])
        end = start + len(token)
        if start < last or not (token in begins or "0" <= token[0] <= "9"):
            continue
        allowed = following.get(token)
        if allowed is not None and parts[index + 2] not in allowed and not "0" <= parts[index + 2][:1] <= "9":
            continue
        quantity = _read(text, start, dollar)
        if quantity is None:
            continue
        if spans is None:
            spans = [(reading.start, reading.end) for reading in read_times(text)]
        if quantity.currency is None and _within(quantity, spans):
            continue
        if found and _restates(text, found[-1], quantity):
            quantity = replace(quantity, equivalent=True)
        found.append(quantity)
        last = quantity.end
    return [replace(q, start=q.start + offset, end=q.end + offset) for q in found] if offset else found


@cache
def _starters() -> tuple[frozenset[str], dict[str, set[str]]]:
    """The tokens by which a quantity can begin; for articles and currency letters, what must follow (or figures)."""
    words = numbers.starters()
    begins = frozenset([*money.starters(), *(form for w in words for form in (w, w.capitalize(), w.upper()))])
    following: dict[str, set[str]] = {}
    for mark in money.marks():
        tokens = _SPLIT.findall(mark)
        if tokens[0].isalpha():
            following.setdefault(tokens[0], set()).update(tokens[1:2])
    scales = [form for w in [*load("numerals.toml")["scales"], "quarter"] for form in (w, w.capitalize())]
    for article in ("a", "an", "A", "An", "half", "Half"):
        following.setdefault(article, set()).update([*scales, "a", "an"])
    return begins, following


def _within(quantity: Quantity, spans: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(spans, (quantity.start, 1 << 62)) - 1
    if index >= 0 and spans[index][1] > quantity.start:
        return True
    return index + 1 < len(spans) and spans[index + 1][0] < quantity.end


def _restates(text: str, before: Quantity, quantity: Quantity) -> bool:
    return (
        quantity.currency is not None
        and before.currency != quantity.currency
        and _is_money(before)
        and quantity.start - before.end <= 40
        and _IN_BRACKETS.match(text[before.end : quantity.start]) is not None
    )


def _is_money(quantity: Quantity) -> bool:
    return quantity.currency is not None or "rs" in quantity.text[:2].lower() or quantity.text[-1:].isalpha()


def _read(text: str, start: int, dollar: str) -> Quantity | None:
    if start and (text[start - 1].isalnum() or text[start - 1] in "_%="):
        return None
    ahead = currency_before(text, start, dollar)
    number = read_number(text, ahead.end if ahead else start, sum_of_money=ahead is not None)
    if number is None:
        return None
    first = number
    low, high, number, behind = _read_range(text, start, ahead, number, dollar)
    currency = ahead or behind
    end = number.end
    percent = None if currency else _PERCENT.match(text, end)
    if percent:
        end = percent.end()
    elif behind:
        end = behind.end
    if currency is None and percent is None and counts_nothing(text, start, first if low is None else number):
        return None
    value = None if low is not None or number.value is None else float(number.value)
    if number.value is None:
        low = number.low
    code = (behind.code if behind and ahead and behind.code else None) or (currency.code if currency else None)
    return Quantity(
        start, end, text[start:end], value,
        float(low) if low is not None else None, float(high) if high is not None else None,
        _qualifier(text, start, end), code, percent is not None,
    )  # fmt: skip


def _read_range(
    text: str, start: int, ahead: Currency | None, number: Number, dollar: str
) -> tuple[Decimal | None, Decimal | None, Number, Currency | None]:
    """The ends of a range and its last number, or (None, None, the number itself); and the currency after it."""
    behind = _currency_behind(text, number, dollar)
    link = _CONNECT.match(text, behind.end if behind else number.end)
    alone = (None, None, number, behind)
    if not link or number.value is None:
        return alone
    word = (link["word"] or "").lower()
    lead = _word_before(text, start)
    if (
        (word == "and" and lead != "between")
        or (word == "or" and lead == "between")
        or (word == "to" and lead == "from")
    ):
        return alone
    ahead2 = currency_before(text, link.end(), dollar)
    last = read_number(text, ahead2.end if ahead2 else link.end())
    if last is None or last.value is None or (ahead2 and ahead and ahead2.code != ahead.code):
        return alone
    low = number.value
    if number.scale == 1 and last.scale > 1 and low < last.value / last.scale:
        low *= last.scale
    if not low < last.value or (word == "or" and last.value > low * 10):
        return alone
    after = last.end
    if text[after : after + 1] in ("-", "–", "/") and text[after + 1 : after + 2].isdecimal():
        return alone
    return low, last.value, last, _currency_behind(text, last, dollar) or behind


def _currency_behind(text: str, number: Number, dollar: str) -> Currency | None:
    if number.mark and number.scale == 1:
        return None
    sure = number.scale > 1 or number.grouped or (number.value or number.low or 0) >= 1000
    return currency_after(text, number.end, dollar, sure=sure, scaled=number.scale > 1)


# --- qualifiers --------------------------------------------------------------------------------------


@cache
def _qualifiers() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    data = load("qualifiers.toml")
    before = {words: entry["form"] for entry in data["qualifier"] for words in entry["before"]}
    after = {words: entry["form"] for entry in data["qualifier"] for words in entry.get("after", ())}
    return before, after, frozenset(data["fillers"]["words"])


def _word_before(text: str, start: int) -> str:
    words = _WORDS.findall(text[max(0, start - 14) : start])
    return words[-1].lower() if words and text[start - 1 : start].isspace() else ""


def _qualifier(text: str, start: int, end: int) -> str | None:
    """The normal form of the qualifier before the quantity, or else after it; None if there is none."""
    before, after, fillers = _qualifiers()
    window = text[max(0, start - 44) : start]
    cut = max(window.rfind(mark) for mark in ',;:()"')
    words = [w.lower() for w in _WORDS.findall(window[cut + 1 :])]
    if words and words[-1] == "between":
        words.pop()
    for _ in range(3):
        for length in range(min(4, len(words)), 0, -1):
            form = before.get(" ".join(words[-length:]))
            if form:
                return form
        if not words or words[-1] not in fillers:
            break
        words.pop()
    if text[end : end + 1] == "+":
        return "at least"
    tail = [w.lower() for w in _WORDS.findall(text[end : end + 20])]
    return next((after[" ".join(tail[:n])] for n in (3, 2, 1) if " ".join(tail[:n]) in after), None)
