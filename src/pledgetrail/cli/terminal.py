"""Text from reports on a terminal: shown, never obeyed."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

#: Controls (escape sequences begin with one), and marks that turn the direction of writing or hide.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SPACE = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]+")


def clean(text: str) -> str:
    """A text on one line, with every control character written out as a backslash escape."""
    return UNSAFE.sub(lambda match: _escape(ord(match.group())), _SPACE.sub(" ", text))


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def on_terminal() -> bool:
    """Whether output goes to a person's terminal, and not into a pipe or file."""
    return sys.stdout.isatty()


def console() -> Console:
    """A console on stdout that takes no markup and no emoji codes from text."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def number(value: float | None) -> str:
    """A number with thousands set off: 1,250,000 or 2.5."""
    if value is None:
        return ""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.6g}" if abs(value) < 1e5 else f"{value:,}"
