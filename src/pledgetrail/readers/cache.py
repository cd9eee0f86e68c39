"""Answers kept on disk, so that the same question is never paid for twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

#: The form of the files. Another number, and older files are asked for anew.
FORM: Final = 1
#: A larger file is none of ours.
MOST_BYTES: Final = 16 * 1024 * 1024


def default_folder() -> Path:
    """Where answers are kept unless the user says otherwise: the user's cache folder on this system."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        named = os.environ.get("XDG_CACHE_HOME", "")
        base = Path(named) if named and os.path.isabs(named) else Path.home() / ".cache"
    return base / "pledgetrail" / "answers"


def cache_key(model: str, version: str, question: str) -> str:
    """The name of an answer: a SHA-256 over model, version of schema and prompt, and all that is asked about."""
    parts = (model, version, question)
    whole = b"".join(len(p).to_bytes(8, "big") + p for p in (part.encode("utf-8", "surrogatepass") for part in parts))
    return hashlib.sha256(whole).hexdigest()


class Cache:
    """A folder of answers. They hold quotations from reports, so only their owner may read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def get(self, key: str) -> str | None:
        """The answer kept under a key; None if there is none, or none that can be trusted."""
        try:
            with self._path(key).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
            kept = json.loads(data) if len(data) <= MOST_BYTES else None
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(kept, dict) or kept.get("form") != FORM or kept.get("key") != key:
            return None
        answer = kept.get("answer")
        if not isinstance(answer, str) or kept.get("sha256") != _digest(answer):
            return None
        return answer

    def put(self, key: str, model: str, answer: str) -> None:
        """Keep an answer. A file appears whole or not at all. Raises OSError if the folder cannot be written."""
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = {"form": FORM, "key": key, "model": model, "sha256": _digest(answer), "answer": answer}
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")  # readable to its owner only
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(kept, file)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise


def _digest(answer: str) -> str:
    return hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest()
