from __future__ import annotations

from pathlib import Path

from pledgetrail.cli.building import passed_lines
from pledgetrail.sources import Settings, read_reports
from pledgetrail.sources.warc import PASSED_OVER


def test_summary_counts_what_a_crawl_holds_besides_pages(tmp_path: Path) -> None:
    head = "WARC/1.0\r\nWARC-Type: request\r\nContent-Type: application/http\r\nContent-Length: 18\r\n\r\n"
    (tmp_path / "crawl.warc").write_bytes((head + "GET / HTTP/1.1\r\n\r\n" + "\r\n\r\n").encode() * 3)
    settings = Settings()
    assert not list(passed_lines(settings))
    assert not list(read_reports([tmp_path], settings=settings))
    assert list(passed_lines(settings)) == [f"  passed over         3 {PASSED_OVER}"]
