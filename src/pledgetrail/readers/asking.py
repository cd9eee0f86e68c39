"""Asking about documents: what is in the cache is not asked, the rest is asked by several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from pledgetrail.extraction.excerpts import Excerpt
from pledgetrail.readers.cache import Cache
from pledgetrail.readers.client import Client
from pledgetrail.readers.errors import NoAnswer, ReaderError
from pledgetrail.readers.questions import Question, questions
from pledgetrail.readers.replies import BrokenReply, Checked, check
from pledgetrail.records import Document


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered about one excerpt."""

    excerpt: Excerpt
    checked: Checked


@dataclass(slots=True)
class Asked:
    """How many questions were answered from where."""

    sent: int = 0
    cached: int = 0


class Asker:
    """Asks a client about documents, through a cache, with at most ``concurrency`` questions under way."""

    def __init__(self, client: Client, cache: Cache | None, concurrency: int = 4) -> None:
        self.client = client
        self.asked = Asked()
        self._cache = cache
        self._concurrency = max(1, concurrency)
        self._lock = threading.Lock()

    def ask(self, documents: Sequence[Document]) -> list[list[Answered] | NoAnswer]:
        """What was answered about each document, or why nothing was. Raises ReaderError if the service is of no use.

        A document counts as answered when all its parts are; the parts that were stay in the cache.
        """
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="ask") as pool:
            try:
                waiting = [self._submit(pool, document) for document in documents]
                return [self._collect(item) for item in waiting]
            except BaseException:
                self.client.stop()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _submit(self, pool: ThreadPoolExecutor, document: Document) -> list[Future[Answered]] | NoAnswer:
        try:
            asked = questions(document, self.client.model)
        except NoAnswer as error:
            return error
        return [pool.submit(self._one, question) for question in asked]

    @staticmethod
    def _collect(item: list[Future[Answered]] | NoAnswer) -> list[Answered] | NoAnswer:
        if isinstance(item, NoAnswer):
            return item
        answered: list[Answered] = []
        failed: NoAnswer | None = None
        for future in item:
            try:
                answered.append(future.result())
            except NoAnswer as error:
                failed = failed or error
        return failed or answered

    def _one(self, question: Question) -> Answered:
        kept = cached_reply(self._cache, question)
        if kept is not None:
            with self._lock:
                self.asked.cached += 1
            return Answered(question.excerpt, kept)
        answer = self.client.ask(question)
        with self._lock:
            self.asked.sent += 1
        if self._cache is not None:
            try:
                self._cache.put(question.key, self.client.model, answer.text)
            except OSError as error:
                # going on would pay for answers that are lost when the build is stopped
                raise ReaderError(f"answers cannot be kept in {self._cache.folder}: {error.strerror}") from None
        return Answered(question.excerpt, answer.checked)


def cached_reply(cache: Cache | None, question: Question) -> Checked | None:
    """The reply kept for a question, checked anew; None if there is none that fits."""
    text = cache.get(question.key) if cache is not None else None
    if text is None:
        return None
    try:
        return check(text)
    except BrokenReply:
        return None
