"""Deciding by rules over named features, where fitted weights are missing or not wanted.

The rules are data: ``data/rules/NAME.toml`` for each decision. A rule names features that a candidate must have and
must not have; of the rules that hold, the surest decides. How sure a rule is, is counted: ``data/rules/shares.tsv``,
written by ``scripts/count_rules.py``, says how many of its matches in the annotated reports were right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pledgetrail.extraction.decisions import Place
from pledgetrail.language.lexicon import load

_PACKAGE = "pledgetrail.extraction"
#: What a rule that was never counted is worth: as often right as wrong.
UNCOUNTED = 0.5
#: How likely an item is that no rule speaks for, among items that compete.
_UNNAMED = 0.02


@dataclass(frozen=True, slots=True)
class Wanted:
    """One condition: a feature by its name, one of several set off by " | ", or a name with ``*`` for any words."""

    exact: frozenset[str]
    pattern: re.Pattern[str] | None

    def within(self, features: frozenset[str]) -> bool:
        """Whether some feature meets it."""
        if not self.exact.isdisjoint(features):
            return True
        pattern = self.pattern
        return pattern is not None and any(pattern.fullmatch(f) for f in features)


@dataclass(frozen=True, slots=True)
class Rule:
    """What it speaks for, when it holds, and the share of its matches that were right."""

    name: str
    label: str
    has: tuple[Wanted, ...]
    lacks: tuple[Wanted, ...]
    share: float

    def holds(self, features: frozenset[str]) -> bool:
        """Whether an item has all that the rule wants and nothing that it rules out."""
        return all(w.within(features) for w in self.has) and not any(w.within(features) for w in self.lacks)


class Rules:
    """A decision taken by rules; it answers as :class:`pledgetrail.extraction.decisions.Model` does."""

    def __init__(self, labels: Sequence[str], otherwise: str, rules: Iterable[Rule]) -> None:
        """``otherwise`` is the label of what no rule knows, and of the doubt that a rule leaves."""
        self.labels = tuple(labels)
        self._otherwise = otherwise
        self._by_feature: dict[str, list[Rule]] = {}
        self._always: list[Rule] = []
        rules = list(rules)
        self.names = tuple(rule.name for rule in rules)
        for rule in sorted(rules, key=lambda r: -r.share):
            first = rule.has[0]
            if first.pattern is not None:
                self._always.append(rule)
            for feature in first.exact:
                self._by_feature.setdefault(feature, []).append(rule)

    def matching(self, features: Iterable[str]) -> Iterator[Rule]:
        """The rules that hold for an item, in no order."""
        named = frozenset(features)
        near = {id(r): r for f in named for r in self._by_feature.get(f, ())}
        for rule in (*near.values(), *(r for r in self._always if id(r) not in near)):
            if rule.holds(named):
                yield rule

    def _surest(self, features: Iterable[str]) -> Rule | None:
        return max(self.matching(features), key=lambda r: (r.share, r.name), default=None)

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Label -> probability: the surest rule's share for its label, the rest for the label of doubt."""
        chances = dict.fromkeys(self.labels, 0.0)
        rule = self._surest(features)
        share = rule.share if rule is not None else 0.0
        chances[self._otherwise] = 1.0 - share
        if rule is not None:
            chances[rule.label] += share
        return chances

    def batch(self, items: Iterable[Iterable[str]], places: Sequence[Place] = ()) -> list[dict[str, float]]:
        """:meth:`probabilities` of many items, in order."""
        return [self.probabilities(features) for features in items]

    def choose(self, items: Sequence[Iterable[str]], places: Sequence[Place] = ()) -> list[float]:
        """Probability of each of competing items, by the odds of the surest rule for each; the sum is one."""
        odds = []
        for item in items:
            rule = self._surest(item)
            share = min(rule.share if rule is not None else _UNNAMED, 0.99)
            odds.append(share / (1.0 - share))
        total = sum(odds)
        return [o / total for o in odds]

    def reasons(self, features: Iterable[str], label: str, most: int = 4) -> list[tuple[str, float]]:
        """The rules that hold for a label with their shares, the surest first."""
        found = [(f"rule “{r.name}”", r.share) for r in self.matching(features) if r.label == label]
        return sorted(found, key=lambda f: -f[1])[:most]


def _wanted(text: str) -> Wanted:
    names = text.split(" | ")
    globs = [n for n in names if "*" in n]
    pattern = "|".join(".*".join(re.escape(part) for part in glob.split("*")) for glob in globs)
    return Wanted(frozenset(n for n in names if "*" not in n), re.compile(pattern) if globs else None)


def rules_of(data: dict[str, Any], shares: dict[str, float]) -> Iterator[Rule]:
    """The rules of a parsed file; a rule without a share is worth UNCOUNTED. Raises KeyError for one without a name."""
    for row in data["rule"]:
        name, label = row["name"], row.get("label", "score")
        has, lacks = (tuple(map(_wanted, row.get(part, ()))) for part in ("has", "lacks"))
        if not has:
            raise ValueError(f"rule {name!r} wants nothing")
        yield Rule(name, label, has, lacks, shares.get(name, UNCOUNTED))


@cache
def counted() -> dict[str, dict[str, float]]:
    """Decision -> rule -> share of right matches, one match more on either side (so that few matches prove little)."""
    path = resources.files(_PACKAGE) / "data" / "rules" / "shares.tsv"
    found: dict[str, dict[str, float]] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            decision, name, matched, right = line.split("\t")
            found.setdefault(decision, {})[name] = (int(right) + 1) / (int(matched) + 2)
    return found


@cache
def load_rules(name: str) -> Rules:
    """The rules of a decision. Raises FileNotFoundError when their file is missing from the installation."""
    data = load(f"rules/{name}.toml", _PACKAGE)
    return Rules(data["labels"], data["otherwise"], rules_of(data, counted().get(name, {})))
