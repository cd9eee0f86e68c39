"""Who decides: the fitted weights where they are installed, readable rules where they are not or are asked for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

from pledgetrail.extraction.decisions import Decider, Model, load_model
from pledgetrail.extraction.rules import load_rules


@dataclass(frozen=True, slots=True)
class Deciders:
    """The decisions of one reading, each by whoever takes it."""

    acts: Decider
    givers: Decider
    receivers: Decider
    encounters: Decider
    participants: Decider
    figures: Decider
    claimants: Decider
    #: Whose curve of calibration.tsv makes their probabilities the chances they are shown as; None: as they are.
    calibration: str | None = None

    def named(self, *decisions: str) -> str:
        """Who took some decisions, for the record: ``model: encounters, participants`` or ``rules: acts``."""
        fitted = all(isinstance(getattr(self, name), Model) for name in decisions)
        return f"{'model' if fitted else 'rules'}: {', '.join(decisions)}"


#: The decisions, by the names of their tables in ``data/``.
DECISIONS = tuple(field.name for field in fields(Deciders) if field.name != "calibration")


@cache
def shipped() -> Deciders:
    """The fitted weights; rules for each decision whose table is not installed."""
    fitted = {name: load_model(name) for name in DECISIONS}
    complete = all(model is not None for model in fitted.values())
    deciders: dict[str, Decider] = {name: model or load_rules(name) for name, model in fitted.items()}
    return Deciders(**deciders, calibration="model" if complete else "rules")


@cache
def by_rules() -> Deciders:
    """Rules alone, whatever is installed."""
    deciders: dict[str, Decider] = {name: load_rules(name) for name in DECISIONS}
    return Deciders(**deciders, calibration="rules")
