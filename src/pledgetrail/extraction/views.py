"""A parsed passage with everything found in it at hand by token: what candidates and cells are read from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pledgetrail.records import Mention, Parsed, Quantity, Quotation, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


@dataclass(slots=True)
class View:
    """One passage. Offsets of mentions, times and quantities are the document's; tokens are the passage's."""

    index: int
    doc: Doc
    offset: int
    kind: str
    first_body: int  # number of body passages before this one
    text: str
    starts: list[int] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)  # token of each mention
    by_token: dict[int, int] = field(default_factory=dict)  # any token of a mention -> its index
    times: list[Time] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    quotations: list[Quotation] = field(default_factory=list)
    sentences: list[Span] = field(default_factory=list)
    sentence_of: list[int] = field(default_factory=list)
    notes: dict[int, tuple[str, ...]] = field(default_factory=dict)  # features of whole sentences, made once

    def token_at(self, offset: int) -> int:
        """The token that holds the document offset (the one before, for space between tokens)."""
        return max(0, bisect_right(self.starts, offset - self.offset) - 1)

    def tokens(self, start: int, end: int) -> range:
        """Token indices between two document offsets."""
        return range(self.token_at(start), max(self.token_at(start) + 1, bisect_left(self.starts, end - self.offset)))

    def head(self, start: int, end: int) -> Token:
        """The token of a stretch that hangs on a token outside it."""
        inside = self.tokens(start, end)
        for i in inside:
            token = self.doc[i]
            if token.head.i == i or token.head.i not in inside:
                if token.dep_ not in ("punct", "det", "case"):
                    return token
        return self.doc[inside[-1]]

    def sentence(self, token: int) -> Span:
        """The sentence of a token."""
        return self.sentences[self.sentence_of[token]]

    def span(self, tokens: Span | range) -> tuple[int, int]:
        """Document offsets of a run of tokens, without white space around."""
        first, last = (tokens.start, tokens.stop - 1) if isinstance(tokens, range) else (tokens.start, tokens.end - 1)
        while first < last and self.doc[first].is_space:
            first += 1
        while last > first and self.doc[last].is_space:
            last -= 1
        return self.offset + self.doc[first].idx, self.offset + self.doc[last].idx + len(self.doc[last])

    def place(self, token: int) -> tuple[int, int]:
        """Document offsets of a token."""
        word = self.doc[token]
        return self.offset + word.idx, self.offset + word.idx + len(word)

    def quoted(self, token: Token) -> Quotation | None:
        """The quotation that a token stands in."""
        at = self.offset + token.idx
        return next((q for q in self.quotations if q.start <= at < q.end), None)


def views(parsed: Parsed) -> list[View]:
    """The passages of a document, each with its mentions, times, quantities and quotations."""
    found = []
    bodies = 0
    passages = zip(parsed.passages, parsed.texts, parsed.offsets, parsed.kinds, strict=True)
    for index, (doc, text, offset, kind) in enumerate(passages):
        view = View(index, doc, offset, kind, bodies, text)
        bodies += kind == "body"
        view.starts = [t.idx for t in doc]
        view.sentences = list(doc.sents)
        for number, sentence in enumerate(view.sentences):
            view.sentence_of.extend([number] * len(sentence))
        found.append(view)
    ends = [v.offset + len(v.text) for v in found]

    def place(start: int) -> View:
        return found[min(bisect_right(ends, start), len(found) - 1)]

    for mention in parsed.mentions:
        view = place(mention.start)
        view.heads.append(view.head(mention.start, mention.end).i)
        for i in view.tokens(mention.start, mention.end):
            view.by_token[i] = len(view.mentions)
        view.mentions.append(mention)
    for time in parsed.times:
        place(time.start).times.append(time)
    for quantity in parsed.quantities:
        place(quantity.start).quantities.append(quantity)
    for quotation in parsed.quotations:
        place(quotation.start).quotations.append(quotation)
    return found
