"""The folder of WARC files: whole records, whatever happened to the run that wrote them."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from pledgetrail.sources.fetching.addresses import parse
from pledgetrail.sources.fetching.exchange import Answer
from pledgetrail.sources.fetching.storing import Archive, FolderError, members

NOW = dt.datetime(2026, 11, 21, 12, 30, 15, 123456, tzinfo=dt.UTC)


def answer(url: str, body: bytes = b"<p>text</p>", status: int = 200, **headers: str) -> Answer:
    pairs = [(b"Content-Type", b"text/html"), (b"Transfer-Encoding", b"chunked")]
    pairs += [(name.encode(), value.encode()) for name, value in headers.items()]
    request = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
    return Answer(parse(url), "192.0.2.7", NOW, request, status, b"Fine", tuple(pairs), body)


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.warc.gz")
    return path


def written(folder: Path, *urls: str) -> Path:
    with Archive(folder, "Test/1") as archive:
        for url in urls:
            archive.put([answer(url)])
    return only_file(folder)


def test_records_are_as_the_standard_has_them(tmp_path: Path) -> None:
    with Archive(tmp_path, "Test/1") as archive:
        archive.put([answer("http://a.example/", b"", 302, Location="/b"), answer("http://a.example/b")])
    path = only_file(tmp_path)
    with path.open("rb") as file:
        records = list(ArchiveIterator(file, parse_http=False, verify_digests=True))
    names = ["warcinfo", "request", "response", "request", "response"]
    assert [record.record_type for record in records] == [getattr(WarcRecordType, name) for name in names]
    heads = [record.headers.to_dict() for record in records]
    assert [head.get("WARC-Target-URI") for head in heads[1:]] == ["http://a.example/b"] * 2 + ["http://a.example/"] * 2
    assert heads[2]["WARC-Date"].startswith("2026-11-21T12:30:15.123456")
    assert heads[2]["WARC-IP-Address"] == "192.0.2.7"
    assert heads[2]["WARC-Concurrent-To"] == heads[1]["WARC-Record-ID"]
    assert {head["WARC-Warcinfo-ID"] for head in heads[1:]} == {heads[0]["WARC-Record-ID"]}
    assert len({head["WARC-Record-ID"] for head in heads}) == 5


def test_a_page_comes_out_as_it_went_in(tmp_path: Path) -> None:
    body = gzip.compress(b"<p>a page</p>")
    with Archive(tmp_path, "Test/1") as archive:
        archive.put([answer("http://a.example/", body, **{"Content-Encoding": "gzip"})])
    path = only_file(tmp_path)
    with path.open("rb") as file:
        for record in ArchiveIterator(file, WarcRecordType.response):
            assert record.verify_payload_digest()
    with path.open("rb") as file:
        for record in ArchiveIterator(file, WarcRecordType.response, auto_decode="all"):
            assert record.http_headers["X-Archive-Orig-Transfer-Encoding"] == "chunked"
            assert record.reader.read() == b"<p>a page</p>"


def test_the_folder_says_what_has_been_fetched(tmp_path: Path) -> None:
    with Archive(tmp_path, "Test/1") as archive:
        assert parse("http://a.example/") not in archive
        archive.put([answer("http://a.example/", b"", 301), answer("http://b.example/")])
        assert parse("http://a.example/") in archive
    with Archive(tmp_path, "Test/1") as archive:
        assert parse("http://a.example/") in archive and parse("http://b.example/") in archive
        assert parse("http://c.example/") not in archive
        archive.put([answer("http://c.example/")])
    assert only_file(tmp_path)  # a small file is gone on with


def test_torn_anywhere_the_rest_stays_and_goes_on(tmp_path: Path) -> None:
    urls = [f"http://a.example/{number}" for number in range(3)]
    path = written(tmp_path, *urls)
    whole = path.read_bytes()
    with path.open("rb") as file:
        heads = list(members(file))
    assert len(heads) == 7
    for cut in range(0, len(whole), 37):
        path.write_bytes(whole[:cut])
        with Archive(tmp_path, "Test/1") as archive:
            had = [url for url in urls if parse(url) in archive]
            assert had == urls[: len(had)]
            assert (archive.mended is not None) == (len(path.read_bytes()) < cut)
            archive.put([answer("http://b.example/")])
        with path.open("rb") as file:
            seen = [record.headers.get("WARC-Target-URI") for record in ArchiveIterator(file, WarcRecordType.response)]
        assert seen == [*had, "http://b.example/"]


def test_damage_in_the_middle_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "http://a.example/1", "http://a.example/2")
    broken = bytearray(path.read_bytes())
    broken[-300:-290] = b"\0" * 10
    path.write_bytes(broken)
    with Archive(tmp_path, "Test/1") as archive:
        assert archive.damaged == [path.name] and archive.mended is None
        archive.put([answer("http://a.example/3")])
    assert path.read_bytes() == broken
    assert len(list(tmp_path.glob("*.warc.gz"))) == 2
    with Archive(tmp_path, "Test/1") as archive:
        assert parse("http://a.example/3") in archive


def test_a_torn_file_that_is_not_the_youngest_is_left_alone(tmp_path: Path) -> None:
    first = written(tmp_path, "http://a.example/1")
    with Archive(tmp_path, "Test/1", file_bytes=1) as archive:
        archive.put([answer("http://a.example/2")])
    torn = first.read_bytes()[:-5]
    first.write_bytes(torn)
    with Archive(tmp_path, "Test/1") as archive:
        assert archive.damaged == [first.name] and archive.mended is None
    assert first.read_bytes() == torn


def test_files_are_followed_by_others_when_they_have_grown(tmp_path: Path) -> None:
    with Archive(tmp_path, "Test/1", file_bytes=3000) as archive:
        for number in range(20):
            archive.put([answer(f"http://a.example/{number}", bytes(range(256)) * 4)])
    files = sorted(tmp_path.glob("*.warc.gz"))
    assert len(files) > 3
    numbers = []
    for path in files:
        assert path.stat().st_size < 6000
        with path.open("rb") as file:
            records = list(ArchiveIterator(file, parse_http=False))
        assert records[0].record_type == WarcRecordType.warcinfo
        assert records[0].headers["WARC-Filename"] == path.name
        numbers += [r.headers["WARC-Target-URI"] for r in records if r.record_type == WarcRecordType.response]
    assert numbers == [f"http://a.example/{number}" for number in range(20)]


def test_what_others_put_into_the_folder_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "other.warc.gz").write_bytes(b"no gzip")
    (tmp_path / "pledgetrail-notes.warc.gz").mkdir()
    written(tmp_path / "in", "http://a.example/")
    with Archive(tmp_path, "Test/1") as archive:
        archive.put([answer("http://a.example/")])
    assert (tmp_path / "other.warc.gz").read_bytes() == b"no gzip"


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with Archive(tmp_path, "Test/1"):
        with pytest.raises(FolderError, match="another run"), Archive(tmp_path, "Test/1"):
            pass
    with Archive(tmp_path, "Test/1"):
        pass


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match="file"), Archive(tmp_path / "file", "Test/1"):
        pass
