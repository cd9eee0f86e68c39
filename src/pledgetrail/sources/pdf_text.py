"""The text layer of a PDF, taken in a process of its own: ``python -m pledgetrail.sources.pdf_text LIMITS < in > out``.

A hostile PDF can make any reader take hours or gigabytes. In a process of its own it takes what the process is allowed,
and is ended. Out comes one JSON object: ``pages`` (a list of pieces of text with their places for each page), ``meta``,
``damaged`` (numbers of pages that could not be read), or ``problem`` (kind and message).
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
from typing import Any, BinaryIO, Final

_MEMORY: Final = 2 * 1024**3  # bytes of address space

#: A piece of text as it is drawn: the words, where they start, and the size of the letters, in points.
Piece = tuple[str, float, float, float]


class TooMuch(Exception):
    """The document is larger than allowed."""


def main() -> None:
    """Read a PDF from standard input and write what it holds to standard output. Never raises for what it holds."""
    seconds, pages, characters = (int(word) for word in sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)  # pypdf tells every flaw; what counts is said once, by the reader
    json.dump(content(io.BytesIO(sys.stdin.buffer.read()), pages, characters), sys.stdout)


def content(stream: BinaryIO, pages: int, characters: int) -> dict[str, Any]:
    """What a PDF holds, as this module's description says, or its problem."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(stream)
        # Many are locked against changes only, and open with an empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            return _problem("encrypted", "it is encrypted, and opens with a password only")
        return _read(reader, pages, characters)
    except DependencyError:
        return _problem("encrypted", "it is encrypted in a way that is not supported")
    except TooMuch as error:
        return _problem("too-long", str(error))
    except (RecursionError, MemoryError):
        return _problem("corrupt", "no valid PDF: its objects are nested without end, or too large")
    except Exception as error:  # the library raises nearly everything there is on broken files
        return _problem("corrupt", f"no valid PDF ({type(error).__name__}: {str(error)[:150]})")


def _problem(kind: str, message: str) -> dict[str, Any]:
    return {"problem": [kind, message]}


def _read(reader: Any, pages: int, characters: int) -> dict[str, Any]:
    number = len(reader.pages)
    if number > pages:
        raise TooMuch(f"it has {number:,} pages, over {pages:,}")
    found: list[list[Piece]] = []
    damaged: list[int] = []
    for index in range(number):
        try:
            found.append(_pieces(reader.pages[index]))
        except (TooMuch, MemoryError):
            raise
        except Exception:  # one page that cannot be read does not take the others with it
            damaged.append(index + 1)
            found.append([])
            continue
        characters -= sum(len(piece[0]) for piece in found[-1])
        if characters < 0:
            raise TooMuch("its text is longer than any report's")
    return {"pages": found, "damaged": damaged, "meta": _meta(reader)}


def _pieces(page: Any) -> list[Piece]:
    """The pieces of a page's text in the order in which they are drawn, line ends among them."""
    pieces: list[Piece] = []

    def visit(text: str, outer: list[float], inner: list[float], _font: object, size: float) -> None:
        if text:
            x, y = (
                inner[4] * outer[0] + inner[5] * outer[2] + outer[4],
                inner[4] * outer[1] + inner[5] * outer[3] + outer[5],
            )
            scale = abs(inner[3] * outer[3]) or abs(inner[1] * outer[2]) or 1.0
            pieces.append((text, round(x, 1), round(y, 1), round(size * scale, 1)))

    page.extract_text(visitor_text=visit)
    return pieces


def _meta(reader: Any) -> dict[str, str]:
    """Title, author and day of making, as far as they can be read."""
    try:
        meta = reader.metadata or {}
        named = {name: meta.get(f"/{key}") for name, key in _KEYS.items()}
    except Exception:  # a broken dictionary of metadata is none
        return {}
    return {name: str(value) for name, value in named.items() if isinstance(value, str) and value.strip()}


_KEYS: Final = {"title": "Title", "author": "Author", "made": "CreationDate"}

if __name__ == "__main__":
    main()
