"""Loads the language data files (TOML) that lie beside the code. Each file is read once, when first used."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def load(name: str, package: str = "pledgetrail.language") -> dict[str, Any]:
    """The parsed TOML file ``data/NAME`` of a package. Raises FileNotFoundError or tomllib.TOMLDecodeError."""
    path = resources.files(package) / "data" / name
    return tomllib.loads(path.read_text(encoding="utf-8"))
