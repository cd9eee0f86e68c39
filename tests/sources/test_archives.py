"""Archives made here: gzip, zip and the others, mixed and nested, damaged, hostile."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings, read_reports

TEXT = b"Ruritania pledged 40 tents to the town."
LINES = b'{"text": "One."}\n{"id": "own", "text": "Two."}\n'
WALLS = 1 << 20  # of small archives here, so that bombs need not be large


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def read(folder: Path, name: str, data: bytes, **limits: int) -> list[RawReport | Problem]:
    """What a file gives, and that the file after it is still read."""
    (folder / name).write_bytes(data)
    (folder / "zz-good.txt").write_bytes(b"Japan delivered rice.")
    *found, last = read_reports([folder / name, folder / "zz-good.txt"], settings=Settings(Limits(**limits)))
    assert isinstance(last, RawReport) and last.id == "zz-good.txt"
    return found


def ids(items: list[RawReport | Problem]) -> list[str]:
    return [i.id for i in items if isinstance(i, RawReport)]


def kinds(items: list[RawReport | Problem]) -> list[str]:
    for item in items:
        if isinstance(item, Problem):
            assert item.source in item.message
    return [i.kind for i in items if isinstance(i, Problem)]


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.txt.gz", gzip.compress), ("a.txt.bz2", bz2.compress), ("a.txt.xz", lzma.compress), ("a", gzip.compress)],
)
def test_packed_file_keeps_its_id(tmp_path: Path, name: str, pack: object) -> None:
    (report,) = read(tmp_path, name, pack(TEXT))  # type: ignore[operator]
    assert isinstance(report, RawReport)
    assert (report.id, report.source, report.text) == (name, str(tmp_path / name), TEXT.decode())


def test_records_in_a_packed_file(tmp_path: Path) -> None:
    assert ids(read(tmp_path, "a.jsonl.gz", gzip.compress(LINES))) == ["a.jsonl.gz#1", "own"]


def test_parts_of_a_packed_file_are_one(tmp_path: Path) -> None:
    (report,) = read(tmp_path, "a.txt.gz", gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]) + b"\0" * 700)
    assert isinstance(report, RawReport) and report.text == TEXT.decode()


def test_members_of_all_kinds_are_read(tmp_path: Path) -> None:
    data = zipped(
        ("b.txt", TEXT),
        ("folder/a.jsonl", LINES),
        ("folder/c.txt.gz", gzip.compress(TEXT)),
        ("inner.zip", zipped(("d.txt", TEXT), ("e.jsonl", LINES))),
        ("scan.pdf", b"\x89PNG\r\n\x1a\n"),
    )
    found = read(tmp_path, "in.zip", data)
    assert ids(found) == [
        "in.zip#b.txt",
        "in.zip#folder/a.jsonl#1",
        "own",
        "in.zip#folder/c.txt.gz",
        "in.zip#inner.zip#d.txt",
        "in.zip#inner.zip#e.jsonl#1",
        "own",
    ]
    assert kinds(found) == ["unsupported"]
    assert found[0].source == f"{tmp_path}/in.zip!b.txt"
    assert found[4].source == f"{tmp_path}/in.zip!inner.zip!d.txt"


def test_names_that_lead_elsewhere_are_only_names(tmp_path: Path) -> None:
    names = ["../../up.txt", "/etc/root.txt", "C:\\drive.txt", "a/../../b.txt", "bell\x07\u202e.txt"]
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    found = read(tmp_path / "folder", "in.zip", zipped(*((name, TEXT) for name in names)))
    assert ids(found) == [f"in.zip#{name}" for name in (*names[:4], "bell\\x07\\u202e.txt")]
    written = {"in.zip", "zz-good.txt"}
    assert {p.name for p in tmp_path.rglob("*")} - {p.name for p in before} == written
    assert not (tmp_path.parent / "up.txt").exists()


def test_litter_and_folders_are_left_out(tmp_path: Path) -> None:
    names = ["folder/", ".hidden.txt", "a/.git/config", "__MACOSX/a.txt", "._a.txt", "Thumbs.db", "a/.DS_Store"]
    assert not read(tmp_path, "in.zip", zipped(*((name, b"") for name in names), ("a.txt", TEXT)))[1:]
    assert kinds(read(tmp_path, "in.zip", zipped(*((name, b"") for name in names)))) == ["empty"]
    assert kinds(read(tmp_path, "in.zip", zipped())) == ["empty"]


def test_links_in_a_zip_are_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = read(tmp_path, "in.zip", zipped((link, b"/etc/passwd"), ("a.txt", TEXT)))
    assert kinds(found) == ["link"] and ids(found) == ["in.zip#a.txt"]


def test_encrypted_member(tmp_path: Path) -> None:
    data = bytearray(zipped(("secret.txt", TEXT), ("a.txt", TEXT)))
    data[data.find(b"PK\x01\x02") + 8] |= 1  # the flag in the list of members
    found = read(tmp_path, "in.zip", bytes(data))
    assert kinds(found) == ["encrypted"] and ids(found) == ["in.zip#a.txt"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_method_that_cannot_be_bounded_is_not_unpacked(tmp_path: Path, method: int) -> None:
    assert kinds(read(tmp_path, "in.zip", zipped(("a.txt", TEXT), method=method))) == ["unsupported"]


def test_wrong_checksum(tmp_path: Path) -> None:
    data = zipped(("bad.txt", TEXT), ("bad.jsonl", LINES), ("a.txt", TEXT), method=zipfile.ZIP_STORED)
    data = data.replace(b"40 tents", b"90 tents", 1)
    found = read(tmp_path, "in.zip", data)
    assert kinds(found) == ["damaged"] and ids(found) == ["in.zip#bad.jsonl#1", "own", "in.zip#a.txt"]


def test_member_that_says_another_name_in_its_own_header(tmp_path: Path) -> None:
    data = zipped(("bad.txt", TEXT), ("a.txt", TEXT)).replace(b"bad.txt", b"mad.txt", 1)
    found = read(tmp_path, "in.zip", data)
    assert kinds(found) == ["damaged"] and ids(found) == ["in.zip#a.txt"]


@pytest.mark.parametrize("cut", [1, 21, 22, 60, 100, 150])
def test_cut_zip_is_named(tmp_path: Path, cut: int) -> None:
    assert kinds(read(tmp_path, "in.zip", zipped(("a.txt", TEXT), ("b.txt", TEXT))[:-cut])) == ["damaged"]


@pytest.mark.parametrize("name", ["in.txt.gz", "in.txt.bz2", "in.txt.xz"])
@pytest.mark.parametrize("cut", [1, 8, 20])
def test_cut_packed_file_is_named(tmp_path: Path, name: str, cut: int) -> None:
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[name.rsplit(".", 1)[1]]
    assert kinds(read(tmp_path, name, pack(TEXT)[:-cut])) == ["truncated"]


def test_records_before_the_damage_are_kept(tmp_path: Path) -> None:
    lines = b"".join(b'{"text": "%s"}\n' % random.Random(i).randbytes(200).hex().encode() for i in range(2000))
    found = read(tmp_path, "a.jsonl.gz", gzip.compress(lines)[:-3000])
    assert 1900 < len(ids(found)) < 2000 and kinds(found) == ["truncated"]


def test_bytes_flipped_anywhere_never_raise(tmp_path: Path) -> None:
    whole = zipped(("a.txt", TEXT), ("b.jsonl.gz", gzip.compress(LINES)), ("c.zip", zipped(("d.txt", TEXT))))
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        read(tmp_path, "in.zip", bytes(data))


def test_gzip_bomb_stops_early(tmp_path: Path) -> None:
    found = read(tmp_path, "bomb.jsonl.gz", gzip.compress(bytes(64 << 20)), unpacked_floor=WALLS)
    assert kinds(found) == ["bomb"] and "bomb.jsonl.gz" in found[0].source


def test_zip_bomb_stops_early_and_its_rest_is_left(tmp_path: Path) -> None:
    data = zipped(("a.txt", TEXT), ("bomb.txt", bytes(32 << 20)), ("b.txt", TEXT))
    found = read(tmp_path, "in.zip", data, unpacked_floor=WALLS)
    assert ids(found) == ["in.zip#a.txt"] and kinds(found) == ["bomb", "bomb"]


def test_bomb_of_many_members_is_met_in_the_sum(tmp_path: Path) -> None:
    data = zipped(*((f"{i}.jsonl", b"\n" * (1 << 18)) for i in range(64)))
    found = read(tmp_path, "in.zip", data, unpacked_floor=WALLS, unpacked_ratio=20)
    assert kinds(found)[-1] == "bomb" and len(found) < 12


def test_bomb_of_nested_zips_is_met_in_the_sum(tmp_path: Path) -> None:
    inner = zipped(*((f"{i}.txt", b" " * (1 << 20)) for i in range(16)))
    data = zipped(*((f"{i}.zip", inner) for i in range(16)))
    found = read(tmp_path, "in.zip", data, unpacked_floor=WALLS)
    assert kinds(found)[-1] == "bomb" and not ids(found)


def test_total_is_bounded_too(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(200_000).hex().encode()
    data = zipped(("a.txt", noise), ("b.txt", noise), ("c.txt", noise))
    found = read(tmp_path, "in.zip", data, unpacked_bytes=1_100_000)
    assert ids(found) == ["in.zip#a.txt", "in.zip#b.txt"] and "1,100,000 bytes" in found[-1].message  # type: ignore


def test_text_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    (report,) = read(tmp_path, "a.txt.gz", gzip.compress(b"The same line again.\n" * 500_000))
    assert isinstance(report, RawReport)


def test_layers_beyond_the_limit_are_not_unpacked(tmp_path: Path) -> None:
    data = TEXT
    for _ in range(4):
        data = zipped(("a.zip", data))
    assert kinds(read(tmp_path, "in.zip", data)) == ["nested"]
    packed = TEXT
    for _ in range(40):
        packed = gzip.compress(packed)
    assert kinds(read(tmp_path, "in.gz", packed)) == ["nested"]


def test_archive_in_an_archive_over_the_limit(tmp_path: Path) -> None:
    inner = zipped(("a.txt", random.Random(2).randbytes(5000)), method=zipfile.ZIP_STORED)
    found = read(tmp_path, "in.zip", zipped(("inner.zip", inner), ("b.txt", TEXT)), spooled_bytes=4000)
    assert kinds(found) == ["too-long"] and ids(found) == ["in.zip#b.txt"]


def test_endless_list_of_members_is_not_read(tmp_path: Path) -> None:
    data = zipped(*((f"{'x' * 200}{i}.txt", b"") for i in range(6000)))
    assert kinds(read(tmp_path, "in.zip", data, directory_bytes=1 << 20)) == ["too-long"]


def test_size_that_the_list_says_is_not_believed(tmp_path: Path) -> None:
    data = bytearray(zipped(("a.txt", b"x" * (4 << 20))))
    place = data.find(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", 10)  # "unpacks to 10 bytes"
    found = read(tmp_path, "in.zip", bytes(data), unpacked_floor=WALLS)
    assert len(found) <= 2 and all(not isinstance(i, RawReport) or len(i.text) <= 10 for i in found)


def test_office_documents_are_no_archives(tmp_path: Path) -> None:
    data = zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
    assert kinds(read(tmp_path, "report.docx", data)) == ["unsupported"]
    assert kinds(read(tmp_path, "report.zip", data)) == ["unsupported"]


def test_same_archive_gives_the_same_ids_twice(tmp_path: Path) -> None:
    data = zipped(("a.txt", TEXT), ("a.jsonl", LINES))
    assert ids(read(tmp_path, "in.zip", data)) == ids(read(tmp_path, "in.zip", data))
