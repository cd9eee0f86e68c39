"""The options of ``build`` that choose and steer the second reader. Imports nothing heavy: ``--help`` reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

#: Who may read.
READERS: Final = ("model", "rules", "llm", "both")
_RATE: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(?:\s*/\s*(s|sec|min|m|h|hour))?")
_MINUTES: Final = {"s": 1 / 60, "sec": 1 / 60, "min": 1.0, "m": 1.0, "h": 60.0, "hour": 60.0}


def _reader(value: str) -> str:
    if value not in READERS:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(READERS)}")
    return value


def rate(value: str) -> float:
    """Questions a minute, from ``60``, ``60/min``, ``2/s`` or ``1000/h``. Raises BadParameter for anything else."""
    found = _RATE.fullmatch(value.strip())
    if found is None or float(found[1]) == 0:
        raise typer.BadParameter(f"{value!r} is no rate; write 60/min, 2/s or 1000/h")
    return float(found[1]) / _MINUTES[found[2] or "min"]


def _rate(value: str | None) -> str | None:
    if value is not None:
        rate(value)
    return value


Reader = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        callback=_reader,
        help="Who reads: model, the built-in one; rules, without its weights; llm, a language model that you name "
        "(texts are sent to it); both model and llm.",
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="llm: the service, like https://host/v1 (chat completions).", show_default=False),
]
Model = Annotated[str | None, typer.Option(metavar="NAME", help="llm: the model.", show_default=False)]
ApiKeyEnv = Annotated[
    str | None,
    typer.Option(metavar="VAR", help="llm: the environment variable that holds the key.", show_default=False),
]
Rate = Annotated[
    str | None,
    typer.Option(metavar="N/min", callback=_rate, help="llm: at most so many questions a minute.", show_default=False),
]
Concurrency = Annotated[int, typer.Option(metavar="N", min=1, max=64, help="llm: questions under way at a time.")]
MaxTokens = Annotated[int, typer.Option(metavar="N", min=256, max=1_000_000, help="llm: tokens an answer may have.")]
Timeout = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=0.1, max=3600, help="llm: how long to wait for an answer.")
]
CacheFolder = Annotated[
    Path | None,
    typer.Option("--cache", metavar="DIR", help="llm: where answers are kept (your cache folder).", show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="llm: say what it would take; send and write nothing.")]
PriceIn = Annotated[
    float | None, typer.Option(metavar="X", min=0, help="llm: price of a million tokens read.", show_default=False)
]
PriceOut = Annotated[
    float | None, typer.Option(metavar="X", min=0, help="llm: price of a million tokens written.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="llm: do not ask before texts are sent.")]
Insecure = Annotated[bool, typer.Option("--insecure", help="llm: send texts even over plain http.")]


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """What the user said about the second reader."""

    reader: str
    base_url: str | None
    model: str | None
    api_key_env: str | None
    rate: str | None
    concurrency: int
    max_tokens: int
    timeout: float
    cache: Path | None
    dry_run: bool
    price_in: float | None
    price_out: float | None
    yes: bool
    insecure: bool
