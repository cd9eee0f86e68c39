"""What asking would cost, before anything is asked."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pledgetrail.readers.asking import cached_reply
from pledgetrail.readers.cache import Cache
from pledgetrail.readers.errors import NoAnswer
from pledgetrail.readers.questions import questions, schema_shown
from pledgetrail.records import Document

#: Bytes of text to a token: the usual rule of thumb for English. Services count with tokenizers of their own.
BYTES_A_TOKEN: Final = 4.0
#: Bytes of an answer for each byte of report. What the built-in reader finds in 33 annotated reports, written in the
#: form of an answer, is 1.9 times as long as the reports.
ANSWER_SHARE: Final = 2.0


@dataclass(slots=True)
class Estimate:
    """What would be asked, and what was answered before. Tokens are estimates, the rest is counted."""

    documents: int = 0
    characters: int = 0  # of the texts of these documents
    questions: int = 0  # that would be sent
    cached: int = 0  # that would not
    too_long: int = 0  # documents that are not asked about
    tokens_in: int = 0
    tokens_out: int = 0

    def price(self, price_in: float, price_out: float) -> float:
        """The price of the tokens, given the prices of a million tokens in and out."""
        return (self.tokens_in * price_in + self.tokens_out * price_out) / 1_000_000


def estimate(documents: Iterable[Document], model: str, cache: Cache | None, max_tokens: int) -> Estimate:
    """What asking about documents would take. Sends nothing; one document is held at a time."""
    found = Estimate()
    overhead = len(json.dumps(schema_shown()))
    for document in documents:
        found.documents += 1
        found.characters += len(document.text)
        try:
            asked = questions(document, model)
        except NoAnswer:
            found.too_long += 1
            continue
        for question in asked:
            if cached_reply(cache, question) is not None:
                found.cached += 1
                continue
            found.questions += 1
            found.tokens_in += tokens(len((question.system + question.user).encode("utf-8", "replace")) + overhead)
            shown = len(question.excerpt.text.encode("utf-8", "replace"))
            found.tokens_out += min(max_tokens, tokens(shown * ANSWER_SHARE))
    return found


def tokens(length: float) -> int:
    """The tokens of so many bytes, by the rule of thumb."""
    return math.ceil(length / BYTES_A_TOKEN)
