from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings, read_reports


def read(folder: Path, *lines: str | bytes, limits: Limits | None = None) -> list[RawReport | Problem]:
    path = folder / "in.jsonl"
    path.write_bytes(b"\n".join(line.encode("utf-8") if isinstance(line, str) else line for line in lines))
    return list(read_reports([path], settings=Settings(limits=limits or Limits())))


def test_fields_are_read_and_others_ignored(tmp_path: Path) -> None:
    line = json.dumps(
        {"id": "n1", "url": "u", "title": "t", "outlet": "o", "published": "2024", "text": "Aid.", "mood": [1]}
    )
    (report,) = read(tmp_path, line)
    assert report == RawReport(
        id="n1",
        source=str(tmp_path / "in.jsonl"),
        text="Aid.",
        content_sha256=hashlib.sha256(line.encode()).hexdigest(),
        url="u",
        title="t",
        outlet="o",
        published="2024",
    )


def test_item_without_id_is_named_by_path_and_row(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.ndjson").write_text(
        '{"text": "One."}\n\n{"text": "Two.", "id": null}\r\n{"text": "3", "id": ""}'
    )
    found = [i.id for i in read_reports([tmp_path]) if isinstance(i, RawReport)]
    assert found == ["sub/a.ndjson#1", "sub/a.ndjson#3", "sub/a.ndjson#4"]


def test_byte_order_mark_is_no_part_of_the_first_record(tmp_path: Path) -> None:
    (report,) = read(tmp_path, b'\xef\xbb\xbf{"text": "One."}')
    assert isinstance(report, RawReport) and report.text == "One."


def test_same_id_twice_is_passed_through(tmp_path: Path) -> None:
    found = read(tmp_path, '{"id": "a", "text": "One."}', '{"id": "a", "text": "Two."}')
    assert [i.id for i in found if isinstance(i, RawReport)] == ["a", "a"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('{"id": "x", "text": "cut o', "truncated-json"),
        ('{"id": "x", ', "truncated-json"),
        ('{"id": "x", "text": "a"]', "invalid-json"),
        ("no json at all", "invalid-json"),
        ("[" * 200_000, "invalid-json"),
        ('{"text": "a", "n": ' + "9" * 5000 + "}", "invalid-json"),
        ('["text"]', "not-a-record"),
        ("17", "not-a-record"),
        ('{"id": "x"}', "no-text"),
        ('{"text": null}', "no-text"),
        ('{"text": "  \\n"}', "empty"),
        ('{"text": 5}', "wrong-type"),
        ('{"text": "a", "id": {"n": 5}}', "wrong-type"),
        ('{"text": "a", "published": {"y": 1}}', "wrong-type"),
        ('{"text": "a", "id": "x\\u0000y"}', "bad-id"),
        (b'{"text": "a\x00b"}', "binary"),
    ],
)
def test_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: str | bytes, kind: str) -> None:
    found = read(tmp_path, '{"id": "before", "text": "One."}', line, '{"id": "after", "text": "Two."}')
    assert [i.id for i in found if isinstance(i, RawReport)] == ["before", "after"]
    (problem,) = (i for i in found if isinstance(i, Problem))
    assert problem.kind == kind
    assert problem.source.endswith("in.jsonl:2") and problem.source in problem.message


def test_half_a_surrogate_pair_can_be_stored(tmp_path: Path) -> None:
    (report,) = read(tmp_path, '{"id": "\\ud800", "text": "bad \\udfff end \\ud83d\\ude00", "title": "\\udc00"}')
    assert isinstance(report, RawReport)
    assert report.text == "bad \ufffd end \U0001f600"
    for value in (report.id, report.text, report.title):
        assert value is not None and value.encode()


def test_line_in_a_windows_encoding_is_read(tmp_path: Path) -> None:
    (report,) = read(tmp_path, '{"text": "Café aid in Málaga"}'.encode("cp1252"))
    assert isinstance(report, RawReport) and report.text == "Café aid in Málaga"


@pytest.mark.parametrize("extra", [0, 1, 2, 3, 70_000])
def test_line_over_the_limit_is_skipped_whole(tmp_path: Path, extra: int) -> None:
    empty = '{"text": ""}'
    fits = '{"text": "' + "x" * (1000 - len(empty)) + '"}'
    over = '{"text": "' + "x" * (1000 - len(empty) + extra) + '"}'
    found = read(tmp_path, fits, over, '{"id": "after", "text": "One."}', limits=Limits(line_bytes=1000))
    expected = ["RawReport", "Problem" if extra else "RawReport", "RawReport"]
    assert [type(i).__name__ for i in found] == expected
    if extra:
        assert isinstance(found[1], Problem) and found[1].kind == "too-long" and found[1].source.endswith(":2")


def test_over_long_line_is_never_held(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "big.jsonl"
    with path.open("wb") as stream:
        for _ in range(40):
            stream.write(b"x" * (1 << 20))
        stream.write(b'\n{"id": "after", "text": "One."}')
    tracemalloc.start()
    found = list(read_reports([path], settings=Settings(limits=Limits(line_bytes=1 << 20))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(i).__name__ for i in found] == ["Problem", "RawReport"]
    assert peak < 8 << 20
