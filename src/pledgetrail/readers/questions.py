"""What is asked about a document: its excerpts, each with the same instructions and the schema of the answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from pledgetrail.extraction.excerpts import Excerpt, excerpts
from pledgetrail.readers.cache import cache_key
from pledgetrail.readers.errors import NoAnswer
from pledgetrail.records import Document

#: Characters of a report that one question shows, and how many of them it shares with the question before.
PART: Final = 6_000
OVERLAP: Final = 600
#: A document of more parts (more than a million characters) is no report.
MOST_PARTS: Final = 200
#: Characters of a title or outlet that are shown.
_LONGEST_NAME: Final = 400

#: Words of JSON Schema that services restrict or refuse; answers are checked against them here.
_BOUNDS: Final = frozenset({"minLength", "maxLength", "maxItems", "$schema", "title", "version"})


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the excerpt it is about, the messages, and the name under which its answer is kept."""

    excerpt: Excerpt
    system: str
    user: str
    key: str


def _data(name: str) -> str:
    return resources.files("pledgetrail.readers").joinpath("data", name).read_text(encoding="utf-8")


@cache
def schema() -> dict[str, Any]:
    """The schema of an answer as it is checked here (``data/reply.schema.json``)."""
    loaded: dict[str, Any] = json.loads(_data("reply.schema.json"))
    return loaded


@cache
def schema_shown() -> dict[str, Any]:
    """The schema as it is sent: without bounds, and with every field required, as strict services want it."""
    shown: dict[str, Any] = _shown(schema())
    return shown


def _shown(value: Any, names: bool = False) -> Any:
    """A schema in the form of schema_shown; ``names`` where keys are names of fields, not words of the schema."""
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    kept = {key: item for key, item in value.items() if names or key not in _BOUNDS}
    shown = {key: _shown(item, key in ("properties", "$defs") and not names) for key, item in kept.items()}
    if not names and "properties" in shown:
        shown["required"] = list(shown["properties"])
    return shown


@cache
def instructions() -> str:
    """The system message (``data/prompt.txt`` with the schema)."""
    return _data("prompt.txt") + json.dumps(schema_shown(), separators=(",", ":")) + "\n"


@cache
def version() -> str:
    """A name for schema and prompt, equal as long as both are; twelve hexadecimal digits."""
    whole = _data("reply.schema.json") + "\0" + instructions()
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def questions(document: Document, model: str) -> list[Question]:
    """The questions about a document, none for one without text. Raises NoAnswer if it is too long to be asked about.

    The report is given as JSON, so that nothing in it can end the quotation of it.
    """
    parts = excerpts(document, PART, OVERLAP)
    if len(parts) > MOST_PARTS:
        raise NoAnswer(f"has {len(parts)} parts of {PART:,} characters; more than {MOST_PARTS} are not sent")
    made = []
    for number, part in enumerate(parts, 1):
        report = {
            "title": _short(document.title),
            "outlet": _short(document.outlet),
            "published": document.published,
            "part": f"{number} of {len(parts)}",
            "text": part.text,
        }
        user = json.dumps(report, ensure_ascii=False)
        made.append(Question(part, instructions(), user, cache_key(model, version(), user)))
    return made


def _short(name: str | None) -> str | None:
    return " ".join(name.split())[:_LONGEST_NAME] if name else None
