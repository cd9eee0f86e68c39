"""Annotated reports with their parses kept on disk, since parsing some hundred reports takes minutes.

``load(folder)`` gives each report of ``FOLDER/docs.jsonl`` parsed, with its annotation from ``FOLDER/gold/*.json``.
The parses lie in ``out/parses`` by the text of their passage and the model's name; whatever else reading and
language do is done anew, so that the kept parses never hide a change of code.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pledgetrail.language.model import load_model, model_name
from pledgetrail.language.passages import parse
from pledgetrail.reading import read
from pledgetrail.records import Document, Parsed, RawReport

if TYPE_CHECKING:
    from spacy.tokens import Doc

Gold = dict[str, Any]
Pair = tuple[Parsed, Gold]

KEPT = Path("out/parses")
#: What of a parse is used; sentences follow from the heads.
_ATTRIBUTES = ["HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "SPACY"]


class KeptParses:
    """Stands in for the language model in :func:`pledgetrail.language.passages.parse`."""

    def __init__(self, file: Path) -> None:
        """``file`` is read if it is there; :meth:`save` writes it if a text came up that it did not have."""
        from spacy.tokens import DocBin

        self._file = file
        self._nlp = load_model()
        self._docs: dict[str, Doc] = {}
        self._grown = False
        if file.is_file():
            docs = DocBin().from_bytes(file.read_bytes()).get_docs(self._nlp.vocab)
            self._docs = {doc.text: doc for doc in docs}

    def pipe(
        self, texts: Iterable[tuple[str, Any]], *, as_tuples: Literal[True], batch_size: int
    ) -> Iterator[tuple[Doc, Any]]:
        """The parse of each text with what came beside it, in order; the kept one if there is one."""
        items = iter(texts)
        while batch := list(itertools.islice(items, batch_size)):
            missing = list(dict.fromkeys(text for text, _ in batch if text not in self._docs))
            for doc in self._nlp.pipe(missing, batch_size=batch_size):
                doc.tensor = doc.tensor[:0]  # nobody reads it, and it is most of a parse's memory
                self._docs[doc.text] = doc
                self._grown = True
            for text, beside in batch:
                yield self._docs[text], beside

    def save(self) -> None:
        """Write the parses if there are new ones."""
        from spacy.tokens import DocBin

        if self._grown:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_bytes(DocBin(attrs=_ATTRIBUTES, docs=self._docs.values()).to_bytes())
            self._grown = False


def documents(folder: Path) -> Iterator[Document]:
    """The reports of a folder, read."""
    with (folder / "docs.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            named = {name: item.get(name) for name in ("url", "title", "outlet", "published")}
            yield read(RawReport(id=item["id"], source=str(folder), text=item["text"], content_sha256="", **named))


def golds(folder: Path) -> dict[str, Gold]:
    """Annotations by report id."""
    entries = (json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "gold").glob("*.json")))
    return {entry["id"]: entry for entry in entries}


def load(folder: Path, kept: Path = KEPT) -> list[Pair]:
    """The annotated reports of a folder, parsed.

    Raises FileNotFoundError without ``docs.jsonl``, KeyError for a report without annotation.
    """
    name = hashlib.sha256(f"{folder.resolve()} {model_name()}".encode()).hexdigest()[:16]
    parses = KeptParses(kept / f"{folder.name}-{name}.spacy")
    answers = golds(folder)
    pairs = [(parsed, answers[parsed.document.id]) for parsed in parse(documents(folder), parses)]
    parses.save()
    return pairs
