"""The text encoder: a small language model that gives every word piece of a report a vector of its meaning there.

It is a MiniLM of six layers, fine-tuned on annotated reports by ``scripts/train_encoder.py`` together with the heads
that read its vectors (:mod:`pledgetrail.extraction.heads`), and runs as ONNX. See docs/reference/model-card.md.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from pledgetrail.extraction.windows import NOWHERE, Window, windows
from pledgetrail.language.model import ModelError
from pledgetrail.records import Parsed

if TYPE_CHECKING:
    from pledgetrail.extraction.heads import Head

Vectors = npt.NDArray[np.float32]

#: The files that make an encoder; ``manifest.json`` beside them holds the SHA-256 of each.
FILES: Final = ("encoder.onnx", "tokenizer.json", "heads.npz")


class EncoderAltered(ModelError):
    """A file of the encoder is not the one that was shipped, or is gone."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The vectors of a document's word pieces in reading order, with the offsets of those that stand for its text."""

    vectors: Vectors
    rows: list[int]  # the row of each piece of the text
    starts: list[int]  # its document offsets
    ends: list[int]

    def stretch(self, start: int, end: int) -> tuple[int, int] | None:
        """The rows of the pieces between two document offsets; those of the first window that holds some."""
        first = bisect_right(self.ends, start)
        if first == len(self.rows):
            return None
        last = max(bisect_left(self.starts, end), first + 1)
        low, high = self.rows[first], self.rows[last - 1] + 1
        return (low, high) if high - low == last - first else (low, low + 1)

    def mean(self, stretch: tuple[int, int]) -> Vectors:
        """The mean vector of a stretch of rows."""
        found: Vectors = self.vectors[stretch[0] : stretch[1]].mean(axis=0)
        return found


class Encoder:
    """A loaded encoder, its heads by decision, and ``shares``: what a table and its head count when mixed."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Raises EncoderAltered where a file is missing or not the one that the manifest names."""
        import onnxruntime
        from tokenizers import Tokenizer

        from pledgetrail.extraction.heads import read_heads

        manifest = verified(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # the default spins a core while it waits; its buffers it may keep, as a window is never longer than SIZE
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.heads: Mapping[str, Head] = read_heads(folder / "heads.npz")
        self.shares: Mapping[str, tuple[float, float]] = {
            name: (float(table), float(head)) for name, (table, head) in manifest["shares"].items()
        }

    def encode(self, parsed: Parsed) -> Encoding:
        """The vectors of a document. Each window is read alone, so that a report's vectors are always the same."""
        read = list(windows(parsed, self._tokenizer))
        states = [self._session.run(None, {"ids": np.array([w.ids], dtype=np.int64)})[0] for w in read]
        return laid_out(read, np.concatenate(states) if states else np.zeros((0, 0), dtype=np.float32))


def laid_out(read: Iterable[Window], vectors: Vectors) -> Encoding:
    """The encoding of a document from its windows and the vectors of all their pieces, one after the other."""
    rows: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    base = 0
    for window in read:
        for row, (start, end) in enumerate(zip(window.starts, window.ends, strict=True), start=base):
            if start != NOWHERE:
                rows.append(row)
                starts.append(start)
                ends.append(end)
        base += len(window.ids)
    return Encoding(vectors, rows, starts, ends)


def verified(folder: Path) -> dict[str, Any]:
    """The manifest of an encoder's folder, after its files were found to be those that it names, or EncoderAltered."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name in FILES:
        try:
            with (folder / name).open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            raise EncoderAltered(f"{folder / name} is missing: reinstall pledgetrail") from None
        if found != manifest["files"][name]:
            raise EncoderAltered(f"{folder / name} is not the file that was shipped: reinstall pledgetrail")
    return manifest


@cache
def load_encoder() -> Encoder | None:
    """The shipped encoder, loaded once a process; None where it is not installed (the tables alone then decide).

    A worker of several keeps to one processor, a process alone uses two if there are two.
    """
    folder = Path(str(resources.files("pledgetrail.extraction"))) / "data" / "encoder"
    alone = multiprocessing.parent_process() is None
    threads = min(2, len(os.sched_getaffinity(0))) if alone else 1
    return Encoder(folder, threads=threads) if (folder / "manifest.json").is_file() else None
