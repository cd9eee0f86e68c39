from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pledgetrail.extraction.views import View, views
from pledgetrail.language import passages
from pledgetrail.reading import read
from pledgetrail.records import Parsed, RawReport

if TYPE_CHECKING:
    from spacy.language import Language


@pytest.fixture(scope="session")
def parse_text(nlp: Language) -> Callable[..., Parsed]:
    """Reads and parses one report: its text, and what its metadata say, by the names of RawReport."""

    def parse_one(text: str, **metadata: Any) -> Parsed:
        report = RawReport(id="r", source="test", text=text, content_sha256="", **metadata)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(passages, "load_model", lambda: nlp)
            (parsed,) = passages.parse([read(report)])
        return parsed

    return parse_one


@pytest.fixture(scope="session")
def view_of(parse_text: Callable[..., Parsed]) -> Callable[..., View]:
    """The view of a report that is one passage."""

    def view_one(text: str, **metadata: Any) -> View:
        (view,) = views(parse_text(text, **metadata))
        return view

    return view_one
