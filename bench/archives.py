#!/usr/bin/env python3
"""Read synthetic WARC files of growing size: records a second, and whether memory stays flat.

usage: archives.py [--sizes N...] [--plain] [--records-only] [--folder DIR]

Each size is read in a process of its own, through the same door as `pledgetrail build`. The pages are written here,
one in ten records is an image, and each page comes with its request, as crawlers write them.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = (
    "aid tents ministry region promised delivered school bridge water families officials winter roads hospital fund"
    " repair donors meeting signed shelter harbour village engineers power grid budget transfer announced Monday"
).split()


def page(number: int) -> bytes:
    """A news page of some 350 words with a menu, a date and a footer, another for each number."""
    chance = random.Random(number)
    paragraphs = "".join(
        f"<p>{' '.join(chance.choices(WORDS, k=70)).capitalize()}, the spokeswoman said on Tuesday.</p>"
        for _ in range(5)
    )
    menu = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in WORDS[:20])
    title = " ".join(chance.choices(WORDS, k=8)).capitalize()
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title}</title>'
        f'<meta property="article:published_time" content="2026-05-{chance.randint(1, 28):02}T10:00:00Z"></head>'
        f"<body><nav><ul>{menu}</ul></nav><article><h1>{title}</h1>{paragraphs}</article>"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    ).encode()


def records(number: int) -> list[bytes]:
    """The records of one address: the request and the answer."""
    image = number % 10 == 9
    kind, body = ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(20_000)) if image else ("text/html", page(number))
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\n\r\n".encode() + body
    request = b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n"
    made = []
    for type, content, serial in (("request", request, 2 * number), ("response", answer, 2 * number + 1)):
        head = (
            f"WARC/1.0\r\nWARC-Type: {type}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{serial:012d}>\r\n"
            f"WARC-Target-URI: https://news.example/{number}\r\nWARC-Date: 2026-05-04T10:00:00Z\r\n"
            f"Content-Type: application/http; msgtype={type}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        made.append(head.encode() + content + b"\r\n\r\n")
    return made


def write(path: Path, count: int, plain: bool) -> None:
    """Write a file of ``count`` records."""
    with path.open("wb") as stream:
        for number in range(count // 2):
            for record in records(number):
                stream.write(record if plain else gzip.compress(record, 1))


def read(path: Path, records_only: bool) -> None:
    """Read a file in this process and print what that took."""
    from pledgetrail.records import RawReport
    from pledgetrail.sources import Settings, read_reports, warc

    if records_only:
        warc.report_from_page = as_it_is
    start, busy = time.perf_counter(), time.process_time()
    found, problems, settings = 0, 0, Settings()
    for item in read_reports([path], settings=settings):
        found += isinstance(item, RawReport)
        problems += not isinstance(item, RawReport)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    passed = sum(settings.passed_over.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = (found + problems + passed) / busy
    print(
        f"{found + problems + passed:>10,} {found:>9,} {problems:>9,} {passed:>12,} {path.stat().st_size / 1e6:>9,.0f}"
        f" {seconds:>9,.1f} {busy:>9,.1f} {rate:>14,.0f} {peak:>9,.0f}",
        flush=True,
    )


def as_it_is(data: bytes, *, source: str, id: str, **_: object) -> object:
    """A report of a page whose text has not been looked for."""
    from pledgetrail.records import RawReport

    return RawReport(id=id, source=source, text="", content_sha256="", page=data)


def main() -> None:
    """Make a file of each size, read it in a fresh process, and delete it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="records in each file")
    parser.add_argument("--plain", action="store_true", help="write no gzip")
    parser.add_argument("--records-only", action="store_true", help="take the pages out, but no text out of the pages")
    parser.add_argument("--folder", type=Path, help="where the files are made (default: the temporary folder)")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read(options.read, options.records_only)
        return
    print("   records   reports  problems  passed over        MB    wall s     CPU s  records/CPU s  peak MiB")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for size in options.sizes:
            path = Path(folder) / ("crawl.warc" if options.plain else "crawl.warc.gz")
            write(path, size, options.plain)
            more = ["--records-only"] if options.records_only else []
            subprocess.run([sys.executable, __file__, "--read", str(path), *more], check=True)


if __name__ == "__main__":
    main()
