"""Documents -> parsed documents: run the parser over the body in batches, then read names, times and speech."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pledgetrail.language import home, quantities, reference, speech, times
from pledgetrail.language.actors import Registry
from pledgetrail.language.model import load_model
from pledgetrail.language.name import Passage
from pledgetrail.language.names import find_names
from pledgetrail.reading import normalise
from pledgetrail.records import Block, Document, Parsed

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: Kinds of block that hold sentences of the report.
_READ = frozenset({"title", "body", "heading"})

#: The one language that the model, the lexicons and the weights know.
_LANGUAGE = "en"

#: Passages given to the parser at once. 32 to 256 took the same time within the noise; memory grows with it.
_BATCH = 128


class Parser(Protocol):
    """What gives texts their parses: the language model, or parses that were kept."""

    def pipe(
        self, texts: Iterable[tuple[str, Any]], *, as_tuples: Literal[True], batch_size: int
    ) -> Iterator[tuple[Doc, Any]]:
        """The parse of each text with what came beside it, in order."""


def is_read(document: Document) -> bool:
    """Whether a document is in the language that is read."""
    return document.language == _LANGUAGE


def parse(documents: Iterable[Document], parser: Parser | None = None) -> Iterator[Parsed]:
    """Parse documents in order, lazily; one :class:`Parsed` for each :class:`Document`, also for an empty one.

    A document in another language is left unread: it has no passages.

    ``parser`` may stand in for the installed language model. Raises
    :class:`pledgetrail.language.model.ModelMissing` when there is neither.
    """
    nlp: Parser = parser or load_model()
    pending: list[Passage] = []
    for doc, (document, block, text) in nlp.pipe(_passages(documents), as_tuples=True, batch_size=_BATCH):
        if block is None:
            yield assemble(document, pending)
            pending = []
        else:
            pending.append(Passage(block, doc, text))


def _passages(documents: Iterable[Document]) -> Iterator[tuple[str, tuple[Document, Block | None, str]]]:
    """The passages of each document, then an empty one with no block that closes it. Other languages are not read."""
    for document in documents:
        for block in document.blocks if is_read(document) else ():
            if block.kind in _READ:
                text = normalise(document.text[block.start : block.end])
                yield text, (document, block, text)
        yield "", (document, None, "")


def assemble(document: Document, passages: list[Passage]) -> Parsed:
    """Read names, times, quantities and speech of one document from its parsed passages."""
    anchor = times.anchor_of(document.published)
    dollar = home.dollar(document)
    registry = Registry(document)
    found_times, found_quantities = [], []
    protos, texts = [], []
    for block, doc, text in passages:
        texts.append((block.start, text))
        here = times.find_times(text, anchor, offset=block.start)
        spans = [(t.start - block.start, t.end - block.start) for t in here]
        counts = quantities.find_quantities(text, offset=block.start, dollar=dollar, times=spans)
        found_times.extend(here)
        found_quantities.extend(counts)
        sums = [(q.start - block.start, q.end - block.start) for q in counts if q.currency]
        protos.append(
            [n for n in find_names(doc, text) if not any(n.start < end and start < n.end for start, end in sums)]
        )
    marks = speech.find_quotes(texts)
    mentions, quotations = reference.resolve(passages, protos, registry, marks)
    return Parsed(
        document=document,
        passages=tuple(p.doc for p in passages),
        texts=tuple(p.text for p in passages),
        offsets=tuple(p.block.start for p in passages),
        kinds=tuple(p.block.kind for p in passages),
        mentions=tuple(mentions),
        times=tuple(found_times),
        quantities=tuple(found_quantities),
        quotations=tuple(quotations),
    )
