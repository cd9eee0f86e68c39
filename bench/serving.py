#!/usr/bin/env python3
"""Time the web app over a large ledger against the same page of an empty one, and load it.

usage: serving.py [LEDGER] [--rows N] [--requests N]
       serving.py [LEDGER] [--rows N] --load SECONDS [--readers N] [--reviewers N]

LEDGER (default out/demo.sqlite, from `make demo`) is copied and its rows are repeated with other ids, days, amounts
and statuses until there are N (100,000). Two servers answer in processes of their own; requests alternate between the
large and the empty ledger, so that a machine that slows down slows both. Every request is for a view that was not
asked for before.

--load: readers page and narrow, reviewers accept rows, all at once. At the end the decisions in the ledger are
counted: as many as were answered with 201.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import random
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from pledgetrail.ledger.store import create_or_open

ROOT = Path(__file__).resolve().parent.parent
TABLES = {
    "documents": ("id",),
    "statements": ("id", "document", "base_row"),
    "rows": ("id",),
    "row_statements": ("row_id", "statement_id"),
    "row_parties": ("row_id",),
    "row_places": ("row_id",),
    "evidence": ("row_id", "document"),
}


def repeat(path: Path, wanted: int) -> int:
    """Repeat a ledger's rows, with all that hangs on them, until there are so many. The number of rows then."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous=OFF")
    (own,) = database.execute("SELECT count(*) FROM rows WHERE content IS NOT NULL").fetchone()
    limits = {t: database.execute(f"SELECT max(rowid) FROM {t}").fetchone()[0] or 0 for t in TABLES}
    for number in range(1, -(-wanted // own)):
        for table, keys in TABLES.items():
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            columns = [name for name in columns if name not in ("seq", "issued")]
            chosen = [f"\"{c}\" || '~{number}'" if c in keys else f'"{c}"' for c in columns]
            names = ", ".join(f'"{c}"' for c in columns)
            query = f"INSERT INTO {table} ({names}) SELECT {', '.join(chosen)} FROM {table} WHERE rowid <= ?"
            database.execute(query, (limits[table],))
    database.execute(
        "UPDATE rows SET amount_value = amount_value * (1 + abs(random() % 900) / 1000.0),"
        " earliest = date(earliest, (random() % 700) || ' days'), confidence = abs(random() % 1000) / 1000.0,"
        " origins = 1 + abs(random() % 6) WHERE issued > ?",
        (limits["rows"],),
    )
    database.commit()
    (count,) = database.execute("SELECT count(*) FROM rows WHERE content IS NOT NULL").fetchone()
    database.close()
    return int(count)


@contextlib.contextmanager
def serving(path: Path) -> Iterator[str]:
    """A server of a ledger; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pledgetrail", "serve", str(path), "--no-open", "--port", str(port)]
    with subprocess.Popen([*command, "--reviewer", "bench"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def views(address: str, seed: int) -> Iterator[str]:
    """Addresses of the ledger page, each with another choice of facets."""
    dice = random.Random(seed)
    facets = httpx.get(f"{address}/ledger.json", timeout=300).json()["facets"]
    words = ["Pakistan", "schools", "reconstruction", "loan", "airport", "million", "flood", "agreement"]
    while True:
        query: list[tuple[str, str]] = []
        for facet in dice.sample(sorted(facets), dice.choice((0, 1, 1, 2, 3))):
            values = [value["value"] for value in facets[facet]]
            query += [(facet, value) for value in dice.sample(values, min(len(values), dice.choice((1, 1, 2))))]
        if dice.random() < 0.25:
            query.append(("q", dice.choice(words)))
        query.append(("sort", dice.choice(("newest", "amount", "confidence", "origins", "review"))))
        yield str(httpx.URL("/ledger", params=httpx.QueryParams(query)))


def compare(large: str, empty: str, requests: int) -> None:
    """Print medians of the two."""
    times: dict[str, list[float]] = {"large": [], "empty": [], "next": []}
    with httpx.Client(timeout=60) as client:
        begun = time.perf_counter()
        client.get(f"{large}/ledger")
        print(f"first page (rows are read into memory): {time.perf_counter() - begun:.1f} s")
        client.get(f"{empty}/ledger")
        for view in list(itertools.islice(views(large, 7), requests)):
            for side, address in (("large", large), ("empty", empty)):
                begun = time.perf_counter()
                answer = client.get(address + view)
                times[side].append(time.perf_counter() - begun)
                assert answer.status_code == 200, answer.text
                if side == "large" and 'rel="next"' in answer.text:
                    link = answer.text.split('" rel="next"')[0].rsplit('href="', 1)[1].replace("&amp;", "&")
                    begun = time.perf_counter()
                    client.get(address + link)
                    times["next"].append(time.perf_counter() - begun)
    for side, its in times.items():
        its.sort()
        print(f"{side:6} {len(its):4} requests: median {statistics.median(its) * 1000:6.1f} ms,"
              f" 95th percentile {its[int(len(its) * 0.95)] * 1000:6.1f} ms")  # fmt: skip
    print(f"large / empty: {statistics.median(times['large']) / statistics.median(times['empty']):.1f}")


async def load(address: str, path: Path, seconds: float, readers: int, reviewers: int) -> None:
    """Readers and reviewers at once; print what was answered and whether every decision is there."""
    until = time.monotonic() + seconds
    reading: list[float] = []
    deciding: list[float] = []
    refused: dict[int, int] = {}
    async with httpx.AsyncClient(
        base_url=address, timeout=120, limits=httpx.Limits(max_connections=200, keepalive_expiry=2)
    ) as client:

        async def read(seed: int) -> None:
            asked = await asyncio.to_thread(lambda: list(itertools.islice(views(address, seed), 500)))
            for view in asked:
                if time.monotonic() > until:
                    return
                begun = time.perf_counter()
                (await client.get(view)).raise_for_status()
                reading.append(time.perf_counter() - begun)
                await asyncio.sleep(random.random())

        async def decide(seed: int) -> None:
            kind = ("commitment", "encounter", "figure")[seed % 3]
            while time.monotonic() < until:
                queue = (await client.get("/review.json", params={"kind": kind})).json()["queue"]
                for row in random.sample(queue, min(len(queue), 8)):
                    wish = {"action": "accept", "row": row["id"], "expected": row["stamp"]}
                    begun = time.perf_counter()
                    answer = await client.post("/api/decisions", json=wish)
                    if answer.status_code == 201:
                        deciding.append(time.perf_counter() - begun)
                    else:
                        refused[answer.status_code] = refused.get(answer.status_code, 0) + 1

        await asyncio.gather(*(read(n) for n in range(readers)), *(decide(n) for n in range(reviewers)))
    database = sqlite3.connect(path)
    (kept,) = database.execute("SELECT count(*) FROM decisions WHERE reviewer = 'bench'").fetchone()
    database.close()
    for what, its in (("pages read", reading), ("decisions", deciding)):
        print(f"{len(its):,} {what}: median {statistics.median(its) * 1000:.0f} ms, longest {max(its) * 1000:.0f} ms")
    print(f"refused: {refused or 'none'}; decisions answered {len(deciding):,}, kept {kept:,}")
    assert kept == len(deciding)


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger", nargs="?", type=Path, default=ROOT / "out" / "demo.sqlite")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--load", type=float, metavar="SECONDS")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--reviewers", type=int, default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, bare = Path(folder) / "large.sqlite", Path(folder) / "empty.sqlite"
        shutil.copy(wanted.ledger, path)
        create_or_open(path).close()  # brought up to date
        create_or_open(bare).close()
        print(f"{repeat(path, wanted.rows):,} rows, {path.stat().st_size / 2**20:,.0f} MiB")
        with serving(path) as large:
            if wanted.load:
                asyncio.run(load(large, path, wanted.load, wanted.readers, wanted.reviewers))
            else:
                with serving(bare) as empty:
                    compare(large, empty, wanted.requests)


if __name__ == "__main__":
    main()
