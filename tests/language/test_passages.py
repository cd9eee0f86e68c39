"""Documents to parsed documents: passages keep their places in the text, and nothing but the report is read."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from pledgetrail.language import passages
from pledgetrail.language.lexicon import load
from pledgetrail.reading import normalise, read
from pledgetrail.records import Document, Parsed, RawReport

if TYPE_CHECKING:
    from spacy.language import Language

Parse = Callable[..., Parsed]

REPORT = """Norway sends tents

Norway sends tents

Share this article on Facebook | Twitter

Norway pledged $5 million to Nepal on Monday. “We will come,” Prime Minister Kari Dahl said.

The tents will arrive in Kathmandu in May, Dahl\u2019s office said.

Norway pledged $5 million to Nepal on Monday. “We will come,” Prime Minister Kari Dahl said.

The tents will arrive in Kathmandu in May, Dahl\u2019s office said.
"""


@pytest.fixture(autouse=True)
def one_model(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "load_model", lambda: nlp)


def document(name: str, text: str) -> Document:
    return read(RawReport(id=name, source="test", text=text, content_sha256=""))


def test_each_document_comes_back_in_order_the_empty_ones_too() -> None:
    texts = ["Norway sent tents.", "", "  \n\n ", "Nepal was glad.", ""]
    found = list(passages.parse(document(str(i), text) for i, text in enumerate(texts)))
    assert [p.document.id for p in found] == ["0", "1", "2", "3", "4"]
    assert [len(p.passages) for p in found] == [1, 0, 0, 1, 0]
    assert found[1].mentions == found[1].quotations == ()


def test_no_documents() -> None:
    assert list(passages.parse([])) == []


def test_parsing_does_not_run_far_ahead_of_the_reader() -> None:
    taken = 0

    def endless() -> Iterator[Document]:
        nonlocal taken
        while True:
            taken += 1
            yield document(str(taken), "Norway sent tents to Nepal.")

    found = passages.parse(endless())
    assert next(found).document.id == "1"
    assert taken < 1000


def test_passages_stand_where_their_text_stands() -> None:
    (parsed,) = passages.parse([document("d", REPORT)])
    text = parsed.document.text
    assert text == REPORT
    assert len(parsed.passages) == len(parsed.offsets) == len(parsed.kinds) >= 2
    for doc, offset in zip(parsed.passages, parsed.offsets, strict=True):
        assert doc.text == normalise(text[offset : offset + len(doc.text)])
    assert list(parsed.offsets) == sorted(parsed.offsets)


def test_menus_and_repeats_are_not_read() -> None:
    (parsed,) = passages.parse([document("d", REPORT)])
    body = [doc.text for doc, kind in zip(parsed.passages, parsed.kinds, strict=True) if kind == "body"]
    assert len(body) == 2
    assert not any("Facebook" in doc.text for doc in parsed.passages)
    assert set(parsed.kinds) <= {"title", "body", "heading"}


def test_everything_found_lies_in_a_passage_and_in_order() -> None:
    (parsed,) = passages.parse([document("d", REPORT)])
    text = parsed.document.text
    stretches = [(o, o + len(d.text)) for d, o in zip(parsed.passages, parsed.offsets, strict=True)]
    for found in (*parsed.mentions, *parsed.times, *parsed.quantities, *parsed.quotations):
        assert any(start <= found.start < found.end <= end for start, end in stretches)
    for found in (*parsed.mentions, *parsed.times, *parsed.quantities):
        assert normalise(text[found.start : found.end]) == normalise(found.text)
    for items in (parsed.mentions, parsed.times, parsed.quantities, parsed.quotations):
        starts = [item.start for item in items]
        assert starts == sorted(starts)


def test_words_of_a_sum_are_nobody() -> None:
    (parsed,) = passages.parse([document("d", "The Fund approved 12 million Swiss francs for Nepal.")])
    assert [q.currency for q in parsed.quantities] == ["CHF"]
    assert "CHE" not in {p.country for m in parsed.mentions for p in m.parties}


def test_times_are_reckoned_from_the_day_of_publication(parse_text: Parse) -> None:
    text = "Norway sent tents yesterday."
    assert [t.edtf for t in parse_text(text, published="2021-01-14").times] == ["2021-01-13"]
    assert [t.edtf for t in parse_text(text).times] == [None]


def test_a_bare_dollar_is_that_of_the_issuing_state(parse_text: Parse) -> None:
    text = "Canada will give $5 million to Nepal."
    assert [q.currency for q in parse_text(text).quantities] == ["USD"]
    assert [q.currency for q in parse_text(text, outlet="Government of Canada").quantities] == ["CAD"]


@pytest.mark.parametrize("name", ["reference.toml", "speech.toml"])
def test_language_data_loads_once(name: str) -> None:
    assert load(name) is load(name)


def test_every_data_file_of_the_rooms_parses() -> None:
    for package in ("pledgetrail.language", "pledgetrail.extraction"):
        for path in (resources.files(package) / "data").iterdir():
            if path.name.endswith(".toml"):
                assert tomllib.loads(path.read_text(encoding="utf-8")), path.name


def test_a_missing_data_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="nothing.toml"):
        load("nothing.toml")
