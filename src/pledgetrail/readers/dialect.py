"""What a service understands: the fields of a request differ between services, and are found out by asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pledgetrail.readers.questions import Question, schema_shown

#: Ways to ask for JSON, the strictest first; the last asks by words alone.
FORMATS = ("json_schema", "json_object", "words")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How requests are put to a service."""

    format: str = FORMATS[0]
    limit: str = "max_tokens"  # newer services call it "max_completion_tokens"
    temperature: bool = True  # some models take no other than their own

    def request(self, model: str, question: Question, max_tokens: int) -> dict[str, Any]:
        """The body of a request."""
        body: dict[str, Any] = {
            "model": model,
            "messages": [
                {"role": "system", "content": question.system},
                {"role": "user", "content": question.user},
            ],
            self.limit: max_tokens,
            "stream": False,
        }
        if self.temperature:
            body["temperature"] = 0
        if self.format == "json_schema":
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "statements", "strict": True, "schema": schema_shown()},
            }
        elif self.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def weaker(self, complaint: str) -> Dialect | None:
        """What to try after a request was refused with a message; None if nothing is left to change."""
        said = complaint.lower()
        if self.limit == "max_tokens" and "max_completion_tokens" in said:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in said:
            return replace(self, temperature=False)
        at = FORMATS.index(self.format) + 1
        return replace(self, format=FORMATS[at]) if at < len(FORMATS) else None
