"""The second reader in the pipeline: a language model chooses quotations, our own rooms do all the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pledgetrail.pipeline.building import unread
from pledgetrail.pipeline.stages import reader_version
from pledgetrail.readers.asking import Answered, Asker
from pledgetrail.readers.cache import Cache
from pledgetrail.readers.errors import NoAnswer
from pledgetrail.readers.estimate import Estimate, estimate
from pledgetrail.readers.questions import version
from pledgetrail.records import Document, Parsed, Problem, RawReport, Reading
from pledgetrail.sources import Settings


def second_reader_version(model: str, beside: bool = False) -> str:
    """A name for what reads: the model with its prompt and schema, and our own rooms, with theirs.

    Documents that anything else has read are read again. ``beside``: the built-in reader's statements stand with it.
    """
    return f"{'both' if beside else 'llm'} {model} {version()} {reader_version()}"


class SecondReader:
    """Reports to documents with their acts, as ``interpret_batch`` does it, but with a language model as the reader.

    With ``beside``, the built-in reader's statements are kept too; statements of both about one act become one act.
    """

    def __init__(self, asker: Asker, *, beside: bool = False) -> None:
        self.asker = asker
        self.beside = beside
        self.tally: Counter[str] = Counter()  # statements kept, and what was left out and why

    @property
    def version(self) -> str:
        """The version of the reader that the ledger keeps with each document."""
        return second_reader_version(self.asker.client.model, self.beside)

    def __call__(self, reports: list[RawReport]) -> list[Reading | Problem]:
        """A document with its acts for each report, in order, or the problem with it.

        What is not in English is not sent, and has no acts. Raises ReaderError when the service cannot be used.
        """
        from pledgetrail.language import parse
        from pledgetrail.language.passages import is_read
        from pledgetrail.reading import read

        documents = [read(report) for report in reports]
        asked = [d for d in documents if is_read(d)]
        answers = self.asker.ask(asked)
        parsed = parse(d for d, a in zip(asked, answers, strict=True) if not isinstance(a, NoAnswer))
        answered = iter(answers)
        tally: Counter[str] = Counter()
        done: list[Reading | Problem] = []
        for report, document in zip(reports, documents, strict=True):
            answer = next(answered) if is_read(document) else None
            if answer is None:
                done.append(Reading(document, ()))
            elif isinstance(answer, NoAnswer):
                done.append(Problem(report.source, "not-answered", f"{report.id}: {answer}"))
            else:
                done.append(self._read(next(parsed), answer, tally))
        self.tally += tally
        return done

    def _read(self, parsed: Parsed, answers: list[Answered], tally: Counter[str]) -> Reading:
        from pledgetrail.extraction import extract
        from pledgetrail.extraction.quoted import TOO_MANY, Reply, quoted_statements
        from pledgetrail.extraction.telling import MALFORMED
        from pledgetrail.language.offices import offices
        from pledgetrail.resolution.acts import acts

        replies = [Reply(answer.excerpt, answer.checked.content) for answer in answers]
        statements, left_out = quoted_statements(parsed, replies, f"llm: {self.asker.client.model}")
        tally += left_out
        tally[MALFORMED] += sum(answer.checked.malformed for answer in answers)
        tally[TOO_MANY] += sum(answer.checked.beyond for answer in answers)
        if self.beside:
            statements = sorted(
                [*extract(parsed), *statements], key=lambda s: (s.trigger.start, s.trigger.end, s.kind, s.reader)
            )
        return Reading(parsed.document, tuple(acts(parsed.document, statements)), offices(parsed))


def estimate_build(
    specs: Iterable[Path],
    ledger: Path,
    model: str,
    cache: Cache | None,
    max_tokens: int,
    *,
    beside: bool = False,
    settings: Settings | None = None,
) -> tuple[Estimate, list[Problem]]:
    """What a build by the second reader would ask, and the inputs that it could not read. Writes and sends nothing."""
    problems: list[Problem] = []

    def documents() -> Iterator[Document]:
        from pledgetrail.language.passages import is_read
        from pledgetrail.reading import read

        for item in unread(specs, ledger, second_reader_version(model, beside), settings=settings):
            if isinstance(item, Problem):
                problems.append(item)
            elif is_read(document := read(item)):
                yield document

    return estimate(documents(), model, cache, max_tokens), problems
