from __future__ import annotations

import os
from pathlib import Path

import pytest

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings, read_reports


def read(*specs: Path, limits: Limits | None = None) -> list[RawReport | Problem]:
    return list(read_reports(specs, settings=Settings(limits=limits or Limits())))


def ids(items: list[RawReport | Problem]) -> list[str]:
    return [i.id for i in items if isinstance(i, RawReport)]


def kinds(items: list[RawReport | Problem]) -> list[str]:
    return [i.kind for i in items if isinstance(i, Problem)]


def write(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_folder_is_read_in_order_of_names_with_relative_ids(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", "c.txt"):
        write(tmp_path, name, f"Aid for {name}.")
    assert ids(read(tmp_path)) == ["a/b/c.txt", "a/z.txt", "b.txt", "c.txt"]


def test_file_given_itself_is_named_by_its_name(tmp_path: Path) -> None:
    path = write(tmp_path, "deep/report.txt", "Latvia pledged two ambulances.\r\n")
    (report,) = read(path)
    assert isinstance(report, RawReport)
    assert (report.id, report.source) == ("report.txt", str(path))
    assert report.text == "Latvia pledged two ambulances.\r\n"
    assert len(report.content_sha256) == 64


def test_stream_is_lazy(tmp_path: Path) -> None:
    first = write(tmp_path, "1.txt", "One.")
    stream = read_reports(iter([first, tmp_path / "missing.txt"]))
    assert isinstance(next(stream), RawReport)
    assert isinstance(next(stream), Problem)


def test_same_id_from_two_folders_is_passed_through(tmp_path: Path) -> None:
    write(tmp_path, "x/r.txt", "One.")
    write(tmp_path, "y/r.txt", "Two.")
    assert ids(read(tmp_path / "x", tmp_path / "y")) == ["r.txt", "r.txt"]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \r\n\t \n", "empty"),
        ("mark-only.txt", b"\xef\xbb\xbf", "empty"),
        ("nul.txt", b"Text with \x00 a NUL", "binary"),
        ("control.txt", bytes(range(1, 32)) * 20, "binary"),
        ("noise.bin", bytes((i * 7919) % 251 for i in range(4000)), "binary"),
        ("scan.pdf", b"%PDF-1.7 ...", "corrupt"),
        ("scan.txt", b"%PDF-1.7 ...", "corrupt"),
        ("page.html", b"<p></p>", "no-text"),
        ("page.txt", b"  <!DOCTYPE html><p></p>", "no-text"),
        ("pack.gz", b"\x1f\x8b\x08", "truncated"),
        ("pack.xz", b"not packed", "damaged"),
        ("pack.zip", b"PK\x03\x04 cut off", "damaged"),
        ("crawl.warc.gz", b"\x1f\x8b\x08", "damaged"),
        ("crawl.warc", b"", "no-record"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n", "unsupported"),
        ("wide.txt", b"\xff\xfeA\x00\x00\xd8", "undecodable"),
        ("empty.jsonl", b"\n\n", "empty"),
    ],
)
def test_bad_file_is_named_and_the_rest_goes_on(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    write(tmp_path, name, data)
    write(tmp_path, "zz-good.txt", "Japan delivered rice.")
    found = read(tmp_path)
    assert kinds(found) == [kind]
    assert ids(found) == ["zz-good.txt"]
    problem = next(i for i in found if isinstance(i, Problem))
    assert name in problem.source and name in problem.message


def test_unsupported_format_says_which(tmp_path: Path) -> None:
    (problem,) = read(write(tmp_path, "archive.7z", b"7z\xbc\xaf\x27\x1c"))
    assert isinstance(problem, Problem) and "archive is not read yet" in problem.message


def test_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, "long.txt", "word " * 100)
    assert kinds(read(path, limits=Limits(text_bytes=499))) == ["too-long"]
    assert ids(read(path, limits=Limits(text_bytes=500))) == ["long.txt"]


def test_missing_file_and_folder_without_files(tmp_path: Path) -> None:
    (tmp_path / "hollow").mkdir()
    assert kinds(read(tmp_path / "nowhere", tmp_path / "hollow", Path("a\x00b"))) == ["missing", "empty", "unreadable"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_file_without_permission(tmp_path: Path) -> None:
    path = write(tmp_path, "closed.txt", "Secret.")
    path.chmod(0)
    assert kinds(read(tmp_path)) == ["unreadable"]


def test_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert kinds(read(tmp_path)) == ["not-a-file"]
    assert kinds(read(tmp_path / "pipe.txt")) == ["not-a-file"]


def test_links_neither_loop_nor_escape(tmp_path: Path) -> None:
    write(tmp_path, "out/secret.txt", "Outside.")
    write(tmp_path, "in/a.txt", "Inside.")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in", target_is_directory=True)
    (tmp_path / "in" / "escape.txt").symlink_to(tmp_path / "out" / "secret.txt")
    (tmp_path / "in" / "twin.txt").symlink_to(tmp_path / "in" / "a.txt")
    (tmp_path / "in" / "dead.txt").symlink_to(tmp_path / "in" / "gone.txt")
    (tmp_path / "in" / "self.txt").symlink_to(tmp_path / "in" / "self.txt")
    found = read(tmp_path / "in")
    assert ids(found) == ["a.txt", "twin.txt"]
    assert kinds(found) == ["missing", "link", "link", "unreadable"]


def test_names_become_storable_text(tmp_path: Path) -> None:
    for raw in (b"new\nline.txt", b"latin-\xe9.txt", "zürich.txt".encode()):
        with open(os.path.join(os.fsencode(tmp_path), raw), "wb") as stream:
            stream.write(b"Aid came.")
    found = read(tmp_path)
    assert ids(found) == ["latin-\\xe9.txt", "new\\x0aline.txt", "zürich.txt"]
    for report in found:
        report.source.encode()


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, ".cache/x.txt", "Hidden.")
    write(tmp_path, ".note.txt", "Hidden.")
    write(tmp_path, "seen.txt", "Seen.")
    assert ids(read(tmp_path)) == ["seen.txt"]
