"""Direct speech: where quotation marks open and close over passages, and who says the words between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pledgetrail.language.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

#: A quotation that runs longer than this without a closing mark is a stray mark, not speech.
_LONGEST = 3000


def find_quotes(passages: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
    """Stretches between double quotation marks, in document offsets, marks included.

    ``passages`` are (offset, text) with straight marks. A mark left open at the end of a passage is closed there;
    the usage of opening each paragraph of one speech anew is thereby read as one quotation a paragraph.
    """
    found = []
    for offset, text in passages:
        at = text.find('"')
        while at >= 0:
            end = text.find('"', at + 1)
            if end < 0:
                if at <= 1 and len(text) - at < _LONGEST:
                    found.append((offset + at, offset + len(text)))
                break
            if end - at < _LONGEST:
                found.append((offset + at, offset + end + 1))
            at = text.find('"', end + 1)
    return found


def speech_verb(token: Token) -> bool:
    """Whether a token is a verb of saying in the lexicon (``data/speech.toml``)."""
    return token.lower_ in _verbs()


def _verbs() -> frozenset[str]:
    words = load("speech.toml")
    return frozenset(words["verbs"])


def subject(token: Token) -> Token | None:
    """The subject of a verb: its own, or for a coordinated, infinitive or relative verb that of its governor."""
    for child in token.children:
        if child.dep_ in ("nsubj", "nsubjpass", "csubj"):
            return child
    if token.dep_ in ("conj", "xcomp", "advcl", "aux", "auxpass") and token.head is not token:
        return subject(token.head) if token.head.i != token.i else None
    if token.dep_ == "relcl":
        return token.head
    return None


def speaker_of(doc: Doc, start: int, end: int) -> Token | None:
    """The token that says the quotation at ``[start, end)`` of a passage: the subject of the nearest verb of saying
    outside the marks in the sentences that the quotation touches; or the object of "according to".
    """
    first = doc.char_span(start, end, alignment_mode="expand")
    if first is None:
        return None
    left, right = doc[first.start].sent.start, doc[first.end - 1].sent.end
    best: tuple[int, Token] | None = None
    for i in range(left, min(right + 1, len(doc))):
        token = doc[i]
        if start <= token.idx < end:
            continue
        said: Token | None = None
        if token.lower_ in _verbs():
            said = subject(token)
        elif token.lower_ == "according":
            said = next((t for c in token.children if c.lower_ == "to" for t in c.children), None)
        if said is not None and not (start <= said.idx < end):
            distance = min(abs(token.idx - start), abs(token.idx - end))
            if best is None or distance < best[0]:
                best = (distance, said)
    return best[1] if best else None
