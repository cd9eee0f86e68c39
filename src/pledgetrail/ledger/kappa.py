"""How far two reviewers agree beyond chance: Cohen's kappa with the table that it is worked out from. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

#: What a verdict comes to: the row stays in the ledger (accepted, edited, added), or it does not.
SIDES: Final = ("accepted", "rejected")

#: Rows by the first's side and the second's, in the order of ``SIDES``.
Table = tuple[tuple[int, int], tuple[int, int]]

#: Of so few rows the interval, which holds for many, says little.
FEW: Final = 30

#: Standard errors either side of kappa that hold 95% of a normal distribution.
_95: Final = 1.959964

#: A standard error that is nothing but rounding.
_NOTHING: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two sets of verdicts on the same rows agree; what is not defined is None, and ``why`` says so in words.

    ``observed`` is the share of rows on which both say the same, ``expected`` the share if each gave as many of either
    verdict by lot, ``kappa`` what is reached of the way from that to 1. ``low`` and ``high`` are its 95% interval.
    """

    table: Table
    n: int
    observed: float | None
    expected: float | None
    kappa: float | None
    low: float | None
    high: float | None
    why: str

    def on(self, side: str) -> float | None:
        """How often one finds a row ``side`` if the other does (D. V. Cicchetti and A. R. Feinstein, 1990)."""
        at = SIDES.index(side)
        named = 2 * self.table[at][at] + self.table[0][1] + self.table[1][0]
        return 2 * self.table[at][at] / named if named else None


def measured(table: Table) -> Agreement:
    """Cohen's kappa of a table: J. Cohen, "A coefficient of agreement for nominal scales" (1960).

    The interval is the large-sample one of J. L. Fleiss, J. Cohen and B. S. Everitt, "Large sample standard errors of
    kappa and weighted kappa" (1969), cut at -1 and 1. Where both gave one verdict throughout, chance alone explains
    all: there is no kappa. Where they agree on every row or on none, or one gave one verdict throughout, the formula's
    error is nothing, which no number of rows warrants: there is no interval.
    """
    (both, one), (other, neither) = table
    n = both + one + other + neither
    if not n:
        return Agreement(table, 0, None, None, None, None, None, "no row has a second opinion")
    observed = (both + neither) / n
    apart = (both + one) * (one + neither) + (other + neither) * (both + other)
    if not apart:
        why = f"both found every row {SIDES[0 if both else 1]}; nothing tells that from chance"
        return Agreement(table, n, observed, 1.0, None, None, None, why)
    # (observed - expected) / (1 - expected), of whole numbers, so that it is 1, 0 and -1 exactly where it should be
    beyond, kappa = apart / n**2, 2 * (both * neither - one * other) / apart
    error = math.sqrt(_variance(table, observed, beyond) / n)
    if error < _NOTHING:
        return Agreement(table, n, observed, 1 - beyond, kappa, None, None, _unsure(observed, kappa))
    low, high = max(-1.0, kappa - _95 * error), min(1.0, kappa + _95 * error)
    why = f"the interval is rough: fewer than {FEW} rows" if n < FEW else ""
    return Agreement(table, n, observed, 1 - beyond, kappa, low, high, why)


def _unsure(observed: float, kappa: float) -> str:
    """Why there is no interval: the formula's error is nothing in these cases, and no number of rows warrants that."""
    if observed == 1:
        return "they agree on every row; how sure kappa is does not follow from the rows"
    if kappa == 0:
        return "one of them gave the same verdict throughout; kappa is then 0 however often they agree"
    return "they agree on no row; how sure kappa is does not follow from the rows"


def _variance(table: Table, observed: float, beyond: float) -> float:
    """The variance of kappa times the number of rows: equation 13 of Fleiss, Cohen and Everitt, without weights."""
    n = sum(map(sum, table))
    shares = [[count / n for count in line] for line in table]
    firsts, seconds = [sum(line) for line in shares], [sum(column) for column in zip(*shares, strict=True)]
    missed, expected = 1 - observed, 1 - beyond
    same = sum(shares[i][i] * (beyond - (firsts[i] + seconds[i]) * missed) ** 2 for i in (0, 1))
    other = missed**2 * sum(shares[i][1 - i] * (seconds[i] + firsts[1 - i]) ** 2 for i in (0, 1))
    less = (observed * expected - 2 * expected + observed) ** 2
    return float(max(0.0, same + other - less) / beyond**4)
