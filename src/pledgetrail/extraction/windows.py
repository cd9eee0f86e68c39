"""A report as the encoder reads it: windows of word pieces under its headline, each piece with its document offsets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pledgetrail.records import Parsed

if TYPE_CHECKING:
    from tokenizers import Tokenizer

#: Word pieces of a window, and how many of them the headline may take.
SIZE: Final = 224
HEADLINE: Final = 24

#: Where pieces that stand for no text of the document are: the headline's, and the marks around them.
NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class Window:
    """Word pieces in a row. ``starts`` and ``ends`` are document offsets, NOWHERE for headline and marks."""

    ids: list[int]
    starts: list[int]
    ends: list[int]


def windows(parsed: Parsed, tokenizer: Tokenizer) -> Iterator[Window]:
    """The windows of a document in order; every passage read is in them, once.

    A passage stays whole where it fits; one that does not is parted after a sentence's end, else anywhere.
    """
    first, *_, last = tokenizer.encode("").ids  # the marks of a window's start and end
    headline = tokenizer.encode(parsed.document.title or "", add_special_tokens=False).ids[:HEADLINE]
    room = SIZE - len(headline) - 3
    held: list[tuple[int, int, int]] = []

    def window() -> Window:
        ids = [first, *headline, last, *(p[0] for p in held), last]
        lead = [NOWHERE] * (len(headline) + 2)
        made = Window(ids, [*lead, *(p[1] for p in held), NOWHERE], [*lead, *(p[2] for p in held), NOWHERE])
        held.clear()
        return made

    encodings = tokenizer.encode_batch(list(parsed.texts), add_special_tokens=False)
    for text, offset, encoding in zip(parsed.texts, parsed.offsets, encodings, strict=True):
        pieces = [(i, a + offset, b + offset) for i, (a, b) in zip(encoding.ids, encoding.offsets, strict=True)]
        if len(held) + len(pieces) > room and len(held) > room // 2:
            yield window()
        while pieces:
            free = room - len(held)
            if len(pieces) <= free:
                held += pieces
                break
            cut = _cut(text, offset, pieces, free)
            held += pieces[:cut]
            pieces = pieces[cut:]
            yield window()
    if held:
        yield window()


def _cut(text: str, offset: int, pieces: list[tuple[int, int, int]], most: int) -> int:
    """How many pieces to take of a passage that does not fit: up to a sentence's end in the second half, if any."""
    for at in range(most - 1, max(most // 2, 1), -1):
        before = pieces[at - 1]
        if pieces[at][1] > before[2] and text[before[1] - offset : before[2] - offset] in ".!?":
            return at
    return most
