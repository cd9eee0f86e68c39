"""Documents -> parsed documents: sentences, names, roles, references, times, quantities and speech."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pledgetrail.records import Document, Parsed

__all__ = ["parse"]


def parse(documents: Iterable[Document]) -> Iterator[Parsed]:
    """Parse documents in order, lazily; one :class:`Parsed` for each :class:`Document`, also for an empty one.

    Raises :class:`pledgetrail.language.model.ModelMissing` when the language model is not installed.
    """
    from pledgetrail.language.passages import parse as parse_passages

    yield from parse_passages(documents)
