"""WARC files made here: whole, and broken in every way that a download or a crawler breaks them."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path

import pytest

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings, read_reports
from pledgetrail.sources.warc import PASSED_OVER

HTML = "text/html; charset=utf-8"


def page(number: int, more: str = "") -> bytes:
    body = "".join(
        f"<p>Report {number}, paragraph {part}: the government of Ruritania promised {number}{part} tents, blankets and"
        " water pumps for the families that the flood had left without shelter, its minister said on Monday.</p>"
        for part in range(1, 5)
    )
    head = f"<head><title>Tents for families, part {number}</title></head>"
    return f"<!DOCTYPE html><html>{head}<body><article>{body}{more}</article></body></html>".encode()


def answer(body: bytes, *headers: str, status: str = "200 OK", type: str | None = HTML) -> bytes:
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {type}"] if type else []), *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def record(number: int, content: bytes, kind: str = "response", length: int | None = None, *headers: str) -> bytes:
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        f"WARC-Target-URI: https://news.example/{number}",
        "WARC-Date: 2026-05-04T10:00:00Z",
        f"Content-Type: application/http; msgtype={kind}",
        f"Content-Length: {len(content) if length is None else length}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content + b"\r\n\r\n"


def good(number: int) -> bytes:
    return record(number, answer(page(number)))


INFO = record(900, b"software: made by a test\r\n", "warcinfo")


def read(folder: Path, data: bytes, name: str = "in.warc", **limits: int) -> list[RawReport | Problem]:
    (folder / name).write_bytes(data)
    return list(read_reports([folder / name], settings=Settings(Limits(**limits))))


def numbers(found: list[RawReport | Problem]) -> list[int]:
    return [int(i.id.rsplit("-", 1)[1]) for i in found if isinstance(i, RawReport)]


def kinds(found: list[RawReport | Problem]) -> list[str]:
    return [i.kind for i in found if isinstance(i, Problem)]


def packed(*records: bytes) -> bytes:
    """Each record a gzip member of its own, as CC-NEWS and all crawlers write them."""
    return b"".join(map(gzip.compress, records))


@pytest.mark.parametrize("name", ["in.warc", "in.warc.gz", "in.dat"])
def test_pages_are_read_in_order(tmp_path: Path, name: str) -> None:
    data = (packed if name.endswith("gz") else lambda *r: b"".join(r))(INFO, good(1), good(2))
    first, second = read(tmp_path, data, name)
    assert isinstance(first, RawReport) and isinstance(second, RawReport)
    assert first.id == f"{name}#urn:uuid:00000000-0000-4000-8000-000000000001"
    assert (first.source, first.url) == (str(tmp_path / name), "https://news.example/1")
    assert "promised 11 tents" in first.text and "promised 24 tents" in second.text
    assert first.page == page(1) and not first.partial


def test_what_is_no_page_is_counted_and_no_problem(tmp_path: Path) -> None:
    others = [
        INFO,
        record(1, b"GET / HTTP/1.1\r\n\r\n", "request"),
        record(2, answer(b"\x89PNG\r\n\x1a\n", type="image/png")),
        record(3, answer(page(3), status="404 Not Found")),
        record(4, answer(b"", "Location: /elsewhere", status="301 Moved")),
        record(5, answer(b"\x00\x01\x02", type=None)),
        record(6, b"", "revisit"),
        record(7, b"WARC text of a conversion", "conversion"),
    ]
    path = tmp_path / "in.warc"
    path.write_bytes(b"".join([*others, good(8)]))
    settings = Settings()
    found = list(read_reports([path], settings=settings))
    assert numbers(found) == [8] and not kinds(found)
    assert settings.passed_over == {PASSED_OVER: len(others)}


def test_page_without_a_type_is_told_by_its_content(tmp_path: Path) -> None:
    data = record(1, answer(page(1), type=None)) + record(2, answer(page(2), type="text/plain"))
    assert numbers(read(tmp_path, data)) == [1, 2]


@pytest.mark.parametrize(
    "content",
    [
        answer(gzip.compress(page(1)), "Content-Encoding: gzip"),
        answer(zlib.compress(page(1)), "Content-Encoding: deflate"),
        answer(page(1), "Content-Encoding: gzip"),  # unpacked by the crawler, the header kept
        answer(page(1), "Transfer-Encoding: chunked"),
        answer(b"%x\r\n%s\r\n0\r\n\r\n" % (len(page(1)), page(1)), "Transfer-Encoding: chunked"),
        answer(page(1)).replace(b"\r\n", b"\n"),
    ],
    ids=["gzip", "deflate", "said-gzip", "said-chunked", "chunked", "line-feeds"],
)
def test_encodings_of_the_content_are_undone(tmp_path: Path, content: bytes) -> None:
    (report,) = read(tmp_path, record(1, content))
    assert isinstance(report, RawReport) and report.page == page(1)


def test_content_that_cannot_be_unpacked_is_named(tmp_path: Path) -> None:
    broken = gzip.compress(page(1))[:20] + b"broken" + gzip.compress(page(1))[26:]
    data = record(1, answer(broken, "Content-Encoding: gzip")) + record(2, answer(b"x", "Content-Encoding: odd"))
    assert kinds(read(tmp_path, data)) == ["damaged", "damaged"]


def test_bomb_in_a_content_encoding_is_not_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(b"<html>" + bytes(8 << 20))
    found = read(tmp_path, record(1, answer(bomb, "Content-Encoding: gzip")) + good(2), page_bytes=1 << 20)
    assert kinds(found) == ["too-long"] and numbers(found) == [2]


def test_page_cut_by_the_crawler_is_partial(tmp_path: Path) -> None:
    (report,) = read(tmp_path, record(1, answer(page(1)), "response", None, "WARC-Truncated: length"))
    assert isinstance(report, RawReport) and report.partial


def test_record_over_the_limit_is_skipped(tmp_path: Path) -> None:
    data = good(1) + record(2, answer(page(2) + b" " * 100_000)) + good(3)
    found = read(tmp_path, data, record_bytes=50_000)
    assert numbers(found) == [1, 3] and kinds(found) == ["too-long"]


SHORT, LONG, HUGE = 300, len(answer(page(2))) + 900, 10**9


@pytest.mark.parametrize("length", [SHORT, LONG, HUGE, -5], ids=["short", "long", "beyond-the-end", "negative"])
@pytest.mark.parametrize("pack", [False, True])
def test_wrong_length_costs_no_more_than_its_record(tmp_path: Path, length: int, pack: bool) -> None:
    wrong = record(2, answer(page(2)), length=length)
    records = (good(1), wrong, good(3), good(4))
    found = read(tmp_path, packed(*records) if pack else b"".join(records), "in.warc.gz" if pack else "in.warc")
    assert numbers(found) == [1, 3, 4]
    assert len(kinds(found)) == 1
    problem = next(i for i in found if isinstance(i, Problem))
    assert problem.source in problem.message and "in.warc" in problem.source


@pytest.mark.parametrize("length", [3, 20_000])
def test_wrong_length_of_a_record_that_is_no_page(tmp_path: Path, length: int) -> None:
    image = record(2, answer(b"\x89PNG" * 20, type="image/png"), length=length)
    found = read(tmp_path, good(1) + image + b"".join(map(good, range(3, 40))))
    assert numbers(found) == [1, *range(3, 40)] and kinds(found) == ["wrong-length"]


def test_garbage_between_records(tmp_path: Path) -> None:
    data = b"garbage\r\n" + good(1) + b"more garbage\r\n\r\n\x00\xff" * 50 + b"\n" + good(2) + good(3)
    found = read(tmp_path, data, "in.warc")
    assert numbers(found) == [1, 2, 3] and kinds(found) == ["damaged", "damaged"]


def test_garbage_between_packed_records(tmp_path: Path) -> None:
    data = packed(good(1)) + b"garbage" * 30 + packed(good(2), good(3))
    found = read(tmp_path, data, "in.warc.gz")
    assert numbers(found) == [1, 2, 3] and kinds(found) == ["damaged"]


def test_damage_within_a_packed_record(tmp_path: Path) -> None:
    middle = bytearray(gzip.compress(good(2)))
    middle[len(middle) // 2] ^= 0xFF
    found = read(tmp_path, packed(good(1)) + bytes(middle) + packed(good(3), good(4)), "in.warc.gz")
    assert numbers(found) == [1, 3, 4] and "damaged" in kinds(found)


@pytest.mark.parametrize("cut", range(1, 1200, 97))
def test_cut_file_gives_all_but_its_last_record(tmp_path: Path, cut: int) -> None:
    found = read(tmp_path, (good(1) + good(2))[: -4 - cut])
    assert numbers(found) == [1] and len(kinds(found)) == 1


@pytest.mark.parametrize("cut", [1, 9, 60, 200])
def test_cut_packed_file(tmp_path: Path, cut: int) -> None:
    found = read(tmp_path, packed(good(1), good(2))[:-cut], "in.warc.gz")
    assert numbers(found)[0] == 1 and "damaged" in kinds(found)


@pytest.mark.parametrize("name", ["in.warc", "in.warc.gz"])
def test_file_that_is_no_warc(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, packed(b"no records here") if name.endswith("gz") else b"no records here", name)
    assert kinds(found) == ["no-record"]


def test_file_broken_all_over_is_given_up(tmp_path: Path) -> None:
    data = b"WARC/1.0\r\nWARC-Type: response\r\n\r\n" * 3000
    found = read(tmp_path, data)
    assert len(found) <= 1002 and isinstance(found[-1], Problem) and "the rest of it is not read" in found[-1].message


def test_bomb_in_a_packed_file_stops_it(tmp_path: Path) -> None:
    bomb = gzip.compress(record(2, answer(bytes(32 << 20), type="image/png")))
    found = read(tmp_path, packed(good(1)) + bomb, "in.warc.gz", unpacked_floor=1 << 20)
    assert numbers(found) == [1] and kinds(found) == ["bomb"]


def test_odd_names_are_only_names(tmp_path: Path) -> None:
    data = good(1).replace(b"<urn:uuid:00000000-0000-4000-8000-000000000001>", b"<../../etc/passwd\x07>")
    (report,) = read(tmp_path, data)
    assert isinstance(report, RawReport) and report.id == "in.warc#../../etc/passwd\\x07"


def test_record_without_id_is_numbered(tmp_path: Path) -> None:
    data = INFO + good(1).replace(b"WARC-Record-ID", b"X-Record-ID")
    (report,) = read(tmp_path, data)
    assert isinstance(report, RawReport) and report.id == "in.warc#2"


def test_records_of_a_wacz_are_read_and_nothing_else_of_it(tmp_path: Path) -> None:
    path = tmp_path / "crawl.wacz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr(
            "pages/pages.jsonl", '{"format": "json-pages-1.0", "id": "pages"}\n{"url": "x", "text": "y"}\n'
        )
        archive.writestr("indexes/index.cdx.gz", gzip.compress(b"com,example)/ 2026 {}"))
        archive.writestr("archive/data.warc.gz", packed(INFO, good(1), good(2)))
    found = list(read_reports([path]))
    assert numbers(found) == [1, 2] and not kinds(found)
    assert found[0].id.startswith("crawl.wacz#archive/data.warc.gz#urn:uuid:")  # type: ignore[union-attr]


def test_memory_stays_with_one_record(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "in.warc"
    with path.open("wb") as stream:
        for number in range(60):
            stream.write(record(number, answer(bytes(1 << 20), type="video/mp4")))
        stream.write(good(99))
    tracemalloc.start()
    found = list(read_reports([path], settings=Settings(Limits(record_bytes=1 << 20))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert numbers(found) == [99]
    assert peak < 24 << 20


def test_panic_in_the_library_ends_the_file_and_not_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panic(*_: object, **__: object) -> None:
        raise PanicException("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr("fastwarc.warc.ArchiveIterator", panic)
    assert kinds(read(tmp_path, good(1))) == ["damaged"]
