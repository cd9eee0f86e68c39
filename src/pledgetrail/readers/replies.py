"""Answers as they come -> checked replies: JSON of our schema, or nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NoReturn, Protocol

from pledgetrail.readers.errors import ReaderError
from pledgetrail.readers.questions import schema

#: Characters of an answer that are looked at.
MOST_CHARACTERS: Final = 2 * 1024 * 1024
#: Our schema nests three deep; deeper answers are not of it.
MOST_NESTED: Final = 12
LISTS: Final = {"commitments": "commitment", "encounters": "encounter", "figures": "figure"}

#: A string that is not ended runs to the end: so the search takes time in proportion to the answer, whatever it is.
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class BrokenReply(Exception):
    """An answer that is not JSON of our schema."""


class _Validator(Protocol):
    def is_valid(self, instance: Any) -> bool: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """A reply whose statements all fit the schema, and how many were left out because they did not."""

    content: dict[str, list[Any]]
    malformed: int = 0
    beyond: int = 0  # left out because there were too many


def check(answer: str) -> Checked:
    """Decode and check an answer. Statements that do not fit the schema are left out.

    Raises BrokenReply where there is no such object, or none of its statements fits; ReaderError if the package that
    checks is not installed.
    """
    whole = _decode(answer)
    if not isinstance(whole, dict) or not any(isinstance(whole.get(name), list) for name in LISTS):
        raise BrokenReply("is not the object that was asked for")
    content: dict[str, list[Any]] = {}
    malformed = beyond = 0
    for name, kind in LISTS.items():
        items = whole.get(name)
        if not isinstance(items, list):
            malformed += items is not None
            items = []
        most = schema()["properties"][name]["maxItems"]
        beyond += max(0, len(items) - most)
        content[name] = [item for item in items[:most] if _validators()[kind].is_valid(item)]
        malformed += len(items[:most]) - len(content[name])
    if malformed and not any(content.values()):
        raise BrokenReply("has no statement of the form that was asked for")
    return Checked(content, malformed, beyond)


def _decode(answer: str) -> Any:
    if len(answer) > MOST_CHARACTERS:
        raise BrokenReply("is too long")
    text = _unfenced(answer.strip())
    _bound_nesting(text)
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BrokenReply("is no JSON") from None


def _unfenced(text: str) -> str:
    """The inside of a Markdown code block, which models put around JSON that they were not made to write plainly."""
    if not (text.startswith("```") and text.endswith("```") and len(text) > 6):
        return text
    return text[3:-3].strip().removeprefix("json")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _bound_nesting(text: str) -> None:
    """Refuse what is nested deep, before a parser walks into it."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        mark = match.group()[0]
        if mark in "[{":
            depth += 1
            if depth > MOST_NESTED:
                raise BrokenReply("is nested too deep")
        elif mark in "]}":
            depth -= 1


@cache
def _validators() -> dict[str, _Validator]:
    """A validator for each kind of statement."""
    try:
        from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
    except ImportError:
        raise ReaderError("checking answers needs a package more: pip install 'pledgetrail[llm]'") from None
    definitions = schema()["$defs"]
    return {kind: Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": definitions}) for kind in LISTS.values()}


def ensure_installed() -> None:
    """Raise ReaderError unless the packages of the extra ``llm`` are there."""
    _validators()
