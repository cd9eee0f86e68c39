"""How commands end: the exit codes, and every foreseeable error as one line on stderr."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Final, NoReturn, ParamSpec

import typer

FINE: Final = 0
WITH_PROBLEMS: Final = 1
USAGE: Final = 2
NO_LEDGER: Final = 3
NOTHING: Final = 4
NO_MODEL: Final = 5
NO_READER: Final = 6
INTERRUPTED: Final = 130

#: The codes as help and manual explain them.
MEANINGS: Final = {
    FINE: "done",
    WITH_PROBLEMS: "done, but some inputs could not be read (each is named), or doctor: a part is missing",
    USAGE: "the command line is wrong",
    NO_LEDGER: "the ledger or export folder cannot be used: missing, unwritable, damaged, of a newer version",
    NOTHING: "nothing could be read at all, or there is no such row",
    NO_MODEL: "the language model, or another part of the installation, is missing or altered",
    NO_READER: "the second reader cannot be used: its address, key, service or packages",
    INTERRUPTED: "interrupted; what was done stays, and the same command goes on from there",
}

P = ParamSpec("P")


def fail(message: str, code: int) -> NoReturn:
    """End with one line on stderr."""
    from pledgetrail.cli.terminal import clean

    print(f"pledgetrail: {clean(message)}", file=sys.stderr)
    raise typer.Exit(code)


def named(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose foreseeable errors end in one line and a code. Imports what can fail only when it has failed."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader of our output has had enough: `pledgetrail show … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            fail("interrupted; the same command goes on from here", INTERRUPTED)
        except Exception as error:
            code = _code(error)
            if code is None:
                raise
            fail(str(error), code)

    return run


def _code(error: Exception) -> int | None:
    from pledgetrail.language.model import ModelError
    from pledgetrail.ledger.errors import LedgerError, UnknownRow
    from pledgetrail.publishing.files import ExportError
    from pledgetrail.readers.errors import ReaderError

    if isinstance(error, ModelError | ImportError | OSError):
        return NO_MODEL
    if isinstance(error, ReaderError):
        return NO_READER
    if isinstance(error, UnknownRow):
        return NOTHING
    if isinstance(error, LedgerError | ExportError):
        return NO_LEDGER
    return None
