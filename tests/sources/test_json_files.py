from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings
from pledgetrail.sources.inputs import Input
from pledgetrail.sources.json_files import read as read_json
from pledgetrail.sources.json_pieces import pieces

ONE = {"id": "a", "headline": "Grain", "body": "Aid came.", "publication_date": "2021-01-13", "source": {"name": "A"}}
TWO = {"id": 7, "headline": "Milk", "body": "Aid went.", "authors": ["Jo", "Al"], "language": "English"}


def read(data: str | bytes, limits: Limits | None = None, **columns: str) -> list[RawReport | Problem]:
    raw = data.encode() if isinstance(data, str) else data
    item = Input("in.json", "in.json", "in.json", lambda: io.BytesIO(raw))
    return list(read_json(item, Settings(limits or Limits(), columns)))


def reports(found: list[RawReport | Problem]) -> list[RawReport]:
    return [item for item in found if isinstance(item, RawReport)]


def kinds(found: list[RawReport | Problem]) -> list[str]:
    return [item.kind for item in found if isinstance(item, Problem)]


@pytest.mark.parametrize(
    "data",
    [
        json.dumps([ONE, TWO]),
        json.dumps([ONE, TWO], indent=2),
        json.dumps({"status": "ok", "count": 2, "articles": [ONE, TWO]}),
        json.dumps({"response": {"status": "ok", "results": [ONE, TWO]}}),
        json.dumps({"facets": [{"name": "x"}], "articles": [ONE, TWO]}),
        json.dumps(ONE) + "\n" + json.dumps(TWO) + "\n",
        json.dumps(ONE, indent=1) + json.dumps(TWO, indent=1),
        json.dumps([ONE, TWO]).encode("utf-16"),
        json.dumps([ONE, TWO], ensure_ascii=False).encode("utf-8-sig"),
    ],
)
def test_records_are_found_wherever_they_lie(data: str | bytes) -> None:
    found = read(data)
    assert not kinds(found)
    first, second = reports(found)
    assert (first.id, first.title, first.text) == ("a", "Grain", "Aid came.")
    assert (second.id, second.title, second.text) == ("7", "Milk", "Aid went.")
    assert (first.published, first.outlet) == ("2021-01-13", "A")
    assert (second.author, second.language) == ("Jo, Al", "en")


def test_one_object_is_one_report() -> None:
    (report,) = read(json.dumps({"text": "Aid came.", "tags": [{"name": "x"}]}))
    assert isinstance(report, RawReport) and (report.id, report.text) == ("in.json#1", "Aid came.")


def test_paths_name_fields_inside_objects() -> None:
    data = json.dumps([{"webTitle": "Grain", "fields": {"bodyText": "Aid came.", "more": {"desk": "World"}}}])
    (report,) = read(data, text="fields.bodyText", section="fields.more.desk")
    assert isinstance(report, RawReport)
    assert (report.text, report.section, report.title) == ("Aid came.", "World", "Grain")


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        ('{"text": }', "invalid-json"),
        ('{"text": "a", "n": ' + "9" * 1_000_000 + "}", "invalid-json"),
        ('{"text": ' + "[" * 100_000 + "]" * 100_000 + "}", "invalid-json"),
        ('{"headline": "no body"}', "no-text"),
        ('{"text": "  "}', "empty"),
        ('{"text": 5}', "wrong-type"),
        ('{"text": ["a", 5]}', "wrong-type"),
        ('"a string"', "not-a-record"),
        ('{"text": "' + "x" * 3_000_000 + '"}', "too-long"),
    ],
)
def test_bad_element_is_named_and_the_rest_goes_on(element: str, kind: str) -> None:
    found = read(f"[{json.dumps(ONE)}, {element}, {json.dumps(TWO)}]", Limits(line_bytes=2_000_000))
    assert [r.id for r in reports(found)] == ["a", "7"]
    (problem,) = (item for item in found if isinstance(item, Problem))
    assert (problem.kind, problem.source) == (kind, "in.json#2") and problem.source in problem.message


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("[]", "empty"),
        ("[1, 2, 3]", "not-a-record"),
        ("no JSON", "invalid-json"),
        ("[" * 20_000, "truncated-json"),
        ('{"a":' * 20_000, "truncated-json"),
        (json.dumps([ONE, TWO])[:-1], "truncated-json"),
        (json.dumps([ONE, TWO])[:-9], "truncated-json"),
        ('{"a": "' + "x" * 5000, "truncated-json"),
        ('{"a": "' + "x" * 5000 + '"}', "too-long"),
    ],
)
def test_bad_file_is_named(data: str, kind: str) -> None:
    assert kind in kinds(read(data, Limits(line_bytes=4000)))


def test_millions_of_values_that_are_no_records_are_one_problem() -> None:
    assert kinds(read("[" + "1," * 10_000 + "1]")) == ["not-a-record"]
    assert kinds(read("[" + "," * 10_000 + "]")) == ["empty"]


def test_lists_of_pages_are_one_problem() -> None:
    pages = [{"url": f"https://a.example/{n}", "title": "Grain", "seendate": "20210113T080000Z"} for n in range(3)]
    (problem,) = read(json.dumps({"articles": pages}))
    assert isinstance(problem, Problem) and problem.kind == "addresses-only" and "3 pages" in problem.message


def test_object_larger_than_a_record_is_read_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.json"
    record = json.dumps({"text": "Aid came. " * 500, "tags": ["x", "y"]})
    with path.open("w") as stream:
        stream.write('{"meta": {"query": ["aid"]}, "articles": [' + record)
        for _ in range(500):
            stream.write(",\n" + record)
        stream.write("]}")
    item = Input("big.json", "big.json", "big.json", lambda: path.open("rb"))
    tracemalloc.start()
    number = sum(isinstance(i, RawReport) for i in read_json(item, Settings(Limits(line_bytes=10_000))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 501
    assert peak < 2 << 20


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


class Drip(io.BytesIO):
    """A stream that gives a few bytes at a time, so that every kind of cut between chunks comes up."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(self._step, size or 0) if size and size > 0 else self._step)


@given(st.lists(JSON, max_size=5), st.integers(4, 9), st.booleans())
def test_pieces_are_the_elements(values: list[object], step: int, ascii_only: bool) -> None:
    data = json.dumps(values, ensure_ascii=ascii_only, indent=1).encode("utf-8", "surrogatepass")
    found = [json.loads(piece.data or b"") for piece in pieces(Drip(data, step), 10_000)]
    assert found == json.loads(data)


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_raise(data: bytes, inside: bool) -> None:
    list(pieces(Drip(data, 5), 50, inside=inside))
    read(b"[" + data, Limits(line_bytes=50))
