"""Which parts of the reader are installed, found without loading them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from pledgetrail.extraction.deciders import DECISIONS


def data_folder() -> Path:
    """The folder of tables, lexicons and the encoder."""
    return Path(str(resources.files("pledgetrail.extraction"))) / "data"


def missing_tables() -> list[str]:
    """The decisions whose table of weights is not installed."""
    return [name for name in DECISIONS if not (data_folder() / f"{name}.weights.tsv").is_file()]


def has_encoder() -> bool:
    """Whether an encoder is installed, whole or not."""
    return (data_folder() / "encoder" / "manifest.json").is_file()


def lacking() -> Iterator[str]:
    """What a reading does without, one clause each; nothing where all parts are installed."""
    tables = missing_tables()
    if tables:
        yield f"the tables of weights for {', '.join(tables)} are missing: rules take these decisions"
    elif not has_encoder():
        yield "the encoder is missing: decisions use the tables alone"
    if not (data_folder() / "calibration.tsv").is_file():
        yield "the table of calibration is missing: confidences are those of the weights, too sure or not sure enough"
