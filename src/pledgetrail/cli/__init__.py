"""The command line. Everything heavy is imported inside the commands, so that help comes at once."""

from __future__ import annotations

from pledgetrail.cli import together  # noqa: F401  (adds its commands)
from pledgetrail.cli.app import app, main

__all__ = ["app", "main"]
