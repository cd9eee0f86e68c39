from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings
from pledgetrail.sources.inputs import Input, file_input
from pledgetrail.sources.parquet import read as read_parquet

MOMENT = dt.datetime(2021, 1, 13, 8, 30)


def write(folder: Path, columns: dict[str, Any], **how: Any) -> Path:
    path = folder / "in.parquet"
    pq.write_table(pa.table(columns), path, **how)
    return path


def read(path: Path, limits: Limits | None = None, **columns: str) -> list[RawReport | Problem]:
    return list(read_parquet(file_input(path, str(path), path.name), Settings(limits or Limits(), columns)))


def reports(found: list[RawReport | Problem]) -> list[RawReport]:
    return [item for item in found if isinstance(item, RawReport)]


def kinds(found: list[RawReport | Problem]) -> list[str]:
    return [item.kind for item in found if isinstance(item, Problem)]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
def test_rows_of_all_groups_are_read(tmp_path: Path, compression: str) -> None:
    texts = [f"Aid number {n} came." for n in range(100)]
    path = write(tmp_path, {"body": texts, "n": range(100)}, row_group_size=40, compression=compression)
    found = read(path)
    assert [r.text for r in reports(found)] == texts and not kinds(found)
    assert [r.id for r in reports(found)][::50] == ["in.parquet#1", "in.parquet#51"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (pa.array([MOMENT], pa.timestamp("s")), "2021-01-13T08:30:00"),
        (pa.array([MOMENT], pa.timestamp("us", tz="UTC")), "2021-01-13T08:30:00+00:00"),
        (pa.array([1610526600_000000001], pa.timestamp("ns")), "2021-01-13T08:30:00"),
        (pa.array([dt.datetime(2021, 1, 13)], pa.timestamp("ms")), "2021-01-13"),
        (pa.array([dt.date(2021, 1, 13)]), "2021-01-13"),
        (pa.array([20210113]), "2021-01-13"),
        (pa.array(["13 January 2021"]), "13 January 2021"),
        (pa.array([None], pa.timestamp("s")), None),
        (pa.array([1 << 60], pa.timestamp("us")), None),
    ],
)
def test_dates_of_any_type(tmp_path: Path, days: Any, expected: str | None) -> None:
    (report,) = read(write(tmp_path, {"text": ["Aid came."], "date": days}))
    assert isinstance(report, RawReport) and report.published == expected


def test_other_types_of_column(tmp_path: Path) -> None:
    columns = {
        "text": pa.array(["Aid came."], pa.large_string()),
        "source": pa.array(["A"]).dictionary_encode(),
        "authors": pa.array([["Jo", "Al"]]),
        "id": pa.array([7]),
        "url": pa.array([b"https://a.example/7"]),
        "title": pa.array([None], pa.string()),
    }
    (report,) = read(write(tmp_path, columns))
    assert isinstance(report, RawReport)
    assert (report.id, report.outlet, report.author, report.title) == ("7", "A", "Jo, Al", None)
    assert report.url == "https://a.example/7"


def test_bad_row_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": ["One.", None, " ", "Two."], "id": ["a", "b", "c", "d"]})
    found = read(path)
    assert [r.id for r in reports(found)] == ["a", "d"] and kinds(found) == ["no-text", "empty"]
    assert [p.source for p in found if isinstance(p, Problem)] == [f"{path}#2", f"{path}#3"]


def test_columns_are_named_by_the_user(tmp_path: Path) -> None:
    path = write(tmp_path, {"note": ["Aid came."], "size": [3]})
    assert [r.text for r in reports(read(path, text="Note"))] == ["Aid came."]
    assert kinds(read(path)) == ["no-text"] and kinds(read(path, text="Body")) == ["no-column"]


def test_lists_of_pages_and_empty_tables(tmp_path: Path) -> None:
    assert kinds(read(write(tmp_path, {"url": ["https://a.example/7"], "title": ["A"]}))) == ["addresses-only"]
    assert kinds(read(write(tmp_path, {"text": pa.array([], pa.string())}))) == ["empty"]


@pytest.mark.parametrize("kept", [0, 3, 4, 200, -4, -200])
def test_truncated_file_is_a_problem(tmp_path: Path, kept: int) -> None:
    path = write(tmp_path, {"text": [f"Aid {n} came." for n in range(500)]})
    path.write_bytes(path.read_bytes()[: kept or None] if kept else b"PAR1")
    found = read(path)
    assert kinds(found) == ["corrupt"] and not reports(found)


def test_damaged_pages_are_a_problem(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": [f"Aid {n} came." for n in range(5000)]}, compression="gzip", row_group_size=1000)
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 200] = bytes(200)
    path.write_bytes(data)
    found = read(path)
    assert kinds(found)[-1] == "corrupt" and reports(found)


def test_row_group_that_unpacks_to_too_much_is_skipped(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": [f"{n} " + "x" * 50_000 for n in range(20)]}, row_group_size=10)
    assert kinds(read(path, Limits(spooled_bytes=100_000))) == ["too-long", "too-long"]


def test_stream_that_cannot_seek(tmp_path: Path) -> None:
    data = write(tmp_path, {"text": ["Aid came."]}).read_bytes()

    class Forward(io.BytesIO):
        def seekable(self) -> bool:
            return False

    item = Input("a.zip!in.parquet", "in.parquet", "in.parquet", lambda: Forward(data))
    assert len(reports(list(read_parquet(item, Settings())))) == 1
