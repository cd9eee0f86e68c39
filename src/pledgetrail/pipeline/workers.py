"""Interpreting chunks in this process or in several, in order. No document can take the others down."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import Final, TypeVar

from pledgetrail.language.model import ModelError
from pledgetrail.readers.errors import ReaderError
from pledgetrail.records import Problem, RawReport, Reading

Outcome = Reading | Problem
Interpret = Callable[[list[RawReport]], Sequence[Outcome]]
Chunk = TypeVar("Chunk")

#: Chunks given out per worker: one at work, one waiting. Bounds memory.
_AHEAD: Final = 2


def run(
    interpret: Interpret, chunks: Iterable[Chunk], workers: int, reports: Callable[[Chunk], list[RawReport]]
) -> Iterator[tuple[Chunk, list[Outcome]]]:
    """Each chunk with the outcomes of its reports, in the order of the chunks, ``workers`` at a time."""
    if workers <= 1:
        for chunk in chunks:
            yield chunk, interpret_safely(interpret, reports(chunk))
        return
    yield from _Pool(interpret, workers).run(chunks, reports)


def interpret_safely(interpret: Interpret, reports: list[RawReport]) -> list[Outcome]:
    """Interpret reports together, or one by one if that fails, so that only those at fault become problems.

    Raises ModelError, ReaderError, ImportError and OSError, which no report can cause.
    """
    if not reports:
        return []
    try:
        done = interpret(reports)
        if len(done) != len(reports):
            raise ValueError("a report got lost between the stages")
        return list(done)
    except (ModelError, ReaderError, ImportError, OSError):
        raise  # the stages read nothing but their own data: the installation is at fault, not a report
    except Exception as error:
        if len(reports) == 1:
            return [_problem(reports[0], "unreadable", f"{type(error).__name__}: {error}")]
    return [outcome for report in reports for outcome in interpret_safely(interpret, [report])]


def _problem(report: RawReport, kind: str, why: str) -> Problem:
    return Problem(report.source, kind, f"{report.id}: could not be interpreted ({' '.join(why.split())[:300]})")


class _Pool:
    """A process pool that is made anew when a worker dies."""

    def __init__(self, interpret: Interpret, workers: int) -> None:
        self._interpret = interpret
        self._workers = workers
        self._pool = self._make()

    def _make(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")  # a fork would copy whatever the caller's threads hold
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin)

    def run(
        self, chunks: Iterable[Chunk], reports: Callable[[Chunk], list[RawReport]]
    ) -> Iterator[tuple[Chunk, list[Outcome]]]:
        pending: deque[tuple[Chunk, list[RawReport], Future[list[Outcome]]]] = deque()
        source = iter(chunks)
        try:
            while True:
                for chunk in itertools.islice(source, self._workers * _AHEAD - len(pending)):
                    batch = reports(chunk)
                    pending.append((chunk, batch, self._submit(batch)))
                if not pending:
                    return
                chunk, batch, future = pending.popleft()
                try:
                    outcomes = future.result()
                except BrokenProcessPool:
                    outcomes = self._one_by_one(batch)
                    pending = deque((c, b, self._submit(b)) for c, b, _ in pending)
                yield chunk, outcomes
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, batch: Sequence[RawReport]) -> Future[list[Outcome]]:
        try:
            return self._pool.submit(interpret_safely, self._interpret, list(batch))
        except BrokenProcessPool as error:
            broken: Future[list[Outcome]] = Future()
            broken.set_exception(error)
            return broken

    def _one_by_one(self, batch: Sequence[RawReport]) -> list[Outcome]:
        """A chunk during which a worker died: each report alone, so that the one at fault is found."""
        self._renew()
        outcomes: list[Outcome] = []
        for report in batch:
            try:
                outcomes.extend(self._submit([report]).result())
            except BrokenProcessPool:
                self._renew()
                outcomes.append(_problem(report, "crashed", "the worker process died"))
        return outcomes

    def _renew(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._make()


def _begin() -> None:
    """Set up a worker: an interrupt is the parent's affair, and a worker ends when its parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
