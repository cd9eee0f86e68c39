"""Who decides: the fitted weights where they are installed, readable rules where they are not or are asked for."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from pledgetrail.extraction.decisions import Decider, Model, load_model
from pledgetrail.extraction.encoder import Encoder, load_encoder
from pledgetrail.extraction.mixing import Mixed
from pledgetrail.extraction.rules import load_rules
from pledgetrail.records import Parsed


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
    #: What also weighs in, where there is one, once it has read the document.
    encoder: Encoder | None = None

    def reading(self, parsed: Parsed) -> Deciders:
        """The deciders of one document: with an encoder, each table is mixed with the head that reads its vectors."""
        encoder = self.encoder
        if encoder is None:
            return self
        encoding = encoder.encode(parsed)
        mixed: dict[str, Any] = {}
        for name, head in encoder.heads.items():
            table = getattr(self, name)
            if isinstance(table, Model):
                mixed[name] = Mixed(table, head, encoder.shares[name], encoding)
        return replace(self, encoder=None, **mixed)

    def named(self, *decisions: str) -> str:
        """Who took some decisions, for the record: ``model: encounters, participants`` or ``rules: acts``."""
        takers = [getattr(self, name) for name in decisions]
        mixed = any(isinstance(taker, Mixed) for taker in takers)
        fitted = all(isinstance(taker, Model | Mixed) for taker in takers)
        return f"{('encoder' if mixed else 'model') if fitted else 'rules'}: {', '.join(decisions)}"


#: The decisions, by the names of their tables in ``data/``.
DECISIONS = tuple(field.name for field in fields(Deciders) if field.name not in ("calibration", "encoder"))


@cache
def shipped() -> Deciders:
    """The fitted weights, with the encoder if it is installed; rules for each decision whose table is not."""
    fitted = {name: load_model(name) for name in DECISIONS}
    complete = all(model is not None for model in fitted.values())
    deciders: dict[str, Any] = {name: model or load_rules(name) for name, model in fitted.items()}
    encoder = load_encoder() if complete else None
    calibration = "rules" if not complete else "model" if encoder is None else "encoder"
    return Deciders(**deciders, calibration=calibration, encoder=encoder)


@cache
def by_rules() -> Deciders:
    """Rules alone, whatever is installed."""
    deciders: dict[str, Any] = {name: load_rules(name) for name in DECISIONS}
    return Deciders(**deciders, calibration="rules")
